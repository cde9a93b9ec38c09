use crate::ingest::{
    Settings,
    testing::{Told, told},
};

fn grants(told: &Told) -> Vec<String> {
    let cut = |grant: &String| grant.split(" Snapshot").next().unwrap_or_default().to_owned();
    told.grants().iter().map(cut).collect()
}

const ADMIN: &str = "62e90394-69f5-4237-9190-012177145e10";

fn one(record: &str) -> Told {
    told(&format!("{{\"value\":[{record}]}}"), &Settings::default())
}

#[test]
fn assignments() {
    let user = r##""principal":{"@odata.type":"#microsoft.graph.user","id":"U-1","displayName":"Ann","userPrincipalName":"Ann@acme.example","mail":null}"##;
    let told = one(&format!(
        r#"{{"principalId":"U-1","roleDefinitionId":"{ADMIN}","directoryScopeId":"/",{user}}}"#
    ));
    assert_eq!(grants(&told), ["entra:ann@acme.example entra:role:Global Administrator - - -"]);
    assert_eq!(
        told.accounts(),
        [
            "entra:ann@acme.example human ann@acme.example Ann",
            "entra:u-1 human ann@acme.example Ann"
        ]
    );
    let group = r##""principal":{"@odata.type":"#microsoft.graph.group","id":"G-1"}"##;
    let told = one(&format!(
        r#"{{"principalId":"G-1","roleDefinitionId":"x","directoryScopeId":"/administrativeUnits/a",{group}}}"#
    ));
    assert_eq!(grants(&told), ["entra:group:g-1 entra:role:x /administrativeUnits/a - -"]);
    assert_eq!(told.gaps().len(), 1);
    assert!(
        one(&format!(r#"{{"principalId":null,"roleDefinitionId":"{ADMIN}"}}"#)).rejects()[0]
            .contains("no holder")
    );
}

#[test]
fn privileged_identity_management() {
    let instance = |more: &str| {
        grants(&one(&format!(
            r#"{{"principalId":"u-1","roleDefinitionId":"{ADMIN}","directoryScopeId":"/","startDateTime":"2026-10-01T00:00:00Z","endDateTime":"2026-10-01T08:00:00Z"{more}}}"#
        )))
    };
    let times = "- 2026-10-01T00:00:00Z 2026-10-01T08:00:00Z";
    assert_eq!(
        instance(r#","assignmentType":"Activated""#),
        [format!("entra:u-1 entra:role:Global Administrator {times}")]
    );
    let eligible = [format!("entra:u-1 entra:eligible-role:Global Administrator {times}")];
    assert_eq!(instance(r#","assignmentType":"eligible""#), eligible);
    assert_eq!(instance(r#","roleEligibilityScheduleId":"x""#), eligible);
    let request = one(
        r#"{"principalId":"u-1","roleDefinitionId":"x","action":"selfActivate","scheduleInfo":{}}"#,
    );
    assert_eq!(request.counts(), [1, 0, 1, 0]);
}

#[test]
fn capitals_and_dates_of_powershell() {
    let text = format!(
        r#"{{"privileged_roles":[{{"DisplayName":"Global Administrator","RoleTemplateId":"{ADMIN}","Assignments":[
        {{"PrincipalId":"U-1","RoleDefinitionId":"{ADMIN}","DirectoryScopeId":"/","AppScopeId":null,"AssignmentType":"Assigned",
          "StartDateTime":"\/Date(1777406310050)\/","EndDateTime":null}}]}}]}}"#
    );
    let told = told(&text, &Settings::default());
    assert_eq!(
        grants(&told),
        ["entra:u-1 entra:role:Global Administrator - 2026-04-28T19:58:30.050Z -"]
    );
}

#[test]
fn members_and_users() {
    let role = r##"{"id":"r","displayName":"Global Administrator","roleTemplateId":"t","members":[{"@odata.type":"#microsoft.graph.servicePrincipal","id":"S-1","displayName":"ci"}]}"##;
    let listed = one(role);
    assert_eq!(grants(&listed), ["entra:s-1 entra:role:Global Administrator - - -"]);
    assert_eq!(listed.accounts(), ["entra:s-1 service - ci"]);
    assert_eq!(one(r#"{"id":"r","displayName":"x","roleTemplateId":"t"}"#).counts(), [1, 0, 1, 0]);
    let user = r#"{"value":[{"displayName":"Adele","mail":"AdeleV@contoso.com","userPrincipalName":"AdeleV@contoso.com"}]}"#;
    assert!(told(user, &Settings::default()).grants().is_empty());
    let settings = Settings { role: Some("Global Reader".into()), ..Settings::default() };
    assert_eq!(
        grants(&told(user, &settings)),
        ["entra:adelev@contoso.com entra:role:Global Reader - - -"]
    );
}

#[test]
fn applications_and_azure() {
    let app = r#"{"appRoleId":"0","principalId":"u-1","principalType":"User","resourceDisplayName":"Wiki","createdDateTime":"2026-01-01T00:00:00Z"}"#;
    assert_eq!(grants(&one(app)), ["entra:u-1 entra:app:Wiki - 2026-01-01T00:00:00Z -"]);
    let azure = r#"[{"principalId":"U-1","principalName":"Ann@acme.example","principalType":"User","roleDefinitionId":"/x/y","roleDefinitionName":"Owner","scope":"/subscriptions/S"}]"#;
    let told = told(azure, &Settings::default());
    assert_eq!(grants(&told), ["azure:ann@acme.example azure:role:Owner /subscriptions/s - -"]);
    assert_eq!(told.accounts().len(), 2);
}

#[test]
fn replies_that_go_on() {
    let text = format!(
        r#"{{"@odata.nextLink":"https://x","value":[{{"principalId":"u","roleDefinitionId":"{ADMIN}","directoryScopeId":"/"}}]}}"#
    );
    assert_eq!(told(&text, &Settings::default()).gaps().len(), 1);
}
