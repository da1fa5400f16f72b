//! Charts, as the host writes them: lines over time, and bars beside each other where there is but one moment. A picture says how it
//! goes; the table below it says how much, and is for everybody.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::telling::Teller;

/// The size of a chart, in its own units.
const SIZE: (f64, f64) = (760.0, 260.0);

/// What is left around the lines: above, right, below, left.
const AROUND: [f64; 4] = [14.0, 14.0, 26.0, 78.0];

/// Lines that one can tell apart.
const MOST: usize = 6;

/// Labels below the axis at most.
const LABELS: usize = 8;

/// Bars at most, the height of each, and of the space for it.
const BARS: (usize, f64, f64) = (40, 16.0, 26.0);

/// Where bars begin and end: what is left of them says whose they are, what is right how much.
const ALONG: (f64, f64) = (190.0, 650.0);

/// A point of a figure.
pub(super) struct Point {
    /// When, as programs write it.
    pub(super) when: String,
    /// The group; empty if there is none.
    pub(super) group: String,
    pub(super) value: f64,
    pub(super) samples: u64,
}

/// A chart.
pub(super) struct Chart {
    pub(super) lines: Vec<Line>,
    pub(super) bars: Vec<Bar>,
    /// Where lines across are, and what they say.
    pub(super) across: Vec<(f64, String)>,
    /// Where labels below are, and what they say.
    pub(super) below: Vec<(f64, String)>,
    /// Where the lines across begin and end.
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// In words, for whoever does not see it.
    pub(super) words: String,
}

/// One of its bars: where it is, how long, whose, and how much.
pub(super) struct Bar {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) wide: f64,
    pub(super) tall: f64,
    pub(super) name: String,
    pub(super) words: String,
}

/// One of its lines.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) place: usize,
    pub(super) path: String,
    pub(super) dots: Vec<(f64, f64, String)>,
}

impl Chart {
    /// Of points over the moments of a span; none of no point. Of many groups the ones with the most samples.
    pub(super) fn of(points: &[Point], moments: &[String], unit: &str, tell: &Teller) -> Option<Self> {
        let highest = points.iter().map(|point| point.value).fold(0.0, f64::max);
        let first = points.first()?;
        if points.iter().all(|point| point.when == first.when) {
            return Some(Self::beside(points, highest, unit, tell));
        }
        let top = if unit == "ratio" { 1.0 } else { round_up(highest) };
        let [above, right, below, left] = AROUND;
        let (width, height) = SIZE;
        let step = (width - left - right) / (moments.len().saturating_sub(1).max(1)) as f64;
        let x = |place: usize| {
            rounded(if moments.len() == 1 {
                left + (width - left - right) / 2.0
            } else {
                left + step * place as f64
            })
        };
        let y = |value: f64| rounded(above + (height - above - below) * (1.0 - value / top));
        let mut groups: BTreeMap<&str, u64> = BTreeMap::new();
        for point in points {
            *groups.entry(&point.group).or_default() += point.samples;
        }
        let mut names: Vec<(&str, u64)> = groups.into_iter().collect();
        names.sort_by_key(|(_, samples)| std::cmp::Reverse(*samples));
        names.truncate(MOST);
        let line = |(place, (name, _)): (usize, &(&str, u64))| {
            let of: BTreeMap<&str, &Point> = points
                .iter()
                .filter(|point| point.group == *name)
                .map(|point| (point.when.as_str(), point))
                .collect();
            let (mut path, mut dots, mut drawn) = (String::new(), Vec::new(), false);
            for (n, moment) in moments.iter().enumerate() {
                let Some(point) = of.get(moment.as_str()) else {
                    drawn = false;
                    continue;
                };
                let (x, y) = (x(n), y(point.value));
                // Where nothing was counted there is a gap and no guess.
                let _ = write!(path, "{}{x} {y}", if drawn { "L" } else { "M" });
                drawn = true;
                dots.push((x, y, format!("{} · {}", told(moment), tell.amount(point.value, unit))));
            }
            Line { name: (*name).to_owned(), place, path, dots }
        };
        let lines: Vec<Line> = names.iter().enumerate().map(line).collect();
        let every = moments.len().div_ceil(LABELS).max(1);
        let least = points.iter().map(|point| point.value).fold(f64::INFINITY, f64::min);
        let (begin, end) =
            (moments.first().map_or("", String::as_str), moments.last().map_or("", String::as_str));
        Some(Self {
            across: [0.0, 0.5, 1.0].map(|part| (y(top * part), tell.amount(top * part, unit))).into(),
            below: moments
                .iter()
                .enumerate()
                .step_by(every)
                .map(|(n, moment)| (x(n), told(moment)))
                .collect(),
            from: left,
            to: width - right,
            width,
            height,
            words: format!(
                "{} – {}: {} – {}",
                told(begin),
                told(end),
                tell.amount(least, unit),
                tell.amount(highest, unit)
            ),
            lines,
            bars: Vec::new(),
        })
    }

