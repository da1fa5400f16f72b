//! What can be wrong with a table of the company's directory.

use crate::company::Mistake;

/// A table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No TOML, or not of this form; says the line.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// A value that makes no sense.
    #[error(transparent)]
    Mistake(#[from] Mistake),
}
