//! The library as its users see it: what the façade plays is what the pieces below play, wrong
//! names are told with the nearest right one, and plans built by hand are checked.

use ecsim::cluster::{Cluster, InstanceId};
use ecsim::engine::Reader;
use ecsim::engine::random::{CountLaw, Distribution};
use ecsim::plan::{
    Action, ApiCall, Arrivals, AutoScalingGroup, Capacity, Container, Demand, FaultKind,
    FleetMember, Image, InstanceType, ManagedScaling, PlacementRule, Plan, Provider, RateShape,
    Scheduling, Service, Strategy, Study, Target, TaskEntry, Trace, TraceRow, Until,
};
use ecsim::policy::placement::{Placement, Work};
use ecsim::policy::provisioning::{Autoscaler, AutoscalerView, ScalingAction};
use ecsim::report::Evidence;
use ecsim::runner::{self, RunError, built_in_scheduler};
use ecsim::scenario::{self, Embedded};
use ecsim::simulation::Fact;
use ecsim::units::{Cpu, Memory, Rate, SimTime, Span};
use ecsim::{Error, Experiment, Scenario};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const QUICKSTART: &str = "scenarios/quickstart.yaml";
const COST: &str = "cost.total.perMonth";

fn quickstart(variants: &[&str], until: &str) -> Scenario {
    let scenario = Scenario::load(QUICKSTART).and_then(|all| all.set(format!("until={until}")));
    let scenario = scenario.and_then(|all| all.variants(variants.iter().copied()));
    scenario.expect("the scenario is right")
}

/// A plan of jobs on a fleet of two, small and right.
fn jobs() -> Plan {
    let mut plan = Plan::new("jobs", "eu-central-1");
    let large = InstanceType::of_catalog("m6i.large", "eu-central-1");
    plan.cluster.instance_types.extend(large);
    let members = vec![FleetMember::new(0, 2)];
    plan.cluster
        .providers
        .push(Provider::fleet("fleet", members));
    plan.tasks.push(TaskEntry {
        arrivals: Arrivals::poisson(Rate::per_second(0.01).expect("a rate"), 200),
        duration: Distribution::Exponential { mean: 300.0 },
        ..TaskEntry::new("jobs")
    });
    plan
}

#[test]
fn the_facade_plays_what_the_runner_plays() {
    let results = quickstart(&["ec2", "fargate"], "1d").experiment().seeds(3);
    let results = results.run().expect("it plays");
    let request = scenario::Request {
        path: Path::new(QUICKSTART),
        set: &["until=1d".to_string()],
        variants: &["ec2".to_string(), "fargate".to_string()],
        seeds: None,
    };
    let study = scenario::load(&request, &Embedded)
        .expect("it is right")
        .study;
    let options = runner::Options {
        seeds: vec![1, 2, 3],
        threads: None,
        ..runner::Options::default()
    };
    let never = AtomicBool::new(false);
    let played = runner::run(&study, &options, &built_in_scheduler, &mut (), &(), &never);
    let (direct, _) = played.expect("it plays");
    assert_eq!(format!("{:?}", results.details), format!("{direct:?}"));
}

#[test]
fn a_figure_is_its_values_with_their_mean_and_intervals() {
    let results = quickstart(&["ec2", "fargate"], "1d").experiment().seeds(4);
    let results = results.run().expect("it plays");
    let cost = results.variant("ec2").and_then(|ec2| ec2.figure(COST));
    let cost = cost.expect("every variant has a cost");
    let values: Vec<f64> = cost.values().filter_map(|(_, value)| value).collect();
    assert_eq!(values.len(), 4);
    let mean = values.iter().sum::<f64>() / 4.0;
    assert!((cost.mean().expect("it has one") - mean).abs() < 1e-9);
    let (low, high) = cost.interval(0.95).expect("there are four values");
    let half = cost.half_width().expect("there are four values");
    assert!(((high - low) / 2.0 - half).abs() < 1e-9);
    let (wide_low, wide_high) = cost.interval(0.99).expect("there are four values");
    assert!(wide_low < low && high < wide_high);
    assert_eq!((cost.interval(0.0), cost.interval(1.0)), (None, None));
    assert!(cost.to_string().starts_with('$') && cost.to_string().contains(" ± "));
    // The difference of the pieces is the difference of the whole.
    let saved = results
        .difference("fargate", "ec2", COST)
        .expect("both have it");
    assert_eq!(saved.evidence(), Some(Evidence::Real));
    assert!(saved.to_string().ends_with("% (real)"), "{saved}");
    let (details, fargate) = (&results.details, &results.details.variants[1]);
    let mut figures = fargate.figures.iter();
    let place = figures.position(|f| f.figure.path == COST);
    let against = details.difference(fargate, place.expect("it is there"));
    assert_eq!(against.and_then(|d| d.estimate.mean), saved.mean());
    let nothing = results.difference("ec2", "ec2", COST).expect("it is there");
    assert_eq!(nothing.to_string(), "same");
}

