//! Plots: the same bytes every time, well formed whatever the data, and written to a folder
//! for looking at when `ECSIM_PLOTS` names one.

use super::fake::{self, Wanted};
use ecsim::report::{Plot, plots};
use ecsim::runner::{Band, Results, StoryFault};
use ecsim::units::Span;

pub fn draw(results: &Results) -> Vec<Plot> {
    let mut found = Vec::new();
    plots(results, |plot| {
        found.push(plot);
        Ok::<_, ()>(())
    })
    .expect("a vector takes all");
    found
}

/// Data of many kinds, by a name for its folder.
pub fn kinds() -> Vec<(&'static str, Results)> {
    let wanted = Wanted::default;
    let mut long = Wanted::variants(3);
    long.variants[1] = "a-name-that-goes-on-and-on-until-it-has-sixty-characters-ab".into();
    long.variants[2] = "fargate <&> \"quoted\" 日本語の名前".into();
    let one_cell = |cells| Wanted {
        cells,
        ..Wanted::variants(1)
    };
    let certain = Wanted {
        without_chance: true,
        spread: 0.0,
        ..wanted()
    };
    let mut queued = fake::results(&wanted());
    for column in &mut queued.variants[0].timeline.columns {
        if column.level == "tasks.waiting" {
            for (cell, band) in column.points.iter_mut().enumerate() {
                let level = if (40..60).contains(&cell) {
                    9_000.0
                } else {
                    0.0
                };
                *band = Band {
                    mean: level,
                    min: level * 0.5,
                    max: level * 1.2,
                };
            }
        }
    }
    let mut calm = fake::results(&wanted());
    for variant in &mut calm.variants {
        variant.waits.at_once = variant.waits.placed;
        variant.waits.points = vec![(0.0, 1.0)];
    }
    let mut waiting = fake::results(&wanted());
    for (index, variant) in waiting.variants.iter_mut().enumerate() {
        let waits = &mut variant.waits;
        match index {
            // Everybody waits, for minutes.
            0 => {
                waits.at_once = 0;
                waits.points = (1..=100)
                    .map(|i| (f64::from(i) * 9.0, f64::from(i) / 100.0))
                    .collect();
            }
            // A single one waits.
            1 => {
                waits.at_once = waits.placed - 1;
                waits.points = vec![(0.0, 0.999_99), (42.0, 1.0)];
            }
            // A tenth waits equally long.
            _ => {
                waits.at_once = waits.placed / 10 * 9;
                waits.points = vec![(0.0, 0.9), (120.0, 1.0)];
            }
        }
    }
    let mut lone = waiting.clone();
    lone.variants.swap_remove(0);
    lone.variants.truncate(1);
    let living = || Wanted {
        services: 2,
        ..wanted()
    };
    let mut nothing_lives = fake::results(&Wanted {
        cells: 0,
        ..living()
    });
    for variant in &mut nothing_lives.variants {
        variant.story = Some(ecsim::runner::Story::default());
    }
    vec![
        ("services", fake::results(&living())),
        (
            "services-short",
            fake::results(&Wanted {
                cells: 3,
                cell: Span::seconds(20),
                ..living()
            }),
        ),
        (
            "services-fine",
            fake::results(&Wanted {
                cells: 2_000,
                cell: Span::seconds(300),
                services: 1,
                ..Wanted::variants(1)
            }),
        ),
        ("services-nothing", nothing_lives),
        ("waiting", waiting),
        ("lone", lone),
        ("usual", fake::results(&wanted())),
        ("one", fake::results(&Wanted::variants(1))),
        ("twelve", fake::results(&Wanted::variants(12))),
        ("long-names", fake::results(&long)),
        ("one-cell", fake::results(&one_cell(1))),
        ("two-cells", fake::results(&one_cell(2))),
        (
            "two-thousand-cells",
            fake::results(&Wanted {
                cell: Span::seconds(300),
                ..one_cell(2_000)
            }),
        ),
        ("no-chance", fake::results(&certain)),
        (
            "one-seed",
            fake::results(&Wanted {
                seeds: 1,
                ..wanted()
            }),
        ),
        (
            "free",
            fake::results(&Wanted {
                cost: 0.0,
                ..wanted()
            }),
        ),
        (
            "huge",
            fake::results(&Wanted {
                cost: 1e10,
                wait: 1e5,
                cell: Span::hours(24 * 30),
                ..wanted()
            }),
        ),
        (
            "tiny",
            fake::results(&Wanted {
                cost: 1e-8,
                wait: 1e-5,
                cell: Span::micros(50),
                ..wanted()
            }),
        ),
        (
            "unsure",
            fake::results(&Wanted {
                spread: 3.0,
                ..wanted()
            }),
        ),
        ("queue", queued),
        ("calm", calm),
        ("empty", fake::empty()),
    ]
}

