//! The page about the files of a report, `docs/outputs.md`: every column, every key and every path
//! of a figure, from the tables that the files are written with.

use super::column::{Column, column};
use super::eventbridge::{BRIDGE_KEYS, DETAIL_TYPES};
use super::{cost, event_names, metric_data, scaling, tasks, usage};
use crate::figures::{self, Better, Names};
use std::fmt::Write as _;

/// The content of `docs/outputs.md`.
pub fn outputs_reference() -> String {
    let mut text = String::from(include_str!("outputs.md"));
    section(&mut text, "summary.json", "Key", &SUMMARY);
    text.push_str(
        "\nA figure and a difference have these keys; a difference has `varianceReduction` too, the sum \
         of both variances divided by the variance of the difference.\n\n",
    );
    table(&mut text, "Key", &VALUE);
    section(&mut text, "runs.csv", "Column", &RUNS);
    section(&mut text, "cost.csv", "Column", &cost::COLUMNS);
    section(&mut text, "usage.csv", "Column", &usage::COLUMNS);
    section(&mut text, "utilization.csv", "Column", &UTILIZATION);
    section(&mut text, "scaling.csv", "Column", &scaling::COLUMNS);
    section(&mut text, "tasks.csv", "Column", &tasks::COLUMNS);
    section(&mut text, "events.jsonl", "Key", event_names::KEYS);
    text.push_str("\nThe key `placement` has these keys:\n\n");
    table(&mut text, "Key", &event_names::PLACEMENT);
    text.push_str("\nThe events, by the value of `fact`:\n\n");
    table(&mut text, "Fact", &event_names::facts());
    section(&mut text, "eventbridge.jsonl", "Key", BRIDGE_KEYS);
    text.push_str(include_str!("eventbridge.md"));
    table(&mut text, "`detail-type`", DETAIL_TYPES);
    section(&mut text, "metrics.jsonl", "Key", &metric_data::KEYS);
    section(&mut text, "plots", "File", &PLOTS);
    figure_paths(&mut text);
    level_paths(&mut text);
    text
}

/// The keys of `summary.json`.
const SUMMARY: [Column; 19] = [
    column("schemaVersion", "The version of this file's form"),
    column("scenario", "The scenario's name"),
    column("description", "Its description; may be empty"),
    column(
        "scenarioFile",
        "The scenario's file; empty for one without a file",
    ),
    column("seeds", "The seeds played, in order"),
    column(
        "confidencePercent",
        "The level of all intervals, where it is not 95",
    ),
    column("variants", "By variant, then by path: every figure"),
    column(
        "differences",
        "By variant, then by path: this variant minus the first one, seed by seed",
    ),
    column(
        "withoutChance",
        "By variant: true when no random draw can change a result",
    ),
    column(
        "medianSeed",
        "By variant: the seed of the run with the median cost",
    ),
    column(
        "month",
        "By variant: the month of figures and lines per month: its `hours`, and `calendar`, its name where the run is a calendar month",
    ),
    column(
        "bill",
        "By variant: the lines of the bill, with the columns of `cost.csv`",
    ),
    column(
        "unbilled",
        "By variant: what AWS bills beside these lines, by what the scenario mentions",
    ),
    column("fit", "By variant: what `count: fit` found"),
    column(
        "incomplete",
        "Of variants that did not do all of their work: how much of it they did",
    ),
    column(
        "lacking",
        "By variant: the entries and services whose tasks waited for capacity or were refused, and what they lacked",
    ),
    column(
        "leftOut",
        "Rows of traces that were left out or changed; absent where there are none",
    ),
    column("verdicts", "The verdicts on `expect:`"),
    column("warnings", "Warnings about the scenario"),
];

/// The keys of a figure in `summary.json`.
const VALUE: [Column; 6] = [
    column("unit", "The unit of its values"),
    column("n", "Number of runs that have a value"),
    column("mean", "The mean over these runs"),
    column("halfWidth", "Half the width of the interval"),
    column("low", "Lower end of the interval"),
    column("high", "Upper end of the interval"),
];

/// The columns of `runs.csv`.
const RUNS: [Column; 3] = [
    column("variant", "The variant"),
    column("seed", "The seed of the run"),
    column(
        "<path>",
        "One column per figure that has a value in a run; empty where a variant does not have it",
    ),
];

