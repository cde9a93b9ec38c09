//! The shapes of pull requests, reviews and commits in REST, GraphQL, `gh --json` and webhooks.
//!
//! REST writes `merged_at` and `user`, the others `mergedAt` and `author`; a member that both spell
//! differently has an alias. One shape for all keeps a record to one pass over its text.

use serde::Deserialize;

use crate::ingest::github_accounts::User;
use crate::ingest::json_text::{Listing, Text, present};

/// A member that may be missing (`None`), `null` (`Some(None)`) or there.
pub(super) type Field<T> = Option<Option<T>>;

/// Any record of this export.
#[derive(Deserialize)]
pub(super) struct Record<'a> {
    #[serde(default)]
    pub(super) number: Option<u64>,
    #[serde(borrow, default, alias = "htmlUrl")]
    pub(super) html_url: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) url: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) title: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) state: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) user: Field<User<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) author: Field<User<'a>>,
    #[serde(borrow, default, alias = "createdAt")]
    pub(super) created_at: Option<Text<'a>>,
    #[serde(borrow, default, alias = "updatedAt")]
    pub(super) updated_at: Option<Text<'a>>,
    #[serde(borrow, default, alias = "mergedAt")]
    pub(super) merged_at: Option<Text<'a>>,
    #[serde(default)]
    pub(super) merged: Option<bool>,
    #[serde(borrow, default, deserialize_with = "present", alias = "mergedBy")]
    pub(super) merged_by: Field<User<'a>>,
    #[serde(borrow, default)]
    pub(super) merge_commit_sha: Option<Text<'a>>,
    #[serde(borrow, default, rename = "mergeCommit")]
    pub(super) merge_commit: Option<Oid<'a>>,
    #[serde(borrow, default)]
    pub(super) head: Option<End<'a>>,
    #[serde(borrow, default, rename = "headRefOid")]
    pub(super) head_oid: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) base: Option<End<'a>>,
    #[serde(borrow, default, rename = "baseRefName")]
    pub(super) base_name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) reviews: Option<Listing<Review<'a>>>,
    #[serde(borrow, default, rename = "latestReviews")]
    pub(super) latest_reviews: Option<Listing<Review<'a>>>,
    #[serde(borrow, default)]
    pub(super) commits: Option<Listing<Listed<'a>>>,

    // A review of its own.
    #[serde(borrow, default)]
    pub(super) pull_request_url: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) commit_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) submitted_at: Option<Text<'a>>,
    /// Only comments on code have one.
    #[serde(default)]
    pub(super) path: Option<serde::de::IgnoredAny>,

    // A commit of a pull request.
    #[serde(borrow, default)]
    pub(super) sha: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) commit: Option<CommitBody<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) committer: Field<User<'a>>,
    #[serde(borrow, default)]
    pub(super) parents: Option<Vec<Parent<'a>>>,

    // A webhook.
    #[serde(borrow, default)]
    pub(super) action: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) pull_request: Option<Box<Self>>,
    #[serde(borrow, default)]
    pub(super) review: Option<Review<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) sender: Field<User<'a>>,

    // A GraphQL reply.
    #[serde(borrow, default)]
    pub(super) data: Option<Reply<'a>>,
}

/// One end of a pull request in REST.
#[derive(Deserialize)]
pub(super) struct End<'a> {
    #[serde(borrow, default)]
    pub(super) sha: Option<Text<'a>>,
    #[serde(borrow, default, rename = "ref")]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) repo: Option<Repository<'a>>,
}

/// A repository in REST.
#[derive(Deserialize)]
pub(super) struct Repository<'a> {
    #[serde(borrow, default)]
    pub(super) full_name: Option<Text<'a>>,
}

/// A commit by its id alone.
#[derive(Deserialize)]
pub(super) struct Oid<'a> {
    #[serde(borrow, default)]
    pub(super) oid: Option<Text<'a>>,
}

/// A review inside a pull request or webhook.
#[derive(Deserialize)]
pub(super) struct Review<'a> {
    #[serde(borrow, default, alias = "user", deserialize_with = "present")]
    pub(super) author: Field<User<'a>>,
    #[serde(borrow, default)]
    pub(super) state: Option<Text<'a>>,
    #[serde(borrow, default, alias = "submitted_at", rename = "submittedAt")]
    pub(super) submitted_at: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) commit: Option<Oid<'a>>,
    #[serde(borrow, default)]
    pub(super) commit_id: Option<Text<'a>>,
}

/// A commit in the list of a pull request: `gh` lists it flat, GraphQL inside `commit`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed<'a> {
    #[serde(borrow, default)]
    pub(super) oid: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) authors: Option<Listing<Author<'a>>>,
    #[serde(borrow, default)]
    pub(super) author: Option<Author<'a>>,
    #[serde(borrow, default)]
    pub(super) committer: Option<Author<'a>>,
    #[serde(borrow, default)]
    pub(super) authored_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) committed_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) message_headline: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) message_body: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) commit: Option<Box<Self>>,
}

/// Somebody in a commit: `gh` writes the account's login beside name and address, GraphQL inside
/// `user`.
#[derive(Deserialize)]
pub(super) struct Author<'a> {
    #[serde(borrow, default)]
    pub(super) login: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) email: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) user: Option<User<'a>>,
}

/// What git says of a commit, in REST.
#[derive(Deserialize)]
pub(super) struct CommitBody<'a> {
    #[serde(borrow, default)]
    pub(super) author: Option<Signature<'a>>,
    #[serde(borrow, default)]
    pub(super) committer: Option<Signature<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Text<'a>>,
}

/// Name, address and time in a commit.
#[derive(Deserialize)]
pub(super) struct Signature<'a> {
    #[serde(borrow, default)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) email: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) date: Option<Text<'a>>,
}

/// A commit's parent, in REST.
#[derive(Deserialize)]
pub(super) struct Parent<'a> {
    #[serde(borrow)]
    pub(super) sha: Text<'a>,
}

/// What GraphQL replies about one pull request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reply<'a> {
    #[serde(borrow, default)]
    pub(super) repository: Option<InReply<'a>>,
}

/// The repository in a GraphQL reply.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InReply<'a> {
    #[serde(borrow, default)]
    pub(super) pull_request: Option<Box<Record<'a>>>,
}
