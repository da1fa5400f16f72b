//! One call of a guest, from the host's side: the data of its store.
//!
//! All that a call can do is in here and dies with it. What the guest did is recorded as typed values, because recording
//! is on the path of every decision; they become JSON when somebody keeps the trace.

use std::sync::Arc;

use domain::decision::{Effect, Kind, LogLine, MemoryScope};
use domain::id::{QueueId, RuleId};
use wasmtime::ResourceLimiter;

use crate::contract::{Agent, Customer, Failure, Who};
use crate::fault::Limit;
use crate::functions::Function;
use crate::limits::Limits;
use crate::link::Linked;
use crate::snapshot::{Snapshot, Unavailable};

/// The data of a store.
pub(crate) struct Session {
    /// On whose behalf; none while the guest describes itself or reads its settings.
    pub(crate) asking: Option<Asking>,
    pub(crate) recording: Recording,
    pub(crate) memory: MemoryLimit,
    calls_left: u32,
    bytes_left: usize,
    log_left: usize,
    calls_limit: u32,
    bytes_limit: usize,
}

/// A decision that is being made.
#[derive(Clone)]
pub(crate) struct Asking {
    pub(crate) rule: RuleId,
    pub(crate) kind: Kind,
    /// What it was granted.
    pub(crate) linked: Arc<Linked>,
    pub(crate) snapshot: Arc<dyn Snapshot>,
}

/// What the guest did, in order.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    pub(crate) calls: Vec<Said>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) effects: Vec<Effect>,
}

/// One call of the guest and the host's answer. What was answered is shared with the answer itself.
#[derive(Debug)]
pub(crate) enum Said {
    History {
        limit: u32,
        answer: Result<Vec<u64>, Failure>,
    },
    Profile {
        answer: Result<Arc<Customer>, Failure>,
    },
    Identity {
        answer: Result<Arc<Who>, Failure>,
    },
    Team {
        queue: QueueId,
        skills: Vec<String>,
        answer: Result<Arc<Vec<Agent>>, Failure>,
    },
    Recall {
        scope: MemoryScope,
        key: String,
        answer: Result<Option<String>, Failure>,
    },
    /// Wanted something to happen. Collected as an effect if the answer is no failure.
    Act {
        function: Function,
        effect: Effect,
        answer: Result<(), Failure>,
    },
    /// Wanted something asked that makes no sense.
    Misread {
        answer: Failure,
    },
    /// Read what a service answered.
    Answer {
        answer: Result<Option<u64>, Failure>,
    },
    /// The text is among the log lines.
    Log,
}

impl Said {
    pub(crate) fn function(&self) -> Function {
        match self {
            Self::History { .. } => Function::HistoryRecent,
            Self::Profile { .. } => Function::ProfileGet,
            Self::Identity { .. } => Function::IdentityGet,
            Self::Team { .. } => Function::TeamCandidates,
            Self::Recall { scope: MemoryScope::Conversation, .. } => Function::MemoryGet,
            Self::Recall { scope: MemoryScope::Contact, .. } => Function::MemoryGetOfContact,
            Self::Act { function, .. } => *function,
            Self::Misread { .. } => Function::RequestSend,
            Self::Answer { .. } => Function::RequestAnswer,
            Self::Log => Function::LogWrite,
        }
    }
}

impl Session {
    pub(crate) fn new(limits: &Limits, asking: Option<Asking>) -> Self {
        Self {
            asking,
            recording: Recording::default(),
            memory: MemoryLimit::new(limits),
            calls_left: limits.calls,
            bytes_left: limits.call_bytes,
            log_left: limits.log,
            calls_limit: limits.calls,
            bytes_limit: limits.call_bytes,
        }
    }

    /// The next call of an instance that was called already: what it holds of memory stays counted.
    pub(crate) fn begin(&mut self, limits: &Limits, asking: Asking) {
        let memory = std::mem::replace(&mut self.memory, MemoryLimit::new(limits));
        *self = Self { memory, ..Self::new(limits, Some(asking)) };
    }

    /// Every host function begins here: one more call, with so many bytes of arguments.
    pub(crate) fn enter(&mut self, function: Function, bytes: usize) -> wasmtime::Result<()> {
        if let Some(asking) = &self.asking
            && !function.kinds().contains(&asking.kind)
        {
            // A component can export both kinds and be granted what only one of them may call.
            return Err(Limit::Denied(function).into());
        }
        self.calls_left = self.calls_left.checked_sub(1).ok_or(Limit::Calls(self.calls_limit))?;
        self.charge(bytes)
    }

    /// So many bytes cross.
    pub(crate) fn charge(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(Limit::CallBytes(self.bytes_limit))?;
        Ok(())
    }

    /// What may be read now.
    pub(crate) fn snapshot(&self) -> Result<&Asking, Failure> {
        self.asking
            .as_ref()
            .ok_or_else(|| failure("unavailable", "there is no conversation while a rule is prepared"))
    }

    /// Cuts a line to what is left of the log.
    pub(crate) fn log(&mut self, level: &str, mut text: String) {
        text.truncate(text.floor_char_boundary(self.log_left));
        self.log_left -= text.len();
        if !text.is_empty() {
            self.recording.log.push(LogLine { level: level.to_owned(), text });
        }
    }
}

/// An answer that the guest can read.
pub(crate) fn failure(code: &str, text: impl Into<String>) -> Failure {
    Failure { code: code.to_owned(), text: text.into() }
}

impl From<Unavailable> for Failure {
    fn from(unavailable: Unavailable) -> Self {
        failure("unavailable", unavailable.because)
    }
}

/// Sums what an instance takes: wasmtime's own limiter bounds each memory by itself.
pub(crate) struct MemoryLimit {
    memory_left: usize,
    elements_left: usize,
    memory: usize,
    elements: usize,
}

impl MemoryLimit {
    fn new(limits: &Limits) -> Self {
        Self {
            memory_left: limits.memory,
            elements_left: limits.table_elements,
            memory: limits.memory,
            elements: limits.table_elements,
        }
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Over a maximum that the guest declared itself, `memory.grow` answers -1 as the specification wants.
        if maximum.is_some_and(|maximum| desired > maximum) && desired <= self.memory {
            return Ok(false);
        }
        self.memory_left = self
            .memory_left
            .checked_sub(desired.saturating_sub(current))
            .ok_or(Limit::Memory(self.memory))?;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) && desired <= self.elements {
            return Ok(false);
        }
        self.elements_left = self
            .elements_left
            .checked_sub(desired.saturating_sub(current))
            .ok_or(Limit::Tables(self.elements))?;
        Ok(true)
    }
}