#[test]
fn a_cost_of_less_work_is_not_comparable() {
    let mut few = jobs();
    few.variant = "few".into();
    few.until = Until::Elapsed(Span::hours(6));
    let mut none = few.clone();
    none.variant = "none".into();
    // The first two tasks take both instances until the end.
    none.tasks[0].demand = Demand::new(Cpu::vcpus(2), Memory::gib(2));
    none.tasks[0].duration = Distribution::Constant(1e6);
    let results = Scenario::from_plans(vec![few, none])
        .and_then(|scenario| scenario.experiment().seeds(2).run())
        .expect("it plays");
    let compared = |path: &str| {
        results
            .difference("none", "few", path)
            .expect("both have it")
    };
    assert!(!compared(COST).is_comparable());
    assert_eq!(compared(COST).to_string(), "not comparable");
    assert!(compared("tasks.jobs.finished.count").is_comparable());
}

#[test]
fn wrong_names_are_told_with_the_nearest_right_one() {
    let told = |error: Error| error.to_string();
    let results = quickstart(&["ec2"], "6h").experiment().seeds(1).run();
    let results = results.expect("it plays");
    let wrong = results
        .variant("ec3")
        .map(|_| ())
        .expect_err("there is none");
    assert!(matches!(wrong, Error::Unknown(_)));
    assert!(told(wrong).contains("hint: did you mean `ec2`?"));
    let ec2 = results.variant("ec2").expect("it is there");
    let wrong = ec2.figure("cost.totl.perMonth").map(|_| ());
    let text = told(wrong.expect_err("there is none"));
    assert!(
        text.starts_with("error: `ec2` has no figure `cost.totl.perMonth`"),
        "{text}"
    );
    assert!(
        text.contains("did you mean `cost.total.perMonth`?"),
        "{text}"
    );
    let wrong = Scenario::load(QUICKSTART).and_then(|all| all.variants(["fargte"]));
    let text = told(wrong.map(|_| ()).expect_err("there is none"));
    assert!(text.contains("did you mean `fargate`?"), "{text}");
    let wrong = Scenario::load(QUICKSTART).and_then(|all| all.set("untl=1d"));
    let text = told(wrong.map(|_| ()).expect_err("there is no such key"));
    assert!(text.contains("did you mean `until`?"), "{text}");
    let wrong = results.observed("ec2", 9).expect_err("it was not played");
    assert!(told(wrong).contains("seed 9 was not played"));
    let missing = Scenario::load("scenarios/quickstrt.yaml").map(|_| ());
    assert!(matches!(missing, Err(Error::Problems(_))));
}

/// Places where the built-in first fit does, and keeps what it was told of each task.
struct Told(Arc<Mutex<BTreeSet<(String, u64, SimTime)>>>, String);

