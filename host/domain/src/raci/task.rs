//! The tasks of the matrix: its rows, and what holds in them where the company's file says nothing.
//!
//! Ten rows are those that the operation was given; the others are ours, for what can hurt customers as much and was in
//! none of the ten. One cell of the ten is ours too: nobody answered for attending, and somebody has to.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::letters::Letters;
use super::role::BuiltIn;
use crate::law::language::Language;

/// A task: a row of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is named in three languages, in the table")]
pub enum Task {
    AttendConversations,
    ReassignCases,
    ModifyTemplates,
    ApproveCampaigns,
    ConfigureIntegrations,
    MonitorSla,
    ManageAccess,
    AdjustRoutingRules,
    Reporting,
    Audit,
    CustomerData,
    ExportData,
    EraseData,
    Coaching,
    Shifts,
    Numbers,
    DraftCampaigns,
    QuickReplies,
    EmergencyStop,
}

/// Letters of agent, supervisor and admin.
type Cells = [Letters; 3];

struct Row {
    given: Option<Cells>,
    cells: Cells,
    words: [&'static str; 3],
}

impl Task {
    /// All of them: first those that were given, in their order.
    pub const ALL: [Self; 19] = [
        Self::AttendConversations,
        Self::ReassignCases,
        Self::ModifyTemplates,
        Self::ApproveCampaigns,
        Self::ConfigureIntegrations,
        Self::MonitorSla,
        Self::ManageAccess,
        Self::AdjustRoutingRules,
        Self::Reporting,
        Self::Audit,
        Self::CustomerData,
        Self::ExportData,
        Self::EraseData,
        Self::Coaching,
        Self::Shifts,
        Self::Numbers,
        Self::DraftCampaigns,
        Self::QuickReplies,
        Self::EmergencyStop,
    ];

