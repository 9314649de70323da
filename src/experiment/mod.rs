//! The façade of the library: a scenario is loaded or built, an experiment plays its variants with
//! several seeds, and results are read by the name of a variant and the path of a figure.
//!
//! ```
//! use ecsim::Scenario;
//!
//! let results = Scenario::load("scenarios/quickstart.yaml")?
//!     .set("until=12h")?
//!     .variants(["ec2", "fargate"])?
//!     .experiment()
//!     .seeds(3)
//!     .run()?;
//! let cost = results.variant("ec2")?.figure("cost.total.perMonth")?;
//! assert!(cost.mean() > Some(0.0) && cost.interval(0.99).is_some());
//! println!("{cost}"); // Prints like the program's table: `$147.22 ± 4.89`.
//! let saved = results.difference("fargate", "ec2", "cost.total.perMonth")?;
//! println!("{saved}"); // `−32.7 % (real)`
//! # Ok::<(), ecsim::Error>(())
//! ```
//!
//! - [`Scenario`]: from a file, a text or plans built by hand; always checked.
//! - [`Experiment`]: seeds, threads, plug-ins, an observer, progress, cancellation.
//! - [`Results`]: [`Variant`]s with [`Finding`]s, and [`Comparison`]s of two variants.
//! - [`Explanation`]: why a task waits or is where it is, from [`Scenario::explain`].
//! - [`Error`]: prints like the messages of the program.
//!
//! The model is not here: the rooms below hold it and are public too.

mod comparison;
mod error;
mod explain;
mod finding;
mod observe;
mod play;
mod plug_in;
mod results;
mod scenario;

pub use comparison::Comparison;
pub use error::Error;
pub use explain::Explanation;
pub use finding::Finding;
pub use play::Experiment;
pub use results::{Observed, Results, Variant};
pub use scenario::Scenario;
