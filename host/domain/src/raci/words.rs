//! What people call the actions.

use super::action::Action;
use crate::law::language::Language;

impl Action {
    /// What somebody does, as one says it of them: `exportó los datos de un cliente`.
    pub fn words(self, language: Language) -> &'static str {
        #[rustfmt::skip] // A table is read in columns.
        let [es, pt, en] = match self {
            Self::ReceiveWebhooks => ["recibió avisos de Meta", "recebeu avisos da Meta", "took in what Meta posted"],
            Self::ReadHealth => ["miró si Timonel funciona", "viu se o Timonel funciona", "looked whether Timonel works"],
            Self::TryTheDemo => ["probó la demostración", "experimentou a demonstração", "tried the demo"],
            Self::ReadMatrix => ["leyó la matriz", "leu a matriz", "read the matrix"],
            Self::InspectPlugin => ["examinó un componente", "examinou um componente", "looked at a component"],
            Self::ReadStatus => ["miró el estado", "viu o estado", "looked at the status"],
            Self::ReadStops => ["miró qué no sale", "viu o que não sai", "looked at what does not leave"],
            Self::PauseSending => ["detuvo los envíos", "parou os envios", "paused sending"],
            Self::ResumeSending => ["reanudó los envíos", "retomou os envios", "resumed sending"],
            Self::ReadMedium => ["abrió un archivo de un cliente", "abriu um arquivo de um cliente", "opened a customer's file"],
            Self::UploadMedium => ["subió un archivo para un cliente", "enviou um arquivo para um cliente", "uploaded a file for a customer"],
            Self::ReadTemplates => ["leyó las plantillas", "leu os modelos", "read the templates"],
            Self::ChangeTemplates => ["cambió las plantillas", "alterou os modelos", "changed the templates"],
            Self::FindContact => ["buscó a un cliente", "procurou um cliente", "looked a customer up"],
            Self::ExportContact => ["exportó los datos de un cliente", "exportou os dados de um cliente", "exported a customer's data"],
            Self::EraseContacts => ["suprimió datos de clientes", "eliminou dados de clientes", "erased customers' data"],
            Self::HoldContact => ["cambió la retención de un cliente", "alterou a retenção de um cliente", "changed the hold on a customer"],
            Self::RunHost => ["puso Timonel en marcha", "pôs o Timonel em marcha", "ran Timonel"],
            Self::BackUp => ["copió el diario o las llaves", "copiou o diário ou as chaves", "copied the journal or the keys"],
            Self::ReadNotices => ["leyó los avisos de Meta", "leu os avisos da Meta", "read Meta's notices"],
            Self::ReadAgain => ["hizo leer de nuevo lo no entendido", "mandou ler de novo o não entendido", "had what was not understood read again"],
            Self::ReadAudit => ["leyó la auditoría", "leu a auditoria", "read the audit"],
            Self::ReadOwnRecord => ["leyó su propio registro", "leu o próprio registro", "read their own record"],
            Self::ReadJournal => ["leyó el diario", "leu o diário", "read the journal"],
            Self::VerifyJournal => ["revisó el diario", "verificou o diário", "checked the journal"],
            Self::DeployRouting => ["puso una regla de enrutamiento", "pôs uma regra de roteamento", "deployed a routing rule"],
            Self::DeployResponding => ["puso una regla que responde", "pôs uma regra que responde", "deployed a rule that answers"],
            Self::LetRuleAct => ["dejó que una regla actúe", "deixou uma regra agir", "let a rule act"],
            Self::LetRuleClose => ["dejó que una regla cierre casos", "deixou uma regra fechar casos", "let a rule close cases"],
            Self::LetRuleRead => ["dejó que una regla lea", "deixou uma regra ler", "let a rule read"],
            Self::LetRuleSeeTeam => ["dejó que una regla vea al equipo", "deixou uma regra ver a equipe", "let a rule see the team"],
            Self::LetRuleIdentify => ["dejó que una regla sepa quién es", "deixou uma regra saber quem é", "let a rule know who it is"],
        };
        language.pick(es, pt, en)
    }

    /// The action of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.word() == word)
    }
}
