//! What earlier packs reported: since when an exception is known, which come again, and which
//! nobody has answered yet.
//!
//! A period's rules see that period alone. An exception that was open when its pack was made does
//! not go away with the month: it is carried over under its own id until somebody answers it.

use std::collections::BTreeMap;

use super::csv::original;
use crate::{
    crossref::{Answer, Assessment, Context, Exception, Status, Who, answered},
    model::{AccountId, Instant},
};

/// The exceptions of one earlier pack.
#[derive(Clone, Debug)]
pub struct EarlierReport {
    /// The pack's folder.
    pub folder: String,
    /// Its period: `2026-09`.
    pub label: String,
    /// First moment after its period.
    pub until: Instant,
    /// The moment that it speaks for.
    pub as_of: Instant,
    /// Its exceptions.
    pub exceptions: Vec<Reported>,
}

/// An exception as an earlier pack reported it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reported {
    /// Its id.
    pub id: String,
    /// The rule that was broken.
    pub rule: String,
    /// breach, exposure, process.
    pub class: String,
    /// How bad it was.
    pub severity: String,
    /// Whether it was answered then.
    pub status: String,
    /// What broke the rule.
    pub subject: String,
    /// Who broke it: registry ids, or accounts.
    pub persons: Vec<String>,
    /// Who can neither write nor approve its justification.
    pub parties: Vec<String>,
    /// What happened.
    pub statement: String,
    /// Registry id of who sees to it; empty: nobody is named.
    pub owner: String,
    /// Where people open what broke the rule; empty: nowhere.
    pub url: String,
}

/// An exception of an earlier pack that nobody had answered when that pack was made, as it stands
/// now.
#[derive(Clone, Debug)]
pub struct Carried<'h> {
    /// The latest pack that reported it.
    pub from: &'h EarlierReport,
    /// What that pack said.
    pub reported: &'h Reported,
    /// The justifications that name it now.
    pub answers: Vec<Answer>,
    /// Whether it still wants an answer.
    pub status: Status,
}

/// What all earlier packs reported, by their place in the chain.
#[derive(Clone, Debug, Default)]
pub struct History {
    all: Vec<(bool, EarlierReport)>,
}

impl History {
    /// The reports in the order of the chain, each with whether it still stands: one that a later
    /// pack corrected does not.
    pub fn new(all: Vec<(bool, EarlierReport)>) -> Self {
        Self { all }
    }

    /// The pack that reported an exception first.
    pub fn first(&self, id: &str) -> Option<&EarlierReport> {
        let holds = |report: &&EarlierReport| report.exceptions.iter().any(|e| e.id == id);
        self.all.iter().map(|(_, report)| report).find(holds)
    }

    /// What the latest pack that knows an exception said of it.
    pub fn latest(&self, id: &str) -> Option<(&EarlierReport, &Reported)> {
        self.standing().rev().find_map(|report| {
            report.exceptions.iter().find(|e| e.id == id).map(|found| (report, found))
        })
    }

    /// Whole days since the period ended of which a carried exception was reported first.
    pub fn days_open(&self, cx: &Context<'_>, one: &Carried<'_>) -> u64 {
        let first = self.first(&one.reported.id).unwrap_or(one.from);
        super::follow_up::days(first.until, cx.as_of)
    }

    /// What a justification is worth that answers no exception of this period: the latest earlier pack
    /// that knows its exception, and the answer.
    pub fn answered_earlier(
        &self,
        cx: &Context<'_>,
        index: usize,
    ) -> Option<(&EarlierReport, Answer)> {
        let id = &cx.justifications.all.get(index)?.exception;
        let (report, reported) = self.latest(id)?;
        let (answers, _) = answered(cx, id, &parties(cx, &reported.persons));
        Some((report, answers.into_iter().find(|answer| answer.index == index)?))
    }

    fn standing(&self) -> impl DoubleEndedIterator<Item = &EarlierReport> {
        self.all.iter().filter(|(stands, _)| *stands).map(|(_, report)| report)
    }

