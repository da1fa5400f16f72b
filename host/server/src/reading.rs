//! The record, read for a person: who, when, what, about whom, by what right, and what it was before.

use std::collections::VecDeque;

use domain::Time;
use domain::audit::{self, Concern, Mine};
use domain::company::Company;
use domain::event::{Event, Recorded};
use domain::law::language::Language;
use domain::search::plain;
use domain::stream::{Actor, Stream};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{OpenError, RecordSize, Store};

/// Which entries are wanted. What is absent limits nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wanted {
    /// At most so many.
    pub(crate) limit: Option<usize>,
    /// Older than this entry.
    pub(crate) before: Option<u64>,
    /// Of somebody: a person, an account, an agent or a rule.
    pub(crate) who: Option<String>,
    /// Of an action or of a kind of event, or what an entry says in the words of whoever reads.
    pub(crate) what: Option<String>,
    /// On something: `contact/…`, `conversation/…`, or the number of the company.
    pub(crate) about: Option<String>,
    /// Not older than this.
    pub(crate) since: Option<Time>,
    /// Older than this moment.
    pub(crate) until: Option<Time>,
}

/// Whoever reads.
pub(crate) struct Reading<'a> {
    pub(crate) store: &'a Store,
    pub(crate) company: &'a Company,
    pub(crate) language: Language,
}

impl Reading<'_> {
    /// The last entries that are wanted, oldest first.
    pub(crate) fn last(&self, wanted: &Wanted, some: usize) -> Result<Vec<Value>, OpenError> {
        let limit = wanted.limit.unwrap_or(some);
        let mut rows = VecDeque::new();
        let mut end = self.store.record_size()?.entries;
        while end > 0 && rows.len() < limit {
            // The numbers of one tile after the other, the last one first.
            let start = (end - 1) / RecordSize::TILE * RecordSize::TILE;
            let mut numbers = self.store.record_numbers(start)?;
            numbers.truncate(usize::try_from(end - start).unwrap_or(usize::MAX));
            end = start;
            for seq in
                numbers.into_iter().rev().filter(|seq| wanted.before.is_none_or(|before| *seq < before))
            {
                let Some(recorded) = self.store.event(seq)? else { continue };
                if wanted.until.is_some_and(|until| recorded.time >= until) {
                    continue;
                }
                if rows.len() >= limit || wanted.since.is_some_and(|since| recorded.time < since) {
                    return Ok(rows.into());
                }
                if wanted.fits(&recorded) && wanted.says(&recorded, self) {
                    rows.push_front(self.row(&recorded, None)?);
                }
            }
        }
        Ok(rows.into())
    }

    /// The last entries of one person's record, oldest first.
    pub(crate) fn of(&self, mut mine: Mine, limit: usize) -> Result<Vec<Value>, OpenError> {
        let mut rows: VecDeque<(Recorded, Concern)> = VecDeque::new();
        let mut index = 0;
        loop {
            let numbers = self.store.record_numbers(index)?;
            if numbers.is_empty() {
                break;
            }
            index += numbers.len() as u64;
            for seq in numbers {
                let Some(recorded) = self.store.event(seq)? else { continue };
                if let Some(concern) = mine.take(&recorded) {
                    rows.push_back((recorded, concern));
                    if rows.len() > limit {
                        rows.pop_front();
                    }
                }
            }
        }
        rows.iter().map(|(recorded, concern)| self.row(recorded, Some(*concern))).collect()
    }

    fn words(&self, event: &Event) -> String {
        let name = |id: &str| match self.company.raci().by_id(&id.into()) {
            Some(person) => person.name.clone(),
            None => self.company.agent_name(&id.into()),
        };
        audit::words(event, self.language, &name)
    }

    fn row(&self, recorded: &Recorded, concern: Option<Concern>) -> Result<Value, OpenError> {
        let words = |event: &Event| self.words(event);
        let mut row = json!({
            "entry": recorded.seq,
            "time": recorded.time,
            "who": recorded.actor,
            "name": named(self.company, &recorded.actor),
            "kind": recorded.event.kind(),
            "what": words(&recorded.event),
        });
        if recorded.stream != Stream::Audit {
            row["about"] = json!(recorded.stream);
        }
        if let Event::Acted(acted) = &recorded.event {
            row["act"] = json!(acted);
            let about = &acted.about;
            let conversation = about.conversation.map(|id| format!("conversation/{id}"));
            let contact = || about.contact.map(|id| format!("contact/{id}"));
            let number = || about.number.as_ref().map(ToString::to_string);
            if let Some(about) = conversation.or_else(contact).or_else(number) {
                row["about"] = about.into();
            }
        }
        if let Some(cause) = self.store.cause(recorded.seq)? {
            row["cause"] = json!(cause);
        }
        if let Some(before) = self.store.changed_before(recorded.seq)?
            && let Some(before) = self.store.event(before)?
        {
            row["before"] = json!({ "entry": before.seq, "time": before.time, "what": words(&before.event) });
        }
        if let Some(concern) = concern {
            row["concern"] = json!(concern.words(self.language));
        }
        Ok(row)
    }
}

/// What colleagues call whoever did something.
pub(crate) fn named(company: &Company, actor: &Actor) -> String {
    let raci = company.raci();
    let name = match actor {
        Actor::Operator(account) => raci.person(account).map(|person| person.name.clone()),
        Actor::Person(person) => raci.by_id(person).map(|person| person.name.clone()),
        Actor::Agent(agent) => company.agent(agent).map(|agent| agent.name.clone()),
        Actor::Host => Some("Timonel".to_owned()),
        _ => None,
    };
    name.unwrap_or_else(|| actor.to_string())
}

impl Wanted {
    /// Whether it is of what is asked for: by its name for programs, or by what people read of it.
    fn says(&self, recorded: &Recorded, reading: &Reading) -> bool {
        let Some(wanted) = self.what.as_deref().map(str::trim).filter(|wanted| !wanted.is_empty()) else {
            return true;
        };
        let acted = if let Event::Acted(acted) = &recorded.event { Some(&acted.action) } else { None };
        recorded.event.kind() == wanted
            || acted.is_some_and(|acted| acted == wanted)
            || plain(&reading.words(&recorded.event)).contains(&plain(wanted))
    }

    fn fits(&self, recorded: &Recorded) -> bool {
        let Recorded { stream, actor, event, .. } = recorded;
        let acted = if let Event::Acted(acted) = event { Some(acted) } else { None };
        let has = |wanted: &Option<String>, is: &[Option<String>]| {
            wanted.as_ref().is_none_or(|wanted| is.iter().flatten().any(|is| is == wanted))
        };
        let short = |text: String| text.split_once('/').map(|(_, name)| name.to_owned());
        let about = acted.map(|acted| &acted.about);
        has(
            &self.who,
            &[
                Some(actor.to_string()),
                short(actor.to_string()),
                acted.and_then(|acted| acted.person.as_ref().map(ToString::to_string)),
                acted.and_then(|acted| acted.account.as_ref().map(ToString::to_string)),
            ],
        ) && has(
            &self.about,
            &[
                Some(stream.to_string()),
                about.and_then(|about| Some(format!("contact/{}", about.contact?))),
                about.and_then(|about| Some(format!("conversation/{}", about.conversation?))),
                about.and_then(|about| about.number.as_ref().map(ToString::to_string)),
            ],
        )
    }
}
