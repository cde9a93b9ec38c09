//! Finds where a JSON value ends, without building it.
//!
//! Only strings and brackets of the value's own kind are looked at, so most bytes are passed at the
//! speed of `memchr`. That accepts broken values such as `{"a":[}`; whoever parses the value
//! rejects it. What must never happen is that one broken record swallows its neighbours unseen:
//! a line break inside a string, which JSON forbids, is therefore a fault of its own.

use super::decode::Trouble;
use super::window::Window;

/// How large one record may be: 64 MiB. Real ones stay below 1 MiB.
pub(super) const MAX_ITEM: usize = 64 << 20;

/// How far a value reaches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Extent {
    /// It is whole and lies in the window's first so many bytes.
    Whole(usize),
    /// It is whole but larger than [`MAX_ITEM`]; the window has passed it.
    TooLarge,
    /// The file ends inside it.
    Cut,
    /// A line ends inside one of its strings.
    Torn,
}

/// Finds the end of the value whose first byte is the window's first. `limit` is [`MAX_ITEM`],
/// except in tests.
pub(super) fn extent(window: &mut Window, limit: usize) -> Result<Extent, Trouble> {
    let Some(first) = window.peek()? else { return Ok(Extent::Cut) };
    let mut scan = match first {
        b'{' | b'[' => Scan { open: first, close: first + 2, depth: 0, string: false },
        b'"' => Scan { open: b'"', close: b'"', depth: 0, string: false },
        _ => return scalar(window, limit),
    };
    let (mut at, mut large) = (0, false);
    loop {
        match scan.step(window.bytes(), at) {
            Step::End(end) if large || end > limit => {
                window.pass(end);
                return Ok(Extent::TooLarge);
            }
            Step::End(end) => return Ok(Extent::Whole(end)),
            Step::Torn => return Ok(Extent::Torn),
            Step::More(reached) => at = reached,
        }
        if large || at > limit {
            large = true;
            window.pass(at);
            at = 0;
        }
        if !window.more()? {
            return Ok(Extent::Cut);
        }
    }
}

/// Numbers and words end before a delimiter or at the end of the file.
fn scalar(window: &mut Window, limit: usize) -> Result<Extent, Trouble> {
    let (mut at, mut large) = (0, false);
    loop {
        let rest = &window.bytes()[at..];
        let delimiter = |&byte: &u8| matches!(byte, b',' | b']' | b'}' | b':') || blank(byte);
        let end = rest.iter().position(delimiter).map(|len| at + len);
        at = end.unwrap_or(window.bytes().len());
        if large || at > limit {
            large = true;
            window.pass(at);
            at = 0;
        }
        if end.is_some() || !window.more()? {
            return Ok(if large { Extent::TooLarge } else { Extent::Whole(at) });
        }
    }
}

/// JSON's white space.
pub(super) fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

struct Scan {
    open: u8,
    close: u8,
    depth: u64,
    string: bool,
}

enum Step {
    End(usize),
    Torn,
    /// Everything before this was looked at.
    More(usize),
}

impl Scan {
    fn step(&mut self, bytes: &[u8], mut at: usize) -> Step {
        loop {
            let rest = &bytes[at..];
            let found = if self.string {
                memchr::memchr3(b'"', b'\\', b'\n', rest)
            } else {
                memchr::memchr3(b'"', self.open, self.close, rest)
            };
            let Some(found) = found else { return Step::More(bytes.len()) };
            at += found;
            match (self.string, bytes[at]) {
                (true, b'"') => self.string = false,
                (true, b'\n') => return Step::Torn,
                (true, _) if at + 1 == bytes.len() => return Step::More(at),
                (true, _) => at += 1,
                (false, b'"') => self.string = true,
                (false, byte) if byte == self.open => self.depth += 1,
                (false, _) => self.depth = self.depth.saturating_sub(1),
            }
            at += 1;
            if self.depth == 0 && !self.string {
                return Step::End(at);
            }
        }
    }
}
