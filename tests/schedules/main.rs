//! Schedules that every correct simulator shares, computed by two engines written apart
//! from this one (facts/validation.md section 3): generated jobs, fixed clusters, and the
//! hash of who ran where and when. Each is played through a scenario file and a trace, as
//! anybody would, by the library and by the program; and from a plan built by hand, so that
//! a difference shows whether the reader or the model made it.

mod cases;
mod checked;
mod files;
mod jobs;
mod played;

use cases::*;
use checked::*;
use ecsim::engine::random::SplitMix64;
use files::*;

#[test]
fn the_generator_gives_its_published_numbers() {
    let mut generator = SplitMix64(1_234_567);
    let got = [(); 3].map(|()| generator.next_u64());
    let known = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
    ];
    assert_eq!(got, known);
}

#[test]
fn d1_best_fit_with_a_blocking_head() {
    let fates = check_files(&d1(), "us-east-1a");
    let tail = "40,0,89005,140026,1\n41,2,102281,123197,1\n42,1,102281,136997,1\n\
                43,3,102281,127837,1\n44,2,103404,147423,1\n45,3,114239,166224,1\n\
                46,2,114239,146073,1\n47,0,114239,153513,1\n48,1,114239,141712,1\n\
                49,3,120615,141137,1\n";
    assert!(lines(&fates).ends_with(tail));
}

#[test]
fn d2_first_fit_with_a_start_up_that_holds_resources() {
    check_files(&d2(), "us-east-1a");
}

#[test]
fn d3_best_fit_by_memory_skipping_ahead() {
    check_files(&d3(), "us-east-1a");
}

#[test]
fn d5_fewest_tasks_with_failures_and_restarts() {
    check_files(&d5(), "us-east-1a");
}

#[test]
fn d6_dot_product_with_refusals() {
    check_files(&d6(), "us-east-1a");
}

#[test]
fn the_program_reports_the_same_schedules() {
    for case in [d1(), d2(), d3(), d5(), d6()] {
        check_program(&case);
    }
}

#[test]
fn plans_built_by_hand_give_the_same_schedules() {
    for case in [d1(), d2(), d3(), d5(), d6()] {
        check(&case, &case.plan());
    }
}

#[test]
fn zones_change_nothing_for_policies_that_do_not_look_at_them() {
    for case in [d1(), d2(), d3(), d5(), d6()] {
        check_files(&case, "us-east-1a, us-east-1b, us-east-1c");
    }
}

#[test]
fn the_order_of_rows_and_the_number_of_files_change_nothing() {
    let case = d2();
    let jobs = case.jobs();
    let folder = folder();
    // The later part first, where no two jobs arrive together.
    let middle = (jobs.len() / 2..)
        .find(|id| jobs[*id].arrival > jobs[id - 1].arrival)
        .expect("jobs go on arriving");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("the folder is ours");
    };
    let (early, late) = (csv_rows(&jobs[..middle]), csv_rows(&jobs[middle..]));
    write("one.csv", &format!("{HEADER}{late}{early}"));
    write("one.yaml", &case.yaml("us-east-1a", "one.csv"));
    write("late.csv", &format!("{HEADER}{late}"));
    write("early.csv", &format!("{HEADER}{early}"));
    write("two.yaml", &case.yaml("us-east-1a", "late.csv, early.csv"));
    for scenario in ["one.yaml", "two.yaml"] {
        check(&case, &load(&folder.path().join(scenario)));
    }
}
