//! What happened, in the words of those who read it.

use desk::{Again, SignedBy};
use domain::company::Company;
use domain::decision::{Fault, Outcome};
use domain::event::{Chooser, Event, Moved, Recorded};
use domain::id::AgentId;
use domain::law::language::Language;
use domain::stream::Actor;
use domain::typification;
use serde_json::{Value, json};

use super::local;

/// One step.
pub(super) fn step(event: &Event, company: &Company, language: Language) -> String {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    let agent = |id: &AgentId| company.agent_name(id);
    match event {
        Event::MessageReceived(_) => say("el cliente escribió", "o cliente escreveu", "the customer wrote"),
        Event::CaseOpened(_) => say("se abrió un caso", "abriu-se um caso", "a case was opened"),
        Event::RuleDecided(_) => {
            say("se preguntó a las reglas", "as regras foram consultadas", "rules were asked")
        }
        Event::CaseQueued(queued) => {
            let by = match &queued.by {
                Chooser::Rule(rule) => {
                    format!("{} «{rule}»", say("por la regla", "pela regra", "by the rule"))
                }
                Chooser::Default => say(
                    "porque ninguna regla dijo otra cosa",
                    "porque nenhuma regra disse outra coisa",
                    "because no rule said anything else",
                ),
                Chooser::Moved => {
                    say("porque una persona lo quiso", "porque uma pessoa quis", "because a person wanted it")
                }
                Chooser::Left(who) => {
                    format!("{} {}", say("porque se fue", "porque saiu", "because of who left:"), agent(who))
                }
            };
            let mut more = Vec::new();
            if !queued.place.skills.is_empty() {
                more.push(queued.place.skills.join(", "));
            }
            if queued.place.priority > 0 {
                more.push(format!(
                    "{} {}",
                    say("prioridad", "prioridade", "priority"),
                    queued.place.priority
                ));
            }
            if let Some(prefer) = &queued.place.prefer {
                more.push(format!("{} {}", say("primero", "primeiro", "first"), agent(&prefer.agent)));
            }
            let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join("; ")) };
            format!("{} {}{more}, {by}", say("espera en", "espera em", "waits in"), queued.place.queue)
        }
        Event::PreferenceEnded(_) => say(
            "ya puede tomarlo cualquiera de la cola",
            "qualquer um da fila já pode pegá-lo",
            "anybody of the queue may have it now",
        ),
        Event::CaseAssigned(assigned) => {
            let words = say(
                "se asignó a quien tenía el turno y las habilidades",
                "foi atribuído a quem tinha a vez e as habilidades",
                "was assigned to whose turn it was, with the skills that it takes",
            );
            format!("{words}: {} ({})", agent(&assigned.agent), assigned.queue)
        }
        Event::CaseMoved(moved) => {
            let words = match moved.how {
                Moved::Returned => say("lo devolvió", "devolveu", "was given back by"),
                Moved::HandedOver => say(
                    "lo cedió a quien aceptó",
                    "cedeu a quem aceitou",
                    "was handed over to who accepted by",
                ),
                Moved::Reassigned => say(
                    "lo movió quien supervisa; lo tenía",
                    "foi movido por quem supervisiona; estava com",
                    "was moved by who steers; it was of",
                ),
                Moved::ShiftEnded => say("terminó su turno", "terminou o turno", "ended the shift:"),
                Moved::Rescued => {
                    say("no respondió a tiempo", "não respondeu a tempo", "did not answer in time:")
                }
                Moved::Escalated => say(
                    "espera en otra cola por su plazo; lo tenía",
                    "espera em outra fila por causa do prazo; estava com",
                    "waits in another queue because of its time; it was of",
                ),
            };
            let from = moved.from.as_ref().map(agent).unwrap_or_default();
            format!("{words} {from}").trim_end().to_owned()
        }
        Event::CaseOffered(offered) => {
            let words =
                say("se pidió que lo tomara", "pediu-se que o assumisse", "was asked to take it over:");
            format!("{words} {}", agent(&offered.to))
        }
        Event::CaseOfferEnded(ended) => {
            let words = say(
                "sigue donde estaba: no lo tomó",
                "segue onde estava: não o assumiu",
                "stays where it is: not taken over by",
            );
            format!("{words} {}", agent(&ended.to))
        }
        Event::CaseAccepted(accepted) => {
            format!("{} {}", say("lo aceptó", "foi aceito por", "accepted by"), agent(&accepted.agent))
        }
        Event::CaseClosed(closed) => {
            let words = say("el caso se cerró", "o caso foi encerrado", "the case was closed");
            format!("{words}: {}", typification::words(&closed.code, language))
        }
        Event::CaseEscalated(escalated) => {
            let words = say(
                "pasó de lo prometido en la cola",
                "passou do prometido na fila",
                "of what was promised is over in the queue",
            );
            format!("{} % {words} {}", escalated.at, escalated.queue)
        }
        Event::CaseRated(rated) => {
            let words =
                say("el cliente dijo cómo fue", "o cliente disse como foi", "the customer said how it was");
            format!("{words}: {} / 5", rated.score)
        }
        Event::ReplyQueued(_) => say("se respondió", "respondeu-se", "an answer was written"),
        Event::RequestMade(made) => {
            let words = say(
                "se consultará a otro sistema",
                "outro sistema será consultado",
                "another system will be asked",
            );
            format!("{words}: {} {}", made.method.word(), made.to)
        }
        Event::RequestEnded(ended) => {
            let words = say("otro sistema respondió", "outro sistema respondeu", "another system answered");
            format!("{words}: {} → {}", ended.to, ended.ended)
        }
        Event::TimerFired(_) => say("llegó la hora de algo", "chegou a hora de algo", "a timer was due"),
        _ => String::new(),
    }
}

