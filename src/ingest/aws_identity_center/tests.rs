use crate::ingest::{Settings, testing::told};

#[test]
fn assignments() {
    let text = r#"{"AccountAssignments":[
        {"AccountId":"1","PermissionSetArn":"arn:set","PrincipalType":"USER","PrincipalId":"u-1"},
        {"AccountId":"1","PermissionSetArn":"arn:set","PrincipalType":"GROUP","PrincipalId":"g-1"},
        {"AccountId":"1","PermissionSetArn":"arn:set","PrincipalType":"USER"},
        {"PermissionSetArn":"arn:set","PrincipalId":"u-1"}],"NextToken":"x"}"#;
    let told = told(text, &Settings::default());
    assert_eq!(told.counts(), [4, 2, 0, 2]);
    assert_eq!(
        told.grants(),
        [
            "aws:group:g-1 aws:arn:set 1 - - Snapshot(None)",
            "aws:u-1 aws:arn:set 1 - - Snapshot(None)",
        ]
    );
    assert_eq!(told.gaps().len(), 2);
}

#[test]
fn users_groups_and_members() {
    let users = r#"{"Users":[{"UserName":"ann","UserId":"u-1","DisplayName":"Ann","IdentityStoreId":"d",
        "Emails":[{"Value":"old@acme.example"},{"Value":"ann@acme.example","Primary":true}]}]}"#;
    assert_eq!(
        told(users, &Settings::default()).accounts(),
        ["aws:u-1 human ann@acme.example Ann"]
    );
    let groups = r#"[{"GroupId":"g-1","DisplayName":"Ops","IdentityStoreId":"d"}]"#;
    assert_eq!(told(groups, &Settings::default()).accounts(), ["aws:group:g-1 unknown - Ops"]);
    let members = r#"{"GroupMemberships":[{"MembershipId":"m","GroupId":"g-1","IdentityStoreId":"d","MemberId":{"UserId":"u-1"}}]}"#;
    assert_eq!(
        told(members, &Settings::default()).grants(),
        ["aws:u-1 aws:group:g-1 - - - Snapshot(None)"]
    );
    let empty = told(r#"{"AccountAssignments":[]}"#, &Settings::default());
    assert_eq!(empty.counts(), [0, 0, 0, 0]);
}
