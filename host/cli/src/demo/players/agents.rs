//! The agents. They come to work when their queue opens, take a break now and then, and attend the cases that the desk
//! gives them: read, think, write, and resolve when the customer has what they came for.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use desk::{CommandError, Desk};
use domain::agent::Presence;
use domain::company::AgentDescription;
use domain::id::{CaseId, ConversationId, NumberId};
use domain::message::Outgoing;
use domain::outside::Clock;
use store::Line;
use tokio::time::Instant;

use governance::People;

use super::dice::Dice;
use super::phrases::Phrases;
use super::{Pace, is_taken};

/// Seconds of silence after which an agent takes a case for resolved.
const SILENCE: f64 = 50.0;

/// Keeps everybody's presence for as long as the demo runs.
pub(super) async fn keep_presence(desk: Desk, people: People, clock: Arc<dyn Clock>, pace: Pace) {
    let mut dice = pace.dice("presence");
    let company = Arc::clone(&desk.active().company);
    let mut resting: HashMap<&str, Instant> = HashMap::new();
    loop {
        let (now, instant) = (clock.now(), Instant::now());
        resting.retain(|_, until| *until > instant);
        let somebody = dice.one_of(company.agents());
        let takes_break = dice.between(0.0, 1.0) < 0.05;
        for agent in company.agents() {
            let Some(queue) = agent.queues.first().filter(|_| !is_taken(&people, &agent.id)) else {
                continue;
            };
            let hours = company.calendar(&NumberId::from(""), Some(queue)).state(now);
            let colleagues = company.agents().iter().filter(|other| other.queues.first() == Some(queue));
            let alone = colleagues.filter(|other| !resting.contains_key(other.id.as_str())).count() <= 2;
            let chosen = somebody.is_some_and(|somebody| somebody.id == agent.id);
            if chosen && takes_break && hours.open && !alone {
                let rest = pace.seconds(dice.between(30.0, 80.0));
                resting.insert(agent.id.as_str(), instant + rest);
            }
            let later_today = hours.next_change.is_some_and(|next| next.duration_since(now).as_hours() < 4);
            let presence = match (hours.open, resting.contains_key(agent.id.as_str())) {
                (true, false) => Presence::Available,
                (true, true) => Presence::Break,
                (false, _) if later_today => Presence::Break,
                (false, _) => Presence::Away,
            };
            // Whoever is on a break before the day begins, or in it, says what for.
            let codes = company.pause_codes();
            let code = if hours.open { codes.first() } else { codes.last() };
            let code = code.filter(|_| presence == Presence::Break).map(String::as_str);
            if let Err(error) = desk.set_presence(&agent.id, presence, code).await {
                tracing::debug!(%error, agent = %agent.id, "a presence was not set");
            }
        }
        tokio::time::sleep(pace.seconds(1.0)).await;
    }
}

/// Attends the cases of one agent for as long as the demo runs.
pub(super) async fn attend(
    desk: Desk,
    people: People,
    agent: AgentDescription,
    clock: Arc<dyn Clock>,
    pace: Pace,
) {
    let mut player =
        Player { dice: pace.dice(agent.id.as_str()), cares: HashMap::new(), desk, agent, clock, pace };
    loop {
        tokio::time::sleep(player.pace.seconds(0.5)).await;
        if is_taken(&people, &player.agent.id) {
            continue;
        }
        if let Err(error) = player.look().await {
            tracing::debug!(%error, agent = %player.agent.id, "an agent could not go on");
        }
    }
}

struct Player {
    desk: Desk,
    agent: AgentDescription,
    clock: Arc<dyn Clock>,
    pace: Pace,
    dice: Dice,
    cares: HashMap<CaseId, Care>,
}

/// A case in an agent's hands.
struct Care {
    accepted: bool,
    /// When the agent does the next thing.
    due: Instant,
    /// The version of the last message of the customer that was answered.
    answered: u64,
    /// What is about to be written.
    saying: VecDeque<String>,
    /// What was said to the subject after the first answer, by number.
    went_on: usize,
    code: &'static str,
    /// The customer has said goodbye.
    over: bool,
}

impl Player {
    /// Looks at all cases, and does the next thing in each that is due.
    async fn look(&mut self) -> Result<(), CommandError> {
        let (_, state) = self.desk.store().agent(&self.agent.id).map_err(desk::DeskError::from)?;
        self.cares.retain(|case, _| state.cases.contains_key(case));
        for (case, conversation) in state.cases {
            let first = self.dice.between(2.0, 6.0);
            let due = Instant::now() + self.pace.seconds(first);
            let care = self.cares.entry(case).or_insert_with(|| Care::new(due));
            if care.due <= Instant::now() {
                self.act(case, conversation).await?;
            }
        }
        Ok(())
    }

