//! Facts that wait to be counted, and what was counted.
//!
//! What a fact needs of the past is kept for each conversation and agent, so that facts are made as events are folded and nobody
//! goes through the journal for one. They wait here until `measured` says that they are in the sums, and are gone then. Sums lie
//! by figure, day and place, and once more by hour: whoever reads a month reads its days.

use std::collections::BTreeMap;

use domain::Time;
use domain::decision::Digest;
use domain::event::{Event, Recorded};
use domain::id::{AgentId, CaseId, ConversationId, RuleId};
use domain::measure::alert::{Alert, Which};
use domain::measure::event::{DaySealed, FiguresDefined, Measured};
use domain::measure::fact::{Fact, Spell, Talk, Way, What};
use domain::measure::figure::{Figure, Place};
use domain::measure::sum::Sum;
use domain::stream::Stream;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fold::{Fold, FoldError};
use crate::layout;
use crate::projection::ProjectionError;
use crate::state::State;
use crate::store::Store;

/// A figure that is or was counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Defined {
    /// By which rule.
    pub rule: RuleId,
    /// What it means.
    pub figure: Figure,
    /// The SHA-256 of the component that counted it last.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// Since when it is counted.
    pub since: Time,
}

/// What a rule counts now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// What it said last.
    pub said: Option<FiguresDefined>,
    /// Facts that are missing in its figures because it failed.
    pub dropped: u64,
    /// When it failed last.
    pub failed: Option<Time>,
}

/// Sums by day.
const DAYS: u8 = b'd';

/// Sums by hour.
const HOURS: u8 = b'h';

