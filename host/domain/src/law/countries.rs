//! The countries' rules for messages that nobody asked for, and whose rules apply to whom.
//!
//! They are a table in the company's directory, because laws change more often than programs are replaced; the one of
//! `examples/company` is built in. A country is known by the calling code of the phone, the longest that fits: `1809` is
//! the Dominican Republic although `1` is the United States. Whoever has no phone has the country of their user id. What
//! a country does not say is as `[default]` says.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::class::Category;
use super::frequency::{self, Limit};
use crate::calendar::{Block, Calendar, Day, Hours};
use crate::company::Mistake;
use crate::holiday::Holiday;
use crate::law::table::TableError;
use crate::message::Identity;

/// The table that is built in.
pub const SHIPPED: &str = include_str!("../../../../examples/company/countries.toml");

/// The name of the row that stands for all others.
const DEFAULT: &str = "default";

/// A row as it is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    name: Option<String>,
    #[serde(default)]
    calling_codes: Vec<String>,
    #[serde(default)]
    zones: Vec<String>,
    law: Option<String>,
    governs: Option<Vec<Category>>,
    closed_to: Option<Vec<Category>>,
    week: Option<BTreeMap<Day, Vec<Block>>>,
    holidays: Option<Vec<Holiday>>,
    limits: Option<Vec<Limit>>,
}

/// The rules of one country.
#[derive(Debug, Clone)]
pub struct Country {
    /// ISO 3166-1 alpha-2, as `CO`; `default` for all that have no row.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where the rules stand: a law and its articles, or a custom.
    pub law: String,
    /// The categories that hours and limits are for.
    pub governs: Vec<Category>,
    /// The categories that may not be sent at all.
    pub closed_to: Vec<Category>,
    /// The contact hours, in each zone of the country.
    pub calendars: Vec<Calendar>,
    /// How often somebody may be written to.
    pub limits: Vec<Limit>,
}

/// All countries' rules.
#[derive(Debug, Clone)]
pub struct Countries {
    default: Country,
    rows: BTreeMap<String, Country>,
    /// From calling codes to rows.
    codes: BTreeMap<String, String>,
}

impl Countries {
    /// Reads a table. `zone` is the company's own: the one of customers of whom no country is known.
    pub fn parse(text: &str, zone: &str) -> Result<Self, TableError> {
        let mut rows: BTreeMap<String, Row> = toml::from_str(text)?;
        let mut default = rows.remove(DEFAULT).ok_or_else(|| {
            let expected = "a row for the countries that have none of their own was expected";
            mistake(DEFAULT, "", "", expected)
        })?;
        if default.zones.is_empty() {
            default.zones.push(zone.to_owned());
        }
        let mut codes = BTreeMap::new();
        let mut countries = BTreeMap::new();
        for (code, row) in rows {
            if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                let expected = "the two letters of a country (ISO 3166) or `default` were expected, as `CO`";
                return Err(mistake(&code, "", &code, expected).into());
            }
            if row.zones.is_empty() {
                let expected = "at least one time zone was expected, as `America/Bogota`";
                return Err(mistake(&code, "zones", "", expected).into());
            }
            for prefix in &row.calling_codes {
                if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
                    let expected = "the first digits of phones of the country were expected, as `57`";
                    return Err(mistake(&code, "calling-codes", prefix, expected).into());
                }
                if codes.insert(prefix.clone(), code.clone()).is_some() {
                    let expected = "digits that no other country has were expected";
                    return Err(mistake(&code, "calling-codes", prefix, expected).into());
                }
            }
            let country = country(&code, row, &default)?;
            countries.insert(code, country);
        }
        let default = country(DEFAULT, default.clone(), &default)?;
        Ok(Self { default, rows: countries, codes })
    }

    /// The table that is built in. Only the zone can be wrong.
    pub fn shipped(zone: &str) -> Result<Self, Mistake> {
        Self::parse(SHIPPED, zone).map_err(|error| match error {
            TableError::Mistake(mistake) => mistake,
            TableError::Form(form) => mistake("countries", "", "", &form.to_string()),
        })
    }

    /// The country of a customer.
    pub fn of(&self, identity: &Identity) -> &Country {
        let by_phone = identity.phone.as_deref().and_then(|phone| {
            let digits = phone.trim_start_matches('+');
            (1..=digits.len()).rev().find_map(|length| self.codes.get(digits.get(..length)?))
        });
        // A user id begins with the country: `CO.13491208655302741918` (Meta, *Business-scoped user IDs*).
        let by_user_id = || identity.user_id.as_deref()?.split_once('.').map(|(country, _)| country);
        by_phone
            .map(String::as_str)
            .or_else(by_user_id)
            .and_then(|code| self.rows.get(code))
            .unwrap_or(&self.default)
    }

    /// Whether messages of a category are counted in some country, so that `contact-approached` has to be written.
    pub fn count(&self, category: Category) -> bool {
        self.rows.values().chain([&self.default]).any(|country| country.governs.contains(&category))
    }
}

