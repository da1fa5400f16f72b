//! The letters of a cell: what a role has to do with a task.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

use crate::text::as_text;

/// Letters of one cell, as `R/A`; none of them is `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Letters(u8);

impl Letters {
    /// Nothing to do with it.
    pub const NONE: Self = Self(0);
    /// Does it.
    pub const R: Self = Self(1);
    /// Has the last word and answers for it. Whoever has it may do it too.
    pub const A: Self = Self(2);
    /// Is heard before.
    pub const C: Self = Self(4);
    /// Is told.
    pub const I: Self = Self(8);
    /// Does it and answers for it.
    pub const RA: Self = Self(Self::R.0 | Self::A.0);
    /// Anything to do with it.
    pub const ANY: Self = Self(Self::RA.0 | Self::C.0 | Self::I.0);
    /// Answers for it and is heard.
    pub const AC: Self = Self(Self::A.0 | Self::C.0);

    const EACH: [(Self, char); 4] = [(Self::R, 'R'), (Self::A, 'A'), (Self::C, 'C'), (Self::I, 'I')];

    /// Whether one of these letters is among them.
    pub const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// The same without these.
    pub const fn without(self, those: Self) -> Self {
        Self(self.0 & !those.0)
    }
}

impl BitOr for Letters {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NONE {
            return f.write_str("-");
        }
        let letters = Self::EACH.iter().filter(|(letter, _)| self.has(*letter));
        for (n, (_, letter)) in letters.enumerate() {
            write!(f, "{}{letter}", if n == 0 { "" } else { "/" })?;
        }
        Ok(())
    }
}

/// A text that is no cell of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no cell of the matrix: R, A, C, I, several of them as `R/A`, or `-` for none was expected")]
pub struct NotLetters(String);

impl FromStr for Letters {
    type Err = NotLetters;

    fn from_str(text: &str) -> Result<Self, NotLetters> {
        if text == "-" {
            return Ok(Self::NONE);
        }
        text.split('/').try_fold(Self::NONE, |letters, part| {
            let found = Self::EACH.iter().find(|(_, letter)| part.chars().eq([*letter]));
            found.map(|(letter, _)| letters | *letter).ok_or_else(|| NotLetters(text.to_owned()))
        })
    }
}

as_text! { Letters }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_letters_reads_back_and_nothing_else_does() {
        for letters in (0..16).map(Letters) {
            assert_eq!(letters.to_string().parse(), Ok(letters));
        }
        for text in ["", "r", "RA", "R/", "R/X", "R / A"] {
            assert!(text.parse::<Letters>().unwrap_err().to_string().contains("R/A"), "{text}");
        }
    }
}
