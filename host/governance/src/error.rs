//! Why something about access was not done: whose fault it was, and what to do next.

use domain::id::PersonId;
use domain::raci::loan::NotLent;
use domain::sealed::SealError;
use jiff::SignedDuration;
use store::{CommitError, ProjectionError};

use crate::password::{Busy, WeakPassword};

/// Why something about access was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The person, the password or the code is wrong. It is not said which.
    #[error("the person, the password or the code is wrong")]
    Wrong,
    /// The password is right.
    #[error("the password is right: send it again with `code` or `recovery-code`")]
    SecondFactorNeeded,
    /// They sign in by the provider.
    #[error(
        "people sign in by the company's identity provider here (`oidc.passwords-of` names whoever may not have to)"
    )]
    ByProvider,
    /// It is not known that it is them.
    #[error(
        "`password` is missing; whoever signs in by the company's identity provider has to have done so within the last five \
         minutes, with the second factor if there is one: sign in again"
    )]
    NotFresh,
    /// There is nothing to forget.
    #[error("`{0}` is bound to no account at the company's identity provider")]
    NotBound(PersonId),
    /// Too many were wrong.
    #[error("too many attempts: try again in {} s", .0.as_secs() + 1)]
    TooOften(SignedDuration),
    /// Too many sign in at this moment.
    #[error("too many sign in at this moment: try again in a second")]
    Busy,
    /// The password is not taken.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The list of stolen passwords cannot be read, and without it none is taken.
    #[error("`breached-passwords` cannot be read: {0}")]
    List(#[source] std::io::Error),
    /// The link is worth nothing.
    #[error("the invitation was used, is too old or was replaced by another: ask for a new one")]
    NoInvitation,
    /// The matrix knows nobody of that name.
    #[error("`{0}` is nobody in the file of the matrix (`raci`)")]
    NoPerson(PersonId),
    /// They have left.
    #[error("`{0}` has left: say first that they are back")]
    Left(PersonId),
    /// They have not.
    #[error("`{0}` has not left")]
    NotLeft(PersonId),
    /// It is a program.
    #[error("`{0}` is a program: it has tokens, which its owner issues, and no password")]
    Service(PersonId),
    /// It is somebody else's program, or none.
    #[error("`{0}` is no program that you answer for")]
    NotYours(PersonId),
    /// There is no set-up to finish.
    #[error("no second factor is being set up: begin again")]
    NotBegun,
    /// The word is no scope.
    #[error("`{0}` in `scopes` is no task and no action: /api/v1/openapi.json has the list")]
    NoScope(String),
    /// The word cannot be lent.
    #[error(transparent)]
    NotLent(#[from] NotLent),
    /// It has none.
    #[error("`scopes` is empty: a token is limited to tasks or actions, as \"monitor-sla\"")]
    NoScopes,
    /// It would count for ever.
    #[error("`days` is {0}: 1 to 366 was expected")]
    Days(i64),
    /// Its name says nothing.
    #[error("`name` is what the token is for, in 1 to 60 characters")]
    Name,
    /// There is none of that name.
    #[error("there is no such session or token")]
    NotThere,
    /// Somebody else changed it meanwhile.
    #[error("it was changed since it was read: read it again")]
    Stale,
    /// Nothing was written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// Something could not be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Something could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<Busy> for AccessError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}
