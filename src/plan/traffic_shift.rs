//! How a deployment shifts the requests of a service from the earlier revision to the new one
//! (facts/ecs.md 216 to 222).

use crate::units::{Ratio, Span};

/// `deploymentConfiguration` of the strategies `BLUE_GREEN`, `LINEAR` and `CANARY`: the tasks of both
/// revisions run side by side while the requests are shifted, and for the bake time after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrafficShift {
    /// In which steps the requests are shifted.
    pub steps: ShiftSteps,
    /// `bakeTimeInMinutes`: for how long both revisions run after all requests are shifted. Of CodeDeploy
    /// `terminationWaitTimeInMinutes`.
    pub bake_time: Span,
    /// Who shifts the requests.
    pub controller: ShiftController,
    /// A deployment whose new tasks are not healthy in time is followed by a rollback: always with `ECS`, with
    /// CodeDeploy where `autoRollbackConfiguration` names `DEPLOYMENT_FAILURE`.
    pub rolls_back: bool,
}

/// The deployment controller that shifts requests: `type` of `deploymentController`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShiftController {
    /// `ECS`: the service's own strategies `BLUE_GREEN`, `LINEAR` and `CANARY`.
    #[default]
    Ecs,
    /// `CODE_DEPLOY`: CodeDeploy with two task sets (facts/ecs.md 222).
    CodeDeploy,
}

/// In which steps requests are shifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftSteps {
    /// `BLUE_GREEN`: all at once.
    AllAtOnce,
    /// `LINEAR`: in equal steps (facts/ecs.md 219).
    Linear {
        /// `stepPercent`.
        step: Ratio,
        /// `stepBakeTimeInMinutes`: the time between two steps.
        bake: Span,
    },
    /// `CANARY`: a small share first, then the rest (facts/ecs.md 220).
    Canary {
        /// `canaryPercent`.
        share: Ratio,
        /// `canaryBakeTimeInMinutes`: the time between both shifts.
        bake: Span,
    },
}

/// One step of a traffic shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShiftStep {
    /// The weight of the new revision in millionths.
    pub weight: u32,
    /// How long it stays: the bake time of the step, and after the last step that of the deployment.
    pub lasts: Span,
}

impl ShiftSteps {
    /// CodeDeploy's predefined deployment configurations for ECS without their prefix, the default first
    /// (facts/ecs.md 222).
    pub const PREDEFINED: [(&'static str, Self); 5] = [
        ("ECSAllAtOnce", Self::AllAtOnce),
        ("ECSCanary10Percent5Minutes", Self::canary_of_a_tenth(5)),
        ("ECSCanary10Percent15Minutes", Self::canary_of_a_tenth(15)),
        ("ECSLinear10PercentEvery1Minutes", Self::tenth_each(1)),
        ("ECSLinear10PercentEvery3Minutes", Self::tenth_each(3)),
    ];

    const fn canary_of_a_tenth(minutes: u64) -> Self {
        Self::Canary {
            share: TENTH,
            bake: Span::seconds(60 * minutes),
        }
    }

    const fn tenth_each(minutes: u64) -> Self {
        Self::Linear {
            step: TENTH,
            bake: Span::seconds(60 * minutes),
        }
    }
}

/// A tenth of the requests.
const TENTH: Ratio = Ratio::millionths(100_000).expect("it is at most 1");

/// The weight of all requests, in millionths.
pub const ALL_REQUESTS: u32 = 1_000_000;

impl TrafficShift {
    /// The longest time until all new tasks are healthy: that of a stage of a deployment (facts/ecs.md 218), and
    /// with CodeDeploy an hour, an assumption.
    pub const fn longest_scale_up(&self) -> Span {
        match self.controller {
            ShiftController::Ecs => Span::hours(24),
            ShiftController::CodeDeploy => Span::hours(1),
        }
    }

    /// True for steps of CodeDeploy that need weights of target groups, which a Network Load Balancer does not
    /// have for it.
    pub fn needs_weights(&self) -> bool {
        self.controller == ShiftController::CodeDeploy && self.steps != ShiftSteps::AllAtOnce
    }

