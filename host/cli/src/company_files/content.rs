//! What is agreed on of a company's files: all of them, or some entries of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use domain::company::Company;
use domain::decision::Digest;
use domain::json::Json;
use domain::raci::task::Task;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use server::{Entry, FilesError, Section};
use store::PluginFiles;

use super::{editing, wanted};
use crate::rulebook;
use crate::settings::{self, Policy};

/// What the file is called that names all others.
pub(super) const MAIN: &str = "timonel.toml";

/// What is agreed on: texts by their names, and the hashes of plugins by theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Content {
    pub(super) files: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) plugins: BTreeMap<String, Digest>,
    /// The hash of what was in force when it was proposed: what is different, and so who has to sign, holds against that only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base: Option<Digest>,
    /// Whether approver rules are different in it: none of them judges that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) changes_approvers: bool,
}

/// What is agreed on where it is of entries: what each is to be, and what it was. Who has to sign holds against that, whatever else is
/// changed meanwhile.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entries {
    pub(super) entries: Vec<Entry>,
    /// The names of the files in which they stand.
    pub(super) touched: BTreeSet<String>,
}

impl Content {
    /// What lies in the files, without the settings of the host and their secrets. The bytes of plugins are kept by their
    /// hash from now on.
    pub(super) fn read(file: &Path, plugins: &PluginFiles) -> anyhow::Result<Self> {
        let cannot = |path: &Path| format!("the file {} cannot be read", path.display());
        let text = std::fs::read_to_string(file).with_context(|| cannot(file))?;
        let mut table: toml::Table =
            toml::from_str(&text).with_context(|| format!("in {}", file.display()))?;
        table.retain(|key, _| key == "company" || key == "rule-sets");
        let policy = Policy::read(file)?;
        let mut files = BTreeMap::from([(MAIN.to_owned(), toml::to_string(&table)?)]);
        for name in settings::tables(&table) {
            let path = policy.dir.join(&name);
            let text = std::fs::read_to_string(&path).with_context(|| cannot(&path))?;
            files.insert(name, text);
        }
        let mut kept = BTreeMap::new();
        for rule in policy.rule_sets.iter().flat_map(|set| &set.rules) {
            let bytes = rulebook::component(&rule.plugin, &policy.dir)?;
            kept.insert(rule.plugin.clone(), plugins.keep(&bytes)?);
        }
        Ok(Self { files, plugins: kept, base: None, changes_approvers: false })
    }

    /// The name of the file in which entries of a section stand.
    pub(super) fn name_of(&self, section: Section) -> anyhow::Result<String> {
        match editing::file_of(section) {
            editing::In::Main => Ok(MAIN.to_owned()),
            editing::In::Raci => raci_of(&self.main()?),
        }
    }

    fn text_of(&self, section: Section) -> anyhow::Result<&str> {
        let name = self.name_of(section)?;
        let text = self.files.get(&name).with_context(|| format!("the company has no file {name}"))?;
        Ok(text)
    }

    /// What an entry is here.
    pub(super) fn entry(&self, company: &Company, section: Section, id: &str) -> anyhow::Result<Value> {
        editing::check(section, id)?;
        Ok(match editing::find(self.text_of(section)?, section, id)? {
            // A row that stands in no file is one that was given.
            Value::Null if section == Section::Matrix => row(company, id),
            found => found,
        })
    }

    /// Those of the entries that are wanted otherwise, with what each is here.
    pub(super) fn seen(&self, company: &Company, entries: &[Entry]) -> Result<Vec<Entry>, FilesError> {
        let mut seen: Vec<Entry> = Vec::new();
        for entry in entries {
            let Entry { section, id, .. } = entry;
            if seen.iter().any(|other| other.section == *section && other.id == *id) {
                return Err(FilesError::Wanted(format!("`entries` has `{id}` twice: once was expected")));
            }
            let was = self.entry(company, *section, id).map_err(wanted)?;
            if entry.fresh && !was.is_null() {
                return Err(FilesError::Wanted(format!(
                    "`id` is `{id}`: a name that nothing else has was expected"
                )));
            }
            if !entry.was.is_null() && entry.was != was {
                let words = format!("`{id}` was changed since you opened it: look at it again");
                return Err(FilesError::Changed(words));
            }
            seen.push(Entry { was, fresh: false, ..entry.clone() });
        }
        let changes = |entry: &Entry| {
            let fresh = editing::carry_out(self.text_of(entry.section)?, entry)?;
            anyhow::Ok(editing::find(&fresh, entry.section, &entry.id)? != entry.was)
        };
        let changes = seen.iter().map(changes).collect::<anyhow::Result<Vec<bool>>>().map_err(wanted)?;
        if !entries.is_empty() && !changes.contains(&true) {
            return Err(FilesError::Wanted(
                "it is as what is in force: nothing is to be agreed on".to_owned(),
            ));
        }
        Ok(seen.into_iter().zip(changes).filter_map(|(entry, changes)| changes.then_some(entry)).collect())
    }

