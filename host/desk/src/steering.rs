//! What people do with rules: they move them within what was signed, return to what was, hand plugins in, and propose rules
//! that no file of the company names.

use std::collections::{BTreeMap, BTreeSet};

use domain::author::{AuthorKey, AuthorKeyId, Mark};
use domain::decision::Digest;
use domain::event::{
    AuthorRegistered, AuthorRevoked, PluginUploaded, RuleAgreed, RuleMoved, RuleReturned, RuleSetMoved,
    RuleWithdrawn,
};
use domain::id::{NumberId, ProposalId, RuleId};
use domain::json::Json;
use domain::proposal;
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::request::Destination;
use domain::rule::book::{Author, RuleBook, Uploaded};
use domain::rule::mode::Mode;
use domain::rule::moving::{Standing, Unmoved, Wish};
use domain::rule::{Envelope, Scope, Version};
use domain::stream::Actor;
use rules::{Admitted, Counts, Failure, Reach};
use serde::{Deserialize, Serialize};

use crate::assemble::Desk;
use crate::helm::{self, Change, HelmError, Signed, Stands, field};

/// The longest reason, in bytes.
const WHY: usize = 1_000;

/// Plugins that one person may hand in, so that nobody fills the disk.
const UPLOADS: usize = 200;

/// The longest name of a rule or a set, in bytes.
const NAME: usize = 64;

/// A rule that somebody would like the company to have, beside those of its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleWish {
    /// What it is called. One that was agreed on before gets another version.
    pub rule: RuleId,
    /// The rule set in which it stands; a new one is asked last.
    #[serde(default)]
    pub set: String,
    /// A reference plugin by its name, or one that was uploaded by its hash.
    #[serde(default)]
    pub plugin: String,
    /// What the plugin reads.
    #[serde(default)]
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// For which cases.
    #[serde(default)]
    pub scope: Scope,
    /// In which mode it begins: in the shadow if nothing else is said.
    #[serde(default = "RuleWish::shadow")]
    pub mode: Mode,
    /// Where it may have something asked.
    #[serde(default)]
    pub requests: Vec<Destination>,
    /// The names of the templates that it may send.
    #[serde(default)]
    pub templates: BTreeSet<String>,
    /// How far it may be moved then.
    #[serde(default)]
    pub envelope: Envelope,
    /// The rule behind which it is asked; the last of its set if none.
    #[serde(default)]
    pub after: Option<RuleId>,
    /// It is to be none of the company's any more.
    #[serde(default)]
    pub withdraw: bool,
}

impl RuleWish {
    fn shadow() -> Mode {
        Mode::Shadow
    }
}

/// What a proposal of a rule is about, and a signature is one of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleChange {
    /// The rule is to be like that.
    #[serde(rename_all = "kebab-case")]
    Agree {
        /// Which rule.
        rule: RuleId,
        /// How it is to be.
        version: Box<Version>,
        /// The rule behind which it is asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<RuleId>,
        /// The version that is signed now, if there is one: against another one nobody has compared it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<Digest>,
        /// What its plugin warned of when it read the settings.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        advice: Vec<String>,
    },
    /// The rule is to be none any more.
    #[serde(rename_all = "kebab-case")]
    Withdraw {
        /// Which rule.
        rule: RuleId,
        /// The version that is signed now.
        instead_of: Digest,
    },
}

/// That a component was signed.
pub struct Signature {
    /// With which key.
    pub key: AuthorKeyId,
    /// Whose that is; nobody's whom the company knows if none.
    pub author: Option<Author>,
}

/// A function of the host that a plugin needs.
pub struct Permission {
    /// Which, as `profile.get`.
    pub function: String,
    /// In words that complete “the rule may …”.
    pub words: &'static str,
    /// The rows of the matrix whose A has to agree to it.
    pub tasks: &'static [Task],
}

/// What a plugin that was handed in is to the company.
pub struct PluginFacts {
    /// Who signed it.
    pub signatures: Vec<Signature>,
    /// What it could do.
    pub may: Vec<Permission>,
    /// The rows of the matrix that a rule with it touches when it counts.
    pub rows: BTreeSet<Task>,
    /// The rules that run it now.
    pub rules: Vec<RuleRun>,
}

