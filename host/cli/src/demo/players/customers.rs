//! The customers. Whoever has nothing going on gets a story now and then, as long as there are not too many at once.

use std::collections::HashMap;
use std::sync::Arc;

use desk::Desk;
use domain::conversation::Holder;
use simulator::{Customer, Event, Handle, Said, Side};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Pace;
use super::dice::Dice;
use super::phrases::INTRODUCTIONS;
use super::stories::{PEOPLE, Person, STORIES, Step, Story};

/// Stories that are told at the same time, and cases that people may have or wait for. More would be noise.
const STORIES_AT_ONCE: usize = 9;
const CASES_AT_ONCE: usize = 16;

/// Seconds for which a customer leaves the company alone after a story.
const REST: (f64, f64) = (20.0, 70.0);

/// Seconds after which a customer stops waiting for a machine, and for a person.
const PATIENCE: f64 = 45.0;
const LONG_PATIENCE: f64 = 600.0;

/// Lets customers write for as long as the demo runs.
pub(super) async fn write(desk: Desk, phones: Arc<Handle>, pace: Pace) {
    let mut dice = pace.dice("customers");
    let mut told = JoinSet::new();
    let mut resting: HashMap<&'static str, Instant> = HashMap::new();
    let mut last: HashMap<&'static str, usize> = HashMap::new();
    loop {
        let pause = if told.len() < 4 { dice.between(1.0, 3.0) } else { dice.between(2.5, 6.0) };
        tokio::time::sleep(pace.seconds(pause)).await;
        while let Some(ended) = told.try_join_next() {
            if let Ok(phone) = ended {
                let rest = pace.seconds(dice.between(REST.0, REST.1));
                resting.insert(phone, Instant::now() + rest);
            }
        }
        if told.len() >= STORIES_AT_ONCE || cases(&desk) >= CASES_AT_ONCE {
            continue;
        }
        let now = Instant::now();
        let idle: Vec<&'static Person> = PEOPLE
            .iter()
            .filter(|person| resting.get(person.phone).is_none_or(|until| *until <= now))
            .collect();
        let Some(person) = dice.one_of(&idle) else { continue };
        let fitting: Vec<usize> = (0..STORIES.len())
            .filter(|n| STORIES.get(*n).is_some_and(|story| fits(story, person)))
            .filter(|n| last.get(person.phone) != Some(n))
            .collect();
        let Some(&n) = dice.one_of(&fitting) else { continue };
        let Some(story) = STORIES.get(n) else { continue };
        last.insert(person.phone, n);
        // Busy for ever, until the story says otherwise.
        resting.insert(person.phone, now + pace.seconds(1e6));
        let customer = phones.customer(person.phone, person.name);
        let heard = phones.events();
        let dice = pace.dice(person.phone);
        told.spawn(tell(
            Telling { customer, heard, story, pace, dice, last: None, offered: vec![] },
            person.phone,
        ));
    }
}

fn fits(story: &Story, person: &Person) -> bool {
    story.of.iter().any(|prefix| person.phone.starts_with(prefix))
}

/// Cases that people have or that wait for them.
fn cases(desk: &Desk) -> usize {
    let by_people = |holder: &Holder| matches!(holder, Holder::Queue { .. } | Holder::Agent { .. });
    desk.store()
        .conversations()
        .into_iter()
        .flatten()
        .filter(|(_, conversation)| conversation.case.as_ref().is_some_and(|case| by_people(&case.holder)))
        .count()
}

/// A story while it is told.
struct Telling {
    customer: Customer,
    heard: Receiver<Event>,
    story: &'static Story,
    pace: Pace,
    dice: Dice,
    /// The company's last message.
    last: Option<String>,
    /// What its messages offered to press.
    offered: Vec<String>,
}

async fn tell(mut telling: Telling, phone: &'static str) -> &'static str {
    for step in telling.story.steps {
        if telling.step(step).await.is_none() {
            break;
        }
    }
    phone
}

impl Telling {
    /// None if the customer has had enough.
    async fn step(&mut self, step: &Step) -> Option<()> {
        let number = self.story.number;
        match step {
            Step::Hear => return self.hear(PATIENCE, false).await,
            Step::Meet => return self.hear(LONG_PATIENCE, true).await,
            Step::Pause(seconds) => {
                tokio::time::sleep(self.pace.seconds(f64::from(*seconds))).await;
                return Some(());
            }
            _ => {}
        }
        let thinks = self.dice.between(1.5, 4.5);
        tokio::time::sleep(self.pace.seconds(thinks)).await;
        let done = match step {
            Step::Say(words) => self.customer.say(number, words),
            // What was not offered cannot be pressed: at lunch, for instance, there is no menu.
            Step::Press(id, _) if !self.offered.iter().any(|offered| offered == id) => return None,
            Step::Press(id, title) => self.customer.press(number, id, title),
            Step::Photo(caption) => self.customer.photo(number, caption),
            Step::Place(name, latitude, longitude) => {
                self.customer.location(number, name, *latitude, *longitude)
            }
            Step::React(emoji) => self.customer.react(number, self.last.as_ref()?, Some(emoji)),
            Step::Hear | Step::Meet | Step::Pause(_) => return Some(()),
        };
        done.ok().map(drop)
    }

    /// Until the company has spoken and is silent again, so that nobody talks into an answer.
    async fn hear(&mut self, patience: f64, person: bool) -> Option<()> {
        let until = Instant::now() + self.pace.seconds(patience);
        loop {
            let words = tokio::time::timeout_at(until, self.next()).await.ok()??;
            if !person || INTRODUCTIONS.iter().any(|introduction| words.contains(introduction)) {
                break;
            }
        }
        while let Ok(next) = tokio::time::timeout(self.pace.seconds(7.0), self.next()).await {
            next?;
        }
        Some(())
    }

    /// The words of the company's next message to this customer.
    async fn next(&mut self) -> Option<String> {
        loop {
            match self.heard.recv().await {
                Ok(Event::Message { phone, message })
                    if phone == self.customer.person().phone
                        && message.from == Side::Company
                        && message.number == self.story.number =>
                {
                    self.last = Some(message.wamid.clone());
                    match &message.said {
                        Said::Buttons { buttons, .. } => {
                            self.offered.extend(buttons.iter().map(|button| button.id.clone()));
                        }
                        Said::Menu { rows, .. } => self.offered.extend(rows.iter().map(|row| row.id.clone())),
                        _ => {}
                    }
                    return Some(message.words().to_owned());
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_customer_has_several_stories_and_every_story_somebody() {
        for person in PEOPLE {
            assert!(STORIES.iter().filter(|story| fits(story, person)).count() >= 3, "{}", person.name);
        }
        assert!(STORIES.iter().all(|story| PEOPLE.iter().any(|person| fits(story, person))));
    }
}
