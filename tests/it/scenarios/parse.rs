//! Reads a scenario. `tests/scenarios/README.md` says how one is written.
//!
//! Every line that is not understood is an error with file and line; nothing is passed over.

use std::{collections::BTreeMap, path::Path};

use sodpack::{
    model::Instant,
    policy::{DRILL_COLUMNS, Policy, Problems},
};

use super::{
    events,
    expectation::{Expectation, expected},
    record::File,
    scenario::{Member, Planned, Scenario},
    words::{Fault, Words},
};

/// What a statement may need of those before it.
pub(crate) struct Reader {
    pub(crate) scenario: Scenario,
    /// Newest revision of each change.
    pub(crate) heads: BTreeMap<String, String>,
    /// Time of the last event of the current file.
    pub(crate) last: Option<Instant>,
    /// `policy.toml` so far.
    policy: String,
    problems: Vec<String>,
}

/// Reads the scenario of this name, with the company that it names.
pub(crate) fn scenario(root: &Path, name: &str) -> Result<Scenario, String> {
    let file = format!("{name}.txt");
    let text = std::fs::read_to_string(root.join(&file));
    read(root, name, &text.map_err(|error| format!("{file}: {error}"))?)
}

/// Reads a scenario from its text. All problems are told, each with file and line.
pub(crate) fn read(root: &Path, name: &str, text: &str) -> Result<Scenario, String> {
    let mut reader = Reader {
        scenario: Scenario {
            name: name.to_owned(),
            why: String::new(),
            zone: chrono_tz::UTC,
            period: "2026-10".to_owned(),
            as_of: Instant::parse("2026-11-05T09:00:00Z").unwrap(),
            policy: policy("").unwrap(),
            people: Vec::new(),
            files: Vec::new(),
            drills: Vec::new(),
            answers: Vec::new(),
            expected: Vec::new(),
            untested: Vec::new(),
            tolerated: Vec::new(),
        },
        heads: BTreeMap::new(),
        last: None,
        policy: String::new(),
        problems: Vec::new(),
    };
    reader.text(root, &format!("{name}.txt"), text);
    let Reader { scenario, problems, .. } = reader;
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    Ok(scenario)
}

impl Reader {
    fn file(&mut self, root: &Path, file: &str) {
        let text = match std::fs::read_to_string(root.join(file)) {
            Ok(text) => text,
            Err(error) => return self.problems.push(format!("{file}: {error}")),
        };
        self.text(root, file, &text);
    }

