//! The company's files as something to agree on.
//!
//! What lies in the directory is a draft. What is in force is what people signed: its texts are in the journal and the bytes
//! of its plugins are kept by their hash, so that a file which is saved meanwhile, or lost, changes nothing. Secrets stand in
//! the same file and are none of it.
//!
//! Whoever has no terminal wants an entry otherwise (`editing`), which is agreed on too. Where what is saved is in force, what was signed
//! of an entry is saved; where it is a draft, it is put in force, and into the draft as well, so that the next one has it.

mod editing;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use desk::Desk;
use domain::company::Company;
use domain::decision::Digest;
use domain::event::CompanyAdopted;
use domain::id::ProposalId;
use domain::json::Json;
use domain::proposal::{Kind, Stage, due};
use domain::raci::action::Action;
use domain::raci::task::Task;
use domain::stream::{Actor, Stream};
use governance::People;
use journal::{Disk as _, RealDisk};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use server::{Entry, FilesError, Proposed, Section};
use store::{Draft, PluginFiles};
use tokio::sync::watch;

use crate::access;
use crate::rulebook;
use crate::settings::{self, Policy};

/// What the file is called that names all others.
const MAIN: &str = "timonel.toml";

/// How many parts that are different are named in a title.
const AREAS: usize = 12;

/// What is agreed on: texts by their names, and the hashes of plugins by theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Content {
    files: BTreeMap<String, String>,
    #[serde(default)]
    plugins: BTreeMap<String, Digest>,
    /// The hash of what was in force when it was proposed: what is different, and so who has to sign, holds against that only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Digest>,
    /// Whether approver rules are different in it: none of them judges that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    changes_approvers: bool,
}

/// What is agreed on where it is of entries: what each is to be, and what it was. Who has to sign holds against that, whatever else is
/// changed meanwhile.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    entries: Vec<Entry>,
    /// The names of the files in which they stand.
    touched: BTreeSet<String>,
}

/// What stands in the files that the company is described in.
type Texts = Vec<Option<String>>;

/// The files of a company, and what was agreed on of them.
pub(crate) struct CompanyFiles {
    /// The file of settings.
    file: PathBuf,
    /// Where the plugins are kept that were proposed, and what is in force is laid out.
    data: PathBuf,
    plugins: PluginFiles,
    rules: Arc<rules::Host>,
    desk: Desk,
    /// What stood in the files when somebody looked last, or when it was written there.
    seen: Mutex<Option<Texts>>,
    /// Held by whoever reads the files and puts something in force: an older reading must not come after a newer one.
    putting: tokio::sync::Mutex<()>,
}

impl CompanyFiles {
    /// What is saved from now on is another text than what lies there.
    pub(crate) fn new(
        file: PathBuf,
        data: PathBuf,
        plugins: PluginFiles,
        rules: Arc<rules::Host>,
        desk: Desk,
    ) -> Self {
        let seen = Mutex::new(settings::texts(&file).ok());
        Self { file, data, plugins, rules, desk, seen, putting: tokio::sync::Mutex::default() }
    }

