//! The month's spending, by number and by rule, beside what may be spent.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::law::class::Category;

use super::frame::{Frame, page};
use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::spending::{Spent, Which, told};

#[derive(Template)]
#[template(path = "spending.html")]
struct Shown {
    frame: Frame,
    told: Spent,
    currency: String,
}

impl Shown {
    /// As what messages are billed, for people.
    fn billed(&self, word: &str) -> &'static str {
        billed(self.frame.say, word)
    }
}

fn billed(say: Words, word: &str) -> &'static str {
    match word {
        "service" => say.billed_service(),
        "authentication-international" => Category::Authentication.words(say.0),
        other => Category::of(other).map_or_else(|| say.billed_other(), |category| category.words(say.0)),
    }
}

/// The page.
pub(super) async fn shown(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let frame = Frame::of(&server, &let_in, "/console/spending");
        let told = told(&server, &which)?;
        let currency = told.currency.clone().unwrap_or_default();
        Ok::<_, Problem>(Shown { frame, told, currency })
    });
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}
