//! Media: where they are, their bytes, and those that we upload (Meta, *Cloud API: Media*).
//!
//! The bytes lie at an address that Meta tells, and it wants our token there: the one place in the API where a token
//! goes to a host that an answer names. So it goes to Meta's hosts and to the configured one, over TLS to all but that,
//! and a redirect is followed only from one of them to another. Everything else is `Elsewhere`, and nothing is asked.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use domain::id::NumberId;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, LOCATION};
use hyper::{Method, Request, Uri};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::calls::{CallError, Content, is_identifier, no_identifier, refused};
use crate::client::Graph;

/// An address lives for five minutes (Meta, *Media*): what takes longer has to begin anew anyway.
const TRANSFER: Duration = Duration::from_secs(300);

/// Meta's hosts lead on once at most; a second time is for what nobody has seen yet.
const REDIRECTS: usize = 2;

/// An answer that will come.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send + 'a>>;

/// Where media are: Meta, or a simulation of it.
pub trait Media: Send + Sync {
    /// Where the bytes of a medium are, for five minutes.
    fn info<'a>(&'a self, number: &'a NumberId, id: &'a str) -> Asked<'a, MediaInfo>;

    /// The bytes at an address of [`MediaInfo`], at most so many.
    fn download<'a>(&'a self, url: &'a str, most: u64) -> Asked<'a, Bytes>;

    /// Hands bytes to Meta, who keeps them for 30 days, and gives the identifier to send them by.
    fn upload<'a>(&'a self, number: &'a NumberId, mime_type: &'a str, bytes: Bytes) -> Asked<'a, String>;
}

/// What Meta knows of a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaInfo {
    /// Where its bytes are.
    pub url: String,
    /// As the sender named it.
    pub mime_type: String,
    /// The SHA-256 of its bytes in hexadecimal; webhooks tell it in Base64.
    pub sha256: String,
    /// How many bytes, if that was told.
    pub bytes: Option<u64>,
}

/// A SHA-256 as Meta writes it: Base64 in webhooks, hexadecimal in the API. None for what is neither.
pub fn sha256(text: &str) -> Option<[u8; 32]> {
    let text = text.trim().as_bytes();
    let read = data_encoding::HEXLOWER_PERMISSIVE
        .decode(text)
        .or_else(|_| data_encoding::BASE64.decode(text))
        .or_else(|_| data_encoding::BASE64URL_NOPAD.decode(text));
    read.ok()?.try_into().ok()
}

impl Media for Graph {
    fn info<'a>(&'a self, number: &'a NumberId, id: &'a str) -> Asked<'a, MediaInfo> {
        Box::pin(async move {
            for (what, text) in [("a number", number.as_str()), ("a medium", id)] {
                if !is_identifier(text) {
                    return Err(no_identifier(what, text));
                }
            }
            let path = format!("{id}?phone_number_id={number}");
            let json = self.call(Method::GET, &path, None, self.timeout).await?;
            let text = |name| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            // It comes as a number and, in older answers, as a text.
            let size = json.get("file_size");
            let bytes = size.and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok()));
            Ok(MediaInfo { url: text("url"), mime_type: text("mime_type"), sha256: text("sha256"), bytes })
        })
    }

    fn download<'a>(&'a self, url: &'a str, most: u64) -> Asked<'a, Bytes> {
        Box::pin(async move {
            let mut address = url.to_owned();
            for _ in 0..=REDIRECTS {
                let uri = self.metas(&address)?;
                let request = Request::get(uri)
                    .header(AUTHORIZATION, self.authorization.clone())
                    .body(Full::default())
                    .map_err(|error| CallError::NotAsked { why: error.to_string() })?;
                let (head, body) = self.answer(request, most, TRANSFER).await?;
                if head.status.is_redirection() {
                    let to = head.headers.get(LOCATION).and_then(|to| to.to_str().ok());
                    address = to.unwrap_or_default().to_owned();
                    continue;
                }
                if !head.status.is_success() {
                    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
                    return Err(refused(head.status.as_u16(), json.get("error").unwrap_or(&Value::Null)));
                }
                return Ok(body);
            }
            Err(CallError::NoAnswer { why: "one redirect led to another, and none to a medium".to_owned() })
        })
    }

    fn upload<'a>(&'a self, number: &'a NumberId, mime_type: &'a str, bytes: Bytes) -> Asked<'a, String> {
        Box::pin(async move {
            if !is_identifier(number.as_str()) {
                return Err(no_identifier("a number", number.as_str()));
            }
            let content = form(mime_type, &bytes);
            let json = self.call(Method::POST, &format!("{number}/media"), Some(content), TRANSFER).await?;
            let id = json.get("id").and_then(Value::as_str).map(str::to_owned);
            id.ok_or_else(|| CallError::NoAnswer { why: "accepted, by an answer without an id".to_owned() })
        })
    }
}

