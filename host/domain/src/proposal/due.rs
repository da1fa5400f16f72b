//! What a proposal still lacks, by the matrix that is in force.
//!
//! Four eyes are two persons, not two roles: who wrote a content does not sign it. Where nobody else answers for a row, who is
//! consulted on it signs with them (where nobody is, who does the task), and where there is nobody else at all, time does: a
//! delay in which whoever watches from outside can see it coming.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::judgement::{Reason, Verdict};
use super::{Kind, Proposal, Stage};
use crate::Time;
use crate::decision::Digest;
use crate::id::{PersonId, RoleId, RuleId};
use crate::notice::whom;
use crate::raci::Raci;
use crate::raci::letters::Letters;
use crate::raci::person::{Person, Target};
use crate::raci::task::Task;

/// How long after a reminder the next one comes.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// When what is saved in the company's files is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Files {
    /// A second after it is saved: whoever may write there decides.
    WhenSaved,
    /// When those who answer for what is different have signed it. What is saved is a draft.
    WhenApproved,
}

/// How long the company waits, and how many have to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Approvals {
    /// When what is saved in the company's files is in force.
    pub files: Files,
    /// How long whoever is consulted may take to speak. Nothing waits longer for them.
    pub hearing: SignedDuration,
    /// How long a change of whoever is alone in the company waits.
    pub alone: SignedDuration,
    /// After how long a proposal that nobody decided is none any more.
    pub expires: SignedDuration,
    /// After how long those are reminded whom a proposal waits for, and every day from then on; zero: never.
    pub remind: SignedDuration,
    /// Cases that one person may move within an hour; more take an agreement.
    pub moves: u32,
    /// Signatures that a row takes, where one is not enough.
    pub signatures: BTreeMap<Task, u32>,
}

impl Default for Approvals {
    fn default() -> Self {
        Self {
            files: Files::WhenSaved,
            hearing: SignedDuration::from_hours(1),
            alone: SignedDuration::from_hours(24),
            expires: SignedDuration::from_hours(14 * 24),
            remind: SignedDuration::from_hours(4),
            moves: 50,
            signatures: BTreeMap::new(),
        }
    }
}

impl Approvals {
    /// Its terms, by their keys.
    pub fn terms(&self) -> [(&'static str, SignedDuration); 4] {
        [("hearing", self.hearing), ("alone", self.alone), ("expires", self.expires), ("remind", self.remind)]
    }
}

/// Something that a proposal waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "waits-for")]
pub enum Missing {
    /// Signatures of a row.
    Signature {
        /// The row.
        task: Task,
        /// How many more.
        more: u32,
        /// Of whom.
        could: Vec<PersonId>,
    },
    /// Nobody answers for a row: the matrix has to be mended first.
    Nobody {
        /// The row.
        task: Task,
    },
    /// Nobody who is consulted on a row has spoken.
    Hearing {
        /// The row.
        task: Task,
        /// It waits no longer than this.
        until: Time,
        /// Who is consulted.
        could: Vec<PersonId>,
    },
    /// There is nobody who could sign with its author.
    Delay {
        /// It waits until then.
        until: Time,
    },
    /// It is to be carried out later.
    NotBefore {
        /// When.
        until: Time,
    },
    /// Approver rules have not been asked yet.
    Judgement {
        /// Which.
        rules: Vec<RuleId>,
    },
    /// An approver rule is against it: another content, or an emergency.
    Rejection {
        /// Which.
        rule: RuleId,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// An approver rule wants somebody of a role to sign.
    Role {
        /// The role.
        role: RoleId,
        /// Who could. Nobody: the matrix has to be mended, the content has to be another one, or it is an emergency.
        could: Vec<PersonId>,
    },
    /// An approver rule wants time to pass.
    Wait {
        /// It waits until then.
        until: Time,
    },
}

/// Why somebody's word does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has been decided.
    #[error("the proposal is not open any more")]
    Over,
    /// Who wrote it does not sign it.
    #[error("whoever wrote a proposal does not decide it: somebody else has to")]
    Author,
    /// A program has no word.
    #[error("a program proposes nothing and decides nothing: a person has to")]
    Program,
    /// They said it of another content.
    #[error("the content was edited since: look at it again")]
    Edited,
    /// It is none of theirs.
    #[error("no row of the proposal lets you do that")]
    Row,
    /// It was said before.
    #[error("you have signed this content already")]
    Again,
    /// Only its author takes it back.
    #[error("only who proposed it takes it back: reject it instead")]
    NotAuthor,
    /// There are changes that no emergency asks for.
    #[error("nobody goes past the approvals for this: not to give rights, and not with data of a customer")]
    Unforced,
    /// Nobody who signed it has left.
    #[error("nothing of it is to be ratified: those who signed it are here, or somebody did it already")]
    NotMarked,
    /// Whoever refuses, goes past the others or looks at that says why.
    #[error("`words` is empty: say why, it is kept with the proposal")]
    Silent,
    /// There is nothing to look at.
    #[error("nobody went past the approvals here, or it was looked at already")]
    NotForced,
}

/// Who could sign a row.
pub(super) enum Signers<'a> {
    /// Those who answer for it, or who sign with the author where nobody else does.
    These(Vec<&'a Person>),
    /// There is nobody but the author.
    AuthorAlone,
    /// Nobody answers for it.
    Nobody,
}

/// A row of which more signatures are demanded than there are people who could give one: it takes as many as there are, or nothing would
/// change it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Short {
    /// The row.
    pub task: Task,
    /// How many are demanded.
    pub wanted: u32,
    /// How many there can be.
    pub most: u32,
}

