//! Campaigns, and single templates to a customer, as people ask for them at the machine and from afar.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::handler::Handler as _;
use axum::http::StatusCode;
use desk::{CampaignError, CommandError, Done, Estimate, Listed, OptedIn, To, Wanted};
use domain::Time;
use domain::campaign::audience::{LeftOut, Query as Contacts};
use domain::campaign::progress::Progress;
use domain::campaign::{Asked, Campaign, Stage};
use domain::event::Refused;
use domain::id::{CampaignId, ContactId, ConversationId};
use domain::law::language::Language;
use domain::message::{Source, Template};
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::Paging;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::conversations::handed_in;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

/// The largest list that is taken at the machine. From afar a request is smaller anyway.
const LARGEST: usize = 64 << 20;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/campaigns", Action::ReadCampaigns, all)
        .get("/campaigns/{campaign}", Action::ReadCampaigns, one)
        .post("/campaigns", Action::DraftCampaign, draft.layer(DefaultBodyLimit::max(LARGEST)))
        .post("/campaigns/{campaign}/estimate", Action::DraftCampaign, estimate)
        .post("/campaigns/{campaign}/proposal", Action::DraftCampaign, propose)
        .post("/campaigns/{campaign}/stop", Action::StopCampaign, stop)
        .post("/conversations/{conversation}/templates", Action::SendTemplate, send)
        .about(About::ConversationInPath)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/campaigns", Action::ReadCampaigns, part)
        .page(Page::new("The campaigns, and how they fare.").gives::<Part>().paged())
        .get("/api/v1/campaigns/{campaign}", Action::ReadCampaigns, one)
        .page(Page::new("One of them.").gives::<Told>())
        .post("/api/v1/campaigns", Action::DraftCampaign, draft)
        .page(
            Page::new("Draft a campaign, or draft one anew: what was agreed on of it is void then.")
                .takes::<Draft>()
                .gives::<Told>(),
        )
        .post("/api/v1/campaigns/{campaign}/estimate", Action::DraftCampaign, estimate)
        .page(
            Page::new("Whom it would reach today, who is left out and why, and what it would cost.")
                .gives::<Estimated>(),
        )
        .post("/api/v1/campaigns/{campaign}/proposal", Action::DraftCampaign, propose)
        .page(
            Page::new("Fix whom it reaches, and ask others to agree to exactly that.")
                .takes::<Because>()
                .gives::<Told>(),
        )
        .post("/api/v1/campaigns/{campaign}/stop", Action::StopCampaign, stop)
        .page(
            Page::new("Let nothing of it leave any more: what is queued and not sent is taken back.")
                .takes::<Because>()
                .gives::<Told>(),
        )
        .post("/api/v1/conversations/{conversation}/templates", Action::SendTemplate, send)
        .about(About::ConversationInPath)
        .page(
            Page::new(
                "Send one customer a template. Beyond the mass threshold it is held until others agree.",
            )
            .takes::<Filled>()
            .gives::<Sent>(),
        )
}

/// A campaign that is wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "CampaignDraft")]
struct Draft {
    /// The campaign of which this is another form; none for a new one.
    #[serde(default)]
    edits: Option<String>,
    /// What colleagues call it. It names no customer.
    name: String,
    /// The number that it leaves from.
    number: String,
    /// `name`, `language` and `components` of the template: in a text `{name|…}`, `{language}` and `{country}` stand for the
    /// contact's.
    #[schemars(with = "BTreeMap<String, Value>")]
    template: Template,
    /// To whom.
    audience: Audience,
    /// Not before this.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    not_before: Option<Time>,
    /// Messages an hour at most: 1,000 if nothing is said.
    #[serde(default = "per_hour")]
    per_hour: u32,
}

fn per_hour() -> u32 {
    1_000
}

/// To whom.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CampaignAudience")]
enum Audience {
    /// To whom this fits: `tags`, `languages`, `countries`, `number`, `written-since`, `written-before`, `opted-in`.
    #[schemars(with = "BTreeMap<String, Value>")]
    Query(Contacts),
    /// To these contacts.
    #[schemars(with = "Vec<String>")]
    Contacts(Vec<ContactId>),
    /// To these people; who is no contact yet becomes one if there is an opt-in.
    People(Vec<Row>),
}

