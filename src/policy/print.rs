//! Writes the policy in force as `policy.toml`, every default filled in.

use super::{Pattern, Policy};

impl Policy {
    /// The policy as TOML, in the order of its file and then of the built-in parts. Reading it
    /// again gives the same policy.
    pub fn to_toml(&self) -> String {
        let mut out = String::from("[approvals]\n");
        let approvals = &self.approvals;
        out += &pair("sponsor-approval", &text(approvals.sponsor_approval.name()));
        out += &pair("people", &approvals.people.to_string());
        out += &pair("agents", &approvals.agents.to_string());
        out += &pair("self-merge", &text(approvals.self_merge.name()));
        out += "\n[tickets]\n";
        out += &pair("required", &text(self.tickets.required.name()));
        out += &pair("keys", &patterns(&self.tickets.keys));
        let windows = &self.windows;
        out += "\n[windows]\n";
        out += &pair("occasional-role-hours", &windows.occasional_role_hours.to_string());
        out += &pair("hasty-approval-minutes", &windows.hasty_approval_minutes.to_string());
        out += &pair("justify-within-days", &windows.justify_within_days.to_string());
        out += &pair("definition-days", &windows.definition_days.to_string());
        out += &pair("control-weakened-hours", &windows.control_weakened_hours.to_string());
        for capability in &self.capabilities {
            out += "\n[[capability]]\n";
            out += &pair("name", &text(&capability.name));
            out += &pair("roles", &patterns(&capability.roles));
            out += &pair("actions", &patterns(&capability.actions));
            out += &pair("resources", &patterns(&capability.resources));
        }
        for tier in &self.tiers {
            out += "\n[[tier]]\n";
            out += &pair("name", &text(&tier.name));
            out += &pair("may", &list(tier.may.iter().map(String::as_str)));
            out += &pair("must-not", &list(tier.must_not.iter().map(String::as_str)));
        }
        for roles in &self.incompatible_roles {
            out += "\n[[incompatible-roles]]\n";
            out += &pair("name", &text(&roles.name));
            out += &pair("one", &patterns(&roles.one));
            out += &pair("other", &patterns(&roles.other));
            out += &pair("severity", &text(roles.severity.name()));
        }
        for duties in &self.incompatible_duties {
            out += "\n[[incompatible-duties]]\n";
            out += &pair("one", &text(duties.one.name()));
            out += &pair("other", &text(duties.other.name()));
            out += &pair("severity", &text(duties.severity.name()));
        }
        for production in &self.production {
            out += "\n[[production]]\n";
            out += &pair("environments", &patterns(&production.environments));
            out += &pair("repositories", &patterns(&production.repositories));
        }
        for protected in &self.protected {
            out += "\n[[protected]]\n";
            out += &pair("repositories", &patterns(&protected.repositories));
            out += &pair("branches", &patterns(&protected.branches));
        }
        for owner in &self.owners {
            out += "\n[[owner]]\n";
            out += &pair("principal", &text(&owner.principal));
            out += &pair("repositories", &patterns(&owner.repositories));
            out += &pair("tiers", &list(owner.tiers.iter().map(String::as_str)));
        }
        out + &self.safeguards()
    }

    fn safeguards(&self) -> String {
        let mut out = String::new();
        for playbook in &self.playbooks {
            out += "\n[[playbook]]\n";
            out += &pair("name", &text(&playbook.name));
            out += &pair("resources", &patterns(&playbook.resources));
            for (key, value) in [("version", &playbook.version), ("category", &playbook.category)] {
                out += &value.as_deref().map(|v| pair(key, &text(v))).unwrap_or_default();
            }
            out += &pair("approved-by", &text(&playbook.approved_by));
            out += &pair("approved-at", &playbook.approved_at.to_string());
            out += &playbook.until.map(|u| pair("until", &u.to_string())).unwrap_or_default();
        }
        for control in &self.controls {
            out += "\n[[control]]\n";
            out += &pair("name", &text(&control.name));
            out += &pair("removes", &patterns(&control.removes));
            out += &pair("restores", &patterns(&control.restores));
            out += &pair("edits", &patterns(&control.edits));
        }
        out += "\n[break-glass]\n";
        out += &pair("roles", &patterns(&self.break_glass.roles));
        out += &pair("accounts", &patterns(&self.break_glass.accounts));
        out += &pair("review-within-hours", &self.break_glass.review_within_hours.to_string());
        out += "\n[grants]\n";
        out += &pair("request-required", &self.grants.request_required.to_string());
        out += "\n[review-log]\n";
        out + &pair("actions", &patterns(&self.review_log.actions))
    }
}

fn pair(key: &str, value: &str) -> String {
    format!("{key} = {value}\n")
}

fn patterns(patterns: &[Pattern]) -> String {
    list(patterns.iter().map(Pattern::text))
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.map(text).collect();
    let line = format!("[{}]", texts.join(", "));
    if line.chars().count() <= 80 {
        return line;
    }
    format!("[\n    {},\n]", texts.join(",\n    "))
}

/// A basic string of TOML 1.0.
fn text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out += &format!("\\u{:04X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Problems;

    fn read(text: &str) -> Policy {
        let mut problems = Problems::default();
        let policy = Policy::read("p.toml", text, &mut problems);
        assert_eq!(problems, Problems::default());
        policy.unwrap()
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        let written = "approvals.people = 2\nwindows.justify-within-days = 9\n[[capability]]\nname = \"deploy\"\n\
            roles = ['okta:a \"b\\']\nactions = ['aws:é*']\nresources = ['x']\n\
            [[tier]]\nname = 't'\nmay = ['deploy', 'approve']\n\
            [[incompatible-roles]]\nname = 'ä'\none = ['a:1']\nother = ['a:2']\nseverity = 'low'\n\
            [tickets]\nrequired = 'agents'\nkeys = ['CHG-*']\n\
            [[incompatible-duties]]\none = 'execute'\nother = 'author'\nseverity = 'low'\n\
            [[production]]\nenvironments = ['prod*']\n\
            [[protected]]\nrepositories = ['*']\nbranches = ['main']\n\
            [[owner]]\nprincipal = 'ann'\nrepositories = ['a/*']\ntiers = ['t']\n\
            [[playbook]]\nname = 'p'\nresources = ['documentName=p']\nversion = '7'\n\
            category = 'patching'\napproved-by = 'dan'\napproved-at = 2026-09-30\n\
            until = 2026-12-31\n[[control]]\nname = 'c'\nremoves = ['x:off']\n\
            [break-glass]\naccounts = ['aws:*']\n[grants]\nrequest-required = true\n";
        for policy in [read(""), read(written)] {
            let printed = policy.to_toml();
            assert_eq!(read(&printed).to_toml(), printed);
        }
        let printed = read(written).to_toml();
        assert!(printed.starts_with("[approvals]\nsponsor-approval = \"never\"\npeople = 2\n"));
        assert!(printed.contains("\n[windows]\noccasional-role-hours = 24\n"), "{printed}");
        assert!(printed.contains("\n[tickets]\nrequired = \"agents\"\nkeys = [\"CHG-*\"]\n"));
        assert!(printed.contains("one = \"execute\"\nother = \"author\"\nseverity = \"low\"\n"));
        assert!(printed.contains("environments = [\"prod*\"]\nrepositories = []\n"));
        assert!(printed.contains("\njustify-within-days = 9\n"), "{printed}");
        assert!(printed.contains("roles = [\"okta:a \\\"b\\\\\"]"), "{printed}");
        assert!(read("").to_toml().contains("must-not = [\n    \"modify-definition\",\n"));
    }
}
