//! The exceptions told in the order of time.

use super::{heading, note, paragraph, place, row, table, to};
use crate::report::{
    View,
    pdf::document::{Align, Block, Row, Span},
    story::{Event, Party, Story},
    wording,
};

use Align::Left;

/// Characters of a digest by which a file is known.
const DIGEST: usize = 12;

pub(super) fn stories(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "How the exceptions came about", "stories"));
    blocks.push(paragraph(
        "Each exception told in the order of time: who did what, through which account, which \
         roles they held then, and the record that says so; then why the verdict follows, and what \
         answers it. Those that still want an answer come first.",
    ));
    note(&view.stories.note, blocks);
    if view.stories.rows.is_empty() {
        blocks.push(paragraph("The rules found no exception."));
    }
    view.stories.rows.iter().for_each(|one| story(one, blocks));
}

fn story(s: &Story, blocks: &mut Vec<Block>) {
    blocks.push(heading(3, &format!("{} {}", s.id, s.rule), &format!("story-{}", s.id)));
    blocks.push(Block::Paragraph(vec![
        Span::bold(s.severity).toned(s.severity_tone),
        Span::plain(", "),
        Span::bold(s.status).toned(s.status_tone),
        Span::plain(". "),
        to("The exception", &s.id),
        Span::plain(format!(". {}", s.about)),
    ]));
    if !s.cast.is_empty() {
        blocks.push(Block::Facts(s.cast.iter().map(party).collect()));
    }
    let titles = [("When", 15.0, Left), ("What happened", 55.0, Left), ("Record", 30.0, Left)];
    let events = s.events.iter().map(event).collect();
    blocks.push(table(&titles, events, "No record has a time or an actor."));
    if s.more > 0 {
        let more = wording::count(s.more);
        blocks.push(paragraph(format!("{more} more in tables/stories.csv.")));
    }
    told("Why it is an exception. ", &s.because, blocks);
    told("What answers it. ", &s.answer, blocks);
}

/// Sentences, each a paragraph of its own.
fn told(title: &str, sentences: &[String], blocks: &mut Vec<Block>) {
    for (index, sentence) in sentences.iter().enumerate() {
        let title = (index == 0).then(|| Span::bold(title));
        blocks.push(Block::Paragraph(title.into_iter().chain([Span::plain(sentence)]).collect()));
    }
}

fn party(p: &Party) -> (String, Vec<Span>) {
    let id = if p.principal.is_empty() { String::new() } else { format!("{}, ", p.principal) };
    let sponsor = p.sponsor.as_ref().map(|s| format!(", answered for by {s}")).unwrap_or_default();
    let named = if p.party { "; a party to the exception" } else { "" };
    let mut told = vec![Span::plain(format!("{id}{}{sponsor}{named}", p.kind))];
    for (account, basis) in &p.accounts {
        told.push(Span::mono(format!("\n{account} ")));
        told.push(Span::muted(basis));
    }
    (p.name.clone(), told)
}

fn event(e: &Event) -> Row {
    let at = if e.at.is_empty() { "at an unknown time" } else { &e.at };
    let mut said = vec![Span::plain(&e.said)];
    match (e.account.as_str(), e.acted) {
        ("", _) => {}
        (account, true) => said.extend([Span::plain(", as "), Span::mono(account)]),
        (account, false) => said.extend([Span::plain(", account "), Span::mono(account)]),
    }
    said.extend(e.roles.as_ref().map(|roles| Span::muted(format!("\nheld then: {roles}"))));
    said.extend(e.judged.as_ref().map(|told| Span::bold(format!("\n{told}")).toned(e.tone)));
    let mut record = vec![place(&e.place, &e.record)];
    if !e.sha256.is_empty() {
        let digest: String = e.sha256.chars().take(DIGEST).collect();
        record.push(Span::muted(format!("\nfile sha256 {digest}…")));
    }
    for again in &e.also {
        record.extend([Span::plain("\n"), place(&again.place, &again.record)]);
        record.extend([Span::muted(", as "), Span::mono(&again.account)]);
    }
    row(vec![vec![Span::plain(at)], said, record], None)
}
