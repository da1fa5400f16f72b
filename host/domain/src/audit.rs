//! The record of the audit, read: what an entry says in words, what it changed, and whom it concerns (`mine`).

mod mine;

use crate::event::{
    Acted, CaseAssigned, Event, Moved, QuickReplyDropped, QuickReplyKept, Recorded, RuleAgreed, RuleMoved,
    RuleReturned, RuleVersioned, RuleWithdrawn, WhyRefused,
};
use crate::law::consent::Consent;
use crate::law::language::Language;
use crate::measure::alert::{self, AlertEnded, AlertRaised};
use crate::raci::action::Action;
use crate::stops::Scope;
use crate::stream::Stream;
use crate::typification;

pub use mine::{Concern, Mine};

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
        (Event::CompanyAdopted(_), _) => "company".to_owned(),
        (Event::RuleVersioned(RuleVersioned { rule, .. }), _)
        | (Event::RuleAgreed(RuleAgreed { rule, .. }), _)
        | (Event::RuleWithdrawn(RuleWithdrawn { rule, .. }), _)
        | (Event::RuleMoved(RuleMoved { rule, .. }), _)
        | (Event::RuleReturned(RuleReturned { rule, .. }), _) => format!("rule/{rule}"),
        (Event::RuleBacktested(tried), _) => format!("backtest/{}", tried.version),
        (Event::RuleSetMoved(moved), _) => format!("rule-set/{}", moved.set),
        (
            Event::QuickReplyKept(QuickReplyKept { name, .. })
            | Event::QuickReplyDropped(QuickReplyDropped { name }),
            _,
        ) => format!("quick-reply/{name}"),
        (Event::AlertRaised(AlertRaised { which, .. }) | Event::AlertEnded(AlertEnded { which, .. }), _) => {
            format!("alert/{which}")
        }
        (_, stream @ (Stream::Proposal(_) | Stream::Person(_) | Stream::Campaign(_) | Stream::Sends(_))) => {
            stream.to_string()
        }
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
        (Event::CaseMoved(moved), _) => format!("case/{}", moved.case),
        (_, stream @ Stream::Move(_)) => stream.to_string(),
        _ => return None,
    })
}

