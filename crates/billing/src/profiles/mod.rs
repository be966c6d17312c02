//! How other billing systems discount, credit and settle: a migration is compared under the convention of the system it comes from.
//! None of these is used unless it is named.

pub mod lago;
pub mod meteroid;
