//! A component tied to what it may do.
//!
//! The linker lacks what was not granted, so denial is a fact of structure and not a check that someone could forget. The
//! comparison before it exists for people: it says in words what the linker would say in types.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::decision::Kind;
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre};

use crate::admission::Admitted;
use crate::capabilities;
use crate::contract::bindings::exports::timonel::rules::{
    alerting, approving, following, measuring, responding, routing, rule,
};
use crate::functions::Function;
use crate::grant::Grant;
use crate::refusal::Refusal;
use crate::session::Session;

/// A component tied to its grant, ready to be instantiated.
pub struct Linked {
    admitted: Arc<Admitted>,
    grant: Grant,
    pub(crate) exports: Exports,
}

impl std::fmt::Debug for Linked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Linked")
            .field("admitted", &self.admitted)
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}

impl Linked {
    pub(crate) fn new(engine: &Engine, admitted: &Arc<Admitted>, grant: &Grant) -> Result<Self, Refusal> {
        if grant.digest != admitted.digest {
            return Err(Refusal::OtherComponent { granted: grant.digest, component: admitted.digest });
        }
        let missing: Vec<_> = admitted.functions.difference(&grant.functions).copied().collect();
        if !missing.is_empty() {
            return Err(Refusal::NotGranted { functions: missing });
        }
        let exports = Exports::new(engine, &admitted.component, &grant.functions, &admitted.kinds)
            .map_err(|error| Refusal::Host { detail: format!("{error:#}") })?;
        Ok(Self { admitted: admitted.clone(), grant: grant.clone(), exports })
    }

    /// The component.
    pub fn admitted(&self) -> &Arc<Admitted> {
        &self.admitted
    }

    /// What it may do.
    pub fn grant(&self) -> &Grant {
        &self.grant
    }
}

/// What a component exports, with the way to each function looked up once.
pub(crate) struct Exports {
    pub(crate) pre: InstancePre<Session>,
    pub(crate) rule: rule::GuestIndices,
    pub(crate) routing: Option<routing::GuestIndices>,
    pub(crate) responding: Option<responding::GuestIndices>,
    pub(crate) following: Option<following::GuestIndices>,
    pub(crate) approving: Option<approving::GuestIndices>,
    pub(crate) measuring: Option<measuring::GuestIndices>,
    pub(crate) alerting: Option<alerting::GuestIndices>,
}

impl Exports {
    pub(crate) fn new(
        engine: &Engine,
        component: &Component,
        functions: &BTreeSet<Function>,
        kinds: &BTreeSet<Kind>,
    ) -> wasmtime::Result<Self> {
        let pre = capabilities::linker(engine, functions)?.instantiate_pre(component)?;
        Ok(Self {
            rule: rule::GuestIndices::new(&pre)?,
            routing: kinds.contains(&Kind::Routing).then(|| routing::GuestIndices::new(&pre)).transpose()?,
            responding: kinds
                .contains(&Kind::Responding)
                .then(|| responding::GuestIndices::new(&pre))
                .transpose()?,
            following: kinds
                .contains(&Kind::Following)
                .then(|| following::GuestIndices::new(&pre))
                .transpose()?,
            approving: kinds
                .contains(&Kind::Approving)
                .then(|| approving::GuestIndices::new(&pre))
                .transpose()?,
            measuring: kinds
                .contains(&Kind::Measuring)
                .then(|| measuring::GuestIndices::new(&pre))
                .transpose()?,
            alerting: kinds
                .contains(&Kind::Alerting)
                .then(|| alerting::GuestIndices::new(&pre))
                .transpose()?,
            pre,
        })
    }
}
