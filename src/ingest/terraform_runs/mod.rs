//! HCP Terraform runs, with who started and who confirmed them.

mod lower;

use serde_json::{Map, Value};

use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::Batch;

use self::lower::{Included, Notes};

ingester! {
    /// Runs of workspaces with who started them, who confirmed the plan, and how they ended.
    ///
    /// ## How to make it
    ///
    /// For each workspace and page, with the token in a file of curl's options that only the collector
    /// may read, here `terraform.curl`, as the line `header = "Authorization: Bearer …"`:
    ///
    /// ```text
    /// curl -g --config terraform.curl 'https://app.terraform.io/api/v2/workspaces/WORKSPACE-ID/runs?page[size]=100&page[number]=1&include=created_by,confirmed_by,workspace,configuration_version.ingress_attributes' > runs-1.json
    /// ```
    ///
    /// Runs of an organisation (`organizations/ORG/runs`) and single runs (`runs/RUN-ID`) are read
    /// too. Keep `include`: without it there are no names, and no commits.
    ///
    /// ## Fields read
    ///
    /// `id`, `message`, `status`, `status-timestamps`, `created-at`, `auto-apply`; the relationships
    /// `created-by`, `confirmed-by`, `workspace` and `configuration-version`, and of what is included
    /// with them the users' names, the workspace's name, and the commit and address of the
    /// repository. Every run of a reply is a record of its own.
    ///
    /// Whoever created a run has executed it; whoever confirmed its plan has approved it. An account
    /// is the user's id (`user-…`). A run is done if it was applied; one that had nothing to apply is
    /// neither done nor given up.
    ///
    /// ## What it proves
    ///
    /// Who started which run, who let it be applied, when, and from which commit, as HCP Terraform
    /// recorded it. A run is joined to the pull request whose merge made its commit, where the
    /// repository is on github.com, gitlab.com, bitbucket.org or dev.azure.com.
    ///
    /// ## What it cannot prove
    ///
    /// What was changed: plans are not in this export. Who overrode a policy check. A run that a push
    /// started was created by the account that connects the repository. With `auto-apply` nobody
    /// confirms.
    pub(super) static TERRAFORM_RUNS = "terraform-runs" {
        title: "HCP Terraform runs",
        system: "terraform",
        since: "0.1.0",
        names: &["data", "included", "links", "meta", "id", "type", "attributes", "relationships"],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let run = |object: &Map<String, Value>| {
        object.get("type").and_then(Value::as_str) == Some("runs")
            && object.contains_key("attributes")
    };
    let found = sample.objects(&["data"]).iter().any(|object| run(object));
    found.then_some(Container::Json(&[]))
}

/// A reply is read whole, since what is included stands after the runs; its runs are the records.
fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut notes = Notes::default();
    while let Some(item) = feed.next(out)? {
        let reply = match Node::parse(item.text) {
            Ok(reply) => reply,
            Err(reason) => {
                out.reject(item.place, reason);
                continue;
            }
        };
        let included = Included::of(&reply);
        let listed = matches!(reply["data"], Node::Array(_));
        let runs =
            if listed { reply["data"].items() } else { std::slice::from_ref(&reply["data"]) };
        for (index, run) in runs.iter().enumerate() {
            let within = if listed { format!("/data/{index}") } else { "/data".to_owned() };
            let place = item.place.inside(out.text(&within));
            match lower::run(run, &included, place, context, &mut notes, out) {
                Ok(()) => out.lowered(),
                Err(reason) => out.reject(place, reason),
            }
        }
        notes.more = reply["meta"]["pagination"]["next-page"].is_some();
    }
    notes.gaps(out);
    Ok(())
}

#[cfg(test)]
mod tests;
