//! The examples of the library run, and what they say of their own results holds. (Their `main`
//! is `pub(crate)` so that it can be called here.)

/// One test per example: its `main` runs to its end.
macro_rules! examples {
    ($($name:ident: $path:literal),* $(,)?) => {
        $(
            #[path = $path]
            mod $name;

            #[test]
            fn $name() {
                $name::main().expect("the example runs");
            }
        )*
    };
}

examples! {
    first_run: "../examples/first_run.rs",
    own_autoscaler: "../examples/own_autoscaler.rs",
    own_observer: "../examples/own_observer.rs",
    own_policy: "../examples/own_policy.rs",
    own_scheduler: "../examples/own_scheduler.rs",
    own_workload: "../examples/own_workload.rs",
    sweep: "../examples/sweep.rs",
}