fn country(code: &str, row: Row, default: &Row) -> Result<Country, TableError> {
    let or = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone()).unwrap_or_default();
    let limits = row.limits.or_else(|| default.limits.clone()).unwrap_or_default();
    for Limit { messages, days } in &limits {
        if *messages == 0 || *days == 0 || *days > frequency::LONGEST {
            let value = format!("messages = {messages}, days = {days}");
            let expected = format!("at least 1 message in 1 to {} days was expected", frequency::LONGEST);
            return Err(mistake(code, "limits", &value, &expected).into());
        }
    }
    let week = row.week.or_else(|| default.week.clone()).unwrap_or_default();
    if week.values().all(Vec::is_empty) {
        let expected = "hours on at least one day were expected; `closed-to` is for what may never be sent";
        return Err(mistake(code, "week", "", expected).into());
    }
    let holidays = row.holidays.or_else(|| default.holidays.clone()).unwrap_or_default();
    let calendars: Result<Vec<Calendar>, TableError> = row
        .zones
        .iter()
        .map(|zone| {
            let hours = Hours {
                zone: zone.clone(),
                week: week.clone(),
                days: BTreeMap::new(),
                holidays: holidays.clone(),
            };
            let expected = "the IANA name of a time zone was expected, as `America/Bogota`";
            Calendar::new(hours).map_err(|zone| mistake(code, "zones", &zone.0, expected).into())
        })
        .collect();
    Ok(Country {
        code: code.to_owned(),
        name: row.name.unwrap_or_else(|| code.to_owned()),
        law: or(row.law, &default.law),
        governs: row.governs.or_else(|| default.governs.clone()).unwrap_or_else(|| vec![Category::Marketing]),
        closed_to: row.closed_to.or_else(|| default.closed_to.clone()).unwrap_or_default(),
        calendars: calendars?,
        limits,
    })
}

