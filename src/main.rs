//! The `sodpack` binary.

fn main() {}
