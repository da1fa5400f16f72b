//! What people read of an alert: the figure by its title, where, how it is, and how it should be.

use crate::rule::Left;
use crate::settings::Bound;

const LANGUAGES: [&str; 3] = ["es", "pt", "en"];

/// The longest that may be said, in characters.
const LONGEST: usize = 300;

/// The same in three languages.
pub fn all<S: AsRef<str>>(
    left: &Left,
    bound: &Bound<S>,
    titles: &[(String, String)],
    unit: &str,
    place: Option<&str>,
) -> Vec<(String, String)> {
    let one = |language: &str| {
        let title =
            titles.iter().find(|(of, _)| of == language).map_or(bound.figure.as_ref(), |(_, title)| title);
        let of = match bound.percentile {
            Some(percent) => format!(" (p{percent})"),
            None => String::new(),
        };
        let [at, most, least] = match language {
            "es" => ["en", "debería ser como mucho", "debería ser al menos"],
            "pt" => ["em", "deveria ser no máximo", "deveria ser pelo menos"],
            _ => ["in", "should be at most", "should be at least"],
        };
        let place = place.map(|place| format!(" {at} {place}")).unwrap_or_default();
        let (is, limit) = (amount(left.is, unit), amount(left.limit, unit));
        let side = if left.above { most } else { least };
        let text =
            format!("{title}{of}{place}: {is}; {side} {limit} ({} h, n = {})", bound.hours, left.samples);
        (language.to_owned(), text.chars().take(LONGEST).collect())
    };
    LANGUAGES.into_iter().map(one).collect()
}

/// An amount as people say it.
fn amount(amount: u64, unit: &str) -> String {
    match unit {
        "ratio" if amount.is_multiple_of(100) => format!("{} %", amount / 100),
        "ratio" => format!("{}.{:02} %", amount / 100, amount % 100),
        "ms" => time(amount),
        // What is counted the title says, and a unit is a word of programs.
        _ => amount.to_string(),
    }
}

fn time(millis: u64) -> String {
    let seconds = millis / 1_000;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => format!("{millis} ms"),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supervisor_reads_what_where_and_how_it_should_be() {
        let titles = [("es".to_owned(), "Primera respuesta".to_owned())];
        let left = Left { is: 431_000, limit: 300_000, above: true, samples: 12 };
        let bound = Bound {
            name: "slow",
            rule: "kpi",
            figure: "first-response",
            by: "queue",
            hours: 2,
            percentile: Some(90),
            above: None,
            below: None,
            at_least: 5,
            level: "warning",
        };
        let words = all(&left, &bound, &titles, "ms", Some("ventas"));
        assert_eq!(
            words[0].1,
            "Primera respuesta (p90) en ventas: 7 min 11 s; debería ser como mucho 5 min (2 h, n = 12)"
        );
        // Without a title in a language the figure has its name.
        assert!(words[2].1.starts_with("first-response (p90) in ventas: "));
        assert_eq!(amount(6_250, "ratio"), "62.50 %");
        assert_eq!(amount(7_000, "ratio"), "70 %");
        assert_eq!(amount(5_400_000, "ms"), "1 h 30 min");
    }
}