/// A rule that runs a plugin, as its author may know it: how often it was asked and failed, and not with whose words.
pub struct RuleRun {
    /// Which rule.
    pub rule: RuleId,
    /// The mode that it is in.
    pub mode: Mode,
    /// What it did within the last hour.
    pub hour: Counts,
    /// Whether it failed too often of late and rests.
    pub rests: bool,
}

/// What is kept of a component that was handed in.
fn as_handed_in(admitted: &Admitted) -> PluginUploaded {
    PluginUploaded {
        component: admitted.digest,
        name: admitted.description.name.clone(),
        version: admitted.description.version.clone(),
        kinds: admitted.kinds.iter().copied().collect(),
        functions: admitted.functions.iter().map(ToString::to_string).collect(),
        bytes: admitted.component_bytes,
    }
}

impl Desk {
    /// How all rules stand, in the order in which they are asked; and what each did within the last hour.
    pub fn rules(&self) -> Result<Vec<(Stands, Counts, bool)>, HelmError> {
        let (active, shared) = (self.active(), self.shared());
        let (_, book) = shared.store.rule_book()?;
        let now = u64::try_from(shared.now().as_millisecond()).unwrap_or(0);
        let counts: BTreeMap<&RuleId, (Counts, bool)> = active
            .generation
            .rules()
            .map(|rule| (&rule.definition().id, (rule.lately(now), rule.rests())))
            .collect();
        let stands = helm::stands(&shared.store, &shared.marks, &book, &active.files, &[])?;
        let with = |one: Stands| {
            let (counts, rests) = counts.get(&one.rule).copied().unwrap_or_default();
            (one, counts, rests)
        };
        Ok(stands.into_iter().map(with).collect())
    }

    /// What the plugin of a rule warned of when it read the settings that are in force.
    pub fn advice(&self, rule: &RuleId) -> Vec<String> {
        let active = self.active();
        let own = active.generation.rules().find(|one| one.definition().id == *rule);
        own.map(|rule| rule.advice().to_vec()).unwrap_or_default()
    }

    /// How a rule failed last, since this host runs it.
    pub fn failure(&self, rule: &RuleId) -> Option<Failure> {
        let active = self.active();
        active.generation.rules().find(|one| one.definition().id == *rule)?.failure()
    }

    /// Whether a rule is for any case that somebody reaches.
    pub fn is_seen(&self, person: &Person, rule: &Stands) -> bool {
        let active = self.active();
        let number = |name: &str| number(&active.company, name);
        Standing { version: rule.runs(), mode: rule.mode, number: &number }.is_seen(person)
    }

    /// The versions of a rule that were ever in force, each with the number of its event, the oldest first.
    pub fn rule_versions(&self, rule: &RuleId) -> Result<Vec<(u64, Version)>, HelmError> {
        Ok(self.store().rule_versions(rule)?)
    }

    /// Somebody moves a rule within what was signed. Gives the generation in which it is so.
    pub async fn move_rule(
        &self,
        person: &Person,
        actor: Actor,
        rule: &RuleId,
        wish: &Wish,
        why: &str,
    ) -> Result<u64, HelmError> {
        said(why)?;
        let (active, now) = (self.active(), self.shared().now());
        let company = &active.company;
        let number = |name: &str| number(company, name);
        helm::steer(self.shared(), actor, |_, stands| {
            let one = runnable(stands, rule)?;
            // What a set that is off hides is what it will be when it is on again.
            let mode = one.moved.as_ref().and_then(|moved| moved.mode).unwrap_or(one.runs().mode);
            let standing = Standing { version: one.runs(), mode, number: &number };
            let may = standing.may_move(person, company.raci(), wish, now);
            may.map_err(|why| HelmError::Unmoved(rule.clone(), why))?;
            let moved = RuleMoved {
                rule: rule.clone(),
                of: one.of,
                mode: wish.mode,
                settings: wish.settings.clone(),
                why: why.to_owned(),
            };
            Ok(Change { events: vec![moved.into()], ..Change::default() })
        })
        .await
    }

