//! Templates: what may be sent of them, what people want of them, and what Meta has made of them.
//!
//! The registry is folded from events, so a template is not offered any more from the moment on that a webhook is kept
//! which says so: it is asked when a message is queued and again when it leaves. Webhooks tell changes and never the whole,
//! so a librarian looks: at the start, once a day, and when a template is told of that is not known.

mod desk;
mod wish;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Time;
use domain::decision::Digest;
use domain::id::NumberId;
use domain::json::Json;
use domain::law::class::Category;
use domain::law::language::Language;
use domain::message::{Outgoing, Template as Filled};
use domain::platform::TemplateName;
use domain::stream::{Actor, Stream};
use domain::templates::{Template, TemplatesSynced, Why, offerable};
use jiff::SignedDuration;
use store::Draft;
use tokio::sync::watch;
use whatsapp::{Allowance, CALLS, CALLS_WITHOUT_A_NUMBER, CallError, Management, NEW_TEMPLATES, Page};

use crate::command::DeskError;
use crate::shared::Shared;

pub use desk::Which;
pub use wish::TemplateWish;

/// How long what was seen holds while nothing is told.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How long after a look the next one is, at least: a flood of webhooks is one hint.
const REST: SignedDuration = SignedDuration::from_mins(1);

/// How long after a look that failed.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_mins(5);

/// How often the librarian thinks of the clock.
const NAP: Duration = Duration::from_secs(10);

/// Why nothing was done about a template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Meta would not take it.
    #[error(transparent)]
    Invalid(#[from] whatsapp::Invalid),
    /// Meta did not do it.
    #[error("{0}. Nothing is recorded; `timonel template sync` shows what there is")]
    Call(#[from] CallError),
    /// Meta counts calls by the hour.
    #[error("Meta takes no more calls on account {account} before {until}")]
    TooOften {
        /// On which account.
        account: String,
        /// From when on it does.
        until: Time,
    },
    /// There is no access token.
    #[error("no access token is set: set `access-token` (TIMONEL_ACCESS_TOKEN)")]
    NoToken,
    /// It is not known which account is meant.
    #[error(
        "account: {}; name one, or say `waba` of the numbers in the company's file",
        if known.is_empty() { "none is known".to_owned() } else { format!("one of {} is meant", known.join(", ")) }
    )]
    Account {
        /// Those that are known.
        known: Vec<String>,
    },
    /// There is none of that name.
    #[error("{}", .0.words(Language::En))]
    Why(Why),
    /// It is there in several languages.
    #[error("language: `{0}` is there in several: name one")]
    Language(String),
    /// The host failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// As what a message counts if it is a template, none if it is not; or why the template is not sent.
pub(crate) fn category(
    shared: &Shared,
    number: &NumberId,
    message: &Outgoing,
) -> Result<Result<Option<Category>, Why>, DeskError> {
    let Some(filled) = message.template() else { return Ok(Ok(None)) };
    Ok(find(shared, number, filled)?.and_then(|template| offerable(&template)).map(Some))
}

/// What a template says, known by its digest: two names for the same words are one. Of one of which only the name is known,
/// that.
pub(crate) fn words(template: &Template) -> Digest {
    match &template.components {
        Some(components) => Digest::of(Json::of(components).text().as_bytes()),
        None => Digest::of(Json::of(&template.template).text().as_bytes()),
    }
}

/// The template of the account that a number belongs to. Where the company's file does not say which one that is, the
/// name has to.
pub(crate) fn find(
    shared: &Shared,
    number: &NumberId,
    filled: &Filled,
) -> Result<Result<Template, Why>, DeskError> {
    let Filled { name, language, .. } = filled;
    let active = shared.active.load();
    let account = active.company.number(number).and_then(|number| number.waba.as_ref());
    let named = TemplateName { id: String::new(), name: name.clone(), language: language.clone() };
    let mut found = match account {
        Some(account) => shared.store.template(account, &named)?.into_iter().collect::<Vec<_>>(),
        None => {
            let is_meant =
                |known: &Template| known.template.name == *name && known.template.language == *language;
            shared.store.templates()?.into_iter().filter(is_meant).collect()
        }
    };
    Ok(match (found.pop(), found.is_empty()) {
        (Some(template), true) => Ok(template),
        (Some(_), false) => Err(Why::Account),
        (None, _) => Err(Why::Unknown { name: name.clone(), language: language.clone() }),
    })
}

/// How often Meta may still be asked, by account.
#[derive(Default)]
pub(crate) struct Counters(Mutex<BTreeMap<String, Counter>>);

struct Counter {
    calls: Allowance,
    created: Allowance,
}

/// An account that is asked: every call is counted, and a refusal for too many keeps all of them back for a while.
struct Account<'a> {
    shared: &'a Shared,
    id: &'a str,
    management: &'a dyn Management,
}