impl Graph {
    /// An address, if our token may go there.
    fn metas(&self, address: &str) -> Result<Uri, CallError> {
        let nowhere = || CallError::Elsewhere { host: address.chars().take(200).collect() };
        let uri: Uri = address.parse().map_err(|_| nowhere())?;
        let authority = uri.authority().ok_or_else(nowhere)?;
        let ours = (uri.scheme_str(), Some(authority)) == (self.base.scheme_str(), self.base.authority());
        let secure = uri.scheme_str() == Some("https") && matches!(authority.port_u16(), None | Some(443));
        // Whoever writes a user before the host wants it to be read as another one.
        let plain = !authority.as_str().contains('@');
        if plain && (ours || secure && is_metas(authority.host())) {
            return Ok(uri);
        }
        Err(CallError::Elsewhere { host: authority.host().to_owned() })
    }
}

/// The hosts from which Meta hands out media.
fn is_metas(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "lookaside.fbsbx.com"
        || [".fbsbx.com", ".fbcdn.net"].iter().any(|end| host.len() > end.len() && host.ends_with(end))
}

/// The form that Meta takes. What separates its parts follows from the bytes, so that they cannot contain it by chance or
/// by intent.
fn form(mime_type: &str, bytes: &[u8]) -> Content {
    let line = format!("timonel-{}", data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)));
    let field = |name: &str, value: &str| {
        format!("--{line}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body = field("messaging_product", "whatsapp") + &field("type", mime_type);
    body += &format!(
        "--{line}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\
         Content-Type: {mime_type}\r\n\r\n"
    );
    let end = format!("\r\n--{line}--\r\n");
    Content {
        kind: format!("multipart/form-data; boundary={line}"),
        bytes: [body.as_bytes(), bytes, end.as_bytes()].concat().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::GraphConfig;

    #[test]
    fn the_token_goes_to_meta_and_to_nobody_else() {
        let graph = Graph::new(GraphConfig::new("token")).unwrap();
        for good in [
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x",
            "https://scontent.xx.fbcdn.net/v/t1",
            "https://LOOKASIDE.FBSBX.COM/x",
            "https://graph.facebook.com/v26.0/1",
        ] {
            assert!(graph.metas(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/whatsapp_business/attachments/",
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://lookaside.fbsbx.com.evil.example/x",
            "https://evilfbsbx.com/x",
            "https://fbcdn.net.evil.example/x",
            "https://.fbcdn.net/x",
            "https://evil.example/lookaside.fbsbx.com",
            "https://lookaside.fbsbx.com@evil.example/x",
            "https://evil.example@lookaside.fbsbx.com/x",
            "http://graph.facebook.com/v26.0/1",
            "https://graph.facebook.com:444/v26.0/1",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
        ] {
            assert!(matches!(graph.metas(bad), Err(CallError::Elsewhere { .. })), "{bad}");
        }
        let simulated = GraphConfig { base_url: "http://127.0.0.1:8090".to_owned(), ..GraphConfig::new("t") };
        let simulated = Graph::new(simulated).unwrap();
        assert!(simulated.metas("http://127.0.0.1:8090/whatsapp_business/attachments/?mid=1").is_ok());
        assert!(simulated.metas("http://127.0.0.1:8091/x").is_err());
    }

    #[test]
    fn a_hash_is_read_in_both_of_metas_spellings() {
        let hash: [u8; 32] = Sha256::digest(b"x").into();
        let (hex, base64) = (data_encoding::HEXLOWER.encode(&hash), data_encoding::BASE64.encode(&hash));
        assert_eq!((sha256(&hex), sha256(&base64)), (Some(hash), Some(hash)));
        assert_eq!(sha256(&hex.to_uppercase()), Some(hash));
        assert_eq!((sha256(""), sha256("a="), sha256(&hex[2..])), (None, None, None));
    }
}
