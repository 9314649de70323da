//! Field tables of rates of requests over time.

use super::load_traces::LOAD_TRACE;
use super::table::{Field, Table, Type};
use super::tasks::{PIECEWISE_EVERY, STEP_AT, piecewise_steps, step_rate};
use Type::{Choice, Duration, Either, Factor, Level, List, Map, Name, Number, Text};

/// The forms of a rate of requests, or of a factor of a product.
pub static RATE_FORMS: [Type; 3] = [Level, Map(&RATE_SHAPE), List(&ONE_RATE)];

/// `noise` beside a rate.
pub const NOISE: Field = Field::new(
    "noise",
    Text,
    "the rate of each minute is multiplied by a random factor with mean 1 and this standard deviation, such as `10%`; the factor has a lognormal distribution",
)
.preset("0%");

/// One rate of a sum.
static ONE_RATE: Type = Either(&ONE_RATE_FORMS);

/// The forms of one rate of a sum.
static ONE_RATE_FORMS: [Type; 2] = [Level, Map(&RATE_SHAPE)];

/// A part of a product.
static PART_OF_PRODUCT: Type = Either(&RATE_FORMS);

/// The rate of a day: one rate, or one for each hour.
const DAY: Type = Either(&[Level, List(&Level)]);

/// The names of the days of a week, from Monday on.
pub const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A rate of requests.
pub static RATE_SHAPE: Table = Table {
    name: "requestRate",
    doc: "A rate of requests over time: exactly one of these keys. The rates of a list are added, those of `product` multiplied. A factor of a product has the same forms with plain numbers: `1.5`, `150%`, `{ daily: { low: 20%, high: 100%, peakAt: \"20:00\" } }`. A shape that changes without steps is constant for each minute.",
    fields: &[
        Field::new("constant", Level, "a constant rate"),
        Field::new(
            "sinusoidal",
            Map(&LOAD_SINUSOIDAL),
            "a sine wave that counts from the start of the run",
        ),
        Field::new(
            "piecewise",
            Map(&LOAD_PIECEWISE),
            "a rate that is constant in steps, which count from the start of the run",
        ),
        Field::new("daily", Map(&DAILY), "a daily cycle by the clock"),
        Field::new(
            "weekly",
            Map(&WEEKLY),
            "a rate for each weekday, or each of its hours",
        ),
        Field::new(
            "holidays",
            Map(&HOLIDAYS),
            "a rate, and what applies instead on some dates",
        ),
        Field::new(
            "growth",
            Map(&GROWTH),
            "a rate that grows by a share per month",
        ),
        Field::new(
            "ramp",
            Map(&RAMP),
            "a rate that changes from one value to another",
        ),
        Field::new(
            "flashCrowd",
            Map(&FLASH_CROWD),
            "a crowd that comes suddenly and goes slowly, once, regularly or at random",
        ),
        Field::new(
            "randomWalk",
            Map(&RANDOM_WALK),
            "a rate that changes each minute at random and returns to its mean",
        ),
        Field::new(
            "mmpp",
            Map(&MMPP),
            "bursts: a Markov-modulated rate, which changes at random between states",
        ),
        Field::new(
            "trace",
            Map(&LOAD_TRACE),
            "recorded requests, which are read from files",
        ),
        Field::new(
            "product",
            List(&PART_OF_PRODUCT),
            "a rate, and the factors that it is multiplied by",
        ),
    ],
};

/// `sinusoidal` of a load.
pub static LOAD_SINUSOIDAL: Table = Table {
    name: "loadSinusoidal",
    doc: "The rate at time t after the start is `mean + amplitude × sin(2π × (t + shift) ÷ period)`.",
    fields: &[
        Field::new("mean", Level, "mean of the rate").required(),
        Field::new(
            "amplitude",
            Level,
            "largest difference from the mean; at most `mean`",
        )
        .required(),
        Field::new("period", Duration, "length of one wave").required(),
        Field::new("shift", Duration, "time by which the wave is shifted").preset("0s"),
    ],
};