    /// Somebody returns a rule to what is signed of it, or to a version that was in force before.
    pub async fn return_rule(
        &self,
        person: &Person,
        actor: Actor,
        rule: &RuleId,
        to: Option<Digest>,
        why: &str,
    ) -> Result<u64, HelmError> {
        said(why)?;
        let active = self.active();
        let number = |name: &str| number(&active.company, name);
        let store = self.store();
        helm::steer(self.shared(), actor, |_, stands| {
            let one = known(stands, rule)?;
            let unmoved = |why| HelmError::Unmoved(rule.clone(), why);
            let standing = Standing { version: one.runs(), mode: one.mode, number: &number };
            standing.may_return(person).map_err(unmoved)?;
            let to = to.filter(|to| *to != one.of);
            let is_so = match (&one.moved, &to) {
                (None, None) => true,
                (Some(moved), Some(_)) => {
                    moved.instead == to && moved.mode.is_none() && moved.settings.is_empty()
                }
                _ => false,
            };
            if is_so {
                return Err(unmoved(Unmoved::Nothing));
            }
            if let Some(to) = &to {
                let versions = store.rule_versions(rule)?;
                let earlier = versions.iter().find(|(_, version)| version.digest() == *to);
                let (_, earlier) = earlier.ok_or_else(|| HelmError::NoVersion(rule.clone()))?;
                // What it returns to may be for more than what runs now.
                let standing = Standing { version: earlier, mode: earlier.mode, number: &number };
                standing.may_return(person).map_err(unmoved)?;
            }
            let returned = RuleReturned { rule: rule.clone(), of: one.of, to, why: why.to_owned() };
            Ok(Change { events: vec![returned.into()], ..Change::default() })
        })
        .await
    }

    /// Somebody switches a whole set off, or on again: whoever could do it with each of its rules.
    pub async fn move_set(
        &self,
        person: &Person,
        actor: Actor,
        set: &str,
        on: bool,
        why: &str,
    ) -> Result<u64, HelmError> {
        said(why)?;
        let (active, now) = (self.active(), self.shared().now());
        let company = &active.company;
        let number = |name: &str| number(company, name);
        helm::steer(self.shared(), actor, |book, stands| {
            let of_set = || stands.iter().filter(|one| one.signed.set == set);
            let first = of_set().next().ok_or_else(|| HelmError::NoSet(set.to_owned()))?;
            if book.is_on(set) == on {
                return Err(HelmError::Unmoved(first.rule.clone(), Unmoved::Nothing));
            }
            for one in of_set() {
                let alone = one.moved.as_ref().and_then(|moved| moved.mode).unwrap_or(one.runs().mode);
                let (from, to) = if on { (Mode::Off, alone) } else { (alone, Mode::Off) };
                let standing = Standing { version: one.runs(), mode: from, number: &number };
                let wish = Wish { mode: Some(to), settings: BTreeMap::new() };
                match standing.may_move(person, company.raci(), &wish, now) {
                    Ok(()) | Err(Unmoved::Nothing) => {}
                    Err(why) => return Err(HelmError::Unmoved(one.rule.clone(), why)),
                }
            }
            let moved = RuleSetMoved { set: set.to_owned(), on, why: why.to_owned() };
            Ok(Change { events: vec![moved.into()], ..Change::default() })
        })
        .await
    }

    /// Somebody hands a component in. It is admitted and kept, and does nothing.
    pub async fn upload_plugin(&self, actor: Actor, bytes: Vec<u8>) -> Result<Uploaded, HelmError> {
        let shared = self.shared();
        let by = actor.to_string();
        let (_, book) = shared.store.rule_book()?;
        if book.plugins.values().filter(|one| one.by == by).count() >= UPLOADS {
            return Err(field("component", format!("one person hands in at most {UPLOADS} plugins")));
        }
        let looked = tokio::task::spawn_blocking({
            let shared = std::sync::Arc::clone(shared);
            move || {
                let name = || RuleId::from("component");
                let admitted = shared.rules.admit(&bytes).map_err(|why| HelmError::Refused(name(), why))?;
                shared.plugins.keep(&bytes)?;
                Ok::<_, HelmError>(admitted)
            }
        });
        let admitted = looked.await.map_err(|_| crate::command::DeskError::Stopping)??;
        self.is_trusted("component", &admitted.marks, &book)?;
        let plugin = as_handed_in(&admitted);
        let digest = plugin.component;
        let known = || Ok::<_, HelmError>(shared.store.rule_book()?.1.plugins.get(&digest).cloned());
        if known()?.is_none() {
            helm::keep(shared, actor, plugin.into()).await?;
        }
        known()?.ok_or_else(|| crate::command::DeskError::Missing("a plugin").into())
    }

