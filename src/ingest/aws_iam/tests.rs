use crate::ingest::{
    Settings,
    testing::{Told, told},
};
use crate::model::{HowKnown, Instant};

fn grants(told: &Told) -> Vec<String> {
    let cut = |grant: &String| grant.split(" - - Snapshot").next().unwrap_or_default().to_owned();
    told.grants().iter().map(cut).collect()
}

const DETAILS: &str = r#"{
  "UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::1:user/ann","GroupList":["ops","gone"],
    "UserPolicyList":[{"PolicyName":"own","PolicyDocument":{}}],"AttachedManagedPolicies":[]}],
  "GroupDetailList":[{"GroupName":"ops","Arn":"arn:aws:iam::1:group/ops","GroupPolicyList":[],
    "AttachedManagedPolicies":[{"PolicyName":"Admin","PolicyArn":"arn:aws:iam::aws:policy/Admin"}]}],
  "RoleDetailList":[{"RoleName":"deploy","Arn":"arn:aws:iam::1:role/deploy","RolePolicyList":[],
    "AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
      "Principal":{"AWS":"arn:aws:iam::1:user/ann"},"Condition":{}}]},
    "AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::1:policy/deploy"}]}],
  "Policies":[]}"#;

#[test]
fn authorization_details() {
    let told = told(DETAILS, &Settings::default());
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert_eq!(
        grants(&told),
        [
            "aws:arn:aws:iam::1:role/deploy aws:arn:aws:iam::1:policy/deploy 1",
            "aws:arn:aws:iam::1:user/ann aws:arn:aws:iam::1:group/gone 1",
            "aws:arn:aws:iam::1:user/ann aws:arn:aws:iam::1:group/ops 1",
            "aws:arn:aws:iam::1:user/ann aws:arn:aws:iam::1:role/deploy 1",
            "aws:arn:aws:iam::1:user/ann aws:arn:aws:iam::aws:policy/Admin 1",
            "aws:arn:aws:iam::1:user/ann aws:inline-policy:own 1",
        ]
    );
    assert!(told.accounts().contains(&"aws:arn:aws:iam::1:user/ann unknown - ann".to_owned()));
    assert!(
        told.0.grants().iter().any(|g| told.0.place(g.origin) == "file line 1 /UserDetailList/0")
    );
}

#[test]
fn replies_that_end_early_or_are_odd() {
    let cut = DETAILS.replace("\"Policies\":[]", "\"IsTruncated\":true,\"NextToken\":\"x\"");
    assert_eq!(told(&cut, &Settings::default()).gaps().len(), 1);
    for (from, to, want) in [
        ("\"Arn\":\"arn:aws:iam::1:user/ann\",", "", "/UserDetailList/0: it has no Arn"),
        ("\"PolicyArn\"", "\"x\"", "a policy has no PolicyArn"),
        ("\"GroupName\":\"ops\",", "", "/GroupDetailList/0: it has no GroupName"),
    ] {
        let told = told(&DETAILS.replace(from, to), &Settings::default());
        assert!(told.rejects()[0].contains(want), "{:?}", told.rejects());
        assert!(told.grants().is_empty() && told.0.sources()[0].roles.is_none());
    }
    let none = told(r#"{"UserDetailList":[],"Policies":[]}"#, &Settings::default());
    assert_eq!(none.counts(), [1, 0, 1, 0]);
}

const REPORT: &str = "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_2_active\n\
    <root_account>,arn:aws:iam::1:root,2025-01-01T00:00:00Z,not_supported,true,false,true\n\
    ann,arn:aws:iam::1:user/ann,2025-01-01T00:00:00+00:00,true,false,false,false\n";

const HELD: [&str; 2] = [
    "aws:arn:aws:iam::1:root aws:credential:access-key 1",
    "aws:arn:aws:iam::1:user/ann aws:credential:password 1",
];

#[test]
fn credential_report_as_csv() {
    let told = told(&format!("{REPORT}bob,arn:x\neve,none,,,,,\n"), &Settings::default());
    assert_eq!(told.counts(), [4, 2, 0, 2]);
    assert_eq!(grants(&told), HELD);
    assert_eq!(
        told.accounts(),
        ["aws:arn:aws:iam::1:root unknown - -", "aws:arn:aws:iam::1:user/ann unknown - ann"]
    );
    assert!(told.rejects()[0].starts_with("line 4: it has 2 fields"));
}

#[test]
fn credential_report_as_the_interface_replies_it() {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for part in REPORT.as_bytes().chunks(3) {
        let bits = part.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte))
            << (8 * (3 - part.len()));
        for at in 0..=part.len() {
            encoded.push(char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]));
        }
    }
    let plain = serde_json::to_string(REPORT).unwrap();
    for content in [format!("\"{encoded}\""), plain] {
        let text = format!(
            r#"{{"Content":{content},"ReportFormat":"text/csv","GeneratedTime":"2026-10-31T00:00:00+00:00"}}"#
        );
        let told = told(&text, &Settings::default());
        assert_eq!(grants(&told).len(), 2, "{:?}", told.rejects());
        let at = Instant::parse("2026-10-31T00:00:00Z").unwrap();
        assert_eq!(told.0.sources()[0].roles, Some(HowKnown::Snapshot(Some(at))));
    }
    let odd = told(r#"{"Content":"x","ReportFormat":"text/csv"}"#, &Settings::default());
    assert!(odd.rejects()[0].contains("no credential report"));
}