/// `piecewise` of a load.
pub static LOAD_PIECEWISE: Table = Table {
    name: "loadPiecewise",
    doc: "A rate that is constant between given times.",
    fields: &[piecewise_steps(&Map(&LOAD_STEP)), PIECEWISE_EVERY],
};

/// An item of `piecewise.steps` of a load.
pub static LOAD_STEP: Table = Table {
    name: "loadStep",
    doc: "The rate from one time on.",
    fields: &[STEP_AT, step_rate(Level)],
};

/// `daily`.
pub static DAILY: Table = Table {
    name: "daily",
    doc: "A rate with a daily cycle by the clock of a time zone: a cosine with its highest value at one time of day and its lowest one twelve hours later.",
    fields: &[
        Field::new("low", Level, "the lowest rate").required(),
        Field::new("high", Level, "the highest rate").required(),
        Field::new(
            "peakAt",
            Text,
            "time of day of the highest rate, such as `20:00`",
        )
        .required(),
        Field::new(
            "weekend",
            Text,
            "share of the rate on Saturdays and Sundays, such as `70%`",
        )
        .preset("100%"),
        Field::new("timeZone", Name, "time zone of the clock").rule("`timeZone` of the scenario"),
    ],
};

/// `weekly`.
pub static WEEKLY: Table = Table {
    name: "weekly",
    doc: "A rate with a weekly cycle by the calendar of a time zone. Each day has one rate, or a list of 24 rates for its hours from 0:00 on. Days that no key names: an error; in a factor of a product they have the factor 1.",
    fields: &[
        Field::new("monday", DAY, "Mondays; instead of `weekdays`"),
        Field::new("tuesday", DAY, "Tuesdays; instead of `weekdays`"),
        Field::new("wednesday", DAY, "Wednesdays; instead of `weekdays`"),
        Field::new("thursday", DAY, "Thursdays; instead of `weekdays`"),
        Field::new("friday", DAY, "Fridays; instead of `weekdays`"),
        Field::new("saturday", DAY, "Saturdays; instead of `weekend`"),
        Field::new("sunday", DAY, "Sundays; instead of `weekend`"),
        Field::new(
            "weekdays",
            DAY,
            "Mondays to Fridays without a key of their own",
        ),
        Field::new(
            "weekend",
            DAY,
            "Saturdays and Sundays without a key of their own",
        ),
        Field::new("timeZone", Name, "time zone of the calendar")
            .rule("`timeZone` of the scenario"),
    ],
};

/// `holidays`.
pub static HOLIDAYS: Table = Table {
    name: "holidays",
    doc: "A rate, and what applies instead on some dates: exactly one of `factor`, `as` and `instead`.",
    fields: &[
        Field::new(
            "dates",
            List(&Text),
            "the dates: `2026-12-25`, `12-25` for each year, or `2026-12-24/2027-01-01` from the first to the last day",
        )
        .required(),
        Field::new("of", Either(&RATE_FORMS), "the rate of the other days; required, but 1 in a factor of a product"),
        Field::new("factor", Factor, "the rate of the other days is multiplied by this, such as `40%`"),
        Field::new(
            "as",
            Choice(&WEEKDAYS),
            "`daily` and `weekly` cycles in `of` are as on this weekday",
        ),
        Field::new("instead", Either(&RATE_FORMS), "the rate of these dates"),
        Field::new("timeZone", Name, "time zone in which a date begins and ends").rule("`timeZone` of the scenario"),
    ],
};

/// `growth`.
pub static GROWTH: Table = Table {
    name: "growth",
    doc: "A rate that grows by the same share in each month: `from × (1 + perMonth)^(t ÷ 730 h)` at time t after the start of the run. A month has 730 hours, as in the bill.",
    fields: &[
        Field::new(
            "from",
            Level,
            "the rate at the start of the run; required, but 1 in a factor of a product",
        ),
        Field::new(
            "perMonth",
            Text,
            "growth per month, compound, such as `5%`; below zero for a rate that falls",
        )
        .required(),
    ],
};

