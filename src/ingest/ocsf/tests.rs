use crate::ingest::{
    Settings,
    testing::{Told, told},
};

fn event(class: u16, activity: u8, more: &str) -> String {
    format!(
        r#"{{"class_uid":{class},"activity_id":{activity},"time":1790845200000,"metadata":{{"uid":"m-1","version":"1.1.0","product":{{"name":"CloudTrail","vendor_name":"AWS"}}}},"actor":{{"user":{{"uid":"arn:aws:iam::1:user/eve","name":"eve"}}}},"api":{{"operation":"CreateUser","service":{{"name":"iam.amazonaws.com"}},"response":{{{more}"data":null}}}}}}"#
    )
}

fn one(text: &str) -> Told {
    told(text, &Settings::default())
}

const EVE: &str = "aws:arn:aws:iam::1:user/eve";

#[test]
fn refusals() {
    for (more, want) in [
        (r#""error":"AccessDenied","#, "AccessDenied -"),
        (r#""error":"Client.UnauthorizedOperation","#, "Client.UnauthorizedOperation -"),
        (r#""code":403,"#, "403 -"),
    ] {
        let told = one(&event(6003, 2, more));
        assert_eq!(told.decisions(), [format!("{EVE} denied aws:iam:CreateUser - {want}")]);
    }
    let decided = event(6003, 1, "").replace(
        "\"actor\":{",
        r#""actor":{"authorizations":[{"decision":"Deny","policy":{"name":"guard"}}],"#,
    );
    assert!(one(&decided).decisions()[0].ends_with("- guard"));
    let blocked =
        event(6003, 1, "").replace("\"activity_id\"", "\"disposition_id\":2,\"activity_id\"");
    assert!(one(&blocked).decisions()[0].contains(" denied "));
}

#[test]
fn what_is_no_refusal() {
    let failed = |text: String| text.replace("\"activity_id\"", "\"status_id\":2,\"activity_id\"");
    for (text, want) in [
        (
            failed(event(6003, 1, r#""error":"NoSuchEntity","#)),
            "failed for another reason than a missing permission",
        ),
        (
            failed(event(6003, 1, r#""code":401,"#)),
            "failed for another reason than a missing permission",
        ),
        (event(6003, 2, ""), "allowed and only reading"),
        (event(3002, 1, ""), "event of a class about no access decision"),
        (event(2003, 1, ""), "event of a class about no access decision"),
    ] {
        let told = one(&text);
        let reasons: Vec<_> = told.0.sources()[0].tally.irrelevant.keys().copied().collect();
        assert_eq!(reasons, [want]);
    }
    let unsaid = event(6003, 1, "");
    assert!(one(&unsaid).decisions()[0].contains(" unknown "));
    let done = unsaid.replace("\"activity_id\"", "\"status_id\":1,\"activity_id\"");
    assert!(one(&done).decisions()[0].contains(" allowed "));
}

#[test]
fn roles() {
    let with = |class, activity, more: &str| {
        let text = event(class, activity, "").replace("\"api\"", &format!("{more},\"api\""));
        one(&text).grants()
    };
    let ann = r#""user":{"uid":"arn:aws:iam::1:user/ann"}"#;
    let at = "2026-10-01T09:00:00Z";
    assert_eq!(
        with(3001, 7, &format!(r#"{ann},"policy":{{"uid":"arn:p","name":"p"}}"#)),
        [format!("aws:arn:aws:iam::1:user/ann aws:arn:p - {at} - GrantEvent")]
    );
    assert_eq!(
        with(3006, 4, &format!(r#"{ann},"group":{{"name":"ops"}}"#)),
        [format!("aws:arn:aws:iam::1:user/ann aws:group:ops - - {at} RevokeEvent")]
    );
    assert_eq!(with(3005, 1, &format!(r#"{ann},"privileges":["a","b"]"#)).len(), 2);
    let odd = event(3005, 1, "").replace("\"api\"", &format!("{ann},\"api\""));
    assert!(one(&odd).rejects()[0].contains("which role"));
}

#[test]
fn the_original_is_preferred_and_odd_times_rejected() {
    let raw = r#"{"eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","eventTime":"2026-10-01T09:00:00Z",
        "userIdentity":{"arn":"arn:r"},"errorCode":"AccessDenied","errorMessage":"x is not authorized to perform: y because no identity-based policy allows it"}"#;
    let raw = serde_json::to_string(raw).unwrap();
    let text = event(6003, 2, "")
        .replace("\"activity_id\"", &format!("\"raw_data\":{raw},\"activity_id\""));
    let told = one(&text);
    assert_eq!(
        told.decisions(),
        ["aws:arn:r denied aws:s3:PutBucketPolicy - AccessDenied identity-based policy"]
    );
    assert_eq!(told.0.place(told.0.decisions()[0].origin), "file line 1 /raw_data");
    let micros = event(6003, 1, "").replace("1790845200000", "1631047050642854");
    assert!(one(&micros).rejects()[0].contains("outside the years"));
    let nobody = event(6003, 1, r#""code":403,"#)
        .replace("\"uid\":\"arn:aws:iam::1:user/eve\",\"name\":\"eve\"", "");
    assert!(one(&nobody).rejects()[0].contains("nobody"));
}
