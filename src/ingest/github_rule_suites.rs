//! GitHub rule suites: what the rules of a repository let through, refused, or were overridden on.

use serde_json::{Map, Value};

use super::attempt::{Actor, Attempt, Lowered, each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::github_accounts::{canonical, repository};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::{AccountKind, Batch, Outcome, Place};

ingester! {
    /// Pushes and merges as the repository's rules judged them: passed, refused or bypassed.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// gh api --paginate 'repos/OWNER/REPO/rulesets/rule-suites?time_period=week&per_page=100' > rule-suites.json
    /// for n in $(jq -r '.[] | select(.result != "pass") | .id' rule-suites.json); do
    ///   gh api "repos/OWNER/REPO/rulesets/rule-suites/$n" >> rule-suites-in-full.json
    /// done
    /// ```
    ///
    /// GitHub lists rule suites from now backwards, a month at most, and a run on the 2nd no longer
    /// reaches the 1st of a month before it that has 31 days: make it nightly, or weekly. What two lists
    /// both hold is read once. Only a rule suite by itself (the second command) says which rule failed; keep one of
    /// the two forms of each, or both: the twins are told apart by their id. Lists of an
    /// organisation (`orgs/ORG/rulesets/rule-suites`) are read too.
    ///
    /// ## Fields read
    ///
    /// `id`, `actor_name` (else `actor_id`), `ref`, `repository_name`, `pushed_at`, `result`, and
    /// `rule_evaluations` with their `rule_type`, `rule_source`, `enforcement`, `result` and
    /// `details`.
    ///
    /// `result` is about the rules in force: `pass` is allowed, `fail` is refused, `bypass` is
    /// bypassed, which is never a refusal. `evaluation_result` also counts rules that are only tried
    /// out and is not read.
    ///
    /// ## What it proves
    ///
    /// Who tried to change which branch or tag, when, and that the rules refused or were overridden;
    /// with the evaluations, which rule of which ruleset. What was allowed is kept for registered
    /// agents and services.
    ///
    /// ## What it cannot prove
    ///
    /// Anything where no rule is in force: such a push has no rule suite. Branch protection in its
    /// older form is in the audit log (`github-audit-log`).
    pub(super) static GITHUB_RULE_SUITES = "github-rule-suites" {
        title: "GitHub rule suites",
        system: "github",
        since: "0.1.0",
        names: &[
            "actor_id", "actor_name", "before_sha", "after_sha", "ref", "repository_id",
            "repository_name", "pushed_at", "result", "evaluation_result", "rule_evaluations",
        ],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    ["after_sha", "ref", "pushed_at", "result"].iter().all(|key| object.contains_key(*key))
}

/// As many items as are on one page, unless asked for others.
const PAGES: &[u64] = &[30, 100];

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| suite(node, place, context, out))?;
    full_reply(PAGES, context, out);
    Ok(())
}

fn suite(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let outcome = match node["result"].text() {
        Some("pass") => Outcome::Allowed,
        Some("fail") => Outcome::Denied,
        Some("bypass") => Outcome::Bypassed,
        _ => return Err("its result is none that GitHub documents".to_owned()),
    };
    let (local, kind) = match (node["actor_name"].text(), node["actor_id"].whole()) {
        (Some(name), _) => canonical(name, false),
        (None, Some(id)) => (format!("user/{id}"), AccountKind::Unknown),
        (None, None) => return Err("it names no actor".to_owned()),
    };
    let (control, message) = failed(node);
    let settled = outcome != Outcome::Allowed;
    let attempt = Attempt {
        at: context.moment(&node["pushed_at"])?,
        actor: Actor::new(local, kind),
        action: "push".into(),
        resource: resource(node, context).map(Into::into),
        outcome,
        code: node["result"].text().filter(|_| settled).map(Into::into),
        control: settled.then(|| control.unwrap_or_else(|| "repository rules".into()).into()),
        message: message.filter(|_| settled).map(Into::into),
        request: node["id"].whole().map(|id| id.to_string().into()),
    };
    Ok(attempt.keep(place, context, out))
}

