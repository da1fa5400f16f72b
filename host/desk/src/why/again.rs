//! A decision made again: exactly as it was, to see that it comes out the same, or with one thing different, to see what the
//! rule would have said.

use std::sync::Arc;

use domain::decision::{Digest, Effect, Outcome, Place, Verdict};
use domain::event::{Chooser, Event, Recorded, RuleDecided};
use domain::id::ConversationId;
use domain::json::Json;
use domain::rule::book::RuleBook;
use domain::stream::Stream;
use rules::{Answer, Definition, Function, Grant, Mode, Scope, Seen, Snapshot, Then};
use serde_json::Value;

use super::{LINES, Made};
use crate::assemble::Desk;
use crate::command::DeskError;
use crate::requests;

/// What came of making a decision again.
#[derive(Debug, Clone, PartialEq)]
pub enum Again {
    /// The same, to the last unit of fuel.
    Same,
    /// Something else: the host, the journal or the engine is not what it was.
    Different {
        /// In what: `outcome`, `reason`, `effects`, `calls`, `log`, `fuel`, `place`.
        parts: Vec<&'static str>,
        /// What it came to now.
        now: WhatIf,
    },
    /// What it decided on was forgotten.
    Erased,
    /// It cannot be made again.
    Impossible {
        /// Why.
        because: String,
    },
}

/// What a rule says to an input.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// How it ended.
    pub outcome: Outcome,
    /// Where it would put the case, if it said so.
    pub place: Option<Place>,
    /// Why, in its words.
    pub reason: String,
    /// What it would do.
    pub effects: Vec<Effect>,
    /// What it asked for that it had not asked for then, and so was not answered.
    pub strayed: Vec<String>,
}

/// Another plugin that is asked what a rule was asked.
#[derive(Debug, Clone)]
pub struct Substitute {
    /// One that was handed in.
    pub component: Digest,
    /// JSON; what the rule was set to if this says nothing.
    pub settings: Option<String>,
}

/// What is different from how it was.
#[derive(Debug, Clone, Default)]
pub struct Instead {
    /// Other values in some places of what the rule was told (JSON pointers, as `/message/text`).
    pub told: Vec<(String, Value)>,
    /// Another plugin than the rule had.
    pub substitute: Option<Substitute>,
}

impl Desk {
    /// Makes the decision of one rule in a round again. It compiles and runs it, so it takes a moment.
    pub fn again(&self, recorded: &Recorded, decided: &RuleDecided, made: &Made) -> Result<Again, DeskError> {
        Ok(match self.run_again(recorded, decided, made, &Instead::default())? {
            Err(again) => again,
            Ok((answer, strayed)) => {
                let Some(trace) = &made.trace else { return Ok(Again::Erased) };
                let answer = answer.as_taken(trace);
                let mut parts = answer.differs(&made.asked, trace);
                if self.is_placed_elsewhere(recorded, made, &answer)? {
                    parts.push("place");
                }
                if parts.is_empty() {
                    Again::Same
                } else {
                    Again::Different { parts, now: told(answer, strayed) }
                }
            }
        })
    }

    /// The same with something different in it. Nothing is done of what it answers.
    pub fn what_if(
        &self,
        recorded: &Recorded,
        decided: &RuleDecided,
        made: &Made,
        instead: &Instead,
    ) -> Result<Result<WhatIf, Again>, DeskError> {
        let ran = self.run_again(recorded, decided, made, instead)?;
        Ok(ran.map(|(answer, strayed)| told(answer, strayed)))
    }

