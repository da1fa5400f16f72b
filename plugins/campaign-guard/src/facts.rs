//! What the host has measured of a campaign, read from names and texts. A figure that is missing or no figure is not known,
//! which is a finding of its own: whoever signs should not take silence for a good sign.

pub struct Facts<'a>(pub &'a [(String, String)]);

/// Amounts have at most six places behind the point.
const UNIT: u64 = 1_000_000;

impl Facts<'_> {
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(is, _)| is == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// An amount of money, in millionths.
    pub fn amount(&self, name: &str) -> Option<Amount> {
        let text = self.text(name)?;
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        if part.len() > 6 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let part = format!("{part:0<6}").parse::<u64>().ok()?;
        Some(Amount(whole.parse::<u64>().ok()?.checked_mul(UNIT)?.checked_add(part)?))
    }

    /// To how many people a number may write first in a day: a figure, or Meta's word `TIER_1K`. None: to any, or not known.
    pub fn tier(&self) -> Option<u64> {
        let tier = self.text("number.tier")?;
        let of = |text: &str| {
            let (digits, times) = text.strip_suffix(['K', 'k']).map_or((text, 1), |digits| (digits, 1_000));
            digits.parse::<u64>().ok()?.checked_mul(times)
        };
        of(tier.strip_prefix("TIER_").unwrap_or(tier))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(u64);

impl Amount {
    pub fn whole(units: u64) -> Self {
        Self(units.saturating_mul(UNIT))
    }

    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_they_are_written_and_what_is_none_is_not_known() {
        let facts =
            [("a", "12.5"), ("b", "12.5000001"), ("c", "-3"), ("d", "7"), ("number.tier", "TIER_10K")];
        let facts: Vec<_> =
            facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let facts = Facts(&facts);
        assert!(
            facts.amount("a").is_some_and(|amount| amount > Amount::whole(12) && amount < Amount::whole(13))
        );
        assert!(facts.amount("b").is_none() && facts.amount("c").is_none() && facts.number("a").is_none());
        assert_eq!((facts.number("d"), facts.tier()), (Some(7), Some(10_000)));
        let none = [("number.tier".to_owned(), "TIER_UNLIMITED".to_owned())];
        assert_eq!(Facts(&none).tier(), None);
    }
}
