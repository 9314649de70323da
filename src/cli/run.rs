//! `ecsim run`: plays a scenario and writes its report.

use super::output::{Failure, Outcome, Output};
use super::values::setting;
use clap::{Args, ValueEnum};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

/// Play a scenario: every variant with every seed; print the comparison and write the report
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The scenario file, YAML or JSON
    pub(super) scenario: PathBuf,
    /// Play seeds 1 to N instead of the scenario's own number
    #[arg(long, value_name = "N")]
    pub(super) seeds: Option<NonZeroU32>,
    /// Play exactly this seed (`count: fit` still looks at seeds 1 to N)
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<u64>,
    /// Play only this variant; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Vec<String>,
    /// Change a value of the scenario; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub(super) set: Vec<String>,
    /// Play on so many threads; all cores unless set. The results do not depend on it
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Where reports go: the folder DIR/<scenario> is replaced
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub(super) out: PathBuf,
    /// Which reports to write
    #[arg(long, value_enum, default_value_t)]
    pub(super) reports: Reports,
    /// Also write every task of one seed to tasks.csv
    #[arg(long)]
    pub(super) tasks: bool,
    /// Also write every event of one seed to events.jsonl
    #[arg(long)]
    pub(super) events: bool,
    /// Print nothing but errors
    #[arg(long)]
    pub(super) quiet: bool,
}

/// Which reports to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Reports {
    /// No folder at all
    None,
    /// Data files: JSON and CSV
    Files,
    /// Data files and plots
    #[default]
    All,
}

impl RunArguments {
    /// The seeds to play, given the scenario's own number.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the runner"))]
    pub(super) fn seeds_to_play(&self, of_scenario: u32) -> Vec<u64> {
        match self.seed {
            Some(seed) => vec![seed],
            None => (1..=u64::from(self.seeds.map_or(of_scenario, NonZeroU32::get))).collect(),
        }
    }
}

/// Plays the scenario.
pub(super) fn run(arguments: &RunArguments, _output: &mut Output) -> Outcome {
    let _ = arguments;
    Err(Failure::message("this build cannot play scenarios yet"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        run: RunArguments,
    }

    fn read(line: &str) -> Result<RunArguments, clap::Error> {
        let words = ["run"].into_iter().chain(line.split(' '));
        Only::try_parse_from(words).map(|only| only.run)
    }

    #[test]
    fn a_seed_is_played_alone_and_seeds_from_one() {
        let seeds = |line| read(line).expect("the line is right").seeds_to_play(3);
        assert_eq!(seeds("a.yaml"), [1, 2, 3]);
        assert_eq!(seeds("a.yaml --seeds 2"), [1, 2]);
        assert_eq!(seeds("a.yaml --seed 7"), [7]);
        assert_eq!(seeds("a.yaml --seed 7 --seeds 2"), [7]);
    }

    #[test]
    fn options_are_read_as_the_contract_says() {
        let line = "a.yaml --variant x --variant y --set a.b=1 --set c== --threads 2 \
                    --out reports --reports none --tasks --events --quiet";
        let read_line = read(line).expect("the line is right");
        assert_eq!(read_line.variant, ["x", "y"]);
        assert_eq!(read_line.set, ["a.b=1", "c=="]);
        assert_eq!(read_line.threads.map(NonZeroUsize::get), Some(2));
        assert_eq!(read_line.out, PathBuf::from("reports"));
        assert_eq!(read_line.reports, Reports::None);
        assert!(read_line.tasks && read_line.events && read_line.quiet);
        assert_eq!(read_line.scenario, PathBuf::from("a.yaml"));
        let plain = read("a.yaml").expect("the line is right");
        assert_eq!(
            (plain.out, plain.reports),
            (PathBuf::from("output"), Reports::All)
        );
        for wrong in [
            "a.yaml --seeds 0",
            "a.yaml --threads 0",
            "a.yaml --seed -1",
            "a.yaml --set a",
            "a.yaml --set =1",
            "a.yaml --reports some",
            "a.yaml b.yaml",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
