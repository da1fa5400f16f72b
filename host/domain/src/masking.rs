//! What is left of what people wrote when no customer may stand in it.
//!
//! People write phones into reasons and samples although nobody asked them to. Whatever is shown to a program of somebody
//! else, or written where anybody may read, goes through here first. A name cannot be told from any other word, so where a
//! name could stand, people's words are not passed on at all or are checked against the customer's own when they are taken.

use serde_json::Value;

/// The fewest digits that are taken for a phone: national numbers of Colombia, Brazil and Chile have 9 to 11.
const FEWEST: usize = 9;

/// What stands for a phone.
const PHONE: &str = "[phone]";

/// What stands for an e-mail address.
const EMAIL: &str = "[e-mail]";

/// A text without phones and e-mail addresses.
pub fn text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    // Whether the character before could belong to the same word or number.
    let mut within = false;
    while let Some(first) = rest.chars().next() {
        let length = if within { None } else { email(rest).map(|length| (length, EMAIL)) };
        let length = length.or_else(|| if within { None } else { phone(rest).map(|length| (length, PHONE)) });
        let date = if within { 0 } else { date(rest) };
        match length {
            _ if date > 0 => {
                masked.push_str(&rest[..date]);
                rest = &rest[date..];
                within = true;
            }
            Some((length, stands)) => {
                masked.push_str(stands);
                rest = &rest[length..];
                within = false;
            }
            None => {
                masked.push(first);
                rest = &rest[first.len_utf8()..];
                within = first.is_alphanumeric();
            }
        }
    }
    masked
}

/// A value whose texts are without them, the names of its fields too.
pub fn json(value: Value) -> Value {
    match value {
        Value::String(words) => Value::String(text(&words)),
        Value::Array(list) => list.into_iter().map(json).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (text(&name), json(value))).collect(),
        // Some write a phone as a number.
        Value::Number(number) if number.to_string().len() >= FEWEST => {
            Value::String(text(&number.to_string()))
        }
        other => other,
    }
}

/// As much of a name as tells whether it is the right one: `L••• P•••` of `Lucía Peña`. What stands for the rest says nothing of
/// how long it is.
pub fn name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    words.take(4).map(|first| format!("{first}•••")).collect::<Vec<_>>().join(" ")
}

/// The same of a phone: its last four digits.
pub fn last_digits(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    // Of a short number four digits would be most of it.
    let shown = if digits.len() >= FEWEST { 4 } else { 0 };
    let last: String = digits[digits.len() - shown..].iter().collect();
    format!("••• {last}").trim_end().to_owned()
}

/// How long the phone is that a text begins with.
fn phone(text: &str) -> Option<usize> {
    let (mut digits, mut end, mut gap) = (0, 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => (digits, end, gap) = (digits + 1, at + 1, 0),
            '+' | '(' if digits == 0 => {}
            // Between two groups of digits: brackets and one thing on either side of them.
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' if digits > 0 && gap < 3 => gap += 1,
            _ => break,
        }
    }
    (digits >= FEWEST).then_some(end)
}

/// How long the address is that a text begins with.
fn email(text: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%');
    let local = text.find(|c| !part(c)).filter(|length| *length > 0)?;
    let domain = text.get(local..)?.strip_prefix('@')?;
    let length = domain.find(|c| !part(c)).unwrap_or(domain.len());
    let domain = domain.get(..length)?.trim_end_matches('.');
    domain.contains('.').then_some(local + 1 + domain.len())
}

/// How long the date is that a text begins with, as `2026-11-25`; 0 if it does not.
fn date(text: &str) -> usize {
    let form =
        |(at, byte): (usize, &u8)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() };
    let begins = text.as_bytes().get(..10).is_some_and(|date| date.iter().enumerate().all(form));
    if begins { 10 } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn phones_and_addresses_go_however_they_are_written_and_all_else_stays() {
        for (written, left) in [
            ("llamó del +57 310 555 0123 ayer", "llamó del [phone] ayer"),
            ("3105550123", "[phone]"),
            ("(601) 555-0100, ext. 4", "[phone], ext. 4"),
            ("+55 (11) 95550-0188", "[phone]"),
            ("escribe a lucia.p@correo.com.co.", "escribe a [e-mail]."),
            ("Su pedido {{1}} llega el 2026-11-25 18:00", "Su pedido {{1}} llega el 2026-11-25 18:00"),
            ("77-1204, antes de las 6", "77-1204, antes de las 6"),
            ("https://tornillo.example/a?b=1", "https://tornillo.example/a?b=1"),
            ("", ""),
        ] {
            assert_eq!(text(written), left);
        }
        let value = json!({"573105550123": [573_105_550_123_u64, 42], "a": "x@y.co"});
        assert_eq!(super::json(value), json!({"[phone]": ["[phone]", 42], "a": "[e-mail]"}));
    }

    #[test]
    fn a_person_is_known_again_and_not_told() {
        for (whole, left) in [
            ("Lucía Peña", "L••• P•••"),
            ("zacarias-marcador", "z••• m•••"),
            ("🌻", ""),
            ("Ñ", "Ñ•••"),
            ("", ""),
        ] {
            assert_eq!(name(whole), left);
        }
        assert_eq!(name("a b c d e f"), "a••• b••• c••• d•••");
        for (whole, left) in
            [("573001112233", "••• 2233"), ("+57 300 111 2233", "••• 2233"), ("85555", "•••"), ("", "•••")]
        {
            assert_eq!(last_digits(whole), left);
        }
    }

    proptest! {
        #[test]
        fn of_no_phone_more_than_four_digits_are_left(digits in "[0-9]{0,15}") {
            let left = last_digits(&digits);
            let shown = left.chars().filter(char::is_ascii_digit).count();
            prop_assert!(shown <= 4 && digits.len() >= 2 * shown);
            prop_assert!(digits.ends_with(left.trim_start_matches(['•', ' '])));
        }

        #[test]
        fn of_no_name_more_is_left_than_the_first_letters_of_four_words(whole in "\\PC{0,40}") {
            let left = name(&whole);
            let words = left.split(' ').filter_map(|word| word.strip_suffix("•••"));
            let firsts: Vec<char> = words.filter_map(|word| word.chars().next()).collect();
            prop_assert!(firsts.len() <= 4);
            prop_assert_eq!(left.chars().filter(|c| !matches!(c, '•' | ' ')).count(), firsts.len());
            prop_assert!(firsts.iter().all(|first| whole.contains(*first)));
        }

        #[test]
        fn no_phone_gets_through_in_any_of_the_ways_in_which_people_write_it(
            digits in "[1-9][0-9]{9,12}",
            gaps in proptest::collection::vec(prop_oneof![Just(""), Just(" "), Just("-"), Just(".")], 13),
            plus: bool,
            before in "[a-zñ ,¿]{0,8}[ ,¿]",
            after in "[,;! a-z]{0,8}",
        ) {
            let mut written = before;
            if plus {
                written.push('+');
            }
            for (digit, gap) in digits.chars().zip(&gaps) {
                written.push(digit);
                written.push_str(gap);
            }
            written.push_str(&after);
            let left = text(&written);
            let left: String = left.chars().filter(char::is_ascii_digit).collect();
            prop_assert!(left.is_empty(), "{written}: {left}");
        }

        #[test]
        fn what_is_masked_once_is_masked(words in "\\PC{0,60}") {
            let once = text(&words);
            prop_assert_eq!(text(&once), once);
        }
    }
}
