//! A simulated WhatsApp.
//!
//! It stands where Meta stands: it takes what a host sends to the Graph API, calls the host's webhook with signed
//! updates, and has customers with telephones, who are people at the page it serves or a program that uses this library.
//! A host cannot tell it from the real one by what it is written for, so a newcomer sees a whole conversation without an
//! account at Meta, and tests and benchmarks get an opponent that they can steer.
//!
//! It shares with the host the signature alone: bodies are built and read here a second time, so that a misunderstanding
//! of one side is not shared by the other.

mod books;
mod caller;
mod clock;
mod crowd;
mod customer;
mod dice;
mod event;
mod fate;
mod graph;
mod happening;
mod id;
mod line;
mod loopback;
mod media;
mod options;
mod orders;
mod page;
mod people;
mod phones;
mod reach;
mod report;
mod rules;
mod scenario;
mod serve;
mod templates;
mod trouble;
mod update;
mod world;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

pub use crowd::{Crowd, Kind};
pub use customer::{Attachment, Customer, Item, NoSuchNumber};
pub use event::Event;
pub use happening::{Down, Happening};
pub use loopback::of_this_machine;
pub use options::{Delays, Number, Options, Person, WABA};
pub use orders::Orders;
pub use phones::{Button, Message, Row, Said, Side, Tick};
pub use report::{Reference, Report, Requests, WebhookCalls};
pub use rules::{Pair, Refusals, Rules};
pub use scenario::{Scenario, ScenarioError};
pub use templates::{Category, Quality, Template, TemplateChange, TemplateStatus};
pub use trouble::{Hiding, Loss, Sends, Statuses, Trouble, Webhooks};

use world::World;

/// Starts to listen, to call and to serve the page.
pub async fn start(options: Options) -> Result<Handle, StartError> {
    let webhook = options.webhook.as_deref().map(webhook_uri).transpose()?;
    let wanted = options.listen;
    let failed = |source| StartError::Listen { address: wanted, source };
    let (world, queue) = World::new(&options, webhook);
    for template in options.templates {
        let (name, language) = (template.name.clone(), template.language.clone());
        let added = world.with_templates(|templates| templates.add(template, world.clock.now()));
        added.map_err(|refusal| StartError::Template { name, language, why: refusal.to_string() })?;
    }
    let listener = tokio::net::TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let app = graph::routes().merge(page::routes(&world)).with_state(world.clone());
    let server = tokio::spawn(serve::run(listener, app));
    let caller = tokio::spawn(caller::run(world.clone(), queue));
    for (after, happening) in options.happenings {
        world.after(after, |world| world.happen(happening));
    }
    options.crowd.iter().for_each(|crowd| crowd::start(&world, crowd));
    Ok(Handle { world, address, tasks: [server.abort_handle(), caller.abort_handle()] })
}

/// A simulation that runs until this is dropped.
pub struct Handle {
    world: Arc<World>,
    address: SocketAddr,
    tasks: [AbortHandle; 2],
}

impl Handle {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a host takes for `https://graph.facebook.com`; also the address of the page.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls another webhook from now on; what could not be delivered goes there too.
    pub fn set_webhook(&self, url: &str) -> Result<(), StartError> {
        self.world.set_webhook(webhook_uri(url)?);
        Ok(())
    }

    /// A customer to write as. Their phone is shown on the page, unless nothing is remembered. Whoever is known already
    /// stays who they are, but for the name.
    pub fn customer(&self, phone: &str, name: &str) -> Customer {
        let known = self.world.people.by_phone(&id::digits(phone));
        let person = known.map_or_else(|| Person::new(phone, name), |known| Person::clone(&known));
        Customer::new(self.world.clone(), Person { name: name.to_owned(), ..person })
    }

    /// What the company's messages on a customer's phone are, oldest first. Needs `Options::remember`.
    pub fn received(&self, phone: &str) -> Vec<Message> {
        let mut chat = self.chat(phone);
        chat.retain(|message| message.from == Side::Company);
        chat
    }

    /// Everything on a customer's phone, oldest first. Needs `Options::remember`.
    pub fn chat(&self, phone: &str) -> Vec<Message> {
        self.world.phones.chat(&id::digits(phone))
    }

    /// What happens from now on. Whoever is slower than 4,096 events misses some and is told so.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.world.events.subscribe()
    }

    /// Posts a body of one's own to the webhook, signed and once, and gives back the HTTP status.
    pub async fn post(&self, body: &str) -> Result<u16, String> {
        caller::post(&self.world, body.as_bytes().to_vec()).await
    }

    /// Updates that wait to be delivered, those that are being tried again included.
    pub fn waiting(&self) -> usize {
        self.world.waiting()
    }

    /// How many messages each number was asked to send and took, by its id.
    pub fn sent(&self) -> BTreeMap<String, u64> {
        self.world.sent()
    }

    /// Lets something happen now.
    pub fn happen(&self, happening: Happening) {
        self.world.happen(happening);
    }

    /// Moves the time of this world on; whatever became due happens at once.
    pub fn advance(&self, by: Duration) {
        self.world.clock.jump(by);
    }

    /// The time of this world, in seconds since 1970.
    pub fn now(&self) -> u64 {
        self.world.clock.seconds()
    }

    /// Everything that was counted, as it is told at `GET /_sim/report` too.
    pub fn report(&self) -> Report {
        self.world.report()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.world.end();
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Why a simulation could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("listen: {address} cannot be listened on: {source}")]
    Listen {
        /// The address of the options.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not an address to post to.
    #[error("webhook: `{given}` is not an http or https address, such as http://127.0.0.1:8080/webhook")]
    Webhook {
        /// What was given.
        given: String,
    },
    /// A template that Meta would not take.
    #[error("templates: `{name}` in `{language}` would not be taken by Meta: {why}")]
    Template {
        /// Its name.
        name: String,
        /// Its language.
        language: String,
        /// What Meta would say.
        why: String,
    },
}

fn webhook_uri(url: &str) -> Result<Uri, StartError> {
    url.parse()
        .ok()
        .filter(|uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")))
        .ok_or_else(|| StartError::Webhook { given: url.to_owned() })
}
