//! The row of a figure (unit, direction, documentation), and the macro that makes an enum of
//! figures from its rows.

use serde::{Deserialize, Serialize};

/// The unit of a figure's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// US dollars.
    #[serde(rename = "USD")]
    Usd,
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Seconds squared.
    #[serde(rename = "s²")]
    SecondsSquared,
    /// A count, such as tasks or instances; may be a mean.
    #[serde(rename = "1")]
    Count,
    /// A share between 0 and 1.
    #[serde(rename = "share")]
    Share,
    /// vCPUs.
    #[serde(rename = "vCPU")]
    Vcpu,
    /// GiB.
    #[serde(rename = "GiB")]
    Gib,
    /// vCPU-hours.
    #[serde(rename = "vCPU-h")]
    VcpuHours,
    /// GiB-hours.
    #[serde(rename = "GiB-h")]
    GibHours,
    /// GPU devices.
    #[serde(rename = "GPU")]
    Gpus,
    /// GPU-hours.
    #[serde(rename = "GPU-h")]
    GpuHours,
    /// Hours.
    #[serde(rename = "h")]
    Hours,
    /// Percent, of a metric that CloudWatch has in percent; may be above 100.
    #[serde(rename = "%")]
    Percent,
}

impl Unit {
    /// The unit as reports print it: `USD`, `s`, `vCPU`.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Seconds => "s",
            Self::SecondsSquared => "s²",
            Self::Count => "1",
            Self::Share => "share",
            Self::Vcpu => "vCPU",
            Self::Gib => "GiB",
            Self::VcpuHours => "vCPU-h",
            Self::GibHours => "GiB-h",
            Self::Gpus => "GPU",
            Self::GpuHours => "GPU-h",
            Self::Hours => "h",
            Self::Percent => "%",
        }
    }
}

/// Whether a lower or a higher value is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither.
    Neither,
}

/// The row of a figure in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What follows the name in the path: `perMonth`, `cpu.reserved`, `wait.p95`; may be empty.
    pub suffix: &'static str,
    /// The unit of its value.
    pub unit: Unit,
    /// Whether a lower or a higher value is better.
    pub better: Better,
    /// True when the value is computed over the tasks of all seeds together, not per run.
    pub pooled: bool,
    /// One line of documentation.
    pub doc: &'static str,
}

/// Makes an enum of figures from its rows: `Variant: suffix, unit, better[, pooled], doc;`. The
/// documentation of a variant is that of its row. The order of the rows is that of all reports.
macro_rules! figures {
    (
        $(#[$about:meta])*
        $name:ident {
            $($variant:ident: $suffix:literal, $unit:ident, $better:ident,
                $($pooled:ident,)? $doc:literal;)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(
                #[doc = concat!("`", $suffix, "`: ", $doc, ".")]
                #[serde(rename = $suffix)]
                $variant,
            )+
        }

        impl $name {
            /// Every figure of this kind, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The row of the figure.
            pub const fn definition(self) -> &'static $crate::figures::Definition {
                match self {
                    $(Self::$variant => &$crate::figures::Definition {
                        suffix: $suffix,
                        unit: $crate::figures::Unit::$unit,
                        better: $crate::figures::Better::$better,
                        pooled: figures!(@is $($pooled)?),
                        doc: $doc,
                    },)+
                }
            }
        }
    };
    (@is) => { false };
    (@is pooled) => { true };
}
pub(super) use figures;
