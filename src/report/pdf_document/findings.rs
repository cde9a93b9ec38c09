//! Who did what: attention, the agents' changes, approvers.

use super::{heading, linked, note, paragraph, place, row, table, to};
use crate::report::{
    View,
    figure::Tone,
    pdf::document::{Align, Block, Row, Span, Tile},
    view::{AgentChange, Deed, Step},
    wording,
};

use Align::{Left, Right};

pub(super) fn attention(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "What needs attention", "attention"));
    let tile = |figure: &crate::report::view::Figure| Tile {
        label: figure.label.to_owned(),
        value: figure.value.clone(),
        note: figure.note.clone(),
        tone: figure.tone,
    };
    blocks.push(Block::Tiles(view.cover.figures.iter().map(tile).collect()));
    let rows = view.attention.iter().map(|item| {
        let mut text = Vec::new();
        if let Some(subject) = &item.subject {
            text.push(Span::bold(format!("{subject} ")));
        }
        text.push(to(&item.text, &item.anchor));
        row(vec![vec![Span::bold(&item.kind).toned(item.tone)], text], None)
    });
    let none = "Nothing is open, and no gap in the evidence was noticed.";
    blocks.push(table(&[("", 14.0, Left), ("Worst first", 86.0, Left)], rows.collect(), none));
}

pub(super) fn agent_changes(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "Changes by agents", "agent-changes"));
    blocks.push(paragraph(
        "Every merged change that an agent asked for, wrote or committed, as a chain of duties. A \
         link of the chain that the evidence lacks is said.",
    ));
    note(&view.agent_changes.note, blocks);
    if view.agent_changes.rows.is_empty() {
        blocks.push(paragraph("No merged change of the period has an agent's part on record."));
    }
    view.agent_changes.rows.iter().for_each(|change| agent_change(change, blocks));
}

fn agent_change(change: &AgentChange, blocks: &mut Vec<Block>) {
    blocks.push(heading(3, &format!("{} {}", change.id, change.title), ""));
    let mut told = vec![Span::bold(&change.approval).toned(change.tone)];
    for id in &change.exceptions {
        told.extend([Span::plain(" · "), to(id, id).toned(Tone::Bad)]);
    }
    told.push(Span::plain(format!(
        " · merged {} · {} · ",
        change.merged,
        change.agents.join(", ")
    )));
    if let Some(url) = &change.url {
        told.extend([linked(url, &change.url), Span::plain(" · ")]);
    }
    told.push(place(&change.place, &change.record));
    blocks.push(Block::Paragraph(told));
    let titles =
        [("Duty", 11.0, Left), ("Who", 31.0, Left), ("When", 18.0, Left), ("Where", 40.0, Left)];
    blocks.push(table(&titles, change.steps.iter().flat_map(step).collect(), ""));
}

fn step(step: &Step) -> Vec<Row> {
    let duty = |index: usize| {
        let name = if index == 0 { step.duty } else { "" };
        vec![Span::bold(name)]
    };
    let mut rows: Vec<_> =
        step.deeds.iter().enumerate().map(|(index, deed)| deed_row(duty(index), deed)).collect();
    if let Some(note) = &step.note {
        let tone = (step.tone != Tone::Neutral).then_some(step.tone);
        let mut said = Span::plain(note);
        said.tone = tone;
        rows.push(row(vec![duty(rows.len()), vec![said], vec![], vec![]], None));
    }
    rows
}

fn deed_row(duty: Vec<Span>, deed: &Deed) -> Row {
    let sponsor = deed.sponsor.as_ref().map(|name| format!(", answered for by {name}"));
    let kind = format!(" {}{}", deed.kind, sponsor.unwrap_or_default());
    let mut who = vec![Span::bold(&deed.name), Span::muted(kind)];
    if let Some(note) = &deed.note {
        who.push(Span::plain(format!("\n{note}")).toned(deed.tone));
    }
    let account = Span::mono(format!("{}\n", deed.account));
    // The copies are in the duties table: twice on paper is once too often.
    let found = vec![account, place(&deed.place, "")];
    row(vec![duty, who, vec![Span::plain(&deed.at)], found], None)
}

pub(super) fn approvers(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "Approvers and their roles at the time", "approvers"));
    blocks.push(paragraph(
        "Everybody who approved a merged change, each with the role that entitled them at that \
         moment and how that is known. Agents and services that approved are listed too.",
    ));
    note(&view.approvers.note, blocks);
    let rows = view.approvers.rows.iter().map(|approver| {
        let mut roles = Vec::new();
        for role in &approver.roles.rows {
            let end = if roles.is_empty() { "" } else { "\n" };
            roles.push(Span::bold(format!("{end}{}", role.role)));
            roles.push(Span::plain(format!(" {}", role.how_known)).toned(role.tone));
            let held =
                if role.held.is_empty() { String::new() } else { format!("{}; ", role.held) };
            let approvals = wording::counted(role.approvals, "approval", "approvals");
            roles.push(Span::muted(format!("\n{held}{approvals}, {}, ", role.given)));
            roles.push(place(&role.place, &role.record));
        }
        if let Some(note) = &approver.roles.note {
            roles.push(Span::muted(format!("\n{note}")));
        }
        let why: Vec<_> = approver.reasons.iter().map(|(why, n)| format!("\n{why} {n}")).collect();
        let number = |n: u64| vec![Span::plain(wording::count(n))];
        let mut not = number(approver.do_not_count);
        not.push(Span::muted(why.concat()));
        let who = vec![Span::bold(&approver.name), Span::muted(format!("\n{}", approver.kind))];
        let unknown = number(approver.unknown);
        row(vec![who, number(approver.count), not, unknown, roles], None)
    });
    let titles = [
        ("Approver", 15.0, Left),
        ("Count", 8.0, Right),
        ("Do not", 13.0, Right),
        ("Unknown", 10.0, Right),
        ("Role at the time, and how it is known", 54.0, Left),
    ];
    blocks.push(table(&titles, rows.collect(), "Nobody approved a merged change."));
}
