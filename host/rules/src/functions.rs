//! Every function that a rule may import: the one table of what can be granted.
//!
//! Permission is per function and not per interface because Rust guests import exactly what they call, and because two
//! functions of one interface can concern different people: what a rule noted on a conversation is read by whoever
//! attends it, what it noted on a customer across numbers is not.

use std::fmt;
use std::str::FromStr;

use domain::decision::Kind;
use domain::raci::action::Action;
use domain::raci::task::Task;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::contract::{PACKAGE, VERSION};

/// A function of the contract that a component may import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is described by `words`, and by its WIT")]
pub enum Function {
    HistoryRecent,
    ProfileGet,
    IdentityGet,
    TeamCandidates,
    MemoryGet,
    MemorySet,
    MemoryGetOfContact,
    MemorySetOfContact,
    LogWrite,
    ReplyText,
    ReplyButtons,
    ReplyMenu,
    LabelAddTag,
    LabelRemoveTag,
    LabelNote,
    LabelPriority,
    CloseResolve,
    WakeAfter,
    WakeCancel,
    TemplateSend,
    SurveyAsk,
    ReassignToQueue,
    ReassignToAgent,
    RequestSend,
    RequestAnswer,
}

struct Row {
    interface: &'static str,
    name: &'static str,
    action: Action,
    kinds: &'static [Kind],
    words: &'static str,
}

/// A router reads and returns a place; only who responds or follows acts; who judges, counts or watches explains itself and no more.
const ALL: &[Kind] = &Kind::ALL;
const ANY: &[Kind] = &[Kind::Routing, Kind::Responding, Kind::Following];
const ACTORS: &[Kind] = &[Kind::Responding, Kind::Following];
const RESPONDERS: &[Kind] = &[Kind::Responding];

