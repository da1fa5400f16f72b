//! When a campaign takes more than the matrix demands, as a pure function of what the host has measured.
//!
//! What cannot end well is rejected: more people than Meta lets a number write to, more money than the month has, a template
//! that cannot be sent. What is only large, costly or at a bad hour takes one more signature.

use kit::judging::{Finding, Severity};

use crate::facts::{Amount, Facts};
use crate::settings::Settings;

/// Everything that can be found, and what it weighs where the company says nothing.
pub const CODES: &[(&str, Severity)] = &[
    ("not-measured", Severity::Require),
    ("few-asked-for-it", Severity::Reject),
    ("audience-large", Severity::Require),
    ("audience-over-tier", Severity::Reject),
    ("number-in-danger", Severity::Reject),
    ("number-disliked", Severity::Require),
    ("template-not-sendable", Severity::Reject),
    ("template-disliked", Severity::Require),
    ("costly", Severity::Require),
    ("over-the-cap", Severity::Reject),
    ("bad-hour", Severity::Require),
    ("hardly-open", Severity::Note),
    ("written-to-often", Severity::Note),
    ("too-fast", Severity::Require),
];

/// Looks at everything.
pub fn findings(facts: &Facts, settings: &Settings<&str>) -> Vec<Finding> {
    let mut found = vec![];
    of_audience(facts, settings, &mut found);
    of_channel(facts, &mut found);
    of_money(facts, settings, &mut found);
    of_time(facts, settings, &mut found);
    found
}

fn of_audience(facts: &Facts, settings: &Settings<&str>, found: &mut Vec<Finding>) {
    let (Some(contacts), Some(opted_in)) =
        (facts.number("audience.contacts"), facts.number("audience.opted-in"))
    else {
        found.push(not_measured("audience.contacts, audience.opted-in"));
        return;
    };
    let sells =
        facts.text("template.category").is_some_and(|category| category.eq_ignore_ascii_case("marketing"));
    let percent = (opted_in.min(contacts) * 100).checked_div(contacts).unwrap_or(100);
    let least = settings.opted_in_percent;
    if sells && percent < u64::from(least) {
        found.push(Finding::new(
            "few-asked-for-it",
            format!("aceptó recibirla el {percent} % de {contacts}, y debe ser al menos el {least} %"),
            format!("aceitou recebê-la {percent} % de {contacts}, e deve ser ao menos {least} %"),
            format!("{percent} % of {contacts} asked for it, and at least {least} % have to"),
        ));
    }
    let many = settings.contacts;
    if contacts > many {
        found.push(Finding::new(
            "audience-large",
            format!("{contacts} contactos son más de {many}"),
            format!("{contacts} contatos são mais de {many}"),
            format!("{contacts} contacts are more than {many}"),
        ));
    }
    if let Some(tier) = facts.tier()
        && contacts > tier
    {
        found.push(Finding::new(
            "audience-over-tier",
            format!("{contacts} contactos, y Meta deja a este número escribir a {tier} por día"),
            format!("{contacts} contatos, e a Meta deixa este número escrever a {tier} por dia"),
            format!("{contacts} contacts, and Meta lets this number write to {tier} a day"),
        ));
    }
    let capped = facts.number("frequency.capped").unwrap_or(0);
    let percent = capped.saturating_mul(100).checked_div(contacts).unwrap_or(0);
    if percent > u64::from(settings.capped_percent) {
        found.push(Finding::new(
            "written-to-often",
            format!("al {percent} % ya se le escribió lo permitido y no la recibirá"),
            format!("a {percent} % já se escreveu o permitido e não a receberá"),
            format!("{percent} % were written to as often as allowed, and will not get it"),
        ));
    }
}

fn of_channel(facts: &Facts, found: &mut Vec<Finding>) {
    match facts.text("number.quality") {
        Some("RED") => found.push(Finding::new(
            "number-in-danger",
            "la calidad del número está en RED: Meta puede bloquearlo",
            "a qualidade do número está em RED: a Meta pode bloqueá-lo",
            "the number's quality is RED: Meta may block it",
        )),
        Some("YELLOW") => found.push(Finding::new(
            "number-disliked",
            "la calidad del número está en YELLOW",
            "a qualidade do número está em YELLOW",
            "the number's quality is YELLOW",
        )),
        _ => {}
    }
    if let Some(status) = facts.text("template.status").filter(|status| *status != "APPROVED") {
        found.push(Finding::new(
            "template-not-sendable",
            format!("la plantilla está en {status}"),
            format!("o modelo está em {status}"),
            format!("the template is {status}"),
        ));
    }
    if let Some(quality @ ("RED" | "YELLOW")) = facts.text("template.quality") {
        found.push(Finding::new(
            "template-disliked",
            format!("Meta califica la plantilla con {quality}"),
            format!("a Meta classifica o modelo com {quality}"),
            format!("Meta rates the template {quality}"),
        ));
    }
}

