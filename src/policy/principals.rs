//! `principals.csv`: who is who.

use serde::Serialize;

use super::Pattern;
use crate::model::{Digest, Instant};

/// What a principal is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// A person.
    Human,
    /// An AI agent or bot that acts by itself.
    Agent,
    /// A program that runs what people told it to.
    Service,
}

/// Index of a principal in [`Principals`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize)]
pub struct PrincipalId(pub u32);

/// A person, agent or service that the organisation knows.
#[derive(Clone, Debug, Serialize)]
pub struct Principal {
    /// Its id in the registry: `ann`.
    pub id: String,
    /// Name as people say it.
    pub name: String,
    /// What it is.
    pub kind: PrincipalKind,
    /// For an agent or service, the principal that answers for it.
    pub sponsor: Option<PrincipalId>,
    /// Its accounts: `github:ann`, `aws:arn:aws:sts::*:assumed-role/agent/*`.
    pub accounts: Vec<Pattern>,
    /// Its addresses, in lower case.
    pub emails: Vec<String>,
    /// Its tier, by name.
    pub tier: Option<String>,
    /// First moment at which it is valid, if limited.
    pub valid_from: Option<Instant>,
    /// First moment at which it is no longer valid, if limited.
    pub valid_until: Option<Instant>,
    /// Line of the file.
    pub line: u32,
}

/// The registry.
#[derive(Clone, Debug, Serialize)]
pub struct Principals {
    /// Digest of the file as written.
    pub digest: Digest,
    /// The principals, by line.
    pub all: Vec<Principal>,
}

impl Principals {
    /// A principal by its index.
    pub fn get(&self, id: PrincipalId) -> &Principal {
        &self.all[id.0 as usize]
    }

    /// The principal with this id.
    pub fn named(&self, id: &str) -> Option<PrincipalId> {
        self.all.iter().position(|p| p.id == id).map(|index| PrincipalId(index as u32))
    }

    /// Every principal with its index.
    pub fn iter(&self) -> impl Iterator<Item = (PrincipalId, &Principal)> {
        self.all.iter().enumerate().map(|(index, p)| (PrincipalId(index as u32), p))
    }
}
