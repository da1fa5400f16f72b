//! The record of the audit, read: what an entry says in words, what it changed, and whom it concerns.

use std::collections::BTreeSet;

use crate::event::{Acted, CaseAssigned, Event, Recorded};
use crate::id::{AgentId, ConversationId, OperatorId, PersonId};
use crate::law::consent::Consent;
use crate::law::language::Language;
use crate::raci::action::Action;
use crate::stops::Scope;
use crate::stream::{Actor, Stream};

/// What an entry changes, so that the entry before on the same shows what it was: `sending/account`, `hold/…`. None if it
/// changes nothing that lasts.
pub fn subject(recorded: &Recorded) -> Option<String> {
    let template = |account: &str, name: &crate::platform::TemplateName| {
        format!("template/{account}/{}/{}", name.name, name.language)
    };
    let scope = |scope: &Scope| match scope {
        Scope::Account => "sending".to_owned(),
        Scope::Number(number) => format!("sending/{number}"),
    };
    Some(match (&recorded.event, &recorded.stream) {
        (Event::GenerationActivated(_), _) => "generation".to_owned(),
        (Event::SendingStopped(stopped), _) => scope(&stopped.scope),
        (Event::SendingResumed(resumed), _) => scope(&resumed.scope),
        (Event::TemplateChanged(changed), _) => {
            template(changed.account.as_deref().unwrap_or_default(), &changed.template)
        }
        (Event::TemplateSubmitted(submitted), _) => template(&submitted.account, &submitted.template),
        (
            Event::ContactHeld(_) | Event::ContactReleased(_) | Event::ContactErased(_),
            Stream::Contact(contact),
        ) => {
            format!("hold/{contact}")
        }
        (Event::ConsentChanged(changed), Stream::Contact(contact)) => {
            format!("consent/{contact}/{:?}", changed.category)
        }
        (Event::PresenceSet(_), Stream::Agent(agent)) => format!("presence/{agent}"),
        (Event::CaseAssigned(CaseAssigned { case, .. }), _) => format!("case/{case}"),
        (Event::CaseAccepted(accepted), _) => format!("case/{}", accepted.case),
        (Event::CaseClosed(closed), _) => format!("case/{}", closed.case),
        _ => return None,
    })
}

/// What happened, as one says it of whoever did it. Empty for what is not of record.
pub fn words(event: &Event, language: Language) -> String {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    let with = |words: String, more: &dyn std::fmt::Display| format!("{words}: {more}");
    match event {
        Event::Acted(acted) => acted_words(acted, language),
        Event::CheckpointSigned(signed) => {
            with(say("firmó el registro", "assinou o registro", "signed the record"), &signed.size)
        }
        Event::CheckpointHanded(handed) => {
            let words = say(
                "entregó un punto de control",
                "entregou um ponto de controle",
                "handed a checkpoint out",
            );
            format!("{words} ({}): {}", handed.size, handed.to)
        }
        Event::GenerationActivated(active) => {
            let words = say("puso reglas en vigor", "pôs regras em vigor", "put rules in force");
            let rules: Vec<&str> = active.rules.iter().map(|rule| rule.rule.as_str()).collect();
            format!("{words} ({}): {}", active.generation, rules.join(", "))
        }
        Event::SendingStopped(stopped) => {
            with(say("detuvo los envíos", "parou os envios", "stopped sending"), &stopped.why)
        }
        Event::SendingResumed(_) => say("reanudó los envíos", "retomou os envios", "let messages leave"),
        Event::TemplateChanged(changed) => {
            let change = serde_json::to_value(&changed.change).unwrap_or_default();
            let now = ["status", "now", "quality"].into_iter().find_map(|name| change.get(name)?.as_str());
            let words = say("cambió una plantilla", "alterou um modelo", "changed a template");
            format!("{words}: {} {}", changed.template.name, now.unwrap_or_default()).trim_end().to_owned()
        }
        Event::TemplatesSynced(synced) => {
            let words = say("comparó las plantillas", "comparou os modelos", "compared the templates");
            format!("{words}: +{} -{}", synced.found.len(), synced.gone.len())
        }
        Event::TemplateSubmitted(submitted) => {
            let words = say(
                "pidió un cambio de plantilla",
                "pediu mudança de um modelo",
                "asked for a template to change",
            );
            with(words, &submitted.template.name)
        }
        Event::NumberChanged(changed) => {
            with(say("cambió un número", "alterou um número", "changed a number"), &changed.display)
        }
        Event::AccountChanged(changed) => {
            let words = say(
                "cambió una cuenta de WhatsApp",
                "alterou uma conta do WhatsApp",
                "changed a WhatsApp account",
            );
            with(words, &changed.account.as_deref().unwrap_or("-"))
        }
        Event::ContactErased(erased) => {
            with(say("suprimió a un cliente", "eliminou um cliente", "erased a customer"), &erased.reason)
        }
        Event::ConversationErased(_) => {
            say("suprimió una conversación", "eliminou uma conversa", "erased a conversation")
        }
        Event::ContactHeld(held) => {
            with(say("retuvo a un cliente", "reteve um cliente", "put a customer on hold"), &held.reason)
        }
        Event::ContactReleased(released) => {
            let words = say("liberó a un cliente", "liberou um cliente", "released a customer from hold");
            with(words, &released.reason)
        }
        Event::ContactExported(exported) => {
            let words = say(
                "entregó los datos de un cliente",
                "entregou os dados de um cliente",
                "handed a customer's data out",
            );
            format!("{words} ({})", exported.events)
        }
        Event::ConsentChanged(changed) => match changed.consent {
            Consent::OptIn => say("aceptó mensajes", "aceitou mensagens", "agreed to messages"),
            Consent::OptOut => say("no quiere mensajes", "não quer mensagens", "wants no messages"),
        },
        Event::RuleDecided(decided) => {
            let rules: Vec<&str> = decided.asked.iter().map(|asked| asked.rule.as_str()).collect();
            with(say("decidieron las reglas", "as regras decidiram", "rules decided"), &rules.join(", "))
        }
        Event::CaseAssigned(assigned) => {
            with(say("asignó un caso a", "atribuiu um caso a", "assigned a case to"), &assigned.agent)
        }
        Event::CaseAccepted(accepted) => {
            with(say("aceptó un caso", "aceitou um caso", "took a case up"), &accepted.agent)
        }
        Event::CaseClosed(closed) => {
            with(say("cerró un caso", "fechou um caso", "closed a case"), &closed.code)
        }
        Event::CaseLabelled(_) => say("marcó un caso", "marcou um caso", "marked a case"),
        Event::ReplyQueued(reply) => {
            with(say("escribió a un cliente", "escreveu a um cliente", "wrote to a customer"), &reply.content)
        }
        Event::PresenceSet(set) => {
            let presence = serde_json::to_value(set.presence).unwrap_or_default();
            let words = say("cambió una presencia", "mudou uma presença", "changed a presence");
            with(words, &presence.as_str().unwrap_or_default())
        }
        Event::MediaUploaded(uploaded) => {
            with(say("subió un archivo", "enviou um arquivo", "uploaded a file"), &uploaded.mime_type)
        }
        _ => String::new(),
    }
}

