//! `report.json`: the view for programs, with the version of its shape.

use serde::Serialize;

use super::View;

/// Version of the shape; it grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Envelope<'a> {
    schema: u32,
    #[serde(flatten)]
    view: &'a View,
}

/// The view as JSON, with LF at the end. The same view gives the same bytes.
///
/// # Errors
///
/// Only if memory runs out.
pub fn json(view: &View) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(&Envelope { schema: SCHEMA, view })?;
    bytes.push(b'\n');
    Ok(bytes)
}
