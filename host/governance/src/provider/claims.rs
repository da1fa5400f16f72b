//! Whether what a provider says is said to us, now, and of the sign-in that was begun (OpenID Connect Core, 3.1.3.7), and whom
//! it means. One step over what the token says.

use domain::Time;
use domain::access::Identity;
use domain::decision::Digest;
use jiff::SignedDuration;
use serde_json::{Map, Value};

/// How far the provider's clock may be from ours.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// How old a token may be: it is made for us the moment before.
const OLDEST: SignedDuration = SignedDuration::from_mins(10);

/// What is expected of a token.
#[derive(Debug, Clone)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Time,
}

/// What of a token says what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The claim that names the person: `email`, which counts only while the provider vouches for it, or another one.
    pub person: String,
    /// The claim with their groups.
    pub groups: String,
    /// The words of `amr` (RFC 8176) that say that a second factor was shown.
    pub second_factor: Vec<String>,
}

impl Default for Claims {
    fn default() -> Self {
        Self { person: "email".to_owned(), groups: "groups".to_owned(), second_factor: Vec::new() }
    }
}

/// Somebody, as a provider means them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The account there.
    pub identity: Identity,
    /// What it is called.
    pub name: String,
    /// In which groups it is.
    pub groups: Vec<String>,
    /// Whether a second factor was shown there.
    pub second_factor: bool,
}

/// Believes a token or says why not. The words are for whoever runs the host, and repeat nothing of a person.
pub(super) fn believe(
    said: &Map<String, Value>,
    claims: &Claims,
    expected: &Expected<'_>,
) -> Result<Named, String> {
    let text = |name: &str| said.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err("`iss` is another provider than `issuer`".to_owned());
    }
    let audience: Vec<&str> = match said.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audience.contains(&expected.client) {
        return Err("`aud` is another program than `client-id`".to_owned());
    }
    match text("azp") {
        Some(party) if party != expected.client => {
            return Err("`azp` is another program than `client-id`".to_owned());
        }
        None if audience.len() > 1 => return Err("`aud` are several programs and `azp` is none".to_owned()),
        _ => {}
    }
    in_time(said, expected.now)?;
    if text("nonce") != Some(expected.nonce) {
        return Err("`nonce` is of another sign-in".to_owned());
    }
    let subject = text("sub").filter(|subject| (1..=255).contains(&subject.len()));
    let subject = subject.ok_or("`sub` is missing or too long")?;
    let name = text(&claims.person).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| format!("`{}`, which names the person, is missing", claims.person))?;
    // Some providers write it as a text.
    let vouched = matches!(said.get("email_verified"), Some(Value::Bool(true)))
        || text("email_verified") == Some("true");
    if claims.person == "email" && !vouched {
        return Err(
            "`email_verified` is not true: whoever wrote the address may not be who has it".to_owned()
        );
    }
    let words = |name: &str| match said.get(name) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(|one| Some(one.as_str()?.to_owned())).collect(),
        _ => Vec::new(),
    };
    Ok(Named {
        identity: Identity { issuer: expected.issuer.to_owned(), subject: Digest::of(subject.as_bytes()) },
        name: name.to_owned(),
        groups: words(&claims.groups),
        second_factor: words("amr").iter().any(|shown| claims.second_factor.contains(shown)),
    })
}

