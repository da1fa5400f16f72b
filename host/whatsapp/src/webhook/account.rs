//! What became of the company's accounts (Meta, *Webhooks: account_update* and its neighbours).

use domain::Time;
use domain::id::NumberId;
use domain::platform::{
    AccountChange, AccountUpdate, Certification, Disconnection, PartnerOf, Restriction, VolumeTier,
};
use serde_json::Value;

use super::loose::{id, integer, list, object, own, owned, part, time};
use super::place::Place;
use crate::update::Update;

fn change(place: &Place, account: Option<String>, change: AccountChange) -> Update {
    Update::Account { account: account.or_else(|| place.entry.clone()), change, at: place.at }
}

/// The entry of an event about a partner has the id of a portfolio: the account stands in `waba_info`.
pub(super) fn updated(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let of = |name, member| part(value, name).map(|part| owned(part, member)).unwrap_or_default();
    let rates = part(value, "auth_international_rate_eligibility");
    let update = AccountUpdate {
        event: own(value, "event").ok_or("`event` was expected and is missing")?,
        country: owned(value, "country"),
        ban: of("ban_info", "waba_ban_state"),
        ban_date: of("ban_info", "waba_ban_date"),
        violation: of("violation_info", "violation_type"),
        restrictions: list(value, "restriction_info").iter().map(restriction).collect(),
        partner: part(value, "waba_info").map(partner),
        rates_from: rates.and_then(|rates| time(rates, "start_time")),
        rates_of_countries: rates.map(rates_of_countries).unwrap_or_default(),
        certification: part(value, "partner_client_certification_info").map(certification),
        tier: part(value, "volume_tier_info").map(tier),
        disconnection: part(value, "disconnection_info")
            .map(|info| Disconnection { reason: owned(info, "reason"), by: owned(info, "initiated_by") }),
    };
    let account = update.partner.as_ref().map(|partner| partner.account.clone()).filter(|id| !id.is_empty());
    Ok(change(place, account, AccountChange::Updated(Box::new(update))))
}

fn restriction(info: &Value) -> Restriction {
    Restriction { kind: owned(info, "restriction_type"), until: time(info, "expiration") }
}

fn partner(info: &Value) -> PartnerOf {
    let of = |name| id(info, name).unwrap_or_default();
    let partners = list(info, "solution_partner_business_ids");
    PartnerOf {
        account: of("waba_id"),
        owner: of("owner_business_id"),
        app: of("partner_app_id"),
        solution: of("solution_id"),
        solution_partners: partners.iter().filter_map(scalar).collect(),
        advertising: of("ad_account_linked"),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn rates_of_countries(rates: &Value) -> Vec<(String, Option<Time>)> {
    let country = |of: &Value| (owned(of, "country_code"), time(of, "start_time"));
    list(rates, "exception_countries").iter().map(country).collect()
}

fn certification(info: &Value) -> Certification {
    Certification {
        client: id(info, "client_business_id").unwrap_or_default(),
        status: owned(info, "status"),
        reasons: list(info, "rejection_reasons").iter().filter_map(scalar).collect(),
    }
}

fn tier(info: &Value) -> VolumeTier {
    VolumeTier {
        at: time(info, "tier_update_time"),
        category: owned(info, "pricing_category"),
        tier: id(info, "tier").unwrap_or_default(),
        month: id(info, "effective_month").unwrap_or_default(),
        region: owned(info, "region"),
    }
}

pub(super) fn reviewed(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let decision = own(value, "decision").ok_or("`decision` was expected and is missing")?;
    Ok(change(place, None, AccountChange::Reviewed { decision }))
}

/// The parts of an alert stand in `alert_info`, and in older examples beside it.
pub(super) fn alert(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let info = part(value, "alert_info").unwrap_or(value);
    let alert = AccountChange::Alert {
        of: owned(value, "entity_type"),
        id: id(value, "entity_id").unwrap_or_default(),
        severity: owned(info, "alert_severity"),
        status: owned(info, "alert_status"),
        kind: own(info, "alert_type").ok_or("`alert_info.alert_type` was expected and is missing")?,
        description: owned(info, "alert_description"),
    };
    Ok(change(place, None, alert))
}

pub(super) fn settings(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let settings = object(value, "phone_number_settings")?;
    let change = AccountChange::Settings {
        kind: owned(value, "type"),
        number: id(settings, "phone_number_id").map(NumberId::from),
        settings: settings.to_string(),
    };
    let at = time(value, "timestamp").or(place.at);
    Ok(Update::Account { account: place.entry.clone(), change, at })
}

pub(super) fn capability(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let capability = AccountChange::Capability {
        customers_per_number: integer(value, "max_daily_conversation_per_phone"),
        customers_per_portfolio: id(value, "max_daily_conversations_per_business").unwrap_or_default(),
        numbers_per_portfolio: integer(value, "max_phone_numbers_per_business"),
        numbers_per_account: integer(value, "max_phone_numbers_per_waba"),
    };
    Ok(change(place, None, capability))
}
