//! The one integration-test binary. Every file beside this one is a module of it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set up has failed")]
#![allow(clippy::disallowed_methods, reason = "tests write files")]
#![allow(clippy::print_stdout, reason = "tests say what they saw")]

#[cfg(unix)]
mod collect;
mod company;
mod console;
mod determinism;
mod docs;
mod drills;
mod evidence;
mod fixtures;
mod following_up;
#[cfg(unix)]
mod hostile;
mod layers;
mod refusals;
mod registries;
mod reperform;
mod sample;
mod scenarios;
mod stock;
mod tampering;
