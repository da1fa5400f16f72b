//! The way to the company's identity provider.

use std::sync::Arc;

use anyhow::bail;
use bytes::Bytes;
use governance::{Answered, Provider, Reach};
use http_body_util::Full;
use hyper::Request;
use server::Site;

use crate::calling::Calling;
use crate::settings::Oidc;

/// The longest answer that is read, in bytes: a token with some hundred groups is a part of it.
const MOST: usize = 256 << 10;

/// The provider of some settings.
pub(crate) fn of(oidc: &Oidc, site: &Site) -> anyhow::Result<Provider> {
    if !site.is_reachable() {
        bail!(
            "people sign in by `oidc`, and browsers have no way back: set `public-url` (TIMONEL_PUBLIC_URL)"
        );
    }
    let redirect = format!("{}{}", site.url(), server::RETURN);
    let reach = Arc::new(Way(Calling::new(&oidc.allow)));
    Ok(Provider::new(oidc.provider.clone(), redirect, reach))
}

struct Way(Calling);

impl Way {
    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<(u16, Vec<u8>), String> {
        let (status, body) = self.0.ask(request, MOST).await?;
        Ok((status.as_u16(), body.to_vec()))
    }
}

impl Reach for Way {
    fn get<'a>(&'a self, url: &'a str) -> Answered<'a> {
        Box::pin(async move {
            let request = Request::get(url).header("accept", "application/json").body(Full::default());
            self.ask(request.map_err(|error| format!("{url}: {error}"))?).await
        })
    }

    fn post<'a>(&'a self, url: &'a str, authorization: Option<&'a str>, form: String) -> Answered<'a> {
        Box::pin(async move {
            let mut request = Request::post(url)
                .header("accept", "application/json")
                .header("content-type", "application/x-www-form-urlencoded");
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            let request = request.body(Full::from(form)).map_err(|error| format!("{url}: {error}"))?;
            self.ask(request).await
        })
    }
}
