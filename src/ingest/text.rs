//! Splits text into records that end with a byte that cannot stand in text.

use super::decode::Trouble;
use super::json_items::{Piece, Spot};
use super::json_scan::{MAX_ITEM, blank};
use super::window::Window;

/// Splits text at every `end`.
pub(super) struct Records {
    end: u8,
    unread: usize,
}

impl Records {
    pub(super) fn new(end: u8) -> Self {
        Self { end, unread: 0 }
    }

    /// Passes the latest record and finds the next one. White space before a record does not belong
    /// to it. A last record without its end is a fault: the file is cut off.
    pub(super) fn next(&mut self, window: &mut Window) -> Result<Option<Piece>, Trouble> {
        window.pass(std::mem::take(&mut self.unread));
        window.pass_while(blank)?;
        if window.peek()?.is_none() {
            return Ok(None);
        }
        let spot = Spot::Line(window.line());
        let (mut at, mut large) = (0, false);
        loop {
            if let Some(found) = memchr::memchr(self.end, &window.bytes()[at..]) {
                self.unread = at + found + 1;
                let len = if large || self.unread > MAX_ITEM {
                    Err(format!("the record is larger than {} MiB", MAX_ITEM >> 20))
                } else {
                    Ok(at + found)
                };
                return Ok(Some(Piece { spot, len }));
            }
            at = window.bytes().len();
            if large || at > MAX_ITEM {
                large = true;
                window.pass(at);
                at = 0;
            }
            if !window.more()? {
                window.pass(at);
                let len = Err("the file ends inside this record".to_owned());
                return Ok(Some(Piece { spot, len }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::testing;

    #[test]
    fn records_and_a_cut_one() {
        for step in [1, 2, 3, 7, 99] {
            let mut window = testing::window(b"a\nb\x1e\nc\x1e\r\nd", step);
            let mut records = Records::new(0x1e);
            let mut got = Vec::new();
            while let Some(piece) = records.next(&mut window).unwrap() {
                let text = piece.len.map(|len| window.bytes()[..len].to_vec());
                got.push((piece.spot, text));
            }
            assert_eq!(got[0], (Spot::Line(1), Ok(b"a\nb".to_vec())));
            assert_eq!(got[1], (Spot::Line(3), Ok(b"c".to_vec())));
            assert_eq!(got[2].0, Spot::Line(4));
            assert!(got[2].1.is_err() && got.len() == 3);
        }
    }
}
