//! Pull requests, with the reviews and commits that they hold.

use super::Lowered;
use super::commits::{Parsed, parse_listed};
use super::record::Record;
use super::reviews::parse_reviews;
use crate::ingest::git_people::commit_id;
use crate::ingest::github_accounts::{User, ghost, pull_address, repository};
use crate::ingest::ingester::Context;
use crate::ingest::json_text::Text;
use crate::model::{
    AccountId, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectId, SubjectKind,
    SubjectState, Symbol,
};

/// What a file's pull requests lack, noted once for the file.
#[derive(Default)]
pub(super) struct Notes {
    pulls: u64,
    authors: bool,
    mergers: bool,
    reviews: bool,
    commits: bool,
    cut: bool,
}

impl Notes {
    pub(super) fn gaps(&self, out: &mut Batch) {
        for (lacks, gap) in [
            (self.authors, "the authors were not exported (add `author` to --json)"),
            (self.mergers, "who merged was not exported (add `mergedBy` to --json)"),
            (self.reviews, "the reviews were not exported (add `reviews` to --json)"),
            (
                self.commits,
                "the commits were not exported, so co-authors are unknown (add `commits` to \
                 --json)",
            ),
            (self.cut, "some lists of reviews or commits are not whole (export further pages)"),
            (
                // What `gh pr list` and one page of the REST interface hold unless told otherwise.
                matches!(self.pulls, 30 | 100),
                "it holds exactly as many pull requests as one page (export with --limit or \
                 --paginate)",
            ),
        ] {
            if lacks {
                out.gap(gap.to_owned());
            }
        }
    }
}

/// Where a pull request is.
pub(super) struct Address {
    pub(super) repository: String,
    pub(super) number: u64,
}

impl Address {
    pub(super) fn of(record: &Record<'_>, context: &Context<'_>) -> Result<Self, String> {
        let number = record.number.ok_or("it has no number: not a pull request")?;
        let urls = [&record.html_url, &record.url, &record.pull_request_url];
        let said = urls.into_iter().flatten().find_map(|url| pull_address(url)).map(|(r, _)| r);
        let base = || record.base.as_ref()?.repo.as_ref()?.full_name.as_deref();
        let set = || context.settings.repository.as_deref();
        let repository =
            said.or_else(|| repository(base()?)).or_else(|| repository(set()?)).ok_or(
                "it does not name its repository (add `url` to --json, or set `repository = \
                    \"owner/name\"` for its source)",
            )?;
        Ok(Self { repository, number })
    }

    pub(super) fn subject(&self, out: &mut Batch, system: &str) -> SubjectId {
        out.subject_id(system, &format!("{}#{}", self.repository, self.number))
    }
}

pub(super) fn someone(
    user: Option<&User<'_>>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> AccountId {
    match user {
        Some(user) => user.add(out, place, context.system),
        None => ghost(out, place, context.system),
    }
}

/// The times of a pull request.
struct Times {
    created: Option<Instant>,
    updated: Option<Instant>,
    merged: Option<Instant>,
}

impl Times {
    fn of(record: &Record<'_>, context: &Context<'_>) -> Result<Self, String> {
        let time = |text: &Option<Text<'_>>| {
            context.maybe_time(text.as_deref()).map_err(|error| error.to_string())
        };
        Ok(Self {
            created: time(&record.created_at)?,
            updated: time(&record.updated_at)?,
            merged: time(&record.merged_at)?,
        })
    }
}

fn state(record: &Record<'_>, times: &Times) -> SubjectState {
    let said = record.state.as_deref().unwrap_or_default();
    let merged = times.merged.is_some() || record.merged == Some(true);
    match said.to_ascii_lowercase().as_str() {
        _ if merged => SubjectState::Done,
        "merged" => SubjectState::Done,
        "open" => SubjectState::Open,
        "closed" => SubjectState::Abandoned,
        _ => SubjectState::Unknown,
    }
}