fn in_time(said: &Map<String, Value>, now: Time) -> Result<(), String> {
    // Seconds since 1970, which some providers write with a fraction.
    let time = |name: &str| {
        let seconds = said.get(name).and_then(Value::as_f64)?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "what does not fit is at the end of time, and refused"
        )]
        Time::from_second(seconds as i64).ok()
    };
    let (until, issued) = (time("exp").ok_or("`exp` is missing")?, time("iat").ok_or("`iat` is missing")?);
    let since = |then: Time| now.duration_since(then);
    if since(until) >= LEEWAY {
        return Err("the token is over (`exp`): look at both clocks".to_owned());
    }
    if since(issued) > OLDEST {
        return Err("the token is old (`iat`): look at both clocks".to_owned());
    }
    if since(issued) < -LEEWAY || time("nbf").is_some_and(|from| since(from) < -LEEWAY) {
        return Err("the token is of the future (`iat`, `nbf`): look at both clocks".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_790_000_000;

    type Change = fn(&mut Value);

    fn believed(claims: &Claims, change: impl FnOnce(&mut Value)) -> Result<Named, String> {
        let mut said = json!({
            "iss": "https://id.example", "sub": "248289761001", "aud": "timonel", "exp": NOW + 300, "iat": NOW,
            "nonce": "n", "email": "marta@example.com", "email_verified": true, "groups": ["g1", "g2"], "amr": ["pwd", "otp"],
        });
        change(&mut said);
        let now = Time::from_second(NOW).unwrap();
        let expected = Expected { issuer: "https://id.example", client: "timonel", nonce: "n", now };
        believe(said.as_object().unwrap(), claims, &expected)
    }

    #[test]
    fn what_is_said_to_us_now_and_of_this_sign_in_names_a_person() {
        let claims = Claims { second_factor: vec!["otp".to_owned()], ..Claims::default() };
        let named = believed(&claims, |_| {}).unwrap();
        assert_eq!((named.name.as_str(), named.second_factor), ("marta@example.com", true));
        assert_eq!(named.groups, ["g1", "g2"]);
        for fine in [
            |said: &mut Value| said["aud"] = json!(["other", "timonel"]),
            |said: &mut Value| said["exp"] = json!(NOW - 59),
            |said: &mut Value| said["iat"] = json!(NOW as f64 + 59.5),
            |said: &mut Value| said["email_verified"] = json!("true"),
        ] {
            let said = believed(&claims, |said| {
                fine(said);
                said["azp"] = json!("timonel");
            });
            assert_eq!(said.as_ref().map(|named| named.name.as_str()), Ok("marta@example.com"), "{said:?}");
        }
        assert!(
            !believed(&Claims::default(), |_| {}).unwrap().second_factor,
            "nothing is one that was not named"
        );
    }

    #[test]
    fn everything_else_is_not_believed() {
        let cases: [(&str, Change); 18] = [
            ("iss", |said| said["iss"] = json!("https://id.example/")),
            ("aud", |said| said["aud"] = json!("other")),
            ("aud", |said| said["aud"] = json!(null)),
            ("azp", |said| said["aud"] = json!(["timonel", "other"])),
            ("azp", |said| said["azp"] = json!("other")),
            ("exp", |said| said["exp"] = json!(NOW - 60)),
            ("exp", |said| said["exp"] = json!("later")),
            ("iat", |said| said["iat"] = json!(NOW - 601)),
            ("iat", |said| said["iat"] = json!(NOW + 61)),
            ("iat", |said| said["iat"] = json!(null)),
            ("nbf", |said| said["nbf"] = json!(NOW + 61)),
            ("nonce", |said| said["nonce"] = json!("m")),
            ("nonce", |said| drop(said.as_object_mut().unwrap().remove("nonce"))),
            ("sub", |said| said["sub"] = json!("")),
            ("sub", |said| said["sub"] = json!("x".repeat(256))),
            ("email", |said| said["email"] = json!(["marta@example.com"])),
            ("email_verified", |said| said["email_verified"] = json!(false)),
            ("email_verified", |said| drop(said.as_object_mut().unwrap().remove("email_verified"))),
        ];
        for (name, change) in cases {
            let why = believed(&Claims::default(), change).unwrap_err();
            assert!(why.contains(&format!("`{name}`")) && !why.contains("marta"), "{name}: {why}");
        }
    }

    #[test]
    fn another_claim_than_the_address_needs_nobody_to_vouch_for_it() {
        let claims = Claims { person: "preferred_username".to_owned(), ..Claims::default() };
        let named = believed(&claims, |said| {
            said["preferred_username"] = json!("mdiaz");
            said["email_verified"] = json!(false);
        });
        assert_eq!(named.unwrap().name, "mdiaz");
        assert!(believed(&claims, |_| {}).unwrap_err().contains("`preferred_username`"));
    }
}
