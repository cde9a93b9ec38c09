//! One scenario: who there is, what they decided, what the exports hold, and what must come of it.

use sodpack::{
    crossref::Verdict,
    model::Instant,
    policy::{DRILL_COLUMNS, Drills, Policy, Principals, Problems},
};

use super::record::File;

#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    /// Folder and file: `self-approval/own-change`.
    pub(crate) name: String,
    /// The first sentence of the file.
    pub(crate) why: String,
    pub(crate) zone: chrono_tz::Tz,
    pub(crate) period: String,
    pub(crate) as_of: Instant,
    /// Read from the scenario's `policy.toml` as the program reads it.
    pub(crate) policy: Policy,
    pub(crate) people: Vec<Member>,
    pub(crate) files: Vec<File>,
    pub(crate) drills: Vec<Planned>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) expected: Vec<Expected>,
    pub(crate) untested: Vec<Untested>,
    /// What every rule without a line of its own may leave open.
    pub(crate) tolerated: Vec<String>,
}

/// A row of the registry.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) line: u32,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) sponsor: Option<String>,
    pub(crate) accounts: Vec<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) tier: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
}

/// A row of `drills.csv`, cell by cell.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) line: u32,
    pub(crate) cells: [String; DRILL_COLUMNS.len()],
}

impl Planned {
    /// The cells that name a principal.
    pub(crate) fn principals(&mut self) -> impl Iterator<Item = &mut String> {
        let named = |column: &str| matches!(column, "who" | "conductor" | "control_who");
        let cells = DRILL_COLUMNS.iter().zip(&mut self.cells);
        cells.filter(move |(column, _)| named(column)).map(|(_, cell)| cell)
    }

    /// Tells whether it names a principal.
    pub(crate) fn names(&self, id: &str) -> bool {
        self.clone().principals().any(|cell| cell == id)
    }
}

/// A justification, of an exception that is named by its rule and thing.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) line: u32,
    pub(crate) at: Instant,
    pub(crate) author: String,
    pub(crate) approver: String,
    pub(crate) of: Answered,
    pub(crate) text: String,
    pub(crate) control: Option<String>,
    pub(crate) expires: Option<Instant>,
}

#[derive(Clone, Debug)]
pub(crate) enum Answered {
    Exception(String),
    Rule { rule: String, on: String },
}

/// A verdict that must come of it.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) line: u32,
    pub(crate) rule: String,
    pub(crate) verdict: Verdict,
    pub(crate) persons: Option<Vec<String>>,
    /// `None`: on whatever the rule tests.
    pub(crate) on: Option<String>,
    /// Words that the statement must hold.
    pub(crate) saying: Option<String>,
}

/// A thing that a rule must leave alone.
#[derive(Clone, Debug)]
pub(crate) struct Untested {
    pub(crate) line: u32,
    pub(crate) rule: String,
    pub(crate) on: String,
}

impl Scenario {
    /// The registry, read as the program reads it. Problems name the line of the scenario.
    pub(crate) fn principals(&self) -> Result<Principals, Problems> {
        let mut problems = Problems::default();
        let text = self.registry();
        let all = Principals::read("people", &text, self.zone, Some(&self.policy), &mut problems);
        for problem in &mut problems.0 {
            let row = (problem.line as usize).checked_sub(2).and_then(|row| self.people.get(row));
            problem.line = row.map_or(0, |row| row.line);
        }
        all.ok_or(problems)
    }

    /// The drills, read as the program reads them. Problems name the line of the scenario.
    pub(crate) fn drills(&self, principals: &Principals) -> Result<Drills, Problems> {
        if self.drills.is_empty() {
            return Ok(Drills::none());
        }
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(DRILL_COLUMNS).unwrap();
        for planned in &self.drills {
            csv.write_record(&planned.cells).unwrap();
        }
        let text = String::from_utf8(csv.into_inner().unwrap()).unwrap();
        let mut problems = Problems::default();
        let all = Drills::read("drills", &text, self.zone, Some(principals), &mut problems);
        for problem in &mut problems.0 {
            let row = (problem.line as usize).checked_sub(2).and_then(|row| self.drills.get(row));
            problem.line = row.map_or(0, |row| row.line);
        }
        all.ok_or(problems)
    }

    /// `principals.csv`.
    fn registry(&self) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record([
            "id",
            "name",
            "kind",
            "sponsor",
            "accounts",
            "emails",
            "tier",
            "valid_from",
            "valid_until",
        ])
        .unwrap();
        for member in &self.people {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            csv.write_record([
                member.id.clone(),
                member.id.clone(),
                member.kind.clone(),
                text(&member.sponsor),
                member.accounts.join(" "),
                member.emails.join(" "),
                text(&member.tier),
                text(&member.from),
                text(&member.until),
            ])
            .unwrap();
        }
        String::from_utf8(csv.into_inner().unwrap()).unwrap()
    }
}
