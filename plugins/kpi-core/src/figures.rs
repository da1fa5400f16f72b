//! What is counted, for whom, and by which formula: the page that people are shown who are measured by it.
//!
//! A figure that is counted in another way gets another variant, and one whose meaning changes another version: then what was
//! counted before stays what it was.

use crate::settings::Settings;

/// How samples become a figure, in the words of the contract.
pub const SUM: &str = "sum";
pub const RATIO: &str = "ratio";
pub const DISTRIBUTION: &str = "distribution";

const AGENTS: &[&str] = &["agent", "supervisor"];
const SUPERVISORS: &[&str] = &["supervisor"];
const ADMINS: &[&str] = &["supervisor", "admin"];

const WALL: &str = "wall time";
const BUSINESS: &str = "business time, by the calendar of the queue";

/// What a figure means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub name: &'static str,
    /// In Spanish, Portuguese and English.
    pub titles: [&'static str; 3],
    pub unit: &'static str,
    pub formula: &'static str,
    pub variant: String,
    pub audience: &'static [&'static str],
    pub aggregate: &'static str,
}

fn duration(
    name: &'static str,
    titles: [&'static str; 3],
    variant: &str,
    audience: &'static [&'static str],
    formula: &'static str,
) -> Figure {
    Figure {
        name,
        titles,
        unit: "ms",
        formula,
        variant: variant.to_owned(),
        audience,
        aggregate: DISTRIBUTION,
    }
}

fn ratio(
    name: &'static str,
    titles: [&'static str; 3],
    variant: &str,
    audience: &'static [&'static str],
    formula: &'static str,
) -> Figure {
    Figure { name, titles, unit: "ratio", formula, variant: variant.to_owned(), audience, aggregate: RATIO }
}

