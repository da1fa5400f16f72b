//! A proposal in the words of those who decide it.

use jiff::tz::TimeZone;

use super::due::{Missing, Short, Unfit};
use super::judgement::{Demands, Verdict};
use super::ratifying::Mark;
use super::{Kind, Proposal, Stage};
use crate::Time;
use crate::id::PersonId;
use crate::law::language::Language;
use crate::raci::Raci;
use crate::raci::task::Task;

impl Kind {
    /// What people call it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Company => language.pick("la empresa", "a empresa", "the company"),
            Self::Rule => language.pick("regla", "regra", "rule"),
            Self::Template => language.pick("plantilla", "modelo", "template"),
            Self::Erasure => language.pick("supresión de datos", "eliminação de dados", "erasure"),
            Self::Export => language.pick("exportación de datos", "exportação de dados", "export"),
            Self::Campaign => language.pick("campaña", "campanha", "campaign"),
            Self::Move => language.pick("mover casos", "mover casos", "move of cases"),
            Self::Mass => language.pick("envío masivo", "envio em massa", "mass send"),
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

impl Proposal {
    /// How far it is, in a word or two. What Meta makes of a template is no longer ours to say.
    pub fn stage_words(&self, language: Language) -> &'static str {
        match (self.kind, &self.stage) {
            (Kind::Template, Stage::Live { .. }) => {
                language.pick("enviada a Meta", "enviado à Meta", "sent to Meta")
            }
            (_, stage) => stage.words(language),
        }
    }
}

impl Verdict {
    /// What a rule said, in a line.
    pub fn words(&self, language: Language, raci: &Raci) -> String {
        match self {
            Self::Approve => language.pick("nada en contra", "nada contra", "nothing against it").to_owned(),
            Self::Reject => language.pick("la rechaza", "rejeita", "rejects it").to_owned(),
            Self::Require(demands) => demands.words(language, raci),
            Self::Failed { text, .. } => language.pick(
                format!("falló y no dijo nada: deciden las personas ({text})"),
                format!("falhou e não disse nada: decidem as pessoas ({text})"),
                format!("failed and has said nothing: people decide ({text})"),
            ),
        }
    }
}

impl Demands {
    fn words(&self, language: Language, raci: &Raci) -> String {
        let rows = self.signatures.iter().map(|(task, count)| {
            let task = task.words(language);
            language.pick(
                format!("{count} firmas de «{task}»"),
                format!("{count} assinaturas de «{task}»"),
                format!("{count} signatures of “{task}”"),
            )
        });
        let roles = self.roles.iter().map(|id| {
            let role = raci.matrix().roles().iter().find(|role| role.id == *id);
            let role = role.map_or(id.as_str(), |role| role.words(language));
            language.pick(
                format!("la firma de un {role}"),
                format!("a assinatura de um {role}"),
                format!("a signature of a {role}"),
            )
        });
        let hours = self.wait.div_ceil(3_600);
        let wait = language.pick(
            format!("{hours} h de espera"),
            format!("{hours} h de espera"),
            format!("a wait of {hours} h"),
        );
        let parts: Vec<String> = rows.chain(roles).chain((self.wait > 0).then_some(wait)).collect();
        let asks = language.pick("pide", "pede", "asks for");
        format!("{asks} {}", parts.join(", "))
    }
}

impl Mark {
    /// That it is to be ratified, as those read it who could.
    pub fn words(&self, language: Language) -> String {
        let words = language.pick(
            "rige por la firma de quien ya no está; hay que ratificarla",
            "vale pela assinatura de quem já não está; é preciso ratificá-la",
            "is in force by the signature of somebody who has left; it is to be ratified",
        );
        let rows: Vec<&str> = self.rows.iter().map(|row| row.words(language)).collect();
        format!("{words} ({}): {}", self.left, rows.join(", "))
    }
}

impl Unfit {
    /// Why somebody's word does not count, as they read it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Over => language.pick(
                "La propuesta ya no está abierta.",
                "A proposta já não está aberta.",
                "The proposal is not open any more.",
            ),
            Self::Author => language.pick(
                "Quien escribe una propuesta no la decide: le toca a otra persona.",
                "Quem escreve uma proposta não a decide: cabe a outra pessoa.",
                "Whoever wrote a proposal does not decide it: somebody else has to.",
            ),
            Self::Program => language.pick(
                "Un programa no propone ni decide: lo hace una persona.",
                "Um programa não propõe nem decide: cabe a uma pessoa.",
                "A program proposes nothing and decides nothing: a person has to.",
            ),
            Self::Edited => language.pick(
                "El contenido cambió desde que usted lo leyó: mírelo de nuevo.",
                "O conteúdo mudou desde que você o leu: veja de novo.",
                "The content was edited since you read it: look at it again.",
            ),
            Self::Row => language.pick(
                "Ninguna fila de la propuesta se lo permite.",
                "Nenhuma linha da proposta lhe permite isso.",
                "No row of the proposal lets you do that.",
            ),
            Self::Silent => language.pick(
                "`words`: diga por qué, en palabras: queda con la propuesta.",
                "`words`: diga por quê, em palavras: fica com a proposta.",
                "`words` is empty: say why, it is kept with the proposal.",
            ),
            Self::NotMarked => language.pick(
                "No hay nada que ratificar: quienes firmaron están, o alguien ya lo ratificó.",
                "Não há nada a ratificar: quem assinou está, ou alguém já ratificou.",
                "There is nothing to ratify: those who signed are here, or somebody did already.",
            ),
            Self::Again => language.pick(
                "Usted ya firmó este contenido.",
                "Você já assinou este conteúdo.",
                "You have signed this content already.",
            ),
            Self::NotAuthor => language.pick(
                "Solo quien la propuso la retira: usted puede rechazarla.",
                "Só quem a propôs a retira: você pode rejeitá-la.",
                "Only who proposed it takes it back: reject it instead.",
            ),
            Self::Unforced => language.pick(
                "Esto no se hace sin aprobación: nadie da permisos ni entrega o suprime datos de un cliente por su cuenta.",
                "Isto não se faz sem aprovação: ninguém dá acessos nem entrega ou elimina dados de um cliente sozinho.",
                "Nobody goes past the approvals for this: not to give rights, and not with data of a customer.",
            ),
            Self::NotForced => language.pick(
                "No hay nada forzado que revisar aquí, o ya se revisó.",
                "Não há nada forçado para revisar aqui, ou já foi revisado.",
                "Nobody went past the approvals here, or it was looked at already.",
            ),
        }
    }
}

