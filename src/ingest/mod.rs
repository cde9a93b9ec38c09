//! Reads exports into the [model](crate::model).
//!
//! A file is opened, hashed, inflated and transcoded (`decode`), recognised by what stands in it
//! (`recognise`), split into records with bounded memory (`feed`), and lowered record by record
//! by its ingester. A record that cannot be read is rejected with its place and reading goes on; a
//! file that cannot be read as a whole is an [`Error`], and all of them are reported at once.
//!
//! To add an ingester, write `src/ingest/<id>.rs` with `ingester!` and add one line to
//! [`INGESTERS`].
//!
//! A record that names a member twice is rejected where that member is read: RFC 8259 leaves its
//! meaning open, and evidence must not depend on which of the two a program happens to see.

mod ancestry;
mod argocd_applications;
mod atlassian_audit;
mod attempt;
mod aws_iam;
mod aws_identity_center;
mod awx_jobs;
mod azure_activity_log;
mod azure_devops_pulls;
mod base64;
mod bitbucket_audit;
mod bitbucket_pulls;
mod change_address;
mod cloudtrail;
mod commit_list;
mod decode;
mod ecs;
mod entra_accounts;
mod entra_audit;
mod entra_roles;
mod error;
mod events_csv;
mod events_json;
mod extract;
mod feed;
mod gcp_audit_log;
mod gcp_iam_policy;
mod gcp_members;
mod gerrit_changes;
mod git_log;
mod git_people;
mod github_accounts;
mod github_audit_log;
mod github_deployments;
mod github_pulls;
mod github_rule_suites;
mod github_teams;
mod github_workflow_runs;
mod gitlab_audit_events;
mod gitlab_members;
mod gitlab_merge_requests;
mod ingester;
mod jira_audit;
mod jira_issues;
mod json_items;
mod json_scan;
mod json_text;
mod json_tree;
mod kubernetes_audit;
mod kubernetes_rbac;
mod kubernetes_roles;
mod look;
mod mapped_events;
mod ocsf;
mod okta_accounts;
mod okta_groups;
mod okta_system_log;
mod pages;
mod recognise;
mod repository_address;
mod role_event;
mod roles_csv;
mod roles_held;
mod rows;
mod sample;
mod servicenow_changes;
mod shown;
mod splunk;
mod teleport_audit;
mod terraform_runs;
#[cfg(test)]
mod testing;
mod text;
mod times;
mod trailers;
mod utf16;
mod vault_audit;
mod votes;
mod watch;
mod window;
mod wrapped_events;

use std::io::{self, Read};

use rayon::prelude::*;

pub use crate::model::{Columns, Settings};
pub use decode::Trouble;
pub use error::{Error, Errors};
pub use extract::extract;
pub use git_log::GIT_LOG_ARGS;
pub use ingester::Ingester;
pub use look::{Look, look};
pub use shown::{Shown, shown};
pub use watch::Watch;

use crate::model::{Batch, Dataset, FileFacts};
use decode::{Decoded, MAX_INFLATED};
use feed::{Container, Feed, SAMPLE};
use ingester::Context;
use sample::Sample;
use window::Window;

/// Every ingester, by id.
pub const INGESTERS: &[&Ingester] = &[
    &argocd_applications::ARGOCD_APPLICATIONS,
    &aws_iam::AWS_IAM,
    &aws_identity_center::AWS_IDENTITY_CENTER,
    &awx_jobs::AWX_JOBS,
    &azure_activity_log::AZURE_ACTIVITY_LOG,
    &azure_devops_pulls::AZURE_DEVOPS_PULLS,
    &bitbucket_audit::BITBUCKET_AUDIT,
    &bitbucket_pulls::BITBUCKET_PULLS,
    &cloudtrail::CLOUDTRAIL,
    &ecs::ECS,
    &entra_audit::ENTRA_AUDIT,
    &entra_roles::ENTRA_ROLES,
    &events_csv::EVENTS_CSV,
    &events_json::EVENTS_JSON,
    &gcp_audit_log::GCP_AUDIT_LOG,
    &gcp_iam_policy::GCP_IAM_POLICY,
    &gerrit_changes::GERRIT_CHANGES,
    &git_log::GIT_LOG,
    &github_audit_log::GITHUB_AUDIT_LOG,
    &github_deployments::GITHUB_DEPLOYMENTS,
    &github_pulls::GITHUB_PULLS,
    &github_rule_suites::GITHUB_RULE_SUITES,
    &github_teams::GITHUB_TEAMS,
    &github_workflow_runs::GITHUB_WORKFLOW_RUNS,
    &gitlab_audit_events::GITLAB_AUDIT_EVENTS,
    &gitlab_members::GITLAB_MEMBERS,
    &gitlab_merge_requests::GITLAB_MERGE_REQUESTS,
    &jira_audit::JIRA_AUDIT,
    &jira_issues::JIRA_ISSUES,
    &kubernetes_audit::KUBERNETES_AUDIT,
    &kubernetes_rbac::KUBERNETES_RBAC,
    &ocsf::OCSF,
    &okta_groups::OKTA_GROUPS,
    &okta_system_log::OKTA_SYSTEM_LOG,
    &roles_csv::ROLES_CSV,
    &servicenow_changes::SERVICENOW_CHANGES,
    &splunk::SPLUNK,
    &teleport_audit::TELEPORT_AUDIT,
    &terraform_runs::TERRAFORM_RUNS,
    &vault_audit::VAULT_AUDIT,
];