/// What happened, as one says it of whoever did it; `name` is what colleagues call somebody. Empty for what is not of record.
pub fn words(event: &Event, language: Language, name: &dyn Fn(&str) -> String) -> String {
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
        Event::RuleVersioned(versioned) => {
            let words =
                say("nueva versión de una regla", "nova versão de uma regra", "a version of a rule is new");
            with(words, &versioned.rule)
        }
        Event::RuleAgreed(agreed) => {
            with(say("se acordó una regla", "acordou-se uma regra", "a rule was agreed on"), &agreed.rule)
        }
        Event::RuleWithdrawn(withdrawn) => {
            with(say("se retiró una regla", "retirou-se uma regra", "a rule was withdrawn"), &withdrawn.rule)
        }
        Event::RuleMoved(moved) => {
            let words = say("movió una regla", "moveu uma regra", "moved a rule");
            let mode = moved.mode.map(|mode| format!(" ({})", mode.words(language))).unwrap_or_default();
            format!("{words}: {}{mode}: {}", moved.rule, moved.why)
        }
        Event::RuleBacktested(tried) => with(
            say(
                "probó una regla con lo pasado",
                "testou uma regra com o passado",
                "tried a rule on the past",
            ),
            &tried.rule,
        ),
        Event::RuleReturned(returned) => {
            let words = match returned.to {
                None => say(
                    "devolvió una regla a lo firmado",
                    "devolveu uma regra ao assinado",
                    "returned a rule to what was signed",
                ),
                Some(_) => say(
                    "devolvió una regla a una versión anterior",
                    "devolveu uma regra a uma versão anterior",
                    "returned a rule to an earlier version",
                ),
            };
            format!("{words}: {}: {}", returned.rule, returned.why)
        }
        Event::RuleSetMoved(moved) => {
            let words = match moved.on {
                true => say(
                    "encendió un conjunto de reglas",
                    "ligou um conjunto de regras",
                    "switched a rule set on",
                ),
                false => say(
                    "apagó un conjunto de reglas",
                    "desligou um conjunto de regras",
                    "switched a rule set off",
                ),
            };
            format!("{words}: {}: {}", moved.set, moved.why)
        }
        Event::PluginUploaded(plugin) => {
            let words = say("subió un componente", "enviou um componente", "uploaded a component");
            format!("{words}: {} {} ({})", plugin.name, plugin.version, plugin.component.short())
        }
        Event::QuickReplyKept(kept) => {
            let words =
                say("guardó una respuesta rápida", "guardou uma resposta rápida", "kept a quick reply");
            with(words, &kept.name)
        }
        Event::QuickReplyDropped(dropped) => {
            let words =
                say("quitó una respuesta rápida", "removeu uma resposta rápida", "dropped a quick reply");
            with(words, &dropped.name)
        }
        Event::AuthorRegistered(author) => {
            let words = say(
                "registró la clave de un autor",
                "registrou a chave de um autor",
                "registered an author's key",
            );
            format!("{words}: {} ({})", author.key.id(), author.who)
        }
        Event::AuthorRevoked(revoked) => {
            let words =
                say("revocó la clave de un autor", "revogou a chave de um autor", "revoked an author's key");
            format!("{words}: {}: {}", revoked.key, revoked.why)
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
        Event::CaseAssigned(assigned) => with(
            say("asignó un caso a", "atribuiu um caso a", "assigned a case to"),
            &name(assigned.agent.as_str()),
        ),
        Event::CaseAccepted(accepted) => {
            with(say("aceptó un caso", "aceitou um caso", "took a case up"), &name(accepted.agent.as_str()))
        }
        Event::CaseClosed(closed) => with(
            say("cerró un caso", "fechou um caso", "closed a case"),
            &typification::words(&closed.code, language),
        ),
        Event::RatingAsked(_) => say(
            "preguntó al cliente cómo le fue",
            "perguntou ao cliente como foi",
            "asked the customer how it was",
        )
        .to_owned(),
        Event::CaseRated(rated) => with(
            say("el cliente calificó un caso", "o cliente avaliou um caso", "the customer rated a case"),
            &rated.score,
        ),
        Event::CaseEscalated(escalated) => {
            let words = say(
                "el plazo de un caso llegó al",
                "o prazo de um caso chegou a",
                "of the time that a case had, it is over",
            );
            format!("{words} {} % ({})", escalated.at, escalated.queue)
        }
        Event::CaseMoved(moved) => {
            #[rustfmt::skip] // A table is read in rows.
            let [es, pt, en] = match moved.how {
                Moved::Returned   => ["devolvió un caso", "devolveu um caso", "gave a case back"],
                Moved::HandedOver => ["tomó un caso que le cedieron", "assumiu um caso que lhe cederam", "took a case over from a colleague"],
                Moved::Reassigned => ["reasignó un caso", "reatribuiu um caso", "reassigned a case"],
                Moved::ShiftEnded => ["dejó un caso al terminar el turno", "deixou um caso ao encerrar o turno", "left a case at the end of the shift"],
                Moved::Rescued    => ["devolvió a su cola un caso sin respuesta", "devolveu à fila um caso sem resposta", "gave a case without an answer back to its queue"],
                Moved::Escalated  => ["pasó un caso a otra cola por su plazo", "passou um caso a outra fila pelo prazo", "had a case go to another queue as its time ran out"],
            };
            let words = say(es, pt, en);
            match &moved.from {
                Some(from) => {
                    let had = say("lo tenía", "estava com", "held by");
                    format!("{words} ({had} {from})")
                }
                None => words,
            }
        }
        Event::CaseOffered(offered) => {
            let words =
                say("ofreció un caso a", "ofereceu um caso a", "asked a colleague to take a case over:");
            with(words, &offered.to)
        }
        Event::CaseOfferEnded(ended) if ended.declined => {
            say("no tomó un caso ofrecido", "não aceitou um caso oferecido", "declined a case")
        }
        Event::CaseOfferEnded(_) => say(
            "dejó de ofrecer un caso",
            "deixou de oferecer um caso",
            "asked for a case to be taken over no more",
        ),
        Event::MoveAsked(asked) => {
            let words = say("quiso mover casos", "quis mover casos", "wanted to move cases");
            format!("{words} ({}): {}: {}", asked.cases.len(), asked.to, asked.reason)
        }
        Event::MoveProposed(_) => say(
            "pidió acuerdo para mover casos",
            "pediu acordo para mover casos",
            "asked others to agree to a move",
        ),
        Event::MoveBegun(begun) => {
            with(say("empezó a mover casos", "começou a mover casos", "began to move cases"), &begun.cases)
        }
        Event::ShiftEnded(_) => say("terminó su turno", "terminou o turno", "ended the shift"),
        Event::CaseLabelled(labelled) if !labelled.mentions.is_empty() => {
            let whom: Vec<String> = labelled.mentions.iter().map(|id| name(id.as_str())).collect();
            let words = say(
                "preguntó en una nota sobre un caso a",
                "perguntou numa nota sobre um caso a",
                "asked in a note on a case:",
            );
            with(words, &whom.join(", "))
        }
        Event::HelpAsked(asked) => {
            let words =
                say("pidió ayuda con un caso", "pediu ajuda com um caso", "asked for help with a case");
            with(words, &asked.queue)
        }
        Event::HelpEnded(ended) if ended.given => {
            say("ayudó con un caso", "ajudou com um caso", "helped with a case")
        }
        Event::HelpEnded(_) => {
            say("ya no necesita ayuda", "não precisa mais de ajuda", "needs no help any more")
        }
        Event::CaseLabelled(_) => say("marcó un caso", "marcou um caso", "marked a case"),
        Event::ReplyQueued(reply) => {
            let words = say("escribió a un cliente", "escreveu a um cliente", "wrote to a customer");
            with(words, &kind_words(&reply.content, language))
        }
        Event::PresenceSet(set) => {
            let words = say("cambió una presencia", "mudou uma presença", "changed a presence");
            with(words, &set.presence.words(language))
        }
        Event::FiguresDefined(defined) => {
            let words = say("definió qué mide", "definiu o que mede", "defined what it measures");
            with(words, &defined.rule)
        }
        Event::DaySealed(sealed) => {
            let words =
                say("selló las cifras de un día", "selou os números de um dia", "sealed a day's figures");
            with(words, &sealed.day)
        }
        Event::AlertRaised(raised) => {
            let words = say("dio una alerta", "deu um alerta", "raised an alert");
            format!("{words}: {}: {}", raised.which, alert::words(&raised.words, language))
        }
        Event::AlertEnded(ended) => {
            with(say("terminó una alerta", "terminou um alerta", "an alert ended"), &ended.which)
        }
        Event::MediaUploaded(uploaded) => {
            with(say("subió un archivo", "enviou um arquivo", "uploaded a file"), &uploaded.mime_type)
        }
        event => governing(event, language),
    }
}

