//! The way through the objects that records come wrapped in.

use super::{Frame, JsonItems, MAX_BESIDE, Piece, Spot};
use crate::ingest::decode::Trouble;
use crate::ingest::error::printable;
use crate::ingest::json_scan::{Extent, blank, extent};
use crate::ingest::window::Window;

impl JsonItems {
    /// Inside an object on the way to the records.
    pub(super) fn in_object(
        &mut self,
        window: &mut Window,
        byte: u8,
        (pointer, spot, step, comma, found): (String, Spot, usize, bool, bool),
    ) -> Result<Option<Piece>, Trouble> {
        match byte {
            b'}' => {
                window.pass(1);
                self.closed(window);
                if let Some(Frame::Object { found: outer, .. }) = self.stack.last_mut() {
                    *outer |= found;
                } else if !found {
                    self.array = home(&pointer, step);
                    return Ok(Some(self.nothing_there(&pointer, spot)));
                }
                Ok(None)
            }
            b',' if comma => {
                window.pass(1);
                self.stack.push(Frame::Object { pointer, spot, step, comma: false, found });
                Ok(None)
            }
            b'"' if !comma => {
                self.array = home(&pointer, step);
                self.member(window, (pointer, spot, step, found))
            }
            _ => {
                self.array = home(&pointer, step);
                Ok(Some(self.give_up(window, spot, "is not JSON")))
            }
        }
    }

    fn member(
        &mut self,
        window: &mut Window,
        (pointer, spot, step, found): (String, Spot, usize, bool),
    ) -> Result<Option<Piece>, Trouble> {
        let Extent::Whole(len) = extent(window, self.limit)? else {
            return Ok(Some(self.give_up(window, spot, "has a name that does not end")));
        };
        let key = serde_json::from_slice::<String>(&window.bytes()[..len]).ok();
        window.pass(len);
        window.pass_while(blank)?;
        let (Some(key), Some(b':')) = (key, window.peek()?) else {
            return Ok(Some(self.give_up(window, spot, "is not JSON")));
        };
        window.pass(1);
        window.pass_while(blank)?;
        let inner = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
        let wanted = self.path.get(step) == Some(&key);
        let last = step + 1 == self.path.len();
        let value = window.peek()?;
        let found = found || (wanted && last && matches!(value, Some(b'[' | b'n')));
        let (next, comma) = (0, false);
        self.stack.push(Frame::Object { pointer, spot: spot.clone(), step, comma: true, found });
        match value {
            Some(b'[') if wanted && last => {
                window.pass(1);
                self.stack.push(Frame::Array { pointer: inner, next, comma, items: true });
            }
            Some(b'{') if wanted && !last => {
                window.pass(1);
                let (step, found) = (step + 1, false);
                self.stack.push(Frame::Object { pointer: inner, spot, step, comma, found });
            }
            _ => match extent(window, self.limit)? {
                Extent::Whole(len) => {
                    if let Ok(text) = std::str::from_utf8(&window.bytes()[..len])
                        && len <= MAX_BESIDE
                    {
                        self.beside.insert(inner, text.to_owned());
                    }
                    window.pass(len);
                }
                Extent::TooLarge => {}
                Extent::Cut => return Ok(Some(self.give_up(window, spot, "is cut off"))),
                Extent::Torn => return Ok(Some(self.give_up(window, spot, "is not JSON"))),
            },
        }
        Ok(None)
    }

    fn nothing_there(&mut self, pointer: &str, spot: Spot) -> Piece {
        let errors = ["message", "errors", "error"].iter().find_map(|key| {
            let said = self.beside.get(&format!("{pointer}/{key}"))?;
            Some(format!(" (it says {}: {})", key, printable(said.as_bytes(), 120)))
        });
        let path = self.path.join("/");
        let reason = format!("it has no array at /{path}{}", errors.unwrap_or_default());
        Piece { spot, len: Err(reason) }
    }
}

/// Pointer of the array that an envelope is an element of, from that of its object `step` names
/// further in.
pub(super) fn home(pointer: &str, step: usize) -> String {
    (0..=step).fold(pointer, |at, _| at.rsplit_once('/').map_or(at, |(outer, _)| outer)).to_owned()
}
