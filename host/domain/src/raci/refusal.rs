//! Why somebody may not do something, in words that end where they can go.

use super::action::{Action, Takes};
use super::letters::Letters;
use super::person::Scope;
use super::role::Role;
use super::task::Task;
use crate::id::OperatorId;
use crate::law::language::Language;

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The account is nobody's.
    Stranger(OperatorId),
    /// No people are described, so that only the owner of the data may, and this is somebody else.
    NotTheOwner(OperatorId),
    /// The token was not issued for it.
    NotInToken(Action),
    /// It takes a session: a token cannot.
    NotByToken,
    /// It takes a session that was opened with a second factor.
    SecondFactorFirst,
    /// A row of the matrix says no.
    Row {
        /// The row.
        task: Task,
        /// What it takes.
        takes: Takes,
        /// What is missing.
        why: Why,
        /// Who could.
        could: Vec<Could>,
    },
}

/// What somebody lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The letters.
    Letters {
        /// What they are.
        roles: Vec<Role>,
        /// What they have.
        letters: Letters,
        /// Whether they have less because they are external.
        external: bool,
    },
    /// It reaches beyond this.
    Scope(Scope),
}

/// A role that could, and the people who have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Could {
    /// The role.
    pub role: Role,
    /// Their names.
    pub people: Vec<String>,
}

impl Refusal {
    /// The row that says no, if it is one.
    pub fn task(&self) -> Option<Task> {
        match self {
            Self::Row { task, .. } => Some(*task),
            _ => None,
        }
    }

    /// One to three sentences: which row, what is missing, and who could.
    pub fn words(&self, language: Language) -> String {
        match self {
            Self::Stranger(account) => language.pick(
                format!(
                    "La cuenta `{account}` de esta máquina no es de nadie de la empresa. Quien administra puede agregar \
                     `account = \"{account}\"` a una persona en el archivo de la matriz RACI (`raci`)."
                ),
                format!(
                    "A conta `{account}` desta máquina não é de ninguém da empresa. Quem administra pode acrescentar \
                     `account = \"{account}\"` a uma pessoa no arquivo da matriz RACI (`raci`)."
                ),
                format!(
                    "The account `{account}` of this machine is nobody's of the company. Whoever administers it can add \
                     `account = \"{account}\"` to a person in the file of the RACI matrix (`raci`)."
                ),
            ),
            Self::NotTheOwner(account) => language.pick(
                format!(
                    "La empresa no describe personas, así que solo puede la cuenta dueña de los datos, y `{account}` es \
                     otra. Describa a las personas en el archivo de la matriz RACI (`raci`)."
                ),
                format!(
                    "A empresa não descreve pessoas, então só pode a conta dona dos dados, e `{account}` é outra. \
                     Descreva as pessoas no arquivo da matriz RACI (`raci`)."
                ),
                format!(
                    "The company describes no people, so only the account that owns the data may, and `{account}` is \
                     another one. Describe the people in the file of the RACI matrix (`raci`)."
                ),
            ),
            Self::NotInToken(action) => {
                let tasks = action.tasks().iter().map(|task| format!("`{}`", task.word()));
                let words: Vec<String> = [format!("`{}`", action.word())].into_iter().chain(tasks).collect();
                let words = words.join(", ");
                language.pick(
                    format!("El token no se emitió para esto: haría falta uno con {words} en `scopes`."),
                    format!("O token não foi emitido para isto: seria preciso um com {words} em `scopes`."),
                    format!("The token was not issued for this: it would take one with {words} in `scopes`."),
                )
            }
            Self::NotByToken => language.pick(
                "Esto se hace con una sesión propia, y no con un token: inicie sesión.".to_owned(),
                "Isto se faz com uma sessão própria, e não com um token: entre com sua senha.".to_owned(),
                "This takes a session of one's own and no token: sign in.".to_owned(),
            ),
            Self::SecondFactorFirst => language.pick(
                "Su rol pide un segundo factor: actívelo, o inicie sesión con su código.".to_owned(),
                "Seu papel pede um segundo fator: ative-o, ou entre com seu código.".to_owned(),
                "Your role asks for a second factor: set one, or sign in with its code.".to_owned(),
            ),
            Self::Row { task, takes, why, could } => {
                let row = task.words(language);
                let row = language.pick(
                    format!("Fila «{row}» de la matriz RACI"),
                    format!("Linha «{row}» da matriz RACI"),
                    format!("Row \"{row}\" of the RACI matrix"),
                );
                format!("{row}: {} {}", why.words(*takes, language), who(could, language))
            }
        }
    }
}

