//! Why a message was not sent, in a code for the journal and in words for a person.
//!
//! The journal keeps the code (`event::Refused`), which says nothing of the customer; what it was at the moment (which
//! limit, which law, how much was spent) is told to whoever asks while it is so.

use super::caps::{Cap, CapReached};
use super::class::Category;
use super::frequency::Limit;
use super::language::Language;
use crate::Time;
use crate::event::Refused;

/// Why a message may not be sent, or not now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The customer has not written or called within the window.
    WindowClosed {
        /// Since when it is closed; none if it never was open.
        since: Option<Time>,
    },
    /// The customer does not want it.
    OptedOut {
        /// What they do not want.
        category: Category,
        /// When they said so.
        at: Time,
    },
    /// The customer has not asked for marketing.
    NoOptIn,
    /// It is not sent to the customer's country at all.
    CountryClosed {
        /// Which.
        country: String,
        /// Where that stands.
        law: String,
    },
    /// Customers there are not written to at this hour or on this day.
    ContactHours {
        /// In which country.
        country: String,
        /// Where that stands.
        law: String,
    },
    /// The customer was written to often enough.
    ContactFrequency {
        /// The limit.
        limit: Limit,
        /// Where that stands.
        law: String,
    },
    /// The money for this month is spent.
    CapReached(CapReached),
}

impl Reason {
    /// What the journal writes.
    pub fn code(&self) -> Refused {
        match self {
            Self::WindowClosed { .. } => Refused::WindowClosed,
            Self::OptedOut { .. } => Refused::OptedOut,
            Self::NoOptIn => Refused::NoOptIn,
            Self::CountryClosed { .. } => Refused::CountryClosed,
            Self::ContactHours { .. } => Refused::ContactHours,
            Self::ContactFrequency { .. } => Refused::ContactFrequency,
            Self::CapReached(CapReached { which, .. }) => match which {
                Cap::Month => Refused::MonthlyCap,
                Cap::Number(_) => Refused::NumberCap,
                Cap::Rule(_) => Refused::RuleCap,
            },
        }
    }

    /// One or two sentences: what the code says, and what it is now. Times are not in them: they belong on the reader's
    /// own clock.
    pub fn words(&self, language: Language) -> String {
        let general = self.code().words(language);
        match self {
            Self::WindowClosed { .. } | Self::OptedOut { .. } | Self::NoOptIn => general.to_owned(),
            Self::CountryClosed { country, law } | Self::ContactHours { country, law } => {
                format!("{general} {country}: {law}.")
            }
            Self::ContactFrequency { limit: Limit { messages, days }, law } => {
                let limit = language.pick(
                    format!("Como máximo {messages} en {days} día(s)"),
                    format!("No máximo {messages} em {days} dia(s)"),
                    format!("At most {messages} in {days} day(s)"),
                );
                format!("{general} {limit}: {law}.")
            }
            Self::CapReached(CapReached { spent, cap, .. }) => {
                let sum = language.pick(
                    format!("Van {spent} de {cap}."),
                    format!("Foram {spent} de {cap}."),
                    format!("{spent} of {cap} are spent."),
                );
                format!("{general} {sum}")
            }
        }
    }
}

