//! The page for the terminal.

use super::fake::{self, Wanted};
use ecsim::report::{TerminalStyle, terminal, verdicts};

fn plain(wanted: &Wanted, width: usize) -> String {
    let style = TerminalStyle {
        width,
        color: false,
    };
    terminal(&fake::results(wanted), &style)
}

/// Compares with a file beside this one; `ECSIM_UPDATE=1` writes it anew.
pub fn check_golden(name: &str, found: &str) {
    let path = format!(
        "{}/tests/report_writing/expected/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        std::fs::write(&path, found).expect("the expected text can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{name} has changed; look at it, then run with ECSIM_UPDATE=1\n{found}"
    );
}

#[test]
fn the_page_reads_well_at_several_widths() {
    for width in [80, 100, 130] {
        let name = format!("terminal-{width}.txt");
        check_golden(&name, &plain(&Wanted::default(), width));
    }
}

#[test]
fn the_page_of_many_variants_and_entries_reads_well() {
    let wanted = Wanted {
        entries: 3,
        ..Wanted::variants(12)
    };
    check_golden("terminal-many.txt", &plain(&wanted, 100));
}

#[test]
fn one_seed_has_no_interval_and_says_so() {
    let wanted = Wanted {
        seeds: 1,
        ..Wanted::default()
    };
    let page = plain(&wanted, 100);
    assert!(!page.contains('±'), "{page}");
    assert!(page.contains("(one seed)"), "{page}");
    assert!(page.contains("3 variants × seed 1"), "{page}");
}

#[test]
fn no_chance_is_said_and_never_plus_minus_nothing() {
    let wanted = Wanted {
        without_chance: true,
        spread: 0.0,
        ..Wanted::variants(1)
    };
    let page = plain(&wanted, 100);
    assert!(!page.contains('±'), "{page}");
    assert!(page.contains("no chance in this variant"), "{page}");
}

#[test]
fn a_cost_that_no_seed_changes_has_no_interval() {
    let wanted = Wanted {
        spread: 1e-14,
        ..Wanted::default()
    };
    let page = plain(&wanted, 100);
    assert!(!page.contains("± 0"), "{page}");
    assert!(page.contains("A cost without ± is the same for every seed"));
}

#[test]
fn a_difference_is_luck_when_its_interval_holds_zero() {
    let wanted = Wanted {
        spread: 5.0,
        ..Wanted::default()
    };
    let page = plain(&wanted, 100);
    assert!(page.contains("≈ same (luck)"), "{page}");
    assert!(!page.contains("% (real)"), "{page}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let long = "a-name-that-goes-on-and-on-until-it-has-sixty-characters-ab";
    let mut wide = Wanted::variants(4);
    wide.entries = 2;
    wide.variants[1] = long.into();
    wide.variants[2] = "日本語のとても長い名前がここにあります".into();
    for wanted in [
        Wanted::default(),
        wide.clone(),
        Wanted {
            cost: 1e12,
            wait: 1e6,
            ..wide.clone()
        },
        Wanted {
            cost: 1e-9,
            wait: 1e-9,
            ..wide
        },
    ] {
        for width in 1..150 {
            for line in plain(&wanted, width).lines() {
                let wide = line
                    .chars()
                    .filter(|c| ('\u{2e80}'..'\u{a4cf}').contains(c));
                let columns = line.chars().count() + wide.count();
                assert!(columns <= width, "{width}: {columns}: {line}");
            }
        }
    }
}

#[test]
fn colours_change_no_character() {
    let results = fake::results(&Wanted::default());
    let style = |color| TerminalStyle { width: 90, color };
    let colored = terminal(&results, &style(true));
    assert!(colored.contains("\x1b["));
    let mut bare = String::new();
    let mut is_escape = false;
    for c in colored.chars() {
        if c == '\x1b' || is_escape {
            is_escape = c == '\x1b' || !c.is_ascii_alphabetic();
        } else {
            bare.push(c);
        }
    }
    let trimmed = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim_end().to_string())
            .collect()
    };
    assert_eq!(trimmed(&bare), trimmed(&terminal(&results, &style(false))));
}

#[test]
fn nothing_at_all_is_a_page_too() {
    let page = terminal(&fake::empty(), &TerminalStyle::default());
    assert!(page.contains("nothing was billed"), "{page}");
    let mut none = fake::empty();
    none.variants.clear();
    none.verdicts.clear();
    assert!(terminal(&none, &TerminalStyle::default()).starts_with("web-jobs: 0 variants"));
}

#[test]
fn a_name_cannot_speak_to_the_terminal() {
    let mut results = fake::results(&Wanted::default());
    results.variants[0].name = "a\x1b[2Jb\nc".into();
    results.description = "x\x07y\x1b]0;title\x07".into();
    let page = terminal(&results, &TerminalStyle::default());
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "{page}");
}

#[test]
fn verdicts_are_a_line_per_scenario_and_the_failures_below() {
    let mut results = fake::results(&Wanted::default());
    assert_eq!(
        verdicts(&results, false),
        "FAILED  web-jobs: 1 of 2 expectations\n        \
         FAILED  tasks.all.wait.p95 of x86 below 3s: found 12.4 s\n"
    );
    assert_eq!(verdicts(&results, true).lines().count(), 3);
    results.verdicts.pop();
    assert_eq!(
        verdicts(&results, false),
        "passed  web-jobs: 1 of 1 expectations\n"
    );
}
