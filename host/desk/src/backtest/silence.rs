//! The moments at which rules that look after cases would have been asked.
//!
//! Those at which rules were asked are in the journal. A candidate names others: an hour earlier, or at all. They lie where nothing
//! happened, so they are looked for between two events of a conversation, and behind the last one.

use domain::Time;
use domain::backtest::Came;
use domain::conversation::{Case, Followed};
use domain::decision::{self, Kind, Since};
use domain::event::{Event, Purpose, Recorded};
use domain::id::ConversationId;
use domain::rule::mode::Mode;

use super::past::{At, Past, Told};
use crate::command::DeskError;
use crate::following;

/// The time that goes by in a conversation.
#[derive(Default)]
pub(super) struct Silence {
    /// The last moment that was looked at.
    looked: Option<Followed>,
    /// A moment that the last event was: whether rules were asked, the next one says.
    pub(super) came: Option<Watched>,
    /// The case that ended last, how, and when.
    ended: Option<(Case, String, Time)>,
}

/// A case that is looked after at a moment.
pub(super) struct Watched {
    pub(super) case: Case,
    pub(super) at: Followed,
    /// What rules are told besides.
    told: Vec<(String, String)>,
}

impl Past<'_> {
    /// What there was to look after until something happened, and whether that is itself such a moment.
    pub(super) fn before(
        &mut self,
        id: ConversationId,
        told: &mut Told,
        recorded: &Recorded,
    ) -> Result<(), DeskError> {
        if !matches!(&recorded.event, Event::RuleDecided(it) if it.of == Kind::Following) {
            self.was_nobody_asked(id, told)?;
        }
        // What is committed at once happens at once.
        if recorded.time > told.heard.time {
            self.goes_by(id, told, recorded.time)?;
        }
        if let Some(comes) = comes(told, recorded) {
            let later = |at: Followed| at.from == comes.at.from && at.moment > comes.at.moment;
            if comes.at.moment.since != Since::Rated && !told.silence.looked.is_some_and(later) {
                told.silence.looked = Some(comes.at);
            }
            told.silence.came = Some(comes);
        }
        match &recorded.event {
            Event::CaseClosed(closed) => {
                told.silence.looked = None;
                let case = told.state.case.clone().filter(|case| case.id == closed.case);
                told.silence.ended = case.map(|case| (case, closed.code.clone(), recorded.time));
            }
            Event::MessageReceived(_) | Event::CaseOpened(_) => told.silence.ended = None,
            _ => {}
        }
        Ok(())
    }

    /// If the last event was such a moment, and no rule was asked.
    pub(super) fn was_nobody_asked(&mut self, id: ConversationId, told: &mut Told) -> Result<(), DeskError> {
        match told.silence.came.take() {
            Some(came) if self.named().any(|moment| moment == came.at.moment) => {
                self.nobody_looked(id, told, &came, told.heard.time)
            }
            _ => Ok(()),
        }
    }

    /// Time goes by in a conversation until a moment.
    pub(super) fn goes_by(
        &mut self,
        id: ConversationId,
        told: &mut Told,
        until: Time,
    ) -> Result<(), DeskError> {
        let Some((case, since, from, code)) = told.watched() else { return Ok(()) };
        let (case, besides) = (case.clone(), code.map(following::told_of_end).unwrap_or_default());
        loop {
            let looked = told.silence.looked.filter(|at| at.moment.since == since && at.from == from);
            let unseen = looked.map_or(0, |at| at.moment.seconds + 1);
            let unseen = unseen.max(following::gone(&told.state, since, from));
            let next = self.named().filter(|one| one.since == since && one.seconds >= unseen).min();
            let Some(moment) = next else { return Ok(()) };
            let due = following::after(from, moment.seconds);
            if due > until {
                return Ok(());
            }
            let at = Followed { moment, from };
            // The host was going to ask then, and if it was late the journal says when it did.
            if told.is_awaited(at) {
                return Ok(());
            }
            told.silence.looked = Some(at);
            let watched = Watched { case: case.clone(), at, told: besides.clone() };
            self.nobody_looked(id, told, &watched, due.max(told.heard.time))?;
        }
    }

    /// A moment at which no rule was asked, and the candidate wants to be.
    fn nobody_looked(
        &mut self,
        id: ConversationId,
        told: &Told,
        watched: &Watched,
        time: Time,
    ) -> Result<(), DeskError> {
        if !self.is_within(time) {
            return Ok(());
        }
        let Some(key) = self.shared.keys.contact(told.state.contact)? else {
            self.erased += 1;
            return Ok(());
        };
        let Followed { moment, from } = watched.at;
        let (kind, why) = (Kind::Following, moment.since.why());
        let mut attrs = following::attrs(&told.state, time, moment, from);
        attrs.extend(watched.told.iter().cloned());
        let at = At { id, event: told.heard.seq, time, kind, why, case: &watched.case, key };
        if let Some(mut asked) = self.moment(told, at, None, &attrs) {
            asked.followed = Some(watched.at);
            asked.then = Came::Left { to_people: false };
            self.ready.push(asked);
        }
        Ok(())
    }

    /// When the candidate itself wants to be asked. The others were asked when they wanted to be, or were not there.
    fn named(&self) -> impl Iterator<Item = decision::Moment> {
        let own = self.contender.own().filter(|own| own.definition().mode != Mode::Off);
        own.into_iter().flat_map(|own| own.moments()).copied()
    }
}

impl Told {
    /// What of time going by there is to look after now, from when on, and the code of the case if it has ended.
    fn watched(&self) -> Option<(&Case, Since, Time, Option<&str>)> {
        if let Some((since, from)) = self.state.followed() {
            return Some((self.state.case.as_ref()?, since, from, None));
        }
        let (case, code, from) = self.silence.ended.as_ref().filter(|_| self.state.case.is_none())?;
        Some((case, Since::Closed, *from, Some(code)))
    }

    /// Whether a timer was set for a moment.
    fn is_awaited(&self, at: Followed) -> bool {
        let is_it = |purpose: &Purpose| matches!(purpose, Purpose::Follow { moment, from, .. } if (Followed { moment: *moment, from: *from }) == at);
        self.state.timers.values().any(|timer| is_it(&timer.purpose))
    }
}

/// The moment of looking after a case that an event is, if it is still one.
fn comes(told: &Told, recorded: &Recorded) -> Option<Watched> {
    match &recorded.event {
        Event::TimerFired(fired) => {
            let Purpose::Follow { case, moment, from, .. } = &told.state.timers.get(&fired.timer)?.purpose
            else {
                return None;
            };
            let (watched, since, began, code) = told.watched()?;
            let is_meant = (watched.id, since, began) == (*case, moment.since, *from);
            let at = Followed { moment: *moment, from: *from };
            let besides = code.map(following::told_of_end).unwrap_or_default();
            is_meant.then(|| Watched { case: watched.clone(), at, told: besides })
        }
        Event::CaseRated(rated) => {
            let survey = told.state.survey.as_ref().filter(|survey| survey.case.id == rated.case)?;
            let at = Followed { moment: following::RATED, from: rated.at };
            let besides = following::told_of_score(rated.score);
            Some(Watched { case: (*survey.case).clone(), at, told: besides })
        }
        _ => None,
    }
}