    /// The step with this number, from 0.
    pub fn step(&self, number: u32) -> ShiftStep {
        let (weight, bake) = match self.steps {
            ShiftSteps::AllAtOnce => (ALL_REQUESTS, Span::ZERO),
            ShiftSteps::Linear { step, bake } => {
                let weight = step
                    .as_millionths()
                    .saturating_mul(number.saturating_add(1));
                (weight.min(ALL_REQUESTS), bake)
            }
            ShiftSteps::Canary { share, bake } if number == 0 => (share.as_millionths(), bake),
            ShiftSteps::Canary { .. } => (ALL_REQUESTS, Span::ZERO),
        };
        let lasts = match weight {
            ALL_REQUESTS => self.bake_time,
            _ => bake,
        };
        ShiftStep { weight, lasts }
    }

    /// All steps.
    pub fn all_steps(&self) -> Vec<ShiftStep> {
        let mut steps = Vec::new();
        for number in 0.. {
            let step = self.step(number);
            steps.push(step);
            if step.weight == ALL_REQUESTS {
                break;
            }
        }
        steps
    }

    /// `strategy`; with CodeDeploy its deployment configuration.
    pub fn strategy(&self) -> &'static str {
        match (self.controller, self.steps) {
            (ShiftController::CodeDeploy, steps) => {
                let mut all = ShiftSteps::PREDEFINED.iter();
                let found = all.find(|(_, predefined)| *predefined == steps);
                found.map_or("CODE_DEPLOY", |(name, _)| name)
            }
            (ShiftController::Ecs, ShiftSteps::AllAtOnce) => "BLUE_GREEN",
            (ShiftController::Ecs, ShiftSteps::Linear { .. }) => "LINEAR",
            (ShiftController::Ecs, ShiftSteps::Canary { .. }) => "CANARY",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: u64) -> Span {
        Span::seconds(60 * minutes)
    }

    fn steps(steps: ShiftSteps) -> Vec<(u32, Span)> {
        let shift = TrafficShift {
            steps,
            bake_time: minutes(5),
            controller: ShiftController::Ecs,
            rolls_back: true,
        };
        let all = shift.all_steps().into_iter();
        all.map(|step| (step.weight / 1_000, step.lasts)).collect()
    }

    fn share(millionths: u32) -> Ratio {
        Ratio::millionths(millionths).expect("it is at most 1")
    }

    #[test]
    fn fact_219_ten_percent_and_six_minutes_are_ten_shifts_and_54_minutes() {
        let bake = minutes(6);
        let step = share(100_000);
        let all = steps(ShiftSteps::Linear { step, bake });
        assert_eq!(all.len(), 10);
        let waits = all[..9].iter().map(|(_, lasts)| lasts.as_micros()).sum();
        assert_eq!(Span::micros(waits), minutes(54));
        assert_eq!(all[9], (1_000, minutes(5)), "then the bake time");
        // 30 %: the last step is smaller.
        let step = share(300_000);
        let all = steps(ShiftSteps::Linear { step, bake });
        let weights: Vec<u32> = all.iter().map(|(weight, _)| *weight).collect();
        assert_eq!(weights, [300, 600, 900, 1_000]);
    }

    #[test]
    fn fact_220_a_canary_has_two_shifts() {
        let (share, bake) = (share(50_000), minutes(10));
        let all = steps(ShiftSteps::Canary { share, bake });
        assert_eq!(all, [(50, minutes(10)), (1_000, minutes(5))]);
        let share = self::share(1_000_000);
        let all = steps(ShiftSteps::Canary { share, bake });
        assert_eq!(all, [(1_000, minutes(5))], "all at once");
    }

    #[test]
    fn fact_222_the_predefined_configurations_of_codedeploy_do_what_their_names_say() {
        let of = |name: &str| {
            let mut all = ShiftSteps::PREDEFINED.into_iter();
            let found = all.find(|(known, _)| *known == name);
            steps(found.expect("it is predefined").1)
        };
        assert_eq!(of("ECSAllAtOnce"), [(1_000, minutes(5))]);
        let canary = of("ECSCanary10Percent15Minutes");
        assert_eq!(canary, [(100, minutes(15)), (1_000, minutes(5))]);
        let linear = of("ECSLinear10PercentEvery3Minutes");
        assert_eq!(linear.len(), 10);
        assert!(linear[..9].iter().all(|(_, lasts)| *lasts == minutes(3)));
    }

    #[test]
    fn fact_218_blue_green_is_one_shift_and_the_bake_time() {
        assert_eq!(steps(ShiftSteps::AllAtOnce), [(1_000, minutes(5))]);
    }
}