    /// Looks whether somebody has saved something, and does what is to be done about it.
    pub(crate) async fn look(self: &Arc<Self>, people: &People) {
        let _alone = self.putting.lock().await;
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || settings::texts(&file).ok());
        let Ok(Some(now)) = read.await else { return };
        let is_new = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.replace(now.clone()) != Some(now)
        };
        if !is_new {
            return;
        }
        let (before, file) = (Arc::clone(&self.desk.active().company), self.file.display());
        if before.files_wait() {
            tracing::info!(
                %file,
                "the file was changed: it is a draft. `timonel proposal company --reason …` proposes to put it in force"
            );
        } else if let Err(error) = self.reload().await {
            tracing::error!(
                error = without_source(&format!("{error:#}")),
                %file,
                "the file was changed and cannot be put in force: the rules stay as they were"
            );
        } else {
            access::shut_out(people, &self.desk, Some(before.raci())).await;
        }
    }

    /// Puts in force what lies in the files.
    async fn reload(&self) -> anyhow::Result<u64> {
        let (file, plugins) = (self.file.clone(), self.plugins.clone());
        let read = tokio::task::spawn_blocking(move || {
            let policy = Policy::read(&file)?;
            let signed = rulebook::signed(&policy, &plugins)?;
            anyhow::Ok((policy.company, signed))
        });
        let (company, signed) = read.await??;
        // First, because what fails changes nothing. To connect is not to come in: the door asks the company that is in force.
        server::let_in(&self.data, company.raci())?;
        let begins = self.begins(&company)?;
        let number = self.desk.adopt(company, signed, begins).await?;
        tracing::info!(generation = number, "other rules are in force");
        Ok(number)
    }

    /// What has to be written where agreeing begins with what lies in the files: that this is in force.
    pub(crate) fn begins(&self, company: &Company) -> anyhow::Result<Vec<Draft>> {
        if !company.files_wait() {
            return Ok(Vec::new());
        }
        let content = Content::read(&self.file, &self.plugins)?;
        let adopted = CompanyAdopted { content: Json::of(&content), proposal: None };
        Ok(vec![Draft::new(Stream::Company, Actor::Host, adopted)?])
    }

    /// Puts in force what was approved, whenever it is, until the host stops.
    pub(crate) async fn follow(self: Arc<Self>, mut changed: watch::Receiver<u64>, people: People) {
        loop {
            changed.mark_unchanged();
            let before = Arc::clone(&self.desk.active().company);
            match self.carry_out().await {
                Ok(false) => {}
                Ok(true) => access::shut_out(&people, &self.desk, Some(before.raci())).await,
                Err(error) => {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "a proposal could not be put in force: trying again"
                    );
                }
            }
            tokio::select! {
                changed = changed.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {}
            }
        }
    }

    /// Whether anything else is in force now.
    async fn carry_out(&self) -> anyhow::Result<bool> {
        let _alone = self.putting.lock().await;
        let proposals = self.desk.proposals();
        let mut changed = false;
        let mut pending = proposals.list(true)?;
        pending.reverse();
        // The oldest first.
        for proposal in pending {
            // One that was begun by a host that stopped is put in force again: that changes nothing if it was.
            let begun = match proposal.stage {
                Stage::Approved if proposal.kind == Kind::Company => {
                    proposals.begin(proposal.id).await?.is_some()
                }
                Stage::Begun => proposal.kind == Kind::Company,
                _ => false,
            };
            if begun {
                let put = match serde_json::from_str(proposal.content.text()) {
                    Ok(Entries { entries, .. }) => self.alter(&entries, proposal.id).await,
                    Err(_) => {
                        let (content, proposal) = (proposal.content.clone(), Some(proposal.id));
                        self.put_in_force(CompanyAdopted { content, proposal }).await
                    }
                };
                changed |= put.is_ok();
                let ended = put.map(|generation| Json::of(&serde_json::json!({ "generation": generation })));
                // What is wrong with the file of settings may be a line with a secret.
                let ended = ended.map_err(|error| without_source(&format!("{error:#}")));
                proposals.end(proposal.id, ended).await?;
            }
        }
        Ok(changed)
    }

    async fn put_in_force(&self, adopted: CompanyAdopted) -> anyhow::Result<u64> {
        let known = self.desk.store().adopted()?.context("nothing was agreed on before")?;
        let agreed: Content = serde_json::from_str(adopted.content.text())?;
        anyhow::ensure!(
            known.proposal == adopted.proposal || agreed.base == Some(hash(&known.content)),
            "something else was agreed on since it was proposed: propose it again"
        );
        let (data, plugins, content) = (self.data.clone(), self.plugins.clone(), adopted.content.clone());
        let read = tokio::task::spawn_blocking(move || {
            let policy = policy(&content, &data, &plugins)?;
            let signed = rulebook::signed(&policy, &plugins)?;
            anyhow::Ok((policy.company, signed))
        });
        let (company, signed) = read.await??;
        server::let_in(&self.data, company.raci())?;
        let adopted = Draft::new(Stream::Company, Actor::Host, adopted)?;
        let number = self.desk.adopt(company, signed, vec![adopted]).await?;
        tracing::info!(generation = number, "what was approved is in force");
        Ok(number)
    }

    /// Puts in force what was agreed on of entries, if they are what they were when that was proposed. All else may be another by now.
    async fn alter(&self, entries: &[Entry], proposal: ProposalId) -> anyhow::Result<u64> {
        // It reads files and compiles plugins.
        let new = tokio::task::block_in_place(|| {
            let (old, base) = self.in_force()?;
            let new = Content { base: Some(base), ..old.with(entries)? };
            self.check(&old, &new)?;
            anyhow::Ok(new)
        })?;
        if !self.desk.active().company.files_wait() {
            let before = tokio::task::block_in_place(|| self.save(self.altered(entries)?))?;
            let put = self.reload().await;
            if put.is_err() {
                // What could not be put in force is not left for the next start.
                tokio::task::block_in_place(|| self.save(before))?;
            }
            return put;
        }
        let adopted = CompanyAdopted { content: Json::of(&new), proposal: Some(proposal) };
        let number = self.put_in_force(adopted).await?;
        let saved = tokio::task::block_in_place(|| self.save(self.altered(entries)?));
        if let Err(error) = saved {
            tracing::warn!(
                error = without_source(&format!("{error:#}")),
                "what was approved is in force, and is not in the files: whoever proposes what lies there would take it back"
            );
        }
        Ok(number)
    }

    /// The texts of the files with entries as they were agreed on, if they are there what they were when that was proposed.
    fn altered(&self, entries: &[Entry]) -> anyhow::Result<BTreeMap<PathBuf, String>> {
        let dir = self.file.parent().unwrap_or(Path::new(""));
        let mut texts = BTreeMap::new();
        for entry in entries {
            let path = match editing::file_of(entry.section) {
                editing::In::Main => self.file.clone(),
                editing::In::Raci => {
                    dir.join(raci_of(&toml::from_str(&std::fs::read_to_string(&self.file)?)?)?)
                }
            };
            let text = match texts.remove(&path) {
                Some(text) => text,
                None => std::fs::read_to_string(&path)?,
            };
            texts.insert(path, editing::carry_out(&text, entry)?);
        }
        Ok(texts)
    }

    /// Writes texts into the files, and gives those that were there.
    fn save(&self, texts: BTreeMap<PathBuf, String>) -> anyhow::Result<BTreeMap<PathBuf, String>> {
        let mut before: BTreeMap<PathBuf, String> = BTreeMap::new();
        for (path, text) in texts {
            let was = std::fs::read_to_string(&path)?;
            if let Err(error) = write_over(&path, text.as_bytes()) {
                for (path, text) in &before {
                    write_over(path, text.as_bytes())?;
                }
                return Err(error);
            }
            before.insert(path, was);
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = settings::texts(&self.file).ok();
        Ok(before)
    }

    /// What would be in force, if it could be: the rows that it touches, and what it is in a line.
    fn check(&self, old: &Content, new: &Content) -> anyhow::Result<(BTreeSet<Task>, String)> {
        // Nothing of what is only asked for stays on the disk.
        let dir = tempfile::tempdir()?;
        let policy = lay_out(new, dir.path(), &self.plugins)?;
        // Whatever cannot be put in force is not worth a signature.
        self.desk.check_files(&policy.company, &rulebook::signed(&policy, &self.plugins)?)?;
        anyhow::ensure!(
            due::is_answered(policy.company.raci(), Task::ManageAccess),
            "nobody of the company would answer for “Manage access”, and nothing could be agreed on any more"
        );
        self.difference(old, new, &policy)
    }

    /// What is in force, and the hash of it.
    fn in_force(&self) -> anyhow::Result<(Content, Digest)> {
        if self.desk.active().company.files_wait() {
            let adopted =
                self.desk.store().adopted()?.context("nothing was agreed on yet: restart the host")?;
            return Ok((serde_json::from_str(adopted.content.text())?, hash(&adopted.content)));
        }
        let lies = Content::read(&self.file, &self.plugins)?;
        let hash = hash(&Json::of(&lies));
        Ok((lies, hash))
    }

    /// The rows that a change touches, and what it is in a line.
    fn difference(
        &self,
        old: &Content,
        new: &Content,
        policy: &Policy,
    ) -> anyhow::Result<(BTreeSet<Task>, String)> {
        let (before, after) = (old.company()?, new.company()?);
        let mut tasks = BTreeSet::new();
        let mut areas = Vec::new();
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys.into_iter().filter(|key| before.get(*key) != after.get(*key)) {
            match key.as_str() {
                "queues" => tasks.extend(tasks_of_queues(before.get(key), after.get(key))),
                key => {
                    tasks.insert(task_of(key));
                }
            }
            areas.push(key.clone());
        }
        for name in old.files.keys().chain(new.files.keys()).collect::<BTreeSet<_>>() {
            if name != MAIN && old.files.get(name) != new.files.get(name) {
                let named =
                    |table: &toml::Table| table.get("raci").and_then(toml::Value::as_str) == Some(name);
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
                    let admitted = self.rules.admit(&rulebook::component(&rule.plugin, &policy.dir)?)?;
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

/// Whose a part of the company's description is. What nobody thought of is a matter of access, which is the strictest row.
fn task_of(key: &str) -> Task {
    match key {
        "numbers" | "throughput" => Task::Numbers,
        "agents" | "automatic-messages-per-hour" => Task::AdjustRoutingRules,
        "calendars" | "zone" => Task::MonitorSla,
        "contacting" => Task::ApproveCampaigns,
        "retention" => Task::EraseData,
        "media" | "webhooks" => Task::ConfigureIntegrations,
        _ => Task::ManageAccess,
    }
}

impl server::Files for CompanyFiles {
    fn entry(&self, section: Section, id: &str) -> Result<Value, FilesError> {
        let (known, _) = self.in_force().map_err(files)?;
        known.entry(&self.desk.active().company, section, id).map_err(files)
    }

    fn proposed(&self, entries: &[Entry]) -> Result<Proposed, FilesError> {
        let company = Arc::clone(&self.desk.active().company);
        if entries.is_empty() && !company.files_wait() {
            let words = "the company's files are in force when they are saved: set `files = \"when-approved\"` in [company.approvals]";
            return Err(FilesError::Wanted(words.to_owned()));
        }
        let (old, base) = self.in_force().map_err(files)?;
        let entries = old.seen(&company, entries)?;
        let mut new = if entries.is_empty() {
            Content::read(&self.file, &self.plugins).map_err(wanted)?
        } else {
            old.with(&entries).map_err(wanted)?
        };
        new.base = Some(base);
        new.changes_approvers = old.approvers().map_err(files)? != new.approvers().map_err(wanted)?;
        let (tasks, title) = self.check(&old, &new).map_err(wanted)?;
        if tasks.is_empty() {
            return Err(FilesError::Wanted(
                "it is as what is in force: nothing is to be agreed on".to_owned(),
            ));
        }
        if entries.is_empty() {
            return Ok(Proposed { content: Json::of(&new), tasks, title });
        }
        // Where what is saved is in force it has to be possible to save it, in the form in which people wrote the rest.
        if !company.files_wait() {
            self.altered(&entries).map_err(files)?;
        }
        let touched = entries.iter().map(|one| old.name_of(one.section)).collect::<anyhow::Result<_>>();
        let content = Json::of(&Entries { touched: touched.map_err(files)?, entries });
        Ok(Proposed { content, tasks, title })
    }
}

fn files(error: anyhow::Error) -> FilesError {
    FilesError::Files(without_source(&format!("{error:#}")))
}

fn wanted(error: anyhow::Error) -> FilesError {
    FilesError::Wanted(without_source(&format!("{error:#}")))
}

impl Content {
    /// What lies in the files, without the settings of the host and their secrets. The bytes of plugins are kept by their
    /// hash from now on.
    fn read(file: &Path, plugins: &PluginFiles) -> anyhow::Result<Self> {
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
    fn name_of(&self, section: Section) -> anyhow::Result<String> {
        match editing::file_of(section) {
            editing::In::Main => Ok(MAIN.to_owned()),
            editing::In::Raci => raci_of(&self.main()?),
        }
    }

    fn text_of(&self, section: Section) -> anyhow::Result<(String, &String)> {
        let name = self.name_of(section)?;
        let text = self.files.get(&name).with_context(|| format!("the company has no file {name}"))?;
        Ok((name, text))
    }

    /// What an entry is here.
    fn entry(&self, company: &Company, section: Section, id: &str) -> anyhow::Result<Value> {
        editing::check(section, id)?;
        Ok(match editing::find(self.text_of(section)?.1, section, id)? {
            // A row that stands in no file is one that was given.
            Value::Null if section == Section::Matrix => server::row(company, id),
            found => found,
        })
    }

    /// Those of the entries that are wanted otherwise, with what each is here.
    fn seen(&self, company: &Company, entries: &[Entry]) -> Result<Vec<Entry>, FilesError> {
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
        let text = |entry: &Entry| anyhow::Ok(self.text_of(entry.section)?.1);
        let changes = |entry: &Entry| {
            let fresh = editing::carry_out(text(entry)?, entry)?;
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
    fn with(&self, entries: &[Entry]) -> anyhow::Result<Self> {
        let mut new = Self { base: None, changes_approvers: false, ..self.clone() };
        for entry in entries {
            let (name, text) = new.text_of(entry.section)?;
            let text = editing::carry_out(text, entry)?;
            new.files.insert(name, text);
        }
        Ok(new)
    }

    fn main(&self) -> anyhow::Result<toml::Table> {
        let text = self.files.get(MAIN).context("what was agreed on has no file of settings")?;
        Ok(toml::from_str(text)?)
    }

    fn company(&self) -> anyhow::Result<toml::Table> {
        let main = self.main()?;
        Ok(main.get("company").and_then(toml::Value::as_table).cloned().unwrap_or_default())
    }

    fn rule_sets(&self) -> anyhow::Result<Option<toml::Value>> {
        Ok(self.main()?.get("rule-sets").cloned())
    }

    /// Its approver rules in their order: all that is said of each and of its set, and the hash of its plugin.
    fn approvers(&self) -> anyhow::Result<Vec<(toml::Table, toml::Value, Option<Digest>)>> {
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
    fn rules(&self) -> anyhow::Result<BTreeMap<String, toml::Value>> {
        let sets = self.rule_sets()?;
        let sets = sets.as_ref().and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let rules = sets
            .into_iter()
            .flat_map(|set| set.get("rules").and_then(toml::Value::as_array).cloned().unwrap_or_default());
        let named = |rule: toml::Value| Some((rule.get("id")?.as_str()?.to_owned(), rule));
        Ok(rules.filter_map(named).collect())
    }
}

/// The policy that was agreed on: laid out in a directory of its own, and read as any other.
pub(crate) fn policy(content: &Json, data: &Path, plugins: &PluginFiles) -> anyhow::Result<Policy> {
    let agreed: Content =
        serde_json::from_str(content.text()).context("what was agreed on cannot be read")?;
    lay_out(&agreed, &data.join("company").join(hash(content).to_string()), plugins)
}

fn lay_out(agreed: &Content, dir: &Path, plugins: &PluginFiles) -> anyhow::Result<Policy> {
    RealDisk.create_dir_all(dir)?;
    for (name, text) in &agreed.files {
        lay(dir, name, text.as_bytes())?;
    }
    for (name, digest) in agreed.plugins.iter().filter(|(name, _)| !rulebook::is_reference(name)) {
        let bytes = plugins.get(digest).with_context(|| format!("the plugin `{name}` was agreed on"))?;
        lay(dir, name, &bytes)?;
    }
    for (name, digest) in agreed.plugins.iter().filter(|(name, _)| rulebook::is_reference(name)) {
        let own = Digest::of(&rulebook::component(name, dir)?);
        if own != *digest {
            tracing::warn!(
                plugin = name,
                "this version of Timonel brings another one than was agreed on: propose it"
            );
        }
    }
    Ok(Policy::read(&dir.join(MAIN))?)
}

/// Whether an adopted company's files are what is in force at a start.
pub(crate) fn in_force(
    adopted: Option<&CompanyAdopted>,
    data: &Path,
    plugins: &PluginFiles,
) -> anyhow::Result<Option<Policy>> {
    let Some(adopted) = adopted else { return Ok(None) };
    let policy = policy(&adopted.content, data, plugins)?;
    let waits = |company: &Company| company.files_wait();
    Ok(Some(policy).filter(|policy| waits(&policy.company)))
}

/// The name of the file of the matrix and its people.
fn raci_of(main: &toml::Table) -> anyhow::Result<String> {
    let name = main.get("company").and_then(|company| company.get("raci")).and_then(toml::Value::as_str);
    name.map(ToOwned::to_owned)
        .context("the company's file names no `raci`, the file of its matrix and its people")
}

fn hash(content: &Json) -> Digest {
    Digest::of(content.text().as_bytes())
}

/// What is wrong with a file, without the lines of it that the message shows: secrets stand in the same file.
fn without_source(words: &str) -> String {
    let source = |line: &&str| {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
        line.starts_with('|')
    };
    words.lines().filter(|line| !source(line)).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Writes a file whole and durably, under a name within a directory.
fn lay(dir: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let within = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    anyhow::ensure!(within, "`{name}` does not lie in the company's directory: what is agreed on has to");
    let path = dir.join(name);
    if let Some(parent) = path.parent() {
        RealDisk.create_dir_all(parent)?;
    }
    let fresh = path.with_extension("fresh");
    let mut file = std::fs::File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    RealDisk.rename(&fresh, &path)?;
    Ok(())
}

/// Writes a file of people's whole and durably, where it is and to whom it belongs: others are not to read what they could not before.
fn write_over(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
    let path = path.canonicalize()?;
    let known = std::fs::metadata(&path)?;
    let fresh = path.with_extension("fresh");
    // One that was left by a host that stopped.
    let _ = std::fs::remove_file(&fresh);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (known.uid(), known.gid()) {
        std::os::unix::fs::fchown(&file, Some(known.uid()), Some(known.gid()))?;
    }
    file.set_permissions(known.permissions())?;
    file.sync_all()?;
    RealDisk.rename(&fresh, &path)?;
    RealDisk.sync_dir(path.parent().context("a file lies in a directory")?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_without_the_line_that_may_hold_a_secret() {
        let error = toml::from_str::<toml::Table>("access-token = \"EAAGsecret\nlog = 1").unwrap_err();
        let told = without_source(&format!("in timonel.toml: {error}"));
        assert!(told.contains("line 1") && !told.contains("EAAG"), "{told}");
    }

    #[test]
    fn what_is_agreed_on_lies_within_the_company_s_directory() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["../raci.toml", "/etc/raci.toml", "a/../../b"] {
            assert!(lay(dir.path(), name, b"").unwrap_err().to_string().contains("directory"), "{name}");
        }
        lay(dir.path(), "plugins/own.wasm", b"x").unwrap();
        assert_eq!(std::fs::read(dir.path().join("plugins/own.wasm")).unwrap(), b"x");
    }

    #[test]
    fn a_file_that_is_written_over_stays_closed_to_others_and_where_it_was() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("secret.toml"), dir.path().join("timonel.toml"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write_over(&link, b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside it");
    }
}
