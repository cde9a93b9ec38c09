//! Asking whoever sits at the terminal, one line at a time.

use std::io::{self, BufRead, Write};

/// A conversation.
pub(super) struct Ask<'a> {
    pub(super) input: &'a mut dyn BufRead,
    pub(super) output: &'a mut dyn Write,
}

impl Ask<'_> {
    /// The answer to a question, without blanks around; asked again while it is empty and must not
    /// be.
    ///
    /// # Errors
    ///
    /// If the input ends, which is how people give up, or the terminal fails.
    pub(super) fn line(&mut self, question: &str, needed: bool) -> io::Result<String> {
        loop {
            write!(self.output, "{question}: ")?;
            self.output.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nothing was answered"));
            }
            let answer = line.trim();
            if !answer.is_empty() || !needed {
                return Ok(answer.to_owned());
            }
        }
    }

    /// Whether somebody says yes; anything else is no.
    ///
    /// # Errors
    ///
    /// As for [`line`](Self::line).
    pub(super) fn agrees(&mut self, question: &str) -> io::Result<bool> {
        let answer = self.line(&format!("{question} [y/N]"), false)?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_answered_is_asked_again() {
        let (mut input, mut output) = (&b"\n  \n Ann \n\nYes\nno\n"[..], Vec::new());
        let mut ask = Ask { input: &mut input, output: &mut output };
        assert_eq!(ask.line("author", true).unwrap(), "Ann");
        assert_eq!(ask.line("ticket", false).unwrap(), "");
        assert!(ask.agrees("write it?").unwrap());
        assert!(!ask.agrees("write it?").unwrap());
        let error = ask.line("author", true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(String::from_utf8(output).unwrap().starts_with("author: author: author: ticket: "));
    }
}
