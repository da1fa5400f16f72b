//! People sign in by the company's identity provider: a real one on a real socket, with real keys, and one that lies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::caller::{App, Caller, PASSWORD, invited, opened_by};
use crate::program::{Company, Serve, files_with};
use crate::raci::{change, run};

/// Made for this test, and used nowhere else: `ring` makes no keys of this kind.
const RSA: &[u8] = include_bytes!("provider/rsa.der");

const SECRET: &str = "s%ecret+of:the client";

/// With what a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Rsa,
    P256,
    Ed25519,
    /// Not at all.
    None,
    /// With the public key as if it were a secret.
    SharedSecret,
    /// By somebody else, under the provider's name for its key.
    Stranger,
}

/// Changes what a token says.
type Spoil = fn(&mut Value);

struct House {
    address: String,
    /// Which key it signs with, and what it calls it.
    sign: Sign,
    kid: &'static str,
    /// Of which keys it shows only the first.
    shown: BTreeSet<&'static str>,
    p256: EcdsaKeyPair,
    ed25519: Ed25519KeyPair,
    /// Who is signed in there.
    account: Value,
    spoil: Spoil,
    /// Codes that are given out, with the `nonce` and the challenge that they are for.
    codes: BTreeMap<String, (String, String)>,
    asked_for_keys: usize,
    down: bool,
}

#[derive(Clone)]
struct Provider(Arc<Mutex<House>>);

fn encoded(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn part(value: &Value) -> String {
    encoded(value.to_string().as_bytes())
}

fn p256() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap()
}

impl House {
    fn keys(&self) -> Value {
        let rsa = RsaKeyPair::from_pkcs8(RSA).unwrap();
        let (point, edwards) = (self.p256.public_key().as_ref(), self.ed25519.public_key().as_ref());
        let RsaPublicKeyComponents::<Vec<u8>> { n, e } = rsa.public().into();
        let all = [
            ("rsa", json!({"kty": "RSA", "alg": "RS256", "n": encoded(&n), "e": encoded(&e)})),
            (
                "p256",
                json!({"kty": "EC", "crv": "P-256", "x": encoded(&point[1..33]), "y": encoded(&point[33..])}),
            ),
            ("ed25519", json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(edwards)})),
        ];
        let shown = all.into_iter().filter(|(kid, _)| self.shown.contains(kid)).map(|(kid, mut key)| {
            key["kid"] = json!(kid);
            key["use"] = json!("sig");
            key
        });
        let encrypts = json!({"kty": "RSA", "use": "enc", "kid": "rsa", "n": "AQAB", "e": "AQAB"});
        let keys: Vec<Value> = [encrypts].into_iter().chain(shown).collect();
        json!({ "keys": keys })
    }

    fn token(&self, nonce: &str) -> String {
        let now = jiff::Timestamp::now().as_second();
        let mut claims = json!({
            "iss": self.address, "aud": "timonel", "exp": now + 300, "iat": now, "nonce": nonce,
        });
        claims.as_object_mut().unwrap().extend(self.account.as_object().unwrap().clone());
        (self.spoil)(&mut claims);
        let algorithm = match self.sign {
            Sign::Rsa => "RS256",
            Sign::P256 | Sign::Stranger => "ES256",
            Sign::Ed25519 => "EdDSA",
            Sign::None => "none",
            Sign::SharedSecret => "HS256",
        };
        let signed =
            format!("{}.{}", part(&json!({"alg": algorithm, "kid": self.kid, "typ": "JWT"})), part(&claims));
        let (bytes, random) = (signed.as_bytes(), SystemRandom::new());
        let signature = match self.sign {
            Sign::Rsa => {
                let key = RsaKeyPair::from_pkcs8(RSA).unwrap();
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
                signature
            }
            Sign::P256 => self.p256.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Sign::Ed25519 => self.ed25519.sign(bytes).as_ref().to_vec(),
            Sign::Stranger => p256().sign(&random, bytes).unwrap().as_ref().to_vec(),
            Sign::None => Vec::new(),
            Sign::SharedSecret => {
                let mut mac = Hmac::<Sha256>::new_from_slice(self.p256.public_key().as_ref()).unwrap();
                mac.update(bytes);
                mac.finalize().into_bytes().to_vec()
            }
        };
        format!("{signed}.{}", encoded(&signature))
    }
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let house = House {
            address: format!("http://{}", listener.local_addr().unwrap()),
            sign: Sign::P256,
            kid: "p256",
            shown: ["rsa", "p256", "ed25519"].into(),
            p256: p256(),
            ed25519: Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap(),
            account: account("andrea@example.com", "sub-andrea"),
            spoil: |_| {},
            codes: BTreeMap::new(),
            asked_for_keys: 0,
            down: false,
        };
        let provider = Self(Arc::new(Mutex::new(house)));
        let router = Router::new()
            .route("/.well-known/openid-configuration", routing::get(document))
            .route("/authorize", routing::get(authorize))
            .route("/token", routing::post(token))
            .route("/keys", routing::get(keys))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        provider
    }

    fn with<T>(&self, with: impl FnOnce(&mut House) -> T) -> T {
        with(&mut self.0.lock().unwrap())
    }
}