/// It was asked for; what came of it, if anything did, are other entries.
fn acted_words(acted: &Acted, language: Language) -> String {
    let what = Action::of(&acted.action).map_or(acted.action.as_str(), |action| action.words(language));
    match acted.refused {
        None => format!("{} {what}", language.pick("pidió", "pediu para", "asked to")),
        Some(_) => language.pick(
            format!("quiso {what}, y no puede"),
            format!("quis {what}, e não pode"),
            format!("wanted to {what}, and may not"),
        ),
    }
}

/// Why an entry is somebody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// They did it.
    Did,
    /// A case of theirs, or they themselves, were looked at or worked on by somebody else.
    Touched,
    /// A case was given to them.
    Given,
    /// A case of theirs was given to somebody else, or closed by somebody else.
    Taken,
    /// Their presence was changed by somebody else.
    Changed,
}

impl Concern {
    /// What somebody reads of it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Did => language.pick("usted", "você", "you"),
            Self::Touched => {
                language.pick("sobre un caso suyo", "sobre um caso seu", "about a case of yours")
            }
            Self::Given => language.pick("le dieron un caso", "deram-lhe um caso", "you were given a case"),
            Self::Taken => {
                language.pick("le quitaron un caso", "tiraram-lhe um caso", "a case was taken from you")
            }
            Self::Changed => {
                language.pick("cambiaron su presencia", "mudaram sua presença", "your presence was changed")
            }
        }
    }
}

/// The record of one person: entries are taken in their order, from the first, and those that concern them are told.
#[derive(Debug)]
pub struct Mine {
    agent: AgentId,
    account: Option<OperatorId>,
    /// Conversations of which the case is theirs.
    holding: BTreeSet<ConversationId>,
}

impl Mine {
    /// Of a person; as an agent they have the same name.
    pub fn of(person: &PersonId, account: Option<&OperatorId>) -> Self {
        Self { agent: person.as_str().into(), account: account.cloned(), holding: BTreeSet::new() }
    }