impl Proposal {
    /// Its rows, each with who could sign it: what somebody reads whom none of them lets.
    pub fn who_could(&self, raci: &Raci, language: Language) -> String {
        let row = |task: &Task| {
            let names: Vec<String> = self.could_sign(raci, *task);
            let could = language.pick("puede firmar", "pode assinar", "could sign");
            let nobody = language.pick("nadie", "ninguém", "nobody");
            let names = if names.is_empty() { nobody.to_owned() } else { names.join(", ") };
            format!("«{}»: {could} {names}.", task.words(language))
        };
        self.rows().iter().map(row).collect::<Vec<_>>().join(" ")
    }
}

impl Short {
    /// Why fewer will do, as those read it who look for the others.
    pub fn words(&self, language: Language) -> String {
        let Self { wanted, most, .. } = self;
        let task = self.task.words(language);
        language.pick(
            format!("«{task}»: se piden {wanted} firmas; solo pueden darse {most}, y con eso basta"),
            format!("«{task}»: pedem-se {wanted} assinaturas; só podem ser dadas {most}, e isso basta"),
            format!(
                "“{task}”: {wanted} signatures are asked for; only {most} can be given, and that will do"
            ),
        )
    }
}

impl Missing {
    /// What it waits for, in a sentence; times in the company's zone.
    pub fn words(&self, language: Language, raci: &Raci, zone: &TimeZone) -> String {
        let written = language.pick("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M");
        let at = |time: &Time| time.to_zoned(zone.clone()).strftime(written).to_string();
        let names = |ids: &[PersonId]| ids.iter().map(|id| raci.name_of(id)).collect::<Vec<_>>().join(", ");
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
                // Whoever speaks first has been heard for all of them.
                let one = if could.len() > 1 {
                    language.pick(" (basta una)", " (basta uma)", ", one of them,")
                } else {
                    ""
                };
                let (task, names, until) = (task.words(language), names(could), at(until));
                language.pick(
                    format!("«{task}»: se espera la opinión de {names}{one}, hasta {until}"),
                    format!("«{task}»: espera-se a opinião de {names}{one}, até {until}"),
                    format!("“{task}”: {names}{one} may be heard until {until}"),
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
            Self::Judgement { rules } => {
                let rules = rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                language.pick(
                    format!("falta lo que dicen las reglas aprobadoras: {rules}"),
                    format!("falta o que dizem as regras aprovadoras: {rules}"),
                    format!("approver rules have still to be asked: {rules}"),
                )
            }
            Self::Rejection { rule, reasons } => {
                let why: Vec<&str> = reasons.iter().map(|reason| reason.words(language)).collect();
                let why = why.join("; ");
                language.pick(
                    format!("la regla «{rule}» la rechaza ({why}): cambie el contenido"),
                    format!("a regra «{rule}» a rejeita ({why}): mude o conteúdo"),
                    format!("the rule “{rule}” rejects it ({why}): change the content"),
                )
            }
            Self::Role { role, could } if could.is_empty() => language.pick(
                format!(
                    "debe firmar alguien con el rol «{role}», y fuera de quien la propuso no lo tiene nadie"
                ),
                format!("deve assinar alguém com o papel «{role}», e além de quem a propôs ninguém o tem"),
                format!("somebody with the role “{role}” has to sign, and but for its author nobody has it"),
            ),
            Self::Role { role, could } => {
                let names = names(could);
                language.pick(
                    format!("falta la firma de alguien con el rol «{role}»: {names}"),
                    format!("falta a assinatura de alguém com o papel «{role}»: {names}"),
                    format!("somebody with the role “{role}” has to sign: {names}"),
                )
            }
            Self::Wait { until } => {
                let until = at(until);
                language.pick(
                    format!("una regla pide esperar hasta {until}"),
                    format!("uma regra pede esperar até {until}"),
                    format!("a rule wants it to wait until {until}"),
                )
            }
        }
    }
}
