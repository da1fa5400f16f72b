//! Sending over the Graph API.
//!
//! WhatsApp takes no idempotency key, so the one thing that matters about a send is whether it may have happened. An
//! answer says so and nothing finer: it was accepted, it was refused, it certainly never left, or nobody knows. Only
//! failures before the first byte of the request is written are "never left": that is why connecting (name, TCP, TLS)
//! has a time of its own, shorter than that of the whole, and why nothing is ever retried here.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::id::NumberId;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::Value;
use tower_service::Service;

use crate::errors::{Action, action, meaning};
use crate::media::Media;
use crate::outgoing::{Invalid, MarkRead, OwnedSend, Send as Sending};
use crate::templates::Management;

/// Meta's answers have some hundred bytes.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Shorter than servers usually keep an idle connection: one that they close while we write to it is a send in doubt.
const IDLE: Duration = Duration::from_secs(25);

/// Whatever carries our messages to WhatsApp: the Graph API, or a simulation of the whole.
pub trait Network: Send + Sync {
    /// Sends a message once.
    fn send<'a>(&'a self, send: OwnedSend) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    /// Where media are. None for what carries messages only.
    fn media(&self) -> Option<&dyn Media> {
        None
    }

    /// Where templates are managed. None for what carries messages only.
    fn management(&self) -> Option<&dyn Management> {
        None
    }

    /// Messages a second that a number may send and receive together; none if nobody says.
    fn throughput<'a>(&'a self, _: &'a NumberId) -> Pin<Box<dyn Future<Output = Option<u32>> + Send + 'a>> {
        Box::pin(std::future::ready(None))
    }
}

impl Network for Graph {
    fn send<'a>(&'a self, send: OwnedSend) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(async move { self.send(&send.borrow()).await })
    }

    fn media(&self) -> Option<&dyn Media> {
        Some(self)
    }

    fn management(&self) -> Option<&dyn Management> {
        Some(self)
    }

    fn throughput<'a>(
        &'a self,
        number: &'a NumberId,
    ) -> Pin<Box<dyn Future<Output = Option<u32>> + Send + 'a>> {
        Box::pin(self.throughput(number))
    }
}

/// What is known after a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Meta took it. What becomes of it is told by statuses.
    Accepted {
        /// Its identifier. It contains the phone number.
        wamid: String,
    },
    /// It was not done, and Meta (or this host on Meta's behalf) says why.
    Refused {
        /// Meta's error code; -1 if there was none.
        code: i64,
        /// The HTTP status; 0 if the host knew without asking.
        http: u16,
        /// Meta's words for the code.
        title: String,
        /// More words. They are Meta's: nothing keeps them from naming a phone number, so they are personal data.
        details: String,
        /// What to do.
        action: Action,
    },
    /// No byte of it was written: it may be sent again.
    NotSent {
        /// The failure, without personal data.
        why: String,
    },
    /// It may have been done or not: a time that ran out, a connection that broke, an error of the server.
    InDoubt {
        /// The failure, without personal data.
        why: String,
    },
}

/// Where and as whom to send.
#[derive(Clone)]
pub struct GraphConfig {
    /// `https://graph.facebook.com`, or a simulator.
    pub base_url: String,
    /// Of the Graph API: `v26.0`.
    pub version: String,
    /// Of a system user, with the permission `whatsapp_business_messaging`.
    pub access_token: String,
    /// For a name, a connection and TLS. When it runs out nothing was sent.
    pub connect_timeout: Duration,
    /// For the whole. When it runs out the send is in doubt, so it is generous.
    pub timeout: Duration,
}

impl GraphConfig {
    /// Meta's own.
    pub fn new(access_token: impl Into<String>) -> Self {
        Self {
            base_url: "https://graph.facebook.com".to_owned(),
            version: "v26.0".to_owned(),
            access_token: access_token.into(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(40),
        }
    }
}

impl fmt::Debug for GraphConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphConfig")
            .field("base_url", &self.base_url)
            .field("version", &self.version)
            .field("access_token", &"…")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// A configuration under which nothing could ever be sent.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Not an address.
    #[error("base_url: `{given}` is not the address of a Graph API, such as https://graph.facebook.com")]
    BaseUrl {
        /// What was given.
        given: String,
    },
    /// Not a version.
    #[error("version: `{given}` is not a version of the Graph API, such as v26.0")]
    Version {
        /// What was given.
        given: String,
    },
    /// Not a token.
    #[error("access_token: it is empty or has characters that no token has")]
    AccessToken,
    /// The shorter time is the longer one.
    #[error(
        "connect_timeout: it has to be shorter than timeout, or a send that never left would look like one in doubt"
    )]
    Timeouts,
}

/// A client of the Graph API that keeps its connections.
pub struct Graph {
    pub(crate) client: Client<Timed, Full<Bytes>>,
    /// The address alone.
    pub(crate) base: Uri,
    /// Address and version.
    pub(crate) root: String,
    pub(crate) authorization: HeaderValue,
    pub(crate) timeout: Duration,
}