/// Lowers a pull request with whatever it holds inside. Nothing is added unless all of it can be
/// read.
pub(super) fn pull(
    record: &Record<'_>,
    place: Place,
    context: &Context<'_>,
    notes: &mut Notes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let address = Address::of(record, context)?;
    let times = Times::of(record, context)?;
    let reviews = parse_reviews(record, context)?;
    let commits = parse_listed(record.commits.as_ref(), context)?;
    note(record, &times, notes);
    let id = address.subject(out, context.system);
    let subject = subject(record, id, &address, &times, out);
    out.subject(place, subject);
    let act = |out: &mut Batch, user: Option<&User<'_>>, duty, at| {
        let by = someone(user, place, context, out);
        out.act(place, Act { to: id, at, duty, by, revision: None, dismissed: false });
    };
    if let Some(author) = record.user.as_ref().or(record.author.as_ref()) {
        act(out, author.as_ref(), Duty::Author, times.created);
    }
    if subject.state == SubjectState::Done
        && let Some(merger) = &record.merged_by
    {
        act(out, merger.as_ref(), Duty::Merge, times.merged);
    }
    for (review, duty, dismissed, at) in reviews {
        let author = review.author.as_ref().and_then(Option::as_ref);
        let by = someone(author, place, context, out);
        let seen = review.commit.as_ref().and_then(|commit| commit.oid.as_deref());
        let revision = revision(out, seen.or(review.commit_id.as_deref()));
        out.act(place, Act { to: id, at, duty, by, revision, dismissed });
    }
    link(record, id, &address, &commits, place, context, out);
    Ok(Lowered::Records)
}

fn note(record: &Record<'_>, times: &Times, notes: &mut Notes) {
    // Lists of the REST interface come with mergers, reviews and commits in other files.
    let rest = record.base.is_some();
    let merged = state(record, times) == SubjectState::Done;
    notes.pulls += 1;
    notes.authors |= record.user.is_none() && record.author.is_none();
    notes.mergers |= !rest && merged && record.merged_by.is_none();
    notes.reviews |= !rest && record.reviews.is_none() && record.latest_reviews.is_none();
    notes.commits |= !rest && record.commits.as_ref().is_none_or(|c| c.nodes.is_empty());
    notes.cut |= record.reviews.as_ref().is_some_and(|reviews| !reviews.whole)
        || (!rest && record.commits.as_ref().is_some_and(|c| !c.whole && !c.nodes.is_empty()));
}

fn subject(
    record: &Record<'_>,
    id: SubjectId,
    address: &Address,
    times: &Times,
    out: &mut Batch,
) -> Subject {
    let base = record.base.as_ref().and_then(|base| base.name.as_deref());
    let head = record.head.as_ref().and_then(|head| head.sha.as_deref());
    let page = record.html_url.as_deref().or(record.url.as_deref());
    Subject {
        state: state(record, times),
        title: out.maybe(record.title.as_deref()),
        url: out.maybe(page),
        repository: out.maybe(Some(&address.repository)),
        target: out.maybe(base.or(record.base_name.as_deref())),
        revision: revision(out, head.or(record.head_oid.as_deref())),
        created: times.created,
        done: times.merged,
        updated: times.updated,
        reviews_listed: record
            .reviews
            .as_ref()
            .or(record.latest_reviews.as_ref())
            .is_some_and(|reviews| reviews.whole),
        ..Subject::new(id, SubjectKind::Change)
    }
}

pub(super) fn revision(out: &mut Batch, sha: Option<&str>) -> Option<Symbol> {
    out.maybe(sha.map(str::to_lowercase).as_deref())
}

fn link(
    record: &Record<'_>,
    id: SubjectId,
    address: &Address,
    commits: &[Parsed<'_>],
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) {
    let (system, repository) = (context.system, &*address.repository);
    let head = record.head.as_ref().and_then(|head| head.sha.as_deref());
    if let Some(head) = head.or(record.head_oid.as_deref()).filter(|sha| !sha.is_empty()) {
        let to = commit_id(out, system, repository, head);
        out.link(place, Link { from: id, kind: LinkKind::Head, to });
    }
    let merged = record.merged_at.is_some()
        || record.merged == Some(true)
        || record.state.as_deref() == Some("MERGED");
    let became = record.merge_commit.as_ref().and_then(|commit| commit.oid.as_deref());
    // GitHub also fills this in for an open pull request, with a commit that tests the merge.
    if let Some(sha) = became.or(record.merge_commit_sha.as_deref()).filter(|_| merged) {
        let to = commit_id(out, system, repository, sha);
        out.link(place, Link { from: id, kind: LinkKind::MergedAs, to });
    }
    for commit in commits {
        let to = commit.lower(repository, place, context, out);
        out.link(place, Link { from: id, kind: LinkKind::Contains, to });
    }
}
