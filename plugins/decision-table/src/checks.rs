//! Rows that do not do what they seem to: that are never reached, that two of them want differently, and what no row covers.
//!
//! Nothing of it is an error, because the first row that fits decides and somebody may mean it so. It is told to whoever wrote the table.

use crate::table::{Column, Row, Table, Test};

/// The most that is told of one kind: whoever has more begins with these.
const MOST: usize = 20;

const WEEK: usize = 7 * 1_440;

/// The most pairs of rows that are compared: what that takes is a part of what `prepare` may.
const PAIRS: usize = 100_000;

pub fn warnings(table: &Table) -> Vec<String> {
    let (mut hidden, mut doubtful) = (vec![], vec![]);
    let meets = meetings(&table.rows);
    let mut left = PAIRS;
    for (row, above) in table.rows.iter().zip(&meets) {
        let above: Vec<&Row> = above.iter().take(left).filter_map(|place| table.rows.get(*place)).collect();
        left -= above.len();
        if let Some(wider) = above.iter().find(|above| covers(above, row)) {
            hidden.push(format!(
                "line {}: it is never reached, because line {} fits wherever it does",
                row.line, wider.line
            ));
            continue;
        }
        let rivals = above.iter().filter(|above| above.outcome != row.outcome && !covers(row, above));
        let rivals = rivals.filter_map(|above| Some((above, both(above, row)?)));
        doubtful.extend(rivals.map(|(above, what)| {
            format!("lines {} and {}: both fit {what}; line {} decides", above.line, row.line, above.line)
        }));
    }
    let mut all = some(hidden, "rows that are never reached");
    all.extend(some(doubtful, "pairs of rows that both fit"));
    if left == 0 {
        all.push(format!("only {PAIRS} pairs of rows were compared with each other: there may be more"));
    }
    all.extend(gaps(table));
    all
}

/// For each row those above it that it may have something to do with: rows with other words never meet, as far as their words tell.
fn meetings(rows: &[Row]) -> Vec<Vec<usize>> {
    let words = |row: &Row| match row.test(Column::Words) {
        Some(Test::Any(words)) => words.clone(),
        _ => vec![],
    };
    // In alphabetical order a beginning stands before all words that begin so.
    let mut all: Vec<(String, usize)> = vec![];
    let mut free = vec![];
    for (place, row) in rows.iter().enumerate() {
        let words = words(row);
        if words.is_empty() {
            free.push(place);
        }
        all.extend(words.iter().flat_map(|word| tails(word)).map(|tail| (tail.to_owned(), place)));
    }
    all.sort_unstable();
    let mut meets: Vec<Vec<usize>> = vec![vec![]; rows.len()];
    let mut meet = |one: usize, other: usize| {
        if let Some(above) = meets.get_mut(one.max(other)).filter(|_| one != other) {
            above.push(one.min(other));
        }
    };
    for (at, (word, place)) in all.iter().enumerate() {
        let same = all.iter().skip(at + 1).take_while(|(next, _)| next.starts_with(word.as_str()));
        same.for_each(|(_, other)| meet(*place, *other));
    }
    for place in free {
        (0..rows.len()).for_each(|other| meet(place, other));
    }
    for above in &mut meets {
        above.sort_unstable();
        above.dedup();
    }
    meets
}

fn some(mut found: Vec<String>, what: &str) -> Vec<String> {
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    if more > 0 {
        found.push(format!("and {more} more {what}"));
    }
    found
}

/// Whether the first fits wherever the second does.
fn covers(wide: &Row, narrow: &Row) -> bool {
    wide.tests.iter().all(|(column, wide)| {
        narrow.test(*column).is_some_and(|narrow| match (wide, narrow) {
            (Test::Any(wide), Test::Any(narrow)) => {
                narrow.iter().all(|narrow| wide.iter().any(|wide| item_covers(*column, wide, narrow)))
            }
            // Of several stretches each has to lie within one: two that touch are seldom meant as one.
            (Test::Within(wide), Test::Within(narrow)) => {
                stretches(narrow).all(|(from, to)| stretches(wide).any(|wide| wide.0 <= from && to <= wide.1))
            }
            _ => false,
        })
    })
}

/// What both fit, where they name the same; none if they differ in some column, or share nothing that both name.
fn both(one: &Row, other: &Row) -> Option<String> {
    let mut shared = vec![];
    for (column, test) in &one.tests {
        let Some(same) = other.test(*column) else { continue };
        match (test, same) {
            (Test::Any(one), Test::Any(other)) => {
                let met = |item: &&String| {
                    other
                        .iter()
                        .any(|with| item_covers(*column, item, with) || item_covers(*column, with, item))
                };
                shared.push(format!("\"{}\"", one.iter().find(met)?.trim_end()));
            }
            (Test::Within(one), Test::Within(other)) => {
                let begins = |(from, _): (u16, u16)| is_within(other, from).then_some(from);
                let minute = stretches(one).find_map(begins);
                let minute = minute
                    .or_else(|| stretches(other).map(|(from, _)| from).find(|from| is_within(one, *from)))?;
                shared.push(format!("{:02}:{:02}", minute / 60, minute % 60));
            }
            _ => return None,
        }
    }
    (!shared.is_empty()).then(|| shared.join(", "))
}

/// A word covers every phrase in which it stands, and a beginning all words that begin so.
fn item_covers(column: Column, wide: &str, narrow: &str) -> bool {
    wide == narrow || column == Column::Words && tails(narrow).any(|tail| tail.starts_with(wide))
}