    async fn act(&mut self, case: CaseId, conversation: ConversationId) -> Result<(), CommandError> {
        let Some(mut care) = self.cares.remove(&case) else { return Ok(()) };
        let next = self.next(&mut care, conversation).await;
        let pause = match next {
            Ok(true) => self.dice.between(3.0, 6.5),
            Ok(false) => return Ok(()),
            Err(_) => 10.0,
        };
        care.due = Instant::now() + self.pace.seconds(pause);
        self.cares.insert(case, care);
        next.map(drop)
    }

    /// The next thing in a case. False when the case is resolved.
    async fn next(&mut self, care: &mut Care, conversation: ConversationId) -> Result<bool, CommandError> {
        if !care.accepted {
            self.desk.accept(&self.agent.id, conversation).await?;
            care.accepted = true;
            return Ok(true);
        }
        if let Some(body) = care.saying.pop_front() {
            self.desk.reply(&self.agent.id, conversation, Outgoing::Text { body }).await?;
            return Ok(true);
        }
        let talk = self.read(conversation)?;
        if talk.heard > care.answered && !care.over {
            self.think(care, &talk);
            return Ok(true);
        }
        let silent = self.clock.now().duration_since(talk.last).as_secs_f64() * self.pace.speed;
        if care.over || silent > SILENCE {
            self.desk.close(&self.agent.id, conversation, care.code).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// What to say to what the customer wrote.
    fn think(&mut self, care: &mut Care, talk: &Talk) {
        let phrases = Phrases::of(&talk.language);
        let begins = care.answered == 0;
        care.answered = talk.heard;
        if !begins && phrases.is_thanks(&talk.latest) {
            let words = self.dice.one_of(phrases.farewell()).copied().unwrap_or_default();
            care.saying.push_back(words.to_owned());
            care.over = true;
            return;
        }
        if begins {
            care.saying.push_back(phrases.introduction(&self.agent.name));
        }
        let topic = phrases.topic(&talk.latest, &talk.all);
        let words: &[&str] = if begins || topic.code != care.code {
            care.went_on = 0;
            topic.first
        } else {
            care.went_on += 1;
            let more = topic.then.get(care.went_on - 1..care.went_on).filter(|more| !more.is_empty());
            more.unwrap_or(phrases.in_doubt())
        };
        care.code = topic.code;
        care.saying.extend(words.iter().map(|words| (*words).to_owned()));
    }

    /// Reads the end of a conversation.
    fn read(&self, conversation: ConversationId) -> Result<Talk, CommandError> {
        let store = self.desk.store();
        let read = || -> Result<Option<Talk>, desk::DeskError> {
            let (_, Some(state)) = store.conversation(conversation)? else { return Ok(None) };
            let (_, Some(contact)) = store.contact(state.contact)? else { return Ok(None) };
            let Some(key) = self.desk.keys().contact(state.contact)? else { return Ok(None) };
            let since = state.case.map(|case| case.opened);
            let mut talk = Talk {
                language: contact.language,
                heard: 0,
                latest: String::new(),
                all: String::new(),
                last: self.clock.now(),
            };
            for (version, line) in store.history(conversation, None, 16)? {
                match line {
                    Line::Inbound(received) => {
                        // Meta's clock has whole seconds.
                        let before =
                            since.is_some_and(|since| received.sent_at.as_second() + 2 < since.as_second());
                        if before || received.content == "reaction" {
                            continue;
                        }
                        let inbound = received.body.open(&key)?;
                        talk.heard = version;
                        talk.last = received.sent_at;
                        talk.latest = inbound.content.words().to_owned();
                        talk.all = format!("{}\n{}", talk.latest, talk.all);
                    }
                    Line::Outgoing { at, .. } => talk.last = at,
                    Line::Echoed(echoed) => talk.last = echoed.sent_at,
                }
            }
            Ok(Some(talk))
        };
        read()?.ok_or(CommandError::NoConversation)
    }
}

/// What an agent sees of a conversation.
struct Talk {
    language: String,
    /// The version of the customer's last message.
    heard: u64,
    latest: String,
    /// All that the customer wrote in this case, the latest first.
    all: String,
    /// When somebody last wrote.
    last: domain::Time,
}

impl Care {
    fn new(due: Instant) -> Self {
        Self {
            accepted: false,
            due,
            answered: 0,
            saying: VecDeque::new(),
            went_on: 0,
            code: "consulta-resuelta",
            over: false,
        }
    }
}
