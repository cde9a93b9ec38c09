//! Reads `principals.csv`.

use std::collections::BTreeMap;

use super::shape::{self, Shaped, Wrong};
use super::sheet::{Row, Sheet};
use super::spelling::{did_you_mean, quoted};
use super::sponsors;
use crate::model::Digest;
use crate::policy::{Policy, Principal, PrincipalKind, Principals, Problems};

/// The columns of `principals.csv`, in the order in which we write them.
pub const PRINCIPAL_COLUMNS: [&str; 9] =
    ["id", "name", "kind", "sponsor", "accounts", "emails", "tier", "valid_from", "valid_until"];

/// Every id of the file with its line, by the id in lower case.
pub(super) type Ids = BTreeMap<String, (String, u32)>;

/// A row whose sponsor is still a name.
struct Draft {
    principal: Principal,
    sponsor: Option<String>,
}

impl Principals {
    /// Reads `principals.csv`. `file` is its name in problems. Gives a registry only where the
    /// file is sound.
    ///
    /// Accounts and e-mails are separated by blanks or line breaks; a blank within an account is
    /// written `?`. Times without a zone are in `zone`. A date in `valid_from` is its first moment;
    /// a date in `valid_until` is the last day, which belongs to the validity. Tiers are those of
    /// `policy`; without one they are not checked.
    ///
    /// An agent or service without a sponsor is kept: whether that is right is for a rule to say.
    pub fn read(
        file: &str,
        text: &str,
        zone: chrono_tz::Tz,
        policy: Option<&Policy>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut sheet = Sheet::new(file, PRINCIPAL_COLUMNS, problems);
        let mut drafts = Vec::new();
        // Rows with faults of their own have an id all the same, and others may name it.
        let mut ids = Ids::new();
        for row in sheet.rows(text) {
            check_id(&mut sheet, &row, &mut ids);
            drafts.extend(draft(&mut sheet, &row, zone, policy));
        }
        check_claims(&mut sheet, &drafts);
        policy.into_iter().for_each(|policy| check_owners(&mut sheet, &drafts, policy, &ids));
        let named: Vec<_> = drafts.iter().map(|draft| draft.sponsor.as_deref()).collect();
        let all: Vec<_> = drafts.iter().map(|draft| &draft.principal).collect();
        let sponsors = sponsors::resolve(&mut sheet, &all, &named, &ids);
        if !sheet.sound() {
            return None;
        }
        let all = drafts
            .into_iter()
            .zip(sponsors)
            .map(|(draft, sponsor)| Principal { sponsor, ..draft.principal })
            .collect();
        Some(Self { digest: Digest::of(text.as_bytes()), all })
    }
}

fn draft(
    sheet: &mut Sheet<'_, 9>,
    row: &Row<9>,
    zone: chrono_tz::Tz,
    policy: Option<&Policy>,
) -> Option<Draft> {
    let id = sheet.need(row, "id", "write a short id such as `ann`", id);
    let name = sheet.need(row, "name", "write the name as people say it", shape::line);
    let kind = sheet.need(row, "kind", "write `human`, `agent` or `service`", kind);
    let sponsor = sheet.get(row, "sponsor", shape::line);
    let accounts = sheet.words(row, "accounts", shape::account);
    let emails = sheet.words(row, "emails", shape::email);
    let tier = sheet.get(row, "tier", |text| tier(text, policy));
    let valid_from = sheet.get(row, "valid_from", |text| shape::start(text, zone));
    let valid_until = sheet.get(row, "valid_until", |text| shape::end(text, zone));
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && until <= from
    {
        sheet.note(row.line, "`valid_until` lies before `valid_from`", "correct one of them");
    }
    if kind == Some(PrincipalKind::Human) && sponsor.is_some() {
        let cure = "remove the sponsor, or correct `kind`";
        sheet.note(row.line, "a human with a sponsor", cure);
    }
    let (id, name, kind, line) = (id?, name?, kind?, row.line);
    Some(Draft {
        principal: Principal {
            id,
            name,
            kind,
            sponsor: None,
            accounts,
            emails,
            tier,
            valid_from,
            valid_until,
            line,
        },
        sponsor,
    })
}

fn id(text: &str) -> Shaped<String> {
    if text.len() <= 100 && !text.contains(char::is_whitespace) {
        return shape::line(text);
    }
    let which = "holds a blank or is longer than 100 bytes".to_owned();
    Err(Wrong { which, cure: "write a short id such as `ann`".to_owned() })
}

fn kind(text: &str) -> Shaped<PrincipalKind> {
    match text {
        "human" => Ok(PrincipalKind::Human),
        "agent" => Ok(PrincipalKind::Agent),
        "service" => Ok(PrincipalKind::Service),
        _ => {
            let cure = did_you_mean(text, ["human", "agent", "service"], "write one of");
            Err(Wrong { which: "is no kind of principal".to_owned(), cure })
        }
    }
}

