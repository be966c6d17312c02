//! Conventions of other engines, for comparing a migration to the cent. Nothing here is what we do by default.

pub mod lago;
pub mod openmeter;
