//! Parsers for the values of options.

use crate::catalog::Architecture;
use crate::runner::Confidence;
use crate::units::{Cpu, GIB, Memory};
use clap::ValueEnum;

/// How a listing is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table.
    #[default]
    Table,
    /// A JSON list with an object per row.
    Json,
    /// CSV with a header.
    Csv,
}

/// A processor architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Arch {
    /// `X86_64`.
    #[value(alias = "x86_64")]
    X86,
    /// `ARM64`, Graviton.
    #[value(alias = "arm64")]
    Arm,
}

impl Arch {
    /// The architecture in terms of the catalog.
    pub(super) fn architecture(self) -> Architecture {
        match self {
            Self::X86 => Architecture::X86,
            Self::Arm => Architecture::Arm,
        }
    }
}

/// A number of vCPUs: `4`, `0.25`.
pub(super) fn vcpus(text: &str) -> Result<Cpu, String> {
    let number = text.trim().trim_end_matches("vCPU");
    format!("{number} vCPU")
        .parse()
        .map_err(|_| format!("`{text}` is not a number of vCPUs such as `4` or `0.25`"))
}

/// A size; a number without a unit is in GiB.
pub(super) fn gib(text: &str) -> Result<Memory, String> {
    Memory::parse_with_default(text, GIB).map_err(|error| error.to_string())
}

/// A level of intervals in percent: `99`, `99.9`.
pub(super) fn confidence(text: &str) -> Result<Confidence, String> {
    let number = text.trim().trim_end_matches('%').trim_end();
    let level = number.parse().ok().and_then(Confidence::percent);
    level
        .ok_or_else(|| format!("`{text}` is not a level in percent from 50 to 99.99, such as `99`"))
}

/// `path=value` of `--set`.
pub(super) fn setting(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((path, _)) if !path.trim().is_empty() => Ok(text.into()),
        _ => Err("expected `path=value`, such as `services.web.desiredCount=8`".into()),
    }
}

/// The value of `--memory-limit`.
pub(super) fn memory(text: &str) -> Result<Memory, String> {
    match Memory::parse_with_default(text, 0) {
        Ok(memory) if memory > Memory::ZERO => Ok(memory),
        _ => Err(format!(
            "`{text}` is not an amount of memory, such as `4 GiB`"
        )),
    }
}

/// The number of an instance: `i-3` or `3`.
pub(super) fn instance(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix("i-").unwrap_or(text);
    number.parse().map_err(|_| {
        format!("`{text}` is not an instance; expected its number in the order of launches, such as `i-3`")
    })
}
