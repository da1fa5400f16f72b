//! Those who wrote in the days behind the demo: the same stories, told by the clock of those days.

use std::collections::{BTreeMap, VecDeque};

use desk::TAPPED;
use domain::Time;
use domain::message::Outgoing;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::office::{Office, Taken};
use crate::demo::players::Pace;
use crate::demo::players::agents::later;
use crate::demo::players::dice::Dice;
use crate::demo::players::phrases::INTRODUCTIONS;
use crate::demo::players::stories::{PEOPLE, STORIES, Step, Story};

/// Who wrote in those days, besides those whom one meets today: where their phones are, and what people there are called. Most of them
/// once, as most customers of a hardware store.
const NAMES: [(&str, &[&str], &[&str]); 3] = [
    (
        "573005551",
        &[
            "Adriana",
            "Álvaro",
            "Camila",
            "Diego",
            "Esperanza",
            "Fabián",
            "Gloria",
            "Hernán",
            "Inés",
            "Jorge",
            "Karen",
            "Mariana",
        ],
        &[
            "Arango", "Barrera", "Cano", "Duque", "Galvis", "Henao", "Mejía", "Niño", "Pineda", "Quintero",
            "Roa", "Torres", "Vélez",
        ],
    ),
    (
        "569555502",
        &["Alejandra", "Benjamín", "Carolina", "Felipe", "Gabriela", "Josefa", "Manuel"],
        &["Godoy", "Herrera", "Morales", "Núñez", "Orellana", "Pinto", "Reyes", "Vera"],
    ),
    (
        "551195551",
        &["Aline", "Bruno", "Cecília", "Eduardo", "Fernanda", "Helena", "Rogério"],
        &["Barbosa", "Castro", "Dias", "Freitas", "Moura", "Nunes", "Prado", "Teles"],
    ),
];

/// For how long somebody waits for a machine, for a person, and leaves the company alone afterwards.
const PATIENCE: SignedDuration = SignedDuration::from_mins(4);
const LONG_PATIENCE: SignedDuration = SignedDuration::from_mins(45);
const REST: SignedDuration = SignedDuration::from_hours(30);

/// For how long somebody may still say that what was asked for sleeps until tomorrow.
const UNTIL_SAID: std::time::Duration = std::time::Duration::from_secs(2 * 3_600);

/// Somebody asks for a person, and for nothing else at first.
static FOR_A_PERSON: Story = Story {
    number: "106540352242922",
    of: &["57", "569"],
    steps: &[Step::Say("Necesito cotizar para una obra, ¿me atiende una persona?")],
};

/// Somebody asks for something that is to be done tomorrow.
static FOR_TOMORROW: Story = Story {
    number: "106540352242922",
    of: &["57"],
    steps: &[
        Step::Say("Quiero hablar con una persona, por favor"),
        Step::Meet,
        Step::Say("¿Me guardan 30 bultos de cemento hasta mañana a las 11? A esa hora le confirmo el camión"),
    ],
};

/// What people ask who are being attended when it ends: of the counter for orders, and of the workshop.
static FOR_AN_ORDER: Story = Story {
    number: "106540352242922",
    of: &["57"],
    steps: &[
        Step::Say("Buenas, ¿me mandan la factura de lo que compré ayer?"),
        Step::Meet,
        Step::Say("A nombre de Construcciones Andinas, por favor"),
    ],
};
static FOR_A_REPAIR: Story = Story {
    number: "106540352242922",
    of: &["57", "569"],
    steps: &[
        Step::Say("El taladro que compré no prende, quiero hacer un reclamo"),
        Step::Meet,
        Step::Say("Lo compré hace dos semanas, aquí tengo la boleta"),
    ],
};

/// Somebody who is going to write.
pub(super) struct Visit {
    at: Time,
    story: Option<&'static Story>,
    wakes: Option<Time>,
}

impl Visit {
    pub(super) fn of_anybody(at: Time) -> Self {
        Self::of(at, None)
    }

    pub(super) fn for_a_person(at: Time) -> Self {
        Self::of(at, Some(&FOR_A_PERSON))
    }

    pub(super) fn for_an_order(at: Time) -> Self {
        Self::of(at, Some(&FOR_AN_ORDER))
    }

    pub(super) fn for_a_repair(at: Time) -> Self {
        Self::of(at, Some(&FOR_A_REPAIR))
    }

    /// Somebody whose wish sleeps until then.
    pub(super) fn for_tomorrow(at: Time, wakes: Time) -> Self {
        Self { wakes: Some(wakes), ..Self::of(at, Some(&FOR_TOMORROW)) }
    }

    fn of(at: Time, story: Option<&'static Story>) -> Self {
        Self { at, story, wakes: None }
    }

    pub(super) fn at(&self) -> Time {
        self.at
    }
}

/// All of them.
pub(super) struct Customers {
    pace: Pace,
    dice: Dice,
    people: Vec<(String, String)>,
    coming: VecDeque<Visit>,
    telling: BTreeMap<String, Telling>,
    /// Until when each leaves the company alone.
    resting: BTreeMap<String, Time>,
    /// What the company hears by itself: how its messages fare, and how it was.
    heard: Vec<(Time, String, Value)>,
    /// Who was told of tomorrow, until when their wish is to sleep, and until when somebody may still say so.
    tomorrow: Vec<(String, Time, Time)>,
    written: u64,
}