/// Somebody in a list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "CampaignPerson")]
struct Row {
    /// The phone with the country code.
    phone: String,
    /// What they are called.
    #[serde(default)]
    name: String,
    /// When they agreed to such messages of the company.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    opted_in: Option<Time>,
    /// What that rests on: the address of a form, the row of a file. It is kept sealed.
    #[serde(default)]
    evidence: String,
}

/// Why.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CampaignBecause")]
struct Because {
    /// Those who sign read it first, and it is kept.
    #[serde(default)]
    reason: String,
}

/// A template with its gaps filled in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TemplateFilled")]
struct Filled {
    /// `name`, `language` and `components`.
    #[schemars(with = "BTreeMap<String, Value>")]
    template: Template,
}

/// What became of a template.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TemplateSent")]
struct Sent {
    /// The message.
    message: String,
    /// Whether it waits until others agree, because there were too many of its kind within the hour.
    held: bool,
}

/// A campaign, as people read it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Campaign")]
pub(crate) struct Told {
    /// What it is called in other requests.
    pub(crate) campaign: String,
    /// What colleagues call it.
    pub(crate) name: String,
    /// How far it is: `draft`, `proposed`, `running`, `stopping`, `stopped`, `done`.
    pub(crate) stage: String,
    /// The same for people.
    pub(crate) stage_words: String,
    /// The proposal, if there is one.
    pub(crate) proposal: Option<String>,
    /// Who drafted it.
    pub(crate) by: String,
    /// When.
    #[schemars(with = "String")]
    pub(crate) drafted: Time,
    /// What is wanted.
    pub(crate) plan: Value,
    /// How many contacts it goes to, once that is agreed on.
    pub(crate) contacts: Option<u32>,
    /// How many of them were queued or skipped.
    pub(crate) taken: u32,
    /// Since when it runs.
    #[schemars(with = "Option<String>")]
    pub(crate) since: Option<Time>,
    /// Its messages, counted by where they are: `queued`, `sent`, `delivered`, `read`, `failed`, `withheld`. Each is in one
    /// place: one that was read is not counted as delivered.
    pub(crate) progress: BTreeMap<String, u32>,
    /// Who got none, and why.
    pub(crate) kept_back: Vec<Count>,
}

/// A number of contacts, and why.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Count {
    /// A word for programs.
    pub(crate) why: String,
    /// The same for people.
    pub(crate) words: String,
    /// How many.
    pub(crate) contacts: u32,
}

/// What a campaign would come to.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CampaignEstimate")]
struct Estimated {
    /// How many contacts it would reach.
    contacts: u32,
    /// How many of them have opted in to such messages.
    opted_in: u32,
    /// How many by country (ISO 3166).
    countries: BTreeMap<String, u32>,
    /// Who is left out, and why.
    left_out: Vec<Count>,
    /// How many of 1,000 are inside their contact hours when it begins.
    open_permille: u32,
    /// As what the template counts.
    category: Value,
    /// What it would cost, in decimals.
    cost: String,
    /// In which currency; none without a table of prices.
    currency: Option<String>,
    /// What may be spent this month.
    cap: Option<String>,
    /// What was spent of it.
    spent: String,
}

/// Some of the campaigns.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CampaignPage")]
struct Part {
    /// In the order of their names for programs.
    campaigns: Vec<Told>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

impl From<CampaignError> for Problem {
    fn from(error: CampaignError) -> Self {
        let words = error.to_string();
        let (status, kind) = match error {
            CampaignError::None => (StatusCode::NOT_FOUND, "not-there"),
            CampaignError::Nobody => {
                return Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-campaign", words).spoken(
                    |language| {
                        let said = language.pick(
                            "No queda nadie a quien pueda ir: «Ver a quién llegaría» dice por qué.",
                            "Não resta ninguém a quem possa ir: «Ver a quem chegaria» diz por quê.",
                            "Nobody is left whom it may go to: “See whom it would reach” says why.",
                        );
                        said.to_owned()
                    },
                );
            }
            CampaignError::Over => (StatusCode::CONFLICT, "over"),
            CampaignError::Changed => (StatusCode::CONFLICT, "changed-meanwhile"),
            CampaignError::Plan(_) | CampaignError::Invalid(_) | CampaignError::Template(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "not-a-campaign")
            }
            CampaignError::Proposal(error) => return error.into(),
            CampaignError::Desk(_) => {
                tracing::error!(error = %words, "a campaign could not be read or written");
                (StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed")
            }
        };
        Self::new(status, kind, words)
    }
}