fn of_money(facts: &Facts, settings: &Settings<&str>, found: &mut Vec<Finding>) {
    let Some(amount) = facts.amount("cost.amount") else {
        found.push(not_measured("cost.amount"));
        return;
    };
    let currency = facts.text("cost.currency").unwrap_or_default();
    let written = facts.text("cost.amount").unwrap_or_default();
    let most = settings.cost;
    if amount > Amount::whole(most) {
        found.push(Finding::new(
            "costly",
            format!("cuesta {written} {currency}, más de {most}"),
            format!("custa {written} {currency}, mais de {most}"),
            format!("it costs {written} {currency}, more than {most}"),
        ));
    }
    let spent = facts.amount("cost.spent").unwrap_or(Amount::whole(0));
    if let (Some(cap), Some(words)) = (facts.amount("cost.cap"), facts.text("cost.cap"))
        && spent.plus(amount) > cap
    {
        found.push(Finding::new(
            "over-the-cap",
            format!("con lo gastado pasa el tope del mes, {words} {currency}"),
            format!("com o que já se gastou passa o limite do mês, {words} {currency}"),
            format!("with what is spent it goes over the month's cap, {words} {currency}"),
        ));
    }
}

fn of_time(facts: &Facts, settings: &Settings<&str>, found: &mut Vec<Finding>) {
    let (from, until) = (settings.from_hour, settings.until_hour);
    if let Some(hour) = facts.number("schedule.local-hour")
        && !(u64::from(from)..u64::from(until)).contains(&hour)
    {
        found.push(Finding::new(
            "bad-hour",
            format!("empieza a las {hour}, y debe ser entre las {from} y las {until}"),
            format!("começa às {hour}, e deve ser entre {from} e {until}"),
            format!("it starts at {hour}, and has to between {from} and {until}"),
        ));
    }
    if let Some(open) = facts.number("schedule.open-permille")
        && open < 500
    {
        found.push(Finding::new(
            "hardly-open",
            format!("durante el {} % del envío no habrá quien responda", (1_000 - open) / 10),
            format!("durante {} % do envio não haverá quem responda", (1_000 - open) / 10),
            format!("for {} % of it nobody will be there to answer", (1_000 - open) / 10),
        ));
    }
    let most = settings.per_hour;
    if let Some(pace) = facts.number("pace.per-hour")
        && pace > most
    {
        found.push(Finding::new(
            "too-fast",
            format!("{pace} mensajes por hora son más de {most}"),
            format!("{pace} mensagens por hora são mais de {most}"),
            format!("{pace} messages an hour are more than {most}"),
        ));
    }
}

fn not_measured(what: &str) -> Finding {
    Finding::new(
        "not-measured",
        format!("no se pudo medir {what}"),
        format!("não se pôde medir {what}"),
        format!("{what} could not be measured"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::prepare;

    /// A campaign of 800 people who asked for it, with these facts in place of its own.
    fn codes(other: &[(&str, &str)]) -> Vec<&'static str> {
        let mut facts: Vec<(String, String)> = vec![];
        let own = [
            ("template.category", "MARKETING"),
            ("template.status", "APPROVED"),
            ("template.quality", "GREEN"),
            ("audience.contacts", "800"),
            ("audience.opted-in", "800"),
            ("number.tier", "TIER_1K"),
            ("number.quality", "GREEN"),
            ("cost.amount", "50.00"),
            ("cost.currency", "USD"),
            ("cost.cap", "500"),
            ("cost.spent", "100"),
            ("schedule.local-hour", "10"),
            ("schedule.open-permille", "1000"),
            ("frequency.capped", "0"),
            ("pace.per-hour", "2000"),
        ];
        for (name, value) in other.iter().chain(&own) {
            if !facts.iter().any(|(known, _)| known == name) {
                facts.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        let prepared = prepare("{}").unwrap();
        let settings = kit::settings::unpack(&prepared).unwrap();
        findings(&Facts(&facts), &settings).iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_small_campaign_for_who_asked_for_it_has_nothing_against_it() {
        assert_eq!(codes(&[]), [""; 0]);
    }

    #[test]
    fn each_threshold_is_met_exactly_where_it_lies() {
        for (facts, code) in [
            (
                &[("audience.contacts", "1001"), ("audience.opted-in", "1001"), ("number.tier", "TIER_10K")]
                    [..],
                "audience-large",
            ),
            (&[("number.tier", "TIER_250")], "audience-over-tier"),
            (&[("audience.opted-in", "759")], "few-asked-for-it"),
            (&[("number.quality", "RED")], "number-in-danger"),
            (&[("number.quality", "YELLOW")], "number-disliked"),
            (&[("template.status", "PAUSED")], "template-not-sendable"),
            (&[("template.quality", "RED")], "template-disliked"),
            (&[("cost.amount", "100.01")], "costly"),
            (&[("cost.spent", "450.01")], "over-the-cap"),
            (&[("schedule.local-hour", "20")], "bad-hour"),
            (&[("schedule.local-hour", "7")], "bad-hour"),
            (&[("schedule.open-permille", "499")], "hardly-open"),
            (&[("frequency.capped", "168")], "written-to-often"),
            (&[("pace.per-hour", "10001")], "too-fast"),
            (&[("cost.amount", "")], "not-measured"),
            (&[("audience.contacts", "many")], "not-measured"),
        ] {
            assert_eq!(codes(facts), [code], "{facts:?}");
        }
        for facts in [
            &[("audience.contacts", "1000"), ("audience.opted-in", "1000")][..],
            &[("audience.opted-in", "760")],
            &[("cost.amount", "100")],
            &[("cost.spent", "450")],
            &[("schedule.local-hour", "8")],
            &[("audience.opted-in", "0"), ("template.category", "UTILITY")],
        ] {
            assert_eq!(codes(facts), [""; 0], "{facts:?}");
        }
    }
}
