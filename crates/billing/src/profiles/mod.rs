//! How other billing systems discount, credit, settle and keep an account: a migration is compared under the convention of the system it
//! comes from. None of these is used unless it is named.

pub mod killbill;
pub mod lago;
pub mod meteroid;
