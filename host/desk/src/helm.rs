//! What is in force of the rules, and the one place where that changes.
//!
//! The company's files say which rules there are, proposals add others, and people move all of them within what was signed
//! (`domain::rule`). From these three a generation is made; whatever can fail fails before anything is written. Then what was
//! decided and the generation that follows from it are one commit, and the pointer is swapped as soon as it is durable: no
//! worker sees a rule that is not of record, and none waits for one.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::author::AuthorKeyId;
use domain::company::Company;
use domain::decision::{Digest, Kind};
use domain::event::{ActiveRule, Event, GenerationActivated, RuleVersioned};
use domain::id::{QueueId, RuleId};
use domain::json::Json;
use domain::proposal;
use domain::raci::action::Action;
use domain::raci::task::Task;
use domain::rule::Version;
use domain::rule::book::{Author, Moved, RuleBook, Switched};
use domain::rule::mode::Mode;
use domain::rule::moving::Unmoved;
use domain::stream::{Actor, Stream};
use rules::{Definition, Function, Generation, Grant, Refusal, Rule};
use store::{CommitError, Draft, PluginFileError, PluginFiles, ProjectionError, Store};

use crate::active::Active;
use crate::command::DeskError;
use crate::marks::Marks;
use crate::shared::Shared;

/// A rule as it is signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    /// Which rule.
    pub rule: RuleId,
    /// What is signed of it.
    pub version: Version,
}