/// A story while it is told.
struct Telling {
    name: String,
    story: &'static Story,
    steps: VecDeque<&'static Step>,
    /// When the next step is due, if nothing has to be heard before.
    due: Time,
    /// Until when they wait, and whether for a person.
    waits: Option<(Time, bool)>,
    /// The company's last message, and what its messages offered to press.
    last: Option<String>,
    offered: Vec<String>,
}

impl Customers {
    /// Whoever comes, in the order in which they do.
    pub(super) fn of(visits: Vec<Visit>, pace: Pace) -> Self {
        let known = PEOPLE.iter().map(|person| (person.phone.to_owned(), person.name.to_owned()));
        let more = NAMES.iter().flat_map(|(phone, first, last)| {
            let names =
                first.iter().flat_map(move |first| last.iter().map(move |last| format!("{first} {last}")));
            names.enumerate().map(move |(n, name)| (format!("{phone}{n:03}"), name))
        });
        Self {
            dice: pace.dice("customers of the past"),
            pace,
            people: known.chain(more).collect(),
            coming: visits.into(),
            telling: BTreeMap::new(),
            resting: BTreeMap::new(),
            heard: Vec::new(),
            tomorrow: Vec::new(),
            written: 0,
        }
    }

    /// When somebody does something next.
    pub(super) fn due(&self) -> Option<Time> {
        let telling = self.telling.values().map(|one| one.waits.map_or(one.due, |(until, _)| until));
        let heard = self.heard.iter().map(|(at, ..)| *at);
        telling.chain(heard).chain(self.coming.front().map(Visit::at)).min()
    }

    /// Whose wish is to be met tomorrow, once they have said it; and until when it sleeps.
    pub(super) fn waits_until_tomorrow(&self, now: Time) -> Option<(String, Time)> {
        let told =
            |(phone, _, last): &&(String, Time, Time)| now < *last && !self.telling.contains_key(phone);
        self.tomorrow.iter().find(told).map(|(phone, wakes, _)| (phone.clone(), *wakes))
    }

    /// It sleeps.
    pub(super) fn sleeps(&mut self, phone: &str) {
        self.tomorrow.retain(|(one, ..)| one != phone);
    }

    /// Lets everybody do what is due, and hear what was said.
    pub(super) fn act(&mut self, office: &mut Office, now: Time) -> anyhow::Result<()> {
        while let Some(taken) = office.taken() {
            self.hear(&taken, now);
        }
        while let Some(visit) = self.coming.pop_front_if(|visit| visit.at <= now) {
            self.begin(&visit, office, now);
        }
        let (due, later): (Vec<_>, Vec<_>) = self.heard.drain(..).partition(|(at, ..)| *at <= now);
        self.heard = later;
        for (_, number, members) in due {
            office.post(&number, &members)?;
        }
        let phones: Vec<String> = self.telling.keys().cloned().collect();
        for phone in phones {
            let Some(mut telling) = self.telling.remove(&phone) else { continue };
            if self.step(&mut telling, &phone, office, now)? {
                self.telling.insert(phone, telling);
            } else {
                self.resting.insert(phone, now.saturating_add(REST)?);
            }
        }
        Ok(())
    }

    fn begin(&mut self, visit: &Visit, office: &Office, now: Time) {
        self.resting.retain(|_, until| *until > now);
        let idle: Vec<_> = self
            .people
            .iter()
            .filter(|(phone, _)| !self.resting.contains_key(phone) && !self.telling.contains_key(phone))
            .collect();
        let fits = |story: &Story, phone: &str| story.of.iter().any(|prefix| phone.starts_with(prefix));
        let fitting: Vec<_> = idle
            .into_iter()
            .filter(|(phone, _)| visit.story.is_none_or(|story| fits(story, phone)))
            .collect();
        let Some((phone, name)) = self.dice.one_of(&fitting).map(|one| (*one).clone()) else { return };
        let stories: Vec<&'static Story> = STORIES.iter().filter(|story| fits(story, &phone)).collect();
        let Some(story) = visit.story.or_else(|| self.dice.one_of(&stories).copied()) else { return };
        // Few write when nobody is there.
        let company = &office.desk.active().company;
        let is_open = company.calendar(&story.number.into(), None).state(now).open;
        if visit.story.is_none() && !is_open && self.dice.between(0.0, 1.0) < 0.85 {
            return;
        }
        if let Some(wakes) = visit.wakes {
            self.tomorrow.push((phone.clone(), wakes, later(now, UNTIL_SAID)));
        }
        let steps = story.steps.iter().collect();
        let telling = Telling { name, story, steps, due: now, waits: None, last: None, offered: Vec::new() };
        self.telling.insert(phone, telling);
    }