    /// Periods that ended before this one in which an exception was reported already, or its rule
    /// was broken by one of its persons, each once.
    pub fn seen_before(&self, cx: &Context<'_>, found: &Exception) -> Vec<&str> {
        let ids: Vec<_> = found.persons.iter().map(|who| cx.who_id(*who)).collect();
        let again = |e: &Reported| {
            let by_them = e.persons.iter().any(|person| ids.contains(&person.as_str()));
            e.id == found.id || (e.rule == found.rule.id && by_them)
        };
        let before = self.standing().filter(|report| report.until <= cx.period.from);
        let mut labels: Vec<_> = before
            .filter(|report| report.exceptions.iter().any(again))
            .map(|report| report.label.as_str())
            .collect();
        labels.dedup();
        labels
    }

    /// The exceptions of packs of earlier periods that were open then and that this period's rules
    /// do not see, by pack and then in its order. One that was answered since is told once, in the
    /// first pack after its answer.
    pub fn carried(&self, assessment: &Assessment<'_>) -> Vec<Carried<'_>> {
        let cx = assessment.cx;
        let before: Vec<_> =
            self.standing().filter(|report| report.until <= cx.period.from).collect();
        let told = before.iter().map(|report| report.as_of).max();
        let mut latest: BTreeMap<&str, &EarlierReport> = BTreeMap::new();
        for report in &before {
            latest.extend(report.exceptions.iter().map(|e| (e.id.as_str(), *report)));
        }
        let mut all = Vec::new();
        for report in &before {
            for reported in &report.exceptions {
                let last = latest[reported.id.as_str()];
                let here = assessment.exceptions.iter().any(|e| e.id == reported.id);
                let open = reported.status != Status::Justified.name();
                if here || !open || last.folder != report.folder {
                    continue;
                }
                let parties = parties(cx, &reported.parties);
                let (answers, status) = answered(cx, &reported.id, &parties);
                let accepted = answers.iter().filter(|answer| answer.weaknesses.is_empty());
                let at = accepted.map(|answer| cx.justifications.all[answer.index].at).min();
                if status.is_open() || at > told {
                    all.push(Carried { from: report, reported, answers, status });
                }
            }
        }
        all
    }
}

/// The parties that a table names. An id that the registry no longer holds is nobody's, so that
/// whoever had it cannot approve either.
pub fn parties(cx: &Context<'_>, names: &[String]) -> Vec<Who> {
    let symbols = cx.dataset.symbols();
    let account = |name: &String| symbols.find(name).map(|s| Who::Account(AccountId(s)));
    let party = |name: &String| match cx.identities.principals().named(name) {
        Some(id) => Some(Who::Principal(id)),
        None => account(name),
    };
    names.iter().filter_map(party).collect()
}

/// Reads a pack's table of exceptions; an empty file holds none.
///
/// # Errors
///
/// What is wrong with it, where a column is missing or a row cannot be read.
pub fn reported(table: &[u8]) -> Result<Vec<Reported>, String> {
    if table.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = csv::Reader::from_reader(table);
    let heads = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| {
        let found = heads.iter().position(|head| head == name);
        found.ok_or_else(|| format!("no column `{name}`"))
    };
    let keys = ["exception", "rule", "class", "severity", "status", "subject", "persons"];
    let places = keys.into_iter().chain(["statement"]).map(column);
    let places = places.collect::<Result<Vec<_>, _>>()?;
    // Packs that are older than this column name no parties but the persons.
    let named = column("parties").or_else(|_| column("persons"))?;
    let ids = |cell: &str| -> Vec<String> {
        cell.split("; ").filter(|id| !id.is_empty()).map(str::to_owned).collect()
    };
    // Packs of older versions do not say these.
    let perhaps = ["owner", "url"].map(|name| heads.iter().position(|head| head == name));
    let mut all = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let mut cells = places.iter().map(|at| original(row.get(*at).unwrap_or_default()));
        let mut next = || cells.next().unwrap_or_default();
        let cell = |at: Option<usize>| original(at.and_then(|at| row.get(at)).unwrap_or_default());
        let [owner, url] = perhaps.map(cell);
        all.push(Reported {
            id: next(),
            rule: next(),
            class: next(),
            severity: next(),
            status: next(),
            subject: next(),
            persons: ids(&next()),
            parties: ids(&original(row.get(named).unwrap_or_default())),
            statement: next(),
            owner,
            url,
        });
    }
    Ok(all)
}
