//! What happens to the company, at a time that a scenario or a test decides.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::rules::Rules;
use crate::templates::{Quality, TemplateChange};
use crate::trouble::{Loss, Trouble};
use crate::update::Update;
use crate::world::World;

/// Something that happens once.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// Meta is not there for a while: the Graph API answers like this, and no webhook is called.
    Down {
        /// What the host sees.
        how: Down,
        /// For how long.
        lasts: Duration,
    },
    /// Something changes about the templates with a name.
    Template {
        /// Their name.
        name: String,
        /// Of one language only.
        language: Option<String>,
        /// What changes.
        change: TemplateChange,
    },
    /// People rate a number.
    Rated {
        /// The number's id.
        number: String,
        /// How.
        quality: Quality,
    },
    /// A number is raised to 1,000 messages a second, and is in maintenance (131057) for a minute.
    Raised {
        /// The number's id.
        number: String,
    },
    /// Other rules from now on: another access token, no method of payment, another tier.
    Rules(Box<Rules>),
    /// Other trouble from now on.
    Trouble(Box<Trouble>),
}

/// How the Graph API is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Down {
    /// Connections break or stay silent.
    Lost(Loss),
    /// Every request is answered with this code of Meta's.
    Error(i64),
}

/// Maintenance before a higher throughput (Meta, Throughput: up to a minute).
const MAINTENANCE: Duration = Duration::from_secs(60);

impl World {
    pub(crate) fn happen(self: &Arc<Self>, happening: Happening) {
        match happening {
            Happening::Down { how, lasts } => self.go_down(how, lasts),
            Happening::Template { name, language, change } => {
                for id in self.with_templates(|templates| templates.called(&name, language.as_deref())) {
                    self.change_template(id, change);
                }
            }
            Happening::Rated { number, quality } => {
                if let Some(line) = self.lines.get(&number) {
                    line.books().quality = quality;
                }
            }
            Happening::Raised { number } => self.raise(&number),
            Happening::Rules(rules) => self.set_rules(*rules),
            Happening::Trouble(trouble) => self.set_trouble(*trouble),
        }
    }

    fn go_down(self: &Arc<Self>, how: Down, lasts: Duration) {
        let until = self.clock.now() + crate::clock::millis(lasts);
        self.down.send_modify(|down| {
            let until = down.map_or(until, |(_, other)| other.max(until));
            *down = Some((how, until));
        });
        // One that began later may last longer.
        self.after(lasts, |world| {
            world.down.send_if_modified(|down| {
                let over = down.is_some_and(|(_, until)| until <= world.clock.now());
                if over {
                    *down = None;
                }
                over
            });
        });
    }

    fn raise(self: &Arc<Self>, number: &str) {
        let Some(line) = self.lines.get(number) else { return };
        line.books().maintenance_until = self.clock.now() + crate::clock::millis(MAINTENANCE);
        let number = line.number.clone();
        self.after(MAINTENANCE, move |world| {
            if let Some(line) = world.lines.get(&number.id) {
                line.books().raised = true;
            }
            let value = json!({
                "display_phone_number": crate::id::digits(&number.display),
                "event": "THROUGHPUT_UPGRADE",
                "current_limit": "TIER_UNLIMITED",
                "max_daily_conversations_per_business": "TIER_UNLIMITED",
            });
            let field = "phone_number_quality_update";
            let dice = world.dice.about(field).about(&number.id);
            world.tell_host(Update::of_account(dice, &number.account, field, value, world.clock.seconds()));
        });
    }
}
