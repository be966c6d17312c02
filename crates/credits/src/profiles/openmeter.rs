//! `OpenMeter`'s order of grants.
//!
//! Source: rule 9 in `conformance/openmeter/README.md`.

use crate::order::{ranks, sooner, whole_second};
use crate::{CreditError, Grant};
use alloc::vec::Vec;

/// By priority, then the second in which it ends (what never ends last), then when it was granted, then by name.
pub fn order(grants: &[Grant]) -> Result<Vec<usize>, CreditError> {
    Ok(ranks(grants, |a, b| {
        let (x, y) = (&grants[a], &grants[b]);
        x.priority
            .cmp(&y.priority)
            .then_with(|| sooner(x.expires_at.map(whole_second), y.expires_at.map(whole_second)))
            .then_with(|| (x.granted_at, &x.key).cmp(&(y.granted_at, &y.key)))
    }))
}
