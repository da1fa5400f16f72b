//! What becomes of a template, and how the company hears of it (Meta, Webhooks: `message_template_status_update`,
//! `message_template_quality_update`, `template_category_update`).

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Catalogue, Category, Entry, Quality, TemplateChange, TemplateStatus};
use crate::update::Update;
use crate::world::World;

impl World {
    /// Lets Meta look at a template that is pending.
    pub(crate) fn review(self: &Arc<Self>, id: u64) {
        let Some((turn, name)) = self.with_templates(|templates| {
            let entry = templates.get_mut(id)?;
            Some((entry.turn_to(TemplateStatus::Pending), entry.template.name.clone()))
        }) else {
            return;
        };
        let rules = self.rules();
        self.after(rules.review, move |world| {
            let rejected = world.dice.about("review").about(&name).nth(turn).happens(rules.rejected);
            let (status, reason) = match rejected {
                true => (TemplateStatus::Rejected, Some("TAG_CONTENT_MISMATCH")),
                false => (TemplateStatus::Approved, None),
            };
            world.turn(id, turn, status, |entry| entry.rejected = reason, json!({}));
        });
    }

    /// Changes a template from outside.
    pub(crate) fn change_template(self: &Arc<Self>, id: u64, change: TemplateChange) {
        match change {
            TemplateChange::Rated(quality) => {
                self.rate(id, quality);
                if quality == Quality::Red {
                    self.pause(id);
                }
            }
            TemplateChange::Moved(category) => self.move_template(id, category),
            TemplateChange::Paused => self.pause(id),
            TemplateChange::Unpaused => self.unpause(id),
            TemplateChange::Disabled => self.disable(id),
        }
    }

    fn rate(self: &Arc<Self>, id: u64, quality: Quality) {
        let told = self.with_templates(|templates| {
            let entry = templates.get_mut(id)?;
            let before = std::mem::replace(&mut entry.quality, quality);
            let scores =
                json!({"previous_quality_score": before.word(), "new_quality_score": quality.word()});
            Some(self.about_template(entry, "message_template_quality_update", scores))
        });
        told.into_iter().for_each(|update| self.tell_host(update));
    }

    fn move_template(self: &Arc<Self>, id: u64, category: Category) {
        let told = self.with_templates(|templates| {
            let entry = templates.get_mut(id)?;
            let before = std::mem::replace(&mut entry.template.category, category);
            let categories = json!({"previous_category": before.word(), "new_category": category.word()});
            Some(self.about_template(entry, "template_category_update", categories))
        });
        told.into_iter().for_each(|update| self.tell_host(update));
    }

    /// For some hours the first and the second time, for ever the third.
    fn pause(self: &Arc<Self>, id: u64) {
        let pauses = self.rules().pauses;
        let paused = self.with_templates(|templates| {
            let entry = templates.get_mut(id)?;
            let time = pauses.get(entry.pauses).copied();
            entry.pauses += 1;
            Some((entry.turn, time, entry.pauses))
        });
        let Some((turn, time, nth)) = paused else { return };
        let Some(time) = time else { return self.disable(id) };
        let title = if nth == 1 { "FIRST_PAUSE" } else { "SECOND_PAUSE" };
        let hours = time.as_secs() / 3_600;
        let other = json!({"other_info": {
            "title": title,
            "description": format!("Your template has been paused for {hours} hours because it had low quality."),
        }});
        let Some(turn) = self.turn(id, turn, TemplateStatus::Paused, |_| {}, other) else { return };
        self.after(time, move |world| world.back(id, turn));
    }

    /// Ends a pause before its time.
    pub(crate) fn unpause(self: &Arc<Self>, id: u64) {
        if let Some(turn) = self.with_templates(|templates| Some(templates.get(id)?.turn)) {
            self.back(id, turn);
        }
    }

    fn back(self: &Arc<Self>, id: u64, turn: u64) {
        let other = json!({
            "event": "REINSTATED",
            "other_info": {"title": "UNPAUSE", "description": "Your template has been unpaused."},
        });
        self.turn(id, turn, TemplateStatus::Approved, |entry| entry.quality = Quality::Unknown, other);
    }

    fn disable(self: &Arc<Self>, id: u64) {
        let turn = self.with_templates(|templates| Some(templates.get(id)?.turn)).unwrap_or_default();
        let other = json!({"other_info": {
            "title": "DISABLED",
            "description": "Your template has been disabled because it had low quality.",
        }});
        self.turn(id, turn, TemplateStatus::Disabled, |_| {}, other);
    }

    /// Gives a template another status and tells the host, if it is still at the turn that led to this.
    fn turn(
        self: &Arc<Self>,
        id: u64,
        turn: u64,
        status: TemplateStatus,
        change: impl FnOnce(&mut Entry),
        besides: Value,
    ) -> Option<u64> {
        let (update, turn) = self.with_templates(|templates| {
            let entry = templates.get_mut(id).filter(|entry| entry.turn == turn)?;
            let turn = entry.turn_to(status);
            change(entry);
            let mut value = json!({
                "event": status.word(),
                "reason": entry.rejected.map_or_else(|| "NONE".into(), Value::from),
                "message_template_category": entry.template.category.word(),
            });
            if let Some(reason) = entry.rejected {
                value["rejection_info"] = json!({
                    "reason": format!("The template was rejected: {reason}."),
                    "recommendation": "Change the category or the words, and send it in again.",
                });
            }
            merge(&mut value, besides);
            Some((self.about_template(entry, "message_template_status_update", value), turn))
        })?;
        self.tell_host(update);
        Some(turn)
    }

    /// Tells of a template that is no more.
    pub(crate) fn tell_deleted(self: &Arc<Self>, entry: &Entry) {
        let value = json!({
            "event": "DELETED",
            "reason": "NONE",
            "message_template_category": entry.template.category.word(),
        });
        self.tell_host(self.about_template(entry, "message_template_status_update", value));
    }

    fn about_template(&self, entry: &Entry, field: &'static str, mut value: Value) -> Update {
        let of = &entry.template;
        let dice = self.dice.about(field).nth(entry.id).nth(entry.turn);
        let named = json!({
            "message_template_id": entry.id,
            "message_template_name": of.name,
            "message_template_language": of.language,
        });
        merge(&mut value, named);
        Update::of_account(dice, &of.account, field, value, self.clock.seconds())
    }

    pub(crate) fn with_templates<T>(&self, act: impl FnOnce(&mut Catalogue) -> T) -> T {
        act(&mut self.templates.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

fn merge(into: &mut Value, members: Value) {
    if let (Value::Object(into), Value::Object(members)) = (into, members) {
        into.extend(members);
    }
}
