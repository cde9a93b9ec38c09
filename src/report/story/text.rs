//! A story for a terminal: plain text, read from top to bottom.

use std::fmt::Write as _;

use super::{Event, Party, Story};

/// Columns of the text.
const WIDTH: usize = 92;
/// Characters of a digest by which a file is known.
const DIGEST: usize = 12;

/// The story as text, with a line feed at the end. What others wrote in it is harmless already.
pub fn told(story: &Story) -> String {
    let Story { id, rule, severity, status, .. } = story;
    let mut out = format!("{id}  {rule}  {severity}  {status}\n\n");
    fill(&mut out, "", "", &story.about);
    if let Some(url) = &story.url {
        let _ = writeln!(out, "{url}");
    }
    heading(&mut out, "Who took part");
    if story.cast.is_empty() {
        out.push_str("  nobody whom a record names\n");
    }
    story.cast.iter().for_each(|one| party(&mut out, one));
    heading(&mut out, "What happened");
    if story.events.is_empty() {
        out.push_str("  no record has a time or an actor\n");
    }
    story.events.iter().for_each(|one| event(&mut out, one));
    if story.more > 0 {
        let _ = writeln!(out, "  and {} more", story.more);
    }
    heading(&mut out, "Why it is an exception");
    story.because.iter().for_each(|one| fill(&mut out, "  ", "  ", one));
    heading(&mut out, "What answers it");
    story.answer.iter().for_each(|one| fill(&mut out, "  ", "  ", one));
    out
}

fn heading(out: &mut String, text: &str) {
    let _ = writeln!(out, "\n{text}");
}

fn party(out: &mut String, party: &Party) {
    let Party { name, principal, kind, sponsor, accounts, .. } = party;
    let id = if principal.is_empty() { String::new() } else { format!(" ({principal})") };
    let sponsor = sponsor.as_ref().map(|s| format!(", answered for by {s}")).unwrap_or_default();
    let named = if party.party { "; a party to the exception" } else { "" };
    fill(out, "  ", "    ", &format!("{name}{id}, {kind}{sponsor}{named}"));
    for (account, basis) in accounts {
        fill(out, "    ", "      ", &format!("{account}: {basis}"));
    }
}

fn event(out: &mut String, event: &Event) {
    let at = if event.at.is_empty() { "at an unknown time" } else { &event.at };
    let through = match (event.account.as_str(), event.acted) {
        ("", _) => String::new(),
        (account, true) => format!(", as {account}"),
        (account, false) => format!(" (account {account})"),
    };
    fill(out, &format!("  {at}  "), "    ", &format!("{}{through}", event.said));
    if let Some(roles) = &event.roles {
        fill(out, "    held then: ", "      ", roles);
    }
    if let Some(judged) = &event.judged {
        fill(out, "    judged: ", "      ", judged);
    }
    let digest: String = event.sha256.chars().take(DIGEST).collect();
    let digest = if digest.is_empty() { digest } else { format!(" (file sha256 {digest}…)") };
    fill(out, "    record: ", "      ", &format!("{}{digest}", event.place));
    for again in &event.also {
        fill(out, "    also: ", "      ", &format!("{}, as {}", again.place, again.account));
    }
}

/// Writes words in lines, the first after `first` and the others after `rest`.
fn fill(out: &mut String, first: &str, rest: &str, text: &str) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        let long = line.chars().count() + usize::from(!empty) + word.chars().count() > WIDTH;
        if long && !empty {
            let _ = writeln!(out, "{}", line.trim_end());
            line = rest.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
