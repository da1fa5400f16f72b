//! What becomes of a message of the company.
//!
//! It is decided when the message is accepted, from the dice of that message; what follows only takes its time.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::books::Asked;
use crate::dice::Dice;
use crate::event::Event;
use crate::graph::in_status;
use crate::id::{self, From};
use crate::line::Line;
use crate::options::{Number, Person};
use crate::phones::{Message, Said, Side};
use crate::rules::{Refusals, Rules};
use crate::templates::Category;
use crate::trouble::Statuses;
use crate::update::{Price, Shown, Update, contact};
use crate::world::World;

/// A message that the host asks for.
pub(crate) struct Order {
    pub(crate) to: Person,
    /// Whether it named the phone.
    pub(crate) by_phone: bool,
    pub(crate) said: Said,
    /// What the template is for; None for a service message.
    pub(crate) template: Option<Category>,
    /// A voice message is played, not only read.
    pub(crate) voice: bool,
    pub(crate) opaque: String,
}

/// What is told of a message, step by step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Sent,
    Delivered,
    Read,
    Played,
    Failed(i64),
}

impl Step {
    const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed(_) => "failed",
        }
    }
}

/// A message that was accepted.
struct Sent {
    number: Arc<Number>,
    to: Person,
    by_phone: bool,
    opaque: String,
    /// What it says, until it is on the customer's phone.
    said: Option<Said>,
    wamid: String,
    dice: Dice,
    price: Price,
    /// Of the conversation that an advertisement began; seconds since 1970.
    free_until: Option<u64>,
    steps: Vec<Step>,
    scrambled: bool,
    stranger: bool,
}

impl World {
    /// Why this person cannot be written to now: a code of Meta's.
    pub(crate) fn obstacle(
        &self,
        line: &Line,
        order: &Order,
        asked: &Asked,
        now: u64,
        rules: &Rules,
    ) -> Option<i64> {
        if !order.to.on_whatsapp {
            return Some(131_026);
        }
        match order.template {
            None if !asked.window_open => return Some(131_047),
            Some(Category::Marketing) if !order.to.marketing => return Some(131_050),
            _ => {}
        }
        let paid = match order.template {
            _ if asked.free_until.is_some() => false,
            None => !rules.payment && !line.books().has_free(now, rules),
            Some(_) => true,
        };
        if paid && !rules.payment {
            return Some(131_042);
        }
        let first = rules.tier.filter(|_| order.template.is_some() && !asked.window_open);
        first.filter(|tier| !self.reach.count(self.who(&order.to), now, *tier)).map(|_| 131_048)
    }

    /// Takes a message and lets it fare. `told` is whether the host gets to know it by the answer.
    pub(crate) fn accept(
        self: &Arc<Self>,
        line: &Line,
        order: Order,
        asked: &Asked,
        obstacle: Option<i64>,
        told: bool,
    ) -> String {
        let (rules, now) = (self.rules(), self.clock.now());
        let dice = self.who(&order.to).about(&line.number.id).nth(asked.nth);
        let wamid = id::wamid(dice, From::Company, &order.to.phone);
        line.count_sent();
        self.counts.accepted(&order.opaque, &wamid, told);
        self.tell(|| Event::Accepted {
            number: line.number.id.clone(),
            phone: order.to.phone.clone(),
            wamid: wamid.clone(),
            opaque: order.opaque.clone(),
        });
        let price = match order.template {
            _ if asked.free_until.is_some() => Price::EntryPoint,
            Some(category) => Price::Template(category),
            None if obstacle.is_some() => Price::Service { free: true },
            None => Price::Service { free: line.books().service(now, &rules) },
        };
        let trouble = self.trouble();
        let (steps, scrambled) =
            steps(dice, &trouble.statuses, obstacle, order.voice, self.delays.read.is_some());
        let sent = Sent {
            number: line.number.clone(),
            wamid: wamid.clone(),
            dice,
            price,
            free_until: asked.free_until.map(|until| until / 1_000),
            steps,
            scrambled,
            stranger: dice.about("stranger").happens(trouble.statuses.strangers),
            to: order.to,
            by_phone: order.by_phone,
            opaque: order.opaque,
            said: Some(order.said),
        };
        self.spawn(self.clone().fare(sent));
        wamid
    }

    async fn fare(self: Arc<Self>, mut sent: Sent) {
        let mut late = Vec::new();
        for step in std::mem::take(&mut sent.steps) {
            self.clock.sleep(self.takes(step)).await;
            let at = self.clock.seconds();
            if matches!(step, Step::Delivered | Step::Read)
                && let Some(said) = sent.said.take()
            {
                let message = Message::new(&sent.wamid, &sent.number.id, Side::Company, at, said);
                self.show(&sent.to.phone, message);
            }
            let shown = self.shown(&sent.to, sent.dice.about(step.word()));
            let status = (step, sent.status(at, step, shown));
            if sent.scrambled { late.push(status) } else { self.tell_status(status) }
        }
        sent.dice.about("order").shuffle(&mut late);
        for status in late {
            self.tell_status(status);
        }
        if sent.stranger {
            self.tell_host(sent.stranger(self.clock.seconds()));
        }
    }

