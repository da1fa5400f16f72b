//! What `timonel plugin inspect` says of an approver: whose it is to let it judge, and what it says of a made-up proposal.

use std::collections::BTreeSet;

use domain::proposal::Kind;
use domain::proposal::due;
use domain::raci::Raci;
use domain::raci::action::{Action, Takes};
use domain::raci::task::Task;
use rules::{Rule, contract};
use serde_json::{Value, json};

use super::Sample;

/// A row that has to agree before an approver judges, and who has the last word on it.
pub(super) struct Row {
    pub(super) judges: Kind,
    pub(super) task: Task,
    pub(super) signs: Vec<String>,
}

/// The rows of these kinds of proposals. Where the company describes no people, the roles that have the last word.
pub(super) fn rows(judges: &BTreeSet<Kind>, raci: &Raci) -> Vec<Row> {
    let tasks =
        judges.iter().flat_map(|kind| Action::judging(*kind).tasks().iter().map(|task| (*kind, *task)));
    tasks.map(|(judges, task)| Row { judges, task, signs: who_signs(raci, task) }).collect()
}

fn who_signs(raci: &Raci, task: Task) -> Vec<String> {
    if !raci.people().is_empty() {
        return due::who_answers(raci, task).map(|person| person.name.clone()).collect();
    }
    let roles = raci.matrix().roles().iter();
    let signs = roles.filter(|role| raci.matrix().letters(task, &role.id).has(Takes::Signing.letters()));
    signs.map(|role| role.id.to_string()).collect()
}

impl Row {
    pub(super) fn line(&self) -> String {
        let signs = if self.signs.is_empty() { "nobody".to_owned() } else { self.signs.join(" or ") };
        format!("{:<12} [{}] signed by {signs}", self.judges.word(), self.task)
    }

    pub(super) fn json(&self) -> Value {
        json!({ "judges": self.judges, "task": self.task, "signs": self.signs })
    }
}

/// One judgement of a made-up proposal.
pub(super) fn sample(engine: &rules::Host, rule: &Rule, raci: &Raci) -> Sample {
    let mut judged: Vec<_> = (0..15).map(|_| engine.judge(rule, &proposal(), raci)).collect();
    judged.sort_by_key(|judgement| judgement.micros);
    let judgement = judged.swap_remove(judged.len() / 2);
    let reasons: Vec<String> = judgement.reasons.iter().map(|reason| reason.code.clone()).collect();
    Sample {
        kind: domain::decision::Kind::Approving,
        outcome: json!(judgement.verdict),
        reason: reasons.join(", "),
        fuel: judgement.fuel,
        micros: judgement.micros,
    }
}

/// A template that a supervisor would like to have.
fn proposal() -> contract::Proposal {
    let form = json!({
        "name": "pedido_listo", "language": "es", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Su pedido {{1}} está listo.", "example": { "body_text": [["77-1204"]] } }],
    });
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    contract::Proposal {
        id: "inspection".to_owned(),
        kind: Kind::Template.word(),
        title: "create pedido_listo es UTILITY".to_owned(),
        reason: "Avisar que el pedido está listo".to_owned(),
        rows: vec![Task::ModifyTemplates.word()],
        roles: vec!["supervisor".to_owned()],
        content: json!({ "do": "create", "account": null, "form": form }).to_string(),
        facts: vec![fact("template.name", "pedido_listo"), fact("template.category", "UTILITY")],
        now: 1_795_356_000_000,
        attrs: Vec::new(),
    }
}
