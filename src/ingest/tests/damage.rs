//! Exports that were cut off or overwritten: never a panic, and every item is counted.

use rayon::prelude::*;

use super::samples::{Sample, samples, told};
use crate::ingest::Settings;

/// How often each sample is damaged.
const ROUNDS: usize = 150;

/// Numbers that look random and are the same every time (xorshift).
struct Dice(u64);

impl Dice {
    /// A number below `limit`.
    fn roll(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Cuts the text off in every other round, and overwrites none to two bytes.
    fn damage(&mut self, round: usize, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        if round.is_multiple_of(2) {
            bytes.truncate(self.roll(bytes.len() + 1));
        }
        for _ in 0..round % 3 {
            if !bytes.is_empty() {
                let at = self.roll(bytes.len());
                bytes[at] = b"[]{},:\"\\ \n\r\x1e\x1f\xff\x00x0"[self.roll(17)];
            }
        }
        bytes
    }
}

#[test]
fn damaged_exports_never_panic_and_every_item_is_counted() {
    samples().into_par_iter().for_each(|Sample { id, text, settings }| {
        let settings = Settings { format: Some(id.to_owned()), ..settings };
        let (mut dice, mut read, mut refused) = (Dice(0x2545_f491_4f6c_dd1d), 0, 0);
        for round in 0..ROUNDS {
            match told(dice.damage(round, &text), &settings) {
                Ok(told) => {
                    let [items, lowered, irrelevant, rejected] = told.counts();
                    assert_eq!(items, lowered + irrelevant + rejected, "{id}, round {round}");
                    assert_eq!(told.rejects().len() as u64, rejected, "{id}, round {round}");
                    read += 1;
                }
                Err(_) => refused += 1,
            }
        }
        assert!(read > ROUNDS / 4 && refused > 0, "{id}: {read} read, {refused} refused");
    });
}
