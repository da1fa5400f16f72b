//! Which proposals there are, and which of them somebody has to do something about.

use domain::event::CompanyAdopted;
use domain::id::ProposalId;
use domain::proposal::Proposal;
use domain::stream::Stream;

use crate::layout;
use crate::projection::ProjectionError;
use crate::store::Store;

impl Store {
    /// What the company agreed on last of its files, if it ever did.
    pub fn adopted(&self) -> Result<Option<CompanyAdopted>, ProjectionError> {
        self.json(layout::ADOPTED.to_vec())
    }

    /// A proposal, and the version of its stream.
    pub fn proposal(&self, id: ProposalId) -> Result<(u64, Option<Proposal>), ProjectionError> {
        self.folded(&Stream::Proposal(id))
    }

    /// All proposals, or those that are pending.
    pub fn proposals(&self, pending: bool) -> Result<Vec<Proposal>, ProjectionError> {
        let mut found = Vec::new();
        for (key, value) in self.all(layout::PROPOSALS.to_vec())? {
            if pending && *value == [0] {
                continue;
            }
            let id = layout::tail(&key).ok_or(ProjectionError::Broken("a proposal"))?;
            found.extend(self.proposal(ProposalId::from_bytes(id))?.1);
        }
        Ok(found)
    }
}
