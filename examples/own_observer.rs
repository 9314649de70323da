//! A user's observer: a reader of facts for every run, which the results return; and a run that
//! ends at a fact.
//!
//!     cargo run --release --example own_observer
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;
use ecsim::engine::Reader;
use ecsim::simulation::Fact;
use ecsim::units::SimTime;

/// The largest number of registered instances at one time, and the first time of it.
#[derive(Default)]
struct Peak {
    now: u32,
    most: u32,
    at: SimTime,
}

impl Reader<Fact> for Peak {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::InstanceRegistered(_) => self.now += 1,
            Fact::InstanceGone(of, _) if of.counted => self.now -= 1,
            _ => return,
        }
        if self.now > self.most {
            (self.most, self.at) = (self.now, now);
        }
    }
}

pub(crate) fn main() -> Result<(), ecsim::Error> {
    let scenario = Scenario::load("scenarios/quickstart.yaml")?.variants(["ec2"])?;
    let observed = scenario.experiment().observe(|_, _| Peak::default());
    for run in &observed.seeds(3).run()?.observed {
        println!(
            "seed {}: {} instances at {}",
            run.seed, run.reader.most, run.reader.at
        );
        assert!(run.reader.most > 0);
    }
    // Ends every run at the first launch of an instance.
    let launch = |_: SimTime, fact: &Fact| matches!(fact, Fact::InstanceLaunched(_));
    let ended = scenario.experiment().stop_at(launch).run()?;
    let hours = ended.variant("ec2")?.figure("run.reportedHours")?;
    println!("the first instance is launched after {hours}");
    assert!(hours.mean() < Some(1.0));
    Ok(())
}