impl Placement for Told {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let name = self.1.clone();
        let mut told = self.0.lock().expect("no thread has panicked");
        told.insert((name, work.ordinal(), work.arrived()));
        assert!(work.arrived() <= work.now);
        ecsim::policy::placement::FirstFit.place(work, cluster)
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

#[test]
fn a_policy_is_told_which_task_it_places() {
    let mut plan = jobs();
    plan.tasks[0].placement = PlacementRule::FirstFit;
    let told = Arc::new(Mutex::new(BTreeSet::new()));
    let scenario = Scenario::from_plan(plan).expect("the plan is right");
    let own = scenario
        .experiment()
        .placement_by_entry("told", |_, entry| {
            assert_eq!(entry, "jobs");
            Box::new(Told(told.clone(), entry.into()))
        });
    let results = own.run().expect("it plays");
    let told = told.lock().expect("no thread has panicked");
    let ordinals: Vec<u64> = told.iter().map(|(_, ordinal, _)| *ordinal).collect();
    assert_eq!(ordinals, (0..200).collect::<Vec<_>>());
    assert!(told.iter().all(|(name, ..)| name == "jobs"));
    // It decides as the built-in policy does, so that all figures are the same.
    let [built_in, own] = results.details.variants.as_slice() else {
        panic!("one column of the built-in policies, one of the plug-in");
    };
    assert_eq!((&*built_in.name, &*own.name), ("base", "base/told"));
    assert_eq!(format!("{:?}", built_in.runs), format!("{:?}", own.runs));
}

/// Launches one instance at the first pass, and no more.
struct One(bool);

impl Autoscaler for One {
    fn decide(&mut self, _view: &AutoscalerView<'_>) -> Vec<ScalingAction> {
        if std::mem::replace(&mut self.0, true) {
            return Vec::new();
        }
        let provider = ecsim::cluster::ProviderId::new(0);
        vec![ScalingAction::Launch { provider, count: 1 }]
    }
}

#[test]
fn an_autoscaler_has_figures_and_a_bill_and_managed_scaling_is_off() {
    let mut plan = jobs();
    plan.cluster.providers[0] = Provider::group(
        "group",
        AutoScalingGroup {
            managed_scaling: Some(ManagedScaling::default()),
            boot: Some(Distribution::Constant(60.0)),
            ..AutoScalingGroup::new(0, 0, 10)
        },
    );
    plan.until = Until::Elapsed(Span::hours(6));
    let scenario = Scenario::from_plan(plan).expect("the plan is right");
    let results = scenario
        .experiment()
        .autoscaler("one", |_| One(false))
        .run();
    let results = results.expect("it plays");
    let one = results.variant("base/one").expect("it was played");
    let value = |path| {
        one.figure(path)
            .expect("it is there")
            .mean()
            .expect("it has one")
    };
    assert_eq!(value("capacity.group.instances.launched.count"), 1.0);
    assert!(value("cost.EC2") > 0.0 && value("tasks.jobs.finished.count") > 0.0);
    assert!(!one.details.bill.is_empty());
}

#[derive(Default)]
struct Placed(u64);

impl Reader<Fact> for Placed {
    fn read(&mut self, _now: SimTime, fact: &Fact) {
        self.0 += u64::from(matches!(fact, Fact::TaskPlaced(_)));
    }
}

#[test]
fn an_observer_is_given_back_for_every_run_and_a_run_ends_at_a_fact() {
    let scenario = Scenario::from_plan(jobs()).expect("the plan is right");
    let whole = scenario
        .experiment()
        .seeds(3)
        .observe(|_, _| Placed::default());
    let whole = whole.threads(2).run().expect("it plays");
    let counts: Vec<_> = whole
        .observed
        .iter()
        .map(|run| (run.seed, run.reader.0))
        .collect();
    assert_eq!(counts, [(1, 200), (2, 200), (3, 200)]);
    assert_eq!(whole.observed("base", 2).expect("it was played").0, 200);
    // At the fiftieth placement, of each run by itself: the observer says so.
    struct Fifty(Placed);
    impl Reader<Fact> for Fifty {
        fn read(&mut self, now: SimTime, fact: &Fact) {
            self.0.read(now, fact);
        }
        fn is_done(&self) -> bool {
            self.0.0 >= 50
        }
    }
    let part = scenario
        .experiment()
        .seeds(3)
        .observe(|_, _| Fifty(Placed::default()));
    let part = part.run().expect("it plays");
    assert!(part.observed.iter().all(|run| run.reader.0.0 == 50));
    let hours = |results: &ecsim::experiment::Variant<'_>| {
        results
            .figure("run.reportedHours")
            .expect("it is there")
            .mean()
    };
    let (part, whole) = (part.variant("base"), whole.variant("base"));
    let (part, whole) = (part.expect("it is there"), whole.expect("it is there"));
    assert!(hours(&part) < hours(&whole));
    let finished = part
        .figure("tasks.jobs.finished.count")
        .expect("it is there");
    assert!(finished.mean() < Some(50.0));
    // By a function: at the first placement nothing has been reported yet.
    let first = |_: SimTime, fact: &Fact| matches!(fact, Fact::TaskPlaced(_));
    let first = scenario
        .experiment()
        .stop_at(first)
        .run()
        .expect("it plays");
    let arrived = first
        .variant("base")
        .and_then(|base| base.figure("tasks.jobs.arrived.count"));
    assert_eq!(arrived.expect("it is there").mean(), Some(1.0));
}

