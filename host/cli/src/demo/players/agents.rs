//! The agents. They come to work when their queue opens, take a break now and then, and attend the cases that the desk
//! gives them: read, think, write, and resolve when the customer has what they came for.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use desk::{CommandError, Desk};
use domain::Time;
use domain::agent::{Agent, Presence};
use domain::company::AgentDescription;
use domain::id::{AgentId, CaseId, ConversationId, NumberId};
use domain::message::Outgoing;
use domain::outside::Clock;
use domain::stream::Actor;
use store::Line;

use governance::People;

use super::dice::Dice;
use super::phrases::Phrases;
use super::{Pace, is_taken};

/// Seconds of silence after which an agent takes a case for resolved.
const SILENCE: f64 = 50.0;

/// Seconds for which somebody who has ended the shift does not come back.
const HOME: f64 = 300.0;

/// Keeps everybody's presence for as long as the demo runs.
pub(super) async fn keep_presence(desk: Desk, people: People, clock: Arc<dyn Clock>, pace: Pace) {
    let mut presences = Presences::new(desk, clock, pace);
    loop {
        presences.look(|agent| is_taken(&people, agent)).await;
        tokio::time::sleep(pace.seconds(1.0)).await;
    }
}

/// Who is at work, and who rests.
pub(in crate::demo) struct Presences {
    desk: Desk,
    clock: Arc<dyn Clock>,
    pace: Pace,
    dice: Dice,
    resting: HashMap<AgentId, Time>,
    /// Those who are played: whoever is new in the company plays themselves.
    staff: HashSet<AgentId>,
}

impl Presences {
    /// Everybody as they are. Whoever is on a break comes back by and by.
    pub(in crate::demo) fn new(desk: Desk, clock: Arc<dyn Clock>, pace: Pace) -> Self {
        let (mut dice, mut resting) = (pace.dice("presence"), HashMap::new());
        for agent in desk.active().company.agents() {
            if desk.store().agent(&agent.id).is_ok_and(|(_, state)| state.presence == Presence::Break) {
                let rest = pace.seconds(dice.between(40.0, 240.0));
                resting.insert(agent.id.clone(), later(clock.now(), rest));
            }
        }
        let staff = desk.active().company.agents().iter().map(|agent| agent.id.clone()).collect();
        Self { dice, desk, clock, pace, resting, staff }
    }

    /// Lets everybody come, go and rest, but for those whom somebody else plays.
    pub(in crate::demo) async fn look(&mut self, is_taken: impl Fn(&AgentId) -> bool) {
        let company = Arc::clone(&self.desk.active().company);
        let now = self.clock.now();
        self.resting.retain(|_, until| *until > now);
        let somebody = self.dice.one_of(company.agents());
        let takes_break = self.dice.between(0.0, 1.0) < 0.05;
        for agent in company.agents() {
            let is_played = self.staff.contains(&agent.id) && !is_taken(&agent.id);
            let Some(queue) = agent.queues.first().filter(|_| is_played) else {
                continue;
            };
            let hours = company.calendar(&NumberId::from(""), Some(queue)).state(now);
            let colleagues = company.agents().iter().filter(|other| other.queues.first() == Some(queue));
            let alone = colleagues.filter(|other| !self.resting.contains_key(&other.id)).count() <= 2;
            let chosen = somebody.is_some_and(|somebody| somebody.id == agent.id);
            if chosen && takes_break && hours.open && !alone {
                let rest = self.pace.seconds(self.dice.between(30.0, 80.0));
                self.resting.insert(agent.id.clone(), later(now, rest));
            }
            // Whoever has ended the shift is home for a while.
            if let Ok((_, Agent { ended: Some(_), since: Some(since), .. })) =
                self.desk.store().agent(&agent.id)
                && now < later(since, self.pace.seconds(HOME))
            {
                continue;
            }
            let later_today = hours.next_change.is_some_and(|next| next.duration_since(now).as_hours() < 4);
            let presence = match (hours.open, self.resting.contains_key(&agent.id)) {
                (true, false) => Presence::Available,
                (true, true) => Presence::Break,
                (false, _) if later_today => Presence::Break,
                (false, _) => Presence::Away,
            };
            // Whoever is on a break before the day begins, or in it, says what for.
            let codes = company.pause_codes();
            let code = if hours.open { codes.first() } else { codes.last() };
            let code = code.filter(|_| presence == Presence::Break).map(String::as_str);
            let is = self.desk.store().agent(&agent.id).map(|(_, state)| state.presence);
            if is.is_ok_and(|is| is == presence) {
                continue;
            }
            if let Err(error) = self.desk.set_presence(&agent.id, presence, code).await {
                tracing::debug!(%error, agent = %agent.id, "a presence was not set");
            }
        }
    }
}

