use crate::ingest::{
    Settings,
    testing::{Told, told},
};

fn grants(told: &Told) -> Vec<String> {
    let cut = |grant: &String| grant.split(" - - Snapshot").next().unwrap_or_default().to_owned();
    told.grants().iter().map(cut).collect()
}

const POLICY: &str = r#"{"version":3,"etag":"x","bindings":[
    {"role":"roles/owner","members":["user:Ann@acme.example","deleted:user:bob@acme.example?uid=1"]},
    {"role":"roles/viewer","members":["group:devs@acme.example"],"condition":{"expression":"x"}}]}"#;

#[test]
fn a_policy_alone_needs_its_resource() {
    let settings = Settings { scope: Some("projects/p".into()), ..Settings::default() };
    let told_with = told(POLICY, &settings);
    assert_eq!(
        grants(&told_with),
        [
            "gcp:ann@acme.example gcp:roles/owner projects/p",
            "gcp:group:devs@acme.example gcp:roles/viewer projects/p",
        ]
    );
    assert_eq!(told_with.gaps().len(), 2);
    let without = told(POLICY, &Settings::default());
    assert!(without.rejects()[0].contains("set `scope"));
    assert_eq!(without.0.sources()[0].roles, None);
}

#[test]
fn policies_with_their_resource() {
    for text in [
        format!(
            r#"[{{"resource":"//cloudresourcemanager.googleapis.com/projects/p","policy":{POLICY}}}]"#
        ),
        format!(
            r#"{{"name":"//cloudresourcemanager.googleapis.com/projects/p","iam_policy":{POLICY},"ancestors":[]}}"#
        ),
        POLICY.replace("\"version\"", "\"resourceId\":\"projects/p\",\"version\""),
    ] {
        let told = told(&text, &Settings::default());
        assert!(grants(&told)[0].ends_with(" projects/p"), "{:?}", told.rejects());
    }
}

#[test]
fn empty_and_odd_policies() {
    let settings = Settings { scope: Some("projects/p".into()), ..Settings::default() };
    assert_eq!(told(r#"{"etag":"x","bindings":[]}"#, &settings).counts(), [1, 0, 1, 0]);
    assert_eq!(
        told(&POLICY.replace("\"role\":\"roles/owner\",", ""), &settings).counts(),
        [1, 0, 0, 1]
    );
    assert_eq!(
        told(&POLICY.replace("\"user:Ann@acme.example\"", "7"), &settings).counts(),
        [1, 0, 0, 1]
    );
}
