//! One phone, several spellings.
//!
//! Three countries have changed how their mobile numbers are written, and WhatsApp knows a customer by the old spelling,
//! by the new one, or by either in turn: the number in a webhook need not be the one that was written to (Meta, *Phone
//! numbers*: Brazil, Mexico, Argentina). Whoever looks a customer up by phone looks for the canonical spelling, so that
//! one person does not become two contacts. It is for look-ups alone: what is dialled is the spelling that WhatsApp
//! told.

use std::borrow::Cow;

/// The one spelling of a phone under which it is looked up. Takes digits with the country code and no `+`; whatever is
/// no mobile number of the three countries stays as it is.
///
/// ```
/// use domain::phone::canonical;
///
/// // Brazil: mobile numbers got a ninth digit, and many accounts are known without it.
/// assert_eq!(canonical("551187654321"), "5511987654321");
/// assert_eq!(canonical("5511987654321"), "5511987654321");
/// // A landline begins with 2 to 5 and never had one.
/// assert_eq!(canonical("551132654321"), "551132654321");
///
/// // Mexico: until 2019 a 1 marked mobile numbers.
/// assert_eq!(canonical("5215512345678"), "525512345678");
/// assert_eq!(canonical("525512345678"), "525512345678");
///
/// // Argentina: a 9 marks mobile numbers when they are called from abroad. No landline has the same digits behind it.
/// assert_eq!(canonical("5491123456789"), "541123456789");
/// assert_eq!(canonical("541123456789"), "541123456789");
///
/// // Everyone else.
/// assert_eq!(canonical("573001234567"), "573001234567");
/// ```
pub fn canonical(phone: &str) -> Cow<'_, str> {
    match phone.as_bytes() {
        // 55, two digits of the area, eight of a mobile number.
        [b'5', b'5', _, _, b'6'..=b'9', rest @ ..] if rest.len() == 7 => match phone.split_at_checked(4) {
            Some((area, number)) => Cow::Owned(format!("{area}9{number}")),
            None => Cow::Borrowed(phone),
        },
        [b'5', b'2', b'1', rest @ ..] if rest.len() == 10 => without(phone, 2),
        [b'5', b'4', b'9', rest @ ..] if rest.len() == 10 => without(phone, 2),
        _ => Cow::Borrowed(phone),
    }
}

/// Leaves out the byte at `at`.
fn without(phone: &str, at: usize) -> Cow<'_, str> {
    match (phone.get(..at), phone.get(at + 1..)) {
        (Some(before), Some(after)) => Cow::Owned([before, after].concat()),
        _ => Cow::Borrowed(phone),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOME: &str = "5511[2-9][0-9]{7,8}|52[1-9][0-9]{9}|549?[1-9][0-9]{9}";

    proptest! {
        #[test]
        fn the_canonical_spelling_is_its_own(phone in "(55|52|521|54|549|57)?[0-9]{0,13}") {
            let once = canonical(&phone);
            prop_assert_eq!(canonical(&once), once.clone());
        }

        #[test]
        fn both_spellings_of_a_mobile_number_are_one(area in "[1-9]{2}", brazilian in "[6-9][0-9]{7}", ten in "[1-9][0-9]{9}") {
            let same = |one: String, other: String| canonical(&one) == canonical(&other);
            let brazil = same(["55", &area, &brazilian].concat(), ["55", &area, "9", &brazilian].concat());
            let mexico = same(["52", &ten].concat(), ["521", &ten].concat());
            let argentina = same(["54", &ten].concat(), ["549", &ten].concat());
            prop_assert!(brazil && mexico && argentina);
        }

        #[test]
        fn two_numbers_of_the_same_spelling_stay_two(one in SOME, other in SOME) {
            let alike = one.len() == other.len() && one[..2] == other[..2];
            prop_assert!(!alike || one == other || canonical(&one) != canonical(&other));
        }

        #[test]
        fn the_rest_of_the_world_stays_as_it_is(phone in "(1|34|56|57|595|598)[0-9]{7,11}|\\PC{0,6}|5[245]?") {
            prop_assert_eq!(canonical(&phone), phone.as_str());
        }
    }
}
