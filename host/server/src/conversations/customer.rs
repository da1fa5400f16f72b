//! Whom an agent has in front of them: what they want to hear of, how they were attended before, and how it was for them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use domain::Time;
use domain::event::Event;
use domain::law::class::Category;
use domain::law::consent::{Consent, Source};
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{desk, readable, told};
use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::said;

/// Earlier cases in one answer.
const EARLIER: usize = 20;

/// The route of the API.
pub(super) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/conversations/{conversation}/customer", Action::ReadConversation, customer)
        .about(About::ConversationInPath)
        .page(Page::new("The customer of a conversation that you may read: consents, the tags of the open case, who attended them, and how their earlier cases ended, as far as you reach.").gives::<Card>())
}

/// A customer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CustomerCard")]
struct Card {
    /// `name`, `phone` and `language`.
    customer: Value,
    /// When they first wrote.
    since: Option<Time>,
    /// Why their data must not be erased for now, for whoever looks customers up.
    hold: Option<String>,
    /// What they said they want to hear of.
    consents: Vec<Said>,
    /// Whether there is an open case, which can be tagged.
    case: bool,
    /// The tags of the open case.
    tags: Vec<String>,
    /// Who attended them in this conversation, and when last; the latest first.
    attended: Vec<Attended>,
    /// Cases that ended, as far as you reach, the latest first; at most 20.
    earlier: Vec<Earlier>,
}

/// What they said of one category.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CustomerConsent")]
struct Said {
    /// `marketing`, `utility` or `authentication`.
    #[schemars(with = "String")]
    category: Category,
    /// `opt-in` or `opt-out`.
    #[schemars(with = "String")]
    consent: Consent,
    /// When.
    at: Time,
    /// How we know: `keyword`, `preference`, `refusal`, `agent`, `form` or `import`.
    #[schemars(with = "String")]
    source: Source,
}

/// Somebody who attended them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CustomerAttended")]
struct Attended {
    /// Who.
    name: String,
    /// When last.
    at: Time,
}

/// A case that ended.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CustomerCase")]
struct Earlier {
    /// When.
    at: Time,
    /// On which of the company's numbers.
    number: String,
    /// How, as a code of the company.
    code: String,
    /// Who ended it: `is`, `id` and `name`.
    by: Value,
    /// How it was for them, if they said so: 1 is worst, 5 is best.
    score: Option<u8>,
}

async fn customer(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Card>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (person, store) = (&let_in.person, server.desk.store());
    let (_, conversation) = readable(&server, person, &name)?;
    let looks_up = server.people.with_loans(company.raci()).looks_up(person);
    let teller = told::Teller { server: &server, company: &company, person };
    let (_, contact) = store.contact(conversation.contact).map_err(desk)?;
    let said = |category| {
        let entry = contact.as_ref()?.consent.entry(category)?;
        Some(Said { category, consent: entry.consent, at: entry.at, source: entry.source })
    };
    let key = server.desk.keys().contact(conversation.contact).ok().flatten();
    let tags = conversation.case.as_ref().and_then(|case| case.tags.as_ref()).zip(key.as_ref());
    let tags = tags.and_then(|(tags, key)| tags.open(key).ok()).unwrap_or_default();
    let mut attended: Vec<Attended> = conversation
        .attended
        .iter()
        .map(|(agent, at)| Attended { name: company.agent_name(agent).to_owned(), at: *at })
        .collect();
    attended.sort_by_key(|one| std::cmp::Reverse(one.at));

    let mut earlier = Vec::new();
    for (number, id) in store.conversations_of(conversation.contact).map_err(desk)? {
        let Some(other) = store.conversation(id).map_err(desk)?.1 else { continue };
        if !person.reaches(&said::target(&other)) {
            continue;
        }
        let number = company.number_name(&number);
        // Each has an end, and perhaps a word of the customer.
        let endings = store.endings(id, 2 * EARLIER).map_err(desk)?;
        for (place, ending) in endings.iter().enumerate() {
            let Event::CaseClosed(closed) = &ending.event else { continue };
            let score = endings.iter().skip(place).find_map(|later| match &later.event {
                Event::CaseRated(rated) if rated.case == closed.case => Some(rated.score),
                _ => None,
            });
            let (by, code) = (teller.author(&ending.actor), closed.code.clone());
            earlier.push(Earlier { at: ending.time, number: number.clone(), code, by, score });
        }
    }
    earlier.sort_by_key(|one| std::cmp::Reverse(one.at));
    earlier.truncate(EARLIER);
    Ok(Json(Card {
        customer: teller.customer(&conversation, true).map_err(desk)?,
        since: contact.as_ref().and_then(|contact| contact.since),
        hold: contact
            .as_ref()
            .and_then(|contact| contact.hold.as_ref())
            .filter(|_| looks_up)
            .map(|hold| hold.reason.clone()),
        consents: Category::ALL.into_iter().filter_map(said).collect(),
        case: conversation.case.is_some(),
        tags: tags.0.into_iter().collect(),
        attended,
        earlier,
    }))
}
