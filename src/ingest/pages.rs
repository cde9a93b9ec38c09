//! Whether a reply says that more replies follow it: every container that a service pages in.
//!
//! Ingesters that know their own marker look at it themselves and name the cure. This is for all
//! others, and for what a service adds later.

use serde_json::Value;

/// Members that say where the next page is, or under which mark it can be asked for.
const NEXT: &[&str] = &[
    "@odata.nextLink",
    "continue",
    "next",
    "next-page",
    "nextCursor",
    "nextLink",
    "nextPageToken",
    "nextToken",
    "next_cursor",
    "next_page",
    "next_page_token",
    "NextMarker",
    "NextToken",
    "odata.nextLink",
];
/// Members that say whether there is one.
const MORE: &[&str] = &[
    "hasMore",
    "hasNextPage",
    "has_more",
    "has_next",
    "isTruncated",
    "IsTruncated",
    "moreChanges",
];
/// Members that say whether this one is the last.
const LAST: &[&str] = &["isLast", "isLastPage", "lastPage"];
/// So deep such members stand: `/meta/pagination/next-page`.
const DEPTH: u8 = 3;

/// The member of a page, which stands beside the records, by which more pages follow.
pub(super) fn marker(name: &str, json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let name = name.rsplit('/').next().unwrap_or(name);
    inside(name, &value, DEPTH)
}

fn inside(name: &str, value: &Value, depth: u8) -> Option<String> {
    let there = match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Number(_) => true,
        _ => false,
    };
    let more = (NEXT.contains(&name) && there)
        || (MORE.contains(&name) && *value == Value::Bool(true))
        || (LAST.contains(&name) && *value == Value::Bool(false));
    if more {
        return Some(name.to_owned());
    }
    let members = value.as_object().filter(|_| depth > 0)?;
    // A link may be an object with an address.
    if NEXT.contains(&name) && members.get("href").is_some_and(Value::is_string) {
        return Some(name.to_owned());
    }
    members.iter().find_map(|(name, value)| inside(name, value, depth - 1))
}

/// How the collection notes that it went on from the first reply to every one after it.
const FOLLOWED: &str = ", and each page after it";

/// Whether a command, as people say it, fetches every page.
pub(super) fn asks_for_all(command: &str) -> bool {
    ["--paginate", "--all", "--slurp", FOLLOWED].iter().any(|flag| command.contains(flag))
}

/// How people tell a command how much to fetch at most.
const LIMITS: &[&str] =
    &["--limit", "--max-items", "--max-results", "-L", "limit", "sysparm_limit", "$top", "top"];

/// Whether a command, as people say it, asks for no more than `items` records.
pub(super) fn asks_for(items: u64, command: &str) -> bool {
    let words = command.split([' ', '=', '&', '?', '\'', '"', '\\', '\n', '\t']);
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    items > 0
        && !command.ends_with(FOLLOWED)
        && words.windows(2).any(|pair| {
            LIMITS.contains(&pair[0]) && pair[1].parse::<u64>().is_ok_and(|most| most == items)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_in_commands() {
        for command in [
            "gh pr list --limit 1000 --json number",
            "gh pr list -L 1000",
            "gh pr list --limit=1000",
            "curl 'https://x/api?sysparm_limit=1000&y=1'",
            "aws iam x --max-items 1000",
            "az rest --url \"https://graph/x?\\$top=1000\"",
        ] {
            assert!(asks_for(1000, command), "{command}");
            assert!(!asks_for(999, command), "{command}");
        }
        assert!(!asks_for(100, "gh api --paginate 'x?per_page=100'"));
        assert!(!asks_for(0, "x --limit 0"));
        // So many of a page, and no limit of the whole.
        assert!(!asks_for(1000, "curl 'https://x/api?limit=1000', and each page after it"));
        assert!(asks_for_all("curl x, and each page after it"));
        assert!(asks_for_all("gh api --paginate x") && !asks_for_all("gh api x"));
    }

    #[test]
    fn markers_of_every_service() {
        for (name, json) in [
            ("/next", "\"https://awx/api?page=2\""),
            ("/@odata.nextLink", "\"https://graph/x\""),
            ("/links", r#"{"self":"a","next":"b"}"#),
            ("/_links", r#"{"next":{"href":"b"}}"#),
            ("/meta", r#"{"pagination":{"current-page":1,"next-page":2}}"#),
            ("/data/repository/pullRequests/pageInfo", r#"{"hasNextPage":true,"endCursor":"x"}"#),
            ("/metadata", r#"{"continue":"tok","resourceVersion":"1"}"#),
            ("/pagingInfo", r#"{"lastPage":false,"size":100}"#),
            ("/response_metadata", r#"{"next_cursor":"dXNlcjpVMD"}"#),
            ("/isLastPage", "false"),
            ("/NextToken", "\"abc\""),
        ] {
            assert!(marker(name, json).is_some(), "{name} {json}");
        }
        for (name, json) in [
            ("/next", "null"),
            ("/next", "\"\""),
            ("/meta", r#"{"pagination":{"next-page":null}}"#),
            ("/pageInfo", r#"{"hasNextPage":false}"#),
            ("/metadata", r#"{"continue":""}"#),
            ("/isLastPage", "true"),
            ("/count", "7"),
            ("/text", "\"next\""),
            ("/next", "nonsense"),
        ] {
            assert_eq!(marker(name, json), None, "{name} {json}");
        }
    }
}