    /// What the rule answers now; otherwise why it cannot be asked.
    fn run_again(
        &self,
        recorded: &Recorded,
        decided: &RuleDecided,
        made: &Made,
        instead: &Instead,
    ) -> Result<Result<(Answer, Vec<String>), Again>, DeskError> {
        let Stream::Conversation(conversation) = recorded.stream else { return Ok(Err(Again::Erased)) };
        let Some(trace) = &made.trace else { return Ok(Err(Again::Erased)) };
        let impossible = |because: String| Ok(Err(Again::Impossible { because }));
        let definition = match &instead.substitute {
            None => self.definition_then(recorded, made)?,
            Some(substitute) => self.definition_of(recorded, made, substitute)?,
        };
        let definition = match definition {
            Ok(definition) => definition,
            Err(because) => return impossible(because),
        };
        let message = self.message_then(conversation, recorded, &trace.input)?;
        let input = match Seen::again(&trace.input, message.as_ref(), &instead.told) {
            Ok(input) => input,
            Err(because) => return impossible(because),
        };
        let at = recorded.time;
        let desk = self.clone();
        let line = move |version| desk.told(conversation, version, at).ok().flatten();
        let answer = self.answer_then(conversation, recorded)?;
        let then = Then::new(&trace.calls, line).answered_by(move |version| {
            answer.as_ref().filter(|(found, _)| *found == version).map(|(_, answer)| answer.clone())
        });
        let then = Arc::new(then);
        let host = &self.shared().rules;
        if !definition.linked.admitted().kinds.contains(&decided.of) {
            return impossible(format!("the plugin is no rule of the kind {}", decided.of));
        }
        let rule = match host.prepare(definition) {
            Ok(rule) => rule,
            Err(refusal) => return impossible(refusal.to_string()),
        };
        let snapshot: Arc<dyn Snapshot> = Arc::<Then>::clone(&then);
        let answer = host.ask(&rule, decided.of, &input, &snapshot);
        Ok(Ok((answer, then.strayed())))
    }

    /// The rule as it was: its component, what it was granted, and the settings that it had.
    fn definition_then(
        &self,
        recorded: &Recorded,
        made: &Made,
    ) -> Result<Result<Definition, String>, DeskError> {
        let asked = &made.asked;
        let (Some(active), Some(version)) = (&made.active, &made.version) else {
            return Ok(Err("it is from before versions of rules were kept".to_owned()));
        };
        let Some(settings) = self.settings_then(recorded.seq, made)? else {
            return Ok(Err("its settings are not known any more".to_owned()));
        };
        let (host, plugins) = (&self.shared().rules, &self.shared().plugins);
        let bytes = match plugins.get(&asked.component) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let linked = host.admit(&bytes).and_then(|admitted| {
            let functions = active.grant.iter().filter_map(|name| name.parse::<Function>().ok());
            let grant = Grant { functions: functions.collect(), ..Grant::all_of(&admitted) };
            host.link(&admitted, &grant.asking(&version.requests).sending(&version.templates))
        });
        Ok(linked.map_err(|refusal| refusal.to_string()).map(|linked| Definition {
            id: asked.rule.clone(),
            set: asked.set.clone(),
            linked,
            settings,
            scope: Scope::default(),
            mode: Mode::Live,
            version: Some(version.digest()),
            until: None,
        }))
    }

    /// A plugin in the place of the rule. It may read what it asks for, because only what was read then is answered.
    fn definition_of(
        &self,
        recorded: &Recorded,
        made: &Made,
        substitute: &Substitute,
    ) -> Result<Result<Definition, String>, DeskError> {
        let settings = match &substitute.settings {
            Some(settings) => Some(settings.clone()),
            None => self.settings_then(recorded.seq, made)?,
        };
        let Some(settings) = settings else {
            return Ok(Err("the settings of the rule are not known any more: name some".to_owned()));
        };
        let places = made.version.as_ref().map(|version| version.requests.as_slice()).unwrap_or_default();
        let (host, component) = (&self.shared().rules, substitute.component);
        let Ok(bytes) = self.shared().plugins.get(&component) else {
            return Ok(Err(format!(
                "the plugin {} was not handed in: `timonel plugin push`",
                component.short()
            )));
        };
        let linked = host
            .admit(&bytes)
            .and_then(|admitted| host.link(&admitted, &Grant::all_of(&admitted).asking(places)));
        Ok(linked.map_err(|refusal| refusal.to_string()).map(|linked| Definition {
            id: made.asked.rule.clone(),
            set: made.asked.set.clone(),
            linked,
            settings,
            scope: Scope::default(),
            mode: Mode::Live,
            version: None,
            until: None,
        }))
    }