    fn text(&mut self, root: &Path, file: &str, text: &str) {
        let mut lines = (1..).zip(text.lines()).peekable();
        let mut why = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            why.push(line.trim());
        }
        self.scenario.why = why.join(" ");
        if !self.scenario.why.ends_with('.') {
            self.problems.push(format!("{file}:1: no sentence says why; begin with one"));
        }
        while let Some((n, line)) = lines.next() {
            let statement = line.split(" // ").next().unwrap_or_default().trim();
            if statement.is_empty() || statement.starts_with("//") {
                continue;
            }
            let mut block = Vec::new();
            if ["policy:", "drills:", "expect:"].contains(&statement) {
                let inside = |line: &str| line.trim().is_empty() || line.starts_with(' ');
                while let Some(line) = lines.next_if(|(_, line)| inside(line)) {
                    block.push(line);
                }
            }
            let done = match statement.split_once(": ") {
                Some(("company", name)) => {
                    let before = self.problems.len();
                    let why = std::mem::take(&mut self.scenario.why);
                    self.file(root, &format!("companies/{name}.txt"));
                    self.scenario.why = why;
                    // Whoever is faulty in the company is told once, and not in each scenario.
                    if self.problems.len() > before {
                        Err("the company has faults".to_owned())
                    } else {
                        Ok(())
                    }
                }
                _ if statement == "policy:" => self.policy(&block),
                _ if statement == "drills:" => {
                    self.drills(file, &block);
                    Ok(())
                }
                _ if statement == "expect:" => {
                    self.expect(file, &block);
                    Ok(())
                }
                _ => self.statement(n, statement),
            };
            if let Err(fault) = done {
                self.problems.push(format!("{file}:{n}: {fault}"));
            }
        }
    }

    /// Puts lines of TOML over those that are there: a key replaces its like, a `[[table]]` all of
    /// its name.
    fn policy(&mut self, block: &[(u32, &str)]) -> Result<(), Fault> {
        let mut tables = tables(&self.policy);
        let own: String = block.iter().map(|(_, line)| format!("{}\n", line.trim())).collect();
        let own = self::tables(&own);
        for (head, _) in own.iter().filter(|(head, _)| head.starts_with("[[")) {
            tables.retain(|(other, _)| other != head);
        }
        for (head, lines) in own {
            match tables.iter_mut().find(|(other, _)| !head.starts_with("[[") && *other == head) {
                Some((_, theirs)) => {
                    let key =
                        |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
                    theirs.retain(|line| !lines.iter().any(|own| key(own) == key(line)));
                    theirs.extend(lines);
                }
                None => tables.push((head, lines)),
            }
        }
        tables.retain(|(head, lines)| !(head.starts_with("[[") && lines.is_empty()));
        let text =
            |(head, lines): &(String, Vec<String>)| format!("{head}\n{}\n", lines.join("\n"));
        self.policy = tables.iter().map(text).collect();
        self.scenario.policy = policy(&self.policy).map_err(|problems| problems.to_string())?;
        Ok(())
    }

    /// Rows of `drills.csv` without its head: cells between commas, those at the end left out.
    fn drills(&mut self, file: &str, block: &[(u32, &str)]) {
        for (line, row) in block.iter().filter(|(_, row)| !row.trim().is_empty()) {
            let row = row.split(" // ").next().unwrap_or_default();
            let mut cells = <[String; DRILL_COLUMNS.len()]>::default();
            if row.matches(',').count() >= cells.len() {
                let told = format!("{file}:{line}: a drill has {} cells; remove some", cells.len());
                self.problems.push(told);
                continue;
            }
            for (cell, text) in cells.iter_mut().zip(row.split(',')) {
                text.trim().clone_into(cell);
            }
            self.scenario.drills.push(Planned { line: *line, cells });
        }
    }

    fn expect(&mut self, file: &str, block: &[(u32, &str)]) {
        for (n, line) in block.iter().filter(|(_, line)| !line.trim().is_empty()) {
            match expected(*n, line.split(" // ").next().unwrap_or_default()) {
                Ok(Expectation::Tolerated(on)) => self.scenario.tolerated.push(on),
                Ok(Expectation::Untested(untested)) => self.scenario.untested.push(untested),
                Ok(Expectation::Verdict(expected)) => self.scenario.expected.push(expected),
                Err(fault) => self.problems.push(format!("{file}:{n}: {fault}")),
            }
        }
    }

    fn statement(&mut self, line: u32, text: &str) -> Result<(), Fault> {
        let scenario = &mut self.scenario;
        match text.split_once(": ") {
            Some(("zone", zone)) => {
                scenario.zone = zone.parse().map_err(|_| format!("`{zone}` is no zone"))?;
                return Ok(());
            }
            Some(("period", period)) => {
                scenario.period = period.to_owned();
                return Ok(());
            }
            Some(("as of", at)) => {
                scenario.as_of = Words::of(at)?.time(scenario.zone)?;
                return Ok(());
            }
            _ => {}
        }
        let mut words = Words::of(text)?;
        match words.peek().unwrap_or_default() {
            kind @ ("human" | "agent" | "service") => {
                let kind = kind.to_owned();
                words.word("a kind")?;
                self.member(line, kind, words)
            }
            "without" => {
                words.word("without")?;
                let id = words.word("a principal")?;
                words.end()?;
                let before = self.scenario.people.len();
                self.scenario.people.retain(|member| member.id != id);
                if self.scenario.people.len() == before {
                    return Err(format!("`{id}` is nobody; name somebody of the company"));
                }
                Ok(())
            }
            "drop" => {
                words.word("drop")?;
                let path = words.word("a source")?;
                words.end()?;
                let before = self.scenario.files.len();
                self.scenario.files.retain(|file| file.path != path);
                match self.scenario.files.len() == before {
                    true => Err(format!("there is no source `{path}`")),
                    false => Ok(()),
                }
            }
            "source" => {
                words.word("source")?;
                self.source(words)
            }
            _ => events::read(self, line, words),
        }
    }

    /// `human ann also github:ann-admin only okta:ann tier platform from 2026-01-01 until …`
    fn member(&mut self, line: u32, kind: String, mut words: Words) -> Result<(), Fault> {
        let id = words.word("an id")?;
        let known = ["of", "also", "only", "emails", "tier", "from", "until"];
        let clauses = words.clauses(&known)?;
        let mut accounts: Vec<String> = clauses.list("only").to_vec();
        if !clauses.has("only") {
            accounts = ["github", "okta", "aws"].map(|system| format!("{system}:{id}")).to_vec();
        }
        accounts.extend(clauses.list("also").iter().cloned());
        let text = |key| clauses.one(key).map(|word| word.map(str::to_owned));
        let member = Member {
            line,
            kind,
            sponsor: text("of")?,
            accounts,
            emails: clauses.list("emails").to_vec(),
            tier: text("tier")?,
            from: text("from")?,
            until: clauses.has("until").then(|| clauses.list("until").join(" ")),
            id: id.clone(),
        };
        // A later row of one id takes the place of the earlier, so that a scenario can change what
        // its company says.
        match self.scenario.people.iter_mut().find(|known| known.id == id) {
            Some(known) => *known = member,
            None => self.scenario.people.push(member),
        }
        Ok(())
    }

    /// `source okta/roles exported 2026-11-02 by max log roles intervals gap "page 2 is missing" rejects 1`
    fn source(&mut self, mut words: Words) -> Result<(), Fault> {
        let path = words.word("a path")?;
        let clauses = words.clauses(&["exported", "by", "log", "roles", "gap", "rejects"])?;
        let zone = self.scenario.zone;
        self.last = None;
        if let Some(index) = self.scenario.files.iter().position(|file| file.path == path) {
            // What is written goes into the file that was spoken of last.
            let mut file = self.scenario.files.remove(index);
            if clauses.has("exported") {
                file.exported = exported(&clauses, zone)?;
            }
            extend(&mut file, &clauses)?;
            self.scenario.files.push(file);
            return Ok(());
        }
        let system = path.split('/').next().unwrap_or_default().to_owned();
        let exported = exported(&clauses, zone)?;
        let (roles, gaps, facts) = (None, Vec::new(), Vec::new());
        let (rejects, log, by) = (0, false, None);
        let mut file = File { path, system, exported, roles, gaps, rejects, log, by, facts };
        extend(&mut file, &clauses)?;
        self.scenario.files.push(file);
        Ok(())
    }

    /// The file that records go into.
    pub(crate) fn current(&mut self) -> Result<&mut File, Fault> {
        self.scenario.files.last_mut().ok_or_else(|| "no source yet; add `source …`".to_owned())
    }
}

