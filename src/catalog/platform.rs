//! The platform of an instance or a task: processor architecture and operating system.

use serde::{Deserialize, Serialize};

/// A processor architecture (`runtimePlatform.cpuArchitecture`).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Architecture {
    /// `X86_64`.
    #[default]
    #[serde(rename = "X86_64")]
    X86,
    /// `ARM64`, Graviton.
    #[serde(rename = "ARM64")]
    Arm,
}

/// An operating system family (`runtimePlatform.operatingSystemFamily`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperatingSystem {
    /// `LINUX`.
    #[default]
    Linux,
    /// Any of the `WINDOWS_SERVER_…` families.
    Windows,
}

impl Architecture {
    /// The value in AWS's API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::X86 => "X86_64",
            Self::Arm => "ARM64",
        }
    }

    /// From a cell of the embedded tables.
    pub(super) fn of_cell(cell: &str) -> Self {
        match cell {
            "arm" => Self::Arm,
            _ => Self::X86,
        }
    }
}

impl OperatingSystem {
    /// The value in AWS's API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linux => "LINUX",
            Self::Windows => "WINDOWS",
        }
    }
}
