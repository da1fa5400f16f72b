//! Asking addresses that the company wrote down, over HTTP.
//!
//! A name is resolved once, each address that it has is looked at, and that very address is connected to: what is not public
//! is reached only where the company names its network. Nothing follows where an answer points to, and no proxy of the
//! environment is asked.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::network::{Network, is_public};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::http::response::Parts;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use tower_service::Service;

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// The longest head of an answer, in bytes.
const HEAD: usize = 64 << 10;

/// Which machines may be asked.
#[derive(Clone)]
enum Allowed {
    /// Those of the world, and these.
    WorldAnd(Arc<[Network]>),
    These(Arc<[Network]>),
    All,
}

impl Allowed {
    fn is(&self, address: IpAddr) -> bool {
        match self {
            Self::All => true,
            Self::WorldAnd(allow) => is_public(address) || within(allow, address),
            Self::These(allow) => within(allow, address),
        }
    }
}

fn within(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// The addresses of a name.
type Looking = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

/// Asks somebody who knows names. What they answer is not trusted.
type LookUp = Arc<dyn Fn(String) -> Looking + Send + Sync>;

/// Asks the system's resolver.
fn system(name: String) -> Looking {
    Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
}

/// Resolves names to what may be reached of them.
#[derive(Clone)]
struct Guarded {
    allowed: Allowed,
    look_up: LookUp,
}

impl Service<Name> for Guarded {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allowed = self.allowed.clone();
        let found = (self.look_up)(name.as_str().to_owned());
        Box::pin(async move {
            let mut may = found.await?;
            may.retain(|found| allowed.is(found.ip()));
            if may.is_empty() {
                return Err(std::io::Error::other(NOT_ALLOWED));
            }
            Ok(may.into_iter())
        })
    }
}

const NOT_ALLOWED: &str =
    "its address is not public: name its network in `allow` if it is one of the company's own";

/// What is asked through.
#[derive(Clone)]
pub(crate) struct Calling {
    client: Client<HttpsConnector<HttpConnector<Guarded>>, Full<Bytes>>,
    allowed: Allowed,
}

impl Calling {
    /// One that reaches what is public, and these networks.
    pub(crate) fn new(allow: &[Network]) -> Self {
        Self::reaching(Allowed::WorldAnd(allow.into()))
    }

    /// One that reaches these networks alone.
    pub(crate) fn within(allow: &[Network]) -> Self {
        Self::reaching(Allowed::These(allow.into()))
    }

    /// One that reaches everything, for addresses of whoever runs the host.
    pub(crate) fn anywhere() -> Self {
        Self::reaching(Allowed::All)
    }

    fn reaching(allowed: Allowed) -> Self {
        Self::resolving(allowed, Arc::new(system))
    }