/// The columns of `utilization.csv`.
const UTILIZATION: [Column; 3] = [
    column("variant", "The variant"),
    column(
        "timeSeconds",
        "The beginning of the cell of time, in seconds since the scenario's `start`",
    ),
    column(
        "<provider>.<level>.<statistic>",
        "The level's time mean in this cell: `mean`, `min` and `max` over the seeds. Levels are `cpu.total`, `cpu.reserved`, `cpu.used` (vCPU), `memory.total`, `memory.reserved`, `memory.used` (GiB), `instances`, `tasks.running`; `all` is every provider together and has `tasks.waiting` too and, where there are services, `services.desired`, `services.healthy` and `services.missing`; daemons do not count there",
    ),
];

/// The files in `plots/`.
const PLOTS: [Column; 9] = [
    column("cost.svg", "The bill of every variant by AWS service"),
    column("waits.svg", "The distribution of waits of every variant"),
    column(
        "service-level.svg",
        "The cost of every variant against the response time and the served share of its requests, where two variants have a load",
    ),
    column(
        "starts.svg",
        "The steps of a start, where a start takes time",
    ),
    column(
        "cpu-<variant>.svg",
        "CPU: registered, reserved and used, over time",
    ),
    column("memory-<variant>.svg", "The same of memory"),
    column("tasks-<variant>.svg", "Tasks and instances over time"),
    column(
        "timeline-<variant>.svg",
        "One run over time, where there are services or Auto Scaling groups",
    ),
    column(
        "deployment-<variant>.svg",
        "The tasks of the old and the new revision over time, where one run has deployments",
    ),
];

/// Writes a section with one table.
fn section(text: &mut String, title: &str, first: &str, of: &[Column]) {
    let _ = write!(text, "\n## {title}\n\n");
    table(text, first, of);
}

/// Writes a table of columns or keys.
fn table(text: &mut String, first: &str, of: &[Column]) {
    let _ = write!(text, "| {first} | Meaning |\n|---|---|\n");
    for Column { name, doc } in of {
        let _ = writeln!(text, "| `{name}` | {doc} |");
    }
}

/// Writes the paths of all figures.
fn figure_paths(text: &mut String) {
    text.push_str(
        "\n## Figures\n\nThe paths of `summary.json`, `runs.csv` and `expect:`. `<provider>` is a \
         capacity provider, `<entry>` an entry of `tasks`, `<service>` a service, `<queue>` a queue, `<deployment>` an entry of `deployments`; `all` in its place \
         is all of them together. Figures of services, queues, starts, faults and deployments exist in a plan that has \
         them. A path that ends in `.pooled` is over the tasks of all seeds together, every other \
         one is the mean over seeds of one value per run. Shares are between 0 and 1.\n\n\
         | Path | Unit | Better | Meaning |\n|---|---|---|---|\n",
    );
    for figure in figures::all(&placeholders()) {
        if ["capacity", "tasks", "service", "queue", "deployment"].contains(&figure.measure.kind())
            && figure.name == "all"
        {
            continue;
        }
        let definition = figure.definition();
        let better = match definition.better {
            Better::Lower => "lower",
            Better::Higher => "higher",
            Better::Neither => "",
        };
        let unit = definition.unit.symbol();
        let _ = writeln!(
            text,
            "| `{}` | {unit} | {better} | {} |",
            figure.path, definition.doc
        );
    }
}

/// Writes the paths of all levels.
fn level_paths(text: &mut String) {
    text.push_str(
        "\n## Levels\n\nQuantities that have a value at each time of a run, which `expect:` compares at a \
         time (`at`) or within an interval (`from`, `to`). A value counts after all events of an \
         instant; at the end of the run nothing arrives and nothing is placed any more. With `from` \
         and `to`, `.mean`, `.min` or `.max` may follow the path. `all` in the place of a name is \
         all of them together.\n\n| Path | Unit | Meaning |\n|---|---|---|\n",
    );
    for level in figures::levels(&placeholders()) {
        if level.path.split('.').nth(1) == Some("all") {
            continue;
        }
        let definition = level.measure.definition();
        let unit = definition.unit.symbol();
        let _ = writeln!(text, "| `{}` | {unit} | {} |", level.path, definition.doc);
    }
}

/// Names of a plan, as pages write them.
fn placeholders() -> Names {
    Names {
        providers: vec!["<provider>".into()],
        tasks: vec!["<entry>".into()],
        services: vec!["<service>".into()],
        loads: vec![0],
        queues: vec!["<queue>".into()],
        starts: true,
        throttles: true,
        overlaps: true,
        faults: true,
        managed: true,
        load_balancers: true,
        deployments: vec!["<deployment>".into()],
        credits: true,
        alarms: true,
        extra: true,
    }
}