    /// Of points of one moment: the largest first.
    fn beside(points: &[Point], highest: f64, unit: &str, tell: &Teller) -> Self {
        let mut points: Vec<&Point> = points.iter().collect();
        points.sort_by(|a, b| b.value.total_cmp(&a.value));
        points.truncate(BARS.0);
        let (_, tall, each) = BARS;
        let top = if unit == "ratio" { 1.0 } else { highest.max(f64::MIN_POSITIVE) };
        let bar = |(n, point): (usize, &&Point)| Bar {
            x: ALONG.0,
            y: rounded(each * n as f64 + 4.0),
            wide: rounded(((ALONG.1 - ALONG.0) * point.value / top).max(1.0)),
            tall,
            name: point.group.clone(),
            words: tell.amount(point.value, unit),
        };
        let bars: Vec<Bar> = points.iter().enumerate().map(bar).collect();
        let told = bars.iter().map(|bar| format!("{} {}", bar.name, bar.words).trim().to_owned());
        Self {
            lines: Vec::new(),
            across: Vec::new(),
            below: Vec::new(),
            from: ALONG.0,
            to: ALONG.1,
            width: SIZE.0,
            height: each * bars.len() as f64 + 4.0,
            words: told.collect::<Vec<_>>().join(", "),
            bars,
        }
    }
}

/// Small bars without words, for a tile: their path in a box of 100 by 24. Where nothing was counted there is none.
pub(super) fn bars(values: &[Option<f64>]) -> String {
    let top = values.iter().flatten().copied().fold(0.0, f64::max);
    let each = 100.0 / values.len().max(1) as f64;
    let mut path = String::new();
    for (n, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let (x, wide) = (rounded(each * (n as f64 + 0.1)), rounded(each * 0.8));
        let tall = rounded(if top > 0.0 { 1.0 + 21.0 * value / top } else { 1.0 });
        let _ = write!(path, "M{x} 24v-{tall}h{wide}v{tall}z");
    }
    path
}

/// A moment as people read it below an axis.
pub(super) fn told(moment: &str) -> String {
    let (day, clock) = (moment.get(..10).unwrap_or(moment), moment.get(11..16));
    let day = match (day.get(8..10), day.get(5..7)) {
        (Some(day), Some(month)) => format!("{day}/{month}"),
        _ => day.to_owned(),
    };
    clock.map_or_else(|| day.clone(), |clock| format!("{day} {clock}"))
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// The next number that people count in: 1, 2 or 5 and zeros.
fn round_up(number: f64) -> f64 {
    if number <= 0.0 {
        return 1.0;
    }
    let size = 10f64.powf(number.log10().floor());
    let found = [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * size).find(|step| *step >= number);
    found.unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Time;
    use domain::law::language::Language;
    use jiff::tz::TimeZone;

    #[test]
    fn where_nothing_was_counted_a_line_has_a_gap() {
        let tell = Teller { language: Language::Es, zone: TimeZone::UTC, now: Time::UNIX_EPOCH };
        let moments: Vec<String> =
            ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"].map(Into::into).into();
        let point = |when: &str, value| Point { when: when.into(), group: String::new(), value, samples: 1 };
        let points = [point("2026-11-23", 3.0), point("2026-11-24", 4.0), point("2026-11-26", 5.0)];
        let chart = Chart::of(&points, &moments, "cases", &tell).unwrap();
        assert_eq!(chart.lines[0].path.matches('M').count(), 2, "{}", chart.lines[0].path);
        assert_eq!(chart.across[2].1, "5");
        assert_eq!(chart.words, "23/11 – 26/11: 3 – 5");
        assert!(Chart::of(&[], &moments, "cases", &tell).is_none());
        let one = Chart::of(&points[..1], &moments, "cases", &tell).unwrap();
        assert_eq!((one.bars.len(), one.lines.len(), one.words.as_str()), (1, 0, "3"));
        assert_eq!((round_up(0.0), round_up(7.0), round_up(120.0)), (1.0, 10.0, 200.0));
    }
}
