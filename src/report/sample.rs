//! Reports for tests: a company that breaks most rules once, and one whose every text is hostile.

use crate::{
    crossref::{Assessment, Context, scene::Scene},
    model::{
        AccountKind, Act, Batch, Dataset, Decision, Digest, Duty, Export, FileFacts, Grant,
        HowKnown, Link, LinkKind, Outcome, Period, Place, Subject, SubjectKind, SubjectState,
    },
    policy::{Justification, Justifications, Pattern, PositiveControl, PrincipalId},
    report::{EarlierReport, History, Input, Report, Reported},
};

pub(super) use crate::crossref::scene::day;

/// Texts that attack one of the formats each.
pub(super) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u{1b}[31mred\u{1b}[0m",
    "safe\u{202e}cod.exe",
    "{{ 7*7 }}{% include 'x' %}",
    "</style></title><img src=x onerror=alert(1)>",
    "nul\u{0}nul",
    "javascript:alert(1)",
    "a\r\nb\u{2028}c",
    "@SUM(1+1)*cmd;=1+1",
    "'\"><svg/onload=alert(1)>",
];

pub(super) struct Sample {
    pub(super) scene: Scene,
    batch: Batch,
    line: u32,
}

impl Sample {
    /// A month in which nothing happened.
    pub(super) fn new() -> Self {
        let mut batch = Batch::default();
        batch.proves_roles(HowKnown::Interval);
        Self { scene: Scene::new(), batch, line: 1 }
    }

    fn place(&mut self) -> Place {
        self.line += 1;
        Place::Line { n: self.line, within: None }
    }

    pub(super) fn act(&mut self, who: &str, duty: Duty, to: &str, at: f64, revision: Option<&str>) {
        let (place, by) = (self.place(), self.batch.account_id("github", who));
        let to = self.batch.subject_id("github", to);
        let revision = self.batch.maybe(revision);
        let at = Some(day(at));
        self.batch.act(place, Act { to, at, duty, by, revision, dismissed: false });
    }

    /// A change with one commit, merged by `merger` on day `merged`.
    pub(super) fn change(&mut self, id: &str, title: &str, url: &str, people: [&str; 2], at: f64) {
        let [author, merger] = people;
        let to = self.batch.subject_id("github", id);
        let head = format!("{}c0ffee", id.rsplit('#').next().unwrap_or_default());
        let commit = self.batch.subject_id("github", &format!("acme/pay@{head}"));
        let place = self.place();
        let subject = Subject {
            state: SubjectState::Done,
            title: self.batch.maybe(Some(title)),
            url: self.batch.maybe(Some(url)),
            repository: self.batch.maybe(Some("acme/pay")),
            target: self.batch.maybe(Some("main")),
            revision: self.batch.maybe(Some(&head)),
            created: Some(day(at - 0.5)),
            done: Some(day(at)),
            reviews_listed: true,
            ..Subject::new(to, SubjectKind::Change)
        };
        self.batch.subject(place, subject);
        self.batch.link(place, Link { from: to, kind: LinkKind::Contains, to: commit });
        self.act(author, Duty::Author, id, at - 0.5, None);
        self.act(author, Duty::Author, &format!("acme/pay@{head}"), at - 0.5, None);
        self.act(merger, Duty::Merge, id, at, None);
    }

    pub(super) fn approve(&mut self, id: &str, who: &str, at: f64) {
        let head = format!("{}c0ffee", id.rsplit('#').next().unwrap_or_default());
        self.act(who, Duty::Approve, id, at, Some(&head));
    }

    /// A commit on the protected branch that no change names.
    pub(super) fn commit(&mut self, who: &str, revision: &str, at: f64) {
        let name = format!("acme/pay@{revision}");
        let (id, place) = (self.batch.subject_id("github", &name), self.place());
        let subject = Subject {
            repository: self.batch.maybe(Some("acme/pay")),
            target: self.batch.maybe(Some("main")),
            done: Some(day(at)),
            ..Subject::new(id, SubjectKind::Commit)
        };
        self.batch.subject(place, subject);
        self.act(who, Duty::Author, &name, at, None);
    }

    fn part(&mut self, part: &str, kind: SubjectKind, link: LinkKind, change: &str) {
        let (from, to) =
            (self.batch.subject_id("github", part), self.batch.subject_id("github", change));
        let place = self.place();
        self.batch.subject(place, Subject::new(from, kind));
        self.batch.link(place, Link { from, kind: link, to });
    }

    fn role(&mut self, who: &str, role: &str, known: HowKnown) {
        let place = self.place();
        let holder = self.batch.account_id("okta", &format!("{who}@acme.example"));
        let role = self.batch.role_id("okta", role);
        let granted_by = Some(self.batch.account_id("okta", "admin@acme.example"));
        let from = (known == HowKnown::Interval).then(|| day(0.0));
        let (scope, until) = (None, None);
        self.batch.grant(place, Grant { holder, role, scope, from, until, granted_by, known });
    }

    pub(super) fn attempt(&mut self, who: &str, text: [&str; 2], at: f64, outcome: Outcome) {
        let (place, actor) = (self.place(), self.batch.account_id("aws", who));
        let [action, control] = text;
        let decision = Decision {
            at: day(at),
            actor,
            action: self.batch.text(&format!("aws:{action}")),
            resource: self.batch.maybe(Some("arn:aws:iam::123456789012:role/prod-deploy")),
            outcome,
            code: self.batch.maybe(Some("AccessDenied")),
            control: self.batch.maybe(Some(control)),
            message: None,
            request: Some(self.batch.text(&format!("event-{}", self.line))),
        };
        self.batch.decision(place, decision);
    }

    fn sealed(self) -> (Scene, Dataset) {
        let export = Export {
            by: Some("Cat".to_owned()),
            at: Some(day(34.0)),
            command: Some("gh api --paginate repos/acme/pay/pulls".to_owned()),
            digest: None,
        };
        let facts = FileFacts {
            path: "exports/github/pulls-2026-10.json".to_owned(),
            format: "github-pulls",
            system: "okta".to_owned(),
            digest: Digest::of(b"sample"),
            bytes: 48_213,
            export,
        };
        (self.scene, Dataset::seal(vec![(facts, self.batch)]))
    }

    /// Judges October and hands the report to `then`. One exception is justified, one badly.
    pub(super) fn with<T>(self, then: impl FnOnce(&Report<'_>) -> T) -> T {
        let (scene, dataset) = self.sealed();
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
        let period = Period::parse("2026-10", chrono_tz::Europe::Berlin, today).unwrap();
        let context = |justifications| {
            let (policy, principals) = (&scene.policy, &scene.principals);
            let drills = &scene.drills;
            Context::new(&dataset, policy, principals, justifications, drills, &period, day(35.0))
        };
        let none = Justifications { digest: Digest::of(b""), all: Vec::new() };
        let cx = context(&none);
        let ids: Vec<_> = Assessment::new(&cx).exceptions.iter().map(|e| e.id.clone()).collect();
        let all = (2..).zip(&ids).take(3).map(justification).collect();
        let justifications = Justifications { digest: Digest::of(b"why"), all };
        let cx = context(&justifications);
        let assessment = Assessment::new(&cx);
        let input = |what: &str, path: &str| Input {
            what: what.to_owned(),
            path: path.to_owned(),
            digest: Digest::of(path.as_bytes()),
        };
        let inputs = [
            input("configuration", "sodpack.toml"),
            input("policy", "policy.toml"),
            input("principals", "principals.csv"),
            input("justifications", "justifications.csv"),
            input("drills", "drills.csv"),
        ];
        then(&Report {
            assessment: &assessment,
            organisation: "Acme Payments",
            tool_version: "0.1.0",
            inputs: &inputs,
            policy_text: "[approvals]\nsponsor-approval = \"never\"\n",
            html_rows: 500,
            pdf_rows: 200,
            record: &|origin| Some(format!("records/{:06}.json", line(origin.place))),
            history: &earlier(),
        })
    }
}

/// An earlier pack with an exception that nobody answered.
fn earlier() -> History {
    let open = Reported {
        id: "EX-00000000AA".to_owned(),
        rule: "self-approval".to_owned(),
        class: "breach".to_owned(),
        severity: "high".to_owned(),
        status: "open".to_owned(),
        subject: "github:acme/pay#0".to_owned(),
        persons: vec!["bob".to_owned()],
        parties: vec!["bob".to_owned()],
        statement: "Bob wrote this change and approved it".to_owned(),
        owner: "cat".to_owned(),
        url: "https://github.com/acme/pay/pull/0".to_owned(),
    };
    let report = EarlierReport {
        folder: "acme-sod-2026-09".to_owned(),
        label: "2026-09".to_owned(),
        until: day(0.5),
        as_of: day(2.0),
        exceptions: vec![open],
    };
    History::new(vec![(true, report)])
}

fn line(place: Place) -> u32 {
    match place {
        Place::Line { n, .. } | Place::Element { n, .. } => n,
    }
}

fn justification((line, exception): (u32, &String)) -> Justification {
    Justification {
        exception: if line == 4 { "EX-0000000000" } else { exception }.to_owned(),
        text: "Production was down; the change was read the next morning and stands.".to_owned(),
        author: "cat".to_owned(),
        approver: if line == 3 { "cat" } else { "bob" }.to_owned(),
        at: day(33.0),
        compensating_control: Some("review on the next working day".to_owned()),
        ticket: Some("https://tickets.acme.example/INC-77".to_owned()),
        expires: None,
        line,
    }
}

/// A month in which most rules were broken once.
pub(super) fn company() -> Sample {
    let mut s = Sample::new();
    for n in 1..=30u32 {
        let id = format!("acme/pay#{n}");
        let at = f64::from(n) + 0.4;
        let titles = ["Rotate the ledger's keys", "Retry settlement on time-out", "Raise limits"];
        let url = format!("https://github.com/acme/pay/pull/{n}");
        let author = if n % 2 == 0 { "bot" } else { "bob" };
        s.change(&id, titles[n as usize % 3], &url, [author, "cat"], at);
        match n {
            4 => s.approve(&id, "ann", at - 0.1),
            5 => s.approve(&id, "bob", at - 0.1),
            6 => {}
            7 => s.approve(&id, "ann", at + 0.1),
            8 => s.act("cat", Duty::Approve, &id, at - 0.1, Some("older")),
            9 => s.approve(&id, "stranger", at - 0.1),
            10 => s.approve(&id, "bot2", at - 0.1),
            _ => s.approve(&id, "cat", at - 0.1),
        }
        if n % 4 == 0 {
            let (ticket, run) = (format!("PAY-{n}"), format!("run-{n}"));
            s.part(&ticket, SubjectKind::Ticket, LinkKind::Answers, &id);
            s.act("ann", Duty::Request, &ticket, at - 1.0, None);
            s.part(&run, SubjectKind::Run, LinkKind::Executes, &id);
            s.act("pipeline", Duty::Execute, &run, at + 0.05, None);
        }
    }
    let (place, id) = (s.place(), s.batch.account_id("github", "pipeline"));
    s.batch.account(place, id, AccountKind::Service, None, Some("Pipeline"));
    for who in ["ann", "bob"] {
        s.role(who, "change-approver", HowKnown::Interval);
    }
    for at in [0.5, 33.0] {
        s.role("cat", "change-approver", HowKnown::Snapshot(Some(day(at))));
    }
    s.role("ann", "deployer", HowKnown::Interval);
    s.attempt("bot", ["iam:PutRolePolicy", "service control policy"], 9.3, Outcome::Denied);
    s.attempt("bot", ["iam:CreateUser", ""], 11.3, Outcome::Denied);
    s.attempt("bot", ["iam:DeleteRole", "service control policy"], 12.3, Outcome::Allowed);
    s.attempt("bot", ["ssm:StartAutomationExecution", "identity policy"], 12.4, Outcome::Allowed);
    s.attempt("ann", ["branch-protection", "two reviews"], 14.3, Outcome::Bypassed);
    s.attempt("bot", ["ssm:Old", ""], 40.0, Outcome::Denied);
    s.scene.drill("DR-1", "bot", "aws:iam:Put*", (9.0, 10.0));
    s.scene.drills.all[0].target = Some(Pattern::new("arn:aws:iam::*:role/prod-deploy"));
    let (who, action) = (PrincipalId(2), Some(Pattern::new("aws:iam:AttachRolePolicy")));
    s.scene.drills.all[0].control = Some(PositiveControl { who, action, target: None });
    s.attempt("cat", ["iam:AttachRolePolicy", ""], 9.4, Outcome::Allowed);
    s.scene.drill("DR-2", "bot", "aws:iam:CreateUser", (11.0, 12.0));
    s.scene.drill("DR-3", "bot", "aws:iam:Put*", (31.0, 40.0));
    s.batch.lowered();
    s.batch.irrelevant("a read, which changes nothing");
    let place = s.place();
    s.batch.reject(place, "`merged_at` is not a time");
    s.batch.gap("the last page says that there are more pages".to_owned());
    s
}

/// A month in which every text that others write is hostile.
pub(super) fn hostile() -> Sample {
    let mut s = Sample::new();
    for (n, text) in HOSTILE.iter().enumerate() {
        let id = format!("acme/pay#{text}{n}");
        let url = if n % 2 == 0 { "javascript:alert(1)" } else { text };
        s.change(&id, text, url, ["bot", text], 3.0 + n as f64);
        s.approve(&id, text, 2.9 + n as f64);
        s.attempt("bot", [&format!("iam:{text}"), text], 9.0 + n as f64, Outcome::Denied);
        let place = s.place();
        s.batch.reject(place, format!("not a time: {text}"));
    }
    s.change("acme/pay#long", &"long ".repeat(2000), "https://a.example/", ["ann", "bob"], 20.0);
    s.scene.principals.all[0].name = HOSTILE[0].to_owned();
    for text in HOSTILE {
        s.scene.drill(text, "bot", &format!("aws:iam:{text}"), (9.0, 29.0));
        let drill = s.scene.drills.all.last_mut();
        drill.unwrap().code = Some(format!("{text}!"));
    }
    s.scene.principals.all[1].name = HOSTILE[5].to_owned();
    s
}