#[test]
fn an_experiment_tells_its_progress_and_can_be_stopped() {
    let scenario = Scenario::from_plan(jobs()).expect("the plan is right");
    let ended = AtomicU64::new(0);
    let tell = |stage: &str, done: u64, of: u64| {
        assert_eq!((stage, of), ("playing", 5));
        ended.fetch_max(done, Ordering::Relaxed);
    };
    scenario
        .experiment()
        .seeds(5)
        .progress(tell)
        .run()
        .expect("it plays");
    assert_eq!(ended.into_inner(), 5);
    let stop = AtomicBool::new(true);
    let stopped = scenario.experiment().stop_when(&stop).run().map(|_| ());
    assert!(matches!(stopped, Err(Error::Run(RunError::Interrupted))));
}

#[test]
fn what_cannot_be_played_is_an_error_before_anything_is() {
    let scenario = Scenario::from_plan(jobs()).expect("the plan is right");
    let told = |experiment: Experiment<'_>| {
        let error = experiment
            .run()
            .map(|_| ())
            .expect_err("it cannot be played");
        error.to_string()
    };
    assert!(told(scenario.experiment().seeds(0)).contains("needs a seed"));
    assert!(told(scenario.experiment().without_built_in()).contains("nothing to play"));
    let first_fit = || ecsim::policy::placement::FirstFit;
    let twice = scenario
        .experiment()
        .placement("a", first_fit)
        .placement("a", first_fit);
    assert!(told(twice).contains("two plug-ins `a`"));
    let slash = scenario.experiment().placement("a/b", first_fit);
    assert!(told(slash).contains("cannot be the name of a plug-in"));
    let set = scenario
        .set("until=1d")
        .map(|_| ())
        .expect_err("plans have no keys");
    assert!(set.to_string().contains("only a scenario that was read"));
}

#[test]
fn the_same_mistake_is_told_in_the_same_words_by_hand_and_in_a_file() {
    let mut plan = jobs();
    plan.cluster.providers[0] = Provider::group("fleet", AutoScalingGroup::new(0, 5, 2));
    let by_hand = plan.check().expect_err("the sizes contradict each other").0;
    let text = "
ecsim: 1
name: jobs
until: 1d
cluster:
  capacityProviders:
    - { name: fleet, autoScalingGroup: { minSize: 5, maxSize: 2, instanceType: m6i.large } }
taskDefinitions:
  - { family: job, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: job, image: shop/job }] }
tasks:
  - { name: jobs, taskDefinition: job, arrivals: { poisson: 36/h }, duration: 5m }
";
    let in_file = match Scenario::from_yaml("jobs.yaml", text) {
        Err(Error::Problems(problems)) => problems.0,
        _ => panic!("the sizes contradict each other"),
    };
    let message = "`minSize` (5) is above `maxSize` (2)";
    let path = "cluster.capacityProviders.fleet.autoScalingGroup.minSize";
    for problems in [&by_hand, &in_file] {
        let found = problems.iter().find(|problem| problem.message == message);
        assert_eq!(
            found.map(|problem| problem.path.as_str()),
            Some(path),
            "{problems:?}"
        );
    }
}

/// A change of a right plan, and the path and part of the message of the problem that follows.
type Mistake = (fn(&mut Plan), &'static str, &'static str);