/// Why a rule is not moved, or not put in force. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum HelmError {
    /// There is no such rule.
    #[error("there is no rule `{0}`: `timonel rules list` shows all of them")]
    NoRule(RuleId),
    /// There is no such set.
    #[error("there is no rule set `{0}`: `timonel rules list` shows all of them")]
    NoSet(String),
    /// There is no such author.
    #[error("there is no author's key `{0}`: `timonel plugin authors` shows all of them")]
    NoAuthor(AuthorKeyId),
    /// The rule was never in force like that.
    #[error(
        "the rule `{0}` was never in force in this version: `timonel rules show {0}` shows those that were"
    )]
    NoVersion(RuleId),
    /// It lies outside of what was signed, or is not theirs to move.
    #[error("`{0}`: {text}", text = .1.words(domain::law::language::Language::En))]
    Unmoved(RuleId, Unmoved),
    /// A field is not as it has to be.
    #[error("`{field}`: {what}")]
    Field {
        /// Which.
        field: String,
        /// What is wrong with it.
        what: String,
    },
    /// The plugin does not take it.
    #[error("rule `{0}`: {1}")]
    Refused(RuleId, Refusal),
    /// The bytes of a plugin cannot be had.
    #[error(transparent)]
    Plugin(#[from] PluginFileError),
    /// The desk failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<ProjectionError> for HelmError {
    fn from(error: ProjectionError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<CommitError> for HelmError {
    fn from(error: CommitError) -> Self {
        Self::Desk(error.into())
    }
}

/// A field that is not as it has to be.
pub(crate) fn field(field: impl Into<String>, what: impl Into<String>) -> HelmError {
    HelmError::Field { field: field.into(), what: what.into() }
}

/// How a rule stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Stands {
    /// Which rule.
    pub rule: RuleId,
    /// What is signed of it.
    pub signed: Version,
    /// By what that is known.
    pub of: Digest,
    /// The earlier version that runs instead, if one does.
    pub instead: Option<Version>,
    /// The mode that it is in, its set included.
    pub mode: Mode,
    /// The one that it is in whenever its set is asked.
    pub own: Mode,
    /// How it was moved, if it was.
    pub moved: Option<Moved>,
    /// How its set was switched last, if it ever was.
    pub switched: Option<Switched>,
    /// Whether a proposal brought it, and no file of the company.
    pub agreed: bool,
    /// The author because of whose key it may not run, if there is one.
    pub stopped: Option<Author>,
}

impl Stands {
    /// The version that runs.
    pub fn runs(&self) -> &Version {
        self.instead.as_ref().unwrap_or(&self.signed)
    }

    /// Whether its set is asked.
    pub fn set_is_on(&self) -> bool {
        Switched::is_on(self.switched.as_ref())
    }

    /// What its plugin reads.
    pub fn settings(&self) -> Json {
        self.moved
            .as_ref()
            .map_or_else(|| self.runs().settings.clone(), |moved| self.runs().settings_with(&moved.settings))
    }
}

/// How all rules stand, in the order in which they are asked. `fresh` are versions that are about to be kept.
pub(crate) fn stands(
    store: &Store,
    marks: &Marks,
    book: &RuleBook,
    files: &[Signed],
    fresh: &[Signed],
) -> Result<Vec<Stands>, HelmError> {
    let version = |rule: &RuleId, digest: &Digest| -> Result<Version, HelmError> {
        let kept = store.rule_versions(rule)?.into_iter().map(|(_, version)| version);
        let fresh = fresh.iter().filter(|one| one.rule == *rule).map(|one| one.version.clone());
        let mut found = kept.chain(fresh).filter(|version| version.digest() == *digest);
        found.next().ok_or_else(|| HelmError::NoVersion(rule.clone()))
    };
    let mut signed: Vec<(Signed, bool)> = files.iter().map(|one| (one.clone(), false)).collect();
    for (rule, agreed) in &book.agreed {
        let version = version(rule, &agreed.version)?;
        let at = |found: &dyn Fn(&Signed) -> bool| signed.iter().rposition(|(one, _)| found(one));
        let behind = at(&|one| Some(&one.rule) == agreed.after.as_ref());
        let behind = behind.or_else(|| at(&|one| one.version.set == version.set));
        let place = behind.map_or(signed.len(), |place| place + 1);
        signed.insert(place, (Signed { rule: rule.clone(), version }, true));
    }
    let stands = signed.into_iter().map(|(Signed { rule, version: signed }, agreed)| {
        let of = signed.digest();
        let moved = book.moved_of(&rule, &of).cloned();
        let instead = moved.as_ref().and_then(|moved| moved.instead.as_ref());
        let instead = instead.map(|digest| version(&rule, digest)).transpose()?;
        let switched = book.switched.get(&signed.set).cloned();
        let runs = instead.as_ref().unwrap_or(&signed);
        let own = moved.as_ref().and_then(|moved| moved.mode).unwrap_or(runs.mode).min(runs.highest());
        let stopped = book.stopped_by(&marks.of(&runs.component)?).cloned();
        let mode = if book.is_on(&signed.set) && stopped.is_none() { own } else { Mode::Off };
        Ok(Stands { rule, of, instead, mode, own, moved, switched, agreed, stopped, signed })
    });
    stands.collect()
}

/// The generation that follows from how rules stand. Rules of the former one that are the same go on.
fn generation(
    host: &rules::Host,
    plugins: &PluginFiles,
    company: &Company,
    stands: &[Stands],
    former: Option<&Generation>,
) -> Result<Generation, HelmError> {
    switched(company, stands)?;
    let known: Vec<&Rule> = former.iter().flat_map(|former| former.rules()).collect();
    let mut prepared = Vec::new();
    for one in stands {
        let (rule, version) = (&one.rule, one.runs());
        let refused = |refusal| HelmError::Refused(rule.clone(), refusal);
        let unknown = |queue: &&QueueId| !company.queues().iter().any(|known| known.id == **queue);
        if let Some(queue) = version.scope.queues.iter().find(unknown) {
            let what = format!("`{queue}` is no queue of the company");
            return Err(field(format!("{rule}: scope.queues"), what));
        }
        known_secrets(company, rule, version)?;
        let same_grant = |known: &&&Rule| {
            let grant = known.definition().linked.grant();
            grant.digest == version.component
                && grant.requests == version.requests
                && grant.templates == version.templates
        };
        let linked = match known.iter().find(same_grant) {
            Some(known) => Arc::clone(&known.definition().linked),
            None => {
                let admitted = host.admit(&plugins.get(&version.component)?).map_err(refused)?;
                let grant = Grant::all_of(&admitted).asking(&version.requests).sending(&version.templates);
                host.link(&admitted, &grant).map_err(refused)?
            }
        };
        let judges = linked.admitted().kinds.contains(&Kind::Approving);
        if judges != version.judges() {
            let what =
                if judges { "this is an approver: name what it judges" } else { "this is no approver" };
            let known = "`kinds` says which proposals an approver judges, as [\"template\"]";
            return Err(field(format!("{rule}: kinds"), format!("{what}. {known}")));
        }
        let only_measures = linked.admitted().kinds.iter().eq([&Kind::Measuring]);
        if only_measures && !(version.scope.languages.is_empty() && version.scope.tags.is_empty()) {
            let what = "a rule that measures is limited to `numbers` and `queues` alone: facts have no language and no tags";
            return Err(field(format!("{rule}: scope"), what.to_owned()));
        }
        let definition = Definition {
            id: rule.clone(),
            set: version.set.clone(),
            linked,
            settings: one.settings().text().to_owned(),
            scope: version.scope.clone(),
            mode: one.mode,
            version: Some(version.digest()),
            until: version.envelope.until,
        };
        let same = known.iter().find(|known| known.definition().id == *rule);
        let again = same.and_then(|known| known.under(definition.clone()));
        prepared.push(match again {
            Some(again) => again,
            None => host.prepare(definition).map_err(refused)?,
        });
    }
    let queues = company.queues().iter().map(|queue| queue.id.clone()).collect();
    Ok(Generation::new(former.map_or(1, |former| former.number + 1), prepared, queues))
}

/// Whether what switches sets by itself switches only what somebody may switch alone: no rule that protects something, and none that
/// judges proposals.
fn switched(company: &Company, stands: &[Stands]) -> Result<(), HelmError> {
    let switched = stands.iter().filter(|one| company.switches().contains_key(&one.signed.set));
    for one in switched {
        let what = match one.runs() {
            version if version.judges() => "judges proposals, and nobody switches that alone",
            version if version.envelope.guard => {
                "protects something (`guard`), and only whoever answers for it switches it off"
            }
            _ => continue,
        };
        let key = format!("company.switches.{}", one.signed.set);
        return Err(field(
            key,
            format!(
                "the rule `{}` of this set {what}: take the switch away, or the rule out of the set",
                one.rule
            ),
        ));
    }
    Ok(())
}

/// Whether the company has the secrets that a rule may have put into requests, and lets them go there.
fn known_secrets(company: &Company, rule: &RuleId, version: &Version) -> Result<(), HelmError> {
    for (n, destination) in version.requests.iter().enumerate() {
        for name in &destination.secrets {
            let what = match company.requests().secret(name) {
                None => format!("the company has no secret `{name}`: `company.requests.secrets` has them"),
                Some(secret) if !secret.goes_to(&destination.to) => {
                    format!(
                        "the secret `{name}` may not go to {}: its `to` says where",
                        destination.to.origin()
                    )
                }
                Some(_) => continue,
            };
            return Err(field(format!("{rule}: requests[{n}].secrets"), what));
        }
    }
    Ok(())
}

/// What is in force when a host starts, and what has to be written of it first.
pub fn begin(
    store: &Store,
    host: &rules::Host,
    plugins: &PluginFiles,
    company: Company,
    files: Vec<Signed>,
) -> Result<(Active, Vec<Draft>), HelmError> {
    let (_, book) = store.rule_book()?;
    let agreed_twice = files.iter().find(|one| book.agreed.contains_key(&one.rule));
    if let Some(twice) = agreed_twice {
        return Err(both(&twice.rule));
    }
    let fresh = fresh(store, &files)?;
    let marks = Marks::new(plugins.clone());
    let stands = stands(store, &marks, &book, &files, &fresh)?;
    let mut generation = generation(host, plugins, &company, &stands, None)?;
    generation.number = store.generation()?.map_or(1, |last| last.generation + 1);
    let mut drafts = versioned(&fresh)?;
    drafts.push(Draft::new(Stream::Company, Actor::Host, activation(&generation))?);
    let (company, generation) = (Arc::new(company), Arc::new(generation));
    Ok((Active { company, files: files.into(), generation }, drafts))
}

/// A rule can be the files' or be agreed on beside them.
fn both(rule: &RuleId) -> HelmError {
    field(
        "rule-sets.rules.id",
        format!("a rule `{rule}` was agreed on by a proposal: withdraw it first, or take another name"),
    )
}

/// The versions that were never in force before.
fn fresh(store: &Store, signed: &[Signed]) -> Result<Vec<Signed>, ProjectionError> {
    let mut fresh = Vec::new();
    for one in signed {
        let digest = one.version.digest();
        let known = store.rule_versions(&one.rule)?;
        if !known.iter().any(|(_, version)| version.digest() == digest) {
            fresh.push(one.clone());
        }
    }
    Ok(fresh)
}

fn versioned(fresh: &[Signed]) -> Result<Vec<Draft>, CommitError> {
    let event = |one: &Signed| RuleVersioned { rule: one.rule.clone(), version: one.version.clone() };
    fresh.iter().map(|one| Draft::new(Stream::Rules, Actor::Host, event(one))).collect()
}

/// The event that says which rules are in force from now on.
fn activation(generation: &Generation) -> GenerationActivated {
    let active = |rule: &Rule| {
        let definition = rule.definition();
        ActiveRule {
            rule: definition.id.clone(),
            set: definition.set.clone(),
            component: definition.linked.admitted().digest,
            settings: rule.settings(),
            grant: definition.linked.grant().functions.iter().map(ToString::to_string).collect(),
            version: definition.version,
            mode: definition.mode,
        }
    };
    GenerationActivated { generation: generation.number, rules: generation.rules().map(active).collect() }
}

/// What somebody decided about rules.
#[derive(Default)]
pub(crate) struct Change {
    /// Events of the stream of rules.
    pub(crate) events: Vec<Event>,
    /// Versions that are not kept yet.
    pub(crate) versions: Vec<Signed>,
}

/// Has what `decide` wants written, and puts in force what follows from it. It is asked again if somebody was faster.
pub(crate) async fn steer(
    shared: &Arc<Shared>,
    actor: Actor,
    decide: impl Fn(&RuleBook, &[Stands]) -> Result<Change, HelmError>,
) -> Result<u64, HelmError> {
    let _alone = shared.helm.lock().await;
    loop {
        let active = shared.active.load_full();
        let (version, book) = shared.store.rule_book()?;
        let Change { events, versions } =
            decide(&book, &stands(&shared.store, &shared.marks, &book, &active.files, &[])?)?;
        let mut next = book;
        for event in &events {
            next.fold(shared.now(), &actor, event);
        }
        let files = Arc::clone(&active.files);
        let fresh = fresh(&shared.store, &versions)?;
        let mut drafts = versioned(&fresh)?;
        for event in events {
            drafts.push(Draft::new(Stream::Rules, actor.clone(), event)?);
        }
        match put(shared, Arc::clone(&active.company), files, next, fresh, (version, drafts)).await {
            Err(HelmError::Desk(DeskError::Commit(CommitError::Conflict { .. }))) => {}
            put => return put,
        }
    }
}

/// Puts another company in force, with what its files say of rules; `with` is written with it. What was moved of a rule that
/// is signed as before stays.
pub(crate) async fn adopt(
    shared: &Arc<Shared>,
    company: Company,
    files: Vec<Signed>,
    with: Vec<Draft>,
) -> Result<u64, HelmError> {
    let _alone = shared.helm.lock().await;
    let (company, files): (Arc<Company>, Arc<[Signed]>) = (Arc::new(company), files.into());
    loop {
        let (version, book) = shared.store.rule_book()?;
        if let Some(twice) = files.iter().find(|one| book.agreed.contains_key(&one.rule)) {
            return Err(both(&twice.rule));
        }
        let fresh = fresh(&shared.store, &files)?;
        let mut drafts = versioned(&fresh)?;
        drafts.extend(with.iter().cloned());
        let (company, files) = (Arc::clone(&company), Arc::clone(&files));
        match put(shared, company, files, book, fresh, (version, drafts)).await {
            Err(HelmError::Desk(DeskError::Commit(CommitError::Conflict { .. }))) => {}
            put => return put,
        }
    }
}

/// Writes an event of rules from which nothing follows for those that are in force.
pub(crate) async fn keep(shared: &Arc<Shared>, actor: Actor, event: Event) -> Result<(), HelmError> {
    loop {
        let (version, _) = shared.store.rule_book()?;
        let draft = Draft::new(Stream::Rules, actor.clone(), event.clone())?;
        match shared.store.commit(vec![(Stream::Rules, version)], vec![draft]).await {
            Err(CommitError::Conflict { .. }) => {}
            written => return Ok(written.map(drop)?),
        }
    }
}

/// Whether a company and what its files say of rules could be put in force.
pub(crate) fn check(shared: &Shared, company: &Company, files: &[Signed]) -> Result<(), HelmError> {
    let (_, book) = shared.store.rule_book()?;
    if let Some(twice) = files.iter().find(|one| book.agreed.contains_key(&one.rule)) {
        return Err(both(&twice.rule));
    }
    let stands = stands(&shared.store, &shared.marks, &book, files, files)?;
    generation(&shared.rules, &shared.plugins, company, &stands, None).map(drop)
}

/// Whether a rule could be put in force, and what its plugin warns of then.
pub(crate) fn try_it(shared: &Shared, active: &Active, signed: &Signed) -> Result<Vec<String>, HelmError> {
    let tried = tried(signed.clone(), signed.version.mode);
    let tried = generation(&shared.rules, &shared.plugins, &active.company, &[tried], None)?;
    Ok(tried.rules().flat_map(|rule| rule.advice().iter().cloned()).collect())
}

/// The rules as they would be with a version of one in its place, or behind `after` if it is new, in a mode. Nothing that they do
/// counts for those in force.
pub(crate) fn contended(
    shared: &Shared,
    active: &Active,
    signed: Signed,
    after: Option<&RuleId>,
    mode: Mode,
) -> Result<Generation, HelmError> {
    let (_, book) = shared.store.rule_book()?;
    let mut stands = stands(&shared.store, &shared.marks, &book, &active.files, &[])?;
    let at = |found: &dyn Fn(&Stands) -> bool| stands.iter().rposition(found);
    let stood = at(&|one| one.rule == signed.rule);
    let behind = after.and_then(|after| at(&|one| one.rule == *after));
    let behind = behind.or_else(|| at(&|one| one.signed.set == signed.version.set));
    let tried = tried(signed, mode);
    match (stood, after) {
        (Some(place), None) => stands.iter_mut().skip(place).take(1).for_each(|one| *one = tried.clone()),
        (stood, _) => {
            stands.insert(behind.map_or(stands.len(), |place| place + 1), tried);
            if let Some(stood) = stood {
                // What was inserted before it moved it on.
                stands.remove(stood + usize::from(behind.is_some_and(|behind| behind < stood)));
            }
        }
    }
    generation(&shared.rules, &shared.plugins, &active.company, &stands, None)
}

/// A rule as it would stand if it was signed now.
fn tried(signed: Signed, mode: Mode) -> Stands {
    Stands {
        rule: signed.rule,
        of: signed.version.digest(),
        mode,
        own: mode,
        signed: signed.version,
        instead: None,
        moved: None,
        switched: None,
        agreed: true,
        stopped: None,
    }
}

async fn put(
    shared: &Arc<Shared>,
    company: Arc<Company>,
    files: Arc<[Signed]>,
    book: RuleBook,
    fresh: Vec<Signed>,
    (version, mut drafts): (u64, Vec<Draft>),
) -> Result<u64, HelmError> {
    let prepared = tokio::task::spawn_blocking({
        let (shared, files, company) = (Arc::clone(shared), Arc::clone(&files), Arc::clone(&company));
        move || {
            let stands = stands(&shared.store, &shared.marks, &book, &files, &fresh)?;
            let former = shared.active.load_full();
            generation(&shared.rules, &shared.plugins, &company, &stands, Some(&former.generation))
        }
    });
    let generation = prepared.await.map_err(|_| DeskError::Stopping)??;
    let number = generation.number;
    drafts.push(Draft::new(Stream::Company, Actor::Host, activation(&generation))?);
    shared.store.commit(vec![(Stream::Rules, version)], drafts).await?;
    shared.active.store(Arc::new(Active { company, files, generation: Arc::new(generation) }));
    Ok(number)
}

/// The rows of the matrix that a component touches: who answers for each has to sign before it counts. What is only asked in
/// the shadow reads, and does nothing.
pub fn rows(reach: &rules::Reach, judges: &BTreeSet<proposal::Kind>, highest: Mode) -> BTreeSet<Task> {
    let reads = |function: &&Function| {
        let action = function.action();
        matches!(action, Action::LetRuleRead | Action::LetRuleSeeTeam | Action::LetRuleIdentify)
    };
    let tasks: BTreeSet<Task> = if judges.is_empty() && highest <= Mode::Shadow {
        reach.functions.iter().filter(reads).flat_map(|function| function.tasks()).copied().collect()
    } else {
        reach.tasks(judges)
    };
    tasks.into_iter().chain([Task::AdjustRoutingRules]).collect()
}