    /// Takes the next entry, and says whether it concerns them.
    pub fn take(&mut self, recorded: &Recorded) -> Option<Concern> {
        let held = match recorded.stream {
            Stream::Conversation(conversation) => self.hold(conversation, &recorded.event),
            _ => false,
        };
        let did = match &recorded.actor {
            Actor::Agent(agent) => *agent == self.agent,
            Actor::Operator(account) => self.account.as_ref() == Some(account),
            _ => false,
        };
        let own_stream = matches!(&recorded.stream, Stream::Agent(agent) if *agent == self.agent);
        match &recorded.event {
            _ if did => Some(Concern::Did),
            Event::Acted(acted) if acted.about.agent.as_ref() == Some(&self.agent) => Some(Concern::Touched),
            Event::CaseAssigned(assigned) if assigned.agent == self.agent => Some(Concern::Given),
            Event::CaseAssigned(_) | Event::CaseAccepted(_) | Event::CaseClosed(_) if held => {
                Some(Concern::Taken)
            }
            Event::CaseLabelled(_) | Event::ReplyQueued(_) | Event::MediaUploaded(_) if held => {
                Some(Concern::Touched)
            }
            _ if own_stream => Some(Concern::Changed),
            _ => None,
        }
    }

    /// Whether the case was theirs before, and whose it is now.
    fn hold(&mut self, conversation: ConversationId, event: &Event) -> bool {
        let held = self.holding.contains(&conversation);
        match event {
            Event::CaseAssigned(CaseAssigned { agent, .. }) if *agent == self.agent => {
                self.holding.insert(conversation);
            }
            Event::CaseAccepted(accepted) if accepted.agent == self.agent => {
                self.holding.insert(conversation);
            }
            Event::CaseAssigned(_)
            | Event::CaseAccepted(_)
            | Event::CaseClosed(_)
            | Event::ConversationErased(_) => {
                self.holding.remove(&conversation);
            }
            _ => {}
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;
    use crate::event::{About, CaseClosed, Device, PresenceSet};
    use crate::id::CaseId;

    const HERE: ConversationId = ConversationId::from_bytes([1; 16]);
    const CASE: CaseId = CaseId::from_bytes([2; 16]);

    fn recorded(stream: Stream, actor: &str, event: impl Into<Event>) -> Recorded {
        let actor = actor.parse().unwrap();
        Recorded { seq: 1, time: Time::UNIX_EPOCH, stream, version: 1, actor, event: event.into() }
    }

    fn assigned(to: &str) -> CaseAssigned {
        CaseAssigned { case: CASE, agent: to.into(), queue: "ventas".into() }
    }

    fn opened(about: About) -> Acted {
        Acted {
            action: Action::ReadMedium.word(),
            person: Some("ricardo".into()),
            account: "ricardo".into(),
            right: None,
            refused: None,
            device: Device::Socket { process: None },
            about,
            reason: None,
        }
    }

    #[test]
    fn somebody_s_record_is_what_they_did_and_what_others_did_to_them_and_to_their_cases() {
        let mut marta = Mine::of(&"marta".into(), Some(&"mlopez".into()));
        let mut told =
            |stream: Stream, actor: &str, event: Event| marta.take(&recorded(stream, actor, event));
        let here = || Stream::Conversation(HERE);
        let close = || CaseClosed { case: CASE, code: "resolved".to_owned() };
        assert_eq!(told(here(), "agent/marta", close().into()), Some(Concern::Did));
        assert_eq!(
            told(Stream::Audit, "operator/mlopez", opened(About::default()).into()),
            Some(Concern::Did)
        );
        assert_eq!(told(here(), "agent/leo", close().into()), None, "it is not hers");
        assert_eq!(told(here(), "host", assigned("marta").into()), Some(Concern::Given));
        let about = About { agent: Some("marta".into()), ..About::default() };
        assert_eq!(told(Stream::Audit, "operator/ricardo", opened(about).into()), Some(Concern::Touched));
        assert_eq!(told(Stream::Audit, "operator/ricardo", opened(About::default()).into()), None);
        assert_eq!(told(here(), "agent/leo", assigned("leo").into()), Some(Concern::Taken));
        assert_eq!(told(here(), "agent/leo", close().into()), None, "it is hers no more");
        let presence = || PresenceSet { presence: crate::agent::Presence::Break };
        assert_eq!(
            told(Stream::Agent("marta".into()), "operator/ricardo", presence().into()),
            Some(Concern::Changed)
        );
        assert_eq!(told(Stream::Agent("leo".into()), "operator/ricardo", presence().into()), None);
    }

    #[test]
    fn every_action_has_a_word_by_which_it_is_found_again_and_words_in_three_languages() {
        for action in Action::ALL {
            assert_eq!(Action::of(&action.word()), Some(*action));
            let words = [Language::Es, Language::Pt, Language::En].map(|language| action.words(language));
            assert!(words.iter().all(|words| !words.is_empty()) && words[0] != words[2], "{action:?}");
        }
        assert_eq!(Action::of("shout"), None);
    }

    #[test]
    fn what_is_asked_for_is_not_told_as_done_and_a_refusal_is_told_as_one() {
        let asked = words(&opened(About::default()).into(), Language::En);
        assert_eq!(asked, "asked to open a customer's file");
        let refused = Acted { refused: Some(crate::event::Denied::Letters), ..opened(About::default()) };
        assert_eq!(words(&refused.into(), Language::Es), "quiso abrir un archivo de un cliente, y no puede");
    }
}
