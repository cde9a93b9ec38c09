//! Reviews: inside a pull request, as records of their own, and in webhooks.

use super::Lowered;
use super::pulls::{Address, Notes, pull, revision, someone};
use super::record::{Field, Record, Review};
use crate::ingest::github_accounts::pull_address;
use crate::ingest::ingester::Context;
use crate::ingest::json_text::Text;
use crate::model::{Act, Batch, Duty, Instant, Place};

/// A review's duty, or why it is none.
enum Decided {
    Duty(Duty, bool),
    Nothing(&'static str),
}

fn decided(state: Option<&Text<'_>>) -> Result<Decided, String> {
    let state = state.ok_or("a review has no state (add it to the query)")?.to_uppercase();
    Ok(match &*state {
        "APPROVED" => Decided::Duty(Duty::Approve, false),
        // An approval or a refusal once: nothing says which.
        "DISMISSED" => Decided::Duty(Duty::Review, true),
        "CHANGES_REQUESTED" => Decided::Duty(Duty::Reject, false),
        "COMMENTED" => Decided::Nothing("review that only comments"),
        "PENDING" => Decided::Nothing("review that was not submitted"),
        _ => return Err("a review has a state that GitHub does not document".to_owned()),
    })
}

pub(super) type ParsedReview<'r, 'a> = (&'r Review<'a>, Duty, bool, Option<Instant>);

/// The reviews that decide something. The list of each reviewer's latest ones says no more than the
/// list of all, and is read only in its absence.
pub(super) fn parse_reviews<'r, 'a>(
    record: &'r Record<'a>,
    context: &Context<'_>,
) -> Result<Vec<ParsedReview<'r, 'a>>, String> {
    let Some(reviews) = record.reviews.as_ref().or(record.latest_reviews.as_ref()) else {
        return Ok(Vec::new());
    };
    let mut parsed = Vec::new();
    for review in &reviews.nodes {
        if let Decided::Duty(duty, dismissed) = decided(review.state.as_ref())? {
            let at = context.maybe_time(review.submitted_at.as_deref());
            parsed.push((review, duty, dismissed, at.map_err(|error| error.to_string())?));
        }
    }
    Ok(parsed)
}

/// Lowers a review that is a record of its own.
pub(super) fn review(
    record: &Record<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    if record.path.is_some() {
        return Ok(Lowered::Nothing("comment on code"));
    }
    let url = record.pull_request_url.as_deref().unwrap_or_default();
    let (repository, number) =
        pull_address(url).ok_or("its pull_request_url is not the address of a pull request")?;
    let (duty, dismissed) = match decided(record.state.as_ref())? {
        Decided::Duty(duty, dismissed) => (duty, dismissed),
        Decided::Nothing(reason) => return Ok(Lowered::Nothing(reason)),
    };
    let at = context.maybe_time(record.submitted_at.as_deref()).map_err(|e| e.to_string())?;
    let to = Address { repository, number }.subject(out, context.system);
    let by = someone(field(&record.user), place, context, out);
    let revision = revision(out, record.commit_id.as_deref());
    out.act(place, Act { to, at, duty, by, revision, dismissed });
    Ok(Lowered::Records)
}

fn field<T>(field: &Field<T>) -> Option<&T> {
    field.as_ref().and_then(Option::as_ref)
}

/// Lowers the payload of a webhook: the pull request as it was then and, if it is about a review,
/// that review. Only here does GitHub say who dismissed one.
pub(super) fn webhook(
    record: &Record<'_>,
    pull_request: &Record<'_>,
    place: Place,
    context: &Context<'_>,
    notes: &mut Notes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let review = record.review.as_ref().map(|review| {
        let at = context.maybe_time(review.submitted_at.as_deref()).map_err(|e| e.to_string())?;
        Ok::<_, String>((review, decided(review.state.as_ref())?, at))
    });
    let review = review.transpose()?;
    let to = Address::of(pull_request, context)?.subject(out, context.system);
    pull(pull_request, place, context, notes, out)?;
    let Some((review, Decided::Duty(duty, dismissed), at)) = review else {
        return Ok(Lowered::Records);
    };
    let by = someone(field(&review.author), place, context, out);
    let revision = revision(out, review.commit_id.as_deref());
    out.act(place, Act { to, at, duty, by, revision, dismissed });
    if dismissed && record.action.as_deref() == Some("dismissed") {
        let by = someone(field(&record.sender), place, context, out);
        let act = Act { to, at: None, duty: Duty::Dismiss, by, revision, dismissed: false };
        out.act(place, act);
    }
    Ok(Lowered::Records)
}