fn tier(text: &str, policy: Option<&Policy>) -> Shaped<String> {
    let Some(policy) = policy.filter(|policy| policy.tier(text).is_none()) else {
        return Ok(text.to_owned());
    };
    let names = policy.tiers.iter().map(|tier| tier.name.as_str());
    let cure = did_you_mean(text, names, "define it in the policy, or write one of");
    Err(Wrong { which: "is no tier of the policy".to_owned(), cure })
}

/// Two ids that differ only in case would be taken for one by everybody who reads the pack.
fn check_id(sheet: &mut Sheet<'_, 9>, row: &Row<9>, ids: &mut Ids) {
    let id = sheet.text(row, "id").to_owned();
    if id.is_empty() {
        return;
    }
    if let Some((other, line)) = ids.get(&id.to_lowercase()) {
        let fault = if *other == id {
            format!("id {} is on line {line} already", quoted(&id))
        } else {
            format!("id {} is {} on line {line} but for case", quoted(&id), quoted(other))
        };
        sheet.note(row.line, fault, "put the rows together, or give one another id");
        return;
    }
    ids.insert(id.to_lowercase(), (id, row.line));
}

/// Notes accounts and addresses that two principals claim, or one principal twice. Case is
/// ignored: the systems that tell `Ann` from `ann` do not give both to different people.
fn check_claims(sheet: &mut Sheet<'_, 9>, drafts: &[Draft]) {
    let mut claims: BTreeMap<String, (&str, u32)> = BTreeMap::new();
    for Draft { principal, .. } in drafts {
        let accounts = principal.accounts.iter().map(|account| account.text());
        for claim in accounts.chain(principal.emails.iter().map(String::as_str)) {
            let (id, line) = (principal.id.as_str(), principal.line);
            let Some((owner, first)) = claims.insert(claim.to_lowercase(), (id, line)) else {
                continue;
            };
            let (fault, cure) = if line == first {
                (format!("{} stands there twice", quoted(claim)), "remove one")
            } else {
                let fault =
                    format!("{} belongs to {} (line {first})", quoted(claim), quoted(owner));
                (fault, "leave it with the one whose it is")
            };
            sheet.note(line, fault, cure);
        }
    }
}

