//! A secret that comes back in an answer does not reach a rule.

use data_encoding::{BASE64, BASE64URL_NOPAD};

/// What stands in the place of a secret.
const HIDDEN: &str = "[secret]";

/// The shortest that is looked for. What is shorter would be found in everything, and is no secret.
const LEAST: usize = 4;

/// A text in which a secret is replaced, in the forms in which services repeat what they were sent: as it is, in JSON, in an
/// address, in base64.
pub fn hide(text: String, secret: &str) -> String {
    let secret = secret.trim();
    if secret.len() < LEAST {
        return text;
    }
    let json = serde_json::to_string(secret).unwrap_or_default();
    let forms = [
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        json.trim_matches('"').replace('/', "\\/"),
        percent(secret, |digits| digits.to_ascii_uppercase()),
        percent(secret, |digits| digits.to_ascii_lowercase()),
        percent(secret, |digits| digits.to_ascii_uppercase()).replace("%20", "+"),
        BASE64.encode(secret.as_bytes()),
        BASE64URL_NOPAD.encode(secret.as_bytes()),
    ];
    let mut text = text;
    for form in forms {
        if text.contains(&form) {
            text = text.replace(&form, HIDDEN);
        }
    }
    text
}

fn percent(text: &str, digits: impl Fn(String) -> String) -> String {
    let of = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => digits(format!("%{byte:02x}")),
    };
    text.bytes().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_repeated_in_any_usual_form_is_gone() {
        let secret = "s3cr3t/\"token\"=+";
        for answer in [
            format!("you sent Bearer {secret}!"),
            serde_json::json!({ "authorization": secret }).to_string(),
            r#"{"a":"s3cr3t\/\"token\"=+"}"#.to_owned(),
            "https://x/?t=s3cr3t%2F%22token%22%3D%2B".to_owned(),
            "https://x/?t=s3cr3t%2f%22token%22%3d%2b".to_owned(),
            format!("Basic {}", BASE64.encode(secret.as_bytes())),
        ] {
            let hidden = hide(answer.clone(), &format!("{secret}\n"));
            assert!(hidden.contains(HIDDEN) && !hidden.contains("s3cr3t"), "{answer} → {hidden}");
        }
        assert_eq!(hide("a and b".to_owned(), "a"), "a and b");
    }
}