/// The campaign that is called so.
pub(crate) fn id(text: &str) -> Result<CampaignId, Problem> {
    text.strip_prefix("campaign/").unwrap_or(text).parse().map_err(|_| CampaignError::None.into())
}

async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Value>, Problem> {
    let language = language(&server, &let_in);
    let campaigns = server.desk.campaigns()?;
    let told: Result<Vec<Told>, Problem> = campaigns.iter().map(|one| told(&server, one, language)).collect();
    Ok(Json(json!({ "campaigns": told? })))
}

async fn part(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(paging): Query<Paging>,
) -> Result<Json<Part>, Problem> {
    let language = language(&server, &let_in);
    let mut campaigns = server.desk.campaigns()?;
    let key = |one: &Campaign| one.id.to_string();
    campaigns.sort_by_key(key);
    let (part, next) = paging.part(campaigns, key);
    let told: Result<Vec<Told>, Problem> = part.iter().map(|one| told(&server, one, language)).collect();
    Ok(Json(Part { campaigns: told?, next }))
}

async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(campaign): Path<String>,
) -> Result<Json<Told>, Problem> {
    show(&server, &let_in, id(&campaign)?)
}

fn show(server: &Server, let_in: &LetIn, campaign: CampaignId) -> Result<Json<Told>, Problem> {
    let campaign = server.desk.campaign(campaign)?;
    Ok(Json(told(server, &campaign, language(server, let_in))?))
}

async fn draft(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Draft>,
) -> Result<Json<Told>, Problem> {
    let Draft { edits, name, number, template, audience, not_before, per_hour } = asked;
    let to = match audience {
        Audience::Query(query) => To::Query(query),
        Audience::Contacts(contacts) => To::Contacts(contacts),
        Audience::People(rows) => To::People(rows.into_iter().map(Listed::from).collect()),
    };
    let edits = edits.as_deref().map(id).transpose()?;
    let wanted = Wanted { name, number: number.into(), template, to, not_before, per_hour };
    let campaign = server.desk.draft_campaign(&let_in.actor, edits, wanted).await?;
    Ok(Json(told(&server, &campaign, language(&server, &let_in))?))
}

impl From<Row> for Listed {
    fn from(row: Row) -> Self {
        let Row { phone, name, opted_in, evidence } = row;
        Self { phone, name, opted_in: opted_in.map(|at| OptedIn { at, evidence }) }
    }
}

async fn estimate(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(campaign): Path<String>,
) -> Result<Json<Estimated>, Problem> {
    let Estimate { category, reach, cost, .. } = server.desk.estimate_campaign(id(&campaign)?).await?;
    Ok(Json(Estimated {
        contacts: reach.contacts,
        opted_in: reach.opted_in,
        countries: reach.countries,
        left_out: left_out(&reach.left_out, language(&server, &let_in)),
        open_permille: reach.open_permille,
        category: json!(category),
        cost: cost.amount.to_string(),
        currency: cost.currency,
        cap: cost.cap.map(|cap| cap.to_string()),
        spent: cost.spent.to_string(),
    }))
}

async fn propose(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(campaign): Path<String>,
    Json(because): Json<Because>,
) -> Result<Json<Told>, Problem> {
    let campaign = id(&campaign)?;
    let (person, actor) = (&let_in.person, &let_in.actor);
    server.desk.propose_campaign(campaign, person, actor, &because.reason).await?;
    show(&server, &let_in, campaign)
}