fn account(email: &str, sub: &str) -> Value {
    json!({"sub": sub, "email": email, "email_verified": true, "groups": ["wa-agentes"], "amr": ["pwd"]})
}

async fn document(State(provider): State<Provider>) -> Response {
    provider.with(|house| {
        if house.down {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let at = |path: &str| format!("{}{path}", house.address);
        Json(json!({
            "issuer": house.address, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"), "response_types_supported": ["code"],
        }))
        .into_response()
    })
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    provider.with(|house| {
        house.asked_for_keys += 1;
        Json(house.keys())
    })
}

/// Whoever comes is signed in already.
async fn authorize(
    State(provider): State<Provider>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", "timonel"));
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["scope"], "openid email profile");
    let back = provider.with(|house| {
        let code = format!("code-{}", house.codes.len());
        house.codes.insert(code.clone(), (asked["nonce"].clone(), asked["code_challenge"].clone()));
        format!("{}?code={code}&state={}&iss={}", asked["redirect_uri"], asked["state"], house.address)
    });
    (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response()
}

async fn token(State(provider): State<Provider>, headers: HeaderMap, form: String) -> Response {
    let form = format!("/?{form}").parse().unwrap();
    let Query(asked) = Query::<BTreeMap<String, String>>::try_from_uri(&form).unwrap();
    let shown = headers[header::AUTHORIZATION].to_str().unwrap().strip_prefix("Basic ").unwrap().to_owned();
    let pair = String::from_utf8(BASE64.decode(shown.as_bytes()).unwrap()).unwrap();
    assert_eq!(pair, "timonel:s%25ecret%2Bof%3Athe%20client");
    assert_eq!(asked["grant_type"], "authorization_code");
    provider.with(|house| {
        let refused = || (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
        // A code is good for one token.
        let Some((nonce, challenge)) = house.codes.insert(asked["code"].clone(), Default::default()) else {
            return refused();
        };
        if encoded(&Sha256::digest(&asked["code_verifier"])) != challenge {
            return refused();
        }
        Json(json!({"access_token": "a", "token_type": "Bearer", "id_token": house.token(&nonce)}))
            .into_response()
    })
}

/// A browser: it goes where it is sent, and keeps what it is given.
struct Browser {
    host: String,
    cookies: BTreeMap<String, String>,
}

struct Page {
    status: u16,
    location: Option<String>,
    text: String,
}

impl Browser {
    fn new(serve: &Serve) -> Self {
        Self { host: serve.address.clone(), cookies: BTreeMap::new() }
    }

    /// One page. Cookies go to the host alone.
    async fn get(&mut self, url: &str) -> Page {
        let (host, path) = match url.strip_prefix("http://") {
            Some(rest) => {
                rest.split_once('/').map(|(host, path)| (host.to_owned(), format!("/{path}"))).unwrap()
            }
            None => (self.host.clone(), url.to_owned()),
        };
        let ours = host == self.host;
        let cookies: Vec<String> =
            self.cookies.iter().filter(|_| ours).map(|(name, value)| format!("{name}={value}")).collect();
        let mut stream = TcpStream::connect(&host).await.unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nSec-Fetch-Site: cross-site\r\nCookie: {}\r\n\r\n",
            cookies.join("; ")
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let of = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            lines
                .filter(|(its, _)| its.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
                .collect::<Vec<_>>()
        };
        for cookie in of("set-cookie").iter().filter(|_| ours) {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Page { status, location: of("location").pop(), text: text.to_owned() }
    }

    /// To the provider, up to the address that it sends back to.
    async fn away(&mut self) -> String {
        let sent = self.get("/sign-in/oidc").await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let back = self.get(&sent.location.unwrap()).await.location.unwrap();
        // Any port was asked for, and the host knows no other address of its own.
        back.replace("127.0.0.1:0", &self.host)
    }

    /// The whole way.
    async fn sign_in(&mut self) -> Page {
        let back = self.away().await;
        self.get(&back).await
    }

    /// What calls the API with the browser's session.
    fn caller(&self, serve: &Serve) -> Caller {
        let mut caller = Caller::new(serve);
        let kept = self.cookies.get("timonel").filter(|kept| !kept.is_empty());
        caller.cookie = kept.map(|kept| format!("timonel={kept}"));
        caller
    }
}

const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\naccount = \"{me}\"\n\
    [[people]]\nid = \"marta\"\nname = \"Marta Díaz\"\nroles = [\"supervisor\"]\nidentity = \"Marta@example.com\"\n\
    [[people]]\nid = \"andrea\"\nname = \"Andrea Rincón\"\nroles = [\"agent\"]\nidentity = \"andrea@example.com\"\n";

/// A company whose people sign in by a provider, and whose admin Ricardo has a password and is signed in.
async fn by_provider(more: &str) -> (Provider, Company, Serve, Caller, App) {
    let provider = Provider::start().await;
    let issuer = provider.with(|house| house.address.clone());
    let oidc = format!(
        "[oidc]\nname = \"Cuenta <Ejemplo>\"\nissuer = \"{issuer}\"\nclient-id = \"timonel\"\nclient-secret = \"{SECRET}\"\n\
         allow = [\"127.0.0.0/8\"]\n{more}\n"
    );
    let (company, serve, ricardo, app) = opened_by(&oidc, PEOPLE).await;
    (provider, company, serve, ricardo, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_says_who_somebody_is_and_the_matrix_what_they_may() {
    let (provider, company, serve, _ricardo, _) = by_provider("").await;
    let mut andrea = Browser::new(&serve);
    let page = andrea.get("/sign-in").await;
    assert!(
        page.text.contains("href=\"/sign-in/oidc\"") && page.text.contains("Cuenta &lt;Ejemplo&gt;"),
        "{}",
        page.text
    );
    for sign in [Sign::Rsa, Sign::P256, Sign::Ed25519] {
        provider.with(|house| {
            house.sign = sign;
            house.kid = match sign {
                Sign::Rsa => "rsa",
                Sign::P256 => "p256",
                _ => "ed25519",
            };
        });
        let page = andrea.sign_in().await;
        assert_eq!(
            (page.status, page.location.as_deref()),
            (303, Some("/sign-in")),
            "{sign:?}: {}",
            page.text
        );
        let me = andrea.caller(&serve).get("/me").await;
        assert_eq!(
            (me.body["person"].as_str(), me.body["second-factor-first"].as_bool()),
            (Some("andrea"), Some(false))
        );
    }
    // Each sign-in took the place of the one before, and the account there is hers from the first on.
    let events = company.journal(&[]);
    let of = |kind: &str| events.iter().filter(|event| event["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(of("identity-bound").len(), 1);
    let by_provider =
        |event: &&&Value| event["data"]["by-provider"] == true || event["data"]["by_provider"] == true;
    assert_eq!(of("session-opened").iter().filter(by_provider).count(), 3, "{events:?}");
    assert_eq!(andrea.caller(&serve).get("/me/sessions").await.body["sessions"].as_array().unwrap().len(), 1);
    assert!(files_with(&company.data, b"sub-andrea").is_empty(), "what the provider calls her lies nowhere");

    // Marta steers, and nothing of the provider's says that she showed a second factor: she sets one up, without a password.
    provider.with(|house| house.account = account("marta@EXAMPLE.com", "sub-marta"));
    let mut marta = Browser::new(&serve);
    assert_eq!(marta.sign_in().await.status, 303);
    let mut caller = marta.caller(&serve);
    assert_eq!(caller.get("/people").await.problem(), "second-factor-first");
    let begun = caller.post("/me/second-factor", json!({})).await;
    let mut app = App::new(begun.body["secret"].as_str().unwrap_or_else(|| panic!("{begun:?}")));
    let set = caller.post("/me/second-factor/confirm", json!({"code": app.code()})).await;
    assert_eq!(set.status, 200, "{set:?}");
    assert_eq!(caller.get("/outbound").await.status, 200);
    // The next time she shows it; half of a sign-in sets no other one.
    let mut elsewhere = Browser::new(&serve);
    assert_eq!(elsewhere.sign_in().await.status, 303);
    let mut caller = elsewhere.caller(&serve);
    assert_eq!(caller.post("/me/second-factor", json!({})).await.problem(), "not-fresh");
    assert_eq!(caller.post("/me/second-factor/show", json!({"code": "000000"})).await.problem(), "wrong");
    let code = app.code();
    assert_eq!(caller.post("/me/second-factor/show", json!({"code": code})).await.status, 200);
    assert_eq!(caller.get("/outbound").await.status, 200);
    assert_eq!(
        caller.post("/me/second-factor/show", json!({"code": code})).await.problem(),
        "wrong",
        "it is used up"
    );
    assert_eq!(caller.post("/me/recovery-codes", json!({})).await.status, 200);
    let (_, told) = run(&company, &["access", "people"]);
    assert!(told.lines().any(|line| line.starts_with("andrea") && line.contains("by provider")), "{told}");

    // Whoever left is out, whatever the provider says.
    assert!(run(&company, &["access", "leave", "andrea"]).0);
    assert_eq!(andrea.caller(&serve).get("/me").await.status, 401);
    provider.with(|house| house.account = account("andrea@example.com", "sub-andrea"));
    assert_eq!(andrea.sign_in().await.status, 403);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_that_the_provider_asked_for_counts_where_the_company_says_so() {
    let (provider, _company, serve, ..) = by_provider("second-factor = [\"otp\", \"hwk\"]").await;
    provider.with(|house| {
        house.account = account("marta@example.com", "sub-marta");
        house.account["amr"] = json!(["pwd", "otp"]);
    });
    let mut marta = Browser::new(&serve);
    assert_eq!(marta.sign_in().await.status, 303);
    assert_eq!(marta.caller(&serve).get("/outbound").await.status, 200);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_the_provider_s_for_us_now_and_for_this_sign_in_opens_nothing() {
    let (provider, company, serve, ..) = by_provider("").await;
    let lies: [(&str, Sign, &'static str, Spoil); 12] = [
        ("is not signed", Sign::None, "p256", |_| {}),
        ("is signed with the public key", Sign::SharedSecret, "p256", |_| {}),
        ("is a stranger's", Sign::Stranger, "p256", |_| {}),
        ("names the key of another kind", Sign::P256, "rsa", |_| {}),
        ("names a key that is not there", Sign::P256, "nowhere", |_| {}),
        ("is another provider's", Sign::P256, "p256", |said| said["iss"] = json!("https://id.example.com")),
        ("is for another program", Sign::P256, "p256", |said| said["aud"] = json!("other")),
        ("is over", Sign::P256, "p256", |said| said["exp"] = json!(1_700_000_000)),
        ("is of another sign-in", Sign::P256, "p256", |said| said["nonce"] = json!("n")),
        ("has no nonce", Sign::P256, "p256", |said| drop(said.as_object_mut().unwrap().remove("nonce"))),
        ("has an address that nobody vouches for", Sign::P256, "p256", |said| {
            said["email_verified"] = json!(false)
        }),
        ("names nobody whom the matrix knows", Sign::P256, "p256", |said| {
            said["email"] = json!("eva@example.com")
        }),
    ];
    for (how, sign, kid, spoil) in lies {
        provider.with(|house| (house.sign, house.kid, house.spoil) = (sign, kid, spoil));
        let mut andrea = Browser::new(&serve);
        let page = andrea.sign_in().await;
        assert_eq!(page.status, 403, "a token that {how}: {}", page.text);
        assert_eq!(andrea.caller(&serve).cookie, None, "a token that {how}");
        assert!(page.text.contains("role=\"alert\">") && !page.text.contains("example.com"), "{}", page.text);
    }
    assert!(company.journal(&[]).iter().all(|event| event["kind"] != "identity-bound"));
    // The log says why, and neither who nor with what.
    let whys =
        ["`none`", "`HS256`", "signature is wrong", "`iss`", "`aud`", "`exp`", "`nonce`", "`email_verified`"];
    let log = serve.says(&whys);
    assert!(!log.contains("@example.com") && !log.contains("code-") && !log.contains(SECRET), "{log}");
    // The same provider, when it tells the truth again.
    let truth: Spoil = |_| {};
    provider.with(|house| (house.sign, house.kid, house.spoil) = (Sign::P256, "p256", truth));
    assert_eq!(Browser::new(&serve).sign_in().await.status, 303);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_back_on_a_way_that_another_browser_began_nor_twice_on_the_same() {
    let (_provider, _company, serve, ..) = by_provider("").await;
    let mut andrea = Browser::new(&serve);
    let back = andrea.away().await;
    let kept = andrea.cookies.clone();
    // Somebody else is handed the address: signed in as andrea they would work under her name, or she under theirs.
    let mut other = Browser::new(&serve);
    assert_eq!(other.get(&back).await.status, 400);
    other.away().await;
    assert_eq!(other.get(&back).await.status, 400);
    let mut forged = Browser::new(&serve);
    forged.cookies.insert("timonel-sign-in".to_owned(), "AAAA".repeat(40));
    assert_eq!(forged.get(&back).await.status, 400);
    // Another state, and another provider in it.
    assert_eq!(andrea.get(&back.replace("state=", "state=x")).await.status, 400);
    andrea.cookies.clone_from(&kept);
    assert_eq!(andrea.get(&back.replace("iss=", "iss=x")).await.status, 403);
    andrea.cookies.clone_from(&kept);
    let page = andrea.get(&back).await;
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/sign-in")));
    assert_ne!(andrea.cookies["timonel"], "");
    // The cookie of the way is gone, and put back it finds a code that is used up.
    assert_eq!(andrea.get(&back).await.status, 400);
    andrea.cookies.insert("timonel-sign-in".to_owned(), kept["timonel-sign-in"].clone());
    assert_eq!(andrea.get(&back).await.status, 403);
    // The provider, or whoever sits before it, says no; what stands in an address is not repeated.
    let mut denied = Browser::new(&serve);
    let back = denied.away().await;
    let state = back.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let page = denied.get(&format!("/sign-in/oidc/callback?error=%3Cscript%3E&state={state}")).await;
    assert_eq!(page.status, 403);
    assert!(!page.text.contains("<script>") && !page.text.contains("&lt;script"), "{}", page.text);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_given_to_somebody_else_opens_nothing_and_admins_are_told() {
    let (provider, company, serve, ..) = by_provider("").await;
    let mut andrea = Browser::new(&serve);
    assert_eq!(andrea.sign_in().await.status, 303);
    provider.with(|house| house.account["sub"] = json!("sub-of-her-successor"));
    let page = Browser::new(&serve).sign_in().await;
    assert!(page.status == 403 && page.text.contains("andrea entró antes con otra cuenta"), "{}", page.text);
    let told = |words: &str| {
        let (_, inbox) = run(&company, &["inbox", "--all"]);
        assert!(inbox.contains(words), "{inbox}");
    };
    company.until("notice-given", 1).await;
    told("Andrea Rincón: el proveedor de identidad da su nombre a otra cuenta");
    // Until somebody who manages access says that it is hers. What the other one had opened is over.
    let (ran, unbound) = run(&company, &["access", "unbind", "andrea"]);
    assert!(ran, "{unbound}");
    assert_eq!(andrea.caller(&serve).get("/me").await.status, 401);
    let (ran, again) = run(&company, &["access", "unbind", "andrea"]);
    assert!(!ran && again.contains("bound to no account"), "{again}");
    assert_eq!(Browser::new(&serve).sign_in().await.status, 303);
    // And one account there is not two people here.
    provider.with(|house| house.account["email"] = json!("marta@example.com"));
    assert_eq!(Browser::new(&serve).sign_in().await.status, 403);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_confirms_roles_and_gives_none() {
    let (provider, company, serve, ..) = by_provider("groups = \"roles\"").await;
    change(
        &company,
        &serve,
        &format!("{PEOPLE}[groups]\nagent = [\"wa-agentes\"]\nadmin = [\"wa-admins\"]\n"),
    );
    // Another claim than the one of the settings says nothing.
    let page = Browser::new(&serve).sign_in().await;
    assert!(page.status == 403 && page.text.contains(": agent."), "{}", page.text);
    provider.with(|house| house.account["roles"] = json!(["wa-agentes", "wa-admins"]));
    let mut andrea = Browser::new(&serve);
    assert_eq!(andrea.sign_in().await.status, 303);
    let me = andrea.caller(&serve).get("/me").await;
    assert_eq!(me.body["roles"], json!(["agent"]), "nobody is an admin by a group");
    let (_, inbox) = run(&company, &["inbox", "--all"]);
    assert!(inbox.contains("no confirma su rol"), "{inbox}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_may_change_and_made_up_ones_do_not_have_us_ask_all_day() {
    let (provider, _company, serve, ..) = by_provider("").await;
    provider.with(|house| house.shown = ["rsa", "ed25519"].into());
    assert_eq!(Browser::new(&serve).sign_in().await.status, 403, "its key is not shown");
    let asked = provider.with(|house| house.asked_for_keys);
    provider.with(|house| house.kid = "made-up");
    for _ in 0..5 {
        assert_eq!(Browser::new(&serve).sign_in().await.status, 403);
    }
    assert_eq!(provider.with(|house| house.asked_for_keys), asked, "within a minute it is not asked again");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_on_which_the_provider_does_not_answer() {
    let (provider, company, serve, mut ricardo, mut app) = by_provider("passwords-of = [\"ricardo\"]").await;
    provider.with(|house| house.down = true);
    let page = Browser::new(&serve).get("/sign-in/oidc").await;
    assert!(page.status == 502 && page.text.contains("No se puede preguntar"), "{}", page.text);
    let code = json!({"code": app.code()});
    assert_eq!(ricardo.sign_in("ricardo", code).await.status, 200, "one of them has a password for this day");
    // Nobody else has one, and nobody is invited to have one.
    let (ran, told) = run(&company, &["access", "invite", "andrea"]);
    assert!(!ran && told.contains("identity provider"), "{told}");
    assert_eq!(Caller::new(&serve).sign_in("andrea", json!({})).await.problem(), "wrong");
    serve.stop();
    // Who had one from before is told where to sign in, once it is known that it is them.
    let text = std::fs::read_to_string(company.config()).unwrap();
    let all = text.replace("passwords-of = [\"ricardo\"]\n", "");
    std::fs::write(company.config(), all).unwrap();
    let serve = company.start();
    let mut andrea = Caller::new(&serve);
    let invitation = invited(&company, "andrea");
    let body = json!({"invitation": invitation, "password": PASSWORD});
    assert_eq!(andrea.post("/invitations/accept", body).await.status, 200);
    serve.stop();
    std::fs::write(company.config(), text).unwrap();
    let serve = company.start();
    assert_eq!(Caller::new(&serve).sign_in("andrea", json!({})).await.problem(), "by-provider");
    let mut wrong = Caller::new(&serve);
    let body = json!({"person": "andrea", "password": "no es la suya, no"});
    assert_eq!(wrong.post("/sign-in", body).await.problem(), "wrong");
    serve.stop();
}
