//! Who may move a rule, and how far, without a signature.
//!
//! That the row lets them is asked at the door (`raci`). Here is what the envelope of the version that runs says, which those
//! who answer for the rule have signed: everything in it is free, everything outside of it is a proposal. Up to what was signed
//! anybody may return who may move at all.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mode::Mode;
use super::{Bound, Version};
use crate::Time;
use crate::author::AuthorKeyId;
use crate::id::{NumberId, RoleId};
use crate::law::language::Language;
use crate::raci::Raci;
use crate::raci::letters::Letters;
use crate::raci::person::Person;
use crate::raci::task::Task;

/// How somebody wants a rule to be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wish {
    /// Its mode; as it is if none.
    pub mode: Option<Mode>,
    /// Operational settings, by their JSON pointers.
    pub settings: BTreeMap<String, Value>,
}

/// Why a rule is not moved.
#[derive(Debug, Clone, PartialEq)]
pub enum Unmoved {
    /// Nothing would be different.
    Nothing,
    /// The rule is for more than what they reach.
    Scope,
    /// The envelope names roles, and none of theirs.
    Mover(Vec<RoleId>),
    /// It is above what was signed.
    Above(Mode),
    /// It protects something.
    Guard,
    /// It judges proposals.
    Judge,
    /// Its plugin was signed with a key that was revoked.
    Revoked(AuthorKeyId),
    /// What was signed is over.
    Over(Time),
    /// Nobody signed that this setting may be moved.
    Fixed(String),
    /// It may be moved, and not so far.
    Bound(String, Bound),
}

/// The rule as it is, and where it is.
pub struct Standing<'a> {
    /// The version that runs.
    pub version: &'a Version,
    /// The mode that it is in.
    pub mode: Mode,
    /// The identifiers of the company's numbers, by their names.
    pub number: &'a dyn Fn(&str) -> Option<NumberId>,
}

impl Standing<'_> {
    /// Whether somebody may move it like that at this moment.
    pub fn may_move(&self, person: &Person, raci: &Raci, wish: &Wish, now: Time) -> Result<(), Unmoved> {
        let envelope = &self.version.envelope;
        self.is_of(person)?;
        if self.version.judges() {
            return Err(Unmoved::Judge);
        }
        let answers = raci.letters(person, Task::AdjustRoutingRules).has(Letters::A);
        let named = |role: &RoleId| person.roles.contains(role);
        if !answers && !envelope.movers.is_empty() && !envelope.movers.iter().any(named) {
            return Err(Unmoved::Mover(envelope.movers.clone()));
        }
        let mode = wish.mode.unwrap_or(self.mode);
        if mode == self.mode && wish.settings.is_empty() {
            return Err(Unmoved::Nothing);
        }
        if mode > self.version.highest() {
            return Err(Unmoved::Above(self.version.highest()));
        }
        if let Some(until) = envelope.until
            && now >= until
            && mode > Mode::Shadow
        {
            return Err(Unmoved::Over(until));
        }
        if envelope.guard && !answers && mode < self.mode {
            return Err(Unmoved::Guard);
        }
        for (pointer, value) in &wish.settings {
            let bound = envelope.bounds.get(pointer).ok_or_else(|| Unmoved::Fixed(pointer.clone()))?;
            if !bound.holds(value) {
                return Err(Unmoved::Bound(pointer.clone(), bound.clone()));
            }
        }
        Ok(())
    }

    /// Whether somebody may return it to what was signed: whoever reaches all that it is for.
    pub fn may_return(&self, person: &Person) -> Result<(), Unmoved> {
        if self.version.judges() { Err(Unmoved::Judge) } else { self.is_of(person) }
    }

    /// Whether it is for any case that they reach.
    pub fn is_seen(&self, person: &Person) -> bool {
        let (theirs, scope) = (&person.scope, &self.version.scope);
        if theirs.is_empty() {
            return !person.external;
        }
        let number =
            |name: &String| (self.number)(name).is_some_and(|number| theirs.numbers.contains(&number));
        let numbers =
            theirs.numbers.is_empty() || scope.numbers.is_empty() || scope.numbers.iter().any(number);
        let queue = |queue| theirs.queues.contains(queue);
        numbers && (theirs.queues.is_empty() || scope.queues.is_empty() || scope.queues.iter().any(queue))
    }

    /// Whoever is scoped moves what lies in their scope as a whole.
    fn is_of(&self, person: &Person) -> Result<(), Unmoved> {
        let (theirs, scope) = (&person.scope, &self.version.scope);
        if theirs.is_empty() {
            return if person.external { Err(Unmoved::Scope) } else { Ok(()) };
        }
        let number =
            |name: &String| (self.number)(name).is_some_and(|number| theirs.numbers.contains(&number));
        let numbers =
            theirs.numbers.is_empty() || !scope.numbers.is_empty() && scope.numbers.iter().all(number);
        let queue = |queue| theirs.queues.contains(queue);
        let queues = theirs.queues.is_empty() || !scope.queues.is_empty() && scope.queues.iter().all(queue);
        // A rule is for cases, which are nobody's yet: it lies in no team.
        if numbers && queues && theirs.team.is_empty() { Ok(()) } else { Err(Unmoved::Scope) }
    }
}