/// A file that can be read, more than once.
pub trait Open: Sync {
    /// Path relative to the configuration's folder, with `/` on every platform.
    fn path(&self) -> &str;

    /// Opens it at its beginning.
    ///
    /// # Errors
    /// Whatever the disk says.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// A file and what people say about it.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The file.
    pub open: &'a dyn Open,
    /// What people say about it.
    pub settings: &'a Settings,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress<'a> {
    /// So many more stored bytes of some file were read.
    Bytes(u64),
    /// A file was read to its end.
    Done(&'a str),
}

/// Reads every file, in parallel. The result does not depend on the order of the inputs.
///
/// `watch` tells which allowed writes are kept. It and `progress` are called from several threads.
///
/// # Errors
/// The errors of all files, by path. Records that cannot be read are no errors but
/// [rejects](Dataset::rejects).
pub fn read(
    inputs: &[Input<'_>],
    watch: &dyn Watch,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Dataset, Errors> {
    let mut paths: Vec<_> = inputs.iter().map(|input| input.open.path()).collect();
    paths.sort_unstable();
    let mut errors: Vec<_> = paths
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() > 1)
        .map(|same| Error::Twice { path: same[0].to_owned() })
        .collect();
    let files: Vec<_> = inputs
        .par_iter()
        .map(|&input| {
            let result = read_file(input, watch, &|bytes| progress(Progress::Bytes(bytes)));
            progress(Progress::Done(input.open.path()));
            result
        })
        .collect();
    let mut read = Vec::with_capacity(files.len());
    for file in files {
        match file {
            Ok((facts, batch, _)) => read.push((facts, batch)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok(Dataset::seal(read));
    }
    errors.sort_by(|a, b| a.path().cmp(b.path()));
    Err(Errors(errors))
}

/// A file that was recognised, before its first record.
struct Opened {
    window: Window,
    ingester: &'static Ingester,
    container: Container,
    /// Whether it holds no text.
    blank: bool,
}

fn open(input: Input<'_>) -> Result<Opened, Error> {
    let path = input.open.path();
    let trouble = |trouble| Error::Unreadable { path: path.to_owned(), trouble };
    let source = input.open.open().map_err(|error| trouble(Trouble::Read(error)))?;
    let decoded = Decoded::new(source, MAX_INFLATED).map_err(trouble)?;
    let mut window = Window::new(decoded);
    window.fill(SAMPLE + 1).map_err(trouble)?;
    let bytes = window.bytes();
    let sample = Sample::new(&bytes[..bytes.len().min(SAMPLE)], window.ended(), input.settings);
    let (ingester, container) = recognise::choose(path, &sample)?;
    let blank = sample.blank();
    Ok(Opened { window, ingester, container, blank })
}

/// How a file was read.
struct Found {
    container: Container,
    encoding: String,
}

fn read_file(
    input: Input<'_>,
    watch: &dyn Watch,
    progress: &dyn Fn(u64),
) -> Result<(FileFacts, Batch, Found), Error> {
    let path = input.open.path();
    let trouble = |trouble| Error::Unreadable { path: path.to_owned(), trouble };
    let Opened { window, ingester, container, blank } = open(input)?;
    let gzip = if window.gzipped() { "gzip, " } else { "" };
    let encoding = format!("{gzip}{}", window.encoding().name());
    let settings = input.settings;
    let system = settings.system.as_deref().unwrap_or(ingester.system);
    let mut batch = Batch::default();
    let mut feed = Feed::new(window, container.clone(), progress);
    let context = Context { settings, system, watch };
    (ingester.read)(&mut feed, &context, &mut batch).map_err(trouble)?;
    if let Some(member) = feed.unheeded_page() {
        batch.gap(format!(
            "more records follow the last one, as its `{member}` says (export every page, one after \
             another into one file)"
        ));
    }
    let (items, command) = (batch.tally().items, settings.export.command.as_deref());
    if command.is_some_and(|command| pages::asks_for(items, command)) {
        batch.gap(format!(
            "it holds exactly the {items} records that its command asked for at most: ask for more"
        ));
    }
    let (digest, bytes) = feed.into_window().finish().map_err(trouble)?;
    if blank {
        batch.gap(format!(
            "the file is empty ({bytes} bytes): a tool that had nothing to tell writes `[]` or a \
             header (export it again)"
        ));
    }
    if let Some(was) = settings.export.digest.filter(|was| *was != digest) {
        batch.gap(format!(
            "the file is not the one that was collected, whose SHA-256 was {was} (collect it again)"
        ));
    }
    let facts = FileFacts {
        path: path.to_owned(),
        format: ingester.id,
        system: system.to_owned(),
        digest,
        bytes,
        export: settings.export.clone(),
    };
    Ok((facts, batch, Found { container, encoding }))
}

#[cfg(test)]
mod tests;
