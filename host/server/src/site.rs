//! Where people reach the host, and what every answer tells their browsers.
//!
//! The host speaks plain HTTP; TLS is a proxy's before it. So the company's file says what the address is outside
//! (`public-url`) and whose word counts about where a request came from (`trusted-proxies`). Without a `public-url` the
//! host is for its own machine.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

use crate::listen::Peer;

/// Where people reach the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    url: String,
    secure: bool,
    proxies: Vec<IpAddr>,
}

impl Site {
    /// The one of a `public-url`, or of the address that is listened at.
    pub fn new(public_url: Option<&str>, listen: SocketAddr, proxies: Vec<IpAddr>) -> Self {
        let url = public_url.map_or_else(|| format!("http://{listen}"), ToOwned::to_owned);
        let url = url.trim_end_matches('/').to_owned();
        // Where plain HTTP would leave the machine, cookies go over TLS or not at all.
        let secure = url.starts_with("https://") || (public_url.is_none() && !listen.ip().is_loopback());
        Self { url, secure, proxies }
    }

    /// Its beginning, as `https://timonel.example.com`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The link of an invitation. What is behind `#` is no part of a request, so no proxy writes it down.
    pub fn invitation(&self, secret: &str) -> String {
        format!("{}/invitation#{secret}", self.url)
    }

    /// Whether browsers are told to use TLS alone.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether people can sign in from browsers at all: without TLS only on this machine.
    pub fn is_reachable(&self) -> bool {
        self.url.starts_with("https://") || !self.secure
    }

    /// The machine that a request comes from: the last one that a trusted proxy did not vouch for.
    pub(crate) fn address(&self, peer: Option<&Peer>, headers: &HeaderMap) -> IpAddr {
        let mut address = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.to_canonical());
        let told = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let mut told: Vec<&str> = told.flat_map(|value| value.split(',')).collect();
        while self.proxies.contains(&address) {
            let Some(before) = told.pop().and_then(|text| text.trim().parse::<IpAddr>().ok()) else { break };
            address = before.to_canonical();
        }
        address
    }
}

/// What an answer says unless it says something stricter itself.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
];

/// Everything that the world gets, with the headers that keep browsers from harm.
pub(crate) fn guarded(router: Router, site: &Site) -> Router {
    let strict = site.url.starts_with("https://");
    router.layer(from_fn(move |request: Request, next: Next| async move {
        let mut response: Response = next.run(request).await;
        let headers = response.headers_mut();
        for (name, value) in HEADERS {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if strict {
            let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        response
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(site: &Site, peer: &str, forwarded: &[&str]) -> String {
        let headers = forwarded
            .iter()
            .map(|value| (HeaderName::from_static("x-forwarded-for"), value.parse().unwrap()));
        let peer = Peer(peer.parse().unwrap());
        site.address(Some(&peer), &headers.collect()).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_where_a_request_comes_from() {
        let site = Site::new(None, "127.0.0.1:8080".parse().unwrap(), vec!["10.0.0.1".parse().unwrap()]);
        assert_eq!(from(&site, "198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(from(&site, "10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            from(&site, "10.0.0.1", &["6.6.6.6, 203.0.113.9"]),
            "203.0.113.9",
            "what a client made up"
        );
        assert_eq!(from(&site, "10.0.0.1", &["203.0.113.9, 10.0.0.1"]), "203.0.113.9");
        assert_eq!(from(&site, "10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(from(&site, "::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn without_tls_only_this_machine_gets_a_plain_cookie() {
        let site = |url, listen: &str| Site::new(url, listen.parse().unwrap(), vec![]);
        assert!(!site(None, "127.0.0.1:8080").is_secure() && site(None, "127.0.0.1:8080").is_reachable());
        assert!(site(None, "0.0.0.0:8080").is_secure() && !site(None, "0.0.0.0:8080").is_reachable());
        let public = site(Some("https://timonel.example.com/"), "127.0.0.1:8080");
        assert!(public.is_secure() && public.is_reachable());
        assert_eq!(public.url(), "https://timonel.example.com");
    }
}