    /// The same with entries as they were agreed on.
    pub(super) fn with(&self, entries: &[Entry]) -> anyhow::Result<Self> {
        let mut new = Self { base: None, changes_approvers: false, ..self.clone() };
        for entry in entries {
            let text = editing::carry_out(new.text_of(entry.section)?, entry)?;
            new.files.insert(new.name_of(entry.section)?, text);
        }
        Ok(new)
    }

    pub(super) fn main(&self) -> anyhow::Result<toml::Table> {
        let text = self.files.get(MAIN).context("what was agreed on has no file of settings")?;
        Ok(toml::from_str(text)?)
    }

    pub(super) fn company(&self) -> anyhow::Result<toml::Table> {
        let main = self.main()?;
        Ok(main.get("company").and_then(toml::Value::as_table).cloned().unwrap_or_default())
    }

    pub(super) fn rule_sets(&self) -> anyhow::Result<Option<toml::Value>> {
        Ok(self.main()?.get("rule-sets").cloned())
    }

    /// Its approver rules in their order: all that is said of each and of its set, and the hash of its plugin.
    pub(super) fn approvers(&self) -> anyhow::Result<Vec<(toml::Table, toml::Value, Option<Digest>)>> {
        let sets = self.rule_sets()?;
        let mut found = Vec::new();
        for set in sets.as_ref().and_then(toml::Value::as_array).into_iter().flatten() {
            let mut of_set = set.as_table().cloned().unwrap_or_default();
            let rules =
                of_set.remove("rules").and_then(|rules| rules.as_array().cloned()).unwrap_or_default();
            // A rule that judges names what it judges, and no other does.
            for rule in rules.into_iter().filter(|rule| rule.get("kinds").is_some()) {
                let plugin = rule.get("plugin").and_then(toml::Value::as_str).unwrap_or_default();
                let digest = self.plugins.get(plugin).copied();
                found.push((of_set.clone(), rule, digest));
            }
        }
        Ok(found)
    }

    /// Its rules, each with all that is said of it.
    pub(super) fn rules(&self) -> anyhow::Result<BTreeMap<String, toml::Value>> {
        let sets = self.rule_sets()?;
        let sets = sets.as_ref().and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let rules = sets
            .into_iter()
            .flat_map(|set| set.get("rules").and_then(toml::Value::as_array).cloned().unwrap_or_default());
        let named = |rule: toml::Value| Some((rule.get("id")?.as_str()?.to_owned(), rule));
        Ok(rules.filter_map(named).collect())
    }
}

/// A row of the matrix as it is in force.
fn row(company: &Company, id: &str) -> Value {
    let matrix = company.raci().matrix();
    let Some(task) = Task::ALL.into_iter().find(|task| task.word() == id) else { return Value::Null };
    let letters = matrix.row(task).map(|(role, letters)| (role.to_string(), letters.to_string().into()));
    Value::Object(letters.collect())
}

/// The name of the file of the matrix and its people.
pub(super) fn raci_of(main: &toml::Table) -> anyhow::Result<String> {
    let name = main.get("company").and_then(|company| company.get("raci")).and_then(toml::Value::as_str);
    name.map(ToOwned::to_owned)
        .context("the company's file names no `raci`, the file of its matrix and its people")
}

pub(super) fn hash(content: &Json) -> Digest {
    Digest::of(content.text().as_bytes())
}