fn exported(
    clauses: &super::words::Clauses,
    zone: chrono_tz::Tz,
) -> Result<Option<Instant>, Fault> {
    match clauses.list("exported") {
        [word] if word == "unknown" => Ok(None),
        _ => clauses.time("exported", zone),
    }
}

fn extend(file: &mut File, clauses: &super::words::Clauses) -> Result<(), Fault> {
    use sodpack::model::HowKnown;
    match clauses.one("roles")? {
        None => {}
        Some("intervals") => file.roles = Some(HowKnown::Interval),
        Some("events") => file.roles = Some(HowKnown::GrantEvent),
        Some("snapshot") => file.roles = Some(HowKnown::Snapshot(None)),
        Some(other) => return Err(format!("`{other}`; want intervals, events or snapshot")),
    }
    file.log |= clauses.has("log");
    if let Some(by) = clauses.one("by")? {
        file.by = Some(by.to_owned());
    }
    file.gaps.extend(clauses.one("gap")?.map(str::to_owned));
    if let Some(number) = clauses.one("rejects")? {
        file.rejects = number.parse().map_err(|_| format!("`{number}` is no number"))?;
    }
    Ok(())
}

fn policy(text: &str) -> Result<Policy, Problems> {
    let mut problems = Problems::default();
    Policy::read("policy", text, &mut problems).ok_or(problems)
}

