//! Managing templates: `/{account-id}/message_templates` and `/{template-id}` (Meta, Business Management API: Message
//! templates).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Authorized, Refusal, Target, list as elements, request, text};
use crate::templates::{Category, Entry, Form, Template, TemplateStatus};
use crate::world::World;

/// Which templates are listed.
#[derive(Deserialize)]
pub(super) struct Filter {
    name: Option<String>,
    language: Option<String>,
    status: Option<String>,
    category: Option<String>,
    limit: Option<usize>,
    after: Option<u64>,
}

impl Filter {
    /// Of a name, a part is enough.
    fn lets(&self, entry: &Entry) -> bool {
        let of = &entry.template;
        let is = |wanted: &Option<String>, word: &str| wanted.as_ref().is_none_or(|wanted| wanted == word);
        self.name.as_ref().is_none_or(|part| of.name.contains(part.as_str()))
            && is(&self.language, &of.language)
            && is(&self.status, of.status.word())
            && is(&self.category, of.category.word())
            && self.after.is_none_or(|after| entry.id > after)
    }
}

pub(super) async fn list(
    State(world): State<Arc<World>>,
    _: Authorized,
    Path((_, account)): Target,
    Query(filter): Query<Filter>,
) -> Answer {
    known(&world, &account, "get").map_err(|refusal| world.failure(refusal))?;
    let limit = filter.limit.unwrap_or(25).clamp(1, 250);
    let (page, more) = world.with_templates(|templates| {
        let mut all = templates.of(&account).filter(|entry| filter.lets(entry));
        let page: Vec<_> = all.by_ref().take(limit).map(|entry| (entry.id, entry.json())).collect();
        (page, all.next().is_some())
    });
    let mut paging = json!({});
    if let (Some((first, _)), Some((last, _))) = (page.first(), page.last()) {
        paging["cursors"] = json!({"before": first.to_string(), "after": last.to_string()});
    }
    if more && let Some((last, _)) = page.last() {
        paging["next"] = format!("/{account}/message_templates?limit={limit}&after={last}").into();
    }
    let data: Vec<_> = page.into_iter().map(|(_, json)| json).collect();
    Ok(Json(json!({"data": data, "paging": paging})))
}

pub(super) async fn create(
    State(world): State<Arc<World>>,
    _: Authorized,
    Path((_, account)): Target,
    body: Bytes,
) -> Answer {
    known(&world, &account, "post").map_err(|refusal| world.failure(refusal))?;
    let made = request(&body).and_then(|request| {
        let template = Template {
            name: required(&request, "name")?.to_owned(),
            language: required(&request, "language")?.to_owned(),
            category: category(&request)?,
            components: elements(&request, "components").to_vec(),
            named: text(&request, "parameter_format").eq_ignore_ascii_case("named"),
            status: TemplateStatus::Pending,
            account,
        };
        let category = template.category;
        let now = world.clock.now();
        Ok((world.with_templates(|templates| templates.add(template, now))?, category))
    });
    let (id, category) = made.map_err(|refusal| world.failure(refusal))?;
    world.review(id);
    Ok(Json(json!({"id": id.to_string(), "status": "PENDING", "category": category.word()})))
}

/// Gives a template other components, which are reviewed again. While it is reviewed or disabled it cannot be edited.
pub(super) fn edit(world: &Arc<World>, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    let id: u64 = id.parse().map_err(|_| Refusal::no_object("post", id))?;
    let request = request(body)?;
    world.with_templates(|templates| {
        let entry = templates.get_mut(id).ok_or_else(|| Refusal::no_object("post", &id.to_string()))?;
        if matches!(entry.template.status, TemplateStatus::Pending | TemplateStatus::Disabled) {
            return Err(Refusal::template(
                2_388_003,
                "Message Template Can't Be Edited",
                format!("A template that is {} can't be edited.", entry.template.status.word()),
            ));
        }
        let category =
            if request.get("category").is_some() { category(&request)? } else { entry.template.category };
        let components = elements(&request, "components");
        if !components.is_empty() {
            entry.form = Form::read(components, category, entry.template.named)?;
            entry.template.components = components.to_vec();
        }
        entry.template.category = category;
        Ok(())
    })?;
    world.review(id);
    Ok(json!({"success": true}))
}

#[derive(Deserialize)]
pub(super) struct Which {
    name: Option<String>,
    hsm_id: Option<u64>,
}

/// Deletes all languages of a name, or only the one with an id.
pub(super) async fn delete(
    State(world): State<Arc<World>>,
    _: Authorized,
    Path((_, account)): Target,
    Query(which): Query<Which>,
) -> Answer {
    known(&world, &account, "delete").map_err(|refusal| world.failure(refusal))?;
    let Some(name) = &which.name else { return Err(world.failure(Refusal::missing("name"))) };
    let now = world.clock.now();
    let gone = world.with_templates(|templates| {
        let of_name =
            templates.named(&account, name).filter(|entry| which.hsm_id.is_none_or(|id| id == entry.id));
        let gone: Vec<_> = of_name.cloned().collect();
        gone.iter().for_each(|entry| templates.remove(entry.id, now));
        gone
    });
    if gone.is_empty() {
        return Err(world.failure(Refusal::template(
            2_593_002,
            "Message Template Not Found",
            format!("There is no template with the name {name}."),
        )));
    }
    gone.iter().for_each(|entry| world.tell_deleted(entry));
    Ok(Json(json!({"success": true})))
}

/// Ends a pause, which somebody has to ask for when pacing was the reason.
pub(super) async fn unpause(State(world): State<Arc<World>>, _: Authorized, Path((_, id)): Target) -> Answer {
    let number: Option<u64> = id.parse().ok();
    let status =
        number.and_then(|id| world.with_templates(|templates| Some(templates.get(id)?.template.status)));
    match (number, status) {
        (Some(number), Some(TemplateStatus::Paused)) => {
            world.unpause(number);
            Ok(Json(json!({"success": true})))
        }
        (_, Some(_)) => Ok(Json(json!({"success": false, "reason": "The template is not paused."}))),
        (_, None) => Err(world.failure(Refusal::no_object("post", &id))),
    }
}

/// A template as the API tells it.
pub(super) fn json(world: &World, id: &str) -> Option<Value> {
    let id = id.parse().ok()?;
    world.with_templates(|templates| Some(templates.get(id)?.json()))
}

fn known(world: &World, account: &str, method: &str) -> Result<(), Refusal> {
    if world.lines.values().any(|line| line.number.account == account) {
        return Ok(());
    }
    Err(Refusal::no_object(method, account))
}

fn required<'a>(request: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    Some(text(request, name)).filter(|value| !value.is_empty()).ok_or_else(|| Refusal::missing(name))
}

fn category(request: &Value) -> Result<Category, Refusal> {
    let given = required(request, "category")?;
    Category::read(&given.to_ascii_uppercase()).ok_or_else(|| {
        Refusal::parameter(format!(
            "Param category must be one of {{UTILITY, MARKETING, AUTHENTICATION}} - got \"{given}\"."
        ))
    })
}
