//! Money, exactly.

use std::fmt;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use crate::text::as_text;

/// An amount in millionths of the currency that the company is billed in: a message costs less than a cent. It is
/// written as a decimal, and as text, so that no float comes near it. Sums stop at the largest instead of turning over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From millionths.
    pub const fn from_millionths(millionths: u64) -> Self {
        Self(millionths)
    }

    /// In millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// What is left without another; nothing if that is more.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::add)
    }
}

/// Always with two decimals at least, as money is written.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:06}", self.0 % 1_000_000);
        let kept = decimals.trim_end_matches('0').len().max(2);
        write!(f, "{}.{}", self.0 / 1_000_000, decimals.get(..kept).unwrap_or(&decimals))
    }
}

/// A text that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no amount: digits with at most six decimals behind a point were expected, as `12.50`")]
pub struct NotAnAmount(String);

impl FromStr for Amount {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let read = || -> Option<u64> {
            let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
            let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(whole) || !digits(decimals) || decimals.len() > 6 {
                return None;
            }
            let millionths: u64 = format!("{decimals:0<6}").parse().ok()?;
            whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(millionths)
        };
        read().map(Self).ok_or_else(|| NotAnAmount(text.to_owned()))
    }
}

as_text! { Amount }

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_written_as_people_write_money() {
        for (text, shown) in
            [("12.5", "12.50"), ("0.0125", "0.0125"), ("7", "7.00"), ("0.000001", "0.000001")]
        {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), shown);
        }
        for wrong in ["", ".5", "5.", "-1", "1,5", "0.0000001", "1e3", "18446744073710", "１"] {
            assert!(wrong.parse::<Amount>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_reads_back_from_its_text(millionths in any::<u64>()) {
            let amount = Amount::from_millionths(millionths);
            prop_assert_eq!(amount.to_string().parse::<Amount>().unwrap(), amount);
            prop_assert_eq!((amount + Amount::from_millionths(1)).without(Amount::from_millionths(1)) <= amount, true);
        }
    }
}
