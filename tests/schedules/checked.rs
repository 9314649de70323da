//! Compares a schedule with what is known about it.

use crate::cases::*;
use crate::files::*;
use crate::jobs::*;
use crate::played::*;
use ecsim::plan::Plan;
use ecsim::runner::built_in_scheduler;
use ecsim::simulation::{self};
use ecsim::units::SimTime;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

pub fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines that a schedule is known by: id, node, start, end, attempts.
pub fn lines(fates: &[Fate]) -> String {
    let mut text = String::new();
    for (id, fate) in fates.iter().enumerate() {
        let written = match fate {
            Fate::Refused => writeln!(text, "{id},-1,-1,-1,0"),
            Fate::Ran {
                node,
                start,
                end,
                attempts,
            } => {
                writeln!(text, "{id},{node},{start},{end},{attempts}")
            }
        };
        written.expect("a string takes all");
    }
    text
}

/// Sums up a schedule as the table of known ones does.
pub fn assert_known(case: &Case, fates: &[Fate], peaks: Option<(usize, usize)>) {
    let jobs = case.jobs();
    assert_eq!(fates.len(), jobs.len());
    let input: String = jobs
        .iter()
        .enumerate()
        .map(|(id, job)| {
            let Job {
                arrival,
                duration,
                cpu,
                memory,
            } = job;
            format!("{id},{arrival},{duration},{cpu},{memory}\n")
        })
        .collect();
    let mut waits = Vec::new();
    let (mut makespan, mut cpu_ms, mut all_attempts) = (0, 0, 0);
    let mut used = vec![false; case.fleet.iter().map(|(count, _)| *count as usize).sum()];
    for (job, fate) in jobs.iter().zip(fates) {
        if let Fate::Ran {
            node,
            start,
            end,
            attempts,
        } = *fate
        {
            all_attempts += attempts;
            waits.push(start - job.arrival);
            makespan = makespan.max(end);
            cpu_ms += u128::from(job.cpu) * u128::from(end - start);
            used[node] = true;
        }
    }
    waits.sort_unstable();
    // The index of quantile q is ⌈q n⌉ - 1.
    let quantile = |percent: usize| waits[(percent * waits.len()).div_ceil(100) - 1];
    let (input_sha256, schedule_sha256) = (sha256(&input), sha256(&lines(fates)));
    let known = &case.known;
    let (peak_running, peak_pending) = peaks.unwrap_or((known.peak_running, known.peak_pending));
    let got = Known {
        // Shown as they are when they differ.
        input_sha256: input_sha256.leak(),
        schedule_sha256: schedule_sha256.leak(),
        placed: waits.len(),
        rejected: fates.len() - waits.len(),
        attempts: all_attempts,
        makespan,
        wait_sum: waits.iter().sum(),
        wait_max: waits.last().copied().unwrap_or(0),
        waited: waits.iter().filter(|wait| **wait > 0).count(),
        wait_p95: quantile(95),
        wait_p99: quantile(99),
        peak_running,
        peak_pending,
        cpu_ms,
        instances_used: used.iter().filter(|used| **used).count(),
    };
    assert_eq!(got, *known, "{}", case.name);
}

/// Plays a plan and compares all that is known.
pub fn check(case: &Case, plan: &Plan) -> Vec<Fate> {
    assert!(plan.is_without_chance() || !case.failures.is_empty());
    let mut schedule = Schedule::default();
    let scheduler = built_in_scheduler(plan);
    let outcome = simulation::run(
        plan,
        1,
        scheduler,
        simulation::Limits::default(),
        &mut schedule,
    )
    .expect("built-in policies do not fail");
    schedule.end_of_instant();
    assert_eq!(outcome.unfinished, 0);
    assert_eq!(whole_millis(outcome.end), case.known.makespan);
    let peaks = (schedule.peak_running, schedule.peak_pending);
    let fates: Option<Vec<Fate>> = schedule.fates.into_iter().collect();
    let fates = fates.expect("every job has a fate");
    assert_known(case, &fates, Some(peaks));
    fates
}

/// Plays a case through its files, with the library.
pub fn check_files(case: &Case, zones: &str) -> Vec<Fate> {
    let folder = folder();
    check(case, &load(&case.write(folder.path(), zones)))
}

/// The fates that `tasks.csv` tells of.
pub fn fates_of_rows(path: &Path, jobs: usize) -> Vec<Fate> {
    let mut fates = vec![None; jobs];
    let mut file = csv::Reader::from_path(path).expect("the file is there");
    let columns = file.headers().expect("it has a header").clone();
    for row in file.records() {
        let row = row.expect("a row of the same length");
        let cell = |name: &str| {
            let column = columns.iter().position(|column| column == name);
            &row[column.expect("the column is there")]
        };
        let millis = |name: &str| {
            let micros = cell(name).parse().expect("microseconds");
            whole_millis(SimTime::micros(micros))
        };
        assert_eq!((cell("entry"), cell("group")), ("jobs", "family:job"));
        let fate = match cell("outcome") {
            "rejected" => {
                assert_eq!((cell("instanceIndex"), cell("attempts")), ("", "0"));
                Fate::Refused
            }
            outcome => {
                assert_eq!(outcome, "finished");
                Fate::Ran {
                    node: cell("instanceIndex").parse().expect("an index"),
                    start: millis("startedMicros"),
                    end: millis("endedMicros"),
                    attempts: cell("attempts").parse().expect("a number"),
                }
            }
        };
        let id: usize = cell("ordinal").parse().expect("a number");
        assert_eq!(fates[id].replace(fate), None, "job {id} has one row");
    }
    let fates: Option<Vec<Fate>> = fates.into_iter().collect();
    fates.expect("every job has a row")
}

/// Plays a case with the program and reads its reports.
pub fn check_program(case: &Case) {
    let folder = folder();
    let scenario = case.write(folder.path(), "us-east-1a");
    let out = folder.path().join("reports");
    let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(["run", "--quiet", "--reports", "files", "--tasks", "--out"])
        .args([&out, &scenario])
        .output()
        .expect("the program starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{talk}");
    let reports = out.join(case.name);
    let fates = fates_of_rows(&reports.join("tasks.csv"), case.jobs);
    assert_known(case, &fates, None);
    let summary = std::fs::read(reports.join("summary.json")).expect("the file is there");
    let summary: serde_json::Value = serde_json::from_slice(&summary).expect("JSON");
    let figure = |path: &str| {
        let figure = &summary["variants"]["base"][format!("tasks.jobs.{path}")];
        figure["mean"]
            .as_f64()
            .unwrap_or_else(|| panic!("no {path}"))
    };
    let known = &case.known;
    let seconds = |millis: u64| millis as f64 / 1000.0;
    let placed = known.placed as f64;
    for (path, value) in [
        ("arrived.count", case.jobs as f64),
        ("finished.count", placed),
        ("rejected.count", known.rejected as f64),
        ("rejected.share", known.rejected as f64 / case.jobs as f64),
        ("unfinished.count", 0.0),
        ("wait.mean", seconds(known.wait_sum) / placed),
        ("wait.max", seconds(known.wait_max)),
        ("waited.share", known.waited as f64 / placed),
        ("running.max", known.peak_running as f64),
        ("waiting.max", known.peak_pending as f64),
    ] {
        // A task that is started again waited for its first place alone; the sheet's wait is
        // up to the last attempt.
        if !case.failures.is_empty() && path.starts_with("wait") {
            continue;
        }
        let found = figure(path);
        let error = (found - value).abs();
        assert!(error <= 1e-12 * value, "{} {path}: {found}", case.name);
    }
}
