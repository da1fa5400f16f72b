//! What it costs to know whether somebody may do something: the check before every request.
//!
//! The company is a large one: 300 people in eight roles, each with an account and half of them with a scope. A check is
//! whose account it is, what their roles say in each row of the action, and whether they reach so far. A refusal costs more,
//! because it names everybody who could; it is measured apart.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, Result};
use domain::id::OperatorId;
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::Target;

use crate::report::{Report, Target as Wanted, median};

const PEOPLE: usize = 300;

/// Checks in a round.
const CHECKS: usize = 200_000;

pub(crate) fn run(report: &mut Report, rounds: usize) -> Result<()> {
    report.load_of_machine("access");
    let raci = company()?;
    let accounts: Vec<OperatorId> = (0..PEOPLE).map(|n| account(n).into()).collect();
    let target = Target { number: Some("106540352242922".into()), ..Target::default() };
    let ask = |account: &OperatorId, action: Action| -> Result<bool> {
        let person = raci.person(account).context("an account is nobody's")?;
        Ok(raci.may(person, action, &target).is_ok())
    };
    // What is everybody's needs no matrix.
    let governed: Vec<Action> =
        Action::ALL.iter().copied().filter(|action| !action.tasks().is_empty()).collect();
    let all = accounts.iter().flat_map(|account| governed.iter().map(move |action| (account, *action)));
    let (mut may, mut may_not) = (Vec::new(), Vec::new());
    for (account, action) in all {
        if ask(account, action)? { may.push((account, action)) } else { may_not.push((account, action)) }
    }
    let mut measure = |name: &str, asked: &[(&OperatorId, Action)], wanted: Option<Wanted>| -> Result<()> {
        let mut micros = Vec::new();
        for _ in 0..rounds {
            let started = Instant::now();
            for (account, action) in asked.iter().cycle().take(CHECKS) {
                black_box(ask(black_box(account), *action)?);
            }
            micros.push(started.elapsed().as_secs_f64() * 1e6 / CHECKS as f64);
        }
        report.row("access", name, median(micros), "µs", wanted);
        Ok(())
    };
    measure("somebody may", &may, Some(Wanted::Below(5.0)))?;
    measure("somebody may not, and is told who could", &may_not, None)
}

fn account(n: usize) -> String {
    format!("account-{n}")
}

fn company() -> Result<Raci> {
    let own = ["quality", "privacy", "partner", "night", "campaigns"];
    let roles = [&["agent", "supervisor", "admin"][..], &own].concat();
    let mut text = String::new();
    for role in own {
        writeln!(text, "[[roles]]\nid = \"{role}\"")?;
    }
    for n in 0..PEOPLE {
        let (one, other) = (roles[n % roles.len()], roles[n / 3 % roles.len()]);
        writeln!(text, "[[people]]\nid = \"p{n}\"\nname = \"Person {n}\"\naccount = \"{}\"", account(n))?;
        writeln!(text, "roles = [\"{one}\", \"{other}\"]")?;
        if n % 2 == 0 {
            writeln!(text, "scope = {{ numbers = [\"106540352242955\", \"106540352242922\"] }}")?;
        }
    }
    Ok(Raci::parse(&text)?)
}
