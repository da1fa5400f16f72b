//! What every command is in the matrix.
//!
//! A command that asks the host is decided on by the host, by the route that it asks. The others work on files, and the
//! machine decides who may read those; their rows say whom to give such an account. A command that is not here is not run.

use clap::ArgMatches;
use domain::raci::action::Action;

/// All commands, as they are typed.
pub(crate) const COMMANDS: &[(&str, Action)] = &[
    ("serve", Action::RunHost),
    ("demo", Action::TryTheDemo),
    ("status", Action::ReadStatus),
    ("outbound", Action::ReadStops),
    ("outbound pause", Action::PauseSending),
    ("outbound resume", Action::ResumeSending),
    ("backup", Action::BackUp),
    ("backup keys", Action::BackUp),
    ("restore", Action::RunHost),
    ("contact erase", Action::EraseContacts),
    ("contact export", Action::ExportContact),
    ("contact hold", Action::HoldContact),
    ("contact release", Action::HoldContact),
    ("contact retention", Action::EraseContacts),
    ("notices", Action::ReadNotices),
    ("plugin inspect", Action::InspectPlugin),
    ("plugin new", Action::InspectPlugin),
    ("plugin build", Action::InspectPlugin),
    ("plugin check", Action::InspectPlugin),
    ("plugin test", Action::InspectPlugin),
    ("plugin bench", Action::InspectPlugin),
    ("plugin run", Action::ExplainDecisions),
    ("plugin push", Action::UploadPlugin),
    ("plugin key", Action::InspectPlugin),
    ("plugin sign", Action::InspectPlugin),
    ("plugin authors", Action::ReadAuthors),
    ("plugin trust", Action::RegisterAuthor),
    ("plugin revoke", Action::RevokeAuthor),
    ("plugin list", Action::ReadPlugins),
    ("why", Action::ExplainDecisions),
    ("rules list", Action::ReadRules),
    ("rules show", Action::ReadRules),
    ("rules backtest", Action::TryRules),
    ("rules requests", Action::ReadRequests),
    ("rules move", Action::MoveRules),
    ("rules return", Action::MoveRules),
    ("rules off", Action::MoveRules),
    ("rules on", Action::MoveRules),
    ("kpi list", Action::ReadFigures),
    ("kpi show", Action::ReadFigures),
    ("kpi alerts", Action::ReadFigures),
    ("kpi compare", Action::ReadJournal),
    ("media get", Action::ReadMedium),
    ("media put", Action::UploadMedium),
    ("template list", Action::ReadTemplates),
    ("template show", Action::ReadTemplates),
    ("template create", Action::ChangeTemplates),
    ("template edit", Action::ChangeTemplates),
    ("template delete", Action::ChangeTemplates),
    ("template unpause", Action::ChangeTemplates),
    ("template accept", Action::ChangeTemplates),
    ("template sync", Action::ChangeTemplates),
    ("template send", Action::SendTemplate),
    ("case move", Action::MoveCases),
    ("case moves", Action::ReadMoves),
    ("campaign list", Action::ReadCampaigns),
    ("campaign show", Action::ReadCampaigns),
    ("campaign draft", Action::DraftCampaign),
    ("campaign estimate", Action::DraftCampaign),
    ("campaign propose", Action::DraftCampaign),
    ("campaign stop", Action::StopCampaign),
    ("access people", Action::ReadAccess),
    ("access sessions", Action::ReadAccess),
    ("access invite", Action::ChangeAccess),
    ("access sign-out", Action::ChangeAccess),
    ("access leave", Action::ChangeAccess),
    ("access unbind", Action::ChangeAccess),
    ("access return", Action::ChangeAccess),
    ("proposal list", Action::ReadProposals),
    ("proposal show", Action::ReadProposals),
    ("proposal company", Action::Propose),
    ("proposal rule", Action::Propose),
    ("proposal agree", Action::DecideProposals),
    ("proposal object", Action::DecideProposals),
    ("proposal sign", Action::DecideProposals),
    ("proposal reject", Action::DecideProposals),
    ("proposal withdraw", Action::DecideProposals),
    ("proposal force", Action::DecideProposals),
    ("proposal review", Action::DecideProposals),
    ("proposal ratify", Action::DecideProposals),
    ("inbox", Action::ReadInbox),
    ("inbox read", Action::ReadInbox),
    ("journal verify", Action::VerifyJournal),
    ("journal inspect", Action::ReadJournal),
    ("journal facts", Action::ReadJournal),
    ("journal reparse", Action::ReadAgain),
    ("journal rebuild", Action::RunHost),
    ("audit list", Action::ReadAudit),
    ("audit mine", Action::ReadOwnRecord),
    ("audit export", Action::ReadAudit),
    ("audit checkpoint", Action::ReadAudit),
    ("audit prove", Action::ReadAudit),
    ("delegation list", Action::ReadDelegations),
    ("delegation lend", Action::DelegateWord),
    ("delegation end", Action::DelegateWord),
    ("raci show", Action::ReadMatrix),
    ("raci lint", Action::ReadMatrix),
];

