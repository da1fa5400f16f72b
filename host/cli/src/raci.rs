//! `timonel raci`: the company's responsibility matrix, to be read and to be checked.
//!
//! Both read the company's file and ask no host, so that a matrix can be checked before it is in force. They speak the
//! company's language: their reader is a manager.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use domain::id::{OperatorId, RoleId};
use domain::law::language::Language;
use domain::raci::Raci;
use domain::raci::letters::Letters;
use domain::raci::lint::Finding;
use domain::raci::matrix::Origin;
use domain::raci::person::Person;
use domain::raci::role::Role;
use domain::raci::task::Task;
use serde_json::{Map, Value, json};

use crate::commands::COMMANDS;
use crate::settings::{Audit, Settings};

/// What to do with the matrix.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show who does, answers for, is heard on and is told of what, and the people in each role.
    Show(Form),
    /// Say what is wrong with it. Ends with 1 if something has to be put right.
    Lint(Form),
}

#[derive(Args)]
pub(crate) struct Form {
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: &Command) -> ExitCode {
    let company = &settings.policy.company;
    let (raci, language) = (company.raci(), company.own_language());
    match command {
        Command::Show(Form { json: true }) => println!("{}", shown(raci, language)),
        Command::Show(Form { json: false }) => table(raci, language),
        Command::Lint(form) => return lint(settings, language, form.json),
    }
    ExitCode::SUCCESS
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn lint(settings: &Settings, language: Language, as_json: bool) -> ExitCode {
    let mut found = settings.policy.company.raci().lint();
    found.extend(unproved(&settings.audit));
    let errors = found.iter().filter(|finding| finding.is_error()).count();
    if as_json {
        let told = |error: bool| -> Vec<Value> {
            let wanted = found.iter().filter(|finding| finding.is_error() == error);
            wanted.map(|finding| json!({ "about": finding, "words": finding.words(language) })).collect()
        };
        println!("{}", json!({ "ok": errors == 0, "errors": told(true), "warnings": told(false) }));
    } else {
        for finding in &found {
            let kind = if finding.is_error() {
                language.pick("error", "erro", "error")
            } else {
                language.pick("aviso", "aviso", "warning")
            };
            println!("{kind}: {}", finding.words(language));
        }
        if found.is_empty() {
            println!("{}", language.pick("Todo está en orden.", "Está tudo em ordem.", "All is well."));
        }
    }
    if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What keeps the record from being proved to somebody else.
fn unproved(audit: &Audit) -> Option<Finding> {
    match (&audit.signer, audit.to.is_empty()) {
        (None, _) => Some(Finding::RecordUnsigned),
        (Some(_), true) => Some(Finding::CheckpointsStay),
        (Some(_), false) => None,
    }
}

fn shown(raci: &Raci, language: Language) -> Value {
    let matrix = raci.matrix();
    let roles = matrix.roles().iter().map(|role| json!({ "id": role.id, "name": role.words(language) }));
    let tasks = Task::ALL.into_iter().map(|task| {
        let cells = |of: &dyn Fn(&Role) -> Letters| -> Map<String, Value> {
            let cells = matrix.roles().iter().map(|role| (role.id.to_string(), of(role)));
            cells.filter(|(_, cell)| *cell != Letters::NONE).map(|(role, cell)| (role, json!(cell))).collect()
        };
        let commands = COMMANDS.iter().filter(|(_, action)| action.tasks().contains(&task));
        json!({
            "task": task,
            "name": task.words(language),
            "from": matrix.origin(task).word(),
            "letters": cells(&|role| matrix.letters(task, &role.id)),
            "added": cells(&|role| matrix.added(task, &role.id)),
            "commands": commands.map(|(name, _)| name).collect::<Vec<_>>(),
        })
    });
    json!({
        "roles": roles.collect::<Vec<_>>(),
        "tasks": tasks.collect::<Vec<_>>(),
        "people": raci.people(),
    })
}

/// A cell; what we added to a given row has a star.
fn cell(raci: &Raci, task: Task, role: &Role) -> String {
    let letters = raci.matrix().letters(task, &role.id);
    let added = raci.matrix().added(task, &role.id);
    match (added == Letters::NONE, letters.without(added) == Letters::NONE) {
        (true, _) => letters.to_string(),
        (false, true) => format!("{added}*"),
        (false, false) => format!("{added}*/{}", letters.without(added)),
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn table(raci: &Raci, language: Language) {
    let matrix = raci.matrix();
    let heads = matrix.roles().iter().map(|role| role.words(language).to_owned());
    let head = [language.pick("Tarea", "Tarefa", "Task").to_owned()].into_iter().chain(heads).collect();
    let rows = Task::ALL.into_iter().map(|task| {
        let mark = match matrix.origin(task) {
            Origin::Given => "",
            Origin::Ours => " *",
            Origin::Company => " +",
        };
        let name = format!("{}{mark}", task.words(language));
        [name].into_iter().chain(matrix.roles().iter().map(|role| cell(raci, task, role))).collect()
    });
    columns([head].into_iter().chain(rows).collect());
    println!(
        "\n{}",
        language.pick(
            "R hace · A responde y tiene la última palabra (y también puede hacer) · C es consultado · I es informado\n\
             * es nuestro y no de la matriz dada   + lo escribió la empresa",
            "R faz · A responde e tem a última palavra (e também pode fazer) · C é consultado · I é informado\n\
             * é nosso e não da matriz dada   + foi escrito pela empresa",
            "R does · A answers and has the last word (and may do it too) · C is consulted · I is informed\n\
             * is ours and not of the given matrix   + was written by the company",
        )
    );
    if raci.people().is_empty() {
        return;
    }
    println!();
    let head = language.pick(
        ["Persona", "Nombre", "Roles", "Cuenta", ""],
        ["Pessoa", "Nome", "Papéis", "Conta", ""],
        ["Person", "Name", "Roles", "Account", ""],
    );
    let people = raci.people().iter().map(|person| of(raci, person, language));
    columns([head.map(ToOwned::to_owned).into()].into_iter().chain(people).collect());
}

fn of(raci: &Raci, person: &Person, language: Language) -> Vec<String> {
    let named = |id: &RoleId| {
        raci.matrix().roles().iter().find(|role| role.id == *id).map(|role| role.words(language))
    };
    let roles: Vec<&str> = person.roles.iter().map(|id| named(id).unwrap_or(id.as_str())).collect();
    let external = person.external.then(|| language.pick("externo", "externo", "external").to_owned());
    let limits = [external, person.scope.words(language)].into_iter().flatten().collect::<Vec<_>>();
    let account = person.account.as_ref().map_or("-", OperatorId::as_str);
    let one = [person.id.to_string(), person.name.clone(), roles.join(", "), account.to_owned()];
    one.into_iter().chain([limits.join("; ")]).collect()
}

/// Prints rows so that their cells stand under each other.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn columns(rows: Vec<Vec<String>>) {
    let width = |n: usize| rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..).map_while(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
