//! What an author added to a component: signatures, each a custom section at its end.
//!
//! A signature is over all bytes before it, so that there is one file to hand on, and nobody asks which file belongs to which.
//! A second author signs what the first one signed. With a signature a component is another one: what people agree on is the
//! bytes with their signatures. Whether a signature holds is asked of the company's list of authors (`domain::rule::book`).

use domain::author::{AuthorSecret, Mark};
use domain::decision::Digest;

/// What the sections are called.
const NAME: &str = "timonel:signature";

/// The number of a custom section.
const CUSTOM: u8 = 0;

/// The magic bytes and the version, before the first section.
const PREAMBLE: usize = 8;

/// More signatures than this are none.
const MOST: usize = 16;

/// The component with one more signature.
pub fn sign(component: &[u8], author: &AuthorSecret) -> Vec<u8> {
    let line = author.sign(Digest::of(component)).line();
    let mut content = vec![];
    number(&mut content, NAME.len());
    content.extend(NAME.as_bytes());
    content.extend(line.as_bytes());
    let mut signed = component.to_vec();
    signed.push(CUSTOM);
    number(&mut signed, content.len());
    signed.extend(content);
    signed
}

/// The signatures of a component. Whatever else comes behind a signature could make another component of it, so then there
/// is none.
pub fn marks(component: &[u8]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut rest = component.get(PREAMBLE..).unwrap_or_default();
    while !rest.is_empty() {
        let over = &component[..component.len() - rest.len()];
        let Some((id, content, behind)) = section(rest) else { return Vec::new() };
        match mark(id, content, over) {
            Some(mark) if marks.len() < MOST => marks.push(mark),
            _ => marks.clear(),
        }
        rest = behind;
    }
    marks
}

/// A section and what comes behind it.
fn section(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (id, rest) = bytes.split_first()?;
    let (length, rest) = read(rest)?;
    let (content, behind) = rest.split_at_checked(length)?;
    Some((*id, content, behind))
}

fn mark(id: u8, content: &[u8], over: &[u8]) -> Option<Mark> {
    let (length, content) = read(content)?;
    let (name, line) = content.split_at_checked(length)?;
    let is_signature = id == CUSTOM && name == NAME.as_bytes();
    Mark::read(std::str::from_utf8(line).ok().filter(|_| is_signature)?, Digest::of(over))
}

/// A number in LEB128, and what comes behind it.
fn read(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0u32;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        value |= u32::from(byte & 0x7f).checked_shl(7 * place as u32)?;
        if byte & 0x80 == 0 {
            return Some((value as usize, &bytes[place + 1..]));
        }
    }
    None
}

fn number(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use domain::author::AuthorSecret;

    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn author(name: &str, seed: &str) -> AuthorSecret {
        AuthorSecret::read(&format!("{name}\n{}\n", seed.repeat(64))).unwrap()
    }

    #[test]
    fn two_sign_one_component_and_every_changed_byte_is_found() {
        let (nova, vega) = (author("nova.example", "1"), author("vega.example", "2"));
        let component = sign(&sign(EMPTY, &nova), &vega);
        let found = marks(&component);
        assert_eq!(found.len(), 2);
        assert!(nova.key().made(&found[0]) && vega.key().made(&found[1]));
        for place in 0..component.len() {
            let mut other = component.clone();
            other[place] ^= 1;
            let holds = |author: &AuthorSecret| marks(&other).iter().any(|mark| author.key().made(mark));
            assert!(!holds(&vega), "byte {place}");
            assert!(place >= sign(EMPTY, &nova).len() || !holds(&nova), "byte {place}");
        }
        // A section behind them may change what the component is, and nobody signed it.
        for behind in [&b"\x00\x02\x01x"[..], b"\x01\x00", b"\x00"] {
            assert!(marks(&[&component, behind].concat()).is_empty());
        }
    }

    #[test]
    fn what_is_no_component_has_no_signatures() {
        for odd in
            [&b""[..], b"\0asm", b"\0asm\x0d\0\x01\0\0\xff\xff\xff\xff\x0f", b"\0asm\x0d\0\x01\0\0\x05\x01"]
        {
            assert!(marks(odd).is_empty());
        }
    }
}
