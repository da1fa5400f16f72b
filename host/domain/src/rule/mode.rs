//! Whether a rule is asked, and for whom what it says counts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::id::{ConversationId, RuleId};
use crate::law::language::Language;

/// The modes of a rule, from the lowest to the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Mode {
    /// It is not asked.
    Off,
    /// It is asked, and what it says is kept and compared, and changes nothing.
    Shadow,
    /// It counts for so many conversations of a hundred, always the same ones: 1 to 99.
    Canary(u8),
    /// It counts.
    #[default]
    Live,
}

impl Mode {
    /// Whether it counts for a conversation. Which ones are chosen depends on the rule, so that not always the same customers
    /// try what is new, and never on time: a conversation stays with what it began with.
    pub fn counts_for(self, rule: &RuleId, conversation: ConversationId) -> bool {
        match self {
            Self::Off | Self::Shadow => false,
            Self::Canary(percent) => percentile(rule, conversation) < percent,
            Self::Live => true,
        }
    }

    /// What people call it.
    pub fn words(self, language: Language) -> String {
        match self {
            Self::Off => language.pick("apagada", "desligada", "off").to_owned(),
            Self::Shadow => language.pick("en sombra", "na sombra", "in the shadow").to_owned(),
            Self::Canary(percent) => format!("{} {percent} %", language.pick("canario", "canário", "canary")),
            Self::Live => language.pick("en vivo", "ao vivo", "live").to_owned(),
        }
    }
}

/// Which of the hundred parts of all conversations one lies in, as a rule divides them.
fn percentile(rule: &RuleId, conversation: ConversationId) -> u8 {
    let mut hash = Sha256::new();
    hash.update(rule.as_str().as_bytes());
    hash.update([0]);
    hash.update(conversation.to_bytes());
    let bytes: [u8; 32] = hash.finalize().into();
    // 2^32 parts among a hundred: what one has too many is a part in forty million.
    let first = bytes.first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    (first % 100) as u8
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Shadow => f.write_str("shadow"),
            Self::Canary(percent) => write!(f, "canary {percent}%"),
            Self::Live => f.write_str("live"),
        }
    }
}

/// A text that names no mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no mode: off, shadow, canary 10% (1 to 99) or live was expected")]
pub struct NotAMode(String);

impl FromStr for Mode {
    type Err = NotAMode;

    fn from_str(text: &str) -> Result<Self, NotAMode> {
        let percent = || {
            let rest = text.strip_prefix("canary")?;
            let rest = rest.strip_prefix([' ', '-', ':'])?;
            let percent: u8 = rest.trim_end_matches('%').trim_end().parse().ok()?;
            (1..=99).contains(&percent).then_some(Self::Canary(percent))
        };
        match text {
            "off" => Ok(Self::Off),
            "shadow" => Ok(Self::Shadow),
            "live" => Ok(Self::Live),
            _ => percent().ok_or_else(|| NotAMode(text.to_owned())),
        }
    }
}

impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn conversation(n: u128) -> ConversationId {
        ConversationId::from_bytes(Sha256::digest(n.to_be_bytes())[..16].try_into().unwrap())
    }

    #[test]
    fn a_canary_takes_its_share_and_another_rule_another_share() {
        let chosen = |rule: &str| {
            let rule = RuleId::from(rule);
            let counts = |n: &u128| Mode::Canary(10).counts_for(&rule, conversation(*n));
            (0..20_000).filter(counts).collect::<Vec<_>>()
        };
        let (one, other) = (chosen("router"), chosen("greeter"));
        assert!((1_800..2_200).contains(&one.len()), "{}", one.len());
        let both = one.iter().filter(|n| other.contains(n)).count();
        assert!(both < 400, "{both} of {} are in both", one.len());
    }

    proptest! {
        #[test]
        fn whoever_is_in_a_smaller_canary_is_in_a_larger_one(n in any::<u128>(), small in 1_u8..=99, more in 0_u8..=98) {
            let (rule, conversation) = (RuleId::from("router"), conversation(n));
            let large = small.saturating_add(more).min(99);
            prop_assert!(
                !Mode::Canary(small).counts_for(&rule, conversation)
                    || Mode::Canary(large).counts_for(&rule, conversation)
            );
        }

        #[test]
        fn a_mode_is_read_as_it_is_written_and_higher_modes_are_greater(a in 1_u8..=99, b in 1_u8..=99) {
            for mode in [Mode::Off, Mode::Shadow, Mode::Canary(a), Mode::Live] {
                prop_assert_eq!(mode.to_string().parse::<Mode>(), Ok(mode));
            }
            prop_assert!(Mode::Off < Mode::Shadow && Mode::Shadow < Mode::Canary(a) && Mode::Canary(a) < Mode::Live);
            prop_assert_eq!(a < b, Mode::Canary(a) < Mode::Canary(b));
        }
    }

    #[test]
    fn what_is_no_mode_is_told_with_what_was_expected() {
        for text in ["on", "canary", "canary 0%", "canary 100%", "canary -3", "Live"] {
            assert!(text.parse::<Mode>().unwrap_err().to_string().contains("expected"), "{text}");
        }
        assert_eq!("canary-25".parse(), Ok(Mode::Canary(25)));
        assert_eq!("canary 25 %".parse(), Ok(Mode::Canary(25)));
    }
}
