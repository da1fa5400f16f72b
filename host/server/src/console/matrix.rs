//! The matrix as a manager reads it: rows, roles, who is in each, and what is wrong with it.
//!
//! A row is changed by a proposal (`entry`), or in the company's files, which are drafts where the company wants it so; then the page has
//! what lies there proposed.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::company::Company;
use domain::raci::letters::Letters;
use domain::raci::lint::Finding;
use domain::raci::matrix::Origin;
use domain::raci::role::Role;
use domain::raci::task::Task;

use super::entry;
use super::frame::{Frame, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::company_files::Section;
use crate::let_in::LetIn;

#[derive(Template)]
#[template(path = "matrix.html")]
struct Matrix {
    frame: Frame,
    findings: Vec<(bool, String)>,
    roles: Vec<Column>,
    rows: Vec<Row>,
    files_wait: bool,
    may_want: bool,
}

/// A role, and who is in it.
struct Column {
    name: String,
    people: String,
}

struct Row {
    /// What it is called in the file.
    word: String,
    name: &'static str,
    origin: &'static str,
    cells: Vec<Cell>,
}

/// The letters of a role in a row.
struct Cell {
    letters: String,
    /// Whether it has the last word.
    answers: bool,
    /// Whether some of them are ours, and not of the row that was given.
    is_added: bool,
}

/// The page.
pub(super) async fn shown(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(&server, &let_in, "/console/matrix");
    let (say, raci) = (frame.say, company.raci());
    let mut found = raci.lint();
    if server.checkpoints.is_none() {
        found.push(Finding::RecordUnsigned);
    }
    let findings = found.iter().map(|one| (one.is_error(), one.words(say.0)));
    let rows = Task::ALL.into_iter().map(|task| Row {
        word: task.word(),
        name: task.words(say.0),
        origin: match raci.matrix().origin(task) {
            Origin::Given => "",
            Origin::Ours => say.row_is_ours(),
            Origin::Company => say.row_is_company(),
        },
        cells: raci.matrix().roles().iter().map(|role| cell(&company, task, role)).collect(),
    });
    page(&Matrix {
        findings: findings.collect(),
        roles: raci.matrix().roles().iter().map(|role| column(&company, &frame, role)).collect(),
        rows: rows.collect(),
        files_wait: server.files.is_some() && company.files_wait(),
        may_want: entry::may_want(&server, &let_in, Section::Matrix),
        frame,
    })
}

fn column(company: &Company, frame: &Frame, role: &Role) -> Column {
    let people = company.raci().people().iter().filter(|person| person.roles.contains(&role.id));
    let names: Vec<&str> = people.map(|person| person.name.as_str()).collect();
    let people = if names.is_empty() { frame.say.none().to_owned() } else { names.join(", ") };
    Column { name: role.words(frame.say.0).to_owned(), people }
}

fn cell(company: &Company, task: Task, role: &Role) -> Cell {
    let matrix = company.raci().matrix();
    let letters = matrix.letters(task, &role.id);
    Cell {
        letters: if letters == Letters::NONE { String::new() } else { letters.to_string() },
        answers: letters.has(Letters::A),
        is_added: matrix.added(task, &role.id) != Letters::NONE,
    }
}