impl Function {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 25] = [
        Self::HistoryRecent,
        Self::ProfileGet,
        Self::IdentityGet,
        Self::TeamCandidates,
        Self::MemoryGet,
        Self::MemorySet,
        Self::MemoryGetOfContact,
        Self::MemorySetOfContact,
        Self::LogWrite,
        Self::ReplyText,
        Self::ReplyButtons,
        Self::ReplyMenu,
        Self::LabelAddTag,
        Self::LabelRemoveTag,
        Self::LabelNote,
        Self::LabelPriority,
        Self::CloseResolve,
        Self::WakeAfter,
        Self::WakeCancel,
        Self::TemplateSend,
        Self::SurveyAsk,
        Self::ReassignToQueue,
        Self::ReassignToAgent,
        Self::RequestSend,
        Self::RequestAnswer,
    ];

    #[rustfmt::skip] // A table is read in columns.
    const fn row(self) -> Row {
        use Action::*;
        const fn row(
            interface: &'static str, name: &'static str, action: Action, kinds: &'static [Kind], words: &'static str,
        ) -> Row {
            Row { interface, name, action, kinds, words }
        }
        match self {
            Self::HistoryRecent      => row("history",  "recent",         LetRuleRead,     ANY, "read the latest messages of the conversation"),
            Self::ProfileGet         => row("profile",  "get",            LetRuleRead,     ANY, "read the customer's name, language and tags"),
            Self::IdentityGet        => row("identity", "get",            LetRuleIdentify, ANY, "read the customer's phone number"),
            Self::TeamCandidates     => row("team",     "candidates",     LetRuleSeeTeam,  ANY, "read who of the team could take the case"),
            Self::MemoryGet          => row("memory",   "get",            LetRuleRead,     ANY, "read its own notes on the conversation"),
            Self::MemorySet          => row("memory",   "set",            LetRuleRead,     ANY, "take notes on the conversation"),
            Self::MemoryGetOfContact => row("memory",   "get-of-contact", LetRuleIdentify, ANY, "read its own notes on the customer, across the company's numbers"),
            Self::MemorySetOfContact => row("memory",   "set-of-contact", LetRuleIdentify, ANY, "take notes on the customer, across the company's numbers"),
            Self::LogWrite           => row("log",      "write",          LetRuleAct,      ALL, "leave a trace for its author"),
            Self::ReplyText          => row("reply",    "text",           LetRuleAct,      ACTORS, "write to the customer"),
            Self::ReplyButtons       => row("reply",    "buttons",        LetRuleAct,      ACTORS, "write to the customer, with buttons"),
            Self::ReplyMenu          => row("reply",    "menu",           LetRuleAct,      ACTORS, "write to the customer, with a menu"),
            Self::LabelAddTag        => row("label",    "add-tag",        LetRuleAct,      ACTORS, "tag the case"),
            Self::LabelRemoveTag     => row("label",    "remove-tag",     LetRuleAct,      ACTORS, "take a tag from the case"),
            Self::LabelNote          => row("label",    "note",           LetRuleAct,      ACTORS, "leave a note for the agents"),
            Self::LabelPriority      => row("label",    "priority",       LetRuleAct,      ACTORS, "change the priority of the case"),
            Self::CloseResolve       => row("close",    "resolve",        LetRuleClose,    ACTORS, "resolve the case"),
            Self::WakeAfter          => row("wake",     "after",          LetRuleAct,      RESPONDERS, "ask to be called again later"),
            Self::WakeCancel         => row("wake",     "cancel",         LetRuleAct,      RESPONDERS, "take back that it wanted to be called again"),
            Self::TemplateSend       => row("template", "send",           LetRuleTemplate, ACTORS, "send templates, which cost money, where its grant says"),
            Self::SurveyAsk          => row("survey",   "ask",            LetRuleAct,      ACTORS, "ask the customer how it was"),
            Self::ReassignToQueue    => row("reassign", "to-queue",       LetRuleReassign, ACTORS, "have the case wait in another queue"),
            Self::ReassignToAgent    => row("reassign", "to-agent",       LetRuleReassign, ACTORS, "have the case wait for another agent"),
            Self::RequestSend        => row("request",  "send",           LetRuleRequest,  RESPONDERS, "have other systems asked, where its grant says"),
            Self::RequestAnswer      => row("request",  "answer",         LetRuleRequest,  RESPONDERS, "read what other systems answered"),
        }
    }

    /// The interface it belongs to, as `reply`.
    pub const fn interface(self) -> &'static str {
        self.row().interface
    }

    /// Its name within the interface, as `text`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// What it is, in the matrix, to let a rule have it.
    pub const fn action(self) -> Action {
        self.row().action
    }

    /// The tasks of the matrix that it belongs to: those accountable for each of them have to agree.
    pub const fn tasks(self) -> &'static [Task] {
        self.action().tasks()
    }

    /// The kinds of rule that may import it.
    pub const fn kinds(self) -> &'static [Kind] {
        self.row().kinds
    }

    /// What it lets a rule do, in words that complete "the rule may …".
    pub const fn words(self) -> &'static str {
        self.row().words
    }

    /// The interface as a component names it: `timonel:rules/reply@0.1.0`.
    pub fn wit_interface(self) -> String {
        format!("{PACKAGE}/{}@{VERSION}", self.interface())
    }

    /// The function of an interface, both as the contract names them.
    pub fn find(interface: &str, name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.interface() == interface && function.name() == name)
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.interface())?;
        f.write_str(".")?;
        f.write_str(self.name())
    }
}

/// A text that names no function of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no function of the contract {VERSION}: something like `reply.text` was expected")]
pub struct UnknownFunction {
    /// What was read.
    pub text: String,
}

impl FromStr for Function {
    type Err = UnknownFunction;

    fn from_str(text: &str) -> Result<Self, UnknownFunction> {
        text.split_once('.')
            .and_then(|(interface, name)| Self::find(interface, name))
            .ok_or_else(|| UnknownFunction { text: text.to_owned() })
    }
}

impl Serialize for Function {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Function {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_is_found_by_its_own_name() {
        for function in Function::ALL {
            assert_eq!(function.to_string().parse(), Ok(function));
            assert!(!function.tasks().is_empty() && !function.kinds().is_empty());
        }
        assert!("reply.shout".parse::<Function>().is_err());
    }

    #[test]
    fn only_who_responds_or_follows_acts() {
        for function in Function::ALL {
            let reads = ["history", "profile", "identity", "team", "memory", "log"];
            let acts = !reads.contains(&function.interface());
            assert_eq!(function.kinds().contains(&Kind::Routing), !acts, "{function}");
            for told_little in Kind::ALL.into_iter().filter(|kind| kind.is_told_little()) {
                assert_eq!(function.kinds().contains(&told_little), function == Function::LogWrite);
            }
        }
    }
}