/// How a rule ended.
pub(crate) fn outcome(outcome: &Outcome, language: Language) -> String {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    match outcome {
        Outcome::Abstained => say("no era suyo", "não era com ela", "not its business"),
        Outcome::Answered => say("lo atendió", "atendeu", "dealt with it"),
        Outcome::AnsweredAndRoute => say(
            "lo atendió y pidió una persona",
            "atendeu e pediu uma pessoa",
            "dealt with it and asked for a person",
        ),
        Outcome::HandedOver => say("pidió una persona", "pediu uma pessoa", "asked for a person"),
        Outcome::Placed => say("dijo adónde va", "disse aonde vai", "said where it goes"),
        Outcome::GuestFault { fault } => {
            format!("{}: {}", say("falló", "falhou", "failed"), faulted(*fault, language))
        }
        Outcome::Denied { function } => {
            let words = say(
                "quiso lo que no se le concedió",
                "quis o que não lhe foi concedido",
                "wanted what it had not been granted",
            );
            format!("{words}: {function}")
        }
        Outcome::HostFault => say(
            "falló Timonel, no la regla",
            "falhou o Timonel, não a regra",
            "the host failed, not the rule",
        ),
    }
}

/// How a guest failed, for those who do not write any.
fn faulted(fault: Fault, language: Language) -> &'static str {
    let [es, pt, en] = match fault {
        Fault::Trap => ["se detuvo a mitad", "parou no meio", "it stopped halfway"],
        Fault::OutOfFuel => ["calculó demasiado", "calculou demais", "it computed too much"],
        Fault::OutOfMemory => ["quiso demasiada memoria", "quis memória demais", "it wanted too much memory"],
        Fault::StackOverflow => {
            ["se llamó a sí misma sin fin", "chamou a si mesma sem fim", "it called itself without end"]
        }
        Fault::TooMuchOutput => ["respondió demasiado", "respondeu demais", "it answered too much"],
        Fault::TooManyCalls => ["preguntó demasiado", "perguntou demais", "it asked too much"],
        Fault::Error => ["lo dijo ella misma", "ela mesma disse", "it said so itself"],
        Fault::Nonsense => {
            ["pidió lo que no existe", "pediu o que não existe", "it wanted what there is not"]
        }
    };
    language.pick(es, pt, en)
}

