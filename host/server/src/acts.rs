//! What somebody asks for is of record before it is done, and so is that it was refused.
//!
//! What comes of it are the events that follow. Whatever happens to the host in between, nobody has seen or done anything of
//! which there is no trace; and what cannot be recorded is not done.

use domain::event::{Acted, Denied, Device, Right};
use domain::raci::Raci;
use domain::raci::action::{Action, Belongs};
use domain::raci::letters::Letters;
use domain::raci::person::Person;
use domain::raci::refusal::{Refusal, Why};
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft};

use crate::Server;
use crate::operator::Operator;
use crate::said::Said;

/// Somebody who asks for something.
pub(crate) struct Asking<'a> {
    pub(crate) action: Action,
    pub(crate) operator: &'a Operator,
    /// Whose the account is.
    pub(crate) person: Option<&'a Person>,
    pub(crate) said: Said,
}

/// Writes down who asks for what, and whether they may. When this returns it is on the disk, as the event of this number.
pub(crate) async fn record(
    server: &Server,
    raci: &Raci,
    asking: Asking<'_>,
    refusal: Option<&Refusal>,
) -> Result<u64, CommitError> {
    let Asking { action, operator, person, said } = asking;
    let refused = refusal.map(denied);
    let right = person.filter(|_| refused.is_none()).map(|person| right(raci, person, action));
    let acted = Acted {
        action: action.word(),
        person: person.map(|person| person.id.clone()),
        account: operator.account.clone(),
        right,
        refused,
        device: Device::Socket { process: operator.process },
        about: said.about,
        reason: said.reason,
    };
    let draft = Draft::new(Stream::Audit, Actor::Operator(operator.account.clone()), acted)?;
    // Folded when it answers, so that whoever reads the record finds in it that they do.
    server.desk.store().commit(Vec::new(), vec![draft]).await
}

/// By what right somebody may do something: the first row of it, and the roles that have letters which are enough there.
fn right(raci: &Raci, person: &Person, action: Action) -> Right {
    let Belongs::To([task, ..], takes) = action.belongs() else {
        return Right { task: None, letters: Letters::NONE, roles: Vec::new() };
    };
    let enough = |role: &&_| raci.matrix().letters(*task, role).has(takes.letters());
    let roles = person.roles.iter().filter(enough).cloned().collect();
    Right { task: Some(*task), letters: raci.letters(person, *task), roles }
}

fn denied(refusal: &Refusal) -> Denied {
    match refusal {
        Refusal::Stranger(_) => Denied::Stranger,
        Refusal::NotTheOwner(_) => Denied::NotTheOwner,
        Refusal::Row { why: Why::Letters { .. }, .. } => Denied::Letters,
        Refusal::Row { why: Why::Scope(_), .. } => Denied::Scope,
    }
}
