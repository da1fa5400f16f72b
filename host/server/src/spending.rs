//! What was spent in a month, by number and by rule: what Meta charged, and what messages are reckoned at until it tells.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use desk::HelmError;
use domain::law::spending::{Month, Sum};
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::routes::Routes;

/// The route of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new().get("/api/v1/spending", Action::ReadSpending, spent).page(
        Page::new("What was spent in a month, by number and by rule.")
            .asks(&[("month", "As `2026-11`; this one if absent.")])
            .gives::<Spent>(),
    )
}

/// Which month.
#[derive(Deserialize)]
pub(crate) struct Which {
    pub(crate) month: Option<String>,
}

/// What was spent in a month.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Spent {
    /// Which, as the company's clock has it.
    pub(crate) month: String,
    /// The currency; none where the company has no table of prices, and nothing is counted.
    pub(crate) currency: Option<String>,
    /// All of it, in decimals.
    pub(crate) amount: String,
    /// What may be spent.
    pub(crate) cap: Option<String>,
    /// By number.
    pub(crate) numbers: Vec<OfNumber>,
    /// By rule: what rules had sent, of that.
    pub(crate) rules: Vec<OfRule>,
}

/// What one number spent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SpentOfNumber")]
pub(crate) struct OfNumber {
    /// Meta's id of it.
    pub(crate) number: String,
    /// What people call it.
    pub(crate) name: String,
    /// All of it.
    pub(crate) amount: String,
    /// What it may spend.
    pub(crate) cap: Option<String>,
    /// By what messages are billed as.
    pub(crate) kinds: Vec<OfKind>,
}

/// Messages that are billed alike.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SpentOfKind")]
pub(crate) struct OfKind {
    /// As what: `service`, `marketing`, `utility`, `authentication`.
    pub(crate) billed: String,
    /// How many are paid for.
    pub(crate) paid: u64,
    /// How many are of the free service messages.
    pub(crate) free_service: u64,
    /// How many are free for another reason.
    pub(crate) free_otherwise: u64,
    /// What they cost.
    pub(crate) amount: String,
}

/// What one rule had sent.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SpentOfRule")]
pub(crate) struct OfRule {
    /// Which rule.
    pub(crate) rule: String,
    /// What that cost.
    pub(crate) amount: String,
    /// What it may spend.
    pub(crate) cap: Option<String>,
}

async fn spent(
    State(server): State<Arc<Server>>,
    Query(which): Query<Which>,
) -> Result<Json<Spent>, Problem> {
    Ok(Json(told(&server, &which)?))
}

/// What was spent in a month.
pub(crate) fn told(server: &Server, which: &Which) -> Result<Spent, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (law, now) = (company.law(), server.clock.now());
    let asked = which.month.as_deref().filter(|month| !month.is_empty());
    let month: Month = asked.map_or(Ok(law.month(now)), str::parse).map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-month", format!("`month`: {error}"))
    })?;
    let spending = server.desk.store().spending(month).map_err(HelmError::from)?;
    let caps = law.caps();
    let numbers = spending.numbers().map(|(number, tally)| OfNumber {
        name: company.number_name(number),
        amount: tally.spent().to_string(),
        cap: caps.numbers.get(number).map(ToString::to_string),
        kinds: tally
            .kinds()
            .map(|(billed, Sum { paid, free_service, free_otherwise, amount })| OfKind {
                billed: billed.word(),
                paid,
                free_service,
                free_otherwise,
                amount: amount.to_string(),
            })
            .collect(),
        number: number.to_string(),
    });
    let mut rules: Vec<_> = spending.numbers().flat_map(|(_, tally)| tally.rules()).collect();
    rules.sort();
    rules.dedup();
    let rules = rules.into_iter().map(|rule| OfRule {
        rule: rule.to_string(),
        amount: spending.spent_by(rule).to_string(),
        cap: caps.rules.get(rule).map(ToString::to_string),
    });
    Ok(Spent {
        month: month.to_string(),
        currency: law.currency().map(ToOwned::to_owned),
        amount: spending.spent().to_string(),
        cap: law.month_cap().map(|cap| cap.to_string()),
        numbers: numbers.collect(),
        rules: rules.collect(),
    })
}
