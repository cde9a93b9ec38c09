//! Which commits of one file are built on which.

use std::collections::BTreeSet;

use crate::model::SubjectId;

/// The commits of one file and their parents.
#[derive(Default)]
pub(super) struct Ancestry {
    /// In the file's order.
    commits: Vec<SubjectId>,
    /// Child and parent.
    edges: Vec<(SubjectId, SubjectId)>,
    known: BTreeSet<SubjectId>,
}

impl Ancestry {
    pub(super) fn add(&mut self, commit: SubjectId, parents: &[SubjectId]) {
        self.commits.push(commit);
        self.edges.extend(parents.iter().map(|&parent| (commit, parent)));
    }

    /// Sorts what was added, for the questions below.
    pub(super) fn done(&mut self) {
        self.edges.sort_unstable();
        self.known = self.commits.iter().copied().collect();
    }

    /// The first commit of the file.
    pub(super) fn first(&self) -> Option<SubjectId> {
        self.commits.first().copied()
    }

    /// The commits that no other commit of the file is built on.
    pub(super) fn tips(&self) -> BTreeSet<SubjectId> {
        let mut tips = self.known.clone();
        for (_, parent) in &self.edges {
            tips.remove(parent);
        }
        tips
    }

    /// `from` and the commits of the file that it is built on; not many more than `most`.
    pub(super) fn reached(&self, from: SubjectId, most: usize) -> BTreeSet<SubjectId> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(commit) = open.pop() {
            if reached.len() > most {
                break;
            }
            if self.known.contains(&commit) && reached.insert(commit) {
                let start = self.edges.partition_point(|(child, _)| *child < commit);
                let own = self.edges[start..].iter().take_while(|(child, _)| *child == commit);
                open.extend(own.map(|(_, parent)| *parent));
            }
        }
        reached
    }

    /// How many different commits the file has.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Batch;

    #[test]
    fn tips_and_what_they_reach() {
        let mut out = Batch::default();
        let mut id = |name| out.subject_id("x", name);
        let [a, b, c, d, outside] = ["a", "b", "c", "d", "outside"].map(&mut id);
        let mut ancestry = Ancestry::default();
        ancestry.add(b, &[a]);
        ancestry.add(a, &[outside]);
        ancestry.add(c, &[outside]);
        ancestry.done();
        assert_eq!(ancestry.tips(), BTreeSet::from([b, c]));
        assert_eq!(ancestry.reached(b, 9), BTreeSet::from([a, b]));
        assert_eq!(ancestry.reached(d, 9), BTreeSet::new());
        assert_eq!(ancestry.reached(b, 0).len(), 1);
        assert_eq!((ancestry.len(), ancestry.first()), (3, Some(b)));
    }
}
