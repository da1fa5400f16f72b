//! Where somebody can go: three surfaces, of which each sees the part that the matrix gives them.
//!
//! Whoever steers has the tower, whoever holds keys the administration, and whoever works for another company the plugins that they
//! handed in. What somebody may not do is in no list; a direct link to it says which row refuses (`refused`).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::raci::action::Action;

use super::frame::{Door, Frame, May};
use super::words::Words;
use crate::Server;
use crate::conversations::agent_of;
use crate::let_in::LetIn;

/// What it takes to go somewhere.
enum Takes {
    /// An action, as far as somebody reaches.
    Here(Action),
    /// An action with the whole company.
    Everywhere(Action),
}

impl Takes {
    fn is_given(&self, may: &May) -> bool {
        match self {
            Self::Here(action) => may.here(*action),
            Self::Everywhere(action) => may.everywhere(*action),
        }
    }
}

/// A page, what it is called, and what it takes.
type Room = (&'static str, &'static str, Takes);

/// Whoever does one of these has something to administrate; whoever is merely told of it follows links.
const ADMINISTRATES: [Action; 6] = [
    Action::ChangeAccess,
    Action::MoveRules,
    Action::ChangeTemplates,
    Action::DraftCampaign,
    Action::ReadNotices,
    Action::ReadAudit,
];

fn tower(say: Words) -> [Room; 5] {
    [
        ("/console/tower", say.tower(), Takes::Here(Action::ReadBoard)),
        ("/console/rules", say.rules(), Takes::Here(Action::ReadRules)),
        ("/console/figures", say.figures(), Takes::Here(Action::ReadFigures)),
        ("/console/replies", say.quick_replies(), Takes::Here(Action::KeepQuickReplies)),
        ("/console/approvals", say.approvals(), Takes::Here(Action::ReadProposals)),
    ]
}

fn administration(say: Words) -> [Room; 10] {
    use Takes::{Everywhere, Here};
    [
        ("/console/plugins", say.plugins(), Here(Action::ReadPlugins)),
        ("/console/people", say.people(), Everywhere(Action::ReadAccess)),
        ("/console/matrix", say.matrix(), Everywhere(Action::ReadAccess)),
        ("/console/company", say.company(), Everywhere(Action::ReadCompany)),
        ("/console/templates", say.templates(), Everywhere(Action::ReadTemplates)),
        ("/console/campaigns", say.campaigns(), Everywhere(Action::ReadCampaigns)),
        ("/console/spending", say.spending(), Everywhere(Action::ReadSpending)),
        ("/console/integrations", say.integrations(), Everywhere(Action::ReadIntegrations)),
        ("/console/audit", say.audit(), Everywhere(Action::ReadAudit)),
        ("/console/health", say.health(), Everywhere(Action::ReadStatus)),
    ]
}

fn doors<const N: usize>(rooms: [Room; N], may: &May, here: &str) -> Vec<Door> {
    let open = rooms.into_iter().filter(|(_, _, takes)| takes.is_given(may));
    open.map(|(path, name, _)| Door { path, name, is_here: path == here }).collect()
}

/// The doors in the head of a page, and the rooms below it where the page is of the administration. `attends` is whether somebody has
/// customers to attend, or reads what others wrote with them.
pub(super) fn of(
    say: Words,
    may: &May,
    (is_external, attends): (bool, bool),
    here: &str,
) -> (Vec<Door>, Vec<Door>) {
    let mut head = doors(tower(say), may, here);
    let mut rooms = Vec::new();
    if is_external {
        // Of the administration they have the plugins, and these are their own.
        head.push(Door {
            path: "/console/plugins",
            name: say.plugins(),
            is_here: here == "/console/plugins",
        });
    } else {
        rooms = doors(administration(say), may, here);
        let is_here = rooms.iter().any(|room| room.is_here);
        if let Some(first) = rooms.first().filter(|_| ADMINISTRATES.iter().any(|action| may.here(*action))) {
            head.push(Door { path: first.path, name: say.administration(), is_here });
        }
        if !is_here {
            rooms.clear();
        }
    }
    if attends {
        head.extend(doors([("/console", say.attend(), Takes::Here(Action::AttendCase))], may, here));
    }
    (head, rooms)
}

/// Where the work of somebody is: with customers, or else behind the first of the doors that are theirs.
pub(super) async fn home(State(server): State<Arc<Server>>, let_in: LetIn) -> Response {
    let doors = Frame::of(&server, &let_in, "/console/home").doors;
    let company = Arc::clone(&server.desk.active().company);
    let is_agent = company.agent(&agent_of(&let_in.person)).is_some();
    let own = match let_in.person.external {
        // Whoever works for another company is here for the plugins.
        true => Some("/console/plugins"),
        false => is_agent.then_some("/console"),
    };
    let first = doors.iter().find(|door| Some(door.path) == own).or(doors.first());
    let first = first.map_or("/console/notices", |door| door.path);
    (StatusCode::SEE_OTHER, [(header::LOCATION, first)]).into_response()
}