    /// Whether nobody stopped an author of a component.
    fn is_trusted(&self, name: &str, marks: &[Mark], book: &RuleBook) -> Result<(), HelmError> {
        let Some(author) = book.stopped_by(marks) else { return Ok(()) };
        let why = author.revoked.as_ref().map_or("", |revoked| revoked.why.as_str());
        Err(field(
            name,
            format!("it was signed with the key `{}`, which was revoked: {why}", author.key.id()),
        ))
    }

    /// What was handed in.
    pub fn plugins(&self) -> Result<BTreeMap<Digest, Uploaded>, HelmError> {
        Ok(self.store().rule_book()?.1.plugins)
    }

    /// What is known of a plugin: a reference plugin by its name, any other by its hash.
    pub fn plugin(&self, name: &str) -> Result<std::sync::Arc<Admitted>, HelmError> {
        let shared = self.shared();
        let digest = match shared.reference.get(name) {
            Some(digest) => *digest,
            None => {
                let digest = serde_json::from_value::<Digest>(name.into()).ok();
                let known = digest.filter(|digest| self.plugins().is_ok_and(|all| all.contains_key(digest)));
                known.ok_or_else(|| {
                    let names: Vec<&str> = shared.reference.keys().map(String::as_str).collect();
                    field("plugin", format!(
                        "`{name}` is none: the hash of one that was uploaded was expected, or a reference plugin ({})",
                        names.join(", ")
                    ))
                })?
            }
        };
        let bytes = shared.plugins.get(&digest)?;
        shared.rules.admit(&bytes).map_err(|why| HelmError::Refused(name.into(), why))
    }

    /// What a plugin that was handed in is to the company.
    pub fn plugin_facts(&self, plugin: &PluginUploaded) -> Result<PluginFacts, HelmError> {
        let functions = plugin.functions.iter().filter_map(|name| name.parse().ok()).collect();
        let reach = Reach { kinds: plugin.kinds.iter().copied().collect(), functions };
        let (_, book) = self.store().rule_book()?;
        let marks = self.shared().marks.of(&plugin.component)?;
        let signature = |mark: &Mark| Signature {
            key: mark.by.clone(),
            author: book.authors_of(std::slice::from_ref(mark)).next().cloned(),
        };
        let permission = |function: &rules::Function| Permission {
            function: function.to_string(),
            words: function.words(),
            tasks: function.tasks(),
        };
        Ok(PluginFacts {
            signatures: marks.iter().map(signature).collect(),
            may: reach.functions.iter().map(permission).collect(),
            // If it counted, and judged all that can be judged.
            rows: helm::rows(&reach, &proposal::Kind::ALL.into(), Mode::Live),
            rules: self.rules_with(&plugin.component),
        })
    }

    /// The same of any plugin: a reference plugin is nobody's.
    pub fn facts_of(&self, admitted: &Admitted) -> Result<PluginFacts, HelmError> {
        self.plugin_facts(&as_handed_in(admitted))
    }

    /// The rules that run a component now.
    pub fn rules_with(&self, component: &Digest) -> Vec<RuleRun> {
        let runs = |rule: &&rules::Rule| rule.definition().linked.admitted().digest == *component;
        let now = u64::try_from(self.shared().now().as_millisecond()).unwrap_or(0);
        let running = |rule: &rules::Rule| RuleRun {
            rule: rule.definition().id.clone(),
            mode: rule.definition().mode,
            hour: rule.lately(now),
            rests: rule.rests(),
        };
        self.active().generation.rules().filter(runs).map(running).collect()
    }

    /// The reference plugins that come with the host, by their names.
    pub fn reference_plugins(&self) -> &BTreeMap<String, Digest> {
        &self.shared().reference
    }

    /// Whose signatures the company knows, those whose key was revoked too.
    pub fn authors(&self) -> Result<Vec<Author>, HelmError> {
        Ok(self.store().rule_book()?.1.authors.into_values().collect())
    }

