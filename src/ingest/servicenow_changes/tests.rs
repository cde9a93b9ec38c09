use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

const CHANGE: &str = "1766f1de47410200e90d87e8dee490f6";
const ANN: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const BOB: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn both(shown: &str, stored: &str) -> String {
    format!(r#"{{"display_value":"{shown}","value":"{stored}"}}"#)
}

fn change(more: &str) -> String {
    format!(
        r#"{{"sys_id":{},"number":{},"short_description":{},"state":{},"sys_created_on":{},
        "sys_updated_on":{},"closed_at":{},"requested_by":{},"opened_by":{}{more}}}"#,
        both(CHANGE, CHANGE),
        both("CHG0000024", "CHG0000024"),
        both("Raise limit", "Raise limit"),
        both("Closed", "3"),
        both("01.10.2026 11:00:00", "2026-10-01 09:00:00"),
        both("02.10.2026 11:00:00", "2026-10-02 09:00:00"),
        both("02.10.2026 11:00:00", "2026-10-02 09:00:00"),
        both("Ann Lee", ANN),
        both("Ann Lee", ANN),
    )
}

#[test]
fn change_requests() {
    let url = r#","correlation_id":"https://github.com/acme/pay/pull/3""#;
    let told = read(&format!(r#"{{"result":[{}]}}"#, change(url)));
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    let ticket = format!("servicenow:{CHANGE}");
    assert_eq!(told.acts(), [format!("servicenow:{ANN} request {ticket} 2026-10-01T09:00:00Z")]);
    assert_eq!(told.links(), [format!("{ticket} answers github:acme/pay#3")]);
    let subject = told.0.subjects()[0].record;
    assert_eq!(subject.state, SubjectState::Done);
    assert_eq!(subject.done.unwrap().to_string(), "2026-10-02T09:00:00Z");
    assert_eq!(told.0.text(subject.title.unwrap()), "CHG0000024 Raise limit");
    let walked =
        change(r#","requested_by.user_name":"Ann","requested_by.email":"Ann@acme.example""#);
    assert!(
        read(&walked)
            .accounts()
            .contains(&"servicenow:ann unknown ann@acme.example Ann Lee".into())
    );
}

fn approval(state: &str, approver: &str) -> String {
    format!(
        r#"{{"sys_id":"x","sysapproval":{{"link":"https://i.example/task/{CHANGE}",
        "value":"{CHANGE}"}},"state":"{state}","approver":{approver},
        "sys_updated_on":{}}}"#,
        both("x", "2026-10-01 10:00:00")
    )
}

#[test]
fn approvals() {
    let bob = format!(r#"{{"link":"https://i.example/user/{BOB}","value":"{BOB}"}}"#);
    let list = ["approved", "Rejected", "requested", "not_required"].map(|s| approval(s, &bob));
    let told = read(&format!(r#"{{"result":[{}]}}"#, list.join(",")));
    assert_eq!(told.counts(), [4, 2, 2, 0]);
    let ticket = format!("servicenow:{CHANGE}");
    assert_eq!(
        told.acts(),
        [
            format!("servicenow:{BOB} approve {ticket} 2026-10-01T10:00:00Z"),
            format!("servicenow:{BOB} reject {ticket} 2026-10-01T10:00:00Z"),
        ]
    );
    let named = read(&approval("approved", "\"Bob Ray\""));
    assert!(named.rejects()[0].contains("approver.user_name"), "{:?}", named.rejects());
    let linked =
        approval("approved", &bob).replace(&format!(",\n        \"value\":\"{CHANGE}\""), "");
    assert_eq!(read(&linked).acts().len(), 1);
}

#[test]
fn plain_times_need_a_zone() {
    let plain = format!(
        r#"{{"sys_id":"{CHANGE}","number":"CHG1","short_description":"s","state":"Implement",
        "sys_created_on":"2026-10-01 11:00:00","sys_created_by":"Admin"}}"#
    );
    assert!(read(&plain).rejects()[0].contains("no time zone"));
    let zone = Some(chrono_tz::Europe::Berlin);
    let told = told(&plain, &Settings { timezone: zone, ..Settings::default() });
    assert_eq!(
        told.acts(),
        [format!("servicenow:admin request servicenow:{CHANGE} 2026-10-01T09:00:00Z")]
    );
    assert_eq!(told.0.subjects()[0].record.state, SubjectState::Open);
}

#[test]
fn tasks_and_damage() {
    let task = change("").replace("CHG0000024", "CTASK001").replace('\n', " ");
    let good = change("").replace('\n', " ");
    let lines = [
        good.clone(),
        good.replace("2026-10-01 09:00:00", "03/05/2025 10:00:00"),
        good.replace(&format!("\"sys_id\":{},", both(CHANGE, CHANGE)), "\"sys_id\":\"\","),
        task,
    ];
    let told = read(&lines.join("\n"));
    assert_eq!(told.counts(), [4, 1, 1, 2]);
}