async fn stop(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(campaign): Path<String>,
    Json(because): Json<Because>,
) -> Result<Json<Told>, Problem> {
    let campaign = id(&campaign)?;
    server.desk.stop_campaign(campaign, &let_in.actor, &because.reason).await?;
    show(&server, &let_in, campaign)
}

async fn send(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(conversation): Path<String>,
    Json(filled): Json<Filled>,
) -> Result<Json<Sent>, Problem> {
    let gone = || Problem::new(StatusCode::NOT_FOUND, "not-there", CommandError::NoConversation.to_string());
    let conversation: ConversationId = conversation.parse().map_err(|_| gone())?;
    for (source, _) in filled.template.media() {
        if let Source::Id(id) = source {
            handed_in(&server, conversation, id, "template")?;
        }
    }
    let sent = server.desk.send_template_as(let_in.actor(), conversation, filled.template).await;
    match sent {
        Ok(Done::Queued(message)) => Ok(Json(Sent { message: message.to_string(), held: false })),
        Ok(Done::Held(message)) => Ok(Json(Sent { message: message.to_string(), held: true })),
        Ok(_) | Err(CommandError::NoConversation) => Err(gone()),
        Err(CommandError::TooManyHeld) => {
            Err(Problem::later("too-many-held", CommandError::TooManyHeld.to_string(), 3_600))
        }
        Err(error @ (CommandError::Invalid(_) | CommandError::Template(_))) => {
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-template", error.to_string()))
        }
        Err(error) => {
            tracing::error!(%error, "a template could not be sent");
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string()))
        }
    }
}

fn language(server: &Server, let_in: &LetIn) -> Language {
    let_in.person.language(server.desk.active().company.own_language())
}

fn word(value: &impl Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}

fn left_out(counts: &BTreeMap<LeftOut, u32>, language: Language) -> Vec<Count> {
    let count = |(why, contacts): (&LeftOut, &u32)| Count {
        why: word(why),
        words: why.words(language).to_owned(),
        contacts: *contacts,
    };
    counts.iter().map(count).collect()
}

/// A campaign, as somebody reads it.
pub(crate) fn told(server: &Server, campaign: &Campaign, language: Language) -> Result<Told, Problem> {
    let Progress { places, withheld } = server.desk.campaign_progress(campaign.id)?;
    let run = campaign.run.as_ref();
    let mut kept_back = run.map_or_else(Vec::new, |run| left_out(&run.skipped, language));
    kept_back.extend(withheld.iter().map(|(why, contacts): (&Refused, &u32)| Count {
        why: word(why),
        words: why.words(language).to_owned(),
        contacts: *contacts,
    }));
    let proposed = match campaign.stage {
        Stage::Proposed { proposal } => Some(proposal),
        _ => None,
    };
    let proposal = run.and_then(|run| run.proposal).or(proposed);
    let (mut stage, mut stage_words) = (campaign.stage.clone(), campaign.stage.words(language).to_owned());
    // What others did not agree on is a draft again: it can be changed, and proposed once more.
    if let Some(proposed) = proposed
        && let Ok(known) = server.desk.proposals().get(proposed)
        && known.stage.is_over()
    {
        stage = Stage::Draft;
        stage_words = format!("{} ({})", stage.words(language), known.stage.words(language));
    }
    // One of which nothing was ever agreed on was not stopped on its way.
    if stage == Stage::Stopped && run.is_none() {
        stage_words = language.pick("descartada", "descartada", "let be").to_owned();
    }
    let listed = match &campaign.plan.audience {
        Asked::List { contacts, .. } => Some(*contacts),
        Asked::Query(_) => None,
    };
    Ok(Told {
        campaign: campaign.id.to_string(),
        name: campaign.plan.name.clone(),
        stage: json!(stage)["is"].as_str().unwrap_or_default().to_owned(),
        stage_words,
        proposal: proposal.map(|proposal| proposal.to_string()),
        by: campaign.by.to_string(),
        drafted: campaign.drafted,
        plan: json!(campaign.plan),
        contacts: run.map(|run| run.contacts).or(listed),
        taken: run.map_or(0, |run| run.taken),
        since: run.map(|run| run.since),
        progress: places.iter().map(|(place, count)| (word(place), *count)).collect(),
        kept_back,
    })
}
