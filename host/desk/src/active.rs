//! What is in force: the company's description and the generation of rules.
//!
//! They change together, as one pointer. Whoever handles a command takes the pointer once, so that no decision mixes two.

use std::sync::Arc;

use domain::company::Company;
use rules::Generation;

use crate::helm::Signed;

/// The description and the rules that are in force.
pub struct Active {
    /// The company.
    pub company: Arc<Company>,
    /// The rules that its files say, as they are signed.
    pub files: Arc<[Signed]>,
    /// The rules that are asked.
    pub generation: Arc<Generation>,
}
