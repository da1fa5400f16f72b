//! What is wrong with a matrix and its people, before somebody finds out in the middle of an incident.
//!
//! None of it keeps a host from running: what is wrong here permits less than was meant, never more.

use serde::Serialize;

use super::Raci;
use super::action::Takes;
use super::letters::Letters;
use super::person::Person;
use super::role::{BuiltIn, Role};
use super::task::Task;
use crate::id::{PersonId, RoleId};
use crate::law::language::Language;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// Nobody answers for a task.
    NobodyAnswers {
        /// The row.
        task: Task,
    },
    /// Several roles answer for a task, and so none does.
    SeveralAnswer {
        /// The row.
        task: Task,
        /// Those who have A.
        roles: Vec<Role>,
    },
    /// There is no person who may do some tasks.
    NobodyCan {
        /// The rows.
        tasks: Vec<Task>,
    },
    /// Somebody external is in a role that has the last word, which they do not get.
    ExternalAnswers {
        /// Who.
        person: PersonId,
        /// In which rows.
        tasks: Vec<Task>,
    },
    /// Somebody external has no scope, and so reaches nothing.
    ExternalWithoutScope {
        /// Who.
        person: PersonId,
    },
    /// Somebody has a role that is no column.
    UnknownRole {
        /// Who.
        person: PersonId,
        /// The role.
        role: RoleId,
    },
    /// Somebody has no role, and so may nothing.
    WithoutRole {
        /// Who.
        person: PersonId,
    },
    /// A given row names nobody who answers for it; who does is our choice.
    OursAnswers {
        /// The row.
        task: Task,
        /// The role that we chose.
        role: Role,
    },
    /// There is only one admin, so that nobody can sign with them or stand in for them.
    SingleAdmin {
        /// Who.
        person: PersonId,
    },
    /// A role does tasks, and no person has it.
    RoleWithoutPeople {
        /// The role.
        role: Role,
        /// What it does: the rows with R.
        tasks: Vec<Task>,
    },
    /// No person has an account on the host's machine, so that nobody can ask the host anything.
    NoAccounts,
    /// No people are described.
    NoPeople,
    /// Nobody signs the record of who did what. The host knows, and not the matrix.
    RecordUnsigned,
    /// The record is signed, and no checkpoint of it leaves the host.
    CheckpointsStay,
}

impl Raci {
    /// What is wrong, the errors first.
    pub fn lint(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = Task::ALL.into_iter().flat_map(|task| self.lint_row(task)).collect();
        if self.people().is_empty() {
            found.push(Finding::NoPeople);
        } else {
            found.extend(self.people().iter().flat_map(|person| self.lint_person(person)));
            found.extend(self.lint_staff());
        }
        found.sort_by_key(|finding| !finding.is_error());
        found
    }

    fn lint_row(&self, task: Task) -> Vec<Finding> {
        let matrix = self.matrix();
        let answers = |role: &&Role| matrix.letters(task, &role.id).has(Letters::A);
        let roles: Vec<Role> = matrix.roles().iter().filter(answers).cloned().collect();
        let mut found = Vec::new();
        match roles.as_slice() {
            [] => found.push(Finding::NobodyAnswers { task }),
            [role] if matrix.added(task, &role.id).has(Letters::A) => {
                found.push(Finding::OursAnswers { task, role: role.clone() });
            }
            [_] => {}
            _ => found.push(Finding::SeveralAnswer { task, roles }),
        }
        found
    }

    fn lint_person(&self, person: &Person) -> Vec<Finding> {
        let id = || person.id.clone();
        let mut found = Vec::new();
        if person.roles.is_empty() {
            found.push(Finding::WithoutRole { person: id() });
        }
        let strangers = person.roles.iter().filter(|role| !self.matrix().knows(role));
        found.extend(strangers.map(|role| Finding::UnknownRole { person: id(), role: role.clone() }));
        if !person.external {
            return found;
        }
        let answers =
            |task: &Task| person.roles.iter().any(|role| self.matrix().letters(*task, role).has(Letters::A));
        let tasks: Vec<Task> = Task::ALL.into_iter().filter(answers).collect();
        if !tasks.is_empty() {
            found.push(Finding::ExternalAnswers { person: id(), tasks });
        }
        if person.scope.is_empty() {
            found.push(Finding::ExternalWithoutScope { person: id() });
        }
        found
    }