    /// Somebody registers an author's key. It lets nothing run: from now on people read whose signature it is.
    pub async fn register_author(
        &self,
        actor: Actor,
        key: AuthorKey,
        who: &str,
    ) -> Result<Author, HelmError> {
        let who = who.trim();
        if who.is_empty() || who.len() > NAME || who.chars().any(char::is_control) {
            return Err(field("who", format!("a name of 1 to {NAME} bytes was expected")));
        }
        let author = |book: RuleBook| book.authors.get(&key.id()).cloned();
        if author(self.store().rule_book()?.1).is_some() {
            return Err(field("key", format!("`{}` is registered already", key.id())));
        }
        let registered = AuthorRegistered { key: key.clone(), who: who.to_owned() };
        helm::keep(self.shared(), actor, registered.into()).await?;
        author(self.store().rule_book()?.1)
            .ok_or_else(|| crate::command::DeskError::Missing("an author").into())
    }

    /// Somebody revokes an author's key: every rule whose component has a signature of it stops with the generation that this
    /// gives, and none begins again.
    pub async fn revoke_author(&self, actor: Actor, key: &AuthorKeyId, why: &str) -> Result<u64, HelmError> {
        said(why)?;
        helm::steer(self.shared(), actor, |book, _| {
            let known = book.authors.get(key).ok_or_else(|| HelmError::NoAuthor(key.clone()))?;
            if known.revoked.is_some() {
                return Err(field("key", format!("`{key}` was revoked already")));
            }
            let revoked = AuthorRevoked { key: key.clone(), why: why.to_owned() };
            Ok(Change { events: vec![revoked.into()], ..Change::default() })
        })
        .await
    }

    /// A rule that somebody would like, as what is signed; the rows that it touches, and what it is in a line. It is tried first:
    /// nobody is asked to agree to what cannot be put in force.
    pub fn check_rule(&self, wish: &RuleWish) -> Result<(Json, BTreeSet<Task>, String), HelmError> {
        let (active, shared) = (self.active(), self.shared());
        let (_, book) = shared.store.rule_book()?;
        let stands = helm::stands(&shared.store, &shared.marks, &book, &active.files, &[])?;
        let known = stands.iter().find(|one| one.rule == wish.rule);
        if known.is_some_and(|one| !one.agreed) {
            let what = format!(
                "`{}` stands in the company's files: propose these (`timonel proposal company`)",
                wish.rule
            );
            return Err(field("rule", what));
        }
        if wish.withdraw {
            let one = known.ok_or_else(|| HelmError::NoRule(wish.rule.clone()))?;
            let admitted = self.rows_of(one.runs())?;
            let change = RuleChange::Withdraw { rule: wish.rule.clone(), instead_of: one.of };
            return Ok((Json::of(&change), admitted, format!("- rule {}", wish.rule)));
        }
        named("rule", wish.rule.as_str())?;
        named("set", &wish.set)?;
        let admitted = self.plugin(&wish.plugin)?;
        self.is_trusted("plugin", &admitted.marks, &book)?;
        let version = Version {
            set: wish.set.clone(),
            plugin: admitted.description.name.clone(),
            component: admitted.digest,
            settings: Json::of(&wish.settings),
            scope: wish.scope.clone(),
            mode: wish.mode,
            requests: wish.requests.clone(),
            templates: wish.templates.clone(),
            envelope: wish.envelope.clone(),
        };
        version.check().map_err(|(name, what)| field(name, what))?;
        let signed = Signed { rule: wish.rule.clone(), version: version.clone() };
        let advice = helm::try_it(shared, &active, &signed)?;
        let tasks = helm::rows(&admitted.reach(), &version.scope.kinds, version.highest());
        let authors: Vec<&str> = book.authors_of(&admitted.marks).map(|author| author.who.as_str()).collect();
        let asks: Vec<String> = version.requests.iter().map(ToString::to_string).collect();
        let sends: Vec<&str> = version.templates.iter().map(String::as_str).collect();
        let title = format!(
            "rule {} · {} {}{} · {} ≤ {}{}{}",
            wish.rule,
            admitted.description.name,
            admitted.description.version,
            if authors.is_empty() { String::new() } else { format!(" signed by {}", authors.join(", ")) },
            version.mode,
            version.highest(),
            if asks.is_empty() { String::new() } else { format!(" · asks {}", asks.join(", ")) },
            if sends.is_empty() { String::new() } else { format!(" · sends {}", sends.join(", ")) },
        );
        let change = RuleChange::Agree {
            rule: wish.rule.clone(),
            version: Box::new(version),
            after: wish.after.clone(),
            instead_of: known.map(|one| one.of),
            advice,
        };
        Ok((Json::of(&change), tasks, title))
    }