/// A moment after another one.
pub(in crate::demo) fn later(now: Time, by: Duration) -> Time {
    now.saturating_add(by).unwrap_or(Time::MAX)
}

/// Attends the cases of one agent for as long as the demo runs.
pub(super) async fn attend(
    desk: Desk,
    people: People,
    agent: AgentDescription,
    clock: Arc<dyn Clock>,
    pace: Pace,
) {
    let mut player = Player::new(desk, agent, clock, pace);
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

/// An agent who attends what they are given.
pub(in crate::demo) struct Player {
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
    due: Time,
    /// The version of the last message of the customer that was answered; none before it was looked at.
    answered: Option<u64>,
    /// What is about to be written.
    saying: VecDeque<String>,
    /// What was said to the subject after the first answer, by number.
    went_on: usize,
    code: &'static str,
    /// The customer has said goodbye.
    over: bool,
}

impl Player {
    /// An agent without a case.
    pub(in crate::demo) fn new(
        desk: Desk,
        agent: AgentDescription,
        clock: Arc<dyn Clock>,
        pace: Pace,
    ) -> Self {
        Self { dice: pace.dice(agent.id.as_str()), cares: HashMap::new(), desk, agent, clock, pace }
    }

    /// When there is something to do; none without a case.
    pub(in crate::demo) fn due(&self) -> Option<Time> {
        self.cares.values().map(|care| care.due).min()
    }

    /// Looks at all cases, and does the next thing in each that is due.
    pub(in crate::demo) async fn look(&mut self) -> Result<(), CommandError> {
        let (_, state) = self.desk.store().agent(&self.agent.id).map_err(desk::DeskError::from)?;
        self.cares.retain(|case, _| state.cases.contains_key(case));
        for (case, conversation) in state.cases {
            let first = self.dice.between(2.0, 6.0);
            let due = later(self.clock.now(), self.pace.seconds(first));
            let care = self.cares.entry(case).or_insert_with(|| Care::new(due));
            if care.due <= self.clock.now() {
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
        care.due = later(self.clock.now(), self.pace.seconds(pause));
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
        if talk.sleeps {
            return Ok(true);
        }
        // Somebody may have said something before, as in the days before a demo.
        let answered = *care.answered.get_or_insert(talk.answered);
        if talk.heard > answered && !care.over {
            self.think(care, &talk, answered == 0);
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
    fn think(&mut self, care: &mut Care, talk: &Talk, begins: bool) {
        let phrases = Phrases::of(&talk.language);
        care.answered = Some(talk.heard);
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
            let sleeps = state.case.as_ref().is_some_and(|case| case.snoozed.is_some());
            let since = state.case.map(|case| case.opened);
            let mut talk = Talk {
                sleeps,
                language: contact.language,
                heard: 0,
                answered: 0,
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
                    Line::Outgoing { at, author, .. } => {
                        talk.last = at;
                        if author == Actor::Agent(self.agent.id.clone()) {
                            talk.answered = talk.heard;
                        }
                    }
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
    /// Whether there is nothing to do for a while.
    sleeps: bool,
    language: String,
    /// The version of the customer's last message.
    heard: u64,
    /// The version of the customer's last message before this agent wrote last.
    answered: u64,
    latest: String,
    /// All that the customer wrote in this case, the latest first.
    all: String,
    /// When somebody last wrote.
    last: Time,
}

impl Care {
    fn new(due: Time) -> Self {
        Self {
            accepted: false,
            due,
            answered: None,
            saying: VecDeque::new(),
            went_on: 0,
            code: "consulta-resuelta",
            over: false,
        }
    }
}
