//! The page that the link of an invitation leads to: set a password, set up an authenticator app, write down the codes.
//!
//! What is behind `#` in the link is never part of a request: the page reads it and hands it to the API itself.

use std::sync::Arc;

use axum::http::header;
use domain::raci::action::Action;

use crate::Server;
use crate::routes::Routes;

/// The page and what it is made of.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    let file = |kind: &'static str, content: &'static str| {
        move || async move { ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content) }
    };
    let page = |name| match name {
        "html" => file("text/html; charset=utf-8", include_str!("invitation/page.html")),
        "css" => file("text/css; charset=utf-8", include_str!("invitation/page.css")),
        _ => file("text/javascript; charset=utf-8", include_str!("invitation/page.js")),
    };
    Routes::new()
        .get("/invitation", Action::SignIn, page("html"))
        .get("/invitation/page.css", Action::SignIn, page("css"))
        .get("/invitation/page.js", Action::SignIn, page("js"))
}
