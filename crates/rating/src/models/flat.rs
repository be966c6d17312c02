//! One amount per cycle, whatever the quantity.

use crate::{Explanation, NonNegative, Reason};

/// `price`.
pub(crate) fn flat(price: NonNegative) -> Explanation {
    Explanation::leaf(Reason::Flat { price: price.get() }, price.ratio())
}
