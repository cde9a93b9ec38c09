//! Builds a signed evidence pack about separation of duties.
//!
//! Data goes one way:
//!
//! ```text
//! exports ─▶ ingest ─▶ model ─▶ crossref ─▶ report ─▶ pack          cli on top of all
//!                        ▲         ▲
//!              policy (what people wrote)
//! ```
//!
//! Each stage is a module, and `tests/it/layers.rs` fails if one names a stage after it. Only
//! [`cli`] knows the clock, the environment and where things lie on disk.

pub mod ingest;
pub mod model;
pub mod policy;
