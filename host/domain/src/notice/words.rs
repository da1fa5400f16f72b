//! What people read of a notice: the one table of its words.

use super::{Matter, Part, Step};
use crate::event::WhyRefused;
use crate::id::{ConversationId, PersonId};
use crate::law::language::Language;
use crate::measure::alert;
use crate::raci::Raci;
use crate::stream::Actor;
use crate::templates;

/// People whose letters a notice spells out: of more of them the matrix shows it better.
const FEW: usize = 3;

impl Part {
    /// How it concerns whoever reads it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Happened => {
                language.pick("para su información", "para sua informação", "for your information")
            }
            Self::Waits => language.pick("le espera", "espera por você", "waits for you"),
            Self::Loud => language.pick("¡ATENCIÓN!", "ATENÇÃO!", "ATTENTION!"),
        }
    }
}

impl Step {
    fn words(self, language: Language) -> &'static str {
        #[rustfmt::skip] // A table is read in rows.
        let [es, pt, en] = match self {
            Self::Proposed  => ["propuesta", "proposta", "proposed"],
            Self::Edited    => ["la propuesta es otra ahora", "a proposta é outra agora", "the proposal is another one now"],
            Self::Agreed    => ["opinión a favor", "opinião a favor", "an opinion for it"],
            Self::Objected  => ["opinión en contra: hay que firmar de nuevo", "opinião contra: é preciso assinar de novo", "an opinion against it: it has to be signed again"],
            Self::Signed    => ["firmada", "assinada", "signed"],
            Self::Rejected  => ["rechazada", "rejeitada", "rejected"],
            Self::Withdrawn => ["retirada", "retirada", "taken back"],
            Self::Expired   => ["vencida sin decisión", "vencida sem decisão", "expired undecided"],
            Self::Forced    => ["FORZADA SIN APROBACIÓN", "FORÇADA SEM APROVAÇÃO", "FORCED WITHOUT APPROVAL"],
            Self::Reviewed  => ["revisado lo que se forzó", "revisado o que foi forçado", "what was forced was looked at"],
            Self::Marked    => ["quien firmó se fue: hay que ratificarla", "quem assinou saiu: é preciso ratificá-la", "who signed it left: it is to be ratified"],
            Self::Ratified  => ["ratificada", "ratificada", "ratified"],
            Self::Done      => ["ejecutada", "executada", "carried out"],
            Self::Failed    => ["no se pudo ejecutar", "não pôde ser executada", "could not be carried out"],
            Self::Reminded  => ["sigue esperando", "continua esperando", "still waits"],
        };
        language.pick(es, pt, en)
    }
}

