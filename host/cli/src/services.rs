//! The way to services that rules have asked.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use desk::{Call, Called, Lost, Reply, Services};
use domain::network::Network;
use domain::request::{ANSWER, Failed};
use domain::subscriber::SecretAt;
use http_body_util::Full;
use hyper::Request;
use hyper::http::response::Parts;

use crate::calling::{Calling, Gone};

/// Services that are reached over HTTP.
pub(crate) struct Outside {
    /// That of the settings.
    dir: PathBuf,
    /// The ways over TLS and without it, for the networks that were allowed when they were made.
    ways: Mutex<Option<(Vec<Network>, Calling, Calling)>>,
}

impl Outside {
    /// `dir` is that of the settings.
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), ways: Mutex::default() }
    }

    /// The way of a request. Without TLS it leads into the company's own networks alone.
    fn way(&self, allow: &[Network], secure: bool) -> Calling {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        if ways.as_ref().is_none_or(|(allowed, ..)| allowed != allow) {
            *ways = None;
        }
        let (_, over_tls, plain) =
            ways.get_or_insert_with(|| (allow.to_vec(), Calling::new(allow), Calling::within(allow)));
        if secure { over_tls.clone() } else { plain.clone() }
    }
}

impl Services for Outside {
    fn ask<'a>(&'a self, call: &'a Call) -> Called<'a> {
        Box::pin(async move {
            let mut request = Request::builder()
                .method(call.method.word())
                .uri(call.to.to_string())
                .header("user-agent", concat!("Timonel/", env!("CARGO_PKG_VERSION")));
            for (name, value) in &call.headers {
                request = request.header(name, value.reveal());
            }
            // What a header says is not repeated: it may be a secret.
            let request = request.body(Full::<Bytes>::from(call.body.clone())).map_err(|_| Lost {
                failed: Failed::NotReached,
                why: "a header or the address makes no request".to_owned(),
            })?;
            let answered = self.way(&call.allow, call.to.is_secure()).whole(request, ANSWER).await;
            let (parts, body) =
                answered.map_err(|gone| Lost { why: gone.to_string(), failed: failed(&gone) })?;
            Ok(reply(&parts, &body))
        })
    }

    fn secret(&self, at: &SecretAt) -> Result<String, String> {
        match at {
            SecretAt::Env(name) => std::env::var(name).map_err(|error| format!("`{name}`: {error}")),
            SecretAt::File(path) => {
                let path = self.dir.join(path);
                std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
            }
        }
    }
}

fn failed(gone: &Gone) -> Failed {
    match gone {
        Gone::NotAllowed => Failed::NotAllowed,
        Gone::NotReached(_) => Failed::NotReached,
        Gone::NoAnswer(_) => Failed::NoAnswer,
        Gone::TooLarge => Failed::TooLarge,
    }
}

fn reply(parts: &Parts, body: &Bytes) -> Reply {
    let headers = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    Reply { status: parts.status.as_u16(), headers: headers.collect(), body: body.to_vec() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::request::Method;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn ask(url: &str, allow: &str) -> Result<Reply, Failed> {
        let call = Call {
            method: Method::Get,
            to: url.parse().unwrap(),
            headers: Vec::new(),
            body: String::new(),
            allow: allow.split_whitespace().map(|network| network.parse().unwrap()).collect(),
        };
        Outside::new(Path::new("")).ask(&call).await.map_err(|lost| lost.failed)
    }

    /// A service that begins an answer and goes on with a byte at a time.
    async fn slow() -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 1_024]).await;
                    let head = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n";
                    let _ = stream.write_all(head.as_bytes()).await;
                    while stream.write_all(b"x").await.is_ok() {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                });
            }
        });
        port
    }

    #[tokio::test]
    async fn a_service_that_never_ends_its_answer_is_left_in_time() {
        let port = slow().await;
        let began = std::time::Instant::now();
        let came = ask(&format!("http://127.0.0.1:{port}/"), "127.0.0.0/8").await;
        assert_eq!(came.err(), Some(Failed::NoAnswer));
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn no_spelling_of_one_s_own_machine_is_reached_and_without_tls_nothing_of_the_world() {
        let port = slow().await;
        for host in [
            "127.0.0.1",
            "localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
            "169.254.169.254",
            "10.0.0.1",
        ] {
            for scheme in ["http", "https"] {
                let came = ask(&format!("{scheme}://{host}:{port}/"), "192.0.2.0/24").await;
                assert_eq!(came.err(), Some(Failed::NotAllowed), "{scheme}://{host}");
            }
        }
        assert_eq!(ask("http://1.1.1.1/", "127.0.0.0/8").await.err(), Some(Failed::NotAllowed));
        // What is allowed is reached, and is no TLS.
        let came = ask(&format!("https://127.0.0.1:{port}/"), "127.0.0.0/8").await;
        assert!(matches!(came.err(), Some(Failed::NotReached | Failed::NoAnswer)));
        let nobody = ask("http://127.0.0.1:1/", "127.0.0.0/8").await;
        assert_eq!(nobody.err(), Some(Failed::NotReached));
    }
}
