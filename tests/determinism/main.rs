//! The contract: same scenario, same seed, same version, same bytes, on any number of
//! threads, in any build profile, on any platform; and one part's luck is its own.
//!
//! `fingerprints.txt` holds what four fixed worlds have always given. When a change is
//! meant to move them, say so in the changelog and write the file anew:
//!
//! ```text
//! ECSIM_UPDATE=1 cargo test --test determinism
//! ```

mod bytes;
mod files;
mod luck;
mod worlds;
