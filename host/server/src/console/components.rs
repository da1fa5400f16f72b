//! What pages are made of: each component once, as it looks, with the class that makes it and what it is for. Whoever writes a page
//! looks here first, and what a page wants that is not here is added here.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;

#[derive(Template)]
#[template(path = "components.html")]
struct Shown {
    frame: Frame,
    /// The colours, by the names that styles call them.
    colours: [(&'static str, &'static str); 8],
}

/// The page.
pub(super) async fn shown(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let frame = Frame::of(&server, &let_in, "/console/components");
    let say = frame.say;
    page(&Shown {
        colours: [
            ("ink", say.colour_ink()),
            ("dim", say.colour_dim()),
            ("mark", say.colour_mark()),
            ("good", say.colour_good()),
            ("risk", say.colour_risk()),
            ("bad", say.colour_bad()),
            ("line", say.colour_line()),
            ("soft", say.colour_soft()),
        ],
        frame,
    })
}
