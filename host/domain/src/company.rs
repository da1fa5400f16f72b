//! The company as its files describe it: numbers, queues, agents, hours.
//!
//! This is configuration and not history: what the company wants, of which events tell what became of it.

mod requests;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Hours};
use crate::event::CaseClosed;
use crate::id::{AgentId, NumberId, QueueId};
use crate::law::countries::Countries;
use crate::law::language::Language;
use crate::law::prices::Prices;
use crate::law::{Contacting, Law};
use crate::measure::alert;
use crate::media::MediaPolicy;
use crate::proposal::due::{Approvals, Files};
use crate::raci::Raci;
use crate::raci::task::Task;
use crate::retention::Retention;
use crate::rule::falling::FallBack;
use crate::rule::switch::Switch;
use crate::sla::Policy;
use crate::subscriber::Subscriber;
use crate::typification::{self, Ending};

pub use requests::{Requests, ServiceSecret};

/// What is written down of a company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Description {
    /// The company's name.
    #[serde(default = "Description::default_name")]
    pub name: String,
    /// The zone in which its people read times, where no calendar says otherwise.
    #[serde(default = "Description::default_zone")]
    pub zone: String,
    /// At most so many automatic messages go to a customer within an hour before a person has to.
    #[serde(default = "Description::default_automatic_limit")]
    pub automatic_messages_per_hour: u32,
    /// Messages a second that Meta lets each number send and receive together; what Meta says of the number if absent.
    #[serde(default)]
    pub throughput: Option<u32>,
    /// Its phone numbers. Empty: any number that Meta names is one of them.
    #[serde(default)]
    pub numbers: Vec<Number>,
    /// Its queues.
    #[serde(default)]
    pub queues: Vec<Queue>,
    /// Its agents.
    #[serde(default)]
    pub agents: Vec<AgentDescription>,
    /// Business hours, by name.
    #[serde(default)]
    pub calendars: BTreeMap<String, Hours>,
    /// What holds for writing to customers.
    #[serde(default)]
    pub contacting: Contacting,
    /// When media are fetched.
    #[serde(default)]
    pub media: MediaPolicy,
    /// For how long it keeps what it knows of people.
    #[serde(default)]
    pub retention: Retention,
    /// The codes that cases are closed with, in groups where there are many; `answered` and `other` are always among them.
    #[serde(default)]
    pub closing_codes: Vec<Ending>,
    /// What breaks are for, as codes. Where there are some, each break has one.
    #[serde(default)]
    pub pause_codes: Vec<String>,
    /// How changes that can hurt are agreed on.
    #[serde(default)]
    pub approvals: Approvals,
    /// When a rule that was changed goes back by itself to what it was before.
    #[serde(default)]
    pub fall_back: FallBack,
    /// What switches rule sets, by their names. The others are switched by people alone.
    #[serde(default)]
    pub switches: BTreeMap<String, Switch>,
    /// Addresses of its own that are told what happens.
    #[serde(default)]
    pub webhooks: Vec<Subscriber>,
    /// What rules may ask of services outside.
    #[serde(default)]
    pub requests: Requests,
    /// The file of its responsibility matrix and its people, beside this one; the built-in matrix and nobody if absent.
    #[serde(default)]
    pub raci: Option<String>,
}

/// Whose a part of the description is, by its key. What nobody thought of is a matter of access, which is the strictest row.
pub fn row_of(key: &str) -> Task {
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

impl Description {
    fn default_name() -> String {
        "Timonel".into()
    }

    fn default_zone() -> String {
        "America/Bogota".into()
    }

    const fn default_automatic_limit() -> u32 {
        6
    }
}

/// A phone number of the company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Number {
    /// Meta's `phone_number_id`.
    pub id: NumberId,
    /// What people and rules call it.
    pub name: String,
    /// The language of customers of whom nothing else is known, as `es`.
    #[serde(default = "Number::default_language")]
    pub language: String,
    /// The queue of cases for which no rule has a place.
    pub queue: QueueId,
    /// Its business hours, by name; the queue's if absent.
    #[serde(default)]
    pub calendar: Option<String>,
    /// Messages a second that Meta lets it send and receive together, if that is not what the others may.
    #[serde(default)]
    pub throughput: Option<u32>,
    /// The WhatsApp Business account (WABA) that it belongs to; Meta's webhooks tell it too.
    #[serde(default)]
    pub waba: Option<String>,
    /// How it is written, as `+57 601 555 0100`: Meta tells its limits and its quality under that name.
    #[serde(default)]
    pub display: Option<String>,
}