    /// The settings with this hash: those of a version, or with what had been moved of them before an event.
    fn settings_then(&self, event: u64, made: &Made) -> Result<Option<String>, DeskError> {
        let (rule, wanted) = (&made.asked.rule, made.asked.settings);
        let mut moves: Vec<Recorded> =
            self.changes(&format!("rule/{rule}"), event).collect::<Result<_, _>>()?;
        moves.reverse();
        let mut book = RuleBook::default();
        for recorded in &moves {
            book.fold(recorded.time, &recorded.actor, &recorded.event);
        }
        let moved = book.moved.get(rule).map(|moved| moved.settings.clone()).unwrap_or_default();
        for (_, version) in self.store().rule_versions(rule)? {
            for settings in [version.settings_with(&moved), version.settings.clone()] {
                if Digest::of(settings.text().as_bytes()) == wanted {
                    return Ok(Some(settings.text().to_owned()));
                }
            }
        }
        Ok(None)
    }

    /// What a service had answered, if that is why the rules were asked: it was written right before, in the same commit.
    fn answer_then(
        &self,
        conversation: ConversationId,
        recorded: &Recorded,
    ) -> Result<Option<(u64, rules::contract::Response)>, DeskError> {
        let Some(before) = self.store().event(recorded.seq.saturating_sub(1))? else { return Ok(None) };
        let (Event::RequestEnded(ended), true) = (&before.event, before.stream == recorded.stream) else {
            return Ok(None);
        };
        let (_, conversation) = self.shared().conversation(conversation)?;
        let answer = ended.body.open(&self.shared().key(conversation.contact)?)?;
        Ok(Some((before.version, requests::response(ended, answer))))
    }

    /// The customer's message that the rules were told of, as it was then.
    fn message_then(
        &self,
        conversation: ConversationId,
        recorded: &Recorded,
        kept: &Json,
    ) -> Result<Option<rules::contract::Message>, DeskError> {
        let kept = &kept.value()["message"];
        if kept.is_null() {
            return Ok(None);
        }
        let before = self.store().answer_behind(conversation, recorded.seq)?.map(|(version, _)| version);
        let lines = self.store().lines(conversation, before, LINES)?;
        for (version, _) in lines.into_iter().rev() {
            let Some(message) = self.told(conversation, version, recorded.time)? else { continue };
            let now = serde_json::to_value(&message).unwrap_or_default();
            // The customer's clock has whole seconds: what was answered can bear the same moment.
            if ["at", "kind", "author"].iter().all(|name| now[name] == kept[name]) {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Whether a routing rule names another place now than the one where the case went then.
    fn is_placed_elsewhere(
        &self,
        recorded: &Recorded,
        made: &Made,
        answer: &Answer,
    ) -> Result<bool, DeskError> {
        let Some(Verdict::Place(now)) = &answer.verdict else { return Ok(false) };
        // What follows a decision of the same conversation was written with it.
        let follows = self.store().events(recorded.seq + 1).take(LINES);
        for next in follows {
            let next = next?;
            if next.stream != recorded.stream || matches!(next.event, Event::RuleDecided(_)) {
                break;
            }
            if let Event::CaseQueued(queued) = &next.event
                && queued.by == Chooser::Rule(made.asked.rule.clone())
            {
                let then = &queued.place;
                return Ok((&then.queue, then.priority) != (&now.queue, now.priority));
            }
        }
        Ok(false)
    }
}

fn told(answer: Answer, strayed: Vec<String>) -> WhatIf {
    let place = match answer.verdict {
        Some(Verdict::Place(place)) => Some(place),
        _ => None,
    };
    WhatIf { outcome: answer.asked.outcome, place, reason: answer.reason, effects: answer.effects, strayed }
}
