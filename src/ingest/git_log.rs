//! The history of a branch, as `git log` prints it in one fixed format.

use super::ancestry::Ancestry;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::git_people::{Commit, Who, is_sha};
use super::github_accounts::repository;
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, Instant, Place};

/// The arguments after `git` that print a history in the format that is read here; the branch
/// follows them.
///
/// They also switch off what a user's configuration may change in the output: replaced commits,
/// other encodings, colours, signatures and notes.
pub const GIT_LOG_ARGS: &[&str] = &[
    "--no-replace-objects",
    "-c",
    "i18n.logOutputEncoding=UTF-8",
    "log",
    "--no-color",
    "--no-show-signature",
    "--no-notes",
    "--no-patch",
    "--format=%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%D%x1f%B%x1e",
];

ingester! {
    /// The commits of one branch: who wrote each, who recorded it, what it was built on.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// git --no-replace-objects log --no-notes --no-patch \
    ///   --format='%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%D%x1f%B%x1e' main > main.log
    /// ```
    ///
    /// The output names neither the repository nor the branch: set `repository` and `branch` for the
    /// source.
    ///
    /// ## Fields read
    ///
    /// Commit, parents, author and committer with their times, first line of the message, and the
    /// trailers `Co-authored-by`, `Reviewed-by`, `Acked-by`, `Approved-by` in the message's last
    /// paragraph, as `git interpret-trailers` finds them. `Signed-off-by` is about licensing and is
    /// not read.
    ///
    /// ## What it proves
    ///
    /// What is on the branch, and in which order: a commit's id covers its content and parents. So it
    /// shows changes that reached the branch without a pull request.
    ///
    /// ## What it cannot prove
    ///
    /// Who did it: names, addresses, dates and trailers are whatever the commit's maker typed.
    /// Addresses that GitHub hands out (`…@users.noreply.github.com`) are taken as that account;
    /// others make an account `email:…`. Trailers that speak of review are the author's own words
    /// and never count as approvals. When a commit reached the branch is not recorded; its committer
    /// date stands for that.
    pub(super) static GIT_LOG = "git-log" {
        title: "git log",
        system: "github",
        since: "0.1.0",
        names: &[],
        recognise: recognise,
        read: read,
    }
}

const FIELD: char = '\u{1f}';
const RECORD: u8 = 0x1e;
const FIELDS: usize = 11;

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let text = sample.text();
    let mut fields = text.trim_start().split(FIELD);
    let (commit, tree) = (fields.next()?, fields.next()?);
    (is_sha(commit) && is_sha(tree) && fields.next().is_some()).then_some(Container::Text(RECORD))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut history = Ancestry::default();
    while let Some(item) = feed.next(out)? {
        match lower(item.text, item.place, context, &mut history, out) {
            Ok(()) => out.lowered(),
            Err(reason) => out.reject(item.place, reason),
        }
    }
    if let Some(gap) = strangers(history) {
        out.gap(gap);
    }
    Ok(())
}

fn lower(
    text: &str,
    place: Place,
    context: &Context<'_>,
    history: &mut Ancestry,
    out: &mut Batch,
) -> Result<(), String> {
    let settings = context.settings;
    let branch = settings.branch.as_deref().filter(|branch| !branch.trim().is_empty());
    let (Some(repository), Some(branch)) =
        (settings.repository.as_deref().and_then(repository), branch)
    else {
        return Err("a history names neither its repository nor its branch (set `repository = \
                    \"owner/name\"` and `branch` for its source)"
            .to_owned());
    };
    let fields: Vec<_> = text.splitn(FIELDS, FIELD).collect();
    let [sha, tree, parents, an, ae, authored, cn, ce, committed, _refs, message] = fields[..]
    else {
        return Err(format!("it has {} of {FIELDS} fields", fields.len()));
    };
    let parents: Vec<_> = parents.split_whitespace().collect();
    if !is_sha(sha) || !is_sha(tree) || !parents.iter().all(|parent| is_sha(parent)) {
        return Err("commit, tree or a parent is not a commit id".to_owned());
    }
    let time = |text| Instant::parse(text).map_err(|error| error.to_string());
    let commit = Commit {
        system: context.system,
        repository: &repository,
        sha,
        parents: &parents,
        message,
        url: None,
        branch: Some(branch),
        authors: vec![Who::Claim { name: an, email: ae }],
        authored: Some(time(authored)?),
        committer: Some(Who::Claim { name: cn, email: ce }),
        committed: Some(time(committed)?),
    };
    let id = commit.lower(out, place);
    history.add(id, &commit.parents(out));
    Ok(())
}