impl Number {
    fn default_language() -> String {
        "es".into()
    }
}

/// A queue of the company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Queue {
    /// What people and rules call it.
    pub id: QueueId,
    /// Its business hours, by name; always open if absent.
    #[serde(default)]
    pub calendar: Option<String>,
    /// Minutes, 1 to 1,440, after which a case goes back to the queue if its agent has not answered the customer; never if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescue_after: Option<u32>,
    /// What it promises its customers; nothing if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<Policy>,
}

/// An agent of the company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AgentDescription {
    /// Short and stable, as `ana`.
    pub id: AgentId,
    /// What colleagues read.
    pub name: String,
    /// The queues that the agent serves.
    pub queues: Vec<QueueId>,
    /// What the agent can do. A language is a skill: `pt`.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Cases at once.
    #[serde(default = "AgentDescription::default_capacity")]
    pub capacity: u32,
}

impl AgentDescription {
    const fn default_capacity() -> u32 {
        4
    }

    /// Whether the agent serves a queue and has all these skills.
    pub fn serves(&self, queue: &QueueId, skills: &[String]) -> bool {
        self.queues.contains(queue) && skills.iter().all(|skill| self.skills.contains(skill))
    }
}

/// A company whose description makes sense.
#[derive(Debug, Clone)]
pub struct Company {
    description: Description,
    calendars: BTreeMap<String, Calendar>,
    always: Calendar,
    law: Arc<Law>,
    raci: Arc<Raci>,
}

/// What does not make sense in a description.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is `{value}`: {expected}")]
pub struct Mistake {
    /// The key in the file, as `numbers[0].queue`.
    pub key: String,
    /// What stands there.
    pub value: String,
    /// What was expected.
    pub expected: String,
}

impl Company {
    /// Checks a description. A company without queues gets one, called `general`. The countries' rules are those that are
    /// built in, and there are no prices.
    pub fn new(description: Description) -> Result<Self, Mistake> {
        Self::under(description, None, None)
    }

