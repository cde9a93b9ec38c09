//! Times in the shapes that are no RFC 3339.

use super::ingester::Context;
use super::json_tree::Node;
use crate::model::Instant;

/// A moment as a count of milliseconds since 1970-01-01T00:00:00Z.
pub(super) fn millis(count: i64) -> Result<Instant, String> {
    let time = count.checked_mul(1000).and_then(Instant::from_micros);
    time.ok_or_else(|| format!("`{count}` milliseconds lie outside the years 1 to 9999"))
}

impl Context<'_> {
    /// Reads a time that is text: in any spelling of RFC 3339, in the source's zone if it names
    /// none, or `/Date(1777406310050)/` as .NET prints it.
    pub(super) fn moment(&self, node: &Node<'_>) -> Result<Instant, String> {
        let text = match node {
            Node::Text(text) => text,
            Node::Null => return Err("it has no time".to_owned()),
            _ => return Err("its time is no text".to_owned()),
        };
        match ticks(text) {
            Some(count) => millis(count),
            None => self.time(text).map_err(|error| error.to_string()),
        }
    }

    /// Like [`moment`](Self::moment), but a number is milliseconds since the epoch.
    pub(super) fn moment_or_millis(&self, node: &Node<'_>) -> Result<Instant, String> {
        let digits = matches!(node, Node::Text(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
        match node {
            Node::Whole(_) | Node::Number(_) => {
                millis(node.whole().ok_or("its time is no whole number of milliseconds")?)
            }
            _ if digits => millis(node.whole().ok_or("its time is too large a number")?),
            _ => self.moment(node),
        }
    }

    /// A time that may be missing.
    pub(super) fn maybe_moment(&self, node: &Node<'_>) -> Result<Option<Instant>, String> {
        match node {
            Node::Null => Ok(None),
            Node::Text(text) if text.trim().is_empty() => Ok(None),
            _ => self.moment(node).map(Some),
        }
    }

    /// A time that may be missing: text that its system documents to be UTC where it names no zone,
    /// or a number of seconds since the epoch.
    pub(super) fn utc_or_seconds(&self, node: &Node<'_>) -> Result<Option<Instant>, String> {
        match node {
            Node::Whole(_) | Node::Number(_) => {
                let seconds = node.whole().ok_or("its time is no whole number of seconds")?;
                let time = Instant::from_seconds(seconds);
                let far = || format!("`{seconds}` seconds lie outside the years 1 to 9999");
                time.map(Some).ok_or_else(far)
            }
            _ => {
                let zone = chrono_tz::UTC;
                let time = node.text().map(|text| Instant::parse_in(text, zone));
                time.transpose().map_err(|error| error.to_string())
            }
        }
    }

    /// Whether the account is a registered agent or service.
    pub(super) fn watches(&self, local: &str) -> bool {
        self.watch.account(&format!("{}:{local}", self.system))
    }

    /// Whether what the account did is kept: because of who it is, or because of what it did.
    /// `action` is without the system.
    pub(super) fn keeps(&self, local: &str, action: &str) -> bool {
        let action = format!("{}:{action}", self.system);
        self.watches(local)
            || self.watch.action(&action)
            || self.watch.forbidden(&format!("{}:{local}", self.system), &action)
    }
}

/// The milliseconds in `/Date(1777406310050)/` or `/Date(1777406310050+0200)/`: an offset there only
/// says how to show the moment.
fn ticks(text: &str) -> Option<i64> {
    let inner = text.trim().strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at);
    inner[..end.unwrap_or(inner.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Settings;

    #[test]
    fn seconds_and_utc() {
        let settings = Settings::default();
        let context = Context { settings: &settings, system: "x", watch: &|_: &str| true };
        let at = |json: &str| {
            let time = context.utc_or_seconds(&Node::parse(json).unwrap());
            time.map(|at| at.map(|at| at.to_string()))
        };
        let want = Ok(Some("2013-07-21T14:23:59Z".to_owned()));
        assert_eq!(at("1374416639"), want);
        assert_eq!(at("\"2013-07-21 14:23:59.000000000\""), want);
        assert_eq!((at("null"), at("\"\"")), (Ok(None), Ok(None)));
        assert!(at("9223372036854775807").is_err() && at("1.5").is_err() && at("\"x\"").is_err());
    }

    #[test]
    fn shapes() {
        let settings = Settings::default();
        let context = Context { settings: &settings, system: "x", watch: &|_: &str| true };
        let at = |json: &str| {
            let node = Node::parse(json).unwrap();
            context.moment_or_millis(&node).map(|at| at.to_string())
        };
        for json in [
            "1777406310050",
            "1777406310050.0",
            "\"1777406310050\"",
            "\"/Date(1777406310050)/\"",
            "\"\\/Date(1777406310050+0200)\\/\"",
            "\"2026-04-28T19:58:30.050Z\"",
        ] {
            assert_eq!(at(json).as_deref(), Ok("2026-04-28T19:58:30.050Z"), "{json}");
        }
        assert_eq!(at("\"/Date(-62135596800000)/\"").as_deref(), Ok("0001-01-01T00:00:00Z"));
        for json in
            ["9223372036854775807", "1.5", "\"soon\"", "null", "\"\"", "{}", "\"/Date(x)/\""]
        {
            assert!(at(json).is_err(), "{json}");
        }
        assert!(at("\"2026-04-28 19:58:30\"").unwrap_err().contains("no time zone"));
    }
}
