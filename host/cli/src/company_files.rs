//! The company's files as something to agree on.
//!
//! What lies in the directory is a draft. What is in force is what people signed: its texts are in the journal and the bytes
//! of its plugins are kept by their hash, so that a file which is saved meanwhile, or lost, changes nothing. Secrets stand in
//! the same file and are none of it.
//!
//! Whoever has no terminal wants an entry otherwise (`editing`), which is agreed on too. Where what is saved is in force, what was signed
//! of an entry is saved; where it is a draft, it is put in force, and into the draft as well, so that the next one has it.

mod content;
mod difference;
mod editing;
mod laying;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use content::{Content, Entries, hash, raci_of};
use desk::Desk;
use difference::difference;
use domain::company::Company;
use domain::decision::Digest;
use domain::event::CompanyAdopted;
use domain::id::ProposalId;
use domain::json::Json;
use domain::proposal::{Kind, Stage, due};
use domain::raci::task::Task;
use domain::stream::{Actor, Stream};
use governance::People;
pub(crate) use laying::in_force;
use laying::{lay_out, policy, write_over};
use serde_json::Value;
use server::{Entry, FilesError, Proposed, Section};
use store::{Draft, PluginFiles};
use tokio::sync::{Mutex, watch};

use crate::access;
use crate::rulebook;
use crate::settings::{self, Policy};

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
    /// What stood in the files when somebody looked last, or when it was written there. Held by whoever puts something in force: an older
    /// reading must not come after a newer one.
    seen: Mutex<Option<Texts>>,
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
        Self { file, data, plugins, rules, desk, seen }
    }

    /// Looks whether somebody has saved something, and does what is to be done about it.
    pub(crate) async fn look(&self, people: &People) {
        let mut seen = self.seen.lock().await;
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || settings::texts(&file).ok());
        let Ok(Some(now)) = read.await else { return };
        if seen.as_ref() == Some(&now) {
            return;
        }
        *seen = Some(now);
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
        let mut seen = self.seen.lock().await;
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
                    Ok(Entries { entries, .. }) => self.alter(&mut seen, &entries, proposal.id).await,
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
    async fn alter(
        &self,
        seen: &mut Option<Texts>,
        entries: &[Entry],
        proposal: ProposalId,
    ) -> anyhow::Result<u64> {
        // It reads files and compiles plugins.
        let new = tokio::task::block_in_place(|| {
            let (old, base) = self.in_force()?;
            let new = Content { base: Some(base), ..old.with(entries)? };
            self.check(&old, &new)?;
            anyhow::Ok(new)
        })?;
        if !self.desk.active().company.files_wait() {
            let before = tokio::task::block_in_place(|| self.save(seen, self.altered(entries)?))?;
            let put = self.reload().await;
            if put.is_err() {
                // What could not be put in force is not left for the next start.
                tokio::task::block_in_place(|| self.save(seen, before))?;
            }
            return put;
        }
        let adopted = CompanyAdopted { content: Json::of(&new), proposal: Some(proposal) };
        let number = self.put_in_force(adopted).await?;
        let saved = tokio::task::block_in_place(|| self.save(seen, self.altered(entries)?));
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
    fn save(
        &self,
        seen: &mut Option<Texts>,
        texts: BTreeMap<PathBuf, String>,
    ) -> anyhow::Result<BTreeMap<PathBuf, String>> {
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
        difference(old, new, &policy, &self.rules)
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
}

impl server::Files for CompanyFiles {
    fn entries(&self, section: Section, ids: &[&str]) -> Result<Vec<Value>, FilesError> {
        let ((known, _), company) = (self.in_force().map_err(files)?, &self.desk.active().company);
        ids.iter().map(|id| known.entry(company, section, id).map_err(files)).collect()
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

/// What is wrong with a file, without the lines of it that the message shows: secrets stand in the same file.
fn without_source(words: &str) -> String {
    let source = |line: &&str| {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
        line.starts_with('|')
    };
    words.lines().filter(|line| !source(line)).collect::<Vec<_>>().join(" ").trim().to_owned()
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
}