/// All of them.
pub fn all(settings: &Settings) -> Vec<Figure> {
    let within = format!("within {} s of wall time, of all that ended", settings.service_level_seconds);
    vec![
        duration(
            "first-response",
            [
                "Tiempo de primera respuesta (FRT)",
                "Tempo de primeira resposta (FRT)",
                "First response time (FRT)",
            ],
            WALL,
            AGENTS,
            "first message of a person − moment at which the case first waited for one; cases that were answered",
        ),
        duration(
            "first-response-business",
            ["FRT en horario de atención", "FRT em horário de atendimento", "FRT in business hours"],
            BUSINESS,
            AGENTS,
            "first message of a person − moment at which the case first waited for one, without hours in which the queue was closed",
        ),
        duration(
            "first-response-from-customer",
            [
                "FRT desde que el cliente escribió",
                "FRT desde que o cliente escreveu",
                "FRT since the customer wrote",
            ],
            "wall time, from the customer's first message",
            SUPERVISORS,
            "first message of a person − message of the customer that opened the case; cases that were answered",
        ),
        duration(
            "response-time",
            ["Tiempo de respuesta (ART)", "Tempo de resposta (ART)", "Response time (ART)"],
            WALL,
            AGENTS,
            "next message of a person − first message of the customer's turn; messages in a row are one turn",
        ),
        duration(
            "response-time-business",
            ["ART en horario de atención", "ART em horário de atendimento", "ART in business hours"],
            BUSINESS,
            AGENTS,
            "next message of a person − first message of the customer's turn, without hours in which the queue was closed",
        ),
        duration(
            "speed-of-answer",
            ["Velocidad de atención (ASA)", "Velocidade de atendimento (ASA)", "Speed of answer (ASA)"],
            WALL,
            SUPERVISORS,
            "case given to an agent − case queued; cases that waited and were given to somebody",
        ),
        duration(
            "resolution-time",
            ["Tiempo de resolución (TTR)", "Tempo de resolução (TTR)", "Resolution time (TTR)"],
            "wall time, with what the customer took to answer",
            AGENTS,
            "case resolved − case opened",
        ),
        duration(
            "resolution-time-business",
            ["TTR en horario de atención", "TTR em horário de atendimento", "TTR in business hours"],
            BUSINESS,
            AGENTS,
            "case resolved − case opened, without hours in which the queue was closed",
        ),
        ratio(
            "service-level",
            ["Nivel de servicio", "Nível de serviço", "Service level"],
            &within,
            SUPERVISORS,
            "cases answered in time ÷ (cases answered + cases that waited and were resolved without an answer of a person)",
        ),
        ratio(
            "sla-compliance",
            ["Plazos cumplidos (SLA)", "Prazos cumpridos (SLA)", "Promises kept (SLA)"],
            "counted when a person answers, or the case is closed too late; first and later answers apart",
            SUPERVISORS,
            "answers within what their queue promised ÷ answers of which the queue promised a time",
        ),
        ratio(
            "unanswered-rate",
            [
                "Casos sin respuesta de una persona",
                "Casos sem resposta de uma pessoa",
                "Cases that no person answered",
            ],
            "of the resolved cases that had waited",
            SUPERVISORS,
            "cases that waited and were resolved without an answer of a person ÷ resolved cases that had waited",
        ),
        ratio(
            "first-contact-resolution",
            [
                "Resolución al primer contacto (FCR)",
                "Resolução no primeiro contato (FCR)",
                "First contact resolution (FCR)",
            ],
            "no new message within 72 h, whatever it is about; counted when that is known",
            AGENTS,
            "resolved, no transfer, and the customer did not write again within 72 h ÷ resolved",
        ),
        ratio(
            "return-rate",
            ["Clientes que volvieron", "Clientes que voltaram", "Customers who came back"],
            "within 72 h, whatever it is about; counted when that is known",
            AGENTS,
            "resolved cases whose customer wrote again within 72 h ÷ resolved",
        ),
        ratio(
            "transfer-rate",
            ["Casos transferidos", "Casos transferidos", "Cases that were transferred"],
            "of the resolved cases that an agent had, counted for the last one",
            AGENTS,
            "cases that went from one agent to another ÷ resolved cases that an agent had",
        ),
        ratio(
            "containment",
            ["Resueltos sin una persona", "Resolvidos sem uma pessoa", "Resolved without a person"],
            "of all resolved cases",
            ADMINS,
            "cases resolved that no agent had and no person wrote in ÷ cases resolved",
        ),
        ratio(
            "delivery-rate",
            ["Mensajes entregados", "Mensagens entregues", "Messages delivered"],
            "each step counted when it happens, by category",
            ADMINS,
            "messages that reached the customer's device ÷ messages that WhatsApp took",
        ),
        ratio(
            "read-rate",
            ["Mensajes leídos", "Mensagens lidas", "Messages read"],
            "each step counted when it happens, by category; whoever hides that they read counts as not reading",
            ADMINS,
            "messages that the customer saw ÷ messages that reached the customer's device",
        ),
        ratio(
            "failure-rate",
            ["Mensajes que no llegaron", "Mensagens que não chegaram", "Messages that failed"],
            "each step counted when it happens, by category",
            ADMINS,
            "messages that WhatsApp took and could not deliver ÷ messages that WhatsApp took",
        ),
        Figure {
            name: "cases-queued",
            titles: [
                "Casos que esperaron a una persona",
                "Casos que esperaram uma pessoa",
                "Cases that waited for a person",
            ],
            unit: "cases",
            formula: "cases that began to wait for a person, each once",
            variant: "counted once per case, where it first waited".to_owned(),
            audience: SUPERVISORS,
            aggregate: SUM,
        },
        Figure {
            name: "cases-resolved",
            titles: ["Casos resueltos", "Casos resolvidos", "Cases resolved"],
            unit: "cases",
            formula: "cases resolved, by closing code",
            variant: "counted for the agent who had it last".to_owned(),
            audience: AGENTS,
            aggregate: SUM,
        },
        Figure {
            name: "time-in-state",
            titles: ["Tiempo en cada estado", "Tempo em cada estado", "Time in each state"],
            unit: "ms",
            formula: "time that an agent was available, busy, on a break or away, by state",
            variant: "counted when the state ends".to_owned(),
            audience: AGENTS,
            aggregate: SUM,
        },
        Figure {
            name: "break-time",
            titles: ["Tiempo en pausa", "Tempo em pausa", "Time on a break"],
            unit: "ms",
            formula: "time that an agent was on a break, by what it was for",
            variant: "counted when the break ends".to_owned(),
            audience: AGENTS,
            aggregate: SUM,
        },
        ratio(
            "satisfaction",
            ["Satisfacción (CSAT)", "Satisfação (CSAT)", "Satisfaction (CSAT)"],
            "scores 4 and 5, of 1 to 5",
            AGENTS,
            "customers who were satisfied, of those who said how it was; counted for whoever had the case last, when they say so",
        ),
        Figure {
            name: "cases-moved",
            titles: [
                "Casos que cambiaron de lugar",
                "Casos que mudaram de lugar",
                "Cases that went elsewhere",
            ],
            unit: "cases",
            formula: "times that a case was given back, handed over, reassigned, left at the end of a shift or rescued, by which of them",
            variant: "counted for the agent who had it, each time".to_owned(),
            audience: AGENTS,
            aggregate: SUM,
        },
        ratio(
            "available-share",
            ["Parte del turno disponible", "Parte do turno disponível", "Share of the shift available"],
            "of the time not away, counted when a state ends",
            AGENTS,
            "time available ÷ (time available + busy + on a break)",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_figure_has_a_name_of_its_own_and_fits_what_a_host_takes() {
        let figures = all(&Settings { service_level_seconds: 604_800 });
        let names: BTreeSet<_> = figures.iter().map(|figure| figure.name).collect();
        assert_eq!(names.len(), figures.len());
        for figure in &figures {
            assert!(figure.name.len() <= 40 && !figure.audience.is_empty());
            let words = figure.titles.iter().copied().chain([figure.formula, figure.variant.as_str()]);
            assert!(words.into_iter().all(|words| (1..=300).contains(&words.chars().count())), "{figure:?}");
            for words in [figure.formula, &figure.variant] {
                let spoken =
                    crate::spoken::spoken(words).unwrap_or_else(|| panic!("only in English: {words}"));
                assert!(spoken.iter().all(|words| (1..=300).contains(&words.chars().count())), "{spoken:?}");
            }
        }
    }

    #[test]
    fn another_promise_is_another_variant() {
        let of = |seconds| all(&Settings { service_level_seconds: seconds });
        let differ = of(20).into_iter().zip(of(60)).filter(|(one, other)| one != other);
        assert_eq!(differ.map(|(one, _)| one.name).collect::<Vec<_>>(), ["service-level"]);
    }
}
