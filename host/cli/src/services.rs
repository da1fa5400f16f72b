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
