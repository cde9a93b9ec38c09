//! Turns exports an organisation has into a signed separation-of-duties evidence pack.

pub mod report;