    /// The same under tables of the company's own.
    pub fn under(
        mut description: Description,
        countries: Option<Countries>,
        prices: Option<Prices>,
    ) -> Result<Self, Mistake> {
        if description.queues.is_empty() {
            description.queues.push(Queue {
                id: "general".into(),
                calendar: None,
                rescue_after: None,
                sla: None,
            });
        }
        let mistake = |key: String, value: &str, expected: &str| Mistake {
            key,
            value: value.to_owned(),
            expected: expected.to_owned(),
        };
        let always = Calendar::always(&description.zone).map_err(|zone| {
            mistake("zone".into(), &zone.0, "the IANA name of a time zone was expected, as `America/Bogota`")
        })?;
        let mut calendars = BTreeMap::new();
        for (name, hours) in &description.calendars {
            let calendar = Calendar::new(hours.clone()).map_err(|zone| {
                mistake(
                    format!("calendars.{name}.zone"),
                    &zone.0,
                    "the IANA name of a time zone was expected, as `America/Bogota`",
                )
            })?;
            calendars.insert(name.clone(), calendar);
        }
        let known_calendar = |key: String, name: &Option<String>| match name {
            Some(name) if !calendars.contains_key(name) => {
                Err(mistake(key, name, "the name of a calendar of this file was expected"))
            }
            _ => Ok(()),
        };
        let queues: Vec<&QueueId> = description.queues.iter().map(|queue| &queue.id).collect();
        let known_queue = |key: String, queue: &QueueId| {
            if queues.contains(&queue) {
                return Ok(());
            }
            let names: Vec<&str> = queues.iter().map(|queue| queue.as_str()).collect();
            Err(mistake(
                key,
                queue.as_str(),
                &format!("one of the queues was expected: {}", names.join(", ")),
            ))
        };
        if let Some((key, expected)) = description.fall_back.wrong() {
            let value = serde_json::json!(description.fall_back)[key].to_string();
            return Err(mistake(format!("fall-back.{key}"), &value, expected));
        }
        if let Err((key, value, expected)) = typification::check(&description.closing_codes) {
            return Err(mistake(key, &value, expected));
        }
        for (i, code) in description.pause_codes.iter().enumerate() {
            if !CaseClosed::is_code(code) {
                let expected = "1 to 40 small letters and hyphens were expected, as `lunch`";
                return Err(mistake(format!("pause-codes[{i}]"), code, expected));
            }
        }
        for (set, switch) in &description.switches {
            match switch {
                Switch::Clock(clock) => {
                    known_calendar(format!("switches.{set}.calendar"), &Some(clock.calendar.clone()))?;
                }
                Switch::Alarm(alarm) if !alert::is_called(&alarm.alert) => {
                    let expected = "a rule and an alert of it were expected, as `watch/low-service-level`";
                    return Err(mistake(format!("switches.{set}.alert"), &alarm.alert, expected));
                }
                Switch::Alarm(_) => {}
            }
        }
        for (i, queue) in description.queues.iter().enumerate() {
            known_calendar(format!("queues[{i}].calendar"), &queue.calendar)?;
            if let Some(minutes) = queue.rescue_after.filter(|minutes| !(1..=1_440).contains(minutes)) {
                let key = format!("queues[{i}].rescue-after");
                return Err(mistake(key, &minutes.to_string(), "1 to 1440 minutes were expected"));
            }
            if let Some(Err((key, value, expected))) = queue.sla.as_ref().map(|sla| sla.check(&queues)) {
                return Err(mistake(format!("queues[{i}].sla.{key}"), &value, expected));
            }
            if queues.iter().filter(|id| ***id == queue.id).count() > 1 {
                return Err(mistake(
                    format!("queues[{i}].id"),
                    queue.id.as_str(),
                    "a name that no other queue has was expected",
                ));
            }
        }
        for (i, number) in description.numbers.iter().enumerate() {
            known_calendar(format!("numbers[{i}].calendar"), &number.calendar)?;
            known_queue(format!("numbers[{i}].queue"), &number.queue)?;
        }
        for (i, agent) in description.agents.iter().enumerate() {
            for (j, queue) in agent.queues.iter().enumerate() {
                known_queue(format!("agents[{i}].queues[{j}]"), queue)?;
            }
            if description.agents.iter().filter(|other| other.id == agent.id).count() > 1 {
                return Err(mistake(
                    format!("agents[{i}].id"),
                    agent.id.as_str(),
                    "a name that no other agent has was expected",
                ));
            }
        }
        for number in description.contacting.caps.numbers.keys() {
            if !description.numbers.is_empty() && !description.numbers.iter().any(|known| known.id == *number)
            {
                let expected = "the id of a number of this file was expected";
                return Err(mistake("contacting.caps.numbers".into(), number.as_str(), expected));
            }
        }
        for (key, term) in description.approvals.terms() {
            if term.is_negative() {
                let expected = "a duration was expected, as `1h` or `14d`";
                return Err(mistake(format!("approvals.{key}"), &term.to_string(), expected));
            }
        }
        Subscriber::check(&description.webhooks)?;
        description.requests.check()?;
        let countries = match countries {
            Some(countries) => countries,
            None => Countries::shipped(&description.zone)?,
        };
        let law = Arc::new(Law::new(&description.contacting, &description.zone, countries, prices)?);
        Ok(Self { description, calendars, always, law, raci: Arc::default() })
    }

    /// The same with a matrix and people of its own.
    pub fn governed(self, raci: Raci) -> Result<Self, Mistake> {
        let stranger = |n: usize, what: &str, value: &str, expected: &str| Mistake {
            key: format!("people[{n}].scope.{what}"),
            value: value.to_owned(),
            expected: format!("{expected} of the company was expected"),
        };
        for (n, person) in raci.people().iter().enumerate() {
            let scope = &person.scope;
            // A company that names no numbers has whichever Meta names.
            let is_ours = |number: &&NumberId| self.numbers().is_empty() || self.number(number).is_some();
            if let Some(number) = scope.numbers.iter().find(|number| !is_ours(number)) {
                return Err(stranger(n, "numbers", number.as_str(), "the id of a number"));
            }
            let is_ours = |queue: &&QueueId| self.queues().iter().any(|known| known.id == **queue);
            if let Some(queue) = scope.queues.iter().find(|queue| !is_ours(queue)) {
                return Err(stranger(n, "queues", queue.as_str(), "a queue"));
            }
            if let Some(agent) = scope.team.iter().find(|agent| self.agent(agent).is_none()) {
                return Err(stranger(n, "team", agent.as_str(), "the id of an agent"));
            }
        }
        Ok(Self { raci: Arc::new(raci), ..self })
    }

    /// Who may do what.
    pub fn raci(&self) -> &Raci {
        &self.raci
    }

