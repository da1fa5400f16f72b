//! Why something happened, for whoever may ask, and for the customer.
//!
//! Which rules were asked, in which order, how they ended and by whose word they were asked names nobody outside the company, so
//! whoever has to do with rules sees it. What a rule read and said is about the customer, and takes the row of their data.

mod letter;
pub(crate) mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use desk::{Again, DeskError, Made, Round, Story, WhatIf};
use domain::Time;
use domain::company::Company;
use domain::decision::Digest;
use domain::event::{Event, Recorded, RuleDecided};
use domain::id::RuleId;
use domain::law::language::Language;
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

/// Decisions that are made again for one question.
const AGAIN: usize = 60;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/why", Action::ExplainDecisions, why)
        .about(About::DecisionInQuery)
        .post("/why/what-if", Action::ExplainDecisions, what_if)
        .about(About::DecisionInBody)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/why", Action::ExplainDecisions, why)
        .about(About::DecisionInQuery)
        .page(Page::new("Why something happened in a conversation: `of` is its name, that of a case or of a message of yours, or the number of an event. With `again=true` each decision is made once more.").gives::<Why>())
        .post("/api/v1/why/what-if", Action::ExplainDecisions, what_if)
        .about(About::DecisionInBody)
        .page(Page::new("What a rule would have said to the same with something different in it.").takes::<Instead>().gives::<Said>())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    of: String,
    #[serde(default)]
    again: bool,
}

/// What happened in a conversation, and why.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Why {
    /// Which.
    conversation: String,
    /// The event that was asked about, if it was one.
    asked_about: Option<u64>,
    /// Whether everything was found.
    complete: bool,
    /// Whether you see what rules read and said: that takes the row of customers' data.
    words: bool,
    /// What happened, oldest first: `event`, `at`, `kind`, `by`, `words`; of a decision also `decision` with `rules`, `why`,
    /// `generation`, `asked`, `not-asked`, `refused`.
    steps: Vec<Value>,
    /// The same for the customer, in their language; none where you do not see words, or nothing was decided.
    letter: Option<String>,
}

/// A decision, and what is different about it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WhatIf")]
struct Instead {
    /// The number of the event that is the decision.
    of: String,
    /// Which of its rules is asked.
    #[schemars(with = "String")]
    rule: RuleId,
    /// Other values in what the rule was told, by JSON pointers, as `{"/message/text": "horario"}`.
    #[serde(default)]
    instead: BTreeMap<String, Value>,
    /// Another plugin that is asked in its place: the SHA-256 of one that was handed in. What it reads is answered as it was then, and
    /// nothing is done of what it answers.
    #[schemars(with = "Option<String>")]
    plugin: Option<Digest>,
    /// Settings of that plugin; those of the rule if this says nothing.
    settings: Option<Value>,
}

/// What a rule says.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Said {
    /// How it ended: `is`, and what belongs to it.
    outcome: Value,
    /// Where it would put the case, if it said so.
    place: Value,
    /// Why, in its words.
    reason: String,
    /// What it would do.
    effects: Value,
    /// What it asked for that was not asked for then, and so could not be answered.
    not_known_then: Vec<String>,
}

fn nothing() -> Problem {
    let words = "`of` is no conversation, case, message of ours or event of a conversation";
    Problem::new(StatusCode::NOT_FOUND, "not-there", words)
}

fn failed(error: &DeskError) -> Problem {
    match error {
        DeskError::Erased => Problem::new(
            StatusCode::GONE,
            "erased",
            "the customer was erased, and with them what was decided on",
        ),
        error => {
            tracing::error!(%error, "a decision could not be explained");
            Problem::of(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// Works on a thread that may wait: what is made again is compiled and run.
async fn waiting<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))?
}

async fn why(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(asked): Query<Of>,
) -> Result<Json<Why>, Problem> {
    waiting(move || {
        let company = Arc::clone(&server.desk.active().company);
        let story = server.desk.story(&asked.of).map_err(|error| failed(&error))?.ok_or_else(nothing)?;
        let teller = Teller {
            server: &server,
            language: let_in.person.language(company.own_language()),
            open: server.people.with_loans(company.raci()).looks_up(&let_in.person),
            company: &company,
        };
        teller.tell(story, asked.again).map(Json).map_err(|error| failed(&error))
    })
    .await
}

async fn what_if(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Instead>,
) -> Result<Json<Said>, Problem> {
    waiting(move || {
        let (desk, company) = (&server.desk, Arc::clone(&server.desk.active().company));
        if !server.people.with_loans(company.raci()).looks_up(&let_in.person) {
            let words = "what a rule says to a customer's words takes R or A in the row of customers' data";
            return Err(Problem::new(StatusCode::FORBIDDEN, "not-yours-to-do", words));
        }
        let event: u64 = asked.of.parse().map_err(|_| nothing())?;
        let recorded = desk.store().event(event).map_err(|error| failed(&error.into()))?;
        let (recorded, decided) = match recorded {
            Some(recorded @ Recorded { event: Event::RuleDecided(_), .. }) => {
                let Event::RuleDecided(decided) = recorded.event.clone() else { return Err(nothing()) };
                (recorded, decided)
            }
            _ => return Err(nothing()),
        };
        let made = desk.round(&recorded, &decided).map_err(|error| failed(&error))?.made;
        let invalid = |words: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-question", words);
        let made = made.iter().find(|made| made.asked.rule == asked.rule);
        let made = made.ok_or_else(|| invalid(format!("`rule`: `{}` was not asked there", asked.rule)))?;
        let settings = asked.settings.map(|settings| settings.to_string());
        let instead = desk::Instead {
            told: asked.instead.into_iter().collect(),
            substitute: asked.plugin.map(|component| desk::Substitute { component, settings }),
        };
        let of = if instead.substitute.is_some() { "plugin" } else { "instead" };
        match desk.what_if(&recorded, &decided, made, &instead).map_err(|error| failed(&error))? {
            Ok(said) => Ok(Json(said.into())),
            Err(Again::Impossible { because }) => Err(invalid(format!("`{of}`: {because}"))),
            Err(_) => Err(failed(&DeskError::Erased)),
        }
    })
    .await
}

impl From<WhatIf> for Said {
    fn from(said: WhatIf) -> Self {
        Self {
            outcome: json!(said.outcome),
            place: json!(said.place),
            reason: said.reason,
            effects: json!(said.effects),
            not_known_then: said.strayed,
        }
    }
}

/// Tells somebody a story.
struct Teller<'a> {
    server: &'a Server,
    company: &'a Company,
    language: Language,
    open: bool,
}

