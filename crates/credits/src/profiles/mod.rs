//! The ways of other systems, for those who move from them and for comparison.

pub mod lago;
pub mod openmeter;