impl Proposal {
    /// How many signatures of a row are demanded.
    fn wanted(&self, task: Task, approvals: &Approvals) -> u32 {
        let demanded = self.demands().filter_map(|demands| demands.signatures.get(&task));
        demanded.chain(approvals.signatures.get(&task)).copied().max().unwrap_or(1).max(1)
    }

    /// The rows of which fewer signatures will do than are demanded.
    pub fn short(&self, raci: &Raci, approvals: &Approvals) -> Vec<Short> {
        let short = |task| {
            let Signers::These(signers) = self.signers(raci, task) else { return None };
            let (wanted, most) = (self.wanted(task, approvals), self.voices(raci, task, signers.into_iter()));
            (most < wanted).then_some(Short { task, wanted, most })
        };
        self.rows().into_iter().filter_map(short).collect()
    }

    /// What it waits for. Nothing: it may be carried out.
    pub fn missing(&self, raci: &Raci, approvals: &Approvals, now: Time) -> Vec<Missing> {
        let mut missing = Vec::new();
        let later = |term: SignedDuration| self.since.saturating_add(term).unwrap_or(Time::MAX);
        let mut alone = false;
        for task in self.rows() {
            match self.signers(raci, task) {
                Signers::Nobody => missing.push(Missing::Nobody { task }),
                Signers::AuthorAlone => alone = true,
                Signers::These(signers) => {
                    let of = |signed: bool| {
                        let theirs = |person: &&&Person| self.signed.contains_key(&person.id) == signed;
                        signers.iter().filter(theirs).map(|person| person.id.clone()).collect::<Vec<_>>()
                    };
                    let most = self.voices(raci, task, signers.iter().copied());
                    let wanted = self.wanted(task, approvals).min(most);
                    let signed = signers.iter().copied().filter(|one| self.signed.contains_key(&one.id));
                    let more = wanted.saturating_sub(self.voices(raci, task, signed));
                    if more > 0 {
                        missing.push(Missing::Signature { task, more, could: of(false) });
                    }
                }
            }
            let consulted = self.consulted(raci, task);
            let spoke = |id: &PersonId| self.heard.contains_key(id) || self.signed.contains_key(id);
            // Cases that are to go elsewhere are customers who wait: whoever is consulted may speak until it is signed.
            let until = if self.kind == Kind::Move { self.since } else { later(approvals.hearing) };
            if now < until && !consulted.is_empty() && !consulted.iter().any(spoke) {
                missing.push(Missing::Hearing { task, until, could: consulted });
            }
        }
        missing.extend(self.judged_missing(raci, now));
        if alone && now < later(approvals.alone) {
            missing.push(Missing::Delay { until: later(approvals.alone) });
        }
        missing
            .extend(self.not_before.filter(|until| now < *until).map(|until| Missing::NotBefore { until }));
        missing
    }

    /// What it waits for because of approver rules, signatures of rows aside.
    fn judged_missing(&self, raci: &Raci, now: Time) -> Vec<Missing> {
        let judgements = self.judged.iter().flat_map(|judged| &judged.judgements);
        let against = judgements.filter(|judgement| judgement.verdict == Verdict::Reject);
        let mut missing: Vec<Missing> = against
            .map(|one| Missing::Rejection { rule: one.rule.clone(), reasons: one.reasons.clone() })
            .collect();
        let roles: BTreeSet<&RoleId> = self.demands().flat_map(|demands| &demands.roles).collect();
        for role in roles {
            let could: Vec<PersonId> = self.of_role(raci, role).map(|person| person.id.clone()).collect();
            if !could.iter().any(|id| self.signed.contains_key(id)) {
                missing.push(Missing::Role { role: role.clone(), could });
            }
        }
        let wait = self.demands().map(|demands| demands.wait).max().unwrap_or(0);
        let until = self.since.saturating_add(SignedDuration::from_secs(wait.into())).unwrap_or(Time::MAX);
        if now < until {
            missing.push(Missing::Wait { until });
        }
        missing
    }

