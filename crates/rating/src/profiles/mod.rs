//! Conventions of other systems, as named rules over the same code: for migrations that are compared to the cent, and for
//! customers whose contract says so.

pub mod killbill;
pub mod lago;
pub mod meteroid;
pub mod openmeter;
