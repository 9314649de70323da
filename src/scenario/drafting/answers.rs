//! A scenario out of answers to a few questions.

use super::scalar;

/// The answers.
#[derive(Clone, Debug)]
pub struct Answers {
    /// Name of the scenario.
    pub name: String,
    /// Region.
    pub region: String,
    /// CPU of a task, as it is written in a scenario.
    pub cpu: String,
    /// Memory of a task, as it is written in a scenario.
    pub memory: String,
    /// What runs.
    pub work: Work,
    /// Where it runs.
    pub place: Place,
}

/// What runs.
#[derive(Clone, Debug)]
pub enum Work {
    /// A service.
    Service {
        /// Number of its tasks.
        tasks: String,
    },
    /// Jobs that end.
    Jobs {
        /// How many arrive, such as `50/h`.
        rate: String,
        /// Mean run time.
        duration: String,
    },
}

/// Where tasks run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On Fargate.
    Fargate,
    /// On Fargate Spot.
    FargateSpot,
    /// On instances of this type, in an Auto Scaling group with managed scaling.
    Ec2(String),
}

impl Answers {
    /// The scenario, with comments.
    pub fn scenario(&self) -> String {
        let (cpu, memory) = (&self.cpu, &self.memory);
        let (name, region) = (scalar(&self.name), scalar(&self.region));
        let (provider, item) = match &self.place {
            Place::Fargate => ("    - name: FARGATE\n".to_string(), "FARGATE"),
            Place::FargateSpot => ("    - name: FARGATE_SPOT\n".to_string(), "FARGATE_SPOT"),
            Place::Ec2(instance_type) => (super::folder::group("ec2", instance_type, 100), "ec2"),
        };
        let on = format!("    capacityProviderStrategy: [{{ capacityProvider: {item} }}]\n");
        let work = match &self.work {
            Work::Service { tasks } => format!(
                "services:\n  - serviceName: web\n    taskDefinition: task\n    desiredCount: {tasks}\n{on}"
            ),
            Work::Jobs { rate, duration } => {
                let queue = match self.place {
                    Place::Ec2(_) => {
                        "    onNoCapacity: provisioning   # wait until managed scaling has added instances\n"
                    }
                    _ => "",
                };
                format!(
                    "tasks:\n  - name: jobs\n    taskDefinition: task\n    arrivals: {{ poisson: {rate} }}   # at random; a job log is read with `trace`\n    duration: {{ exponential: {{ mean: {duration} }} }}   # or always the same: `duration: {duration}`\n{on}{queue}"
                )
            }
        };
        format!(
            "\
# Written by `ecsim init` out of answers. All keys: docs/scenario.md.
ecsim: 1
name: {name}
region: {region}
until: 7d          # how long a run simulates
seeds: 8           # how often it is repeated with other random numbers
delays: realistic  # tasks and instances take time to start and to stop
cluster:
  capacityProviders:
{provider}taskDefinitions:
  - family: task
    cpu: {cpu}
    memory: {memory}
    containerDefinitions: [{{ name: main, image: main }}]
# The size of an image decides how long its pull takes.
images:
  - {{ name: main, size: 200 MiB, layers: 9 }}
{work}# To compare, give variants: the keys of each are laid over the scenario.
# variants:
#   - name: now
#   - name: larger
#     taskDefinitions: [{{ family: task, cpu: 1 vCPU, memory: 2 GB }}]
"
        )
    }
}
