//! The customers' telephones: what the page draws and what a test looks at.
//!
//! Only phones that are shown are kept, and of each only the last messages, so that a benchmark with a hundred thousand
//! customers costs no memory here.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::options::Person;

/// A message on a customer's phone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// WhatsApp's identifier.
    pub wamid: String,
    /// The id of the company's number.
    pub number: String,
    /// Who wrote it.
    pub from: Side,
    /// Seconds since 1970.
    pub at: u64,
    /// What it says.
    pub said: Said,
    /// How far a customer's message has come; None for the company's.
    pub tick: Option<Tick>,
    /// The customer's emoji on it.
    pub reaction: Option<String>,
}

impl Message {
    pub(crate) fn new(wamid: &str, number: &str, from: Side, at: u64, said: Said) -> Self {
        let tick = (from == Side::Customer).then_some(Tick::Sent);
        let (wamid, number) = (wamid.to_owned(), number.to_owned());
        Self { wamid, number, from, at, said, tick, reaction: None }
    }

    /// The words in it.
    pub fn words(&self) -> &str {
        match &self.said {
            Said::Text { body } | Said::Buttons { body, .. } | Said::Menu { body, .. } => body,
            Said::Choice { title } => title,
            Said::Photo { caption } | Said::Medium { caption, .. } => caption,
            Said::Location { name, .. } | Said::Other { name } => name,
        }
    }
}

/// The two sides of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The person who holds the phone.
    Customer,
    /// The company.
    Company,
}

/// What WhatsApp draws beside a customer's own message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tick {
    /// ✓: WhatsApp has it.
    Sent,
    /// ✓✓: the host's webhook took it.
    Delivered,
    /// ✓✓ in blue: the host marked it as read.
    Read,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Said {
    /// Words.
    Text {
        /// The words.
        body: String,
    },
    /// Words with buttons under them.
    Buttons {
        /// The words.
        body: String,
        /// The buttons.
        buttons: Vec<Button>,
        /// Whether it is a template, whose buttons come back in another form.
        template: bool,
    },
    /// Words with a list that opens on a tap.
    Menu {
        /// The words.
        body: String,
        /// What opens the list.
        label: String,
        /// The rows of all its sections.
        rows: Vec<Row>,
    },
    /// A button was pressed or a row chosen.
    Choice {
        /// What stood on it.
        title: String,
    },
    /// A photo.
    Photo {
        /// The words under it.
        caption: String,
    },
    /// Any other medium.
    Medium {
        /// Meta's word for it: `document`.
        medium: String,
        /// The words under it.
        caption: String,
    },
    /// A place.
    Location {
        /// What it is called.
        name: String,
        /// North is positive.
        latitude: f64,
        /// East is positive.
        longitude: f64,
    },
    /// Anything else.
    Other {
        /// Meta's word for it.
        name: String,
    },
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    /// Comes back when it is pressed.
    pub id: String,
    /// What stands on it.
    pub title: String,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Comes back when it is chosen.
    pub id: String,
    /// What stands in it.
    pub title: String,
    /// What stands under that.
    pub description: String,
}

/// A shown phone.
#[derive(Clone, Serialize)]
pub(crate) struct Phone {
    #[serde(flatten)]
    pub(crate) person: Person,
    messages: VecDeque<Message>,
}

pub(crate) struct Phones {
    remember: usize,
    shown: Mutex<Shown>,
}

/// In the order in which they were shown first.
#[derive(Default)]
struct Shown {
    phones: Vec<Phone>,
    places: HashMap<String, usize>,
}

/// What a customer pressed, as far as it can be found again.
pub(crate) struct Pressed {
    pub(crate) wamid: String,
    /// Of a row; None for a button.
    pub(crate) description: Option<String>,
    pub(crate) template: bool,
}

impl Phones {
    pub(crate) fn new(remember: usize, people: &[Person]) -> Self {
        let phones = Self { remember, shown: Mutex::default() };
        for person in people {
            phones.show(person.clone());
        }
        phones
    }

