//! An experiment: variants, seeds, policies and observers, and playing them.

use super::observe::{Counter, EndFact, OnProgress, StopAt};
use super::plug_in::{Columns, PlugIn};
use super::{Error, Observed, Results};
use crate::engine::Reader;
use crate::plan::{Plan, Study};
use crate::policy::placement::{OneByOne, Placement, Scheduler};
use crate::policy::provisioning::Autoscaler;
use crate::runner::{self, Options, PlayedPlan, Watch, built_in_scheduler};
use crate::simulation::{Fact, Policies};
use crate::units::{Memory, SimTime};
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

/// The variants of a scenario, to be played with the built-in policies and with plug-ins. All are
/// played with the same seeds, so that arrivals, sizes and run times are the same and differences
/// are paired.
///
/// A plug-in has a name. The results have a column for each variant with the built-in
/// policies, named like the variant, and one for each variant with each plug-in, named
/// `variant/plug-in`. The plug-in's function makes new policies for every run.
///
/// `R` is the observer of a run ([`observe`](Self::observe)).
pub struct Experiment<'a, R = ()> {
    study: Study,
    seeds: Vec<u64>,
    threads: Option<NonZeroUsize>,
    memory_limit: Option<Memory>,
    has_built_in: bool,
    plug_ins: Vec<PlugIn<'a>>,
    observe: Observe<'a, R>,
    end: Option<EndFact<'a>>,
    progress: Option<OnProgress<'a>>,
    stop: Option<&'a AtomicBool>,
}

/// Makes the observer of the run of a plan with a seed.
type Observe<'a, R> = Box<dyn Fn(&Plan, u64) -> R + Sync + 'a>;

impl Experiment<'_> {
    pub(super) fn new(study: Study) -> Self {
        Self {
            seeds: (1..=u64::from(study.seeds)).collect(),
            study,
            threads: None,
            memory_limit: None,
            has_built_in: true,
            plug_ins: Vec::new(),
            observe: Box::new(|_, _| ()),
            end: None,
            progress: None,
            stop: None,
        }
    }
}

impl<'a, R: Reader<Fact> + Send> Experiment<'a, R> {
    /// Plays seeds 1 to `count` instead of the scenario's own number.
    #[must_use]
    pub fn seeds(mut self, count: u32) -> Self {
        self.study.seeds = count;
        self.seeds = (1..=u64::from(count)).collect();
        self
    }

    /// Plays exactly these seeds. `count: fit` still looks at seeds 1 to the scenario's number.
    #[must_use]
    pub fn only_seeds(mut self, seeds: impl IntoIterator<Item = u64>) -> Self {
        self.seeds = seeds.into_iter().collect();
        self
    }

    /// Plays on this number of threads; 0, as by default: one per core. The results do not
    /// depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    /// The most memory that the tasks of all runs may take; not limited unless set. An experiment
    /// whose tasks would take more, such as a queue that grows without end, ends with
    /// [`RunError::TooManyTasks`](runner::RunError).
    #[must_use]
    pub fn memory_limit(mut self, memory: Memory) -> Self {
        self.memory_limit = Some(memory);
        self
    }

    /// Leaves out the columns of the built-in policies.
    #[must_use]
    pub fn without_built_in(mut self) -> Self {
        self.has_built_in = false;
        self
    }

