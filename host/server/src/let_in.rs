//! Who was let in, and to do what: what a door leaves for the handlers behind it.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::raci::person::Person;
use domain::stream::Actor;
use governance::{By, Origin};

/// Somebody who was let in. A handler that asks for it cannot be reached past a door.
#[derive(Debug, Clone)]
pub(crate) struct LetIn {
    /// Who, as the matrix knows them.
    pub(crate) person: Person,
    /// As who they act.
    pub(crate) actor: Actor,
    /// How they proved it to the API, and from where; none at the machine, where the kernel says it.
    pub(crate) proven: Option<(By, Origin)>,
}

impl LetIn {
    /// As who they act.
    pub(crate) fn actor(&self) -> Actor {
        self.actor.clone()
    }
}

impl<S: Sync> FromRequestParts<S> for LetIn {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // Without a door in front there is nobody to act as.
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
