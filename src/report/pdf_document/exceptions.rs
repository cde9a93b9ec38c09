//! What people must answer, and what was refused: exceptions, boundaries, drills, refusals,
//! bypasses.

use super::{heading, linked, note, paragraph, place, row, table, to};
use crate::report::{
    View,
    figure::Tone,
    pdf::document::{Align, Block, Span},
    view::{Answer, Attempt, Boundary, CarriedOver, Drill, Exception, Many},
    wording,
};

use Align::{Left, Right};

pub(super) fn exceptions(view: &View, blocks: &mut Vec<Block>) {
    let all = &view.exceptions;
    let mut section = |title, anchor, lead: &str, list: &Many<Exception>, none: &str| {
        blocks.push(heading(1, title, anchor));
        blocks.push(paragraph(lead));
        note(&list.note, blocks);
        if list.rows.is_empty() {
            blocks.push(paragraph(none));
        }
        list.rows.iter().for_each(|e| exception(e, blocks));
    };
    let lead = "Two duties used on one object, or a control that failed on it. A justification \
                answers an exception; it does not remove it.";
    section("Breaches", "breaches", lead, &all.breaches, "No breach was found.");
    let lead = "Conflicting roles held at one time, whether they were used or not.";
    section("Exposure", "exposure", lead, &all.exposure, "No exposure was found.");
    let lead = "How exceptions and evidence were handled.";
    section("Process findings", "process", lead, &all.process, "No process finding.");
    if !all.unused.rows.is_empty() {
        blocks.push(heading(2, "Justifications that answer nothing", ""));
        let line = |unused: &crate::report::view::Unused| {
            let told = format!("{}, written by {}, ", unused.exception, unused.author);
            vec![Span::plain(told), Span::muted(&unused.place)]
        };
        blocks.push(Block::List(all.unused.rows.iter().map(line).collect()));
    }
    carried(&all.carried, blocks);
}

fn carried(list: &Many<CarriedOver>, blocks: &mut Vec<Block>) {
    if list.rows.is_empty() {
        return;
    }
    blocks.push(heading(1, "Carried over from earlier packs", "carried-over"));
    blocks.push(paragraph(
        "Exceptions that nobody had answered when their pack was made, under the ids that they had \
         then. They stay here until a justification is accepted; one that was answered since the \
         last pack is told once more.",
    ));
    note(&list.note, blocks);
    let rows = list.rows.iter().map(|c| {
        let id = vec![Span::bold(&c.id), Span::muted(format!("\n{}\n{}", c.period, c.pack))];
        let status = vec![Span::bold(c.status).toned(c.status_tone)];
        let rule = Span::muted(format!("\n{} ({})", c.rule, c.severity));
        let on = vec![linked(&c.subject, &c.url), rule];
        let mut said = vec![Span::plain(&c.statement)];
        if !c.persons.is_empty() {
            said.push(Span::muted(format!("\nPersons: {}", c.persons.join(", "))));
        }
        let owner = if c.owner.is_empty() { "nobody is named" } else { &c.owner };
        let days = wording::counted(c.days, "day", "days");
        let age = Span::muted(format!("\n{days} since that period ended"));
        row(vec![id, status, on, said, vec![Span::plain(owner), age]], None)
    });
    let titles = [
        ("Exception", 20.0, Left),
        ("Status", 10.0, Left),
        ("On", 24.0, Left),
        ("What happened", 30.0, Left),
        ("Owner, age", 16.0, Left),
    ];
    blocks.push(table(&titles, rows.collect(), ""));
}

