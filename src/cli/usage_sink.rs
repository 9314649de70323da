//! Writes `usage.csv` while runs go on.

use super::output::Failure;
use super::told::failure;
use crate::report::{Folder, FolderFile, UsageNames, UsageWriter};
use crate::runner::{Finished, MOST_DETAILED, Sink};
use std::collections::BTreeSet;

/// Writes `usage.csv` run by run, as runs end; writes nothing without a report, and nothing of
/// variants without details.
pub(super) struct UsageSink {
    writer: Option<UsageWriter<FolderFile>>,
    /// The variants whose usage was written.
    variants: BTreeSet<String>,
}

impl UsageSink {
    /// Creates `usage.csv` in the folder; without a folder nothing is written.
    pub(super) fn begin(folder: Option<&Folder>) -> Result<Self, Failure> {
        let Some(folder) = folder else {
            return Ok(Self {
                writer: None,
                variants: BTreeSet::new(),
            });
        };
        let file = folder.create("usage.csv").map_err(failure)?;
        let writer =
            UsageWriter::begin(file).map_err(|error| failure(folder.error("usage.csv", error)))?;
        Ok(Self {
            writer: Some(writer),
            variants: BTreeSet::new(),
        })
    }

    /// Finishes `usage.csv`.
    pub(super) fn finish(self, folder: Option<&Folder>) -> Result<(), Failure> {
        let (Some(writer), Some(folder)) = (self.writer, folder) else {
            return Ok(());
        };
        let file = writer
            .finish()
            .map_err(|error| failure(folder.error("usage.csv", error)))?;
        file.finish().map_err(failure)
    }
}

impl Sink for UsageSink {
    fn finished(&mut self, run: &Finished<'_>) -> std::io::Result<()> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        if !self.variants.contains(&run.plan.variant) {
            if self.variants.len() >= MOST_DETAILED {
                return Ok(());
            }
            self.variants.insert(run.plan.variant.clone());
        }
        writer.run(
            &run.plan.variant,
            run.seed,
            run.usage,
            &UsageNames::of(run.plan),
        )
    }
}