    fn tell_status(self: &Arc<Self>, (step, update): (Step, Update)) {
        self.counts.status(step.word());
        self.tell_host(update);
    }

    fn takes(&self, step: Step) -> Duration {
        match step {
            Step::Sent | Step::Failed(_) => self.delays.sent,
            Step::Delivered => self.delays.delivered,
            Step::Read | Step::Played => self.delays.read.unwrap_or_default(),
        }
    }
}

/// What is told of a message, and whether it is told in another order.
fn steps(
    dice: Dice,
    trouble: &Statuses,
    obstacle: Option<i64>,
    voice: bool,
    people_read: bool,
) -> (Vec<Step>, bool) {
    let fails = dice.about("failed").happens(trouble.failed);
    let code = obstacle.or_else(|| fails.then(|| dice.about("code").one_of(&trouble.codes).copied())?);
    let scrambled = dice.about("scrambled").happens(trouble.scrambled);
    if let Some(code) = code {
        let late_sent = dice.about("late sent").happens(trouble.late_sent);
        let steps = if late_sent { vec![Step::Failed(code), Step::Sent] } else { vec![Step::Failed(code)] };
        return (steps, false);
    }
    if dice.about("silent").happens(trouble.silent) {
        return (Vec::new(), false);
    }
    let mut steps = vec![Step::Sent, Step::Delivered];
    if people_read {
        if dice.about("skipped").happens(trouble.skipped) {
            steps.pop();
        }
        steps.push(Step::Read);
        if voice {
            steps.push(Step::Played);
        }
    }
    (steps, scrambled)
}

impl Sent {
    fn status(&self, at: u64, step: Step, shown: Shown) -> Update {
        let (to, dice) = (&self.to, self.dice.about(step.word()));
        let mut status = json!({"id": self.wamid, "status": step.word(), "timestamp": at.to_string()});
        shown.put(&mut status, "recipient_id", to);
        if !self.opaque.is_empty() {
            status["biz_opaque_callback_data"] = self.opaque.as_str().into();
        }
        if let Step::Failed(code) = step {
            status["errors"] = json!([in_status(code)]);
            if !self.by_phone {
                status["recipient_user_id"] = to.user_id.as_str().into();
            }
            return Update::status(dice, self.number.clone(), None, status);
        }
        status["recipient_user_id"] = to.user_id.as_str().into();
        // On `sent` and on one of the others (Meta, Webhooks: statuses, `pricing`).
        if matches!(step, Step::Sent | Step::Delivered) {
            status["pricing"] = self.price.json();
        }
        // Since v24 a conversation is told only if an advertisement began it.
        if let Some(until) = self.free_until {
            let id = format!("{:032x}", self.dice.about("conversation").number());
            status["conversation"] = json!({"id": id, "origin": {"type": "referral_conversion"}});
            if step == Step::Sent {
                status["conversation"]["expiration_timestamp"] = until.to_string().into();
            }
        }
        Update::status(dice, self.number.clone(), Some(contact(to, shown, step != Step::Sent)), status)
    }

    /// A status of a message that this company never sent.
    fn stranger(&self, at: u64) -> Update {
        let dice = self.dice.about("somebody else");
        let somebody = Person::new(&format!("1555{:07}", dice.below(10_000_000)), "");
        let mut status = json!({
            "id": id::wamid(dice, From::Company, &somebody.phone),
            "status": "delivered",
            "timestamp": at.to_string(),
            "recipient_user_id": somebody.user_id,
            "biz_opaque_callback_data": format!("somebody-else-{}", dice.below(1_000_000)),
        });
        Shown::Phone.put(&mut status, "recipient_id", &somebody);
        Update::status(dice, self.number.clone(), Some(contact(&somebody, Shown::Phone, false)), status)
    }
}

/// Whether an obstacle is told at once.
pub(crate) fn told_at_once(obstacle: Option<i64>, rules: &Rules) -> Option<i64> {
    obstacle.filter(|_| rules.refusals == Refusals::AtOnce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_follows_from_the_dice_and_the_trouble() {
        use Step::{Delivered, Failed, Played, Read, Sent};
        let calm = Statuses::default();
        let of = |trouble: &Statuses, obstacle| steps(Dice::new(1), trouble, obstacle, true, true).0;
        assert_eq!(of(&calm, None), [Sent, Delivered, Read, Played]);
        assert_eq!(of(&calm, Some(131_047)), [Failed(131_047)]);
        let late = Statuses { failed: 1.0, codes: vec![131_049], late_sent: 1.0, ..Statuses::default() };
        assert_eq!(of(&late, None), [Failed(131_049), Sent]);
        assert_eq!(of(&Statuses { skipped: 1.0, ..Statuses::default() }, None), [Sent, Read, Played]);
        assert_eq!(of(&Statuses { silent: 1.0, ..Statuses::default() }, None), []);
        assert_eq!(steps(Dice::new(1), &calm, None, true, false).0, [Sent, Delivered]);
    }
}