const MISTAKES: &[Mistake] = &[
    (|p| p.scenario = "a b".into(), "name", "cannot be the name"),
    (
        |p| p.until = Until::Elapsed(Span::ZERO),
        "until",
        "must have a length",
    ),
    (|p| p.start_unix_seconds = 61, "start", "not a whole hour"),
    (
        |p| p.cluster.zones.clear(),
        "cluster.availabilityZones",
        "at least one zone",
    ),
    (
        |p| p.cluster.instance_types[0].price_per_hour = None,
        "cluster.capacityProviders.fleet.fleet.0.instanceType",
        "no price of `m6i.large`",
    ),
    (
        |p| p.cluster.providers[0] = Provider::fleet("fleet", vec![FleetMember::new(7, 1)]),
        "cluster.capacityProviders.fleet.fleet.0.instanceType",
        "there is no instance type 7",
    ),
    (
        |p| p.cluster.providers[0] = Provider::fleet("fleet", Vec::new()),
        "cluster.capacityProviders.fleet.fleet",
        "this fleet is empty",
    ),
    (
        |p| {
            let member = FleetMember {
                zones: vec![3],
                ..FleetMember::new(0, 1)
            };
            p.cluster.providers[0] = Provider::fleet("fleet", vec![member]);
        },
        "cluster.capacityProviders.fleet.fleet.0.availabilityZones",
        "there is no zone 3",
    ),
    (
        |p| p.tasks[0].target = Target::Provider(4),
        "tasks.jobs.capacityProviderStrategy",
        "there is no capacity provider 4",
    ),
    (
        |p| p.tasks[0].demand = Demand::fargate(Cpu::vcpus(1), Memory::gib(2)),
        "tasks.jobs",
        "sent to instances with a demand for Fargate",
    ),
    (
        |p| p.cluster.providers[0].capacity = Capacity::Fargate,
        "tasks.jobs",
        "there is no instance that these tasks could run on",
    ),
    (
        |p| {
            p.cluster.providers.push(Provider::fargate());
            p.tasks[0].target = Target::Provider(1);
        },
        "tasks.jobs",
        "sent to Fargate with a demand for instances",
    ),
    (
        |p| p.tasks[0].demand = Demand::new(Cpu::vcpus(3), Memory::gib(2)),
        "tasks.jobs",
        "more than any instance here has",
    ),
    (
        |p| p.tasks[0].duration = Distribution::Constant(-1.0),
        "tasks.jobs.duration",
        "must not be below 0",
    ),
    (
        |p| p.tasks[0].duration = Distribution::Exponential { mean: f64::NAN },
        "tasks.jobs.duration",
        "must be above 0",
    ),
    (
        |p| p.tasks[0].duration = Distribution::OneOf(Arc::default()),
        "tasks.jobs.duration",
        "this list is empty",
    ),
    (
        |p| p.tasks[0].arrivals = Arrivals::At([2, 1].map(SimTime::micros).into()),
        "tasks.jobs.arrivals.at.1",
        "is earlier than",
    ),
    (
        |p| {
            let rows = [2, 1].map(|at| TraceRow::new(SimTime::micros(at), Span::ZERO));
            p.tasks[0].arrivals = Arrivals::Trace(Arc::new(Trace {
                rows: rows.into(),
                ..Trace::default()
            }));
        },
        "tasks.jobs.trace.1",
        "is earlier than",
    ),
    (
        |p| {
            p.tasks[0].arrivals = Arrivals::Poisson {
                rate: RateShape::Piecewise {
                    steps: Vec::new(),
                    every: None,
                },
                limit: Some(1),
            };
        },
        "tasks.jobs.arrivals.piecewise.steps",
        "this list is empty",
    ),
    (
        |p| {
            p.tasks[0].arrivals = Arrivals::Poisson {
                rate: RateShape::Constant(Rate::per_second(1.0).expect("a rate")),
                limit: None,
            };
        },
        "tasks.jobs",
        "these arrivals never end",
    ),
    (
        |p| p.tasks[0].count = 0.into(),
        "tasks.jobs.count",
        "0 cannot stand here",
    ),
    (
        |p| p.tasks[0].count = CountLaw::Poisson { mean: f64::NAN },
        "tasks.jobs.count.poisson",
        "a mean of NaN is not valid here",
    ),
    (
        |p| p.tasks[0].count = CountLaw::Geometric { mean: 0.5 },
        "tasks.jobs.count.geometric.mean",
        "a mean of 0.5 is not valid here",
    ),
    (
        |p| p.tasks[0].count = CountLaw::binomial(0, 0.5),
        "tasks.jobs.count.binomial.n",
        "0 is not valid here",
    ),
    (
        |p| p.tasks[0].count = CountLaw::binomial(9, 0.0),
        "tasks.jobs.count.binomial.p",
        "a chance of 0 is not valid here",
    ),
    (
        |p| p.tasks[0].placement = PlacementRule::Ecs(vec![Strategy::Random; 6]),
        "tasks.jobs.placementStrategy",
        "6 strategies are too many",
    ),
    (
        |p| p.tasks[0].containers = [Container::new("main", 0)].into(),
        "tasks.jobs.containerDefinitions.main.image",
        "there is no image 0",
    ),
    (
        |p| {
            p.registries.clear();
            p.images.push(Image::new("shop/job:1", 0, Memory::mib(100)));
        },
        "images.shop/job:1.registry",
        "there is no registry 0",
    ),
    (
        |p| p.tasks.push(p.tasks[0].clone()),
        "tasks.jobs",
        "two entries or services `jobs`",
    ),
    (
        |p| {
            p.services.push(Service {
                min_capacity: 4,
                max_capacity: 1,
                ..Service::new("web", 2)
            });
        },
        "services.web.scaling.minCapacity",
        "`minCapacity` 4 is above `maxCapacity` 1",
    ),
    (
        |p| {
            p.faults.push(ecsim::plan::Fault {
                name: "outage".into(),
                kind: FaultKind::ZoneOutage {
                    zone: Some(5),
                    share: Distribution::Constant(1.0),
                },
                occurs: ecsim::plan::Occurrence::At(vec![SimTime::ZERO]),
                lasts: None,
            });
        },
        "faults.outage.zone",
        "there is no zone 5",
    ),
    (
        |p| {
            p.actions.push(Action {
                at: SimTime::ZERO,
                call: ApiCall::SetDesiredCapacity {
                    provider: 0,
                    desired_capacity: 1,
                },
            });
        },
        "actions.0.capacityProvider",
        "has no Auto Scaling group",
    ),
    (
        |p| {
            let scheduling = Scheduling::Daemon;
            p.services.push(Service {
                scheduling,
                ..Service::new("agent", 0)
            });
            p.actions.push(Action {
                at: SimTime::ZERO,
                call: ApiCall::UpdateService {
                    service: 0,
                    desired_count: 2,
                },
            });
        },
        "actions.0.service",
        "a daemon has no desired count",
    ),
    (
        |p| {
            let one = p.tasks[0].containers.first().cloned();
            let one = one.unwrap_or_else(|| Container::new("c", 0));
            p.tasks[0].containers = vec![one; 11].into();
        },
        "tasks.jobs.containerDefinitions",
        "there are 11 containers",
    ),
];

