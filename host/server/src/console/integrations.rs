//! With what the company is connected: Meta, who is told what happens, and what rules may ask of services outside.
//!
//! Of a secret the page knows its name, where it lies and where it may go. Its value is in no page and in no answer.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::raci::action::Action;
use domain::subscriber::SecretAt;

use super::frame::{Frame, may, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::requests::{self, Told};
use crate::rules::seen;

#[derive(Template)]
#[template(path = "integrations.html")]
struct Shown {
    frame: Frame,
    meta: Vec<(&'static str, &'static str, &'static str)>,
    webhooks: Vec<Webhook>,
    secrets: Vec<Secret>,
    bounds: Vec<(&'static str, String)>,
    rules: Vec<Told>,
    not_understood: Vec<(String, u64)>,
}

/// An address that is told what happens.
struct Webhook {
    id: String,
    url: String,
    kinds: String,
    secret: String,
}

/// What proves the company to a service.
struct Secret {
    id: String,
    lies: String,
    to: String,
}

/// The page.
pub(super) async fn shown(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn) -> Result<Shown, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(server, let_in, "/console/integrations");
    let say = frame.say;
    let lies = |at: &SecretAt| match at {
        SecretAt::Env(name) => format!("{} {name}", say.in_environment()),
        SecretAt::File(path) => format!("{} {}", say.in_file(), path.display()),
    };
    let webhooks = company.webhooks().iter().map(|one| Webhook {
        id: one.id.to_string(),
        url: one.url.clone(),
        kinds: one.kinds.join(", "),
        secret: lies(&one.secret),
    });
    let requests = company.requests();
    let secrets = requests.secrets.iter().map(|one| Secret {
        id: one.id.to_string(),
        lies: lies(&one.secret),
        to: one.to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    });
    let allowed = requests.allow.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let bounds = vec![
        (say.per_minute(), requests.per_minute.to_string()),
        (say.at_once_requests(), requests.at_once.to_string()),
        (say.allowed_networks(), if allowed.is_empty() { say.none().to_owned() } else { allowed }),
    ];
    let mut rules = Vec::new();
    if may(server, company.raci(), &let_in.person).here(Action::ReadRequests) {
        for (stands, ..) in seen(server, &let_in.person)? {
            if !stands.runs().requests.is_empty() {
                rules.push(requests::told(server, &stands)?);
            }
        }
    }
    let set = |is: bool| if is { ("good", say.is_set()) } else { ("risk", say.is_not_set()) };
    let meta = [
        (say.app_secret(), set(server.secrets.is_some())),
        (say.verify_token(), set(server.verify_token.is_some())),
        (say.by_provider(), if server.provider.is_some() { set(true) } else { ("", say.there_is_none()) }),
    ];
    let strange = server.desk.store().not_understood().map_err(desk::HelmError::from)?;
    Ok(Shown {
        meta: meta.into_iter().map(|(what, (class, is))| (what, class, is)).collect(),
        webhooks: webhooks.collect(),
        secrets: secrets.collect(),
        bounds,
        rules,
        not_understood: strange.into_iter().filter(|(_, count)| *count > 0).collect(),
        frame,
    })
}