/// A phrase from each of its words on.
fn tails(phrase: &str) -> impl Iterator<Item = &str> {
    let spaces = phrase.match_indices(' ').filter_map(|(at, _)| phrase.get(at + 1..));
    std::iter::once(phrase).chain(spaces).filter(|tail| !tail.is_empty())
}

/// The same within one day.
fn stretches(within: &[(u16, u16)]) -> impl Iterator<Item = (u16, u16)> {
    within.iter().flat_map(|&(from, to)| {
        let over = from >= to;
        [(from, if over { 1_440 } else { to })].into_iter().chain((over && to > 0).then_some((0, to)))
    })
}

pub fn is_within(within: &[(u16, u16)], minute: u16) -> bool {
    within.iter().any(|(from, to)| {
        if from < to { (*from..*to).contains(&minute) } else { minute >= *from || minute < *to }
    })
}

/// What is left to the next rule. Of the days and hours it can be told; of what customers say nobody knows all.
fn gaps(table: &Table) -> Vec<String> {
    if table.otherwise.is_some() || table.rows.iter().any(|row| row.tests.is_empty()) {
        return vec![];
    }
    let by_time =
        |row: &&Row| row.tests.iter().all(|(column, _)| matches!(column, Column::Day | Column::Hour));
    let mut covered = vec![false; WEEK];
    for row in table.rows.iter().filter(by_time) {
        for (place, covered) in covered.iter_mut().enumerate() {
            let (day, minute) = (place / 1_440 + 1, (place % 1_440) as u16);
            let on = |test: &Test| match test {
                Test::Any(days) => days.iter().any(|one| *one == day.to_string()),
                Test::Within(hours) => is_within(hours, minute),
            };
            *covered = *covered || row.tests.iter().all(|(_, test)| on(test));
        }
    }
    let nothing =
        "there is no row for everything else, and no `otherwise`: what no row fits is left to the next rule";
    if covered.iter().all(|covered| *covered) {
        return vec![];
    }
    let mut told = vec![nothing.to_owned()];
    if covered.iter().any(|covered| *covered) {
        let mut spans = vec![];
        let mut begins = None;
        for place in 0..=WEEK {
            let open = covered.get(place).is_some_and(|covered| !covered);
            match (begins, open) {
                (None, true) => begins = Some(place),
                (Some(from), false) => {
                    spans.push(format!("from {} to {}", moment(from), moment(place)));
                    begins = None;
                }
                _ => {}
            }
        }
        told.extend(
            some(spans, "such times").into_iter().map(|span| format!("no row by day and hour covers {span}")),
        );
    }
    told
}

fn moment(place: usize) -> String {
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let minute = place % 1_440;
    format!("{} {:02}:{:02}", days[place / 1_440 % 7], minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(table: &str, otherwise: &str) -> Vec<String> {
        let table = table.replace('\n', "\\n");
        warnings(&Table::read(&format!("{{\"table\": \"{table}\"{otherwise}}}")).unwrap())
    }

    const OTHERWISE: &str = ", \"otherwise\": \"x\"";

    #[test]
    fn a_row_that_a_wider_one_hides_is_told() {
        let table = "palabras;número;cola\nfactur*;;a\nfacturas;Brasil;b\n;Brasil;c\n";
        assert_eq!(
            told(table, OTHERWISE),
            ["line 3: it is never reached, because line 2 fits wherever it does"]
        );
        for phrase in ["garantía extendida", "mi garantía extendida", "la garantía"] {
            let table = format!("palabras;cola\ngarantía;a\n{phrase};b\n");
            assert_eq!(told(&table, OTHERWISE).len(), 1, "{phrase}");
            assert!(told(&format!("palabras;cola\n{phrase};b\ngarantía;a\n"), OTHERWISE).is_empty());
        }
        assert!(told("palabras;cola\nla garantía;a\ngarantía extendida;b\n", OTHERWISE).is_empty());
        assert!(
            told("palabras;cola\nfacturas;a\nfactur*;b\n", OTHERWISE).is_empty(),
            "the narrow one comes first"
        );
    }

    #[test]
    fn two_rows_that_want_the_same_differently_are_told_with_what_they_share() {
        let table = "palabras;número;cola\nfactura;;a\nfactura|recibo;Brasil;b\n";
        assert!(
            told(table, OTHERWISE)[0].contains("lines 2") || told(table, OTHERWISE)[0].contains("line 3")
        );
        let table = "número;hora;cola\nBrasil;08:00-12:00;a\nBrasil|Chile;11:00-13:00;b\n";
        assert_eq!(told(table, OTHERWISE), ["lines 2 and 3: both fit \"Brasil\", 11:00; line 2 decides"]);
        assert!(told("palabras;cola\nfactura;a\nenvío;b\n", OTHERWISE).is_empty(), "other words");
        assert!(told("palabras;cola\nfactura;a\nfacturas;a\n", OTHERWISE).is_empty(), "the same place");
    }

    #[test]
    fn what_no_row_covers_is_told_for_the_week() {
        let told = told("día;hora;cola\nlun-vie;08:00-18:00;a\nsáb;;a\ndom;00:00-24:00;a\n", "");
        assert_eq!(told.len(), 7, "{told:?}");
        assert!(told[0].contains("no `otherwise`"), "{told:?}");
        assert_eq!(told[1], "no row by day and hour covers from Monday 00:00 to Monday 08:00");
        assert_eq!(told[6], "no row by day and hour covers from Friday 18:00 to Saturday 00:00");
        assert!(super::tests::told("día;cola\nlun-dom;a\n", "").is_empty());
    }
}
