//! What is different between two contents: whose that is, and what it is in a line.

use std::collections::BTreeSet;

use anyhow::Context as _;
use domain::company::row_of;
use domain::proposal::Kind;
use domain::raci::action::Action;
use domain::raci::task::Task;
use serde::Deserialize as _;

use super::content::{Content, MAIN};
use crate::rulebook;
use crate::settings::Policy;

/// How many parts that are different are named in a title.
const AREAS: usize = 12;

/// The rows that a change touches, and what it is in a line.
pub(super) fn difference(
    old: &Content,
    new: &Content,
    policy: &Policy,
    rules: &rules::Host,
) -> anyhow::Result<(BTreeSet<Task>, String)> {
    let (before, after) = (old.company()?, new.company()?);
    let mut tasks = BTreeSet::new();
    let mut areas = Vec::new();
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys.into_iter().filter(|key| before.get(*key) != after.get(*key)) {
        match key.as_str() {
            "queues" => tasks.extend(tasks_of_queues(before.get(key), after.get(key))),
            key => {
                tasks.insert(row_of(key));
            }
        }
        areas.push(key.clone());
    }
    for name in old.files.keys().chain(new.files.keys()).collect::<BTreeSet<_>>() {
        if name != MAIN && old.files.get(name) != new.files.get(name) {
            let named = |table: &toml::Table| table.get("raci").and_then(toml::Value::as_str) == Some(name);
            let access = named(&before) || named(&after);
            tasks.insert(if access { Task::ManageAccess } else { Task::ApproveCampaigns });
            areas.push(name.clone());
        }
    }
    if old.rule_sets()? != new.rule_sets()? || old.plugins != new.plugins {
        tasks.insert(Task::AdjustRoutingRules);
        let (known, new_rules) = (old.rules()?, new.rules()?);
        for rule in policy.rule_sets.iter().flat_map(|set| &set.rules) {
            let is_new = new_rules.get(&rule.id) != known.get(&rule.id)
                || old.plugins.get(&rule.plugin) != new.plugins.get(&rule.plugin);
            if is_new {
                areas.push(format!("rule {}", rule.id));
                let admitted = rules.admit(&rulebook::component(&rule.plugin, &policy.dir)?)?;
                let highest = rule.envelope.highest.unwrap_or(rule.mode);
                tasks.extend(desk::rows(&admitted.reach(), &rule.kinds, highest));
            }
        }
        // Whoever lost a rule that judges for them has to agree, too.
        for (id, rule) in known.iter().filter(|(id, rule)| new_rules.get(*id) != Some(rule)) {
            tasks.extend(judged_by(rule).with_context(|| format!("rule `{id}`"))?);
        }
        areas.extend(
            known.into_keys().filter(|id| !has_rule(policy, id)).map(|id| format!("without rule {id}")),
        );
    }
    let more = areas.len().saturating_sub(AREAS);
    areas.truncate(AREAS);
    let more = if more > 0 { format!(" … +{more}") } else { String::new() };
    Ok((tasks, areas.join(", ") + &more))
}

/// The rows of what a rule judges; none if it is no approver.
fn judged_by(rule: &toml::Value) -> anyhow::Result<BTreeSet<Task>> {
    let kinds = rule.get("kinds").cloned().map(BTreeSet::<Kind>::deserialize).transpose()?;
    let actions = kinds.into_iter().flatten().map(Action::judging);
    Ok(actions.flat_map(|action| action.tasks()).copied().collect())
}

fn has_rule(policy: &Policy, id: &str) -> bool {
    policy.rule_sets.iter().flat_map(|set| &set.rules).any(|rule| rule.id == id)
}

/// Whose a change of the queues is: what they promise belongs to whoever answers for the service level.
fn tasks_of_queues(before: Option<&toml::Value>, after: Option<&toml::Value>) -> BTreeSet<Task> {
    let part = |queues: Option<&toml::Value>, promises: bool| {
        let queues = queues.and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let of_queue = |queue: toml::Value| match queue {
            toml::Value::Table(mut table) => {
                table.retain(|key, _| key == "id" || (key == "sla") == promises);
                toml::Value::Table(table)
            }
            other => other,
        };
        queues.into_iter().map(of_queue).collect::<Vec<_>>()
    };
    let differs = |promises| part(before, promises) != part(after, promises);
    [(differs(true), Task::MonitorSla), (differs(false), Task::AdjustRoutingRules)]
        .into_iter()
        .filter_map(|(differs, task)| differs.then_some(task))
        .collect()
}
