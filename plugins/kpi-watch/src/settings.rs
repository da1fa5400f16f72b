//! What a company writes down for this rule: the bounds that figures should keep.
//!
//! People write a bound as they say it, `5m` or `70%`, and a decision compares whole numbers.

use std::collections::BTreeSet;

use kit::settings::{Field, Object, pack, parse};
use serde::{Deserialize, Serialize};

/// The most bounds.
const MOST: usize = 64;

/// Parts of a whole are kept in hundredths of a percent.
pub const WHOLE: u64 = 10_000;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings<S> {
    pub alerts: Vec<Bound<S>>,
}

/// A figure, and what should not become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound<S> {
    pub name: S,
    /// The rule that counts the figure.
    pub rule: S,
    pub figure: S,
    pub by: S,
    pub hours: u32,
    /// The percentile that is looked at; none for the figure itself.
    pub percentile: Option<u8>,
    pub above: Option<Limit>,
    pub below: Option<Limit>,
    /// Of fewer samples nothing follows.
    pub at_least: u64,
    pub level: S,
}

/// A limit, in the unit that people wrote it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// In the unit of the figure.
    Plain(u64),
    /// In milliseconds.
    Time(u64),
    /// In hundredths of a percent.
    Part(u64),
}

const NAMES: &[&str] =
    &["name", "rule", "figure", "by", "hours", "of", "above", "below", "at-least", "level"];

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    let json = parse(json)?;
    let settings = Field::top(&json).object(&["alerts"])?;
    let alerts = settings.required("alerts", |alerts| {
        let all = alerts.list(|alert| bound(&alert))?;
        alerts.ensure(all, |all| (1..=MOST).contains(&all.len()), "1 to 64 alerts")
    })?;
    let mut known = BTreeSet::new();
    if let Some(twice) = alerts.iter().find(|one| !known.insert((&one.name, &one.by))) {
        return Err(format!(
            "alerts: two are called `{}` by {}: their names tell them apart",
            twice.name, twice.by
        ));
    }
    pack(&Settings { alerts })
}

fn bound(field: &Field<'_>) -> Result<Bound<String>, String> {
    let of = field.object(NAMES)?;
    let named = |field: &Field<'_>| {
        let name = field.text()?;
        field.ensure(name, |name| is_name(name), "1 to 40 small letters, digits and hyphens")
    };
    let (above, below) = (of.optional("above", limit)?, of.optional("below", limit)?);
    if above.is_some() == below.is_some() {
        return Err(field.wrong("`above` or `below`, one of the two"));
    }
    Ok(Bound {
        name: of.required("name", named)?,
        rule: of.optional("rule", Field::text)?.unwrap_or_else(|| "kpi".to_owned()),
        figure: of.required("figure", named)?,
        by: one_of(&of, "by", &["company", "number", "queue", "agent", "label"], "company")?,
        hours: of.optional("hours", |field| field.number(1..=168))?.unwrap_or(1),
        percentile: match one_of(&of, "of", &["all", "p50", "p90", "p95"], "all")?.as_str() {
            "p50" => Some(50),
            "p90" => Some(90),
            "p95" => Some(95),
            _ => None,
        },
        above,
        below,
        at_least: of.optional("at-least", |field| field.number(0..=1_000_000))?.unwrap_or(1),
        level: one_of(&of, "level", &["warning", "critical"], "warning")?,
    })
}

fn one_of(of: &Object<'_>, name: &str, words: &[&str], absent: &str) -> Result<String, String> {
    let word = of.optional(name, |field| {
        let expected = format!("one of {}", words.join(", "));
        field.ensure(field.text()?, |word| words.contains(&word.as_str()), &expected)
    })?;
    Ok(word.unwrap_or_else(|| absent.to_owned()))
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(plain)
}

/// `300`, `5m`, `1h 30m`, `70%` or `62.5%`.
fn limit(field: &Field<'_>) -> Result<Limit, String> {
    if let Ok(number) = field.number(0..=u64::MAX) {
        return Ok(Limit::Plain(number));
    }
    let expected = "a number in the unit of the figure, a time as \"5m\" or \"1h 30m\", or a part as \"70%\"";
    let text = field.text().map_err(|_| field.wrong(expected))?;
    let read = match text.trim().strip_suffix('%') {
        Some(percent) => part(percent.trim()),
        None => time(&text),
    };
    read.ok_or_else(|| field.wrong(expected))
}

fn part(percent: &str) -> Option<Limit> {
    let (whole, rest) = percent.split_once('.').unwrap_or((percent, "0"));
    let rest = match rest.len() {
        1 => rest.parse::<u64>().ok()?.checked_mul(10)?,
        2 => rest.parse().ok()?,
        _ => return None,
    };
    let part = whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(rest)?;
    (part <= WHOLE).then_some(Limit::Part(part))
}

fn time(text: &str) -> Option<Limit> {
    let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let mut millis: u64 = 0;
    for word in text.split_whitespace() {
        let digits = word.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        let unit = word.get(digits.len()..)?;
        let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
        millis = millis.checked_add(digits.parse::<u64>().ok()?.checked_mul(*factor)?)?;
    }
    (!text.trim().is_empty()).then_some(Limit::Time(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Settings<String>, String> {
        prepare(json).map(|bytes| kit::settings::unpack(&bytes).unwrap())
    }

    #[test]
    fn people_write_bounds_as_they_say_them() {
        let settings = read(include_str!("example.json")).unwrap();
        let [slow, low] = &settings.alerts[..] else { panic!() };
        assert_eq!((slow.above, slow.percentile), (Some(Limit::Time(300_000)), Some(90)));
        assert_eq!((low.below, low.by.as_str()), (Some(Limit::Part(7_000)), "company"));
        for (text, limit) in [
            ("300", Limit::Plain(300)),
            ("\"1h 30m\"", Limit::Time(5_400_000)),
            ("\"250ms\"", Limit::Time(250)),
            ("\"62.5%\"", Limit::Part(6_250)),
            ("\"62.05 %\"", Limit::Part(6_205)),
        ] {
            let json = format!(r#"{{"alerts": [{{"name": "a", "figure": "f", "above": {text}}}]}}"#);
            assert_eq!(read(&json).unwrap().alerts[0].above, Some(limit), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_named_with_what_was_expected() {
        let of = |rest: &str| {
            read(&format!(r#"{{"alerts": [{{"name": "a", "figure": "f"{rest}}}]}}"#)).unwrap_err()
        };
        assert!(of("").contains("`above` or `below`"), "{}", of(""));
        assert!(of(r#", "above": 3, "below": 1"#).contains("one of the two"));
        assert!(of(r#", "above": "5 minutes""#).starts_with("alerts[0].above: got \"5 minutes\""));
        assert!(of(r#", "above": "170%""#).starts_with("alerts[0].above"));
        assert!(of(r#", "above": 3, "by": "team""#).ends_with("one of company, number, queue, agent, label"));
        let twice = r#"{"alerts": [{"name": "a", "figure": "f", "above": 1}, {"name": "a", "figure": "g", "above": 1}]}"#;
        assert_eq!(
            read(twice).unwrap_err(),
            "alerts: two are called `a` by company: their names tell them apart"
        );
        assert!(read(r#"{"alerts": []}"#).unwrap_err().ends_with("expected 1 to 64 alerts"));
    }
}
