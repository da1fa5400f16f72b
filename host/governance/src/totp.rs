//! The codes of authenticator apps (RFC 6238: HMAC-SHA-1, six digits, thirty seconds).

use domain::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

/// Seconds of a step.
const STEP: u64 = 30;

/// The step of a moment.
pub(crate) fn step(now: Time) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0) / STEP
}

/// The code of a step: six digits.
pub(crate) fn code(secret: &[u8], step: u64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        unreachable!("HMAC takes keys of every length")
    };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    // RFC 4226, 5.3: the last four bits say where the four bytes lie.
    let offset = usize::from(hash.last().copied().unwrap_or(0) & 0xf);
    let four = hash.get(offset..offset + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// The step whose code somebody shows: this one or a neighbour, because clocks differ, and later than the last that was
/// used, because somebody may have looked over their shoulder.
pub(crate) fn shown(secret: &[u8], digits: &str, now: Time, last: Option<u64>) -> Option<u64> {
    let now = step(now);
    let near = now.saturating_sub(1)..=now + 1;
    let fits = |step: &u64| bool::from(code(secret, *step).as_bytes().ct_eq(digits.as_bytes()));
    near.filter(|step| last.is_none_or(|last| *step > last)).find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        for (second, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Time::from_second(second).unwrap();
            assert_eq!(code(b"12345678901234567890", step(now)), digits);
            assert_eq!(shown(b"12345678901234567890", digits, now, None), Some(step(now)));
        }
    }
}
