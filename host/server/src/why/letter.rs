//! The answer to a customer who asks why: in their language, with the rule, its version and who signed it.
//!
//! Whoever is decided on by a machine may know that, and may ask for a person (Brazil's LGPD, art. 20; Europe's GDPR, art. 22). It
//! says what the rule said and read, and nothing of other customers or of the team.

use desk::{DeskError, Made, Round, SignedBy, Story};
use domain::company::Company;
use domain::event::{Chooser, Event, Recorded};
use domain::law::language::Language;
use domain::stream::Stream;

use super::local;
use super::words::signed_words;
use crate::Server;

/// About the rule that decided in a round; none if none did.
pub(super) fn of(
    decided: &Recorded,
    round: &Round,
    story: &Story,
    server: &Server,
    company: &Company,
) -> Result<Option<String>, DeskError> {
    let decides = |made: &&Made| made.asked.outcome.decides() && made.agrees.is_none();
    let Some(made) = round.made.iter().find(decides) else { return Ok(None) };
    let Stream::Conversation(conversation) = decided.stream else { return Ok(None) };
    let (_, Some(conversation)) = server.desk.store().conversation(conversation)? else { return Ok(None) };
    let (_, contact) = server.desk.store().contact(conversation.contact)?;
    let language = Language::of(&contact.map(|contact| contact.language).unwrap_or_default());
    let say = |es: &'static str, pt: &'static str, en: &'static str| language.pick(es, pt, en);

    let (on, at) = (say("El", "Em", "On"), say("en", "em", "at"));
    let when = local(decided.time, company);
    let zone = company.zone().iana_name().unwrap_or("UTC").to_owned();
    let by_program = say(
        "un programa decidió sobre su mensaje",
        "um programa decidiu sobre sua mensagem",
        "a program decided about your message",
    );
    let came = came_of(decided, story, made, language);
    let rule = say("Lo decidió la regla", "Quem decidiu foi a regra", "It was decided by the rule");
    let plugin = made.version.as_ref().map(|version| version.plugin.clone()).unwrap_or_default();
    let of = made.version.as_ref().map_or_else(|| made.asked.component.short(), |one| one.digest().short());
    let version = say("versión", "versão", "version");
    let signed = signed_words(&made.signed, company, language);
    let mut lines = vec![
        format!("{on} {when} ({zone}), {at} {}, {by_program}: {came}.", company.name()),
        format!("{rule} «{}» ({plugin}, {version} {of}); {signed}.", made.asked.rule),
    ];
    if let SignedBy::People { signed, .. } = &made.signed
        && !signed.is_empty()
    {
        let signed =
            signed.iter().map(|(id, at)| format!("{}, {}", company.raci().name_of(id), local(*at, company)));
        let signed: Vec<String> = signed.collect();
        lines.push(format!("{}: {}.", say("Firmas", "Assinaturas", "Signatures"), signed.join("; ")));
    }
    if let Some(trace) = made.trace.as_ref().filter(|trace| !trace.reason.is_empty()) {
        let gave = say("Motivo que dio la regla", "Motivo dado pela regra", "The reason that the rule gave");
        lines.push(format!("{gave}: «{}».", trace.reason));
    }
    let read_it = say("Para decidir leyó", "Para decidir, leu", "To decide it read");
    lines.push(format!("{read_it}: {}.", read(made, language).join(", ")));
    lines.push(
        say(
            "Si no está de acuerdo, responda en este chat que quiere que lo revise una persona.",
            "Se não concorda, responda neste chat que quer que uma pessoa reveja.",
            "If you do not agree, answer in this chat that you want a person to look at it.",
        )
        .to_owned(),
    );
    Ok(Some(lines.join("\n")))
}

/// What came of a decision.
fn came_of(decided: &Recorded, story: &Story, made: &Made, language: Language) -> String {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    let by = Chooser::Rule(made.asked.rule.clone());
    let follows = story.steps.iter().filter(|step| step.seq > decided.seq);
    let next =
        follows.take_while(|step| !matches!(step.event, Event::RuleDecided(_) | Event::MessageReceived(_)));
    let came = next.filter_map(|step| match &step.event {
        Event::CaseQueued(queued) if queued.by == by => {
            let words =
                say("su caso pasó a la cola", "seu caso foi para a fila", "your case went to the queue");
            Some(format!("{words} «{}»", queued.place.queue))
        }
        Event::ReplyQueued(_) => Some(say(
            "se le respondió en automático",
            "respondeu-se automaticamente",
            "you were answered automatically",
        )),
        Event::CaseClosed(_) => {
            Some(say("su caso se cerró", "seu caso foi encerrado", "your case was closed"))
        }
        _ => None,
    });
    let mut came: Vec<String> = came.collect();
    came.dedup();
    if came.is_empty() { super::words::outcome(&made.asked.outcome, language) } else { came.join("; ") }
}

/// What a rule read, in words.
fn read(made: &Made, language: Language) -> Vec<&'static str> {
    let say = |es: &'static str, pt: &'static str, en: &'static str| language.pick(es, pt, en);
    let mut read = vec![say(
        "su mensaje, la hora y el estado de su caso",
        "sua mensagem, a hora e o estado do seu caso",
        "your message, the time and how your case stood",
    )];
    let words = |call: &String| {
        Some(match call.as_str() {
            "history.recent" => say(
                "los mensajes anteriores de este chat",
                "as mensagens anteriores deste chat",
                "the messages before in this chat",
            ),
            "profile.get" => say(
                "su nombre, idioma y etiquetas",
                "seu nome, idioma e etiquetas",
                "your name, language and tags",
            ),
            "identity.get" => say("su número de teléfono", "seu número de telefone", "your phone number"),
            "team.candidates" => say("quién podía atenderlo", "quem podia atendê-lo", "who could attend you"),
            "memory.get" | "memory.get-of-contact" => {
                say("lo que la regla había anotado", "o que a regra tinha anotado", "what the rule had noted")
            }
            _ => return None,
        })
    };
    read.extend(made.asked.calls.keys().filter_map(words));
    read
}
