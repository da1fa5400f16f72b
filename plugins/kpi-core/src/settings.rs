//! What a company writes down for this rule: what it promises. Nothing has to be.

use kit::settings::{Field, pack, parse};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// A case that a person answers within so many seconds was answered in time.
    pub service_level_seconds: u64,
}

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    let json = parse(json)?;
    let of = Field::top(&json).object(&["service-level-seconds"])?;
    let seconds = of.optional("service-level-seconds", |field| field.number(1..=604_800))?;
    pack(&Settings { service_level_seconds: seconds.unwrap_or(60) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_and_nothing_at_all_are_accepted_and_a_mistake_is_named() {
        assert_eq!(prepare(include_str!("example.json")), prepare("{}"));
        let got = prepare(r#"{"service-level-seconds": 0}"#).unwrap_err();
        assert_eq!(got, "service-level-seconds: got 0, expected a whole number from 1 to 604800");
        assert!(prepare(r#"{"service-level": 20}"#).is_err());
    }
}