    #[rustfmt::skip] // A table is read in columns.
    const fn row(self) -> Row {
        const R: Letters = Letters::R;
        const A: Letters = Letters::A;
        const C: Letters = Letters::C;
        const I: Letters = Letters::I;
        const RA: Letters = Letters::RA;
        const NONE: Letters = Letters::NONE;
        const fn given(agent: Letters, supervisor: Letters, admin: Letters, words: [&'static str; 3]) -> Row {
            let cells = [agent, supervisor, admin];
            Row { given: Some(cells), cells, words }
        }
        const fn ours(agent: Letters, supervisor: Letters, admin: Letters, words: [&'static str; 3]) -> Row {
            Row { given: None, cells: [agent, supervisor, admin], words }
        }
        match self {
            Self::AttendConversations   => Row { cells: [R, Letters::AC, I],
                                         ..given(R,    C,  I,  ["Atender conversaciones", "Atender conversas", "Attend conversations"]) },
            Self::ReassignCases         => given(C,    RA, I,  ["Reasignar casos", "Reatribuir casos", "Reassign cases"]),
            Self::ModifyTemplates       => given(I,    C,  RA, ["Modificar plantillas", "Modificar modelos", "Modify templates"]),
            Self::ApproveCampaigns      => given(I,    C,  RA, ["Aprobar campañas", "Aprovar campanhas", "Approve campaigns"]),
            Self::ConfigureIntegrations => given(I,    C,  RA, ["Configurar integraciones", "Configurar integrações", "Configure integrations"]),
            Self::MonitorSla            => given(I,    RA, C,  ["Vigilar el SLA", "Monitorar o SLA", "Monitor SLA"]),
            Self::ManageAccess          => given(I,    C,  RA, ["Gestionar accesos", "Gerenciar acessos", "Manage access"]),
            Self::AdjustRoutingRules    => given(I,    R,  A,  ["Ajustar reglas de enrutamiento", "Ajustar regras de roteamento", "Adjust routing rules"]),
            Self::Reporting             => given(C,    R,  A,  ["Informes", "Relatórios", "Reporting"]),
            Self::Audit                 => given(I,    C,  RA, ["Auditoría", "Auditoria", "Audit"]),
            Self::CustomerData          => ours( C,    R,  A,  ["Consultar datos de clientes", "Consultar dados de clientes", "Look up customers' data"]),
            Self::ExportData            => ours( NONE, C,  RA, ["Exportar datos de clientes", "Exportar dados de clientes", "Export customers' data"]),
            Self::EraseData             => ours( I,    C,  RA, ["Suprimir datos de clientes", "Eliminar dados de clientes", "Erase customers' data"]),
            Self::Coaching              => ours( C,    RA, I,  ["Acompañar y evaluar agentes", "Acompanhar e avaliar agentes", "Coach agents"]),
            Self::Shifts                => ours( C,    RA, I,  ["Organizar turnos", "Organizar turnos", "Arrange shifts"]),
            Self::Numbers               => ours( I,    C,  RA, ["Administrar números", "Administrar números", "Manage numbers"]),
            Self::DraftCampaigns        => ours( I,    R,  A,  ["Preparar campañas", "Preparar campanhas", "Draft campaigns"]),
            Self::QuickReplies          => ours( C,    RA, I,  ["Respuestas rápidas compartidas", "Respostas rápidas compartilhadas", "Shared quick replies"]),
            Self::EmergencyStop         => ours( I,    R,  A,  ["Parada de emergencia", "Parada de emergência", "Emergency stop"]),
        }
    }

    /// What a built-in role has to do with it where the company's file does not say.
    pub const fn letters(self, role: BuiltIn) -> Letters {
        let [agent, supervisor, admin] = self.row().cells;
        role.pick(agent, supervisor, admin)
    }

    /// What the given matrix says; none for the rows that are ours.
    pub const fn given(self, role: BuiltIn) -> Option<Letters> {
        match self.row().given {
            Some([agent, supervisor, admin]) => Some(role.pick(agent, supervisor, admin)),
            None => None,
        }
    }

    /// The word of the files, as `audit`.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }

    /// What a manager calls it.
    pub fn words(self, language: Language) -> &'static str {
        let [es, pt, en] = self.row().words;
        language.pick(es, pt, en)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words(Language::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_rows_are_exactly_those_that_were_given() {
        let given = "
            Attend conversations   | R | C   | I
            Reassign cases         | C | R/A | I
            Modify templates       | I | C   | R/A
            Approve campaigns      | I | C   | R/A
            Configure integrations | I | C   | R/A
            Monitor SLA            | I | R/A | C
            Manage access          | I | C   | R/A
            Adjust routing rules   | I | R   | A
            Reporting              | C | R   | A
            Audit                  | I | C   | R/A";
        let rows = given.lines().filter(|line| !line.is_empty());
        let written: Vec<Vec<&str>> = rows.map(|row| row.split('|').map(str::trim).collect()).collect();
        let told = Task::ALL.into_iter().filter_map(|task| {
            let letters = BuiltIn::ALL.map(|role| Some(task.given(role)?.to_string()));
            let [Some(agent), Some(supervisor), Some(admin)] = letters else { return None };
            Some(vec![task.to_string(), agent, supervisor, admin])
        });
        assert_eq!(told.collect::<Vec<_>>(), written);
    }

    #[test]
    fn one_cell_of_the_ten_rows_is_ours_and_every_row_has_one_who_answers_for_it() {
        for task in Task::ALL {
            let cells = BuiltIn::ALL.map(|role| task.letters(role));
            assert_eq!(cells.iter().filter(|letters| letters.has(Letters::A)).count(), 1, "{task}");
            let added = BuiltIn::ALL.into_iter().filter_map(|role| {
                let given = task.given(role)?;
                Some((role, task.letters(role).without(given))).filter(|(_, added)| *added != Letters::NONE)
            });
            let expected = if task == Task::AttendConversations {
                vec![(BuiltIn::Supervisor, Letters::A)]
            } else {
                vec![]
            };
            assert!(added.eq(expected), "{task}");
        }
    }
}
