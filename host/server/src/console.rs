//! The console: where people work, in a browser.
//!
//! The page is the same for everybody and knows nothing; what somebody sees of it is what the API lets them, and a page of somebody
//! else's can no more read it than a partner's program could. It is three files without a build step.

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
    let (html, css) = ("text/html; charset=utf-8", "text/css; charset=utf-8");
    let script = "text/javascript; charset=utf-8";
    Routes::new()
        .get("/console", Action::SignIn, file(html, include_str!("console/page.html")))
        .get("/console/page.css", Action::SignIn, file(css, include_str!("console/page.css")))
        .get("/console/page.js", Action::SignIn, file(script, include_str!("console/page.js")))
        .get("/console/words.js", Action::SignIn, file(script, include_str!("console/words.js")))
}
