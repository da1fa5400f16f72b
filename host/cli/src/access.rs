//! `timonel access`: who can sign in, and how. And what a host does about it when it opens: the first admin has to come from
//! somewhere, and whoever is no longer in the matrix goes.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::sync::Arc;

use clap::Subcommand;
use desk::Desk;
use domain::id::{AgentId, PersonId};
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::{Person, Target};
use domain::stream::Actor;
use governance::People;
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use server::Site;

use crate::control;
use crate::settings::Settings;

/// What to do about access.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Everybody whom the matrix knows, and how they sign in.
    People {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Where a person is signed in, and where their account is in use at the same time.
    Sessions {
        /// Their name in the matrix, as `marta`.
        person: String,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print a link with which a person sets a password, once, within an hour. It takes the place of what they had before.
    Invite {
        /// Their name in the matrix, as `marta`.
        person: String,
    },
    /// End all sessions of a person and revoke all their tokens.
    SignOut {
        /// Their name in the matrix, as `marta`.
        person: String,
    },
    /// Say that a person has left: nothing of theirs counts any more, and their open cases wait in their queues.
    Leave {
        /// Their name in the matrix, as `marta`.
        person: String,
    },
    /// Forget which account of the company's identity provider is a person's: the next one that it calls by their `identity` is.
    Unbind {
        /// Their name in the matrix, as `marta`.
        person: String,
    },
    /// Say that a person who had left is back: they can be invited.
    Return {
        /// Their name in the matrix, as `marta`.
        person: String,
    },
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let path =
        |person: &str, what: &str| format!("/people/{}{what}", utf8_percent_encode(person, NON_ALPHANUMERIC));
    let get = |path: &str| control::ask(&settings.data, Method::GET, path, None);
    let post =
        |person: &str, what: &str| control::ask(&settings.data, Method::POST, &path(person, what), None);
    match command {
        Command::People { json: true } => println!("{}", get("/people")?),
        Command::People { json: false } => {
            for person in get("/people")?["people"].as_array().into_iter().flatten() {
                println!("{}", line(person));
            }
        }
        Command::Sessions { person, json } => {
            let told = get(&path(&person, ""))?;
            if json {
                println!("{told}");
                return Ok(());
            }
            let sessions = told["sessions"].as_array().cloned().unwrap_or_default();
            if sessions.is_empty() {
                println!("{person} is signed in nowhere");
            }
            sessions.iter().for_each(|session| println!("{}", session_line(session)));
        }
        Command::Invite { person } => {
            let told = post(&person, "/invitation")?;
            let word = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
            println!("{}\nopens once, until {}", word("link"), word("until"));
        }
        Command::SignOut { person } => {
            post(&person, "/sign-out")?;
            println!("{person} is signed out everywhere");
        }
        Command::Leave { person } => {
            let told = post(&person, "/leave")?;
            println!("{person} is out; open cases handed over: {}", told["cases-handed-over"]);
        }
        Command::Unbind { person } => {
            post(&person, "/unbind")?;
            println!("{person} can sign in with another account of the identity provider");
        }
        Command::Return { person } => {
            post(&person, "/return")?;
            println!("{person} is back: `timonel access invite {person}`");
        }
    }
    Ok(())
}

/// A person in one line.
fn line(person: &Value) -> String {
    let word = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
    let roles = person["roles"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let roles = roles.collect::<Vec<_>>().join(", ");
    let is = |name: &str| person[name] == true;
    let state = if !person["left"].is_null() {
        format!("left {}", word("left"))
    } else if is("service") {
        format!("a program of {}; tokens: {}", word("owner"), person["tokens"])
    } else if !is("password") && !is("by-provider") {
        let until = person["invited-until"].as_str();
        until.map_or_else(|| "cannot sign in".to_owned(), |until| format!("invited until {until}"))
    } else {
        let factor = match (is("second-factor"), is("needs-second-factor")) {
            (true, _) => "with second factor",
            (false, true) => "WITHOUT second factor",
            (false, false) if is("by-provider") => "by provider",
            (false, false) => "by password",
        };
        let last = person["last-sign-in"].as_str().unwrap_or("never").to_owned();
        let sessions = person["sessions"].as_array().map_or(0, Vec::len);
        format!("{factor}; last {last}; sessions: {sessions}; tokens: {}", person["tokens"])
    };
    format!("{:<16} {:<24} {:<20} {state}", word("person"), word("name"), roles)
}

/// A session in one line.
fn session_line(session: &Value) -> String {
    let word = |name: &str| session[name].as_str().unwrap_or_default().to_owned();
    let along: Vec<&str> =
        session["along-with"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let along = if along.is_empty() {
        String::new()
    } else {
        format!("; IN USE IN TWO PLACES AT ONCE, with {}", along.join(", "))
    };
    let used = session["used"].as_str().map_or_else(String::new, |used| format!("; used {used}"));
    format!("{}  {:<22} since {}{used}{along}", word("session"), word("device"), word("opened"))
}

/// Says how people can sign in, and while nobody can, how the first of them comes to it.
#[allow(clippy::print_stdout, reason = "a secret is shown to whoever is there, and never logged")]
pub(crate) async fn welcome(people: &People, site: &Site, raci: &Raci) -> anyhow::Result<()> {
    if raci.people().is_empty() {
        return Ok(());
    }
    if !site.is_reachable() {
        tracing::warn!(
            "people cannot sign in from browsers: set `public-url` to the https address before the host"
        );
    } else if !site.is_secure() {
        tracing::warn!("sessions are kept in a cookie without `Secure`: plain http, for this machine alone");
    }
    if !people.nobody_can_sign_in(raci)? {
        return Ok(());
    }
    let Some(first) = first_admin(raci) else {
        tracing::warn!("nobody can sign in, and nobody in the matrix could invite anybody");
        return Ok(());
    };
    let command = format!("timonel access invite {}", first.id);
    if !std::io::stdout().is_terminal() {
        tracing::warn!(command, "nobody can sign in yet: invite the first admin");
        return Ok(());
    }
    let invited = people.invite(&first.id, raci, Actor::Host, None).await?;
    let link = site.invitation(&invited.secret);
    println!(
        "\nNobody can sign in yet. {} opens this link, once, within an hour:\n\n    {link}\n",
        first.name
    );
    println!("Later: `{command}`.\n");
    Ok(())
}

/// Who invites the others: the first who answers for access.
fn first_admin(raci: &Raci) -> Option<&Person> {
    let may = |person: &&Person| {
        !person.service && raci.may(person, Action::ChangeAccess, &Target::default()).is_ok()
    };
    raci.people().iter().find(may)
}

/// Ends what is open of people whom the matrix does not know any more, and hands over their cases, and those of whoever was in
/// the matrix `before`.
pub(crate) async fn shut_out(people: &People, desk: &Desk, before: Option<&Raci>) {
    let company = Arc::clone(&desk.active().company);
    let raci = company.raci();
    let strangers = match people.shut_out_strangers(raci).await {
        Ok(strangers) => strangers,
        Err(error) => return tracing::error!(%error, "the access of people could not be looked at"),
    };
    // A matrix without people is one of before there were any, and nobody has left because of it.
    let before = before.filter(|_| !raci.people().is_empty()).map_or(&[][..], Raci::people);
    let gone = before.iter().map(|person| &person.id).filter(|id| raci.by_id(id).is_none());
    let gone: BTreeSet<PersonId> = gone.cloned().chain(strangers).collect();
    for person in &gone {
        tracing::info!(%person, "is in the matrix no more: nothing of theirs counts, their cases wait in their queues");
    }
    // Whoever let somebody go may have been stopped before their cases were handed over.
    let left = people.gone().unwrap_or_else(|error| {
        tracing::error!(%error, "those who have left could not be looked at");
        Vec::new()
    });
    for person in gone.into_iter().chain(left) {
        if let Err(error) = desk.hand_over(&AgentId::from(person.as_str()), &Actor::Host).await {
            tracing::error!(%error, %person, "their open cases could not be handed over");
        }
        if let Err(error) = desk.proposals().mark_signed_by(&person, raci).await {
            tracing::error!(%error, %person, "what they signed could not be marked");
        }
    }
}
