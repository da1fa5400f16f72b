//! The way to a provider and back over time: what is kept, for how long it is believed, and when it is asked again. What a token has to
//! be is tested beside that (`claims`), and all of it with a real provider in `tests/provider.rs`.

use std::sync::Mutex as Lock;

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://id.example.com";

struct Random;

impl Entropy for Random {
    fn fill(&self, bytes: &mut [u8]) {
        ring::rand::SecureRandom::fill(&SystemRandom::new(), bytes).unwrap();
    }
}

/// A provider that answers at once: one key, under some name.
struct House {
    key: Ed25519KeyPair,
    kid: &'static str,
    token: String,
    asked_for_keys: usize,
    down: bool,
}

struct Way(Arc<Lock<House>>);

impl Reach for Way {
    fn get<'a>(&'a self, url: &'a str) -> Answered<'a> {
        let mut house = self.0.lock().unwrap();
        if house.down {
            return Box::pin(std::future::ready(Err("no answer".to_owned())));
        }
        let told = if url.ends_with("/keys") {
            house.asked_for_keys += 1;
            let x = BASE64URL_NOPAD.encode(house.key.public_key().as_ref());
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": house.kid, "x": x }] })
        } else {
            let at = |path: &str| format!("{ISSUER}{path}");
            json!({
                "issuer": ISSUER, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
                "jwks_uri": at("/keys"),
            })
        };
        Box::pin(std::future::ready(Ok((200, told.to_string().into_bytes()))))
    }

    fn post<'a>(&'a self, _: &'a str, _: Option<&'a str>, _: String) -> Answered<'a> {
        let told = json!({ "id_token": self.0.lock().unwrap().token });
        Box::pin(std::future::ready(Ok((200, told.to_string().into_bytes()))))
    }
}

fn at(seconds: i64) -> Time {
    Time::from_second(1_790_000_000 + seconds).unwrap()
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref())
        .unwrap()
}

struct Office {
    provider: Provider,
    house: Arc<Lock<House>>,
    seals: Key,
}

impl Office {
    fn new() -> Self {
        let house = House { key: key(), kid: "one", token: String::new(), asked_for_keys: 0, down: false };
        let house = Arc::new(Lock::new(house));
        let settings = Settings {
            name: "Cuenta".to_owned(),
            issuer: ISSUER.to_owned(),
            client: "timonel".to_owned(),
            secret: None,
            scopes: Vec::new(),
            claims: Claims::default(),
        };
        let reach = Arc::new(Way(Arc::clone(&house)));
        let provider = Provider::new(settings, "https://t.example.com/back".to_owned(), reach);
        Self { provider, house, seals: Key::random(&Random) }
    }

    fn with<T>(&self, with: impl FnOnce(&mut House) -> T) -> T {
        with(&mut self.house.lock().unwrap())
    }

    async fn begin(&self, now: Time) -> Result<(Errand, String), NoWord> {
        let errand = self.provider.begin(now, &self.seals, &Random).await?;
        let of = |name: &str| {
            let part = errand.url.split(['?', '&']).find_map(|part| part.strip_prefix(&format!("{name}=")));
            percent_encoding::percent_decode_str(part.unwrap()).decode_utf8().unwrap().into_owned()
        };
        let (nonce, state) = (of("nonce"), of("state"));
        let seconds = now.as_second();
        self.with(|house| {
            let header = json!({ "alg": "EdDSA", "kid": house.kid });
            let said = json!({
                "iss": ISSUER, "sub": "7", "aud": "timonel", "exp": seconds + 600, "iat": seconds, "nonce": nonce,
                "email": "ana@example.com", "email_verified": true,
            });
            let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
            let signed = format!("{}.{}", part(&header), part(&said));
            let signature = BASE64URL_NOPAD.encode(house.key.sign(signed.as_bytes()).as_ref());
            house.token = format!("{signed}.{signature}");
        });
        Ok((errand, state))
    }

    async fn finish(&self, (errand, state): &(Errand, String), now: Time) -> Result<Named, NoWord> {
        let returned =
            Returned { code: Some("c".to_owned()), state: Some(state.clone()), ..Returned::default() };
        self.provider.finish(Some(&errand.keep), returned, now, &self.seals).await
    }

    async fn sign_in(&self, now: Time) -> Result<Named, NoWord> {
        let begun = self.begin(now).await?;
        self.finish(&begun, now).await
    }
}

#[tokio::test]
async fn a_provider_that_changes_its_key_is_believed_and_is_asked_for_keys_once_a_minute() {
    let office = Office::new();
    assert_eq!(office.sign_in(at(0)).await.unwrap().name, "ana@example.com");
    office.with(|house| (house.key, house.kid) = (key(), "two"));
    // Asked a moment ago: a key that nobody has shown is not asked for yet.
    assert!(matches!(office.sign_in(at(59)).await, Err(NoWord::NotBelieved(_))));
    assert_eq!(office.with(|house| house.asked_for_keys), 1);
    assert_eq!(office.sign_in(at(60)).await.unwrap().name, "ana@example.com");
    assert_eq!(office.with(|house| house.asked_for_keys), 2);
    // Another key under the name of the one that is known is wrong, however often it is shown.
    office.with(|house| house.key = key());
    assert!(matches!(office.sign_in(at(200)).await, Err(NoWord::NotBelieved(_))));
    assert_eq!(office.with(|house| house.asked_for_keys), 2);
}

#[tokio::test]
async fn whoever_takes_longer_than_ten_minutes_begins_again() {
    let office = Office::new();
    let begun = office.begin(at(0)).await.unwrap();
    assert_eq!(office.finish(&begun, at(600)).await, Err(NoWord::NotBegun));
    assert!(office.finish(&begun, at(599)).await.is_ok());
    // What the browser kept is of no use with the seal of another host.
    let other = Office { seals: Key::random(&Random), ..office };
    assert_eq!(other.finish(&begun, at(10)).await, Err(NoWord::NotBegun));
}

#[tokio::test]
async fn a_provider_that_is_away_is_taken_for_what_it_was_and_a_new_one_is_left_alone_for_a_moment() {
    let office = Office::new();
    office.with(|house| house.down = true);
    assert!(matches!(office.begin(at(0)).await, Err(NoWord::Unreachable(_))));
    office.with(|house| house.down = false);
    assert!(
        matches!(office.begin(at(4)).await, Err(NoWord::Unreachable(_))),
        "nobody waits for it again so soon"
    );
    assert!(office.sign_in(at(5)).await.is_ok());
    // What it said of itself is old after an hour. It does not answer, and nothing of it has changed.
    office.with(|house| house.down = true);
    assert!(office.sign_in(at(2 * 3_600)).await.is_ok());
}