    /// What can only be said of all people together.
    fn lint_staff(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.by_account.is_empty() {
            found.push(Finding::NoAccounts);
        }
        let can = |person: &Person, task: Task| {
            self.letters(person, task).has(Takes::Doing.letters())
                && (!person.external || !person.scope.is_empty())
        };
        let nobody = |task: &Task| !self.people().iter().any(|person| can(person, *task));
        let tasks: Vec<Task> = Task::ALL.into_iter().filter(nobody).collect();
        if !tasks.is_empty() {
            found.push(Finding::NobodyCan { tasks });
        }
        let has = |person: &&Person, role: &str| person.roles.iter().any(|one| one.as_str() == role);
        let admins: Vec<&Person> = self
            .people()
            .iter()
            .filter(|person| !person.external && has(person, BuiltIn::Admin.word()))
            .collect();
        if let [admin] = admins.as_slice() {
            found.push(Finding::SingleAdmin { person: admin.id.clone() });
        }
        for role in self.matrix().roles() {
            let does = |task: &Task| self.matrix().letters(*task, &role.id).has(Letters::R);
            let tasks: Vec<Task> = Task::ALL.into_iter().filter(does).collect();
            if !tasks.is_empty() && !self.people().iter().any(|person| has(&person, role.id.as_str())) {
                found.push(Finding::RoleWithoutPeople { role: role.clone(), tasks });
            }
        }
        found
    }
}

impl Finding {
    /// Whether it has to be put right. The rest is to be known.
    pub fn is_error(&self) -> bool {
        match self {
            Self::NobodyAnswers { .. }
            | Self::SeveralAnswer { .. }
            | Self::NobodyCan { .. }
            | Self::ExternalAnswers { .. }
            | Self::ExternalWithoutScope { .. }
            | Self::UnknownRole { .. }
            | Self::WithoutRole { .. } => true,
            Self::OursAnswers { .. }
            | Self::SingleAdmin { .. }
            | Self::RoleWithoutPeople { .. }
            | Self::NoAccounts
            | Self::NoPeople
            | Self::RecordUnsigned
            | Self::CheckpointsStay => false,
        }
    }