/// The rules in force that failed, and what they said of it.
fn failed(node: &Node<'_>) -> (Option<String>, Option<String>) {
    let (mut rules, mut details) = (Vec::new(), Vec::new());
    for rule in node["rule_evaluations"].items() {
        let in_force = rule["enforcement"].text().is_none_or(|enforcement| enforcement == "active");
        if rule["result"].text() != Some("fail") || !in_force {
            continue;
        }
        let kind = rule["rule_type"].text().unwrap_or("a rule");
        let source = rule["rule_source"].first(&["name", "type"]).text();
        rules.push(source.map_or(kind.to_owned(), |source| format!("{source}: {kind}")));
        details.extend(rule["details"].text());
    }
    rules.dedup();
    let joined = |parts: Vec<&str>| (!parts.is_empty()).then(|| parts.join("; "));
    (joined(rules.iter().map(String::as_str).collect()), joined(details))
}

/// The repository and branch or tag. GitHub names the repository with or without its owner.
fn resource(node: &Node<'_>, context: &Context<'_>) -> Option<String> {
    let set = || repository(context.settings.repository.as_deref()?);
    let said = node["repository_name"].text();
    let named = said.and_then(repository).or_else(set).or_else(|| said.map(str::to_lowercase))?;
    let branch = node["ref"].text()?;
    Some(format!("{named}@{}", branch.strip_prefix("refs/heads/").unwrap_or(branch)))
}

#[cfg(test)]
mod tests {
    use crate::ingest::Settings;
    use crate::ingest::testing::{Told, told};

    fn read(text: &str) -> Told {
        told(text, &Settings::default())
    }

    fn suite(id: u32, result: &str, more: &str) -> String {
        format!(
            r#"{{"id":{id},"actor_id":12,"actor_name":"Dev-Agent[bot]","before_sha":"00",
            "after_sha":"11","ref":"refs/heads/main","repository_id":4,
            "repository_name":"Acme/Pay","pushed_at":"2026-10-01T09:00:00Z",
            "result":"{result}","evaluation_result":"fail"{more}}}"#
        )
    }

    #[test]
    fn results() {
        let list = ["pass", "fail", "bypass"].map(|result| suite(1, result, ""));
        let told = read(&format!("[{}]", list.join(",")));
        assert_eq!(told.counts(), [3, 3, 0, 0]);
        let rules = "repository rules";
        assert_eq!(
            told.decisions(),
            [
                "github:dev-agent[bot] allowed github:push acme/pay@main - -".to_owned(),
                format!("github:dev-agent[bot] denied github:push acme/pay@main fail {rules}"),
                format!("github:dev-agent[bot] bypassed github:push acme/pay@main bypass {rules}"),
            ]
        );
        assert_eq!(told.accounts(), ["github:dev-agent[bot] agent - -"]);
        assert!(read(&suite(1, "odd", "")).rejects()[0].contains("documents"));
    }

    #[test]
    fn only_rules_in_force_refuse() {
        let more = r#","rule_evaluations":[
            {"rule_source":{"type":"ruleset","id":2,"name":"Main"},"enforcement":"active",
             "result":"fail","rule_type":"pull_request","details":"Needs 1 approval"},
            {"rule_source":{"type":"protected_branch"},"enforcement":"active","result":"pass",
             "rule_type":"deletion"},
            {"rule_source":{"name":"Trial"},"enforcement":"evaluate","result":"fail",
             "rule_type":"commit_message_pattern"}]"#;
        let told = read(&suite(1, "fail", more));
        assert!(told.decisions()[0].ends_with("fail Main: pull_request"), "{:?}", told.decisions());
        let decision = told.0.decisions()[0].record;
        assert_eq!(told.0.text(decision.message.unwrap()), "Needs 1 approval");
        assert_eq!(told.0.text(decision.request.unwrap()), "1");
    }

    #[test]
    fn names_that_lack_parts() {
        let bare = suite(1, "fail", "").replace("Acme/Pay", "Pay");
        assert!(read(&bare).decisions()[0].contains(" pay@main "));
        let settings = Settings { repository: Some("acme/pay".into()), ..Settings::default() };
        assert!(told(&bare, &settings).decisions()[0].contains(" acme/pay@main "));
        let app = suite(1, "fail", "").replace("\"Dev-Agent[bot]\"", "null");
        assert!(read(&app).decisions()[0].starts_with("github:user/12 denied"));
        let nobody = app.replace("\"actor_id\":12,", "");
        assert!(read(&nobody).rejects()[0].contains("no actor"));
        let undated = suite(1, "fail", "").replace("2026-10-01T09:00:00Z", "");
        assert_eq!(read(&undated).counts(), [1, 0, 0, 1]);
    }
}
