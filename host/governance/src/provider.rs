//! The company's identity provider (OpenID Connect): the way of a browser to it and back, and what may be believed of what it
//! says.
//!
//! Of the ways that the standard has there is one here: a code, which the host itself exchanges (`response_type=code`), with
//! PKCE (RFC 7636), `state` and `nonce`. What has to be remembered until the browser is back, the browser keeps, sealed: a
//! stranger who begins a million sign-ins takes no memory of ours, and nobody comes back on somebody else's way.

mod claims;
mod token;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use domain::Time;
use domain::outside::Entropy;
use domain::sealed::Key;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;

use crate::secrets;
use claims::Expected;
use token::{Keys, Unsigned};

pub use claims::{Claims, Named};

/// How long somebody may take at the provider.
const AWAY: SignedDuration = SignedDuration::from_mins(10);

/// How long what a provider says of itself is believed.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// How often its keys are asked for because one is not known. Who makes up keys must not have us ask all day.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// How long a provider that did not answer is left alone, so that a whole office does not wait in one line.
const RESTS: SignedDuration = SignedDuration::from_secs(5);

/// What is sealed for the browser is sealed as this. Never change it.
const ERRAND: &[u8] = b"sign-in by provider";

/// The status and the body of an answer; otherwise the words say why there is none.
pub type Answered<'a> = Pin<Box<dyn Future<Output = Result<(u16, Vec<u8>), String>> + Send + 'a>>;

/// A way to the provider's addresses. It follows no redirects, and an answer that is too long comes back empty.
pub trait Reach: Send + Sync {
    /// Reads.
    fn get<'a>(&'a self, url: &'a str) -> Answered<'a>;

    /// Posts a form, with what `Authorization` says.
    fn post<'a>(&'a self, url: &'a str, authorization: Option<&'a str>, form: String) -> Answered<'a>;
}

/// What the company says of its provider.
#[derive(Clone)]
pub struct Settings {
    /// What people call it, as `Cuenta de Ejemplo`.
    pub name: String,
    /// Its name, exactly as it says it itself, as `https://id.example.com/realms/empresa`.
    pub issuer: String,
    /// What it calls us.
    pub client: String,
    /// What we prove that with, if it gave us something.
    pub secret: Option<String>,
    /// What it is asked for besides `openid`, as `email`.
    pub scopes: Vec<String>,
    /// What of its tokens says what.
    pub claims: Claims,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a provider's word is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoWord {
    /// This browser began no sign-in, or too long ago, or has finished it.
    #[error("the sign-in was not begun in this browser, or more than ten minutes ago: begin again")]
    NotBegun,
    /// The provider, or the person there, said no.
    #[error("the identity provider did not let you in (`{0}`)")]
    Denied(String),
    /// It did not answer, or not as the standard says.
    #[error("the identity provider cannot be asked: {0}")]
    Unreachable(String),
    /// It says something that we do not believe.
    #[error("what the identity provider says is not believed: {0}")]
    NotBelieved(String),
}

/// A sign-in that begins.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Where the browser goes.
    pub url: String,
    /// What it keeps until it is back.
    pub keep: String,
}

/// With what a browser comes back (OpenID Connect Core, 3.1.2.5 and 3.1.2.6).
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    /// Who sent it (RFC 9207).
    iss: Option<String>,
}

/// What the browser keeps.
#[derive(Serialize, Deserialize)]
struct Kept {
    state: String,
    nonce: String,
    verifier: String,
    until: Time,
}

/// What a provider says of itself (OpenID Connect Discovery, 3).
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

struct Known {
    document: Document,
    asked: Time,
    keys: Keys,
    keys_asked: Time,
}

#[derive(Default)]
struct Memory {
    known: Option<Known>,
    failed: Option<(Time, NoWord)>,
}

/// An identity provider.
pub struct Provider {
    settings: Settings,
    redirect: String,
    reach: Arc<dyn Reach>,
    memory: Mutex<Memory>,
}