impl Unmoved {
    /// In a language, and what to do about it.
    pub fn words(&self, language: Language) -> String {
        let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
        let propose = language.pick(
            "está fuera de lo firmado, y se propone (`timonel proposal rule`)",
            "está fora do que foi assinado, e se propõe (`timonel proposal rule`)",
            "it lies outside of what was signed, and is proposed (`timonel proposal rule`)",
        );
        match self {
            Self::Nothing => say(
                "así está la regla ya: no cambiaría nada",
                "a regra já está assim: nada mudaria",
                "the rule is like that already: nothing would be different",
            ),
            Self::Scope => say(
                "la regla vale para más que su alcance (colas y números): la mueve quien alcanza todo lo suyo",
                "a regra vale para mais que o seu alcance (filas e números): move-a quem alcança tudo dela",
                "the rule is for more than your scope (queues and numbers): whoever reaches all of it moves it",
            ),
            Self::Mover(roles) => {
                let roles: Vec<&str> = roles.iter().map(RoleId::as_str).collect();
                let roles = roles.join(", ");
                match language {
                    Language::Es => format!("lo firmado deja moverla solo a: {roles}"),
                    Language::Pt => format!("o que foi assinado deixa movê-la só a: {roles}"),
                    _ => format!("what was signed lets only these roles move it: {roles}"),
                }
            }
            Self::Above(highest) => match language {
                Language::Es => format!("lo firmado llega hasta `{highest}`: más {propose}"),
                Language::Pt => format!("o que foi assinado chega até `{highest}`: mais {propose}"),
                _ => format!("what was signed goes up to `{highest}`: for more, {propose}"),
            },
            Self::Guard => say(
                "la regla protege algo, y la baja solo quien responde por «Ajustar reglas de enrutamiento» (A)",
                "a regra protege algo, e só a baixa quem responde por «Ajustar regras de roteamento» (A)",
                "the rule protects something, and only whoever answers for “Adjust routing rules” (A) moves it down",
            ),
            Self::Judge => say(
                "la regla juzga propuestas: no la mueve nadie a solas, se propone",
                "a regra julga propostas: ninguém a move a sós, propõe-se",
                "the rule judges proposals: nobody moves it alone, propose it",
            ),
            Self::Revoked(key) => match language {
                Language::Es => {
                    format!("la detiene la clave revocada de su autor, `{key}`: se propone con otro plugin")
                }
                Language::Pt => {
                    format!("a chave revogada do seu autor, `{key}`, a detém: propõe-se com outro plugin")
                }
                _ => format!(
                    "the revoked key of its author, `{key}`, stops it: propose it with another plugin"
                ),
            },
            Self::Over(until) => match language {
                Language::Es => format!("lo firmado valía hasta {until}: se propone de nuevo"),
                Language::Pt => format!("o que foi assinado valia até {until}: propõe-se de novo"),
                _ => format!("what was signed held until {until}: propose it again"),
            },
            Self::Fixed(pointer) => format!("`{pointer}`: {propose}"),
            Self::Bound(pointer, bound) => format!("`{pointer}` ({bound}): {propose}"),
        }
    }
}

#[cfg(test)]
mod tests;
