//! Pages that are of this machine alone.
//!
//! A page of somebody else's, open in the same browser, could point its own name at this address (DNS rebinding); so a
//! request has to name a loopback address as its host.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses whoever asks under another name than a loopback address, with 421. A layer for axum's `from_fn`.
pub async fn of_this_machine(request: Request, next: Next) -> Response {
    if names_loopback(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "this page answers to 127.0.0.1 and localhost alone")
            .into_response()
    }
}

fn names_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let uri = host.and_then(|host| format!("http://{host}/").parse::<Uri>().ok());
    let Some(name) = uri.as_ref().and_then(Uri::host) else { return false };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        let named =
            |host: &str| names_loopback(&HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]));
        for host in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "127.8.9.1"] {
            assert!(named(host), "{host}");
        }
        for host in
            ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "0.0.0.0"]
        {
            assert!(!named(host), "{host}");
        }
        assert!(!names_loopback(&HeaderMap::new()));
    }
}
