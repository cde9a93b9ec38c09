//! Interned text: each distinct string is kept once and named by an integer.
//!
//! Joins compare integers, and three million approvals share a few thousand logins.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// A string kept in [`Symbols`].
///
/// In a sealed [`Dataset`](super::Dataset) symbols are ranked: their order is the order of the
/// texts' bytes, whatever order the files were read in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Symbol(u32);

impl Symbol {
    /// Position among all symbols of one table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The table of interned strings.
#[derive(Debug, Default)]
pub struct Symbols {
    text: String,
    ends: Vec<usize>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Symbols {
    /// Interns `text` and returns its symbol.
    ///
    /// # Panics
    /// After 2³² distinct strings, which no memory this program runs in can hold.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = self.hasher.hash_one(text);
        let Self { text: all, ends, table, hasher } = self;
        let same = |&index: &u32| slice(all, ends, index as usize) == text;
        if let Some(&index) = table.find(hash, same) {
            return Symbol(index);
        }
        let index = u32::try_from(ends.len()).unwrap_or_else(|_| panic!("too many strings"));
        all.push_str(text);
        ends.push(all.len());
        table
            .insert_unique(hash, index, |&index| hasher.hash_one(slice(all, ends, index as usize)));
        Symbol(index)
    }

    /// The symbol of `text`, if it was interned.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = self.hasher.hash_one(text);
        let same = |&index: &u32| slice(&self.text, &self.ends, index as usize) == text;
        self.table.find(hash, same).map(|&index| Symbol(index))
    }

    /// The text of a symbol of this table.
    pub fn text(&self, symbol: Symbol) -> &str {
        slice(&self.text, &self.ends, symbol.index())
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Ranks the strings by their bytes. Returns the new table and, for each old symbol, the new
    /// one.
    pub fn ranked(&self) -> (Self, Vec<Symbol>) {
        let mut order: Vec<u32> = (0..self.ends.len() as u32).collect();
        order.sort_unstable_by_key(|&index| slice(&self.text, &self.ends, index as usize));
        let mut ranked = Self::default();
        ranked.text.reserve(self.text.len());
        let mut map = vec![Symbol(0); self.ends.len()];
        for &old in &order {
            map[old as usize] = ranked.intern(slice(&self.text, &self.ends, old as usize));
        }
        (ranked, map)
    }

    /// Adds every string of `other`. Returns, for each of its symbols, the one here.
    pub fn absorb(&mut self, other: &Self) -> Vec<Symbol> {
        (0..other.len()).map(|index| self.intern(slice(&other.text, &other.ends, index))).collect()
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], index: usize) -> &'a str {
    let start = if index == 0 { 0 } else { ends[index - 1] };
    &text[start..ends[index]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_symbol_for_one_text() {
        let mut symbols = Symbols::default();
        let (a, b) = (symbols.intern("ann"), symbols.intern("bob"));
        assert_eq!(symbols.intern("ann"), a);
        assert_ne!(a, b);
        assert_eq!(symbols.text(b), "bob");
        assert_eq!(symbols.find("eve"), None);
        assert_eq!(symbols.len(), 2);
    }

    #[test]
    fn ranking_orders_by_text() {
        let mut symbols = Symbols::default();
        let old: Vec<_> = ["c", "", "b", "a"].map(|t| symbols.intern(t)).into();
        let (ranked, map) = symbols.ranked();
        let texts: Vec<_> = old.iter().map(|s| ranked.text(map[s.index()])).collect();
        assert_eq!(texts, ["c", "", "b", "a"]);
        assert!(map[old[3].index()] < map[old[2].index()]);
        assert!(map[old[1].index()] < map[old[3].index()]);
    }
}
