//! How fast changes are judged by every rule, once the exports have been read.

use std::fmt::Write as _;

use chrono_tz::Tz;
use divan::{Bencher, black_box, counter::ItemsCount};
use sodpack::crossref::{Assessment, Context};
use sodpack::model::{Dataset, Instant, Period, Settings};
use sodpack::policy::{Justifications, Policy, Principals, Problems};

mod memory;
use memory::{Memory, read};

const CHANGES: &[u32] = &[1_000, 10_000, 100_000];
const PEOPLE: u32 = 60;
const AGENTS: u32 = 12;

fn main() {
    divan::main();
}

/// Joins the evidence and judges it, as `sodpack build` does.
#[divan::bench(args = CHANGES, sample_count = 5, sample_size = 1)]
fn judge(bencher: Bencher<'_, '_>, changes: u32) {
    let company = Company::new(changes);
    bencher.counter(ItemsCount::new(changes)).bench_local(|| {
        let cx = company.context();
        black_box(Assessment::new(&cx).counts.len())
    });
}

/// Only joins it: who is who, who held which role when, what belongs to which change.
#[divan::bench(args = CHANGES, sample_count = 5, sample_size = 1)]
fn join(bencher: Bencher<'_, '_>, changes: u32) {
    let company = Company::new(changes);
    bencher
        .counter(ItemsCount::new(changes))
        .bench_local(|| black_box(company.context().activity.len()));
}

/// A company in which every third change is an agent's and now and then a rule is broken.
struct Company {
    dataset: Dataset,
    policy: Policy,
    principals: Principals,
    justifications: Justifications,
    period: Period,
    as_of: Instant,
}

impl Company {
    fn new(changes: u32) -> Self {
        let mut problems = Problems::default();
        let policy = Policy::read("policy.toml", POLICY, &mut problems).expect("a sound policy");
        let principals =
            Principals::read("principals.csv", &registry(), Tz::UTC, Some(&policy), &mut problems);
        let justifications =
            Justifications::read("justifications.csv", ANSWERS, Tz::UTC, &mut problems);
        let okta = Settings { system: Some("okta".to_owned()), ..Settings::default() };
        let files = [
            Memory::new("pulls.json", pulls(changes), Settings::default()),
            Memory::new("roles.csv", roles(), okta),
        ];
        let as_of = Instant::parse("2026-11-05T00:00:00Z").expect("a time");
        let period = Period::parse("2026-10", Tz::UTC, as_of.date_in(Tz::UTC)).expect("a month");
        Self {
            dataset: read(&files),
            policy,
            principals: principals.expect("a sound registry"),
            justifications: justifications.expect("sound justifications"),
            period,
            as_of,
        }
    }

    fn context(&self) -> Context<'_> {
        let Self { dataset, policy, principals, justifications, period, as_of } = self;
        Context::new(dataset, policy, principals, justifications, period, *as_of)
    }
}

const POLICY: &str = r#"
[approvals]
people = 1
agents = 1

[[protected]]
repositories = ["acme/*"]
branches = ["main"]

[[capability]]
name = "approve"
roles = ["okta:change-approver"]
"#;

const ANSWERS: &str =
    "exception,justification,author,approver,at,compensating_control,ticket,expires\n";

fn registry() -> String {
    let mut text = "id,name,kind,sponsor,accounts,emails,tier,valid_from,valid_until\n".to_owned();
    for n in 0..PEOPLE {
        let _ = writeln!(
            text,
            "p{n},Person {n},human,,github:p{n} okta:p{n}@acme.example,p{n}@acme.example,platform,,"
        );
    }
    for n in 0..AGENTS {
        let _ = writeln!(text, "a{n},Agent {n},agent,p{n},github:a{n}[bot],,agents,,");
    }
    text
}

fn roles() -> String {
    let mut text = "principal,role,from,until\n".to_owned();
    for n in 0..PEOPLE {
        let _ = writeln!(text, "p{n}@acme.example,change-approver,2026-01-01T00:00:00Z,");
    }
    text
}

/// Merged pull requests as `gh pr list` prints them, spread over October 2026.
fn pulls(changes: u32) -> String {
    let mut text = String::new();
    for n in 0..changes {
        let person = n % PEOPLE;
        let (author, bot) = match n % 3 {
            0 => (format!("app/a{}", n % AGENTS), true),
            _ => (format!("p{person}"), false),
        };
        // One in fifty approves what is his own, or what his agent made.
        let reviewer = if n % 50 == 0 { person } else { (person + 7) % PEOPLE };
        let minute = u64::from(n) * 43_200 / u64::from(changes);
        let at = |plus: u64| {
            let minute = minute + plus;
            format!(
                "2026-10-{:02}T{:02}:{:02}:00Z",
                minute / 1440 + 1,
                minute / 60 % 24,
                minute % 60
            )
        };
        let (opened, approved, merged) = (at(0), at(30), at(45));
        let _ = writeln!(
            text,
            r#"{{"number":{n},"title":"Change {n}","url":"https://github.com/acme/r{repository}/pull/{n}","state":"MERGED","author":{{"login":"{author}","is_bot":{bot}}},"createdAt":"{opened}","mergedAt":"{merged}","mergedBy":{{"login":"p{reviewer}","is_bot":false}},"mergeCommit":{{"oid":"{n:040x}"}},"headRefOid":"b{n:039x}","baseRefName":"main","reviews":[{{"author":{{"login":"p{reviewer}"}},"state":"APPROVED","submittedAt":"{approved}","commit":{{"oid":"b{n:039x}"}}}}],"commits":[{{"oid":"b{n:039x}","messageHeadline":"m","authoredDate":"{opened}","committedDate":"{opened}","messageBody":"","authors":[{{"login":"p{person}","email":"p{person}@acme.example","name":"Person {person}"}}]}}]}}"#,
            repository = n % 20,
        );
    }
    text
}