    fn rows_of(&self, version: &Version) -> Result<BTreeSet<Task>, HelmError> {
        let bytes = self.shared().plugins.get(&version.component)?;
        let refused = |why| HelmError::Refused(version.plugin.as_str().into(), why);
        let admitted = self.shared().rules.admit(&bytes).map_err(refused)?;
        Ok(helm::rows(&admitted.reach(), &version.scope.kinds, version.highest()))
    }

    /// Puts a rule in force that was agreed on, or takes one away.
    pub(crate) async fn carry_rule(
        &self,
        actor: Actor,
        proposal: ProposalId,
        change: &RuleChange,
    ) -> Result<u64, HelmError> {
        helm::steer(self.shared(), actor, |book, stands| {
            let known = |rule: &RuleId| stands.iter().find(|one| one.rule == *rule);
            let (rule, instead_of) = match change {
                RuleChange::Agree { rule, instead_of, .. } => (rule, *instead_of),
                RuleChange::Withdraw { rule, instead_of } => (rule, Some(*instead_of)),
            };
            // Of a host that stopped in between.
            let done = match change {
                RuleChange::Agree { .. } => {
                    book.agreed.get(rule).is_some_and(|agreed| agreed.proposal == proposal)
                }
                RuleChange::Withdraw { .. } => known(rule).is_none(),
            };
            if done {
                return Ok(Change::default());
            }
            if known(rule).map(|one| one.of) != instead_of || known(rule).is_some_and(|one| !one.agreed) {
                return Err(field(
                    "rule",
                    "another version was agreed on since it was proposed: propose it again",
                ));
            }
            Ok(match change {
                RuleChange::Agree { rule, version, after, .. } => {
                    let (rule, after) = (rule.clone(), after.clone());
                    let agreed =
                        RuleAgreed { rule: rule.clone(), version: version.digest(), after, proposal };
                    let versions = vec![Signed { rule, version: (**version).clone() }];
                    Change { events: vec![agreed.into()], versions }
                }
                RuleChange::Withdraw { rule, .. } => {
                    let withdrawn = RuleWithdrawn { rule: rule.clone(), proposal };
                    Change { events: vec![withdrawn.into()], ..Change::default() }
                }
            })
        })
        .await
    }
}

fn known<'a>(stands: &'a [Stands], rule: &RuleId) -> Result<&'a Stands, HelmError> {
    stands.iter().find(|one| one.rule == *rule).ok_or_else(|| HelmError::NoRule(rule.clone()))
}

/// A rule that somebody may move: none that is stopped.
fn runnable<'a>(stands: &'a [Stands], rule: &RuleId) -> Result<&'a Stands, HelmError> {
    let one = known(stands, rule)?;
    match &one.stopped {
        Some(author) => Err(HelmError::Unmoved(rule.clone(), Unmoved::Revoked(author.key.id()))),
        None => Ok(one),
    }
}

fn number(company: &domain::company::Company, name: &str) -> Option<NumberId> {
    company.numbers().iter().find(|number| number.name == name).map(|number| number.id.clone())
}

fn said(why: &str) -> Result<(), HelmError> {
    if why.trim().is_empty() {
        return Err(field("why", "empty: say why, it is kept with what was done"));
    }
    if why.len() > WHY { Err(field("why", format!("longer than {WHY} bytes"))) } else { Ok(()) }
}

fn named(name: &str, value: &str) -> Result<(), HelmError> {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if value.is_empty() || value.len() > NAME || !value.chars().all(plain) {
        let what = format!("`{value}` is no name: 1 to {NAME} letters, digits and hyphens were expected");
        return Err(field(name, what));
    }
    Ok(())
}