fn exception(e: &Exception, blocks: &mut Vec<Block>) {
    blocks.push(heading(3, &format!("{} {}", e.id, e.statement), &e.id));
    let rule = to(e.rule, &format!("rule-{}", e.rule));
    let rest = Span::plain(format!(": {} ({})", e.summary, e.criteria));
    let mut facts = vec![
        (
            "Severity, status".to_owned(),
            vec![
                Span::bold(e.severity).toned(e.severity_tone),
                Span::plain(", "),
                Span::bold(e.status).toned(e.status_tone),
            ],
        ),
        ("Rule".to_owned(), vec![rule, rest]),
    ];
    if !e.subject.is_empty() {
        let title = Span::plain(format!(" {}", e.title));
        facts.push(("On".to_owned(), vec![linked(&e.subject, &e.url), title]));
    }
    if !e.persons.is_empty() {
        facts.push(("Persons".to_owned(), vec![Span::plain(e.persons.join(", "))]));
    }
    if !e.also.is_empty() {
        let also: Vec<_> = e.also.iter().map(|(rule, said)| format!("{rule}: {said}")).collect();
        facts.push(("Also seen by".to_owned(), vec![Span::plain(also.join("\n"))]));
    }
    let mut evidence = Vec::new();
    for item in &e.evidence.rows {
        let end = if evidence.is_empty() { "" } else { "\n" };
        evidence.push(Span::plain(format!("{end}{} ", item.shows)));
        evidence.push(place(&item.place, &item.record));
    }
    if let Some(note) = &e.evidence.note {
        evidence.push(Span::muted(format!("\n{note}")));
    }
    facts.push(("Evidence".to_owned(), evidence));
    let owner = match e.owner.as_str() {
        "" => "nobody is named; policy.toml may name one",
        owner => owner,
    };
    facts.push(("Owner".to_owned(), vec![Span::plain(owner)]));
    let age = Span::plain(format!("{}; {}", e.age, e.repeated));
    facts.push(("Age, repetition".to_owned(), vec![age]));
    if e.answers.is_empty() {
        facts.push(("Justification".to_owned(), vec![Span::bold("None given.")]));
    }
    for given in &e.answers {
        facts.push(("Justification".to_owned(), answer(given)));
    }
    blocks.push(Block::Facts(facts));
}

fn answer(a: &Answer) -> Vec<Span> {
    let verdict = match a.accepted {
        true => Span::bold("accepted").toned(Tone::Good),
        false => Span::bold(format!("not accepted: {}", a.weaknesses.join("; "))).toned(Tone::Bad),
    };
    let until = a.expires.as_ref().map(|at| format!(", until {at}")).unwrap_or_default();
    let control = a.compensating_control.as_deref().unwrap_or("none named");
    let mut told = vec![
        verdict,
        Span::plain(format!("\n{}\n", a.text)),
        Span::muted(format!(
            "written by {}, approved by {} on {}{until}. Compensating control: {control}. ",
            a.author, a.approver, a.at
        )),
    ];
    if let Some(ticket) = &a.ticket {
        told.extend([Span::muted("Ticket: "), linked(ticket, &a.url), Span::muted(". ")]);
    }
    told.push(Span::muted(&a.place));
    told
}

pub(super) fn denials(view: &View, blocks: &mut Vec<Block>) {
    let denials = &view.denials;
    blocks.push(heading(1, "Refusals and bypasses", "denials"));
    let body = vec![Span::plain(&denials.statement)];
    blocks.push(Block::Callout { tone: denials.tone, title: String::new(), body });
    boundaries(&denials.boundaries, blocks);
    drills(&denials.drills, blocks);
    blocks.push(heading(2, "Refusals", ""));
    attempts(&denials.refusals, blocks);
    blocks.push(heading(2, "Bypasses", ""));
    blocks.push(paragraph("A control was overridden. A bypass is never a refusal."));
    attempts(&denials.bypasses, blocks);
}

fn boundaries(all: &[Boundary], blocks: &mut Vec<Block>) {
    if all.is_empty() {
        return;
    }
    blocks.push(heading(2, "Boundaries", "boundaries"));
    blocks.push(paragraph(
        "What policy forbids to each tier, and what the period's logs and records show of it. A \
         boundary that nobody touched is one that nobody tested. Of what people, who are neither \
         agents nor services, were let do, the evidence holds approvals and deployments, the \
         actions that policy watches, and the attempts of those whom a drill names.",
    ));
    let number = |n: u64| vec![Span::plain(wording::count(n))];
    let rows = all.iter().map(|b| {
        let mut state = vec![Span::bold(b.state).toned(b.tone)];
        state.extend(b.note.as_ref().map(|note| Span::muted(format!("\n{note}"))));
        let (tier, capability) = (vec![Span::bold(&b.tier)], vec![Span::plain(&b.capability)]);
        let last = vec![Span::plain(b.last.as_deref().unwrap_or("–"))];
        let counts = [b.allowed, b.wild, b.drilled, b.unexplained].map(number);
        row([tier, capability].into_iter().chain(counts).chain([last, state]).collect(), None)
    });
    let titles = [
        ("Tier", 10.0, Left),
        ("Must not", 19.0, Left),
        ("Let through", 8.0, Right),
        ("In the wild", 7.0, Right),
        ("In drills", 7.0, Right),
        ("Not explained", 10.0, Right),
        ("Last refusal", 18.0, Left),
        ("State", 21.0, Left),
    ];
    blocks.push(table(&titles, rows.collect(), ""));
}

