//! Identifiers in the form that Meta gives them.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use data_encoding::BASE64;

/// Makes identifiers that no two simulations share.
pub(crate) struct Ids {
    run: u64,
    next: AtomicU64,
}

/// Who wrote a message: the one byte of a wamid in which the two differ.
#[derive(Clone, Copy)]
pub(crate) enum From {
    Customer = 0x12,
    Company = 0x11,
}

impl Ids {
    pub(crate) fn new() -> Self {
        Self { run: RandomState::new().hash_one("run"), next: AtomicU64::new(1) }
    }

    fn next(&self) -> u64 {
        mixed(self.run.wrapping_add(self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// As real ones decode: the phone in the clear, then the direction, then a random part.
    pub(crate) fn wamid(&self, from: From, phone: &str) -> String {
        let random = format!("{:016X}3E", self.next());
        let mut bytes = vec![0x1c, 0x18, u8::try_from(phone.len()).unwrap_or(u8::MAX)];
        bytes.extend_from_slice(phone.as_bytes());
        bytes.extend_from_slice(&[0x15, 0x02, 0x00, from as u8, 0x18, 0x12]);
        bytes.extend_from_slice(random.as_bytes());
        bytes.push(0);
        format!("wamid.{}", BASE64.encode(&bytes))
    }

    /// Of a medium.
    pub(crate) fn medium(&self) -> String {
        (1_000_000_000_000_000 + self.next() % 1_000_000_000_000_000).to_string()
    }

    /// What Meta's support asks for.
    pub(crate) fn trace(&self) -> String {
        format!("A{:016x}", self.next())
    }
}

/// A number that looks like chance, different for each `seed`.
fn mixed(seed: u64) -> u64 {
    // The finaliser of SplitMix64.
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
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
    fn a_wamid_contains_the_phone_and_never_comes_twice() {
        let ids = Ids::new();
        let one = ids.wamid(From::Customer, "573001234567");
        let bytes = BASE64.decode(one.strip_prefix("wamid.").unwrap().as_bytes()).unwrap();
        assert!(bytes.windows(12).any(|window| window == b"573001234567"));
        assert_ne!(one, ids.wamid(From::Customer, "573001234567"));
    }
}
