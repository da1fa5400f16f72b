//! What can be known of a number: `GET /{phone-number-id}?fields=…` (Meta, Business Management API: Phone numbers).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, Authorized, Refusal, Target};
use crate::line::Line;
use crate::world::World;

/// What is asked for.
#[derive(Deserialize)]
pub(super) struct Fields {
    /// Names with commas between them.
    fields: Option<String>,
}

/// What is told when nothing is asked for.
const USUAL: &str =
    "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput";

pub(super) fn json(world: &World, line: &Line, asked: &Fields) -> Value {
    let rules = world.rules();
    let books = line.books();
    let level = if books.throughput(&rules).is_none_or(|throughput| throughput >= 1_000) {
        "HIGH"
    } else {
        "STANDARD"
    };
    let quality = books.quality.word();
    drop(books);
    let tier = match rules.tier {
        None => "TIER_UNLIMITED".to_owned(),
        Some(tier) if tier >= 1_000 => format!("TIER_{}K", tier / 1_000),
        Some(tier) => format!("TIER_{tier}"),
    };
    let all = json!({
        "verified_name": line.number.name,
        "code_verification_status": "VERIFIED",
        "display_phone_number": line.number.display,
        "quality_rating": quality,
        "platform_type": "CLOUD_API",
        "throughput": {"level": level},
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "account_mode": "LIVE",
        "messaging_limit_tier": tier,
        "whatsapp_business_manager_messaging_limit": tier,
    });
    let mut told = Map::new();
    for field in asked.fields.as_deref().unwrap_or(USUAL).split(',').map(str::trim) {
        if let Some(value) = all.get(field) {
            told.insert(field.to_owned(), value.clone());
        }
    }
    told.insert("id".to_owned(), line.number.id.as_str().into());
    told.into()
}

/// All numbers of an account.
pub(super) async fn list(
    State(world): State<Arc<World>>,
    _: Authorized,
    Path((_, account)): Target,
) -> Answer {
    let of_account = world.lines.values().filter(|line| line.number.account == account);
    let data: Vec<_> = of_account.map(|line| json(&world, line, &Fields { fields: None })).collect();
    if data.is_empty() {
        return Err(world.failure(Refusal::no_object("get", &account)));
    }
    Ok(Json(json!({"data": data})))
}