    /// The language in which it is spoken to as a whole: that of its first number.
    pub fn own_language(&self) -> Language {
        self.numbers().first().map_or(Language::Es, |number| Language::of(&number.language))
    }

    /// What holds for writing to customers.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// When its media are fetched.
    pub fn media(&self) -> MediaPolicy {
        self.description.media
    }

    /// The zone in which its people read times.
    pub fn zone(&self) -> &TimeZone {
        self.always.zone()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.description.name
    }

    /// For how long it keeps what it knows of people.
    pub fn retention(&self) -> &Retention {
        &self.description.retention
    }

    /// Addresses of its own that are told what happens.
    pub fn webhooks(&self) -> &[Subscriber] {
        &self.description.webhooks
    }

    /// What rules may ask of services outside.
    pub fn requests(&self) -> &Requests {
        &self.description.requests
    }

    /// How changes that can hurt are agreed on.
    pub fn approvals(&self) -> &Approvals {
        &self.description.approvals
    }

    /// What switches rule sets, by their names.
    pub fn switches(&self) -> &BTreeMap<String, Switch> {
        &self.description.switches
    }

    /// In what bounds a rule has to stay after it was changed.
    pub fn fall_back(&self) -> &FallBack {
        &self.description.fall_back
    }

    /// Whether what is saved in its files is a draft, and others have to agree before it is in force. A company that describes
    /// nobody has nobody to ask.
    pub fn files_wait(&self) -> bool {
        self.is_governed() && self.description.approvals.files == Files::WhenApproved
    }

    /// Whether it describes people: then the matrix decides, and what can hurt takes more than one of them.
    pub fn is_governed(&self) -> bool {
        !self.raci.people().is_empty()
    }

    /// How many automatic messages a customer may get within an hour.
    pub fn automatic_limit(&self) -> u32 {
        self.description.automatic_messages_per_hour
    }

    /// Whether a case can be resolved by a rule with this code.
    pub fn counts_by(&self, code: &str) -> bool {
        [CaseClosed::ANSWERED, CaseClosed::OTHER].contains(&code)
            || self.typification().iter().any(|(known, _)| *known == code)
    }

    /// The codes that cases are closed with.
    pub fn closing_codes(&self) -> impl Iterator<Item = &str> {
        let own = self.typification().into_iter().map(|(code, _)| code);
        let built_in = [CaseClosed::ANSWERED, CaseClosed::OTHER];
        built_in.into_iter().chain(own.filter(move |code| !built_in.contains(code)))
    }

    /// The company's own codes, each with the groups that it is in.
    pub fn typification(&self) -> Vec<(&str, Vec<&str>)> {
        typification::codes(&self.description.closing_codes)
    }

    /// After how many minutes a case of a queue is taken back from an agent who does not answer; never if none.
    pub fn rescue_after(&self, queue: &QueueId) -> Option<u32> {
        self.description.queues.iter().find(|one| one.id == *queue)?.rescue_after
    }

    /// What a queue promises its customers.
    pub fn sla(&self, queue: &QueueId) -> Option<&Policy> {
        self.description.queues.iter().find(|one| one.id == *queue)?.sla.as_ref()
    }

    /// What breaks are for.
    pub fn pause_codes(&self) -> &[String] {
        &self.description.pause_codes
    }

    /// Its business hours as they are written, by name.
    pub fn hours(&self) -> &BTreeMap<String, Hours> {
        &self.description.calendars
    }

    /// All queues.
    pub fn queues(&self) -> &[Queue] {
        &self.description.queues
    }

    /// All agents.
    pub fn agents(&self) -> &[AgentDescription] {
        &self.description.agents
    }

    /// All numbers that were described.
    pub fn numbers(&self) -> &[Number] {
        &self.description.numbers
    }

    /// One agent.
    pub fn agent(&self, id: &AgentId) -> Option<&AgentDescription> {
        self.description.agents.iter().find(|agent| agent.id == *id)
    }

    /// What people read of an agent; the name in the file of who is not there any more.
    pub fn agent_name(&self, id: &AgentId) -> String {
        self.agent(id).map_or_else(|| id.to_string(), |agent| agent.name.clone())
    }

    /// One number. None for a number that was not described.
    pub fn number(&self, id: &NumberId) -> Option<&Number> {
        self.description.numbers.iter().find(|number| number.id == *id)
    }