/// The same of what people agree on, and of who may come in.
fn governing(event: &Event, language: Language) -> String {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    let with = |words: String, more: &dyn std::fmt::Display| format!("{words}: {more}");
    match event {
        Event::CompanyAdopted(_) => say(
            "puso en vigor lo acordado",
            "pôs em vigor o que foi acordado",
            "put in force what was agreed on",
        ),
        Event::ProposalMade(made) => with(say("propuso", "propôs", "proposed"), &made.title),
        Event::ProposalEdited(edited) => {
            with(say("cambió la propuesta", "mudou a proposta", "changed the proposal"), &edited.title)
        }
        Event::ProposalHeard(heard) if heard.opinion.agrees => {
            with(say("está a favor", "está a favor", "is for it"), &heard.opinion.words)
        }
        Event::ProposalHeard(heard) => {
            with(say("está en contra", "está contra", "is against it"), &heard.opinion.words)
        }
        Event::ProposalJudged(judged) => {
            let rules: Vec<&str> = judged.judgements.iter().map(|one| one.rule.as_str()).collect();
            let words = say("la juzgaron las reglas", "as regras a julgaram", "rules judged it");
            with(words, &rules.join(", "))
        }
        Event::ProposalSigned(signed) => with(say("firmó", "assinou", "signed"), &signed.of.short()),
        Event::ProposalRejected(rejected) => with(say("rechazó", "rejeitou", "rejected"), &rejected.why),
        Event::ProposalWithdrawn(_) => {
            say("retiró su propuesta", "retirou sua proposta", "took the proposal back")
        }
        Event::ProposalExpired(_) => {
            say("dejó vencer la propuesta", "deixou vencer a proposta", "let it expire")
        }
        Event::ProposalApproved(approved) => {
            with(say("dio por aprobado", "deu por aprovado", "found it approved"), &approved.of.short())
        }
        Event::ProposalForced(forced) => with(
            say("LO FORZÓ SIN APROBACIÓN", "FORÇOU SEM APROVAÇÃO", "FORCED IT WITHOUT APPROVAL"),
            &forced.why,
        ),
        Event::ProposalMarked(marked) => with(
            say(
                "hay que ratificarlo: quien lo firmó se fue",
                "é preciso ratificar: quem assinou saiu",
                "is to be ratified: who signed it left",
            ),
            &marked.left,
        ),
        Event::ProposalRatified(ratified) => with(say("ratificó", "ratificou", "ratified"), &ratified.words),
        Event::ProposalSuperseded(_) => say(
            "ya no hay que ratificarlo: rige otra cosa",
            "já não é preciso ratificar: vale outra coisa",
            "is not to be ratified any more: something else is in its place",
        ),
        Event::ProposalReviewed(reviewed) => {
            with(say("revisó lo forzado", "revisou o forçado", "looked at what was forced"), &reviewed.found)
        }
        Event::ProposalBegun(_) => say("empezó a ejecutarlo", "começou a executar", "began to carry it out"),
        Event::ProposalDone(_) => say("lo ejecutó", "executou", "carried it out"),
        Event::ProposalFailed(failed) => with(say("no pudo", "não pôde", "could not"), &failed.why),
        Event::NoticesRead(read) => {
            with(say("leyó sus avisos", "leu seus avisos", "read their notices"), &read.notices.len())
        }
        Event::CampaignDrafted(drafted) => {
            with(say("redactó la campaña", "redigiu a campanha", "drafted the campaign"), &drafted.plan.name)
        }
        Event::CampaignListed(listed) => {
            let words = say(
                "fijó la lista de una campaña",
                "fixou a lista de uma campanha",
                "fixed a campaign's list",
            );
            with(words, &listed.contacts.len())
        }
        Event::CampaignProposed(_) => say(
            "pidió aprobar la campaña",
            "pediu aprovar a campanha",
            "asked for the campaign to be approved",
        ),
        Event::CampaignBegun(begun) => {
            with(say("empezó la campaña", "começou a campanha", "began the campaign"), &begun.contacts)
        }
        Event::CampaignStopped(stopped) => {
            with(say("detuvo la campaña", "parou a campanha", "stopped the campaign"), &stopped.reason)
        }
        Event::TemplateHeld(held) => {
            let words = say("retuvo un envío masivo", "reteve um envio em massa", "held a mass send");
            with(words, &held.template.name)
        }
        Event::TemplateReleased(released) if released.dropped.is_none() => with(
            say("soltó lo retenido", "soltou o retido", "let go what was held"),
            &released.messages.len(),
        ),
        Event::TemplateReleased(released) => with(
            say("descartó lo retenido", "descartou o retido", "dropped what was held"),
            &released.messages.len(),
        ),
        Event::PersonInvited(_) => say("invitó", "convidou", "invited"),
        Event::PasswordSet(_) => say("cambió la contraseña", "mudou a senha", "changed the password"),
        Event::SecondFactorSet(_) => {
            say("puso el segundo factor", "pôs o segundo fator", "set the second factor")
        }
        Event::RecoveryCodesSet(_) => {
            say("hizo códigos de recuperación", "fez códigos de recuperação", "made recovery codes")
        }
        Event::RecoveryCodeUsed(_) => {
            say("usó un código de recuperación", "usou um código de recuperação", "used a recovery code")
        }
        Event::SessionOpened(opened) => with(say("inició sesión", "entrou", "signed in"), &opened.device),
        Event::SessionEnded(_) => say("cerró una sesión", "saiu", "ended a session"),
        Event::SessionsOverlapped(_) => say(
            "está en dos lugares a la vez",
            "está em dois lugares ao mesmo tempo",
            "is in two places at once",
        ),
        Event::TokenIssued(issued) => {
            with(say("emitió un token", "emitiu um token", "issued a token"), &issued.name)
        }
        Event::TokenRevoked(_) => say("revocó un token", "revogou um token", "revoked a token"),
        Event::SignedOutEverywhere(_) => {
            say("cerró todas las sesiones", "fechou todas as sessões", "ended all sessions")
        }
        Event::IdentityBound(_) => say(
            "entró por primera vez con el proveedor de identidad",
            "entrou pela primeira vez com o provedor de identidade",
            "signed in with the identity provider for the first time",
        ),
        Event::IdentityForgotten(_) => say(
            "desligó su cuenta del proveedor de identidad",
            "desvinculou sua conta do provedor de identidade",
            "unbound their account at the identity provider",
        ),
        Event::IdentityRefused(refused) => {
            let refused_as = say(
                "el proveedor de identidad lo dijo y no se dejó entrar",
                "o provedor de identidade disse e não se deixou entrar",
                "was not let in although the identity provider said so",
            );
            match &refused.why {
                WhyRefused::AnotherAccount => {
                    with(refused_as, &say("es otra cuenta", "é outra conta", "it is another account"))
                }
                WhyRefused::NotConfirmed(role) => with(refused_as, role),
            }
        }
        Event::WordLent(lent) => {
            with(say("delegó su palabra en", "delegou sua palavra a", "lent their word to"), &lent.to)
        }
        Event::WordReturned(_) => {
            say("terminó una delegación", "terminou uma delegação", "ended a delegation")
        }
        Event::PersonLeft(_) => say("dio de baja", "deu baixa", "let go"),
        Event::PersonReturned(_) => say("readmitió", "readmitiu", "took back"),
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

/// What a kind of message is called; one that people have no word for by its own.
fn kind_words(kind: &str, language: Language) -> &str {
    #[rustfmt::skip] // A table is read in rows.
    let [es, pt, en] = match kind {
        "text"     => ["texto", "texto", "text"],
        "buttons"  => ["texto con botones", "texto com botões", "text with buttons"],
        "menu"     => ["lista para escoger", "lista para escolher", "a list to choose from"],
        "image"    => ["imagen", "imagem", "picture"],
        "audio"    => ["audio", "áudio", "sound"],
        "video"    => ["video", "vídeo", "film"],
        "document" => ["documento", "documento", "document"],
        "sticker"  => ["sticker", "figurinha", "sticker"],
        "location" => ["lugar", "lugar", "place"],
        "contacts" => ["contacto", "contato", "contact"],
        "reaction" => ["reacción", "reação", "reaction"],
        "template" => ["plantilla", "modelo", "template"],
        _          => return kind,
    };
    language.pick(es, pt, en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{About, Denied, Device};

    fn opened(about: About) -> Acted {
        Acted {
            action: Action::ReadMedium.word(),
            person: Some("ricardo".into()),
            account: Some("ricardo".into()),
            right: None,
            refused: None,
            device: Device::Socket { process: None },
            about,
            reason: None,
        }
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
    fn only_looking_at_the_state_and_at_one_s_own_leaves_no_trace() {
        let untraced = Action::ALL.iter().filter(|action| !action.is_audited()).map(|action| action.word());
        assert_eq!(
            untraced.collect::<Vec<_>>(),
            [
                "receive-webhooks",
                "read-health",
                "try-the-demo",
                "sign-in",
                "read-api",
                "read-matrix",
                "inspect-plugin",
                "see-oneself",
                "read-proposals",
                "read-delegations",
                "read-inbox",
                "read-plugins",
                "read-rules",
                "read-status",
                "read-board",
                "read-figures",
                "read-stops",
                "list-conversations",
                "show-writing",
                "read-moves",
                "read-quick-replies",
                "read-company",
                "read-spending",
                "read-integrations",
                "read-templates",
                "read-campaigns",
                "read-requests",
                "read-own-record",
            ]
        );
    }

    #[test]
    fn what_is_asked_for_is_not_told_as_done_and_a_refusal_is_told_as_one() {
        let asked = words(&opened(About::default()).into(), Language::En, &str::to_owned);
        assert_eq!(asked, "asked to open a customer's file");
        let refused = Acted { refused: Some(Denied::Letters), ..opened(About::default()) };
        assert_eq!(
            words(&refused.into(), Language::Es, &str::to_owned),
            "quiso abrir un archivo de un cliente, y no puede"
        );
    }
}
