//! The generated pages of `docs/`, made from the registries and the command line itself.

use std::fmt::Write as _;

use clap::CommandFactory as _;

use super::App;
use crate::{
    crossref::{RULES, Rule},
    ingest::{INGESTERS, Ingester},
};

/// Every generated page: its path below `docs/`, and its text.
pub fn pages() -> Vec<(String, String)> {
    let mut pages = vec![
        ("rules/README.md".to_owned(), rules()),
        ("ingesters/README.md".to_owned(), ingesters()),
        ("cli.md".to_owned(), commands()),
    ];
    pages.extend(RULES.iter().map(|rule| (format!("rules/{}.md", rule.id), self::rule(rule))));
    pages.extend(INGESTERS.iter().map(|i| (format!("ingesters/{}.md", i.id), ingester(i))));
    pages
}

/// One rule's page.
pub(super) fn rule(rule: &Rule) -> String {
    format!(
        "# {}\n\nA violation: {}.\n\n- level: {}\n- severity: {}\n- evidence for: {}\n- since: {}\n\n{}",
        rule.id,
        rule.summary,
        rule.class.name(),
        rule.severity.name(),
        rule.criteria.join(", "),
        rule.since,
        text(rule.docs),
    )
}

fn rules() -> String {
    let mut page = "# Rules\n\nEach rule tests one thing at a time and answers pass, violation, \
                    indeterminate or not applicable.\n\n| rule | violation | level | severity |\n\
                    | --- | --- | --- | --- |\n"
        .to_owned();
    for rule in RULES {
        let (id, class, severity) = (rule.id, rule.class.name(), rule.severity.name());
        let _ = writeln!(page, "| [{id}]({id}.md) | {} | {class} | {severity} |", rule.summary);
    }
    page
}

fn ingester(ingester: &Ingester) -> String {
    format!(
        "# {}\n\n{}.\n\n- system of its accounts: `{}`\n- since: {}\n\n{}",
        ingester.id,
        ingester.title,
        ingester.system,
        ingester.since,
        text(ingester.docs),
    )
}

fn ingesters() -> String {
    let mut page = "# Ingesters\n\nEach reads one vendor's export as it is, recognised by what \
                    stands in it.\n\n| ingester | export |\n| --- | --- |\n"
        .to_owned();
    for ingester in INGESTERS {
        let _ = writeln!(page, "| [{0}]({0}.md) | {1} |", ingester.id, ingester.title);
    }
    page
}

/// The table of sources in the README: each export, and what is read of it.
pub fn sources() -> String {
    let mut table = "| export | what is read |\n| --- | --- |\n".to_owned();
    for ingester in INGESTERS {
        let opening: Vec<_> =
            ingester.docs.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
        let opening = opening.join(" ");
        let sentence = opening.split_once(". ").map_or(&*opening, |(first, _)| first);
        let sentence = sentence.trim_end_matches('.');
        let (title, id) = (ingester.title, ingester.id);
        let _ = writeln!(table, "| [{title}](docs/ingesters/{id}.md) | {sentence} |");
    }
    table
}

fn commands() -> String {
    // Else the help is as wide as the terminal that the tests happen to run in.
    let mut app = App::command().term_width(100);
    app.build();
    let mut page = "# Command line\n".to_owned();
    add_help(&mut page, "sodpack", app.clone());
    for command in app.get_subcommands().filter(|c| c.get_name() != "help") {
        let name = format!("sodpack {}", command.get_name());
        add_help(&mut page, &name, command.clone());
        for part in command.get_subcommands().filter(|c| c.get_name() != "help") {
            add_help(&mut page, &format!("{name} {}", part.get_name()), part.clone());
        }
    }
    page
}

fn add_help(page: &mut String, name: &str, mut command: clap::Command) {
    let help = command.render_long_help().to_string();
    let help: Vec<_> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end());
}

/// A doc comment without the blank that follows its slashes.
fn text(docs: &str) -> String {
    docs.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}
