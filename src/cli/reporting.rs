//! From what the rules found to everything that a report may say of it.

use super::workspace::Workspace;
use crate::{
    crossref::Assessment,
    model::Origin,
    report::{History, Input, Report},
};

/// Makes the report of an assessment and hands it to `then`. `record` gives the path of a record's
/// verbatim copy, where there is one.
pub(super) fn report<T>(
    workspace: &Workspace,
    assessment: &Assessment<'_>,
    history: &History,
    folder: &str,
    record: &(dyn Fn(Origin) -> Option<String> + Sync),
    then: impl FnOnce(&Report<'_>) -> T,
) -> T {
    let inputs: Vec<_> = workspace
        .written
        .iter()
        .map(|file| Input {
            what: file.name.split('.').next().unwrap_or(file.name).to_owned(),
            path: format!("{folder}{}", file.name),
            digest: file.digest(),
        })
        .collect();
    let policy_text = workspace.policy.to_toml();
    then(&Report {
        assessment,
        organisation: &workspace.config.organisation,
        tool_version: env!("CARGO_PKG_VERSION"),
        inputs: &inputs,
        policy_text: &policy_text,
        html_rows: workspace.config.output.html_rows,
        pdf_rows: workspace.config.output.pdf_rows,
        record,
        history,
    })
}