#[test]
fn every_kind_of_data_gives_well_formed_pictures() {
    let folder = std::env::var_os("ECSIM_PLOTS").map(std::path::PathBuf::from);
    for (kind, results) in kinds() {
        let drawn = draw(&results);
        let stories = results
            .variants
            .iter()
            .filter(|v| v.story.is_some())
            .count();
        let starts = drawn
            .iter()
            .filter(|p| p.name == "plots/starts.svg")
            .count();
        assert!(starts <= 1);
        assert_eq!(
            drawn.len(),
            2 + starts + 3 * results.variants.len() + stories
        );
        for plot in &drawn {
            let svg = &plot.svg;
            assert!(
                svg.starts_with("<svg width=\"900\""),
                "{kind} {}",
                plot.name
            );
            assert!(svg.trim_end().ends_with("</svg>"), "{kind} {}", plot.name);
            assert!(
                !svg.contains("NaN") && !svg.contains("inf"),
                "{kind} {}",
                plot.name
            );
            assert!(svg.len() < 400_000, "{kind} {}: {}", plot.name, svg.len());
            if let Some(folder) = &folder {
                let name = plot.name.replace("plots/", "");
                let place = folder.join(format!("{kind}-{name}"));
                std::fs::write(place, svg).expect("it can be written");
            }
        }
    }
}

#[test]
fn the_same_results_give_the_same_pictures() {
    for ((kind, one), (_, two)) in kinds().into_iter().zip(kinds()) {
        assert_eq!(draw(&one), draw(&two), "{kind}");
    }
}

#[test]
fn pictures_say_what_they_show() {
    let drawn = draw(&fake::results(&Wanted::default()));
    let names: Vec<&str> = drawn.iter().map(|plot| plot.name.as_str()).collect();
    assert_eq!(
        names[..3],
        ["plots/cost.svg", "plots/waits.svg", "plots/cpu-x86.svg"]
    );
    for (index, words) in [
        (0, ["US dollars per month", "95 % interval", "Fargate"]),
        (
            1,
            [
                "wait from arrival to placement, logarithmic",
                "92.0 % did not wait",
                "10 %",
            ],
        ),
        (2, ["clock (UTC)", "vCPU", "reserved"]),
    ] {
        for word in words {
            assert!(drawn[index].svg.contains(word), "{word}");
        }
    }
}

/// Of services nobody asks how long their tasks waited for a place.
#[test]
fn without_standalone_work_there_is_no_plot_of_waits() {
    let names = |entries: usize| -> Vec<String> {
        let wanted = Wanted {
            entries,
            services: 1,
            ..Wanted::default()
        };
        let plots = draw(&fake::results(&wanted)).into_iter();
        plots.map(|plot| plot.name).collect()
    };
    let waits = "plots/waits.svg".to_string();
    assert!(names(1).contains(&waits));
    assert!(!names(0).contains(&waits));
}

/// A task that was lost may wait again, so only first places are spoken of.
#[test]
fn nobody_waited_speaks_of_first_places() {
    for (services, words) in [
        (0, "No task waited for its first placement."),
        (1, "No standalone task waited for its first placement."),
    ] {
        let mut results = fake::results(&Wanted {
            services,
            ..Wanted::default()
        });
        fake::change(
            &mut results.variants[0],
            "tasks.all.waited.share",
            |share| {
                share.mean = Some(0.0);
            },
        );
        let svg = drawn(&results, "plots/tasks-x86.svg");
        for words in [words, "tasks placed", "tasks waiting for a place"] {
            assert!(svg.contains(words), "{words}");
        }
    }
}