impl Matter {
    /// What happened, in a line, as `plantilla · crear «promo» (es), avisos: firmada (Paula Gómez)`.
    pub fn words(&self, by: &Actor, raci: &Raci, language: Language) -> String {
        let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
        let name = |id: &PersonId| raci.name_of(id);
        let from = |number: &Option<crate::id::NumberId>| match number {
            None => say("todos los números", "todos os números", "all numbers"),
            Some(number) => {
                format!("{} {number}", language.pick("el número", "o número", "the number"))
            }
        };
        let first =
            |conversation: &ConversationId| conversation.to_string().chars().take(8).collect::<String>();
        let what = match self {
            Self::Proposal { kind, title, step, .. } => {
                format!("{} · {title}: {}", kind.words(language), step.words(language))
            }
            Self::Stopped { number, code } => {
                let words = say("envíos detenidos", "envios parados", "sending stopped");
                let code = code.map(|code| format!(", WhatsApp {code}")).unwrap_or_default();
                format!("{words}: {}{code}", from(number))
            }
            Self::Resumed { number } => {
                format!(
                    "{}: {}",
                    say("envíos reanudados", "envios retomados", "sending resumed"),
                    from(number)
                )
            }
            Self::Template { name, language: of, status } => {
                let words = say(
                    "Meta no deja enviar la plantilla",
                    "a Meta não deixa enviar o modelo",
                    "Meta does not let the template be sent",
                );
                format!("{words} «{name}» ({of}): {}", templates::words::status(status, language))
            }
            Self::TwoPlaces { person } => {
                let words = say(
                    "una cuenta está en uso en dos lugares a la vez",
                    "uma conta está em uso em dois lugares ao mesmo tempo",
                    "an account is in use in two places at once",
                );
                format!("{words}: {}", name(person))
            }
            Self::Invited { person } => {
                let words = say(
                    "invitación para poner contraseña",
                    "convite para pôr senha",
                    "invited to set a password",
                );
                format!("{words}: {}", name(person))
            }
            Self::Left { person } => {
                let words = say("ya no trabaja aquí", "já não trabalha aqui", "does not work here any more");
                format!("{}: {words}", name(person))
            }
            Self::Returned { person } => {
                let words = say("trabaja aquí de nuevo", "trabalha aqui de novo", "works here again");
                format!("{}: {words}", name(person))
            }
            Self::Identity { person, refused } => {
                let words = match refused {
                    Some(WhyRefused::AnotherAccount) => say(
                        "el proveedor de identidad da su nombre a otra cuenta, y no se la dejó entrar",
                        "o provedor de identidade dá seu nome a outra conta, e ela não entrou",
                        "the identity provider gives their name to another account, which was not let in",
                    ),
                    Some(WhyRefused::NotConfirmed(role)) => {
                        let words = say(
                            "el proveedor de identidad no confirma su rol, y no se dejó entrar",
                            "o provedor de identidade não confirma seu papel, e não se deixou entrar",
                            "the identity provider does not confirm their role, and they were not let in",
                        );
                        format!("{words}: {role}")
                    }
                    None => say(
                        "ya no está ligada a una cuenta del proveedor de identidad",
                        "já não está vinculada a uma conta do provedor de identidade",
                        "is not bound to an account at the identity provider any more",
                    ),
                };
                format!("{}: {words}", name(person))
            }
            Self::Word { from, to, tasks, back } => {
                let rows: Vec<&str> = tasks.iter().map(|task| task.words(language)).collect();
                let words = if *back {
                    say(
                        "tiene de vuelta la palabra que delegó en",
                        "tem de volta a palavra que delegou a",
                        "has back the word lent to",
                    )
                } else {
                    say("delega su palabra en", "delega sua palavra a", "lends their word to")
                };
                format!("{} {words} {}: {}", name(from), name(to), rows.join(", "))
            }
            Self::Rule { rule, undone: Some(left), .. } => {
                let words = say(
                    "Timonel deshizo el último cambio de una regla porque salió mal",
                    "o Timonel desfez a última mudança de uma regra porque saiu mal",
                    "the host undid the last change of a rule because it went badly",
                );
                format!("{words}: {rule} ({left})")
            }
            Self::Rule { rule, mode, undone: None } => {
                let to = mode.map(|mode| format!(" → {}", mode.words(language))).unwrap_or_default();
                format!("{}: {rule}{to}", say("regla movida", "regra movida", "rule moved"))
            }
            Self::RuleSet { set, on: true } => {
                let words = say("conjunto de reglas encendido", "conjunto de regras ligado", "rule set on");
                format!("{words}: {set}")
            }
            Self::RuleSet { set, on: false } => {
                let words = say("conjunto de reglas apagado", "conjunto de regras desligado", "rule set off");
                format!("{words}: {set}")
            }
            Self::Alert { level: Some(_), words, .. } => {
                format!("{}: {}", say("alerta", "alerta", "alert"), alert::words(words, language))
            }
            Self::Alert { which, level: None, .. } => {
                let group = [
                    Some(which.alert.replace('-', " ")),
                    which.place.number.as_ref().map(ToString::to_string),
                    which.place.queue.as_ref().map(ToString::to_string),
                    which.place.agent.as_ref().map(|agent| raci.name_of(&agent.as_str().into())),
                    Some(which.place.label.clone()).filter(|label| !label.is_empty()),
                ];
                let of: Vec<String> = group.into_iter().flatten().collect();
                let words = say("terminó la alerta", "terminou o alerta", "the alert is over");
                format!("{words}: {}", of.join(" · "))
            }
            Self::Late { queue, conversation, at, .. } => {
                let words = say(
                    "un cliente espera respuesta, y su plazo está al",
                    "um cliente espera resposta, e o prazo está em",
                    "a customer waits for an answer, and of the time promised is over",
                );
                format!("{words} {at} % · {queue} · {}", first(conversation))
            }
            Self::Help { queue, conversation, .. } => {
                let words = say(
                    "pide ayuda con un cliente",
                    "pede ajuda com um cliente",
                    "asks for help with a customer",
                );
                format!("{words} · {queue} · {}", first(conversation))
            }
            Self::Mentioned { conversation, .. } => {
                let words = say(
                    "le pregunta en una nota sobre un cliente",
                    "pergunta a você numa nota sobre um cliente",
                    "asks you in a note about a customer",
                );
                format!("{words} · {}", first(conversation))
            }
            Self::Author { key } => {
                let words = say(
                    "se revocó la clave de un autor, y lo que firmó ya no corre",
                    "revogou-se a chave de um autor, e o que assinou já não roda",
                    "an author's key was revoked, and what it signed runs no more",
                );
                format!("{words}: {key}")
            }
            Self::Rights { people } => {
                let row = |(task, letters): (&crate::raci::task::Task, &_)| {
                    format!("{} {letters}", task.words(language))
                };
                let one = |(person, rows): (&PersonId, &super::Rights)| {
                    let rows: Vec<String> = rows.iter().map(row).collect();
                    let none = language.pick("ninguna fila", "nenhuma linha", "no row");
                    let rows = if rows.is_empty() { none.to_owned() } else { rows.join("; ") };
                    format!("{}: {rows}", name(person))
                };
                if people.len() > FEW {
                    let names: Vec<String> = people.keys().map(name).collect();
                    let words = say(
                        "otras letras en la matriz",
                        "outras letras na matriz",
                        "other letters in the matrix",
                    );
                    return format!("{words}: {}", names.join(", "));
                }
                let words = say("letras en la matriz", "letras na matriz", "letters in the matrix");
                let people: Vec<String> = people.iter().map(one).collect();
                format!("{words}. {}", people.join(". "))
            }
        };
        match by {
            Actor::Person(person) => format!("{what} ({})", name(person)),
            Actor::Agent(agent) => format!("{what} ({})", raci.name_of(&agent.as_str().into())),
            Actor::Operator(account) => format!("{what} ({account})"),
            _ => what,
        }
    }
}