impl Graph {
    /// Connects to nobody yet.
    pub fn new(config: GraphConfig) -> Result<Self, GraphError> {
        let GraphConfig { base_url, version, access_token, connect_timeout, timeout } = config;
        let is_base = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none();
        let Some(base) = base_url.parse::<Uri>().ok().filter(is_base) else {
            return Err(GraphError::BaseUrl { given: base_url });
        };
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
            return Err(GraphError::Version { given: version });
        }
        if connect_timeout >= timeout {
            return Err(GraphError::Timeouts);
        }
        let token = Some(access_token).filter(|token| !token.is_empty()).ok_or(GraphError::AccessToken)?;
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| GraphError::AccessToken)?;
        authorization.set_sensitive(true);

        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let tls = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(Timed { tls, timeout: connect_timeout });
        let root = format!("{}/{version}", base_url.trim_end_matches('/'));
        Ok(Self { client, base, root, authorization, timeout })
    }

    /// Sends a message once and says what is known of it.
    pub async fn send(&self, send: &Sending<'_>) -> Answer {
        let accepted = |json: &Value| {
            let wamid = json.pointer("/messages/0/id").and_then(Value::as_str);
            wamid.map(str::to_owned).ok_or("accepted, by an answer without a wamid")
        };
        self.post(send.number, send.body(), accepted).await
    }

    /// Says once that a message was read. Accepted carries the wamid of that message. Doing it twice does no harm, so a
    /// doubt is none to worry about.
    pub async fn mark_read(&self, read: &MarkRead) -> Answer {
        let accepted = |json: &Value| match json.get("success").and_then(Value::as_bool) {
            Some(true) => Ok(read.wamid.clone()),
            _ => Err("answered, and not by success"),
        };
        self.post(&read.number, read.body(), accepted).await
    }

    /// Messages a second that a number may send and receive together, by the level that Meta has put it on (Meta,
    /// *Throughput*). None if Meta does not say, or a level of which this version has not heard.
    pub async fn throughput(&self, number: &NumberId) -> Option<u32> {
        let request = Request::get(format!("{}/{number}?fields=throughput", self.root))
            .header(AUTHORIZATION, self.authorization.clone())
            .body(Full::default())
            .ok()?;
        let (status, body) = tokio::time::timeout(self.timeout, self.exchange(request)).await.ok()?.ok()?;
        let told: Value = serde_json::from_slice(&body).ok().filter(|_| status.is_success())?;
        match told.pointer("/throughput/level")?.as_str()? {
            "STANDARD" => Some(80),
            "HIGH" => Some(1_000),
            _ => None,
        }
    }

    /// `accepted` finds in a good answer what Meta accepted, or says why it cannot be told.
    async fn post(
        &self,
        number: &NumberId,
        body: Result<String, Invalid>,
        accepted: impl Fn(&Value) -> Result<String, &'static str>,
    ) -> Answer {
        let body = match body {
            Ok(body) => body,
            Err(invalid) => return refused_here(100, "Invalid parameter", invalid.to_string()),
        };
        let request = Request::post(format!("{}/{number}/messages", self.root))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body));
        let Ok(request) = request else {
            let details = format!("number: `{number}` cannot be part of an address");
            return refused_here(100, "Invalid parameter", details);
        };
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(Ok((status, body))) => understood(status, &body, accepted),
            Ok(Err(answer)) => answer,
            Err(_) => Answer::InDoubt { why: format!("no answer within {:?}", self.timeout) },
        }
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), Answer> {
        let response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Err(Answer::NotSent { why: causes(&error) }),
            Err(error) => return Err(Answer::InDoubt { why: causes(&error) }),
        };
        let (head, body) = response.into_parts();
        match Limited::new(body, LONGEST_ANSWER).collect().await {
            Ok(body) => Ok((head.status, body.to_bytes())),
            Err(error) => Err(Answer::InDoubt { why: format!("the answer broke off: {}", causes(&*error)) }),
        }
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph({})", self.root)
    }
}

/// What Meta's answer means.
fn understood(
    status: StatusCode,
    body: &[u8],
    accepted: impl Fn(&Value) -> Result<String, &'static str>,
) -> Answer {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    match (status.is_success(), json.get("error")) {
        (true, None) => match accepted(&json) {
            Ok(wamid) => Answer::Accepted { wamid },
            Err(why) => Answer::InDoubt { why: why.to_owned() },
        },
        (_, error) => refused(status.as_u16(), error.unwrap_or(&Value::Null)),
    }
}

/// `{code, message, error_data: {details}}`, of which any may be missing, and `error_data` may be a string.
fn refused(http: u16, error: &Value) -> Answer {
    let code = error.get("code").and_then(Value::as_i64).unwrap_or(-1);
    let action = action(code, http);
    if action == Action::InDoubt {
        let meaning = meaning(code).unwrap_or("no further word");
        return Answer::InDoubt { why: format!("HTTP {http}, code {code}: {meaning}") };
    }
    let data = error.get("error_data");
    let details = data.and_then(|data| data.as_str().or_else(|| data.get("details")?.as_str()));
    let title = error.get("message").and_then(Value::as_str);
    Answer::Refused {
        code,
        http,
        title: title.unwrap_or_default().to_owned(),
        details: details.unwrap_or_default().to_owned(),
        action,
    }
}

/// What Meta would refuse with this code is not sent at all.
fn refused_here(code: i64, title: &str, details: String) -> Answer {
    Answer::Refused { code, http: 0, title: title.to_owned(), details, action: Action::Never }
}

/// An error and all that caused it, in one line.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        line = format!("{line}: {error}");
        next = error.source();
    }
    line
}

/// A connector whose whole work (name, TCP, TLS) has a time limit.
#[derive(Clone)]
pub(crate) struct Timed {
    tls: HttpsConnector<HttpConnector>,
    timeout: Duration,
}

impl Service<Uri> for Timed {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tls.poll_ready(context)
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let connecting = self.tls.call(address);
        let limit = self.timeout;
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(format!("no connection within {limit:?}").into()),
            }
        })
    }
}