    /// A placement policy, in place of that of every entry and service. The order of the job
    /// queue stays that of the scenario.
    #[must_use]
    pub fn placement<P: Placement + 'static>(
        self,
        name: impl Into<String>,
        make: impl Fn() -> P + Sync + 'a,
    ) -> Self {
        self.placement_by_entry(name, move |_, _| Box::new(make()))
    }

    /// Placement policies by entry: the function is given the plan and the name of an entry of
    /// `tasks` or of a service. [`built_in`](crate::policy::placement::built_in) makes a
    /// built-in one.
    #[must_use]
    pub fn placement_by_entry(
        self,
        name: impl Into<String>,
        make: impl Fn(&Plan, &str) -> Box<dyn Placement> + Sync + 'a,
    ) -> Self {
        self.policies(name, move |plan| {
            let policies = plan.per_work(|work| make(plan, plan.work_name(work)));
            let scheduler: Box<dyn Scheduler> =
                Box::new(OneByOne::new(plan.job_queue.order, policies));
            scheduler.into()
        })
    }

    /// A whole scheduler, which decides about all waiting tasks of a pass.
    #[must_use]
    pub fn scheduler<S: Scheduler + 'static>(
        self,
        name: impl Into<String>,
        make: impl Fn(&Plan) -> S + Sync + 'a,
    ) -> Self {
        self.policies(name, move |plan| {
            let scheduler: Box<dyn Scheduler> = Box::new(make(plan));
            scheduler.into()
        })
    }

    /// An autoscaler: it sizes the Auto Scaling groups, which have no managed scaling in its
    /// columns. Tasks are placed as in the scenario.
    #[must_use]
    pub fn autoscaler<A: Autoscaler + 'static>(
        self,
        name: impl Into<String>,
        make: impl Fn(&Plan) -> A + Sync + 'a,
    ) -> Self {
        self.policies(name, move |plan| Policies {
            scheduler: built_in_scheduler(plan),
            autoscaler: Some(Box::new(make(plan))),
        })
        .scales()
    }

    /// A scheduler and optionally an autoscaler. Managed scaling stays on beside this autoscaler;
    /// [`autoscaler`](Self::autoscaler) switches it off.
    #[must_use]
    pub fn policies(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&Plan) -> Policies + Sync + 'a,
    ) -> Self {
        self.plug_ins.push(PlugIn {
            name: name.into(),
            make: Box::new(make),
            scales: false,
        });
        self
    }

    /// Marks the last plug-in as one that sizes the Auto Scaling groups.
    fn scales(mut self) -> Self {
        if let Some(plug_in) = self.plug_ins.last_mut() {
            plug_in.scales = true;
        }
        self
    }

    /// An observer for every run: a reader of its facts, made for a plan and a seed, and given
    /// back in the results. Two observers are a pair of readers.
    #[must_use]
    pub fn observe<O: Reader<Fact> + Send>(
        self,
        make: impl Fn(&Plan, u64) -> O + Sync + 'a,
    ) -> Experiment<'a, O> {
        Experiment {
            study: self.study,
            seeds: self.seeds,
            threads: self.threads,
            memory_limit: self.memory_limit,
            has_built_in: self.has_built_in,
            plug_ins: self.plug_ins,
            observe: Box::new(make),
            end: self.end,
            progress: self.progress,
            stop: self.stop,
        }
    }

    /// Ends every run at the first fact for which the function is true. Figures and bill cover the
    /// time until then.
    #[must_use]
    pub fn stop_at(mut self, end: impl Fn(SimTime, &Fact) -> bool + Sync + 'a) -> Self {
        self.end = Some(Box::new(end));
        self
    }

    /// Reports progress: the stage, the number of its runs that have ended, and the number of its
    /// runs (0 where it is not known beforehand, as in the search of `count: fit`). The function
    /// may be called from any thread, one call at a time.
    #[must_use]
    pub fn progress(mut self, on_progress: impl Fn(&str, u64, u64) + Sync + 'a) -> Self {
        self.progress = Some(Box::new(on_progress));
        self
    }

    /// Ends the experiment without results, as [`RunError::Interrupted`](runner::RunError),
    /// when the flag becomes true.
    #[must_use]
    pub fn stop_when(mut self, stop: &'a AtomicBool) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Plays every column with every seed.
    ///
    /// # Errors
    /// When it is stopped, a policy fails, a price is missing, no count fits, two plug-ins have
    /// one name, or there is nothing to play.
    pub fn run(self) -> Result<Results<R>, Error> {
        if self.seeds.is_empty() {
            return Err(Error::problem(
                "an experiment needs a seed".into(),
                "give `seeds` a number of at least 1",
            ));
        }
        let columns = Columns::new(&self.study, &self.plug_ins, self.has_built_in)?;
        let study = Study {
            variants: columns.plans.clone(),
            ..self.study.clone()
        };
        let options = Options {
            seeds: self.seeds,
            threads: self.threads,
            memory_limit: self.memory_limit,
        };
        // The two readers of a run: the one that ends it (`stop_at`) and the user's observer.
        let mut observed = Vec::new();
        let watch = Watch {
            begin: &|plan, seed| (StopAt::new(self.end.as_ref()), (self.observe)(plan, seed)),
            end: &mut |run, (_, reader)| {
                observed.push(Observed {
                    variant: run.plan.variant.clone(),
                    seed: run.seed,
                    reader,
                });
            },
        };
        let (details, plans) = runner::run_watched(
            &study,
            &options,
            &|plan| columns.policies(plan),
            watch,
            &mut (),
            &Counter::new(self.progress.as_ref()),
            self.stop.unwrap_or(&AtomicBool::new(false)),
        )?;
        Ok(Results {
            details,
            plans: plans.into_iter().map(PlayedPlan::into_owned).collect(),
            observed,
        })
    }
}
