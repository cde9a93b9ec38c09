//! UTF-16 to UTF-8, a piece at a time.
//!
//! Half a surrogate pair is written as the three bytes it would have, which are not UTF-8: the
//! record that holds it is then rejected, instead of being changed in silence.

/// Which byte of a unit comes first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Order {
    Little,
    Big,
}

/// What is left over between two pieces.
pub(super) struct Utf16 {
    order: Order,
    half: Option<u8>,
    high: Option<u16>,
}

impl Utf16 {
    pub(super) fn new(order: Order) -> Self {
        Self { order, half: None, high: None }
    }

    /// Transcodes `raw` to the end of `out`.
    pub(super) fn push(&mut self, raw: &[u8], out: &mut Vec<u8>) {
        for &byte in raw {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let unit = match self.order {
                Order::Little => u16::from_le_bytes([first, byte]),
                Order::Big => u16::from_be_bytes([first, byte]),
            };
            self.unit(unit, out);
        }
    }

    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        if let Some(high) = self.high.take() {
            if (0xdc00..0xe000).contains(&unit) {
                let code = 0x10000 + ((u32::from(high) - 0xd800) << 10) + u32::from(unit) - 0xdc00;
                write(code, out);
                return;
            }
            write(u32::from(high), out);
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
        } else {
            write(u32::from(unit), out);
        }
    }

    /// Writes what is left over at the end of the text.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        if let Some(high) = self.high.take() {
            write(u32::from(high), out);
        }
        if self.half.take().is_some() {
            out.push(0xff);
        }
    }
}

/// Writes a code point; a lone surrogate in the form that no UTF-8 reader accepts.
fn write(code: u32, out: &mut Vec<u8>) {
    if let Some(char) = char::from_u32(code) {
        out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let low = |shift: u32| 0x80 | ((code >> shift) & 0x3f) as u8;
        out.extend_from_slice(&[0xe0 | (code >> 12) as u8, low(6), low(0)]);
    }
}
