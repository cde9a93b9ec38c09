//! sodpack
pub mod pack;