    /// Whether an approver rule asks for the signature of one of somebody's roles.
    pub fn asks(&self, person: &Person) -> bool {
        let theirs = |role: &RoleId| person.roles.contains(role);
        reaches_all(person) && self.demands().flat_map(|demands| &demands.roles).any(theirs)
    }

    /// Who of a role could sign.
    fn of_role<'a>(&self, raci: &'a Raci, role: &RoleId) -> impl Iterator<Item = &'a Person> {
        let is =
            |person: &&Person| person.id != self.author && reaches_all(person) && person.roles.contains(role);
        raci.people().iter().filter(is)
    }

    /// Whether nobody decided it in time.
    pub fn is_expired(&self, approvals: &Approvals, now: Time) -> bool {
        let from = self.not_before.map_or(self.since, |later| later.max(self.since));
        // What was approved and is fetched by whoever asked for it does not lie around either.
        let waits = self.stage.is_open() || self.kind == Kind::Export && self.stage == Stage::Approved;
        waits && from.saturating_add(approvals.expires).is_ok_and(|end| now >= end)
    }

    /// Whether those whom it waits for are to be reminded. It ends with the proposal.
    pub fn reminds(&self, raci: &Raci, approvals: &Approvals, now: Time) -> bool {
        let from = match (&self.mark, &self.forced) {
            (Some(mark), _) => mark.since,
            (None, Some(forced)) => forced.at,
            (None, None) => self.since,
        };
        let (from, term) = self.reminded.map_or((from, approvals.remind), |last| (last, A_DAY));
        let is_due = || from.saturating_add(term).is_ok_and(|due| now >= due);
        let somebody = || raci.people().iter().any(|person| whom::waits(person, self, raci));
        self.is_pending() && !approvals.remind.is_zero() && is_due() && somebody()
    }

    /// Whether somebody may sign it.
    pub fn may_sign(&self, person: &Person, of: &Digest, raci: &Raci) -> Result<(), Unfit> {
        self.may_reject(person, of, raci)?;
        if self.signed.contains_key(&person.id) { Err(Unfit::Again) } else { Ok(()) }
    }

    /// Whether somebody may reject it: who may sign it, also after they did.
    pub fn may_reject(&self, person: &Person, of: &Digest, raci: &Raci) -> Result<(), Unfit> {
        self.may_say(of)?;
        if person.id == self.author {
            return Err(Unfit::Author);
        }
        let theirs = |task: &Task| match self.signers(raci, *task) {
            Signers::These(signers) => signers.iter().any(|signer| signer.id == person.id),
            Signers::AuthorAlone | Signers::Nobody => false,
        };
        let wanted = |role: &RoleId| self.of_role(raci, role).any(|one| one.id == person.id);
        let asked_for = self.demands().flat_map(|demands| &demands.roles).any(wanted);
        if asked_for || self.rows().iter().any(theirs) { Ok(()) } else { Err(Unfit::Row) }
    }

    /// Whether somebody may say what they think of it: whoever is consulted or answers for one of its rows, or does it.
    pub fn may_speak(&self, person: &Person, of: &Digest, raci: &Raci) -> Result<(), Unfit> {
        self.may_say(of)?;
        if person.id == self.author {
            return Err(Unfit::Author);
        }
        let has = |task: &Task| raci.letters(person, *task).has(Letters::RA | Letters::C);
        if reaches_all(person) && self.rows().iter().any(has) { Ok(()) } else { Err(Unfit::Row) }
    }

    /// Whether somebody may go past the approvals: who answers for every row. Rights are given by nobody alone, and no
    /// emergency asks for a customer's data.
    pub fn may_force(&self, person: &Person, of: &Digest, raci: &Raci) -> Result<(), Unfit> {
        self.may_say(of)?;
        let never = [Task::ManageAccess, Task::EraseData, Task::ExportData];
        if never.iter().any(|task| self.tasks.contains(task)) {
            return Err(Unfit::Unforced);
        }
        // With a word of their own: whoever lent theirs has not seen the emergency.
        let answers = |task: &Task| raci.own_letters(person, *task).has(Letters::A);
        if reaches_all(person) && self.tasks.iter().all(answers) { Ok(()) } else { Err(Unfit::Row) }
    }

    /// Whether somebody may look at what was forced, for the record: another person who could have signed or been heard.
    pub fn may_review(&self, person: &Person, raci: &Raci) -> Result<(), Unfit> {
        let forced =
            self.forced.as_ref().filter(|forced| forced.reviewed.is_none()).ok_or(Unfit::NotForced)?;
        if forced.by == person.id {
            return Err(Unfit::Author);
        }
        let has = |task: &Task| raci.letters(person, *task).has(Letters::RA | Letters::C);
        if reaches_all(person) && self.tasks.iter().any(has) { Ok(()) } else { Err(Unfit::Row) }
    }

    /// Whether somebody may make another one of it: what was signed counts no more then, so it is its author, or whom each of
    /// its rows asks.
    pub fn may_edit(&self, person: &Person, raci: &Raci) -> Result<(), Unfit> {
        let asks = |task: &Task| raci.letters(person, *task).has(Letters::RA | Letters::C);
        match self.stage {
            Stage::Open if self.author == person.id || self.tasks.iter().all(asks) => Ok(()),
            Stage::Open => Err(Unfit::Row),
            _ => Err(Unfit::Over),
        }
    }

    /// Whether somebody may take it back.
    pub fn may_withdraw(&self, person: &PersonId) -> Result<(), Unfit> {
        match self.stage {
            Stage::Open if self.author == *person => Ok(()),
            Stage::Open => Err(Unfit::NotAuthor),
            _ => Err(Unfit::Over),
        }
    }

    fn may_say(&self, of: &Digest) -> Result<(), Unfit> {
        match self.stage {
            Stage::Open if self.hash == *of => Ok(()),
            Stage::Open => Err(Unfit::Edited),
            _ => Err(Unfit::Over),
        }
    }

    /// Who could sign a row, by their names.
    pub(super) fn could_sign(&self, raci: &Raci, task: Task) -> Vec<String> {
        match self.signers(raci, task) {
            Signers::These(signers) => signers.iter().map(|person| person.name.clone()).collect(),
            Signers::AuthorAlone | Signers::Nobody => Vec::new(),
        }
    }

    pub(super) fn signers<'a>(&self, raci: &'a Raci, task: Task) -> Signers<'a> {
        let with = |letters: Letters| -> Vec<&Person> {
            let has = |person: &&Person| reaches_all(person) && raci.letters(person, task).has(letters);
            raci.people().iter().filter(has).collect()
        };
        let others = |people: Vec<&'a Person>| -> Vec<&'a Person> {
            people.into_iter().filter(|person| person.id != self.author).collect()
        };
        let answer = with(Letters::A);
        if answer.is_empty() {
            return Signers::Nobody;
        }
        let mut answer = others(answer);
        // What its author wrote is not signed with a word that the author lent.
        answer.retain(|person| self.voice(raci, task, person).is_some());
        let ways = [answer, others(with(Letters::C)), others(with(Letters::R))];
        ways.into_iter().find(|people| !people.is_empty()).map_or(Signers::AuthorAlone, Signers::These)
    }

    /// With whose word somebody who answers for a row signs: their own, or the first that they were lent by another than the
    /// author. Whoever does not answer for it signs with none but their own.
    fn voice<'a>(&self, raci: &'a Raci, task: Task, person: &'a Person) -> Option<&'a PersonId> {
        if !raci.letters(person, task).has(Letters::A) {
            return Some(&person.id);
        }
        raci.words_of(person, task).into_iter().find(|word| **word != self.author)
    }

    /// With how many words people sign: one that was lent counts once, whoever says it.
    fn voices<'a>(&self, raci: &'a Raci, task: Task, people: impl Iterator<Item = &'a Person>) -> u32 {
        let voices: BTreeSet<&PersonId> =
            people.filter_map(|person| self.voice(raci, task, person)).collect();
        voices.len() as u32
    }

    /// Who is heard on a row: its C, without who wrote it.
    fn consulted(&self, raci: &Raci, task: Task) -> Vec<PersonId> {
        let has = |person: &&Person| {
            person.id != self.author && reaches_all(person) && raci.letters(person, task).has(Letters::C)
        };
        raci.people().iter().filter(has).map(|person| person.id.clone()).collect()
    }
}

/// Who has the last word on a row, for the whole company.
pub fn who_answers(raci: &Raci, task: Task) -> impl Iterator<Item = &Person> {
    raci.people()
        .iter()
        .filter(move |person| reaches_all(person) && raci.letters(person, task).has(Letters::A))
}

/// Whether somebody has the last word on a row: without them nothing in it can be agreed on.
pub fn is_answered(raci: &Raci, task: Task) -> bool {
    who_answers(raci, task).next().is_some()
}

/// A proposal concerns the whole company, and is decided by people: not by programs.
fn reaches_all(person: &Person) -> bool {
    !person.external && !person.service && person.reaches(&Target::default())
}