/// `ramp`.
pub static RAMP: Table = Table {
    name: "ramp",
    doc: "A rate that changes in a straight line and then stays.",
    fields: &[
        Field::new("from", Level, "the rate before").required(),
        Field::new("to", Level, "the rate after").required(),
        Field::new(
            "at",
            Duration,
            "when the change begins, after the start of the run",
        )
        .preset("0s"),
        Field::new("lasts", Duration, "how long the change takes").required(),
    ],
};

/// `flashCrowd`.
pub static FLASH_CROWD: Table = Table {
    name: "flashCrowd",
    doc: "Requests of a crowd that comes suddenly: the rate rises in a straight line from 0 to `peak`, stays there, and falls by half in each `halfLife`; after ten of them the crowd is over. In a factor of a product it rises from 1. It comes at given times (`at`), regularly (`every`, the first time at `at` if that is given, else after one period) or at random (`meanTimeBetween`). Crowds that go on at once are added.",
    fields: &[
        Field::new(
            "at",
            Either(&[Duration, List(&Duration)]),
            "when crowds begin, after the start of the run",
        ),
        Field::new(
            "every",
            Duration,
            "period after which the crowd comes again",
        ),
        Field::new(
            "meanTimeBetween",
            Duration,
            "mean time between the beginnings of two crowds, which are random: the gaps have an exponential distribution. They are the same in all variants",
        ),
        Field::new(
            "peak",
            Level,
            "the rate at the peak; in a factor of a product such as `8`: eight times the rate",
        )
        .required(),
        Field::new("riseTime", Duration, "how long the rate rises").required(),
        Field::new("plateau", Duration, "how long the rate stays at its peak").preset("0s"),
        Field::new(
            "halfLife",
            Duration,
            "time in which the crowd shrinks to a half",
        )
        .required(),
    ],
};

/// `randomWalk`.
pub static RANDOM_WALK: Table = Table {
    name: "randomWalk",
    doc: "A rate that changes each minute by a random step and returns to its mean: an Ornstein–Uhlenbeck process at whole minutes, whose first value is drawn from its distribution in the long run. A step that would leave the bounds ends at the bound. The steps are the same in all variants.",
    fields: &[
        Field::new("mean", Level, "the rate to which it returns; required, but 1 in a factor of a product"),
        Field::new(
            "deviation",
            Factor,
            "standard deviation in the long run, as a share of the mean, such as `20%`",
        )
        .required(),
        Field::new(
            "relaxationTime",
            Duration,
            "time in which a distance from the mean shrinks to 37 % (1/e) on average; a long one makes slow waves",
        )
        .required(),
        Field::new("low", Level, "the rate is never lower").rule("0"),
        Field::new("high", Level, "the rate is never higher").rule("no bound"),
    ],
};

/// `mmpp`.
pub static MMPP: Table = Table {
    name: "mmpp",
    doc: "The rate of a Markov-modulated Poisson process: a random process goes from state to state, stays in each for a time with an exponential distribution, and each state has a rate. The run begins in the first state. The changes are the same in all variants.",
    fields: &[Field::new("states", List(&Map(&MMPP_STATE)), "at least two states").required()],
};

/// An item of `mmpp.states`.
pub static MMPP_STATE: Table = Table {
    name: "mmppState",
    doc: "A state of a Markov-modulated rate.",
    fields: &[
        Field::new("rate", Level, "the rate in this state").required(),
        Field::new(
            "meanStay",
            Duration,
            "mean time in this state; at least `1s`",
        )
        .required(),
        Field::new(
            "next",
            List(&Number),
            "weights of the states that follow, in the order of `states`, with 0 for this one",
        )
        .rule("each other state with the same chance"),
    ],
};
