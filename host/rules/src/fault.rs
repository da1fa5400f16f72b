//! Who is to blame when a call ends badly.
//!
//! Host functions answer bad arguments with an error that the guest can read; only a limit ends its call. So a failed
//! call is one of four: a limit of ours, a trap of the guest, something unreadable that the guest handed over, or a
//! failure of the host. They are told apart by the type of the error and never by its text, which changes from version
//! to version of wasmtime.

use std::str::Utf8Error;

use domain::decision::{Fault, Outcome};
use wasmtime::{Trap, WasmBacktrace};

use crate::functions::Function;

/// A limit of ours that the guest ran into. Raised inside the call, so that it ends there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Limit {
    #[error("it asked for more than {0} bytes of memory")]
    Memory(usize),
    #[error("it asked for more than {0} elements of tables")]
    Tables(usize),
    #[error("it called the host more than {0} times")]
    Calls(u32),
    #[error("it exchanged more than {0} bytes with the host")]
    CallBytes(usize),
    #[error("it called {0}, which this kind of rule may not")]
    Denied(Function),
}

/// A call that did not return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) outcome: Outcome,
    /// For whoever has to repair it.
    pub(crate) text: String,
}

impl Failed {
    pub(crate) fn guest(fault: Fault, text: impl Into<String>) -> Self {
        Self { outcome: Outcome::GuestFault { fault }, text: text.into() }
    }

    pub(crate) fn host(error: &wasmtime::Error) -> Self {
        Self { outcome: Outcome::HostFault, text: format!("{error:#}") }
    }

    /// While the instance was made: besides the limits and traps of its start functions, all that can go wrong is ours.
    pub(crate) fn starting(error: &wasmtime::Error) -> Self {
        Self::limit_or_trap(error).unwrap_or_else(|| Self::host(error))
    }

    /// While a function of the guest ran.
    pub(crate) fn calling(error: &wasmtime::Error) -> Self {
        Self::limit_or_trap(error).unwrap_or_else(|| Self::crossing(error))
    }

    fn limit_or_trap(error: &wasmtime::Error) -> Option<Self> {
        if let Some(limit) = error.downcast_ref::<Limit>() {
            let outcome = match limit {
                Limit::Memory(_) | Limit::Tables(_) => Outcome::GuestFault { fault: Fault::OutOfMemory },
                Limit::Calls(_) | Limit::CallBytes(_) => Outcome::GuestFault { fault: Fault::TooManyCalls },
                Limit::Denied(function) => Outcome::Denied { function: function.to_string() },
            };
            return Some(Self { outcome, text: limit.to_string() });
        }
        let trap = error.downcast_ref::<Trap>()?;
        let fault = match trap {
            Trap::OutOfFuel | Trap::Interrupt => Fault::OutOfFuel,
            Trap::StackOverflow => Fault::StackOverflow,
            Trap::AllocationTooLarge => Fault::OutOfMemory,
            _ => Fault::Trap,
        };
        Some(Self::guest(fault, trap.to_string()))
    }

    /// What is left after limits and traps: the guest handed over what could not be read. wasmtime tells of a bad
    /// pointer or an unknown case in words, of bad UTF-8 with the error of `std`, and of more bytes than may cross at
    /// once with a type of its own, which is private and therefore known by elimination. Whether that happened on the
    /// way into a host function or out of the guest shows in the frames of the guest that were on the stack.
    fn crossing(error: &wasmtime::Error) -> Self {
        let unreadable = error.is::<String>() || error.is::<&'static str>() || error.is::<Utf8Error>();
        if unreadable {
            return Self::guest(
                Fault::Nonsense,
                format!("what it handed over cannot be read: {}", error.root_cause()),
            );
        }
        let (fault, text) = if error.is::<WasmBacktrace>() {
            (Fault::TooManyCalls, "it handed the host more bytes than may cross in one call")
        } else {
            (Fault::TooMuchOutput, "it returned more bytes than may cross at once")
        };
        Self::guest(fault, text)
    }
}