fn drills(list: &Many<Drill>, blocks: &mut Vec<Block>) {
    blocks.push(heading(2, "Drills", "drills"));
    blocks.push(paragraph(
        "Boundaries that were tested on purpose. A drill is answered by a refusal of what was \
         planned that names the control; one that was let through, or of which nothing is on \
         record, failed.",
    ));
    note(&list.note, blocks);
    let rows = list.rows.iter().map(|d| {
        let (from, until) = &d.window;
        let about = format!("\n{from} to {until}\nconducted by {}\n", d.conductor);
        let mut planned = vec![Span::bold(&d.id), Span::muted(about)];
        planned.extend([Span::bold(format!("{}\n", d.who)), Span::mono(&d.action)]);
        planned.extend(d.target.as_ref().map(|on| Span::mono(format!("\non {on}"))));
        let code = d.code.as_deref().unwrap_or("any refusal");
        planned.push(Span::muted(format!("\nexpected: {code}")));
        let mut outcome =
            vec![Span::bold(d.outcome).toned(d.tone), Span::plain(format!("\n{}", d.told))];
        outcome.extend(d.near.iter().map(|near| Span::muted(format!("\nNear: {near}."))));
        if !d.place.is_empty() {
            outcome.extend([Span::plain("\n"), place(&d.place, &d.record)]);
        }
        let mut control = vec![
            Span::bold(d.control_badge).toned(d.control_tone),
            Span::plain(format!("\n{}", d.control)),
        ];
        if !d.control_place.is_empty() {
            control.extend([Span::plain("\n"), place(&d.control_place, &d.control_record)]);
        }
        row(vec![planned, outcome, control], None)
    });
    let titles =
        [("Drill, planned", 33.0, Left), ("Outcome", 36.0, Left), ("Positive control", 31.0, Left)];
    blocks.push(table(&titles, rows.collect(), "None was planned for this period."));
}

fn attempts(list: &Many<Attempt>, blocks: &mut Vec<Block>) {
    note(&list.note, blocks);
    let rows = list.rows.iter().map(|a| {
        let tier = a.tier.as_ref().map(|tier| format!(", tier {tier}")).unwrap_or_default();
        let mut who = vec![
            Span::bold(&a.name),
            Span::muted(format!(" {}{tier}\n", a.kind)),
            Span::mono(format!("{}\n", a.account)),
            Span::mono(&a.action),
        ];
        who.extend(a.resource.as_ref().map(|on| Span::mono(format!("\non {on}"))));
        who.extend(a.capability.as_ref().map(|capability| {
            let forbidden = if a.forbidden { ", forbidden to the tier" } else { "" };
            Span::muted(format!("\n{capability}{forbidden}"))
        }));
        let control = a.control.as_deref().unwrap_or("not named");
        let code = a.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
        let drill = a.drill.as_ref().map(|id| format!(", drill {id}")).unwrap_or_default();
        let shows = vec![
            Span::plain(control),
            Span::mono(format!("{code}\n")),
            Span::bold(a.strength).toned(a.tone),
            Span::plain(format!("{drill}\n")),
            place(&a.place, &a.record),
        ];
        row(vec![vec![Span::plain(&a.at)], who, shows], None)
    });
    let titles = [
        ("When", 13.0, Left),
        ("Who tried what", 44.0, Left),
        ("Control, and what the record shows", 43.0, Left),
    ];
    blocks.push(table(&titles, rows.collect(), "None on record."));
}