impl Teller<'_> {
    fn tell(&self, story: Story, again: bool) -> Result<Why, DeskError> {
        let mut steps = Vec::with_capacity(story.steps.len());
        let (mut letter, mut left) = (None, if again { AGAIN } else { 0 });
        for recorded in &story.steps {
            let mut step = json!({
                "event": recorded.seq,
                "at": recorded.time,
                "kind": recorded.event.kind(),
                "by": recorded.actor,
                "words": words::step(&recorded.event, self.company, self.language),
            });
            if let Event::RuleDecided(decided) = &recorded.event {
                let round = self.server.desk.round(recorded, decided)?;
                step["decision"] = self.round(recorded, decided, &round, &mut left)?;
                let until = story.asked_about.unwrap_or(u64::MAX);
                if self.open && recorded.seq <= until {
                    letter = letter::of(recorded, &round, &story, self.server, self.company)?.or(letter);
                }
            }
            steps.push(step);
        }
        Ok(Why {
            conversation: story.conversation.to_string(),
            asked_about: story.asked_about,
            complete: story.complete,
            words: self.open,
            steps,
            letter,
        })
    }

    fn round(
        &self,
        recorded: &Recorded,
        decided: &RuleDecided,
        round: &Round,
        left: &mut usize,
    ) -> Result<Value, DeskError> {
        let came = round.came.as_ref();
        let mut asked = Vec::with_capacity(round.made.len());
        for made in &round.made {
            let mut told = self.made(made);
            if *left > 0 {
                *left -= 1;
                told["again"] = self.again(&self.server.desk.again(recorded, decided, made)?);
            }
            asked.push(told);
        }
        let not_asked = decided.not_asked.iter();
        let not_asked = not_asked.map(|one| json!({ "rule": one.rule, "because": one.because }));
        Ok(json!({
            "rules": decided.of,
            "why": decided.why,
            "generation": {
                "number": decided.generation,
                "since": came.map(|(at, _)| at),
                "by": came.map(|(_, by)| by),
            },
            "asked": asked,
            "not-asked": not_asked.collect::<Vec<_>>(),
            "refused": decided.refused,
        }))
    }

    fn made(&self, made: &Made) -> Value {
        let asked = &made.asked;
        let mut told = json!({
            "rule": asked.rule,
            "set": asked.set,
            "plugin": made.version.as_ref().map(|version| &version.plugin),
            "version": made.version.as_ref().map(|version| version.digest()),
            "component": asked.component,
            "settings": asked.settings,
            "mode": made.active.as_ref().map(|active| active.mode),
            "outcome": asked.outcome,
            "decided": asked.outcome.decides() && made.agrees.is_none(),
            "shadow-agrees": made.agrees,
            "calls": asked.calls,
            "fuel": asked.fuel,
            "micros": asked.micros,
            "signed": words::signed(&made.signed),
            "signed-words": words::signed_words(&made.signed, self.company, self.language),
            "moved": made.moved.as_ref().map(words::moved),
            "moved-words": made.moved.as_ref().map(|moved| words::moved_words(moved, self.company, self.language)),
            "words": words::outcome(&asked.outcome, self.language),
        });
        if let (true, Some(trace)) = (self.open, &made.trace) {
            told["reason"] = trace.reason.clone().into();
            told["input"] = trace.input.value();
            told["said"] = json!(trace.calls);
            told["log"] = json!(trace.log);
            told["effects"] = json!(trace.effects);
        }
        told["erased"] = made.trace.is_none().into();
        told
    }

    fn again(&self, again: &Again) -> Value {
        let words = words::again(again, self.language);
        match again {
            Again::Same => json!({ "is": "same", "words": words }),
            Again::Different { parts, now } => {
                let now = self.open.then(|| json!(Said::from(now.clone())));
                json!({ "is": "different", "in": parts, "now": now, "words": words })
            }
            Again::Erased => json!({ "is": "input-erased", "words": words }),
            Again::Impossible { because } => {
                json!({ "is": "impossible", "because": because, "words": words })
            }
        }
    }
}

/// A moment as people of the company read it.
fn local(at: Time, company: &Company) -> String {
    at.to_zoned(company.zone().clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
