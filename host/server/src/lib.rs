//! HTTP: what Meta posts to, what tells an operator how the host is, and the API for people and programs.

mod acts;
mod alerts;
mod api;
mod audit;
mod authors;
mod backtests;
mod backup;
mod board;
mod campaigns;
mod company_files;
mod console;
mod contacts;
mod control;
mod conversations;
mod delegations;
mod door;
mod figures;
mod health;
mod inbox;
mod invitation;
mod let_in;
mod lines;
mod listen;
mod live;
mod media;
mod moves;
mod operator;
mod outbound;
mod people;
mod proposals;
mod quick_replies;
mod reading;
mod reparse;
mod requests;
mod routes;
mod rules;
mod said;
mod search;
mod sign_in;
mod site;
mod spending;
mod templates;
mod tries;
mod webhook;
mod why;
mod writing;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler as _;
use desk::Desk;
use domain::Time;
use domain::outside::{Clock, Entropy};
use domain::raci::action::Action;
use governance::{Checkpoints, People, Provider};
use whatsapp::AppSecrets;

use routes::About;

pub use api::{api_routes, cookie};
pub use backtests::Backtests;
pub use company_files::{Entry, Files, FilesError, HOUSE, Proposed, Section};
pub use console::pages;
pub use control::{Controlled, SOCKET, control, let_in};
pub use listen::{Listening, listen};
pub use live::Streams;
pub use operator::account;
pub use routes::{Route, Routes};
pub use sign_in::RETURN;
pub use site::Site;
pub use writing::Writing;

/// What the server works with.
pub struct Server {
    /// The operation behind it.
    pub desk: Desk,
    /// What Meta signs with. Without it no webhook can be believed, and none is taken.
    pub secrets: Option<AppSecrets>,
    /// What Meta has to name when the webhook's address is saved.
    pub verify_token: Option<String>,
    /// Whoever has the record signed; none if nobody does.
    pub checkpoints: Option<Checkpoints>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// How people prove who they are.
    pub people: People,
    /// The company's identity provider, if people sign in by one.
    pub provider: Option<Provider>,
    /// Those who listen to what changes.
    pub streams: Streams,
    /// Who is writing at this moment.
    pub writing: Writing,
    /// Rules that are being tried on the past.
    pub backtests: Backtests,
    /// What lies in the company's files, for whoever proposes to put it in force; none where there is no file.
    pub files: Option<Arc<dyn Files>>,
    /// Where people reach the host.
    pub site: Site,
    /// Whose the data directory is (uid): where no people are described, who may everything.
    pub owner: u32,
    /// Where the clock was started, if it is not the real one.
    pub rehearsal: Option<Time>,
    /// A page beside the door on which anybody becomes anybody: the demo's. None where people prove who they are.
    pub open_door: Option<&'static str>,
}

/// The routes that are open to the world.
pub fn open_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/webhook", Action::ReceiveWebhooks, webhook::verify)
        .post(
            "/webhook",
            Action::ReceiveWebhooks,
            webhook::receive.layer(DefaultBodyLimit::max(webhook::LARGEST)),
        )
        .get("/healthz", Action::ReadHealth, health::healthz)
        .get("/metrics", Action::ReadHealth, health::metrics)
        .merge(invitation::routes())
        .merge(sign_in::routes())
        .merge(console::routes())
}

/// The routes of the socket in the data directory.
pub fn local_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/status", Action::ReadStatus, health::status)
        .get("/outbound", Action::ReadStops, outbound::state)
        .post("/outbound/pause", Action::PauseSending, outbound::pause)
        .about(About::NumberInBody)
        .post("/outbound/resume", Action::ResumeSending, outbound::resume)
        .about(About::NumberInBody)
        .post("/backup/point", Action::BackUp, backup::point)
        .post("/journal/reparse", Action::ReadAgain, reparse::reparse)
        .merge(people::routes())
        .merge(audit::routes())
        .merge(contacts::routes())
        .merge(media::routes())
        .merge(templates::routes())
        .merge(campaigns::routes())
        .merge(moves::routes())
        .merge(proposals::routes())
        .merge(inbox::routes())
        .merge(rules::routes())
        .merge(backtests::routes())
        .merge(requests::routes())
        .merge(authors::routes())
        .merge(delegations::routes())
        .merge(figures::routes())
        .merge(alerts::routes())
        .merge(why::routes())
}

/// What a host serves, to the world and to those at its machine; `more` is for the world too.
pub fn routers(server: Server, more: Routes) -> (Router, Router) {
    let server = Arc::new(server);
    let open = more.merge(open_routes().with_state(Arc::clone(&server)));
    let local = local_routes().with_state(Arc::clone(&server));
    let behind_the_door = api_routes().merge(console::pages()).with_state(Arc::clone(&server));
    let api = console::in_words(behind_the_door.for_people(Arc::clone(&server)), &server);
    let world = open.to_the_world().merge(api);
    (site::guarded(world, &server.site), local.at_the_machine(server))
}
