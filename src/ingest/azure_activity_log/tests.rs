use crate::ingest::{
    Settings,
    testing::{Told, told},
};

fn diagnostic(result: &str, more: &str) -> String {
    format!(
        r#"{{"time":"2026-10-01T09:00:00.1234567Z","resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/V","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE","category":"Administrative","resultType":"{result}","correlationId":"c-1"{more}}}"#
    )
}

const EVE: &str = r#","identity":{"authorization":{"evidence":{"principalType":"User"}},"claims":{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"Eve@Acme.example"}}"#;

fn one(result: &str, more: &str) -> Told {
    told(&diagnostic(result, &format!("{EVE}{more}")), &Settings::default())
}

const VM: &str = "/subscriptions/s/resourcegroups/r/providers/microsoft.compute/virtualmachines/v";

#[test]
fn refusals() {
    let who = format!(
        "azure:eve@acme.example denied azure:microsoft.compute/virtualmachines/delete {VM}"
    );
    let message = |code: &str| {
        let text = format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#);
        format!(r#","properties":{{"statusMessage":{}}}"#, serde_json::to_string(&text).unwrap())
    };
    for (more, want) in [
        (r#","resultSignature":"403""#.to_owned(), "403 -"),
        (r#","resultSignature":"Failed.Forbidden""#.to_owned(), "Failed.Forbidden -"),
        (r#","properties":{"statusCode":"Forbidden"}"#.to_owned(), "Forbidden -"),
        (r#","properties":"{\"statusCode\":\"Forbidden\"}""#.to_owned(), "Forbidden -"),
        (message("AuthorizationFailed"), "AuthorizationFailed Azure RBAC"),
        (message("RequestDisallowedByPolicy"), "RequestDisallowedByPolicy Azure Policy"),
        (
            message("DenyAssignmentAuthorizationFailed"),
            "DenyAssignmentAuthorizationFailed deny assignment",
        ),
    ] {
        assert_eq!(one("Failed", &more).decisions(), [format!("{who} {want}")], "{more}");
    }
    assert_eq!(
        one("Failed", &message("x").replace("\"x", "\"AuthorizationFailed")).accounts().len(),
        1
    );
}

#[test]
fn what_is_no_refusal() {
    for (result, more, want) in [
        (
            "Failed",
            r#","resultSignature":"409""#,
            "failed for another reason than a missing permission",
        ),
        (
            "Failed",
            r#","resultSignature":"Unauthorized.401""#,
            "failed for another reason than a missing permission",
        ),
        ("Start", "", "beginning of an operation"),
        ("Updated", "", "entry that does not say what came of it"),
    ] {
        let told = one(result, more);
        let reasons: Vec<_> = told.0.sources()[0].tally.irrelevant.keys().copied().collect();
        assert_eq!(reasons, [want], "{result} {more}");
    }
    assert!(one("Success", "").decisions()[0].contains(" allowed "));
    let nobody = |result: &str, more: &str| told(&diagnostic(result, more), &Settings::default());
    assert_eq!(nobody("Success", "").counts(), [1, 0, 1, 0]);
    assert!(nobody("Failed", r#","resultSignature":"403""#).rejects()[0].contains("no caller"));
}

#[test]
fn the_list_of_the_command_line() {
    let entry = r#"{"caller":"Eve@acme.example","eventTimestamp":"2026-10-01T09:00:00Z","eventDataId":"e-1",
        "category":{"value":"Administrative"},"operationName":{"value":"Microsoft.Compute/virtualMachines/delete"},
        "resourceId":"/subscriptions/s/x","status":{"value":"Failed"},"subStatus":{"value":"Forbidden"},
        "claims":{"appid":"a"},"authorization":{"action":"Microsoft.Compute/virtualMachines/delete","scope":"/subscriptions/s/X"}}"#;
    let want = "azure:eve@acme.example denied azure:microsoft.compute/virtualmachines/delete /subscriptions/s/x Forbidden -";
    assert_eq!(told(&format!("[{entry}]"), &Settings::default()).decisions(), [want]);
    let paged = told(&format!("{{\"value\":[{entry}],\"nextLink\":\"x\"}}"), &Settings::default());
    assert_eq!((paged.decisions().len(), paged.gaps().len()), (1, 1));
}

#[test]
fn roles() {
    let body = r#"{"Id":"i","Properties":{"PrincipalId":"P-1","PrincipalType":"ServicePrincipal","RoleDefinitionId":"/x/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635","Scope":"/subscriptions/S"}}"#;
    let body = serde_json::to_string(body).unwrap();
    let assign = |verb: &str, more: &str| {
        let text = diagnostic("Success", &format!("{EVE}{more}")).replace(
            "MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE",
            &format!("MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/{verb}"),
        );
        told(&text, &Settings::default())
    };
    let told = assign("WRITE", &format!(r#","properties":{{"requestbody":{body}}}"#));
    assert_eq!(
        told.grants(),
        ["azure:p-1 azure:role:Owner /subscriptions/s 2026-10-01T09:00:00.123456Z - GrantEvent"]
    );
    assert!(told.accounts().contains(&"azure:p-1 service - -".to_owned()));
    let taken = assign("DELETE", &format!(r#","properties":{{"responseBody":{body}}}"#));
    assert!(taken.grants()[0].ends_with("RevokeEvent"));
    let unsaid = assign("DELETE", "");
    assert!(unsaid.grants().is_empty() && unsaid.gaps().len() == 1);
}

#[test]
fn sign_ins() {
    let sign_in = |code: &str, more: &str| {
        let text = format!(
            r#"{{"time":"2026-10-01T09:00:00Z","resourceId":"/tenants/t","operationName":"Sign-in activity","category":"SignInLogs","resultType":"{code}","properties":{{"id":"s-1","userPrincipalName":"Eve@acme.example","appDisplayName":"Deploy tool"{more}}}}}"#
        );
        told(&text, &Settings::default())
    };
    let policies = r#","appliedConditionalAccessPolicies":[{"displayName":"Only managed devices","result":"failure"},{"displayName":"x","result":"success"}]"#;
    let who = "azure:eve@acme.example denied azure:sign-in Deploy tool";
    assert_eq!(
        sign_in("53003", policies).decisions(),
        [format!("{who} 53003 Conditional Access: Only managed devices")]
    );
    assert_eq!(
        sign_in("50105", "").decisions(),
        [format!("{who} 50105 assignment to the application")]
    );
    for code in ["0", "50126", "50140"] {
        assert_eq!(sign_in(code, "").counts(), [1, 0, 1, 0], "{code}");
    }
    assert_eq!(sign_in("odd", "").counts(), [1, 0, 0, 1]);
}

#[test]
fn other_categories_are_counted() {
    let entries = ["Policy", "ResourceHealth", "kube-audit", "AuditLogs"]
        .map(|category| diagnostic("Success", EVE).replace("Administrative", category));
    let text = format!("{{\"records\":[{},{}]}}", diagnostic("Success", EVE), entries.join(","));
    let told = told(&text, &Settings::default());
    // The entry of the audit log is read as its own format reads it, and is none.
    assert_eq!(told.counts(), [5, 1, 3, 1]);
    assert!(told.gaps()[0].contains("Kubernetes"));
}