/// Notes owners of the policy whom the registry does not hold as humans.
fn check_owners(sheet: &mut Sheet<'_, 9>, drafts: &[Draft], policy: &Policy, ids: &Ids) {
    for owner in &policy.owners {
        let named = |draft: &&Draft| draft.principal.id == owner.principal;
        let human = |draft: &Draft| draft.principal.kind == PrincipalKind::Human;
        let (known, found) = (ids.values(), drafts.iter().find(named));
        // A row with faults of its own is told by those.
        if found.is_some_and(human)
            || (found.is_none() && known.clone().any(|(id, _)| *id == owner.principal))
        {
            continue;
        }
        let fault = format!(
            "no human {}, whom the policy names as an [[owner]] on line {}",
            quoted(&owner.principal),
            owner.line
        );
        let ids = known.map(|(id, _)| id.as_str()).filter(|id| *id != owner.principal);
        sheet.note(0, fault, did_you_mean(&owner.principal, ids, "name somebody of this file"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id,name,kind,sponsor,accounts,emails,tier,valid_from,valid_until\n";

    fn read(rows: &str) -> Result<Principals, Vec<String>> {
        let mut problems = Problems::default();
        let policy = Policy::read("p.toml", "", &mut problems);
        let text = format!("{HEAD}{rows}");
        let zone = chrono_tz::Europe::Berlin;
        let read = Principals::read("p.csv", &text, zone, policy.as_ref(), &mut problems);
        assert_eq!(read.is_some(), problems.0.is_empty());
        problems.0.sort();
        read.ok_or_else(|| problems.0.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn one(rows: &str, want: &str) {
        let have = read(rows).err().unwrap_or_default();
        assert!(have.len() == 1 && have[0].starts_with(want), "want {want}\nhave {have:#?}");
    }

    #[test]
    fn a_registry() {
        let read = read(
            "fix,Fixer,agent,run,\"github:fix[bot]\naws:arn:aws:sts::*:assumed-role/fix/*\",,agents,,\n\
             run,Runner,service,ann,,,,2026-10-01,2026-10-31\n\
             ann,Ann,human,,github:ann okta:ann@acme.example,Ann@Acme.example,platform,,\n\
             lone,Lone,agent,,,,,,\n",
        )
        .unwrap();
        let sponsor = |id: &str| {
            let principal = read.get(read.named(id).unwrap());
            principal.sponsor.map(|sponsor| read.get(sponsor).id.as_str())
        };
        assert_eq!(
            (sponsor("fix"), sponsor("run"), sponsor("ann")),
            (Some("run"), Some("ann"), None)
        );
        assert_eq!(read.all[0].accounts.len(), 2);
        assert_eq!(read.all[2].emails, ["ann@acme.example"]);
        assert_eq!((read.all[0].line, read.all[1].line), (2, 4));
        let until = read.all[1].valid_until.unwrap();
        assert_eq!(until.to_string(), "2026-10-31T23:00:00Z");
    }

    #[test]
    fn owners_are_humans_of_the_registry() {
        let told = |principal: &str| {
            let mut problems = Problems::default();
            let policy = format!("[[owner]]\nprincipal = '{principal}'\nrepositories = ['*']\n");
            let policy = Policy::read("p.toml", &policy, &mut problems).unwrap();
            let text = format!("{HEAD}ann,Ann,human,,,,,,\nbot,Bot,agent,ann,,,,,\n");
            Principals::read("p.csv", &text, chrono_tz::UTC, Some(&policy), &mut problems);
            problems.to_string()
        };
        assert_eq!(told("ann"), "");
        let want = "p.csv: no human `anne`, whom the policy names as an [[owner]] on line 1; did you mean `ann`?";
        assert_eq!(told("anne"), want);
        assert!(told("bot").starts_with("p.csv: no human `bot`, "), "{}", told("bot"));
    }

    #[test]
    fn single_faults() {
        let ann = "ann,Ann,human,,github:ann,a@x,,,\n";
        let with = |row: &str| format!("{ann}{row}\n");
        one(",Ann,human,,,,,,", "p.csv:2: `id` is empty");
        one("a b,Ann,human,,,,,,", "p.csv:2: `id` holds `a b`, which holds a blank");
        one("ann,,human,,,,,,", "p.csv:2: `name` is empty");
        one(
            "ann,Ann,humn,,,,,,",
            "p.csv:2: `kind` holds `humn`, which is no kind of principal; did you mean `human`?",
        );
        one("ann,Ann,human,,ann,,,,", "p.csv:2: `accounts` holds `ann`, which names no system");
        one("ann,Ann,human,,,ann,,,", "p.csv:2: `emails` holds `ann`, which is no e-mail");
        one(
            "ann,Ann,human,,,,platfrom,,",
            "p.csv:2: `tier` holds `platfrom`, which is no tier of the policy; did you mean `platform`?",
        );
        one(
            "ann,Ann,human,,,,,01.10.2026,",
            "p.csv:2: `valid_from` holds `01.10.2026`, which is not a time",
        );
        one("ann,Ann,human,,,,,2026-10-02,2026-10-01", "p.csv:2: `valid_until` lies before");
        one(&with("ann,Ann,human,,,,,,"), "p.csv:3: id `ann` is on line 2 already");
        one(&with("Ann,Ann,human,,,,,,"), "p.csv:3: id `Ann` is `ann` on line 2 but for case");
        one(
            &with("bob,Bob,human,,github:Ann,,,,"),
            "p.csv:3: `github:Ann` belongs to `ann` (line 2)",
        );
        one(&with("bob,Bob,human,,,A@x,,,"), "p.csv:3: `a@x` belongs to `ann` (line 2)");
        one("ann,Ann,human,,o:a o:a,,,,", "p.csv:2: `o:a` stands there twice");
        one(&with("bob,Bob,human,ann,,,,,"), "p.csv:3: a human with a sponsor");
        one(
            &with("fix,Fix,agent,an,,,,,"),
            "p.csv:3: sponsor `an` is not in the registry; did you mean `ann`?",
        );
        one("fix,Fix,agent,fix,,,,,", "p.csv:2: `fix` sponsors itself");
        one(
            "a,A,agent,b,,,,,\nb,B,agent,c,,,,,\nc,C,agent,b,,,,,",
            "p.csv:3: `b`, `c` sponsor each other in a circle",
        );
        one(
            "a,A,agent,b,,,,,\nb,B,service,,,,,,",
            "p.csv:2: no human stands behind `a`: `b` has no sponsor",
        );
    }

    #[test]
    fn a_faulty_row_is_still_somebodys_sponsor() {
        one("ann,Ann,humn,,,,,,\nfix,Fix,agent,ann,,,,,", "p.csv:2: `kind`");
    }

    #[test]
    fn ten_faults_on_their_lines() {
        let rows = "ann,Ann,human,bob,,,,,\nANN,Ann,human,,x,,,,\n,No,human,,,,,,\n\n\
            fix,Fix,robot,,,,,,\nfix2,Fix,agent,nobody,,,,,\nfix3,Fix,agent,fix3,,x,,,\n\
            short,row\nlate,Late,human,,,,nix,2026-13-01,yesterday\n";
        let lines: Vec<String> = read(rows)
            .unwrap_err()
            .iter()
            .map(|p| p.split(": ").next().unwrap().to_owned())
            .collect();
        let want: Vec<String> =
            [2, 2, 3, 3, 4, 6, 7, 8, 8, 9, 10, 10, 10].map(|line| format!("p.csv:{line}")).into();
        assert_eq!(lines, want);
    }
}
