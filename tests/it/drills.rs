//! Planned boundary tests, from `drills.csv` to the pack.

use std::{collections::BTreeMap, fs, path::Path};

use crate::company::Company;

const PERIOD: [&str; 4] = ["--period", "2026-10", "--as-of", "2026-11-05T09:00:00Z"];

fn rows(pack: &Path, table: &str) -> Vec<BTreeMap<String, String>> {
    let path = pack.join(format!("data/tables/{table}.csv"));
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

#[test]
fn what_is_proposed_can_be_pasted_and_is_planned_then() {
    let company = Company::copy("acme");
    let proposed = ["drills", "plan", "--csv", "--conductor", "fay"];
    let csv = || {
        let output = company.sodpack(&[&proposed[..], &PERIOD].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let first = csv();
    let (_, new) = first.split_once('\n').unwrap();
    assert!(new.starts_with("2026-11-06-platform-administer-audit-log,ann,"), "{new}");
    let path = company.path().join("drills.csv");
    let before = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{before}{new}")).unwrap();
    let again = csv();
    assert_eq!(again.lines().count(), 1, "nothing is left to propose: {again}");
}

#[test]
fn the_records_of_drills_lie_in_the_pack() {
    let company = Company::copy("acme");
    let (pack, _) = company.build();
    let drills = rows(&pack, "drills");
    let copy = |drill: usize, column: &str| {
        let path = pack.join("data").join(&drills[drill][column]);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    assert!(copy(0, "record").contains("\"errorCode\":\"AccessDenied\""));
    assert!(copy(0, "control_record").contains("bob@acme.example"));
    assert!(copy(3, "record").contains("PutRolePolicy"));
    assert!(pack.join("data/policy/drills.csv").is_file());
    let met: Vec<_> = rows(&pack, "denials")
        .iter()
        .map(|row| row["drill"].clone())
        .filter(|d| !d.is_empty())
        .collect();
    assert_eq!(met, ["DR-2026-10-1", "DR-2026-10-2"]);
}

#[test]
fn without_the_log_of_the_drills_nothing_passes() {
    let company = Company::copy("clean");
    fs::remove_dir_all(company.path().join("exports/aws/CloudTrail/eu-west-1")).unwrap();
    let (pack, code) = company.build();
    assert_eq!(code, 1);
    let verdicts = rows(&pack, "verdicts");
    let of = |rule: &str, verdict: &str| {
        verdicts.iter().filter(|row| row["rule"] == rule && row["verdict"] == verdict).count()
    };
    assert_eq!((of("drill-missed", "pass"), of("drill-missed", "violation")), (0, 8));
    assert_eq!((of("drill-allowed", "pass"), of("drill-allowed", "indeterminate")), (0, 8));
    assert_eq!(of("boundary-never-exercised", "pass"), 1, "CreateUser was refused in the wild");
}

#[test]
fn a_faulty_plan_stops_every_command_with_its_places() {
    let company = Company::copy("clean");
    let path = company.path().join("drills.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replacen(",fay,", ",fey,", 1).replacen("2026-10-14 12:00", "2026-10-14 09:00", 1),
    )
    .unwrap();
    for command in ["check", "drills"] {
        let output = company.sodpack(&[command]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        for want in [
            "drills.csv:2: `until` does not lie after `from`: the window is empty; correct one of them",
            "drills.csv:2: `conductor` holds `fey`, which is not in the registry; did you mean `fay`?",
        ] {
            assert!(told.contains(want), "{told}");
        }
    }
}
