//! What plugins that judge have in common: each finding has a code, a sentence in three languages, and a weight that the
//! company may change. The heaviest decides: a note is read by whoever signs, a demand adds what the company wrote down for
//! it, a rejection stands until the proposal is another one.

use serde::{Deserialize, Serialize};

use crate::settings::Field;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Not looked at.
    Off,
    /// People read it.
    Note,
    /// More people have to sign, or later.
    Require,
    /// Not like this.
    Reject,
}

impl Severity {
    const WORDS: [(&'static str, Self); 4] =
        [("off", Self::Off), ("note", Self::Note), ("require", Self::Require), ("reject", Self::Reject)];

    fn read(field: &Field) -> Result<Self, String> {
        let word = field.text()?;
        let found = Self::WORDS.into_iter().find(|(name, _)| *name == word);
        found.map(|(_, severity)| severity).ok_or_else(|| field.wrong("off, note, require or reject"))
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub code: &'static str,
    /// In Spanish, Portuguese and English.
    pub words: [String; 3],
}

impl Finding {
    pub fn new(
        code: &'static str,
        es: impl Into<String>,
        pt: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self { code, words: [es.into(), pt.into(), en.into()] }
    }

    /// The sentences by language, none longer than a host takes.
    pub fn by_language(&self) -> Vec<(String, String)> {
        let short = |words: &String| words.chars().filter(|c| !c.is_control()).take(500).collect();
        ["es", "pt", "en"]
            .into_iter()
            .zip(&self.words)
            .map(|(of, words)| (of.to_owned(), short(words)))
            .collect()
    }
}

/// The weights that are not as they come.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Severities<S>(pub Vec<(S, Severity)>);

impl Severities<String> {
    /// Reads `{"link-http": "reject"}`. A code that there is not is a typing mistake.
    pub fn read(field: &Field, codes: &[(&str, Severity)]) -> Result<Self, String> {
        let known = |code: &String| codes.iter().any(|(known, _)| known == code);
        let names = codes.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ");
        let expected = format!("one of the codes {names}");
        let weights = field.entries()?.into_iter().map(|(code, field)| {
            let severity = Severity::read(&field)?;
            Ok((field.ensure(code, known, &expected)?, severity))
        });
        Ok(Self(weights.collect::<Result<_, String>>()?))
    }
}

impl<S: AsRef<str>> Severities<S> {
    /// What a finding weighs.
    pub fn of(&self, code: &str, codes: &[(&str, Severity)]) -> Severity {
        let own = self.0.iter().find(|(is, _)| is.as_ref() == code).map(|(_, severity)| *severity);
        let ours = codes.iter().find(|(is, _)| *is == code).map(|(_, severity)| *severity);
        own.or(ours).unwrap_or(Severity::Note)
    }

    /// The heaviest, and what is worth saying: the heaviest first, each once, at most as many as a host takes.
    pub fn weigh(&self, findings: Vec<Finding>, codes: &[(&str, Severity)]) -> (Severity, Vec<Finding>) {
        let mut weighed: Vec<(Severity, Finding)> = vec![];
        for finding in findings {
            let severity = self.of(finding.code, codes);
            if severity > Severity::Off && !weighed.iter().any(|(_, known)| *known == finding) {
                weighed.push((severity, finding));
            }
        }
        weighed.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
        weighed.truncate(50);
        let heaviest = weighed.first().map_or(Severity::Off, |(severity, _)| *severity);
        (heaviest, weighed.into_iter().map(|(_, finding)| finding).collect())
    }
}

/// What a demand adds.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Demand<S> {
    /// Rows of the matrix, and how many sign each in all.
    pub signatures: Vec<(S, u32)>,
    /// Roles of which somebody signs.
    pub roles: Vec<S>,
    /// Seconds.
    pub wait: u32,
}

impl Demand<String> {
    /// Reads `{"signatures": {"modify-templates": 2}, "roles": ["legal"], "wait-hours": 2}`.
    pub fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["signatures", "roles", "wait-hours"])?;
        let signatures = |field: &Field| {
            let each = field.entries()?.into_iter();
            each.map(|(row, count)| Ok((row, count.number(1..=20)?))).collect::<Result<Vec<_>, String>>()
        };
        let hours: u32 = of.optional("wait-hours", |hours| hours.number(0..=168))?.unwrap_or(0);
        let demand = Self {
            signatures: of.optional("signatures", signatures)?.unwrap_or_default(),
            roles: of.optional("roles", Field::texts)?.unwrap_or_default(),
            wait: hours * 3_600,
        };
        let asks =
            |demand: &Self| !demand.signatures.is_empty() || !demand.roles.is_empty() || demand.wait > 0;
        field.ensure(demand, asks, "signatures, roles or wait-hours: a demand of nothing would be none")
    }

    /// Two signatures of one row.
    pub fn two_of(row: &str) -> Self {
        Self { signatures: vec![(row.to_owned(), 2)], roles: vec![], wait: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::parse;

    const CODES: &[(&str, Severity)] = &[("late", Severity::Require), ("long", Severity::Note)];

    fn finding(code: &'static str) -> Finding {
        Finding::new(code, "a", "b", "c")
    }

    #[test]
    fn the_heaviest_finding_decides_and_the_company_says_what_is_heavy() {
        let read = |json: &str| Severities::read(&Field::top(&parse(json).unwrap()), CODES);
        let (severity, found) =
            read("{}").unwrap().weigh(vec![finding("long"), finding("late"), finding("long")], CODES);
        assert_eq!((severity, found), (Severity::Require, vec![finding("late"), finding("long")]));
        let own = read(r#"{"late": "off", "long": "reject"}"#).unwrap();
        assert_eq!(own.weigh(vec![finding("late"), finding("long")], CODES).0, Severity::Reject);
        assert_eq!(own.weigh(vec![finding("late")], CODES), (Severity::Off, vec![]));
        for (json, error) in [
            (r#"{"lat": "off"}"#, "expected one of the codes late, long"),
            (r#"{"late": "hard"}"#, "late: got \"hard\", expected off, note, require or reject"),
        ] {
            assert!(read(json).unwrap_err().ends_with(error), "{:?}", read(json));
        }
    }

    #[test]
    fn a_demand_asks_for_something_and_for_no_more_than_a_week() {
        let read = |json: &str| Demand::read(&Field::top(&parse(json).unwrap()));
        let demand = read(r#"{"signatures": {"modify-templates": 2}, "wait-hours": 1}"#).unwrap();
        assert_eq!(demand, Demand { wait: 3_600, ..Demand::two_of("modify-templates") });
        for wrong in ["{}", r#"{"wait-hours": 169}"#, r#"{"signatures": {"audit": 0}}"#, r#"{"rows": []}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