/// What came of making it again.
pub(super) fn again(again: &Again, language: Language) -> String {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    match again {
        Again::Same => say("otra vez: lo mismo", "de novo: o mesmo", "again: the same"),
        Again::Different { parts, .. } => {
            let words = say(
                "OTRA VEZ: DISTINTO. Algo no es como era: el motor, el diario o esta máquina",
                "DE NOVO: DIFERENTE. Algo não é como era: o motor, o diário ou esta máquina",
                "AGAIN: DIFFERENT. Something is not what it was: the engine, the journal or this machine",
            );
            format!("{words} ({})", parts.join(", "))
        }
        Again::Erased => say(
            "otra vez: lo que leyó fue suprimido",
            "de novo: o que leu foi apagado",
            "again: what it read was erased",
        ),
        Again::Impossible { because } => {
            format!(
                "{}: {because}",
                say("no se puede repetir", "não se pode repetir", "cannot be made again")
            )
        }
    }
}

/// Who signed a rule, for programs.
pub(super) fn signed(by: &SignedBy) -> Value {
    match by {
        SignedBy::People { proposal, author, signed, forced } => {
            json!({ "proposal": proposal, "author": author, "signed": signed, "forced": forced })
        }
        SignedBy::Files => Value::Null,
    }
}

/// Who signed a rule.
pub(super) fn signed_words(by: &SignedBy, company: &Company, language: Language) -> String {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    match by {
        SignedBy::Files => say(
            "está en los archivos de la empresa",
            "está nos arquivos da empresa",
            "it stands in the company's files",
        ),
        SignedBy::People { author, signed, forced, .. } => {
            let signers: Vec<String> = signed.keys().map(|id| company.raci().name_of(id)).collect();
            let proposed = say("propuesta por", "proposta por", "proposed by");
            let mut words = format!("{proposed} {}", company.raci().name_of(author));
            if !signers.is_empty() {
                let by = say("firmada por", "assinada por", "signed by");
                words += &format!("; {by} {}", signers.join(", "));
            }
            if let Some(forced) = forced {
                let by = say("FORZADA por", "FORÇADA por", "FORCED by");
                words += &format!("; {by} {}", company.raci().name_of(forced));
            }
            words
        }
    }
}

/// Who moved a rule last, for programs.
pub(super) fn moved(moved: &Recorded) -> Value {
    let (what, why) = match &moved.event {
        Event::RuleMoved(moved) => (json!({ "mode": moved.mode, "settings": moved.settings }), &moved.why),
        Event::RuleReturned(returned) => (json!({ "to": returned.to }), &returned.why),
        Event::RuleSetMoved(set) => (json!({ "set": set.set, "on": set.on }), &set.why),
        _ => return Value::Null,
    };
    json!({ "event": moved.seq, "at": moved.time, "by": moved.actor, "what": what, "why": why })
}

/// Who moved a rule last.
pub(super) fn moved_words(moved: &Recorded, company: &Company, language: Language) -> String {
    let by = match &moved.actor {
        Actor::Person(id) => company.raci().name_of(id),
        other => other.to_string(),
    };
    let (what, why) = match &moved.event {
        Event::RuleMoved(moved) => {
            let mode = moved.mode.map(|mode| format!("→ {}", mode.words(language)));
            let settings = moved.settings.iter().map(|(pointer, value)| format!("{pointer} = {value}"));
            (mode.into_iter().chain(settings).collect::<Vec<_>>().join(", "), &moved.why)
        }
        Event::RuleReturned(returned) => {
            let words =
                language.pick("volvió a lo firmado", "voltou ao assinado", "returned to what was signed");
            (words.to_owned(), &returned.why)
        }
        Event::RuleSetMoved(set) => {
            let on = match set.on {
                true => language.pick("encendido", "ligado", "on"),
                false => language.pick("apagado", "desligado", "off"),
            };
            (format!("{} {on}", set.set), &set.why)
        }
        _ => return String::new(),
    };
    format!("{by}, {}: {what}. {why}", local(moved.time, company))
}
