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
    let mut lines = vec![Span::bold("Why it is an exception. ")];
    lines.push(Span::plain(s.because.join(" ")));
    blocks.push(Block::Paragraph(lines));
    let mut lines = vec![Span::bold("What answers it. ")];
    lines.push(Span::plain(s.answer.join(" ")));
    blocks.push(Block::Paragraph(lines));
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
    row(vec![vec![Span::plain(at)], said, record], None)
}
