//! Lays out what was found, one renderer a format.

pub mod figure;
pub mod pdf;