    /// Whether there is anything to show at all.
    pub(crate) fn on(&self) -> bool {
        self.remember > 0
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, phone: &str, act: impl FnOnce(&mut Phone) -> T) -> Option<T> {
        if !self.on() {
            return None;
        }
        let mut shown = self.shown();
        let place = *shown.places.get(phone)?;
        shown.phones.get_mut(place).map(act)
    }

    /// Shows a phone, or takes in what is new about its owner. Tells whether it was not shown before.
    pub(crate) fn show(&self, person: Person) -> bool {
        if !self.on() || self.with(&person.phone, |shown| shown.person = person.clone()).is_some() {
            return false;
        }
        let mut shown = self.shown();
        let place = shown.phones.len();
        shown.places.insert(person.phone.clone(), place);
        shown.phones.push(Phone { person, messages: VecDeque::new() });
        true
    }

    pub(crate) fn all(&self) -> Vec<Phone> {
        self.shown().phones.clone()
    }

    pub(crate) fn chat(&self, phone: &str) -> Vec<Message> {
        self.with(phone, |shown| shown.messages.iter().cloned().collect()).unwrap_or_default()
    }

    /// Tells whether the phone is shown.
    pub(crate) fn add(&self, phone: &str, message: &Message) -> bool {
        let remember = self.remember;
        let add = |shown: &mut Phone| {
            if shown.messages.len() >= remember {
                shown.messages.pop_front();
            }
            shown.messages.push_back(message.clone());
        };
        self.with(phone, add).is_some()
    }

    /// Ticks only grow. Tells whether this one is new.
    pub(crate) fn tick(&self, phone: &str, wamid: &str, tick: Tick) -> bool {
        self.with(phone, |shown| {
            let message = shown.messages.iter_mut().rev().find(|message| message.wamid == wamid);
            let Some(message) = message.filter(|message| message.tick < Some(tick)) else { return false };
            message.tick = Some(tick);
            true
        })
        .unwrap_or_default()
    }

    /// All that a customer wrote to a number up to a message, that one included: reading one is reading all before it.
    pub(crate) fn unread(&self, phone: &str, wamid: &str) -> Vec<String> {
        let unread = |shown: &mut Phone| {
            let last = shown.messages.iter().rposition(|message| message.wamid == wamid)?;
            let number = &shown.messages.get(last)?.number;
            let waits = |message: &&Message| {
                message.number == *number && message.tick.is_some() && message.tick < Some(Tick::Read)
            };
            let up_to = shown.messages.iter().take(last + 1);
            Some(up_to.filter(waits).map(|message| message.wamid.clone()).collect())
        };
        self.with(phone, unread).flatten().unwrap_or_default()
    }

    pub(crate) fn react(&self, phone: &str, wamid: &str, emoji: Option<&str>) {
        self.with(phone, |shown| {
            if let Some(message) = shown.messages.iter_mut().find(|message| message.wamid == wamid) {
                message.reaction = emoji.map(str::to_owned);
            }
        });
    }

    /// The latest message of a number that offers a choice.
    pub(crate) fn offer(&self, phone: &str, number: &str, id: &str) -> Option<Pressed> {
        let offers = |message: &Message| {
            let (description, template) = match &message.said {
                Said::Buttons { buttons, template, .. } => {
                    buttons.iter().find(|button| button.id == id).map(|_| (None, *template))?
                }
                Said::Menu { rows, .. } => {
                    rows.iter().find(|row| row.id == id).map(|row| (Some(row.description.clone()), false))?
                }
                _ => return None,
            };
            Some(Pressed { wamid: message.wamid.clone(), description, template })
        };
        let find = |shown: &mut Phone| {
            shown.messages.iter().rev().filter(|message| message.number == number).find_map(offers)
        };
        self.with(phone, find).flatten()
    }

    /// The company's latest message from a number.
    pub(crate) fn latest(&self, phone: &str, number: &str) -> Option<Message> {
        let of_company = |message: &&Message| message.from == Side::Company && message.number == number;
        self.with(phone, |shown| shown.messages.iter().rev().find(of_company).cloned()).flatten()
    }
}