impl Provider {
    /// One that sends browsers back to `redirect`. It is asked for nothing yet.
    pub fn new(settings: Settings, redirect: String, reach: Arc<dyn Reach>) -> Self {
        Self { settings, redirect, reach, memory: Mutex::default() }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in. `key` seals what the browser keeps.
    pub async fn begin(&self, now: Time, key: &Key, entropy: &dyn Entropy) -> Result<Errand, NoWord> {
        let [state, nonce, verifier] = std::array::from_fn(|_| secrets::random(entropy));
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&verifier));
        let scopes = [vec!["openid".to_owned()], self.settings.scopes.clone()].concat().join(" ");
        let asked = form(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client),
            ("redirect_uri", &self.redirect),
            ("scope", &scopes),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let mut memory = self.memory.lock().await;
        let endpoint = &self.known(&mut memory, now).await?.document.authorization_endpoint;
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        let url = format!("{endpoint}{joint}{asked}");
        let until = now.saturating_add(AWAY).unwrap_or(Time::MAX);
        let kept = serde_json::to_vec(&Kept { state, nonce, verifier, until }).unwrap_or_default();
        let sealed = key.seal(ERRAND, &kept, entropy).map_err(|_| NoWord::NotBegun)?;
        Ok(Errand { url, keep: BASE64URL_NOPAD.encode(&sealed) })
    }

    /// Finishes it: whom the provider means. `keep` is what the browser kept.
    pub async fn finish(
        &self,
        keep: Option<&str>,
        returned: Returned,
        now: Time,
        key: &Key,
    ) -> Result<Named, NoWord> {
        let sealed = keep.and_then(|keep| BASE64URL_NOPAD.decode(keep.as_bytes()).ok());
        let kept = sealed.and_then(|sealed| key.open(ERRAND, &sealed).ok());
        let kept: Option<Kept> = kept.and_then(|kept| serde_json::from_slice(&kept).ok());
        let state = returned.state.unwrap_or_default();
        let kept =
            kept.filter(|kept| kept.until > now && bool::from(kept.state.as_bytes().ct_eq(state.as_bytes())));
        let kept = kept.ok_or(NoWord::NotBegun)?;
        if returned.iss.is_some_and(|issuer| issuer != self.settings.issuer) {
            return Err(NoWord::NotBelieved("the answer is another provider's (`iss`)".to_owned()));
        }
        let code = match (returned.code, returned.error) {
            (Some(code), None) => code,
            (_, error) => return Err(NoWord::Denied(word(error.as_deref().unwrap_or_default()))),
        };
        let token = self.exchange(&code, &kept.verifier, now).await?;
        let said = self.open(&token, now).await?;
        let (issuer, client) = (&self.settings.issuer, &self.settings.client);
        let expected = Expected { issuer, client, nonce: &kept.nonce, now };
        claims::believe(&said, &self.settings.claims, &expected).map_err(NoWord::NotBelieved)
    }

    /// What the provider gives for a code.
    async fn exchange(&self, code: &str, verifier: &str, now: Time) -> Result<String, NoWord> {
        let (endpoint, basic) = {
            let mut memory = self.memory.lock().await;
            let document = &self.known(&mut memory, now).await?.document;
            let methods = document.token_endpoint_auth_methods_supported.as_ref();
            let basic = methods.is_none_or(|all| all.iter().any(|one| one == "client_secret_basic"));
            (document.token_endpoint.clone(), basic)
        };
        let mut asked = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", verifier),
        ];
        let client = &self.settings.client;
        let authorization = match &self.settings.secret {
            // RFC 6749, 2.3.1: both are encoded as in a form first.
            Some(secret) if basic => {
                let pair = format!("{}:{}", encoded(client), encoded(secret));
                Some(format!("Basic {}", BASE64.encode(pair.as_bytes())))
            }
            Some(secret) => {
                asked.extend([("client_id", client.as_str()), ("client_secret", secret)]);
                None
            }
            None => {
                asked.push(("client_id", client));
                None
            }
        };
        let (status, body) = self
            .reach
            .post(&endpoint, authorization.as_deref(), form(&asked))
            .await
            .map_err(NoWord::Unreachable)?;
        #[derive(Deserialize)]
        struct Given {
            id_token: String,
        }
        if status != 200 {
            let said = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
            let error = word(said["error"].as_str().unwrap_or_default());
            return Err(match error.as_str() {
                // The code is used or over.
                "invalid_grant" => NoWord::Denied(error),
                _ => NoWord::Unreachable(format!("`token_endpoint` answered {status} (`{error}`)")),
            });
        }
        let given = serde_json::from_slice::<Given>(&body);
        given.map(|given| given.id_token).map_err(|_| no_sense("token_endpoint"))
    }

    /// What a token says, if it is the provider's. A key that is not known is asked for.
    async fn open(
        &self,
        token: &str,
        now: Time,
    ) -> Result<serde_json::Map<String, serde_json::Value>, NoWord> {
        let mut memory = self.memory.lock().await;
        let known = self.known(&mut memory, now).await?;
        let mut opened = known.keys.open(token);
        if opened == Err(Unsigned::UnknownKey) && now.duration_since(known.keys_asked) >= AGAIN {
            known.keys_asked = now;
            known.keys = self.keys(&known.document).await?;
            opened = known.keys.open(token);
        }
        opened.map_err(|why| NoWord::NotBelieved(why.to_string()))
    }

    /// What the provider says of itself. While it cannot be asked, what it said last.
    async fn known<'a>(&self, memory: &'a mut Memory, now: Time) -> Result<&'a mut Known, NoWord> {
        let fresh = |asked: Time| now.duration_since(asked) < FRESH;
        let rests = |failed: &&(Time, NoWord)| now.duration_since(failed.0) < RESTS;
        if memory.known.as_ref().is_none_or(|known| !fresh(known.asked)) {
            let asked = match memory.failed.as_ref().filter(rests) {
                Some((_, why)) => Err(why.clone()),
                None => self.discover(now).await.inspect_err(|why| memory.failed = Some((now, why.clone()))),
            };
            match asked {
                Ok(known) => memory.known = Some(known),
                Err(why) if memory.known.is_none() => return Err(why),
                Err(why) => tracing::warn!(%why, "the identity provider is taken for what it was"),
            }
        }
        memory.known.as_mut().ok_or(NoWord::NotBegun)
    }

    async fn discover(&self, now: Time) -> Result<Known, NoWord> {
        let url = format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let document = self.read(&url).await?;
        let document: Document = serde_json::from_slice(&document).map_err(|_| no_sense(&url))?;
        if document.issuer != self.settings.issuer {
            let words =
                format!("at {url} is another `issuer` than the one of the settings, letter by letter");
            return Err(NoWord::NotBelieved(words));
        }
        let keys = self.keys(&document).await?;
        Ok(Known { document, asked: now, keys, keys_asked: now })
    }

    async fn keys(&self, document: &Document) -> Result<Keys, NoWord> {
        Keys::parse(&self.read(&document.jwks_uri).await?).ok_or_else(|| no_sense("jwks_uri"))
    }

    async fn read(&self, url: &str) -> Result<Vec<u8>, NoWord> {
        match self.reach.get(url).await.map_err(NoWord::Unreachable)? {
            (200, body) => Ok(body),
            (status, _) => Err(NoWord::Unreachable(format!("{url} answered {status}"))),
        }
    }
}

fn no_sense(whose: &str) -> NoWord {
    NoWord::Unreachable(format!("the answer of {whose} makes no sense"))
}

/// A word of the standard; what else somebody wrote into an address is not repeated.
fn word(said: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c == '_';
    if !said.is_empty() && said.len() <= 40 && said.chars().all(plain) {
        said.to_owned()
    } else {
        "error".to_owned()
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests;