impl Why {
    fn words(&self, takes: Takes, language: Language) -> String {
        match self {
            Self::Letters { roles, letters, external } => {
                let needed = needed(takes, language);
                let roles = roles.iter().map(|role| role.words(language)).collect::<Vec<_>>().join(", ");
                let has = match (roles.is_empty(), *letters == Letters::NONE) {
                    (true, _) => language.pick(
                        "usted no tiene ningún rol".to_owned(),
                        "você não tem nenhum papel".to_owned(),
                        "you have no role".to_owned(),
                    ),
                    (false, true) => language.pick(
                        format!("usted ({roles}) no tiene ninguna letra"),
                        format!("você ({roles}) não tem nenhuma letra"),
                        format!("you ({roles}) have no letter"),
                    ),
                    (false, false) => language.pick(
                        format!("usted ({roles}) tiene {letters}"),
                        format!("você ({roles}) tem {letters}"),
                        format!("you ({roles}) have {letters}"),
                    ),
                };
                let outside = language.pick(
                    ", y quien es externo no exporta ni tiene la última palabra",
                    ", e quem é externo não exporta nem tem a última palavra",
                    ", and whoever is external exports nothing and never has the last word",
                );
                let outside = if *external { outside } else { "" };
                language.pick(
                    format!("hace falta {needed}; {has}{outside}."),
                    format!("é preciso {needed}; {has}{outside}."),
                    format!("it takes {needed}; {has}{outside}."),
                )
            }
            Self::Scope(scope) if scope.is_empty() => language.pick(
                "usted es externo y no tiene alcance definido.".to_owned(),
                "você é externo e não tem alcance definido.".to_owned(),
                "you are external and were given no scope.".to_owned(),
            ),
            Self::Scope(scope) => {
                let reach = scope.words(language).unwrap_or_default();
                language.pick(
                    format!("esto va más allá de su alcance ({reach})."),
                    format!("isto vai além do seu alcance ({reach})."),
                    format!("this goes beyond your scope ({reach})."),
                )
            }
        }
    }
}

/// The letters of which one is needed.
fn needed(takes: Takes, language: Language) -> String {
    match takes {
        Takes::Seeing => language.pick("alguna letra", "alguma letra", "a letter").to_owned(),
        Takes::Speaking => language.pick("R, A o C", "R, A ou C", "R, A or C").to_owned(),
        Takes::Doing => language.pick("R o A", "R ou A", "R or A").to_owned(),
        Takes::Signing => "A".to_owned(),
    }
}

fn who(could: &[Could], language: Language) -> String {
    let one = |could: &Could| {
        let role = could.role.words(language);
        if could.people.is_empty() {
            role.to_owned()
        } else {
            format!("{role} ({})", could.people.join(", "))
        }
    };
    if could.is_empty() {
        let nobody = language.pick(
            "Hoy no puede nadie: la fila no tiene quien responda.",
            "Hoje ninguém pode: a linha não tem quem responda.",
            "Today nobody could: nobody answers for the row.",
        );
        return nobody.to_owned();
    }
    let could = listed(could.iter().map(one), language);
    language.pick(format!("Puede: {could}."), format!("Pode: {could}."), format!("Who could: {could}."))
}

/// `a, b o c`.
fn listed(parts: impl Iterator<Item = String>, language: Language) -> String {
    let mut parts: Vec<String> = parts.collect();
    match (parts.pop(), parts.is_empty()) {
        (None, _) => String::new(),
        (Some(last), true) => last,
        (Some(last), false) => format!("{} {} {last}", parts.join(", "), language.pick("o", "ou", "or")),
    }
}
