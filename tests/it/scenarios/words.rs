//! The words of one line, and what is wrong with it.

use std::collections::BTreeMap;

use sodpack::model::Instant;

/// What is wrong with a line, with its cure.
pub(crate) type Fault = String;

/// A line taken apart: blanks separate, a comma at a word's end is for the eye, quotes hold
/// together.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    all: Vec<String>,
    next: usize,
}

impl Words {
    pub(crate) fn of(line: &str) -> Result<Self, Fault> {
        let mut all = Vec::new();
        for (index, part) in line.split('"').enumerate() {
            if index % 2 == 1 {
                all.push(part.to_owned());
                continue;
            }
            let words = part.split_whitespace().map(|word| word.trim_end_matches(','));
            all.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
        }
        match line.matches('"').count() % 2 {
            0 => Ok(Self { all, next: 0 }),
            _ => Err("a quote is not closed; add `\"`".to_owned()),
        }
    }

    pub(crate) fn peek(&self) -> Option<&str> {
        self.all.get(self.next).map(String::as_str)
    }

    pub(crate) fn word(&mut self, wanted: &str) -> Result<String, Fault> {
        let word = self.peek().map(str::to_owned);
        self.next += 1;
        word.ok_or_else(|| format!("the line ends where {wanted} is wanted; add it"))
    }

    /// Takes this word if it is the next one.
    pub(crate) fn takes(&mut self, word: &str) -> bool {
        let is_next = self.peek() == Some(word);
        self.next += usize::from(is_next);
        is_next
    }

    pub(crate) fn must(&mut self, word: &str) -> Result<(), Fault> {
        match self.takes(word) {
            true => Ok(()),
            false => {
                Err(format!("`{}` where `{word}` is wanted", self.peek().unwrap_or("nothing")))
            }
        }
    }

    /// A moment in `zone`: `2026-10-05 09:00`, a date alone for its first moment, or RFC 3339.
    pub(crate) fn time(&mut self, zone: chrono_tz::Tz) -> Result<Instant, Fault> {
        let mut text = self.word("a time")?;
        let hour =
            |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(':');
        if text.len() == 10 && self.peek().is_some_and(hour) {
            text = format!("{text} {}", self.word("an hour")?);
        }
        Instant::parse_in(&text, zone).map_err(|error| error.to_string())
    }

    /// The rest as keywords, each with the words up to the next one.
    pub(crate) fn clauses(&mut self, known: &[&'static str]) -> Result<Clauses, Fault> {
        let mut clauses = Clauses::default();
        let mut current: Option<&'static str> = None;
        while let Some(word) = self.peek().map(str::to_owned) {
            self.next += 1;
            if let Some(key) = known.iter().find(|key| **key == word) {
                if clauses.all.insert(key, Vec::new()).is_some() {
                    return Err(format!("`{key}` stands there twice; remove one"));
                }
                current = Some(key);
            } else if let Some(values) = current.and_then(|key| clauses.all.get_mut(key)) {
                values.push(word);
            } else {
                return Err(format!("`{word}` is not understood; want one of {known:?}"));
            }
        }
        Ok(clauses)
    }

    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.clauses(&[]).map(|_| ())
    }
}

/// Keywords with their words.
#[derive(Debug, Default)]
pub(crate) struct Clauses {
    all: BTreeMap<&'static str, Vec<String>>,
}

impl Clauses {
    pub(crate) fn has(&self, key: &str) -> bool {
        self.all.contains_key(key)
    }

    pub(crate) fn list(&self, key: &str) -> &[String] {
        self.all.get(key).map_or(&[], Vec::as_slice)
    }

    /// The one word of a keyword.
    pub(crate) fn one(&self, key: &str) -> Result<Option<&str>, Fault> {
        match self.all.get(key).map(Vec::as_slice) {
            None => Ok(None),
            Some([word]) => Ok(Some(word)),
            Some(_) => Err(format!("`{key}` wants one word after it")),
        }
    }

    /// The moment of a keyword.
    pub(crate) fn time(&self, key: &str, zone: chrono_tz::Tz) -> Result<Option<Instant>, Fault> {
        let Some(words) = self.all.get(key) else { return Ok(None) };
        let mut words = Words { all: words.clone(), next: 0 };
        let at = words.time(zone)?;
        words.end()?;
        Ok(Some(at))
    }
}