impl Fold<'_> {
    /// Makes facts of an event, and takes in what was counted of them.
    pub(crate) fn measure(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        match (&recorded.stream, &recorded.event) {
            (Stream::Conversation(id), event) if Talk::is_told_by(event) => self.talk(*id, recorded),
            (Stream::Message(_), event @ (Event::SendAccepted(_) | Event::StatusChanged(_))) => {
                let State::Message(delivery) = &self.stream(&recorded.stream)?.now.state else {
                    return Ok(());
                };
                let whats = Way::of(delivery).take(event);
                self.complete(recorded, whats)
            }
            (Stream::Agent(agent), Event::PresenceSet(_) | Event::ShiftEnded(_)) => {
                self.spell(agent, recorded)
            }
            (_, Event::FiguresDefined(defined)) => self.defined(recorded.time, defined),
            (_, Event::Measured(measured)) => self.counted(recorded.time, measured),
            (_, Event::AlertRaised(raised)) => {
                let key = alert_key(&raised.which)?;
                let known: Option<Alert> = self.kept(&key)?;
                self.put_json(key, &Alert::raised(known, recorded.time, raised))
            }
            (_, Event::AlertEnded(ended)) => {
                let key = alert_key(&ended.which)?;
                match self.kept::<Alert>(&key)? {
                    Some(known) => self.put_json(key, &Alert { ended: Some(recorded.time), ..known }),
                    None => Ok(()),
                }
            }
            (_, Event::DaySealed(sealed)) => {
                self.remove(layout::open_day(sealed.day));
                self.put_json(layout::sealed_day(sealed.day), sealed)
            }
            _ => Ok(()),
        }
    }

    fn talk(&mut self, id: ConversationId, recorded: &Recorded) -> Result<(), FoldError> {
        let key = layout::talk(id);
        let before: Option<Talk> = self.kept(&key)?;
        let (now, whats) = Talk::after(before.clone(), id, recorded);
        if now == before {
            return self.complete(recorded, whats);
        }
        let due = |talk: &Option<Talk>| talk.as_ref().and_then(Talk::settles);
        if due(&now) != due(&before) {
            if let Some((_, at)) = due(&before) {
                self.remove(layout::settling(at, id));
            }
            if let Some((case, at)) = due(&now) {
                self.put(layout::settling(at, id), case.to_bytes().to_vec());
            }
        }
        match now {
            Some(talk) => self.put_json(key, &talk)?,
            None => self.remove(key),
        }
        self.complete(recorded, whats)
    }

    fn spell(&mut self, agent: &AgentId, recorded: &Recorded) -> Result<(), FoldError> {
        let key = layout::spell(agent);
        let before: Option<Spell> = self.kept(&key)?;
        let (now, what) = Spell::after(before.clone(), agent, recorded);
        if let Some(spell) = now.filter(|now| Some(now) != before.as_ref()) {
            self.put_json(key, &spell)?;
        }
        self.complete(recorded, what)
    }

    fn complete(
        &mut self,
        recorded: &Recorded,
        whats: impl IntoIterator<Item = What>,
    ) -> Result<(), FoldError> {
        for (place, what) in (0..).zip(whats) {
            let fact = Fact { seq: recorded.seq, time: recorded.time, what };
            self.put_json(layout::fact(recorded.seq, place), &fact)?;
        }
        Ok(())
    }

    fn defined(&mut self, at: Time, defined: &FiguresDefined) -> Result<(), FoldError> {
        for figure in &defined.figures {
            let key = layout::figure(&figure.series(&defined.rule));
            let known: Option<Defined> = self.kept(&key)?;
            let now = Defined {
                rule: defined.rule.clone(),
                figure: figure.clone(),
                component: defined.component,
                settings: defined.settings,
                since: known.map_or(at, |known| known.since),
            };
            self.put_json(key, &now)?;
        }
        let key = layout::counts(&defined.rule);
        let known: Counts = self.kept(&key)?.unwrap_or_default();
        self.put_json(key, &Counts { said: Some(defined.clone()), ..known })
    }

    fn counted(&mut self, at: Time, measured: &Measured) -> Result<(), FoldError> {
        let behind = measured.to.saturating_add(1);
        let counted = layout::fact(0, 0)..layout::fact(behind, 0);
        self.between(counted)?.into_keys().for_each(|key| self.remove(key));
        for by in &measured.by {
            if by.failed.is_some() {
                let key = layout::counts(&by.rule);
                let known: Counts = self.kept(&key)?.unwrap_or_default();
                let dropped = known.dropped + u64::from(measured.facts);
                self.put_json(key, &Counts { dropped, failed: Some(at), ..known })?;
            }
            for counted in &by.figures {
                for cell in &counted.cells {
                    let (series, hour) = (&counted.series, cell.hour);
                    let place = serde_json::to_vec(&cell.place).map_err(ProjectionError::Form)?;
                    let day = layout::sums(series, DAYS, hour.day);
                    self.add([&day[..], &place].concat(), &cell.sum)?;
                    let day = layout::sums(series, HOURS, hour.day);
                    self.add([&day[..], &layout::millis(hour.begins), &place].concat(), &cell.sum)?;
                    self.put(layout::open_day(hour.day), Vec::new());
                    if !cell.place.label.is_empty() {
                        self.put(layout::label(series, &cell.place.label), Vec::new());
                    }
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, key: Vec<u8>, more: &Sum) -> Result<(), FoldError> {
        let mut sum: Sum = self.kept(&key)?.unwrap_or_default();
        sum.merge(more);
        self.put_json(key, &sum)
    }

    fn kept<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, FoldError> {
        let known = self.value(key)?.map(|value| serde_json::from_slice(&value)).transpose();
        Ok(known.map_err(ProjectionError::Form)?)
    }
}

impl Store {
    /// The first facts that nobody has counted: all of each event that any of them is of.
    pub fn facts(&self, limit: usize) -> Result<Vec<Fact>, ProjectionError> {
        let range = layout::within(layout::FACTS.to_vec());
        let found = self.tree().first(range, limit)?;
        let facts = found.iter().map(|(_, value)| serde_json::from_slice(value));
        let mut facts: Vec<Fact> = facts.collect::<Result<_, _>>()?;
        if facts.len() == limit
            && let Some(last) = facts.last().map(|fact| fact.seq)
        {
            // There may be more of the last event.
            facts.retain(|fact| fact.seq < last);
        }
        Ok(facts)
    }

    /// Cases that settle by `now`, in the order in which they do.
    pub fn settling(
        &self,
        now: Time,
        limit: usize,
    ) -> Result<Vec<(ConversationId, CaseId)>, ProjectionError> {
        let end = [layout::SETTLING, &layout::millis(now), &[u8::MAX; 17]].concat();
        let due = self.tree().first(layout::SETTLING.to_vec()..end, limit)?;
        due.iter()
            .map(|(key, case)| {
                let ids = layout::tail(key).zip(layout::tail(case));
                let (conversation, case) = ids.ok_or(ProjectionError::Broken("a case that settles"))?;
                Ok((ConversationId::from_bytes(conversation), CaseId::from_bytes(case)))
            })
            .collect()
    }

    /// All figures that are or were counted, in no order that says anything.
    pub fn figures(&self) -> Result<Vec<Defined>, ProjectionError> {
        let all = self.all(layout::FIGURES.to_vec())?;
        Ok(all.iter().map(|(_, value)| serde_json::from_slice(value)).collect::<Result<_, _>>()?)
    }

    /// What a rule counts now. Nothing if it never said.
    pub fn counts(&self, rule: &RuleId) -> Result<Counts, ProjectionError> {
        Ok(self.json(layout::counts(rule))?.unwrap_or_default())
    }

    /// All alerts that there ever were, each as it is or was last.
    pub fn alerts(&self) -> Result<Vec<Alert>, ProjectionError> {
        let all = self.all(layout::ALERTS.to_vec())?;
        Ok(all.iter().map(|(_, value)| serde_json::from_slice(value)).collect::<Result<_, _>>()?)
    }

    /// The version of the stream `measures`.
    pub fn measures(&self) -> Result<u64, ProjectionError> {
        self.tree().version(&Stream::Measures)
    }

    /// All labels that a figure has had.
    pub fn labels(&self, series: &Digest) -> Result<Vec<String>, ProjectionError> {
        let prefix = layout::labels(series);
        let name = prefix.len();
        let all = self.all(prefix)?;
        let label = |key: &Vec<u8>| String::from_utf8_lossy(key.get(name..).unwrap_or_default()).into_owned();
        Ok(all.iter().map(|(key, _)| label(key)).collect())
    }

    /// What was counted of a figure on a day, by place.
    pub fn sums_of_day(&self, series: &Digest, day: Date) -> Result<Vec<(Place, Sum)>, ProjectionError> {
        let prefix = layout::sums(series, DAYS, day);
        let place = prefix.len();
        let all = self.all(prefix)?;
        all.iter().map(|(key, value)| Ok((read_place(key, place)?, serde_json::from_slice(value)?))).collect()
    }

    /// The same by the moment at which its hour begins, and by place.
    pub fn sums_of_hours(
        &self,
        series: &Digest,
        day: Date,
    ) -> Result<Vec<(Time, Place, Sum)>, ProjectionError> {
        let prefix = layout::sums(series, HOURS, day);
        let hour = prefix.len();
        let all = self.all(prefix)?;
        let begins = |key: &[u8]| {
            let millis = key.get(hour..)?.first_chunk::<8>()?;
            Time::from_millisecond(i64::try_from(u64::from_be_bytes(*millis)).ok()?).ok()
        };
        all.iter()
            .map(|(key, value)| {
                let begins = begins(key).ok_or(ProjectionError::Broken("an hour of a figure"))?;
                Ok((begins, read_place(key, hour + 8)?, serde_json::from_slice(value)?))
            })
            .collect()
    }

    /// The days on which something was counted and which are not sealed, in order.
    pub fn open_days(&self) -> Result<Vec<Date>, ProjectionError> {
        let all = self.all(layout::OPEN_DAYS.to_vec())?;
        let day = |key: &Vec<u8>| std::str::from_utf8(key.get(2..)?).ok()?.parse().ok();
        let broken = || ProjectionError::Broken("a day that is not sealed");
        all.iter().map(|(key, _)| day(key).ok_or_else(broken)).collect()
    }

    /// That a day is sealed, if it is.
    pub fn sealed_day(&self, day: Date) -> Result<Option<DaySealed>, ProjectionError> {
        self.json(layout::sealed_day(day))
    }

    /// The seal of what was counted on a day: the SHA-256 of its sums by place, of all figures in order.
    pub fn seal_of(&self, day: Date) -> Result<DaySealed, ProjectionError> {
        let mut told: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for (key, _) in self.all(layout::FIGURES.to_vec())? {
            let series = key.get(layout::FIGURES.len()..).and_then(|bytes| bytes.try_into().ok());
            let series = Digest::from_bytes(series.ok_or(ProjectionError::Broken("a figure"))?);
            let sums = self.all(layout::sums(&series, DAYS, day))?;
            told.extend(sums.into_iter().map(|(key, value)| (key, value.to_vec())));
        }
        let lines: Vec<u8> = told.iter().flat_map(|(key, sum)| [key, sum]).flatten().copied().collect();
        Ok(DaySealed { day, digest: Digest::of(&lines), sums: told.len() as u64 })
    }
}

fn alert_key(which: &Which) -> Result<Vec<u8>, ProjectionError> {
    Ok([layout::ALERTS, &serde_json::to_vec(which)?].concat())
}

fn read_place(key: &[u8], from: usize) -> Result<Place, ProjectionError> {
    Ok(serde_json::from_slice(key.get(from..).unwrap_or_default())?)
}
