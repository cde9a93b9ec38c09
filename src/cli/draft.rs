//! A justification while it is written: every cell is judged as it will be when the file is read.

use crate::{
    crossref::{Context, Weakness, Who, weaknesses},
    policy::{
        Justification, Justifications, NewJustification, PrincipalKind, Problems, appended, nearest,
    },
    report::{hostile, weakness},
};

/// What a justification is to answer.
pub(super) struct Draft<'a> {
    /// The exception.
    pub(super) id: &'a str,
    /// The evidence.
    pub(super) cx: &'a Context<'a>,
    /// The parties of the exception.
    pub(super) parties: &'a [Who],
}

impl Draft<'_> {
    /// What is wrong with one cell of a row, by the option that gives it. The other cells may be
    /// empty still.
    pub(super) fn faults(&self, row: &NewJustification, column: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let alone = appended("", row);
        let read = Justifications::read("", &alone, self.cx.period.zone(), &mut problems);
        let Some(last) = read.and_then(|mut read| read.all.pop()) else {
            let here = problems.0.iter().filter(|problem| column_of(&problem.fault) == column);
            return here
                .map(|problem| {
                    let start = format!("`{column}` holds ");
                    let fault = problem.fault.strip_prefix(&start).unwrap_or(&problem.fault);
                    // The cure for a spreadsheet is none for a command line.
                    let cure = problem.cure.split(" (in a spreadsheet").next().unwrap_or_default();
                    format!("{}: {}; {cure}", option(column), fault.replacen(", which ", " ", 1))
                })
                .collect();
        };
        let weak = weaknesses(self.cx, &last, self.parties);
        let here = weak.iter().filter(|weak| column_of_weakness(weak) == column);
        here.map(|weak| self.refusal(&last, weak)).collect()
    }

    /// Why a justification would not be accepted, in the words of the reports, and what to do.
    fn refusal(&self, row: &Justification, weak: &Weakness) -> String {
        let told = weakness(weak, &|at| self.cx.clock(at));
        let id = match weak {
            Weakness::UnknownAuthor => &row.author,
            Weakness::UnknownApprover => &row.approver,
            _ => return format!("the justification would not be accepted: {told}"),
        };
        let humans = self.cx.identities.principals().all.iter();
        let humans = humans.filter(|p| p.kind == PrincipalKind::Human);
        let cure = match nearest(id, humans.map(|p| p.id.as_str()).filter(|known| known != id)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write an id of principals.csv".to_owned(),
        };
        let id = hostile::shown(id);
        format!("the justification would not be accepted: {told} (`{id}`); {cure}")
    }
}

/// The column that a problem of a row is about: the first word that it quotes.
fn column_of(fault: &str) -> &str {
    fault.split('`').nth(1).unwrap_or_default()
}

fn column_of_weakness(weak: &Weakness) -> &'static str {
    match weak {
        Weakness::Empty => "justification",
        Weakness::UnknownAuthor | Weakness::AuthorIsParty | Weakness::AuthorWasGone => "author",
        Weakness::UnknownApprover
        | Weakness::OnePerson
        | Weakness::ApproverIsParty
        | Weakness::ApproverIsSponsor
        | Weakness::ApproverWasGone => "approver",
        Weakness::NotYet(_) => "at",
        Weakness::Expired(_) => "expires",
    }
}

fn option(column: &str) -> &str {
    match column {
        "justification" => "--text",
        "author" => "--author",
        "approver" => "--approver",
        "compensating_control" => "--control",
        "ticket" => "--ticket",
        "expires" => "--expires",
        "at" => "--at",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossref::scene::Scene;

    fn faults(change: impl Fn(&mut NewJustification), column: &str) -> String {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "ann", 8.8);
        scene.assess(|assessment| {
            let exception = &assessment.exceptions[0];
            let parties = &exception.parties;
            let draft = Draft { id: &exception.id, cx: assessment.cx, parties };
            let mut row = NewJustification {
                exception: exception.id.clone(),
                at: "2026-11-02".to_owned(),
                ..NewJustification::default()
            };
            change(&mut row);
            draft.faults(&row, column).join("\n")
        })
    }

    #[test]
    fn a_cell_is_judged_by_itself() {
        let expires = faults(|row| row.expires = "31.12.2026".to_owned(), "expires");
        let told = "--expires: `31.12.2026` is not a time; write `2026-10-31` or \
                    `2026-10-31T09:30:00Z`";
        assert_eq!(expires, told);
        assert_eq!(faults(|row| row.expires = "2026-12-31".to_owned(), "expires"), "");
        let author = |id: &str| faults(|row| row.author = id.to_owned(), "author");
        assert_eq!(author("bob"), "");
        assert!(author("ann").ends_with("its author is a party to the exception"));
        assert!(author("bbo").ends_with("(`bbo`); did you mean `bob`?"));
        let both = |row: &mut NewJustification| {
            (row.author, row.approver) = ("bob".to_owned(), "bob".to_owned());
        };
        assert!(faults(both, "approver").ends_with("one person wrote and approved it"));
        assert!(faults(|_| {}, "justification").contains("it has no text"));
        assert!(faults(|row| row.at = "2027-01-01".to_owned(), "at").contains("approved on"));
    }
}