    fn resolving(allowed: Allowed, look_up: LookUp) -> Self {
        let mut http = HttpConnector::new_with_resolver(Guarded { allowed: allowed.clone(), look_up });
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECTING));
        let tls = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        // A connection is made for each request, so that each is one to an address that was looked at.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_max_buf_size(HEAD)
            .build(tls.wrap_connector(http));
        Self { client, allowed }
    }

    /// Asks, and gives the status of the answer and at most `most` bytes of it. The words say why there is none.
    pub(crate) async fn ask(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<(StatusCode, Bytes), String> {
        let asked = async {
            let answer = self.send(request).await?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), most).collect().await;
            Ok((status, body.map(|body| body.to_bytes()).unwrap_or_default()))
        };
        in_time(asked).await.map_err(|gone| gone.to_string())
    }

    /// Asks, and gives the whole answer, if it has at most `most` bytes.
    pub(crate) async fn whole(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<(Parts, Bytes), Gone> {
        in_time(async {
            let (parts, body) = self.send(request).await?.into_parts();
            let body = Limited::new(body, most).collect().await.map_err(|error| {
                match error.is::<LengthLimitError>() {
                    true => Gone::TooLarge,
                    false => Gone::NoAnswer(format!("its answer broke off: {error}")),
                }
            })?;
            Ok((parts, body.to_bytes()))
        })
        .await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Gone> {
        // An address that is no name is resolved by nobody.
        if literal(request.uri()).is_some_and(|address| !self.allowed.is(address)) {
            return Err(Gone::NotAllowed);
        }
        self.client.request(request).await.map_err(|error| Gone::of(&error))
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, Gone>>) -> Result<T, Gone> {
    let late = |_| Gone::NoAnswer(format!("no answer within {PATIENCE:?}"));
    tokio::time::timeout(PATIENCE, asked).await.map_err(late)?
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Gone {
    /// It must not be reached: nothing was asked.
    #[error("{NOT_ALLOWED}")]
    NotAllowed,
    /// There was no connection: nothing was asked.
    #[error("it cannot be reached: {0}")]
    NotReached(String),
    /// There was one, and no whole answer.
    #[error("{0}")]
    NoAnswer(String),
    /// There was more of it than is read.
    #[error("its answer is too long")]
    TooLarge,
}

impl Gone {
    fn of(error: &hyper_util::client::legacy::Error) -> Self {
        let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        let why = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
        match error.is_connect() {
            true if why == NOT_ALLOWED => Self::NotAllowed,
            true => Self::NotReached(why),
            false => Self::NoAnswer(format!("it did not answer: {why}")),
        }
    }
}

/// The address that stands in a URL in the place of a name.
fn literal(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn ask(url: &str, allow: &[Network]) -> Result<StatusCode, String> {
        let request = Request::get(url).body(Full::default()).unwrap();
        Calling::new(allow).ask(request, 100).await.map(|(status, _)| status)
    }

    #[tokio::test]
    async fn the_company_s_own_machines_are_reached_only_where_it_says_so_by_name_and_by_number() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let redirect = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 1_024]).await;
                let _ = stream.write_all(redirect.as_bytes()).await;
            }
        });
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]"] {
            let refused = ask(&format!("http://{host}:{port}/"), &[]).await.unwrap_err();
            assert!(refused.contains("not public"), "{host}: {refused}");
        }
        let own = ["127.0.0.0/8".parse().unwrap()];
        for host in ["127.0.0.1", "localhost"] {
            // Where it points to is not followed.
            assert_eq!(ask(&format!("http://{host}:{port}/"), &own).await.unwrap(), StatusCode::FOUND);
        }
    }

    /// A machine that may be reached, and one inside that may not, on the same port. Who was connected to is counted.
    async fn world_and_inside() -> (u16, Arc<AtomicUsize>) {
        let world = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = world.local_addr().unwrap().port();
        let inside = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = world.accept().await {
                let _ = stream.read(&mut [0; 1_024]).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            }
        });
        let entered = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&entered);
        tokio::spawn(async move {
            while inside.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        (port, entered)
    }

    /// One whose resolver answers the first look with the first of these, and so on; and how often it was asked.
    fn lied_to(answers: &[&[&str]]) -> (Calling, Arc<AtomicUsize>) {
        let answers: Vec<Vec<SocketAddr>> = answers
            .iter()
            .map(|addresses| addresses.iter().map(|one| (one.parse::<IpAddr>().unwrap(), 0).into()).collect())
            .collect();
        let looks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&looks);
        let look_up = move |_| -> Looking {
            let look = counted.fetch_add(1, Ordering::SeqCst);
            let answer = answers[look.min(answers.len() - 1)].clone();
            Box::pin(async move { Ok(answer) })
        };
        let world = Arc::from(["127.0.0.2/31".parse().unwrap()]);
        (Calling::resolving(Allowed::WorldAnd(world), Arc::new(look_up)), looks)
    }

    async fn name(calling: &Calling, port: u16) -> Result<StatusCode, Gone> {
        let request = Request::get(format!("http://crm.example:{port}/")).body(Full::default()).unwrap();
        calling.whole(request, 100).await.map(|(parts, _)| parts.status)
    }

    #[tokio::test]
    async fn a_name_that_moves_inside_after_it_was_looked_at_leads_nowhere() {
        let (port, entered) = world_and_inside().await;
        let (calling, looks) = lied_to(&[&["127.0.0.2"], &["127.0.0.1"]]);
        assert_eq!(name(&calling, port).await, Ok(StatusCode::NO_CONTENT));
        assert_eq!(looks.load(Ordering::SeqCst), 1, "what was looked at is what is connected to");
        assert_eq!(name(&calling, port).await, Err(Gone::NotAllowed), "the next request looks again");
        assert_eq!(entered.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn of_several_addresses_those_inside_are_not_even_tried() {
        let (port, entered) = world_and_inside().await;
        for addresses in [&["127.0.0.1", "127.0.0.2"][..], &["::1", "127.0.0.2", "127.0.0.1"]] {
            let (calling, _) = lied_to(&[addresses]);
            assert_eq!(name(&calling, port).await, Ok(StatusCode::NO_CONTENT), "{addresses:?}");
        }
        // Nor when nobody is at the only one that may be reached.
        let (calling, _) = lied_to(&[&["127.0.0.3", "127.0.0.1"]]);
        assert!(matches!(name(&calling, port).await, Err(Gone::NotReached(_))));
        assert_eq!(entered.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn an_alias_of_something_inside_is_something_inside_in_whatever_form() {
        let (port, entered) = world_and_inside().await;
        for address in [
            "127.0.0.1",
            "::ffff:127.0.0.1",
            "::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "169.254.169.254",
            "0.0.0.0",
            "10.0.0.1",
            "fd00::1",
        ] {
            let (calling, _) = lied_to(&[&[address]]);
            assert_eq!(name(&calling, port).await, Err(Gone::NotAllowed), "{address}");
        }
        assert_eq!(entered.load(Ordering::SeqCst), 0);
    }
}