    /// What people call a number; its id where the company does not name it.
    pub fn number_name(&self, id: &NumberId) -> String {
        self.number(id).map_or_else(|| id.to_string(), |number| number.name.clone())
    }

    /// The queue of cases on this number for which no rule has a place.
    pub fn default_queue(&self, number: &NumberId) -> QueueId {
        match (self.number(number), self.description.queues.first()) {
            (Some(number), _) => number.queue.clone(),
            (None, Some(queue)) => queue.id.clone(),
            (None, None) => "general".into(),
        }
    }

    /// Messages a second that Meta lets a number send and receive together; none if the file does not say.
    pub fn throughput(&self, number: &NumberId) -> Option<u32> {
        self.number(number).and_then(|number| number.throughput).or(self.description.throughput)
    }

    /// One of its calendars.
    pub fn calendar_named(&self, name: &str) -> Option<&Calendar> {
        self.calendars.get(name)
    }

    /// The hours that apply to a case: its queue's, or its number's while it has none.
    pub fn calendar(&self, number: &NumberId, queue: Option<&QueueId>) -> &Calendar {
        let of_queue = |queue: &QueueId| {
            self.description.queues.iter().find(|known| known.id == *queue).and_then(|q| q.calendar.as_ref())
        };
        let name = match queue {
            Some(queue) => of_queue(queue),
            None => self
                .number(number)
                .and_then(|number| number.calendar.as_ref().or_else(|| of_queue(&number.queue))),
        };
        name.and_then(|name| self.calendars.get(name)).unwrap_or(&self.always)
    }

    /// The language to begin with for a customer who writes to a number: what their country speaks where that is plain
    /// from the phone, else the number's.
    pub fn language(&self, number: &NumberId, phone: Option<&str>) -> String {
        match phone {
            Some(phone) if phone.starts_with("55") => "pt".into(),
            _ => self.number(number).map_or_else(Number::default_language, |number| number.language.clone()),
        }
    }
}

impl Default for Description {
    fn default() -> Self {
        Self {
            name: Self::default_name(),
            zone: Self::default_zone(),
            automatic_messages_per_hour: Self::default_automatic_limit(),
            throughput: None,
            closing_codes: Vec::new(),
            pause_codes: Vec::new(),
            numbers: Vec::new(),
            queues: Vec::new(),
            agents: Vec::new(),
            calendars: BTreeMap::new(),
            contacting: Contacting::default(),
            media: MediaPolicy::default(),
            retention: Retention::default(),
            approvals: Approvals::default(),
            fall_back: FallBack::default(),
            switches: BTreeMap::new(),
            webhooks: Vec::new(),
            requests: Requests::default(),
            raci: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(contacting: &str) -> Result<Company, Mistake> {
        let text =
            format!("[[numbers]]\nid = \"1\"\nname = \"x\"\nqueue = \"general\"\n[contacting]\n{contacting}");
        let prices = include_str!("../../../examples/company/prices.toml");
        let description: Description = toml::from_str(&text).unwrap();
        let prices = description.contacting.prices.is_some().then(|| Prices::parse(prices).unwrap());
        Company::under(description, None, prices)
    }

    #[test]
    fn caps_are_written_beside_the_table_that_they_are_reckoned_by() {
        let caps = "caps.month = \"500\"\ncaps.numbers.1 = \"200.00\"\ncaps.rules.promo = \"50\"";
        let company =
            company(&format!("marketing-opt-in = \"company-vouches\"\nprices = \"prices.toml\"\n{caps}"));
        assert_eq!(company.unwrap().law().currency(), Some("USD"));
    }

    #[test]
    fn a_cap_that_can_never_be_reached_is_told() {
        for (contacting, told) in [
            ("caps.month = \"500\"", "`contacting.prices` is ``"),
            ("prices = \"p\"\ncaps.numbers.2 = \"1\"", "`contacting.caps.numbers` is `2`"),
        ] {
            let mistake = company(contacting).unwrap_err().to_string();
            assert!(mistake.starts_with(told) && mistake.contains("expected"), "{mistake}");
        }
    }
    #[test]
    fn the_company_to_copy_makes_sense_and_says_what_it_takes_for_a_consent() {
        let file: toml::Table =
            toml::from_str(include_str!("../../../examples/company/timonel.toml")).unwrap();
        let description: Description = file["company"].clone().try_into().unwrap();
        assert!(file["company"]["contacting"].get("marketing-opt-in").is_some());
        assert!(Company::new(description).is_ok());
    }
}
