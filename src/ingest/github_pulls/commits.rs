//! Commits: inside a pull request as `gh` and GraphQL list them, and in REST lists of their own.

use super::Lowered;
use super::record::{Author, Field, Listed, Record, Signature};
use crate::ingest::commit_list::CommitList;
use crate::ingest::git_people::{Commit, Who, is_sha};
use crate::ingest::github_accounts::{User, commit_address, repository};
use crate::ingest::ingester::Context;
use crate::ingest::json_text::Listing;
use crate::model::{Batch, Instant, Place, SubjectId};

/// As many commits as GitHub lists for one pull request.
const MOST: usize = 250;

/// A commit inside a pull request whose times and id were read.
pub(super) struct Parsed<'r> {
    sha: &'r str,
    message: String,
    authors: Vec<&'r Author<'r>>,
    authored: Option<Instant>,
    committer: Option<&'r Author<'r>>,
    committed: Option<Instant>,
}

pub(super) fn parse_listed<'r>(
    commits: Option<&'r Listing<Listed<'r>>>,
    context: &Context<'_>,
) -> Result<Vec<Parsed<'r>>, String> {
    let nodes = commits.map_or(&[][..], |commits| &commits.nodes);
    // GraphQL queries may ask for a commit's checks only, not for its id.
    let named = nodes.iter().map(|node| node.commit.as_deref().unwrap_or(node));
    named.filter(|commit| commit.oid.is_some()).map(|commit| parse(commit, context)).collect()
}

fn parse<'r>(commit: &'r Listed<'r>, context: &Context<'_>) -> Result<Parsed<'r>, String> {
    let time = |text: Option<&str>| context.maybe_time(text).map_err(|error| error.to_string());
    let sha = commit.oid.as_deref().filter(|sha| is_sha(sha));
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let message = match commit.message.as_deref() {
        Some(message) => message.to_owned(),
        None => {
            let headline = text(commit.message_headline.as_deref());
            format!("{headline}\n\n{}", text(commit.message_body.as_deref()))
        }
    };
    let mut authors: Vec<_> = commit.authors.iter().flat_map(|list| &list.nodes).collect();
    authors.extend(&commit.author);
    Ok(Parsed {
        sha: sha.ok_or("the id of one of its commits is no commit id")?,
        message,
        authors,
        authored: time(commit.authored_date.as_deref())?,
        committer: commit.committer.as_ref(),
        committed: time(commit.committed_date.as_deref())?,
    })
}

impl Parsed<'_> {
    /// Adds the commit and returns its subject.
    pub(super) fn lower(
        &self,
        repository: &str,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> SubjectId {
        let mut who = |author: &&Author<'_>| someone(author, place, context, out);
        let authors = self.authors.iter().map(&mut who).collect::<Vec<_>>();
        let committer = self.committer.as_ref().map(&mut who);
        let commit = Commit {
            system: context.system,
            repository,
            sha: self.sha,
            parents: &[],
            message: &self.message,
            url: None,
            branch: None,
            authors: authors.iter().map(Person::who).collect(),
            authored: self.authored.or(self.committed),
            committer: committer.as_ref().map(Person::who),
            committed: self.committed,
        };
        commit.lower(out, place)
    }
}

/// Somebody in a commit: the account that GitHub matched, or what the commit says.
enum Person {
    Account(crate::model::AccountId),
    Claim(String, String),
}

impl Person {
    fn who(&self) -> Who<'_> {
        match self {
            Self::Account(id) => Who::Account(*id),
            Self::Claim(name, email) => Who::Claim { name, email },
        }
    }
}

fn someone(author: &Author<'_>, place: Place, context: &Context<'_>, out: &mut Batch) -> Person {
    let own = User::named(author.login.as_deref().unwrap_or_default());
    let user = author.user.as_ref().unwrap_or(&own);
    if user.login.as_deref().is_some_and(|login| !login.trim().is_empty()) {
        return Person::Account(user.add(out, place, context.system));
    }
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    Person::Claim(text(author.name.as_deref()), text(author.email.as_deref()))
}

/// The commits of a file that lists them by themselves.
#[derive(Default)]
pub(super) struct Commits(CommitList);

impl Commits {
    /// Adds one commit.
    pub(super) fn add(
        &mut self,
        record: &Record<'_>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<Lowered, String> {
        let sha = record.sha.as_deref().filter(|sha| is_sha(sha)).ok_or("sha is no commit id")?;
        let body = record.commit.as_ref().ok_or("it lacks what git says of the commit")?;
        let urls = [&record.html_url, &record.url];
        let said = urls.into_iter().flatten().find_map(|url| commit_address(url));
        let set = || repository(context.settings.repository.as_deref()?);
        let repository = said.or_else(set).ok_or(
            "it does not name its repository (set `repository = \"owner/name\"` for its source)",
        )?;
        let parents: Vec<&str> =
            record.parents.iter().flatten().map(|parent| &*parent.sha).collect();
        if !parents.iter().all(|parent| is_sha(parent)) {
            return Err("a parent is no commit id".to_owned());
        }
        let (authored, committed) =
            (when(body.author.as_ref(), context)?, when(body.committer.as_ref(), context)?);
        let mut who = |user, signature| person(user, signature, place, context, out);
        let author = who(&record.author, body.author.as_ref());
        let committer = who(&record.committer, body.committer.as_ref());
        let commit = Commit {
            system: context.system,
            repository: &repository,
            sha,
            parents: &parents,
            message: body.message.as_deref().unwrap_or_default(),
            url: record.html_url.as_deref(),
            branch: None,
            authors: vec![author.who()],
            authored: authored.or(committed),
            committer: Some(committer.who()),
            committed,
        };
        let id = commit.lower(out, place);
        self.0.add(id, &commit.parents(out), place);
        Ok(Lowered::Records)
    }

    /// Links the newest commit of each pull request with the others.
    pub(super) fn join(self, out: &mut Batch) {
        self.0.join(MOST, out);
    }
}

fn when(
    signature: Option<&Signature<'_>>,
    context: &Context<'_>,
) -> Result<Option<Instant>, String> {
    let date = signature.and_then(|signature| signature.date.as_deref());
    context.maybe_time(date).map_err(|error| error.to_string())
}

fn person(
    user: &Field<User<'_>>,
    signature: Option<&Signature<'_>>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Person {
    let matched = user.as_ref().and_then(Option::as_ref).filter(|user| user.login.is_some());
    if let Some(user) = matched {
        return Person::Account(user.add(out, place, context.system));
    }
    let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
    Person::Claim(
        part(signature.and_then(|s| s.name.as_deref())),
        part(signature.and_then(|s| s.email.as_deref())),
    )
}