impl Refused {
    /// What a person reads of a code, also years later.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::AutomaticLimit => language.pick(
                "Ya se enviaron tantos mensajes automáticos en una hora que ahora debe escribir una persona.",
                "Já foram enviadas tantas mensagens automáticas em uma hora que agora uma pessoa precisa escrever.",
                "So many automatic messages went out within an hour that a person has to write now.",
            ),
            Self::WindowClosed => language.pick(
                "El cliente no ha escrito ni llamado en 24 horas: solo se puede enviar una plantilla.",
                "O cliente não escreveu nem ligou em 24 horas: só é possível enviar um modelo.",
                "The customer has not written or called within 24 hours: only a template can be sent.",
            ),
            Self::OptedOut => language.pick(
                "El cliente pidió no recibir estos mensajes.",
                "O cliente pediu para não receber estas mensagens.",
                "The customer asked not to get these messages.",
            ),
            Self::NoOptIn => language.pick(
                "No consta que el cliente haya aceptado recibir publicidad de la empresa.",
                "Não consta que o cliente tenha aceitado receber publicidade da empresa.",
                "There is no record that the customer agreed to get marketing from the company.",
            ),
            Self::CountryClosed => language.pick(
                "Estos mensajes no se envían al país del cliente.",
                "Estas mensagens não são enviadas ao país do cliente.",
                "These messages are not sent to the customer's country.",
            ),
            Self::ContactHours => language.pick(
                "A esta hora, o en este día, no se escribe a clientes de ese país.",
                "A esta hora, ou neste dia, não se escreve a clientes desse país.",
                "Customers of that country are not written to at this hour or on this day.",
            ),
            Self::ContactFrequency => language.pick(
                "Al cliente ya se le escribió con la frecuencia permitida.",
                "Ao cliente já se escreveu com a frequência permitida.",
                "The customer was written to as often as is allowed.",
            ),
            Self::MonthlyCap => language.pick(
                "Se alcanzó el tope de gasto del mes: las reglas se detienen, las personas no.",
                "O limite de gasto do mês foi atingido: as regras param, as pessoas não.",
                "The spending cap of the month is reached: rules stop, people do not.",
            ),
            Self::NumberCap => language.pick(
                "Se alcanzó el tope de gasto del mes de este número: las reglas se detienen, las personas no.",
                "O limite de gasto do mês deste número foi atingido: as regras param, as pessoas não.",
                "This number's spending cap of the month is reached: rules stop, people do not.",
            ),
            Self::RuleCap => language.pick(
                "La regla alcanzó su tope de gasto del mes.",
                "A regra atingiu seu limite de gasto do mês.",
                "The rule has reached its spending cap of the month.",
            ),
            Self::TemplateNotOffered => language.pick(
                "Meta no envía esta plantilla ahora, o la cambió de categoría.",
                "A Meta não envia este modelo agora, ou mudou sua categoria.",
                "Meta does not send this template now, or put it into another category.",
            ),
            Self::ContactErased => language.pick(
                "Los datos del cliente fueron suprimidos.",
                "Os dados do cliente foram eliminados.",
                "The customer's data was erased.",
            ),
            Self::CampaignStopped => language.pick(
                "Se detuvo la campaña.",
                "A campanha foi parada.",
                "The campaign was stopped.",
            ),
            Self::NotAgreed => language.pick(
                "Eran tantos envíos de la misma plantilla que otra persona debía aprobarlos, y no se aprobaron.",
                "Eram tantos envios do mesmo modelo que outra pessoa precisava aprová-los, e não foram aprovados.",
                "There were so many of the same template that somebody else had to agree, and nobody did.",
            ),
            Self::UnknownSkill => language.pick(
                "La regla pidió una habilidad que ningún agente tiene: el caso espera sin ella.",
                "A regra pediu uma habilidade que nenhum agente tem: o caso espera sem ela.",
                "The rule asked for a skill that no agent has: the case waits without it.",
            ),
            Self::UnknownAgent => language.pick(
                "La regla prefirió a un agente que la empresa no tiene: no se le espera.",
                "A regra preferiu um agente que a empresa não tem: não se espera por ele.",
                "The rule preferred an agent whom the company does not have: nobody waits for them.",
            ),
            Self::UnknownCode => language.pick(
                "La regla cerró el caso con un código que la empresa no tiene: cuenta como `other`.",
                "A regra fechou o caso com um código que a empresa não tem: conta como `other`.",
                "The rule resolved the case with a code that the company does not have: it counts as `other`.",
            ),
            Self::TooManyRequests => language.pick(
                "La regla consultó demasiado a otros sistemas: no se consulta más y sigue una persona.",
                "A regra consultou demais outros sistemas: não se consulta mais e segue uma pessoa.",
                "The rule asked too much of other systems: nothing more is asked, and a person continues.",
            ),
            Self::CustomerWaits => language.pick(
                "El cliente espera una respuesta: ninguna regla cierra su caso.",
                "O cliente espera uma resposta: nenhuma regra fecha o caso dele.",
                "The customer waits for an answer: no rule closes their case.",
            ),
            Self::CaseEnded => language.pick(
                "El caso ya terminó: no hay nada que marcar, mover o cerrar.",
                "O caso já terminou: não há nada para marcar, mover ou fechar.",
                "The case has ended: there is nothing to mark, move or close.",
            ),
            Self::AskedLately => language.pick(
                "Al cliente ya se le preguntó cómo le fue en los últimos 30 días.",
                "Já se perguntou ao cliente como foi nos últimos 30 dias.",
                "The customer was asked within the last 30 days how it was.",
            ),
            Self::UnknownQueue => language.pick(
                "La regla nombró una cola que la empresa no tiene: el caso queda donde está.",
                "A regra nomeou uma fila que a empresa não tem: o caso fica onde está.",
                "The rule named a queue that the company does not have: the case stays where it is.",
            ),
            Self::TooManyMoves => language.pick(
                "Las reglas movieron el caso tantas veces que antes debe responder una persona.",
                "As regras moveram o caso tantas vezes que antes uma pessoa precisa responder.",
                "Rules have moved the case so often that a person has to answer first.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_as_they_always_were() {
        // What journals hold; a code never changes.
        for (refused, code) in [
            (Refused::AutomaticLimit, "automatic-limit"),
            (Refused::WindowClosed, "window-closed"),
            (Refused::OptedOut, "opted-out"),
            (Refused::NoOptIn, "no-opt-in"),
            (Refused::CountryClosed, "country-closed"),
            (Refused::ContactHours, "contact-hours"),
            (Refused::ContactFrequency, "contact-frequency"),
            (Refused::MonthlyCap, "monthly-cap"),
            (Refused::NumberCap, "number-cap"),
            (Refused::RuleCap, "rule-cap"),
            (Refused::TemplateNotOffered, "template-not-offered"),
            (Refused::ContactErased, "contact-erased"),
            (Refused::CampaignStopped, "campaign-stopped"),
            (Refused::NotAgreed, "not-agreed"),
            (Refused::UnknownSkill, "unknown-skill"),
            (Refused::UnknownAgent, "unknown-agent"),
            (Refused::UnknownCode, "unknown-code"),
            (Refused::TooManyRequests, "too-many-requests"),
            (Refused::CustomerWaits, "customer-waits"),
            (Refused::CaseEnded, "case-ended"),
            (Refused::AskedLately, "asked-lately"),
            (Refused::UnknownQueue, "unknown-queue"),
            (Refused::TooManyMoves, "too-many-moves"),
        ] {
            assert_eq!(serde_json::to_value(refused).unwrap(), code);
            let words = [Language::Es, Language::Pt, Language::En].map(|language| refused.words(language));
            assert!(words[0] != words[1] && words[1] != words[2] && words[0] != words[2]);
        }
    }

    #[test]
    fn a_person_reads_which_law_and_which_limit() {
        let hours =
            Reason::ContactHours { country: "Colombia".into(), law: "Ley 2300 de 2023, art. 3".into() };
        let words = hours.words(Language::of("es-CO"));
        assert!(words.ends_with("Colombia: Ley 2300 de 2023, art. 3."), "{words}");
        let limit = Limit { messages: 1, days: 1 };
        let often = Reason::ContactFrequency { limit, law: "Lei".into() }.words(Language::of("pt"));
        assert!(often.contains("No máximo 1 em 1 dia(s): Lei."), "{often}");
        let (spent, cap) = ("9.5".parse().unwrap(), "10".parse().unwrap());
        let reached = Reason::CapReached(CapReached { which: Cap::Month, spent, cap });
        assert!(reached.words(Language::of("fr")).ends_with("9.50 of 10.00 are spent."));
    }
}
