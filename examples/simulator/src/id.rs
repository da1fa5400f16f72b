//! Identifiers in the form that Meta gives them.

use data_encoding::BASE64;

use crate::dice::{Dice, mixed};

/// Who wrote a message: the one byte of a wamid in which the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Customer = 0x12,
    Company = 0x11,
}

/// As real ones decode: the phone in the clear, then the direction, then a part that looks random. The dice have to be
/// those of this message alone.
pub(crate) fn wamid(dice: Dice, from: From, phone: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut bytes = Vec::with_capacity(phone.len() + 28);
    bytes.extend_from_slice(&[0x1c, 0x18, u8::try_from(phone.len()).unwrap_or(u8::MAX)]);
    bytes.extend_from_slice(phone.as_bytes());
    bytes.extend_from_slice(&[0x15, 0x02, 0x00, from as u8, 0x18, 0x12]);
    let random = dice.about(if from == From::Company { "company" } else { "customer" }).number();
    bytes.extend((0..16).rev().filter_map(|digit| HEX.get((random >> (digit * 4)) as usize & 15)));
    bytes.extend_from_slice(b"3E\0");
    let mut wamid = "wamid.".to_owned();
    BASE64.encode_append(&bytes, &mut wamid);
    wamid
}

/// The phone in a wamid of this world; None for anything else.
pub(crate) fn phone_of(wamid: &str) -> Option<String> {
    let bytes = BASE64.decode(wamid.strip_prefix("wamid.")?.as_bytes()).ok()?;
    let length = usize::from(*bytes.get(2)?);
    String::from_utf8(bytes.get(3..3 + length)?.to_vec()).ok()
}

/// Of a medium, a template: sixteen digits.
pub(crate) fn object(dice: Dice) -> u64 {
    1_000_000_000_000_000 + dice.below(9_000_000_000_000_000)
}

/// The same person has the same user id in every simulation.
pub(crate) fn user_id(phone: &str) -> String {
    const COUNTRIES: [(&str, &str); 8] = [
        ("57", "CO"),
        ("52", "MX"),
        ("54", "AR"),
        ("51", "PE"),
        ("56", "CL"),
        ("55", "BR"),
        ("34", "ES"),
        ("593", "EC"),
    ];
    let country =
        COUNTRIES.iter().find(|(prefix, _)| phone.starts_with(prefix)).map_or("US", |found| found.1);
    let number = phone.bytes().fold(7, |hash: u64, byte| mixed(hash.wrapping_mul(31) + u64::from(byte)));
    format!("{country}.{number:020}")
}

/// A phone without everything by which people make it readable.
pub(crate) fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wamid_contains_the_phone_and_another_message_has_another() {
        let dice = Dice::new(1);
        let one = wamid(dice, From::Customer, "573001234567");
        assert_eq!(phone_of(&one).as_deref(), Some("573001234567"));
        assert_ne!(one, wamid(dice, From::Company, "573001234567"));
        assert_ne!(one, wamid(dice.nth(1), From::Customer, "573001234567"));
        for strange in ["", "wamid.", "wamid.HBg=", "x", "wamid.////"] {
            assert_eq!(phone_of(strange), None, "{strange}");
        }
    }
}
