//! What AWS's error codes and messages say of a refusal ("Troubleshooting access denied error
//! messages" in the IAM user guide).

/// Whether an error code means that the caller was not allowed to, rather than that the request
/// failed for another reason.
pub(in crate::ingest) fn is_refusal(code: &str) -> bool {
    matches!(
        code,
        "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "Client.UnauthorizedOperation"
            | "Forbidden"
    ) || code.contains("NotAuthorized")
        || code.contains("UnauthorizedAccess")
}

/// The kinds of policy that messages name, longest first where one holds another.
const CONTROLS: &[&str] = &[
    "identity-based policy",
    "resource-based policy",
    "service control policy",
    "resource control policy",
    "permissions boundary",
    "session policy",
    "VPC endpoint policy",
];

/// The control that refused, if the message names one.
///
/// A message is `User: A is not authorized to perform: B on resource: C because …`. Callers choose
/// the name of C, so only what follows the last such phrase counts.
pub(super) fn control(message: &str) -> Option<&'static str> {
    let reason = [" because no ", " with an explicit deny in "]
        .iter()
        .filter_map(|phrase| Some((message.rfind(phrase)?, phrase.len())))
        .max()
        .and_then(|(at, len)| message.get(at + len..))?;
    let reason = reason.strip_prefix("an ").or(reason.strip_prefix("a ")).unwrap_or(reason);
    CONTROLS.iter().copied().find(|control| reason.starts_with(control))
}

/// The resource that the message names.
pub(super) fn resource(message: &str) -> Option<&str> {
    let rest = message.split_once(" on resource: ")?.1;
    let end = rest.rfind(" because ").or(rest.rfind(" with an explicit deny"));
    let name = rest.get(..end.unwrap_or(rest.len()))?.trim().trim_end_matches('.');
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for code in [
            "AccessDenied",
            "Client.UnauthorizedOperation",
            "NotAuthorized",
            "NotAuthorizedException",
            "ECS.UnauthorizedAccess",
        ] {
            assert!(is_refusal(code), "{code}");
        }
        for code in ["ThrottlingException", "NoSuchBucket", "Failed authentication", ""] {
            assert!(!is_refusal(code), "{code}");
        }
    }

    #[test]
    fn controls() {
        let message = |end: &str| {
            format!(
                "User: arn:aws:iam::1:user/a is not authorized to perform: s3:X on resource: r{end}"
            )
        };
        for (end, want) in [
            (" because no identity-based policy allows the s3:X action", Some(CONTROLS[0])),
            (" because no resource-based policy allows the s3:X action", Some(CONTROLS[1])),
            (" with an explicit deny in a service control policy", Some(CONTROLS[2])),
            (" with an explicit deny in an identity-based policy", Some(CONTROLS[0])),
            (" because no permissions boundary allows the s3:X action", Some(CONTROLS[4])),
            (" with an explicit deny in a VPC endpoint policy", Some(CONTROLS[6])),
            (" with an explicit deny", None),
            ("", None),
            // A resource whose name pretends to be a reason.
            (
                "/ because no session policy allows because no identity-based policy allows it",
                Some(CONTROLS[0]),
            ),
        ] {
            assert_eq!(control(&message(end)), want, "{end}");
        }
        assert_eq!(control("Access Denied"), None);
    }

    #[test]
    fn resources() {
        assert_eq!(resource("x on resource: arn:aws:s3:::b because no y"), Some("arn:aws:s3:::b"));
        assert_eq!(resource("x on resource: * with an explicit deny in a z"), Some("*"));
        assert_eq!(resource("x on resource: r"), Some("r"));
        assert_eq!(resource("x on resource: "), None);
        assert_eq!(resource("Access Denied"), None);
    }
}
