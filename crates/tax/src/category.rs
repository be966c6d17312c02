//! What kind of tax treatment a line has, in the words of EN 16931.

use alloc::string::String;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a line is taxed as it is: the category of EN 16931 (code list UNCL5305), which every line of an electronic invoice
/// names. All but the first and the two island taxes have no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// `S`: taxed at a rate above zero, whether full or reduced.
    #[default]
    Standard,
    /// `Z`: taxed at 0 %.
    ZeroRated,
    /// `E`: exempt by a rule that the reason names.
    Exempt,
    /// `AE`: the buyer owes the tax.
    ReverseCharge,
    /// `K`: a supply to another member state.
    IntraCommunity,
    /// `G`: an export.
    Export,
    /// `O`: not within the scope of the tax.
    OutsideScope,
    /// `L`: the tax of the Canary Islands.
    CanaryIslands,
    /// `M`: the tax of Ceuta and Melilla.
    CeutaMelilla,
}

/// What a category allows as a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allows {
    Above,
    Any,
    Zero,
}

impl Category {
    /// The code that electronic invoices write.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "S",
            Self::ZeroRated => "Z",
            Self::Exempt => "E",
            Self::ReverseCharge => "AE",
            Self::IntraCommunity => "K",
            Self::Export => "G",
            Self::OutsideScope => "O",
            Self::CanaryIslands => "L",
            Self::CeutaMelilla => "M",
        }
    }

    /// The category with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|category| category.code() == code)
    }

    /// Every category.
    pub const ALL: &'static [Self] = &[
        Self::Standard,
        Self::ZeroRated,
        Self::Exempt,
        Self::ReverseCharge,
        Self::IntraCommunity,
        Self::Export,
        Self::OutsideScope,
        Self::CanaryIslands,
        Self::CeutaMelilla,
    ];

    pub(crate) const fn allows(self) -> Allows {
        match self {
            Self::Standard => Allows::Above,
            Self::CanaryIslands | Self::CeutaMelilla => Allows::Any,
            Self::ZeroRated
            | Self::Exempt
            | Self::ReverseCharge
            | Self::IntraCommunity
            | Self::Export
            | Self::OutsideScope => Allows::Zero,
        }
    }

    /// Whether an invoice must say why nothing is taxed (BR-E-10, BR-AE-10, BR-IC-10, BR-G-10, BR-O-10).
    pub const fn needs_reason(self) -> bool {
        match self {
            Self::Exempt | Self::ReverseCharge | Self::IntraCommunity | Self::Export | Self::OutsideScope => true,
            Self::Standard | Self::ZeroRated | Self::CanaryIslands | Self::CeutaMelilla => false,
        }
    }

    /// The usual reason, where the category itself is one.
    pub fn usual_reason(self) -> Option<Reason> {
        let (code, text) = match self {
            Self::ReverseCharge => ("VATEX-EU-AE", "Reverse charge: the buyer owes the tax"),
            Self::IntraCommunity => ("VATEX-EU-IC", "Supply to another member state"),
            Self::Export => ("VATEX-EU-G", "Export outside the EU"),
            Self::OutsideScope => ("VATEX-EU-O", "Not subject to VAT"),
            Self::Standard | Self::ZeroRated | Self::Exempt | Self::CanaryIslands | Self::CeutaMelilla => return None,
        };
        Some(Reason { code: Some(code.into()), text: text.into() })
    }
}

/// Why nothing is taxed, as the invoice says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// A code of the VATEX list, such as `VATEX-EU-132-1I`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The reason in words.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_category_has_the_code_of_en_16931() {
        for category in Category::ALL {
            assert_eq!(Category::from_code(category.code()), Some(*category));
            let zero = category.allows() == Allows::Zero;
            assert!(zero || !category.needs_reason(), "{category:?}: what has a rate needs no reason");
        }
        assert_eq!(Category::from_code("X"), None);
    }
}
