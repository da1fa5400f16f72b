//! What became of rules, and the versions of them that were ever in force.

use domain::id::RuleId;
use domain::rule::Version;
use domain::rule::book::RuleBook;
use domain::stream::Stream;

use crate::layout;
use crate::projection::ProjectionError;
use crate::store::Store;

impl Store {
    /// What was agreed on of rules and how they were moved, and the version of its stream.
    pub fn rule_book(&self) -> Result<(u64, RuleBook), ProjectionError> {
        let (version, book) = self.folded(&Stream::Rules)?;
        Ok((version, book.unwrap_or_default()))
    }

    /// The versions of a rule that were ever in force, each with the number of its event, the oldest first.
    pub fn rule_versions(&self, rule: &RuleId) -> Result<Vec<(u64, Version)>, ProjectionError> {
        let read = |(key, value): (Vec<u8>, sled::IVec)| {
            let seq = layout::number(&key).ok_or(ProjectionError::Broken("a version of a rule"))?;
            Ok((seq, serde_json::from_slice(&value).map_err(ProjectionError::Form)?))
        };
        self.all(layout::rule_versions(rule))?.into_iter().map(read).collect()
    }
}