#[test]
fn every_mistake_in_a_plan_built_by_hand_is_told_at_its_key() {
    jobs().check().expect("the plan without a mistake is right");
    for (change, path, message) in MISTAKES {
        let mut plan = jobs();
        change(&mut plan);
        let problems = plan.check().expect_err(message).0;
        let is_it = |problem: &&ecsim::scenario::Problem| {
            problem.path == *path && problem.message.contains(message)
        };
        assert!(
            problems.iter().any(|p| is_it(&p)),
            "{path}: {message}\n{problems:#?}"
        );
        assert!(Scenario::from_plan(plan).is_err());
    }
}

#[test]
fn plans_that_were_read_from_files_are_right_by_the_rules_for_plans() {
    let mut checked = 0;
    for file in std::fs::read_dir("scenarios").expect("the folder is there") {
        let path = file.expect("it can be read").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            let scenario = Scenario::load(&path).expect("the scenarios are right");
            let problems = scenario.study().check();
            assert!(problems.is_ok(), "{}: {problems:?}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 5);
    assert!(Study::of_plans(Vec::new()).check().is_err());
}

#[test]
fn a_run_is_explained_with_data() {
    let scenario = quickstart(&["ec2"], "2h");
    let run = scenario.explain("ec2", 1).expect("the variant is there");
    let story = run.task("web/0").expect("the task is there");
    let chosen = &story.choices[0];
    assert_eq!(chosen.chosen.provider, "on-demand");
    assert!(
        story.waits[0].detail.is_some(),
        "it waits for the first instance"
    );
    let service = run.service("web").expect("the service is there");
    assert!(service.rounds.iter().any(|row| row.round.start > 0));
    let scene = run.at(chosen.at).expect("the run goes on");
    let before = scene.before.as_ref().expect("it was placed by a pass");
    let tasks = |hosts: &[ecsim::explain::HostView]| {
        hosts.iter().map(|host| host.tasks.len()).sum::<usize>()
    };
    assert!(tasks(before) < tasks(&scene.hosts));
    for text in [
        serde_json::to_string(&story),
        serde_json::to_string(&service),
        serde_json::to_string(&scene),
    ] {
        assert!(text.expect("it is data").starts_with('{'));
    }
    for (error, words) in [
        (scenario.explain("ec3", 1).err(), "`ec2`"),
        (
            run.task("wob/0").err(),
            "there is no entry or service `wob`",
        ),
        (run.task("web/99").err(), "tasks, `web/0` to"),
        (
            run.at(SimTime::ZERO + Span::hours(3)).err(),
            "after the end",
        ),
    ] {
        let text = error.expect("it has no answer").to_string();
        assert!(text.contains(words), "{text}");
    }
}
