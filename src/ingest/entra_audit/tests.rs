use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

const EVE: &str = r#"{"user":{"id":"E-1","userPrincipalName":"Eve@acme.example","displayName":"Eve"},"app":null}"#;
const BOB: &str = r#"{"id":"B-1","type":"User","userPrincipalName":"bob@acme.example","displayName":"Bob","modifiedProperties":[]}"#;

fn event(activity: &str, result: &str, reason: &str, by: &str, targets: &str) -> String {
    format!(
        r#"{{"id":"d-1","category":"RoleManagement","correlationId":"c-1","result":"{result}","resultReason":"{reason}","activityDisplayName":"{activity}","activityDateTime":"2026-10-05T09:00:00.1234567Z","initiatedBy":{by},"targetResources":[{targets}]}}"#
    )
}

#[test]
fn roles_given_and_taken() {
    let user = |property: &str| {
        format!(
            r#"{{"id":"B-1","type":"User","userPrincipalName":"bob@acme.example","modifiedProperties":[{property}]}},{{"id":"r","type":"Role","displayName":null}}"#
        )
    };
    let given = user(
        r#"{"displayName":"Role.DisplayName","oldValue":null,"newValue":"\"Company Administrator\""},{"displayName":"Role.TemplateId","newValue":"\"62e90394-69f5-4237-9190-012177145e10\""}"#,
    );
    let taken = user(
        r#"{"displayName":"Role.DisplayName","oldValue":"\"Custom Deployer\"","newValue":null}"#,
    );
    let told = read(&format!(
        "[{},{}]",
        event("Add member to role", "success", "", EVE, &given),
        event("Remove member from role", "success", "", EVE, &taken),
    ));
    assert_eq!(told.counts(), [2, 2, 0, 0], "{:?}", told.rejects());
    let grants = told.grants();
    assert!(grants[0].starts_with("entra:bob@acme.example entra:role:Custom Deployer - - 2026"));
    assert!(grants[1].starts_with("entra:bob@acme.example entra:role:Global Administrator - 2026"));
    assert!(told.accounts()[0].starts_with("entra:bob@acme.example human bob@acme.example"));
}

#[test]
fn activations_of_roles_are_requested_decided_and_used() {
    let targets = format!(
        r#"{{"id":"f2ef992c-3afb-46b9-b7cf-a126ee74c451","type":"Role","displayName":"Global Reader"}},{{"id":"Q-7","type":"Request"}},{BOB}"#
    );
    let bob = r#"{"user":{"userPrincipalName":"bob@acme.example"}}"#;
    let lines: Vec<_> = [
        ("Add member to role requested (PIM activation)", bob),
        ("Add member to role approval requested (PIM activation)", bob),
        ("Add member to role request approved (PIM activation)", EVE),
        ("Add member to role completed (PIM activation)", bob),
        ("Remove member from role (PIM activation expired)", bob),
    ]
    .map(|(activity, by)| event(activity, "success", "", by, &targets))
    .into();
    let told = read(&lines.join("\n"));
    assert_eq!(told.counts()[3], 0, "{:?}", told.rejects());
    assert_eq!(
        told.acts(),
        [
            "entra:bob@acme.example request entra:request:q-7 2026-10-05T09:00:00.123456Z",
            "entra:eve@acme.example approve entra:request:q-7 2026-10-05T09:00:00.123456Z",
        ]
    );
    assert_eq!(told.grants().len(), 2);
    assert!(told.grants()[0].contains("entra:role:Global Reader"));
}

#[test]
fn refusals_are_failures_for_a_permission() {
    let app = r#"{"app":{"displayName":"agent","servicePrincipalId":"SP-1"},"user":null}"#;
    let told = read(&format!(
        r#"{{"value":[{},{}],"@odata.nextLink":"https://graph.microsoft.com/next"}}"#,
        event("Update policy", "failure", "Authorization_RequestDenied", app, BOB),
        event("Update policy", "failure", "Validation failed", app, BOB),
    ));
    assert_eq!(told.counts(), [2, 1, 1, 0]);
    assert_eq!(told.decisions(), ["entra:sp-1 denied entra:Update policy Bob failure -"]);
    assert!(told.gaps()[0].contains("nextLink"));
}

#[test]
fn diagnostic_settings_wrap_events_and_bring_others() {
    let inner = event(
        "Add member to group",
        "success",
        "",
        EVE,
        &format!(r#"{BOB},{{"id":"g","Type":"Group","displayName":"deployers"}}"#),
    );
    let told = read(&format!(
        r#"{{"records":[{{"category":"AuditLogs","operationName":"Add member to group","properties":{inner}}},{{"category":"RiskyUsers","operationName":"Risky user","properties":{{}}}}]}}"#
    ));
    assert_eq!(told.counts(), [2, 1, 1, 0], "{:?}", told.rejects());
    assert!(told.grants()[0].starts_with("entra:bob@acme.example entra:group:deployers"));
}

#[test]
fn what_cannot_be_told_is_rejected_with_the_reason() {
    let told = read(
        &[
            event("Add member to role", "success", "", EVE, r#"{"type":"Role","displayName":"X"}"#),
            event("Add member to role", "success", "", EVE, BOB),
            event("Add member to role", "success", "", "{}", BOB),
            event(
                "Add member to role",
                "success",
                "",
                EVE,
                r#"{"type":"Group","displayName":"g"},{"type":"Role","displayName":"X"}"#,
            ),
            event("Add user", "success", "", EVE, BOB).replace("2026-10-05T09", "soon"),
        ]
        .join("\n"),
    );
    let rejects = told.rejects().join("\n");
    assert!(rejects.contains("name nobody who holds the role"), "{rejects}");
    assert!(rejects.contains("does not say which role"), "{rejects}");
    assert!(rejects.contains("not a time"), "{rejects}");
    assert!(told.gaps()[0].contains("given to groups"));
}