/// Refuses a command that has no row.
pub(crate) fn check(typed: &ArgMatches) -> anyhow::Result<()> {
    let name = name(typed);
    anyhow::ensure!(
        COMMANDS.iter().any(|(known, _)| *known == name),
        "`{name}` belongs to no row of the responsibility matrix, so nobody may run it: that is a mistake of this \
         program"
    );
    Ok(())
}

/// The command that was typed, without its arguments.
fn name(typed: &ArgMatches) -> String {
    let names = std::iter::successors(typed.subcommand(), |(_, under)| under.subcommand());
    names.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Command, CommandFactory as _};
    use domain::decision::Kind;
    use domain::proposal;

    use super::*;

    /// All that can be run of a tree of commands.
    fn runnable(command: &Command, before: &str, found: &mut BTreeSet<String>) {
        for under in command.get_subcommands() {
            let name = format!("{before}{}", under.get_name());
            if !under.is_subcommand_required_set() {
                found.insert(name.clone());
            }
            runnable(under, &format!("{name} "), found);
        }
    }

    #[test]
    fn every_command_has_one_row_and_no_row_is_of_a_command_that_is_not_there() {
        let mut runnable_here = BTreeSet::new();
        runnable(&crate::Arguments::command(), "", &mut runnable_here);
        let known: Vec<String> = COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(known.len(), known.iter().collect::<BTreeSet<_>>().len());
        assert_eq!(runnable_here, known.into_iter().collect());
    }

    #[test]
    fn a_command_without_a_row_is_not_run() {
        let stranger =
            Command::new("timonel").subcommand(Command::new("shout").subcommand(Command::new("out")));
        let refused = check(&stranger.get_matches_from(["timonel", "shout", "out"])).unwrap_err();
        assert!(refused.to_string().starts_with("`shout out` belongs to no row"), "{refused}");
    }

    #[test]
    fn whatever_the_socket_serves_a_command_asks_for_and_nothing_that_can_be_done_is_out_of_reach() {
        let commands: BTreeSet<Action> = COMMANDS.iter().map(|(_, action)| *action).collect();
        // To erase a contact one has to find it first: there is no command for that alone.
        let local: BTreeSet<Action> =
            server::local_routes().list().iter().map(|route| route.action).collect();
        assert!(local.difference(&commands).eq([&Action::FindContact]));
        let api: BTreeSet<Action> = server::api_routes().list().iter().map(|route| route.action).collect();
        let pages = server::pages().list().iter().map(|route| route.action).collect();
        let open = server::open_routes().list().iter().map(|route| route.action).collect();
        let kinds =
            Kind::ALL.iter().flat_map(|kind| Action::deploying(*kind, &proposal::Kind::ALL.into())).collect();
        let functions = rules::Function::ALL.map(rules::Function::action).into();
        let all: BTreeSet<Action> = [commands, local, api, pages, open, kinds, functions]
            .into_iter()
            .flat_map(|set: BTreeSet<_>| set)
            .collect();
        assert!(all.iter().eq(Action::ALL.iter().collect::<BTreeSet<_>>()));
    }
}
