//! A proposal in the words of those who decide it.

use jiff::tz::TimeZone;

use super::due::Missing;
use super::{Kind, Stage};
use crate::Time;
use crate::id::PersonId;
use crate::law::language::Language;
use crate::raci::Raci;

impl Kind {
    /// What people call it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Company => language.pick("reglas y roles", "regras e papéis", "rules and roles"),
            Self::Template => language.pick("plantilla", "modelo", "template"),
            Self::Erasure => language.pick("supresión de datos", "eliminação de dados", "erasure"),
            Self::Export => language.pick("exportación de datos", "exportação de dados", "export"),
        }
    }
}

impl Stage {
    /// How far it is, in a word or two.
    pub fn words(&self, language: Language) -> &'static str {
        match self {
            Self::Open => language.pick("abierta", "aberta", "open"),
            Self::Approved => language.pick("aprobada", "aprovada", "approved"),
            Self::Begun => language.pick("en ejecución", "em execução", "being carried out"),
            Self::Live { .. } => language.pick("en vigor", "em vigor", "live"),
            Self::Failed { .. } => language.pick("falló", "falhou", "failed"),
            Self::Rejected { .. } => language.pick("rechazada", "rejeitada", "rejected"),
            Self::Withdrawn => language.pick("retirada", "retirada", "withdrawn"),
            Self::Expired => language.pick("vencida", "vencida", "expired"),
        }
    }
}

impl Missing {
    /// What it waits for, in a sentence; times in the company's zone.
    pub fn words(&self, language: Language, raci: &Raci, zone: &TimeZone) -> String {
        let at = |time: &Time| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let names = |ids: &[PersonId]| {
            let name = |id: &PersonId| {
                let known = raci.people().iter().find(|person| person.id == *id);
                known.map_or_else(|| id.to_string(), |person| person.name.clone())
            };
            ids.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Signature { task, more, could } => {
                let (task, names) = (task.words(language), names(could));
                language.pick(
                    format!("«{task}»: falta {more} firma de {names}"),
                    format!("«{task}»: falta {more} assinatura de {names}"),
                    format!("“{task}”: {more} more signature, of {names}"),
                )
            }
            Self::Nobody { task } => {
                let task = task.words(language);
                language.pick(
                    format!("«{task}»: nadie responde por esta fila; corrija primero la matriz"),
                    format!("«{task}»: ninguém responde por esta linha; corrija antes a matriz"),
                    format!("“{task}”: nobody answers for this row; mend the matrix first"),
                )
            }
            Self::Hearing { task, until, could } => {
                let (task, names, until) = (task.words(language), names(could), at(until));
                language.pick(
                    format!("«{task}»: se espera la opinión de {names}, hasta {until}"),
                    format!("«{task}»: espera-se a opinião de {names}, até {until}"),
                    format!("“{task}”: {names} may be heard until {until}"),
                )
            }
            Self::Delay { until } => {
                let until = at(until);
                language.pick(
                    format!("nadie más puede firmar: espera hasta {until}"),
                    format!("ninguém mais pode assinar: espera até {until}"),
                    format!("nobody else could sign: it waits until {until}"),
                )
            }
            Self::NotBefore { until } => {
                let until = at(until);
                language.pick(
                    format!("programada para {until}"),
                    format!("programada para {until}"),
                    format!("scheduled for {until}"),
                )
            }
        }
    }
}