#[test]
fn curves_that_coincide_are_one_line_with_both_names() {
    let lines = |plot: &Plot| plot.svg.matches("<polyline").count();
    let results = fake::results(&Wanted::default());
    let mut same = results.clone();
    same.variants[1].waits = same.variants[0].waits.clone();
    for column in ["cpu.used", "memory.total", "memory.used"] {
        let (kind, _) = column.split_once('.').expect("a kind and a level");
        let reserved = format!("{kind}.reserved");
        let columns = &mut same.variants[0].timeline.columns;
        let of_all = |level: &str| {
            let is_it = |c: &ecsim::runner::TimelineColumn| c.provider == "all" && c.level == level;
            columns.iter().position(is_it).expect("it is there")
        };
        let (from, to) = (of_all(&reserved), of_all(column));
        columns[to].points = columns[from].points.clone();
    }
    let (before, after) = (draw(&results), draw(&same));
    assert!(after[1].svg.contains("graviton: as x86"));
    assert!(after[2].svg.contains("reserved = used"));
    assert!(after[3].svg.contains("capacity = reserved = used"));
    // A line less; where the capacity is reserved, an area less, too.
    let areas = |plot: &Plot| plot.svg.matches("<polygon").count();
    for (plot, fewer) in [(1, 0), (2, 0), (3, 1)] {
        assert!(lines(&before[plot]) > lines(&after[plot]), "{plot}");
        assert_eq!(areas(&before[plot]), areas(&after[plot]) + fewer, "{plot}");
    }
}

#[test]
fn a_level_that_is_always_zero_says_none_and_a_warm_up_is_named() {
    let mut results = fake::results(&Wanted::default());
    for variant in &mut results.variants {
        variant.timeline.origin = ecsim::units::SimTime::ZERO + Span::hours(2);
    }
    for column in &mut results.variants[0].timeline.columns {
        if column.level == "tasks.waiting" {
            column.points.fill(Band::default());
        }
    }
    let drawn = draw(&results);
    assert!(drawn[4].name == "plots/tasks-x86.svg");
    assert!(drawn[4].svg.contains("\nnone\n"));
    assert!(!drawn[4].svg.contains("\n0.2\n"));
    assert!(
        drawn[4]
            .svg
            .contains("2 Mar 2026 08:00, after 2 h of warm-up")
    );
    assert!(!drawn[7].svg.contains("\nnone\n"));
}

#[test]
fn a_taker_that_fails_stops_the_drawing() {
    let mut taken = 0;
    let result = plots(&fake::results(&Wanted::default()), |_| {
        taken += 1;
        Err("no room")
    });
    assert_eq!((result, taken), (Err("no room"), 1));
}

#[test]
fn services_have_a_picture_of_their_starts_and_one_of_a_run_over_time() {
    let wanted = Wanted {
        services: 1,
        ..Wanted::default()
    };
    let drawn = draw(&fake::results(&wanted));
    let svg = |name: &str| {
        let found = drawn.iter().find(|plot| plot.name == name);
        found.expect("it is drawn").svg.clone()
    };
    let starts = svg("plots/starts.svg");
    for word in [
        "seconds",
        "EC2 cold",
        "EC2 cached",
        "Fargate",
        "pull",
        "polling",
    ] {
        assert!(starts.contains(word), "{word}");
    }
    let story = svg("plots/timeline-x86.svg");
    for word in [
        "Seed 1",
        "instances",
        "desired count",
        "instances, Spot",
        "healthy tasks",
        "reservation of fleet, %",
        "scale-out",
        "target",
    ] {
        assert!(story.contains(word), "{word}");
    }
    let without = draw(&fake::results(&Wanted::default()));
    let is_new = |plot: &Plot| plot.name.contains("starts") || plot.name.contains("timeline");
    assert!(!without.iter().any(is_new));
}

fn drawn(results: &Results, name: &str) -> String {
    let plots = draw(results);
    let found = plots.into_iter().find(|plot| plot.name == name);
    found.expect("it is drawn").svg
}