/// Checks that all commits belong to one history. A commit's message can hold the byte that ends a
/// record, and so pretend to be further commits; those cannot be reached from the newest one.
fn strangers(mut history: Ancestry) -> Option<String> {
    history.done();
    let strangers = history.len() - history.reached(history.first()?, usize::MAX).len();
    (strangers > 0).then(|| {
        format!(
            "{strangers} commits are no ancestors of the first one: the file is not one branch's \
             history, or a commit message imitates commits"
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::ingest::{Settings, testing::told};

    fn settings() -> Settings {
        Settings {
            repository: Some("Acme/Pay".into()),
            branch: Some("main".into()),
            ..Settings::default()
        }
    }

    fn record(sha: char, parents: &str, message: &str) -> String {
        let id = |char: char| char.to_string().repeat(40);
        let parents: Vec<_> = parents.chars().map(id).collect();
        [
            &*id(sha),
            &id('0'),
            &parents.join(" "),
            "Ann",
            "Ann@acme.example",
            "2026-10-01T09:00:00+02:00",
            "GitHub",
            "noreply@github.com",
            "2026-10-01T08:00:00Z",
            "HEAD -> main",
            message,
        ]
        .join("\u{1f}")
            + "\u{1e}\n"
    }

    #[test]
    fn a_merge_with_trailers() {
        let log = record(
            'c',
            "ba",
            "Add x\r\n\r\nCo-authored-by: Bot <1+dev[bot]@users.noreply.github.com>\r\n\
             Reviewed-By: Bob <bob@acme.example>\r\nSigned-off-by: Eve <eve@acme.example>\r\n",
        ) + &record('b', "a", "One line");
        let told = told(&log, &settings());
        assert_eq!(told.counts(), [2, 2, 0, 0]);
        let c = format!("github:acme/pay@{}", "c".repeat(40));
        let acts: Vec<_> = told.acts().into_iter().filter(|act| act.contains(&c)).collect();
        assert_eq!(
            acts,
            [
                format!("email:ann@acme.example author {c} 2026-10-01T07:00:00Z"),
                format!("github:dev[bot] author {c} 2026-10-01T07:00:00Z"),
                format!("email:bob@acme.example review {c} 2026-10-01T07:00:00Z"),
                format!("github:web-flow commit {c} 2026-10-01T08:00:00Z"),
            ]
        );
        assert_eq!(told.links().len(), 3);
        assert!(told.links().iter().any(|link| link.contains("other-parent")));
        assert!(told.gaps().is_empty());
        let subject = told.0.subjects()[1].record;
        assert_eq!(subject.title.map(|title| told.0.text(title)), Some("Add x"));
        assert_eq!(subject.target.map(|target| told.0.text(target)), Some("main"));
    }

    #[test]
    fn unreadable_records_are_rejected() {
        let mut log = record('a', "", "fine") + &record('b', "a", "cut off");
        log.truncate(log.len() - 3);
        log.insert_str(0, "zz\u{1f}bad\u{1e}\n");
        let log = record('c', "", "x").replace("2026-10-01T08:00:00Z", "soon") + &log;
        let told = told(&log, &settings());
        assert_eq!(told.counts(), [4, 1, 0, 3]);
        assert!(told.rejects()[0].contains("`soon` is not a time"));
        assert!(told.rejects()[1].contains("2 of 11 fields"));
    }

    #[test]
    fn repository_and_branch_must_be_set() {
        let told = told(&record('a', "", "x"), &Settings::default());
        assert_eq!(told.counts(), [1, 0, 0, 1]);
        assert!(told.rejects()[0].contains("set `repository"));
    }

    #[test]
    fn commits_hidden_in_a_message_are_noticed() {
        let forged = record('e', "a", "forged");
        let message = format!("innocent\u{1e}{}", forged.trim_end_matches("\u{1e}\n"));
        let log = record('b', "a", &message) + &record('a', "", "root");
        let told = told(&log, &settings());
        assert_eq!(told.counts(), [3, 3, 0, 0]);
        assert!(told.gaps()[0].contains("imitates"));
    }
}