impl<'a> Account<'a> {
    fn of(shared: &'a Shared, id: &'a str) -> Result<Self, TemplateError> {
        let management = shared.network.management().ok_or(TemplateError::NoToken)?;
        Ok(Self { shared, id, management })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Counter) -> T) -> T {
        let mut counters = self.shared.counters.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counters.entry(self.id.to_owned()).or_insert_with(|| {
            let active = self.shared.active.load();
            let has_number = active.company.numbers().iter().any(|n| n.waba.as_deref() == Some(self.id));
            let calls = Allowance::new(if has_number { CALLS } else { CALLS_WITHOUT_A_NUMBER });
            Counter { calls, created: Allowance::new(NEW_TEMPLATES) }
        });
        act(counter)
    }

    /// Takes a call, and one of the new templates if this is to be one.
    fn take(&self, creates: bool) -> Result<(), TemplateError> {
        let now = self.shared.now();
        let taken = self.with(|counter| {
            if creates {
                counter.created.take(now)?;
            }
            counter.calls.take(now)
        });
        taken.map_err(|until| TemplateError::TooOften { account: self.id.to_owned(), until })
    }

    /// Takes in how a call ended.
    fn answered<T>(&self, answer: Result<T, CallError>) -> Result<T, TemplateError> {
        let now = self.shared.now();
        self.with(|counter| match &answer {
            Err(CallError::Refused { code: 80_007 | 4, .. }) => counter.calls.refused(now),
            Err(_) => {}
            Ok(_) => counter.calls.answered(),
        });
        Ok(answer?)
    }
}

/// What looking at an account showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// The account.
    pub account: String,
    /// How many templates it has.
    pub templates: usize,
    /// How many of them were not known, or not like this.
    pub found: usize,
    /// How many are not there any more.
    pub gone: usize,
}

/// Looks at an account, and keeps what was not known of it.
async fn sync(shared: &Shared, id: &str, by: Actor) -> Result<Synced, TemplateError> {
    let account = Account::of(shared, id)?;
    let at = shared.now();
    let (mut seen, mut next, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        account.take(false)?;
        let page = account.answered(account.management.page(id, next.as_deref()).await)?;
        seen.extend(page.templates);
        pages += 1;
        match page.next {
            Some(_) if Page::is_too_far(pages) => {
                return Err(CallError::NoAnswer { why: "the list has no end".to_owned() }.into());
            }
            Some(more) => next = Some(more),
            None => break,
        }
    }
    let all = shared.store.templates().map_err(DeskError::from)?;
    let place = |template: &TemplateName| (template.name.clone(), template.language.clone());
    let known: BTreeMap<_, _> =
        all.iter().filter(|known| known.account == id).map(|known| (place(&known.template), known)).collect();
    let there: BTreeSet<_> = seen.iter().map(|found| place(&found.template)).collect();
    let templates = seen.len();
    let found: Vec<_> = seen
        .into_iter()
        .filter(|found| known.get(&place(&found.template)).is_none_or(|known| known.differs(found)))
        .collect();
    let gone: Vec<TemplateName> = known
        .into_iter()
        .filter(|(place, known)| !known.is_deleted() && !there.contains(place))
        .map(|(_, known)| known.template.clone())
        .collect();
    let synced = Synced { account: id.to_owned(), templates, found: found.len(), gone: gone.len() };
    if synced.found + synced.gone > 0 {
        let event = TemplatesSynced { account: id.to_owned(), at, found, gone };
        let draft = Draft::new(Stream::Company, by, event).map_err(DeskError::from)?;
        shared.store.commit(Vec::new(), vec![draft]).await.map_err(DeskError::from)?;
    }
    Ok(synced)
}

/// The accounts that the company's file or a webhook about templates has named.
fn accounts(shared: &Shared) -> Result<BTreeSet<String>, DeskError> {
    let active = shared.active.load();
    let described = active.company.numbers().iter().filter_map(|number| number.waba.clone());
    let told = shared.store.templates()?.into_iter().map(|template| template.account);
    Ok(described.chain(told).filter(|account| !account.is_empty()).collect())
}

/// Looks at accounts when it is time.
pub struct Librarian {
    shared: Arc<Shared>,
    /// When each account was looked at last, and from when on it is to be looked at again without a hint.
    looked: BTreeMap<String, (Time, Time)>,
}

impl Librarian {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, looked: BTreeMap::new() }
    }

    /// The accounts that are to be looked at now.
    pub fn due(&self) -> Result<Vec<String>, DeskError> {
        if self.shared.network.management().is_none() {
            return Ok(Vec::new());
        }
        let now = self.shared.now();
        let mut hinted = BTreeSet::new();
        for template in self.shared.store.templates()? {
            if template.is_incomplete() {
                hinted.insert(template.account);
            }
        }
        let is_due = |account: &String| match self.looked.get(account) {
            None => true,
            Some((last, next)) => {
                *next <= now || hinted.contains(account) && now.duration_since(*last) >= REST
            }
        };
        Ok(accounts(&self.shared)?.into_iter().filter(is_due).collect())
    }

    /// Looks at one.
    pub async fn look(&mut self, account: &str) {
        let pause = match sync(&self.shared, account, Actor::Host).await {
            Ok(_) => DAY,
            Err(error) => {
                tracing::warn!(%error, account, "the templates of an account could not be looked at");
                AFTER_FAILURE
            }
        };
        let now = self.shared.now();
        self.looked.insert(account.to_owned(), (now, now.saturating_add(pause).unwrap_or(Time::MAX)));
    }
}

/// Drives the librarian until it is stopped.
pub(crate) async fn looking(
    mut librarian: Librarian,
    mut changed: watch::Receiver<u64>,
    mut stopped: watch::Receiver<bool>,
) {
    while !*stopped.borrow() {
        // Before the registry is read, or what comes in between would be taken for seen.
        changed.mark_unchanged();
        match librarian.due() {
            Ok(due) => {
                for account in due {
                    librarian.look(&account).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, part = "librarian", "a part of the desk failed: trying again");
            }
        }
        tokio::select! {
            _ = changed.changed() => {}
            _ = stopped.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