fn height(svg: &str) -> f64 {
    let (_, rest) = svg.split_once("height=\"").expect("it has a height");
    let (height, _) = rest.split_once('"').expect("it ends");
    height.parse().expect("a number")
}

#[test]
fn every_provider_that_scales_has_a_panel_of_its_own() {
    let wanted = Wanted {
        services: 1,
        ..Wanted::variants(1)
    };
    let mut results = fake::results(&wanted);
    let name = "plots/timeline-m6i-0.svg";
    let one = drawn(&results, name);
    let story = results.variants[0].story.as_mut().expect("it has one");
    for number in 0..6 {
        let mut metric = story.metrics[0].clone();
        metric.provider = format!("group-{number}");
        story.metrics.push(metric);
    }
    story.scalings[0].provider = "by-hand".into();
    let many = drawn(&results, name);
    for number in 0..6 {
        let title = format!("reservation of group-{number}, %");
        assert_eq!(many.matches(&title).count(), 1, "{title}");
        assert!(!one.contains(&title));
    }
    assert!(many.contains("reservation of fleet, %") && many.contains("scaling of by-hand"));
    // Eight low panels instead of a high one.
    assert_eq!(height(&many) - height(&one), 8.0 * 130.0 - 176.0);
}

#[test]
fn pictures_of_many_variants_have_a_row_and_a_key_for_each() {
    let few = fake::results(&Wanted::variants(8));
    let many = fake::results(&Wanted::variants(20));
    for name in &many.variants {
        let name = format!("\n{}\n", name.name);
        assert!(drawn(&many, "plots/cost.svg").contains(&name), "{name}");
        let key = format!("{}: ", name.trim());
        assert!(drawn(&many, "plots/waits.svg").contains(&key), "{key}");
    }
    for name in ["plots/cost.svg", "plots/waits.svg"] {
        assert!(
            height(&drawn(&many, name)) > height(&drawn(&few, name)),
            "{name}"
        );
    }
}

#[test]
fn the_caption_names_costs_that_are_the_same_for_every_seed() {
    let certain = Wanted {
        spread: 0.0,
        ..Wanted::default()
    };
    let words = "the same with each of 32 seeds";
    assert!(drawn(&fake::results(&certain), "plots/cost.svg").contains(words));
    assert!(!drawn(&fake::results(&Wanted::default()), "plots/cost.svg").contains(words));
}

#[test]
fn curves_of_long_names_that_coincide_are_still_named() {
    let mut results = fake::results(&Wanted::default());
    for (index, variant) in results.variants.iter_mut().enumerate() {
        variant.name =
            format!("{index}-a-name-that-goes-on-and-on-until-it-has-sixty-characters-{index}");
    }
    results.variants[1].waits = results.variants[0].waits.clone();
    let svg = drawn(&results, "plots/waits.svg");
    let label = svg.lines().find(|line| line.starts_with("1-a-name"));
    let label = label.expect("it has a key");
    assert!(
        label.contains(": as 0-a-name") && label.ends_with("-0"),
        "{label}"
    );
}

/// What happens in a dead zone is seen beside the time of its outage: a band over the panels
/// of instances and of tasks.
#[test]
fn a_fault_is_a_band_over_instances_and_tasks() {
    let wanted = Wanted {
        services: 1,
        ..Wanted::variants(1)
    };
    let mut results = fake::results(&wanted);
    let seen = |results: &Results| {
        let svg = drawn(results, "plots/timeline-m6i-0.svg");
        let bars = svg.matches("fill=\"#B01E1E\"").count();
        (bars, svg.contains("a fault is active: zone"))
    };
    assert_eq!(seen(&results), (0, false));
    let story = results.variants[0].story.as_mut().expect("it has one");
    let at = |part: u64| story.origin + Span::micros(story.length.as_micros() / part);
    let (from, to) = (at(4), at(2));
    let name = "zone".into();
    story.faults.push(StoryFault { name, from, to });
    // One above each panel, and the key in the legend.
    assert_eq!(seen(&results), (3, true));
}