    /// What a manager reads: what it is, and what to do about it.
    pub fn words(&self, language: Language) -> String {
        let tasks = |tasks: &[Task]| {
            let names: Vec<String> = tasks.iter().map(|task| format!("«{}»", task.words(language))).collect();
            names.join(", ")
        };
        let row = |task: &Task| tasks(&[*task]);
        match self {
            Self::NobodyAnswers { task } => {
                let row = row(task);
                language.pick(
                    format!("{row} no tiene A: nadie responde por la tarea. Ponga A a un solo rol."),
                    format!("{row} não tem A: ninguém responde pela tarefa. Dê A a um único papel."),
                    format!("{row} has no A: nobody answers for the task. Give A to one role."),
                )
            }
            Self::SeveralAnswer { task, roles } => {
                let row = row(task);
                let roles: Vec<&str> = roles.iter().map(|role| role.words(language)).collect();
                let roles = roles.join(", ");
                language.pick(
                    format!(
                        "{row} tiene varias A ({roles}): si responden varios, no responde nadie. Deje una sola."
                    ),
                    format!(
                        "{row} tem vários A ({roles}): se vários respondem, ninguém responde. Deixe um só."
                    ),
                    format!(
                        "{row} has several A ({roles}): where several answer, nobody does. Leave only one."
                    ),
                )
            }
            Self::NobodyCan { tasks: rows } => {
                let rows = tasks(rows);
                language.pick(
                    format!("nadie puede hacer {rows}: ninguna persona tiene ahí R ni A. Dé a alguien un rol que tenga."),
                    format!("ninguém pode fazer {rows}: nenhuma pessoa tem ali R nem A. Dê a alguém um papel que tenha."),
                    format!("nobody can do {rows}: no person has R or A there. Give somebody a role that has."),
                )
            }
            Self::ExternalAnswers { person, tasks: rows } => {
                let rows = tasks(rows);
                language.pick(
                    format!("{person} es externo y su rol tiene A en {rows}: esa A no le vale. Dele un rol sin A."),
                    format!("{person} é externo e seu papel tem A em {rows}: esse A não vale. Dê-lhe um papel sem A."),
                    format!("{person} is external, and their role has A in {rows}: that A does not count. Give them a role without A."),
                )
            }
            Self::ExternalWithoutScope { person } => language.pick(
                format!("{person} es externo y no tiene alcance: no puede nada. Defina `scope` con sus números, colas o equipo."),
                format!("{person} é externo e não tem alcance: não pode nada. Defina `scope` com seus números, filas ou equipe."),
                format!("{person} is external and has no scope: they may do nothing. Set `scope` to their numbers, queues or team."),
            ),
            Self::UnknownRole { person, role } => language.pick(
                format!("{person} tiene el rol `{role}`, que no es ninguna columna de la matriz. Corríjalo o agréguelo en [[roles]]."),
                format!("{person} tem o papel `{role}`, que não é nenhuma coluna da matriz. Corrija-o ou acrescente-o em [[roles]]."),
                format!("{person} has the role `{role}`, which is no column of the matrix. Correct it, or add it in [[roles]]."),
            ),
            Self::WithoutRole { person } => language.pick(
                format!("{person} no tiene rol: no puede nada. Dele uno en `roles`."),
                format!("{person} não tem papel: não pode nada. Dê-lhe um em `roles`."),
                format!("{person} has no role: they may do nothing. Give them one in `roles`."),
            ),
            Self::OursAnswers { task, role } => {
                let (row, role) = (row(task), role.words(language));
                language.pick(
                    format!("{row} no tiene A en la matriz dada; la del rol {role} es nuestra. Escriba la fila para decidirlo usted."),
                    format!("{row} não tem A na matriz dada; o do papel {role} é nosso. Escreva a linha para decidir você."),
                    format!("{row} has no A in the given matrix; that of the role {role} is ours. Write the row to decide it yourself."),
                )
            }
            Self::SingleAdmin { person } => language.pick(
                format!("{person} es la única persona con el rol admin: nadie puede firmar con ella ni reemplazarla."),
                format!("{person} é a única pessoa com o papel admin: ninguém pode assinar com ela nem substituí-la."),
                format!("{person} is the only person with the role admin: nobody can sign with them or stand in for them."),
            ),
            Self::RoleWithoutPeople { role, tasks: rows } => {
                let (role, rows) = (role.words(language), tasks(rows));
                language.pick(
                    format!("nadie tiene el rol {role}, que hace {rows}."),
                    format!("ninguém tem o papel {role}, que faz {rows}."),
                    format!("nobody has the role {role}, which does {rows}."),
                )
            }
            Self::NoAccounts => language
                .pick(
                    "ninguna persona tiene `account`: nadie puede pedirle nada a Timonel en su máquina, tampoco detener los \
                     envíos.",
                    "nenhuma pessoa tem `account`: ninguém pode pedir nada ao Timonel na sua máquina, nem parar os envios.",
                    "no person has an `account`: nobody can ask Timonel anything at its machine, not even to stop sending.",
                )
                .to_owned(),
            Self::RecordUnsigned => language
                .pick(
                    "nadie firma el registro de auditoría: quien tenga el disco puede reescribirlo. Ponga en marcha audit-signer \
                     y escriba `signer` en [audit].",
                    "ninguém assina o registro de auditoria: quem tem o disco pode reescrevê-lo. Ponha audit-signer em marcha \
                     e escreva `signer` em [audit].",
                    "nobody signs the audit's record: whoever has the disk can rewrite it. Run audit-signer, and set `signer` in \
                     [audit].",
                )
                .to_owned(),
            Self::CheckpointsStay => language
                .pick(
                    "los puntos de control de la auditoría no salen de esta máquina: escriba en [audit] adónde (`to`).",
                    "os pontos de controle da auditoria não saem desta máquina: escreva em [audit] para onde (`to`).",
                    "the checkpoints of the audit do not leave this machine: say in [audit] where they go (`to`).",
                )
                .to_owned(),
            Self::NoPeople => language
                .pick(
                    "no hay personas descritas: la cuenta dueña de los datos puede todo lo que puedan agente, supervisor y \
                     admin. Está bien para una empresa de una persona; si son más, agréguelas en [[people]].",
                    "não há pessoas descritas: a conta dona dos dados pode tudo o que podem agente, supervisor e admin. \
                     Serve para uma empresa de uma pessoa; se são mais, acrescente-as em [[people]].",
                    "no people are described: the account that owns the data may do all that agent, supervisor and admin \
                     may. That is right for a company of one person; if there are more, add them in [[people]].",
                )
                .to_owned(),
        }
    }
}
