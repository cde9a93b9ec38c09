//! `sodpack explain`: what a rule tests, why, and what it cannot see.

use std::io::Write;

use super::{
    Exit, docs,
    exit::{Consequence as _, Failure},
};
use crate::{crossref::RULES, policy::nearest};

const NOT_EXPLAINED: &str = "nothing was explained";

/// Explain a rule
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rule's id, such as `self-approval`
    rule: String,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let Some(rule) = RULES.iter().find(|rule| rule.id == args.rule) else {
        let cure = match nearest(&args.rule, RULES.iter().map(|rule| rule.id)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`sodpack list rules` names them all".to_owned(),
        };
        let cause = format!("no rule is called `{}`; {cure}", args.rule.escape_debug());
        return Err(Failure::new(NOT_EXPLAINED, cause));
    };
    write!(out, "{}", docs::rule(rule)).or_fail("the explanation cannot be printed")?;
    Ok(Exit::Clean)
}
