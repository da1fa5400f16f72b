//! The header of a webhook. Whatever it is: it is right only if it is what the secret gives for this body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use whatsapp::AppSecrets;

fuzz_target!(|input: &[u8]| {
    let (header, body) = input.split_at(input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len()));
    let Ok(header) = std::str::from_utf8(header) else { return };
    let secrets = AppSecrets::new("secret", Some("the one before"));
    let right = [secrets.sign(body), AppSecrets::new("the one before", None).sign(body)];
    let told = secrets.verify(Some(header), body).is_ok();
    // Digits may be large or small, the scheme may not.
    let known = header.starts_with("sha256=") && right.iter().any(|right| right.eq_ignore_ascii_case(header));
    assert_eq!(told, known);
    assert!(right.iter().all(|right| secrets.verify(Some(right), body).is_ok()));
    assert!(AppSecrets::new("", None).verify(Some(header), body).is_err());
});
