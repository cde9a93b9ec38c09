//! What is wrong with a file that people wrote.

use std::fmt;

/// One thing wrong: place, fault, cure.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Problem {
    /// The file, as the user named it.
    pub file: String,
    /// Its line, counted from 1; 0 for the file as a whole.
    pub line: u32,
    /// What is wrong. Lowercase, no full stop.
    pub fault: String,
    /// What to do about it. Lowercase, no full stop.
    pub cure: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}; {}", self.file, self.fault, self.cure),
            line => write!(f, "{}:{line}: {}; {}", self.file, self.fault, self.cure),
        }
    }
}

/// Everything that is wrong, by file and line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Notes a problem.
    pub fn note(
        &mut self,
        file: &str,
        line: u32,
        fault: impl Into<String>,
        cure: impl Into<String>,
    ) {
        let (fault, cure) = (fault.into(), cure.into());
        self.0.push(Problem { file: file.to_owned(), line, fault, cure });
    }

    /// Succeeds if nothing is wrong.
    pub fn into_result(mut self) -> Result<(), Self> {
        self.0.sort();
        self.0.dedup();
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
