//! What somebody asks for is of record before it is done, and so is that it was refused.
//!
//! What comes of it are the events that follow. Whatever happens to the host in between, nobody has seen or done anything of
//! which there is no trace; and what cannot be recorded is not done.

use domain::event::{Acted, Denied, Device, Right};
use domain::id::OperatorId;
use domain::raci::Raci;
use domain::raci::action::{Action, Belongs};
use domain::raci::letters::Letters;
use domain::raci::person::Person;
use domain::raci::refusal::{Refusal, Why};
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft};

use crate::Server;
use crate::said::Said;

/// Somebody who asks for something.
pub(crate) struct Asking {
    /// As who they act.
    pub(crate) actor: Actor,
    /// Who they are here, or why they are nobody.
    pub(crate) person: Result<Person, Refusal>,
    pub(crate) account: Option<OperatorId>,
    pub(crate) device: Device,
    pub(crate) action: Action,
}

/// Writes down who asks for what, and whether they may, if that is to be kept. When this returns it is on the disk, as the event
/// of this number.
pub(crate) async fn record(
    server: &Server,
    raci: &Raci,
    asking: &Asking,
    said: Said,
    refusal: Option<&Refusal>,
) -> Result<Option<u64>, CommitError> {
    let Asking { actor, person, account, device, action } = asking;
    if !action.is_audited() {
        return Ok(None);
    }
    let refused = refusal.map(denied);
    let person = person.as_ref().ok();
    let acted = Acted {
        action: action.word(),
        person: person.map(|person| person.id.clone()),
        account: account.clone(),
        right: person.filter(|_| refused.is_none()).map(|person| right(raci, person, *action)),
        refused,
        device: device.clone(),
        about: said.about,
        reason: said.reason,
    };
    let draft = Draft::new(Stream::Audit, actor.clone(), acted)?;
    // Folded when it answers, so that whoever reads the record finds in it that they do.
    server.desk.store().commit(Vec::new(), vec![draft]).await.map(Some)
}

/// By what right somebody may do something: the first row of it, and the roles that have letters which are enough there.
fn right(raci: &Raci, person: &Person, action: Action) -> Right {
    let Belongs::To([task, ..], takes) = action.belongs() else {
        return Right { task: None, letters: Letters::NONE, roles: Vec::new(), lent_by: Vec::new() };
    };
    let enough = |role: &&_| raci.matrix().letters(*task, role).has(takes.letters());
    let roles = person.roles.iter().filter(enough).cloned().collect();
    let by_themselves = raci.own_letters(person, *task).has(takes.letters());
    let lent_by = if by_themselves { Vec::new() } else { raci.words_of(person, *task) };
    Right {
        task: Some(*task),
        letters: raci.letters(person, *task),
        roles,
        lent_by: lent_by.into_iter().cloned().collect(),
    }
}

fn denied(refusal: &Refusal) -> Denied {
    match refusal {
        Refusal::Stranger(_) => Denied::Stranger,
        Refusal::NotTheOwner(_) => Denied::NotTheOwner,
        Refusal::NotInToken(_) | Refusal::NotByToken => Denied::Token,
        Refusal::SecondFactorFirst => Denied::SecondFactor,
        Refusal::Row { why: Why::Letters { .. }, .. } => Denied::Letters,
        Refusal::Row { why: Why::Scope(_), .. } => Denied::Scope,
    }
}