/// The tables of a TOML file as lines, each with its head.
fn tables(text: &str) -> Vec<(String, Vec<String>)> {
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match tables.last_mut() {
            _ if line.starts_with('[') => tables.push((line.to_owned(), Vec::new())),
            Some((_, lines)) => lines.push(line.to_owned()),
            None => tables.push((String::new(), vec![line.to_owned()])),
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> String {
        read(&super::super::root(), "s", text).map(|_| ()).unwrap_err()
    }

    #[test]
    fn faults_have_file_and_line() {
        let text = "Why.\n\ncompany: usual\nhuman dan tier nowhere else\n2026-10-05 09:00 eve opens #1\n\
                    2026-10-05 10:00 ann opens #2\n2026-10-04 08:00 ann opens #3\n\
                    2026-10-06 ann shouts #2\nexpect:\n  no-such-rule pass\n  no-approval fail\n  \
                    no-approval violation on #2\n";
        let told = faults(text);
        let lines: Vec<_> = told.lines().map(|line| line.split(": ").next().unwrap()).collect();
        let want = ["s.txt:4", "s.txt:5", "s.txt:7", "s.txt:8", "s.txt:10", "s.txt:11", "s.txt:12"];
        assert_eq!(lines, want, "{told}");
    }

    #[test]
    fn drills_are_read_as_the_program_reads_them() {
        let text = |rows: &str| format!("Why.\n\ncompany: usual\ndrills:\n  {rows}\n");
        let drills = |rows: &str| {
            let scenario = read(&super::super::root(), "s", &text(rows)).unwrap();
            let principals = scenario.principals().unwrap();
            scenario.drills(&principals).map(|drills| drills.all).map_err(|p| p.to_string())
        };
        let sound = "D1, bot, aws:iam:CreateUser, , , 2026-10-05 09:00, 2026-10-05 10:00, cat";
        let all = drills(&format!("{sound}, max")).unwrap();
        assert!(all.len() == 1 && all[0].target.is_none() && all[0].control.is_some());
        let told = drills(&format!("{sound}\n  {}", sound.replace("bot", "bott"))).unwrap_err();
        assert!(told.contains("drills:6: `who` holds `bott`"), "{told}");
        assert!(faults(&text(&",".repeat(11))).starts_with("s.txt:5: a drill has 11 cells"));
    }

    #[test]
    fn a_scenario_says_why() {
        assert!(faults("company: usual\n").starts_with("s.txt:1: no sentence says why"));
    }

    #[test]
    fn policies_are_laid_over_one_another() {
        let text = "Why.\n\ncompany: usual\npolicy:\n  [approvals]\n  people = 2\n\
                    policy:\n  [approvals]\n  agents = 3\n  [[protected]]\n  \
                    repositories = [\"a/*\"]\n  branches = [\"b\"]\n";
        let policy = read(&super::super::root(), "s", text).unwrap().policy;
        assert_eq!((policy.approvals.people, policy.approvals.agents), (2, 3));
        assert_eq!(policy.protected.len(), 1);
        assert!(policy.protects("a/x", "b") && policy.incompatible_roles.len() == 1);
    }
}