fn mistake(row: &str, key: &str, value: &str, expected: &str) -> Mistake {
    let key = if key.is_empty() { row.to_owned() } else { format!("{row}.{key}") };
    Mistake { key, value: value.to_owned(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;

    fn shipped() -> Countries {
        Countries::shipped("America/Bogota").unwrap()
    }

    fn of_phone(phone: &str) -> String {
        let identity = Identity { phone: Some(phone.into()), ..Identity::default() };
        shipped().of(&identity).code.clone()
    }

    #[test]
    fn the_longest_calling_code_says_the_country() {
        assert_eq!(of_phone("573001234567"), "CO");
        assert_eq!(of_phone("+5511987654321"), "BR");
        assert_eq!(of_phone("13055550123"), "US");
        assert_eq!(of_phone("18095550123"), "DO");
        assert_eq!(of_phone("17875550123"), "PR");
        assert_eq!(of_phone("14165550123"), "CA");
        assert_eq!(of_phone("4915112345678"), "default");
        assert_eq!(of_phone(""), "default");
    }

    #[test]
    fn whoever_shows_no_phone_has_the_country_of_their_user_id() {
        let countries = shipped();
        let by = |user_id: &str| {
            countries.of(&Identity { user_id: Some(user_id.into()), ..Identity::default() }).code.clone()
        };
        assert_eq!(by("CO.13491208655302741918"), "CO");
        assert_eq!(by("ZZ.1"), "default");
        assert_eq!(by("é"), "default");
    }

    #[test]
    fn colombias_holidays_are_those_that_a_company_there_keeps() {
        // As `examples/company/timonel.toml` lists them for 2026 and 2027.
        let listed = "2026-01-01 2026-01-12 2026-03-23 2026-04-02 2026-04-03 2026-05-01 2026-05-18 2026-06-08 2026-06-15 \
                      2026-06-29 2026-07-20 2026-08-07 2026-08-17 2026-10-12 2026-11-02 2026-11-16 2026-12-08 2026-12-25 \
                      2027-01-01 2027-01-11 2027-03-22 2027-03-25 2027-03-26 2027-05-01 2027-05-10 2027-05-31 2027-06-07 \
                      2027-07-05 2027-07-20 2027-08-07 2027-08-16 2027-10-18 2027-11-01 2027-11-15 2027-12-08 2027-12-25";
        let rows: BTreeMap<String, Row> = toml::from_str(SHIPPED).unwrap();
        let rules = rows["CO"].holidays.clone().unwrap();
        let mut days: Vec<String> = [2026, 2027]
            .iter()
            .flat_map(|year| rules.iter().filter_map(|rule| rule.of(*year)))
            .map(|date| date.to_string())
            .collect();
        days.sort();
        assert_eq!(days, listed.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn every_country_of_the_table_can_be_written_to_some_time_within_a_week_of_any_month() {
        let countries = shipped();
        for country in countries.rows.values().chain([&countries.default]) {
            for month in 1..=12 {
                let now = format!("2027-{month:02}-03T00:00:00Z").parse().unwrap();
                let from = crate::law::contact_hours::open_from(&country.calendars, now).unwrap();
                assert!(from.duration_since(now).as_hours() < 24 * 7, "{} in {month}", country.code);
            }
        }
    }

    #[test]
    fn a_country_has_of_the_default_what_it_does_not_say_itself() {
        let text = "[default]\nlaw = \"custom\"\nweek.monday = [\"09:00-20:00\"]\nlimits = [{ messages = 1, days = 1 }]\n\
                    [XA]\ncalling-codes = [\"999\"]\nzones = [\"UTC\"]";
        let countries = Countries::parse(text, "America/Bogota").unwrap();
        let country = countries.of(&Identity { phone: Some("9991".into()), ..Identity::default() });
        assert_eq!((country.law.as_str(), country.limits.len()), ("custom", 1));
        let monday = "2026-11-23T09:00:00Z".parse().unwrap();
        assert!(country.calendars.iter().all(|calendar: &Calendar| calendar.state(monday).open));
    }

    #[test]
    fn what_makes_no_sense_is_told_with_key_value_and_what_was_expected() {
        let default = "[default]\nweek.monday = [\"09:00-20:00\"]\n";
        for (row, key, value) in [
            ("[Colombia]\nzones = [\"UTC\"]", "Colombia", "Colombia"),
            ("[CO]", "CO.zones", ""),
            ("[CO]\nzones = [\"Bogota\"]", "CO.zones", "Bogota"),
            ("[CO]\nzones = [\"UTC\"]\ncalling-codes = [\"+57\"]", "CO.calling-codes", "+57"),
            (
                "[CO]\nzones = [\"UTC\"]\nlimits = [{ messages = 0, days = 1 }]",
                "CO.limits",
                "messages = 0, days = 1",
            ),
            ("[CO]\nzones = [\"UTC\"]\nweek.monday = []", "CO.week", ""),
        ] {
            let error = Countries::parse(&format!("{default}{row}"), "UTC").unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{key}` is `{value}`: ")), "{error}");
            assert!(error.contains("expected"), "{error}");
        }
        let error =
            Countries::parse(&format!("{default}holidays = [\"13-01\"]"), "UTC").unwrap_err().to_string();
        assert!(error.contains("13-01") && error.contains("easter-2"), "{error}");
        assert!(Countries::parse("", "UTC").unwrap_err().to_string().starts_with("`default` is ``"));
    }
}