    /// False when there is nothing more to tell, or they have had enough.
    fn step(
        &mut self,
        telling: &mut Telling,
        phone: &str,
        office: &Office,
        now: Time,
    ) -> anyhow::Result<bool> {
        if let Some((until, _)) = telling.waits {
            return Ok(until > now);
        }
        if telling.due > now {
            return Ok(true);
        }
        let Some(step) = telling.steps.pop_front() else { return Ok(false) };
        let (from, id) = (phone, format!("wamid.of.{}", self.written));
        let message = |of: &str, what: Value| json!({ "from": from, "id": id, "timestamp": now.as_second().to_string(), "type": of, (of): what });
        let message = match step {
            Step::Say(words) => message("text", json!({ "body": words })),
            // Pictures of those days are not with Meta any more: they say what is on them.
            Step::Photo(caption) => message("text", json!({ "body": caption })),
            Step::Place(name, latitude, longitude) => {
                message("location", json!({ "name": name, "latitude": latitude, "longitude": longitude }))
            }
            Step::Press(id, _) if !telling.offered.iter().any(|offered| offered == id) => return Ok(false),
            Step::Press(id, title) => message(
                "interactive",
                json!({ "type": "button_reply", "button_reply": { "id": id, "title": title } }),
            ),
            Step::React(emoji) => {
                let Some(last) = &telling.last else { return Ok(false) };
                message("reaction", json!({ "message_id": last, "emoji": emoji }))
            }
            Step::Hear | Step::Meet => {
                let person = matches!(step, Step::Meet);
                let patience = if person { LONG_PATIENCE } else { PATIENCE };
                telling.waits = Some((now.saturating_add(patience)?, person));
                return Ok(true);
            }
            Step::Pause(seconds) => {
                telling.due = later(now, self.pace.seconds(f64::from(*seconds)));
                return Ok(true);
            }
        };
        let contacts = json!([{ "wa_id": phone, "profile": { "name": telling.name } }]);
        office.post(telling.story.number, &json!({ "contacts": contacts, "messages": [message] }))?;
        self.written += 1;
        telling.due = later(now, self.pace.seconds(self.dice.between(1.5, 4.5)));
        Ok(true)
    }

    /// What the company said arrives, is read, and whoever waited for it goes on.
    fn hear(&mut self, Taken { wamid, send }: &Taken, now: Time) {
        let Some(phone) = send.to.phone.clone() else { return };
        let number = send.number.to_string();
        let fares = |status: &str, at: Time| {
            let pricing = json!({
                "billable": false, "pricing_model": "PMP", "category": "service", "type": "free_customer_service",
            });
            json!({ "statuses": [{
                "id": wamid, "status": status, "timestamp": at.as_second().to_string(), "recipient_id": phone,
                "biz_opaque_callback_data": send.opaque, "pricing": pricing,
            }] })
        };
        let reads = later(now, self.pace.seconds(self.dice.between(0.2, 2.0)));
        // A phone is off now and then, and not everybody shows that they read.
        let luck = self.dice.between(0.0, 100.0);
        if luck < 99.0 {
            self.heard.push((now, number.clone(), fares("delivered", now)));
        }
        if luck < 88.0 {
            self.heard.push((reads, number.clone(), fares("read", reads)));
        }
        let words = send.message.words();
        let (buttons, rows) = match &send.message {
            Outgoing::Buttons { buttons, .. } => (&buttons[..], &[][..]),
            Outgoing::Menu { rows, .. } => (&[][..], &rows[..]),
            _ => (&[][..], &[][..]),
        };
        let offered = buttons.iter().map(|one| &one.id).chain(rows.iter().map(|row| &row.id));
        let offered: Vec<String> = offered.cloned().collect();
        let rating = buttons.first().is_some_and(|button| button.id.starts_with(TAPPED));
        if rating {
            let which = match self.dice.between(0.0, 100.0) {
                luck if luck < 55.0 => buttons.first(),
                luck if luck < 80.0 => buttons.get(1),
                luck if luck < 90.0 => buttons.last(),
                _ => None,
            };
            if let Some(button) = which {
                let at = later(now, self.pace.seconds(self.dice.between(4.0, 20.0)));
                let reply = json!({ "type": "button_reply", "button_reply": { "id": button.id, "title": button.title } });
                let message = json!({
                    "from": phone, "id": format!("wamid.of.rating.{wamid}"), "timestamp": at.as_second().to_string(),
                    "type": "interactive", "interactive": reply, "context": { "from": number, "id": wamid },
                });
                let name =
                    self.people.iter().find(|(of, _)| *of == phone).map_or("", |(_, name)| name.as_str());
                let contacts = json!([{ "wa_id": phone, "profile": { "name": name } }]);
                self.heard.push((at, number, json!({ "contacts": contacts, "messages": [message] })));
            }
            return;
        }
        let Some(telling) = self.telling.get_mut(&phone) else { return };
        telling.last = Some(wamid.clone());
        telling.offered.extend(offered);
        let is_person = INTRODUCTIONS.iter().any(|introduction| words.contains(introduction));
        if telling.waits.is_some_and(|(_, person)| !person || is_person) {
            telling.waits = None;
        }
        // Nobody talks into an answer.
        if telling.waits.is_none() {
            telling.due = later(now, self.pace.seconds(self.dice.between(5.0, 9.0)));
        }
    }
}
