//! What might happen, written by nobody: the same each time for the same seed.

use rules::contract::{Agent, Fact, Message, Proposal, Window};
use serde_json::{Value, json};

use crate::support::agent;

/// Numbers that look like chance (SplitMix64).
pub(super) struct Chance(u64);

/// When everything happens, in milliseconds since 1970.
pub(super) const NOW: u64 = 1_795_352_400_000;

/// What people say besides what settings know.
const SMALL_TALK: [&str; 12] = [
    "hola",
    "Buenas",
    "olá",
    "por favor",
    "necesito",
    "gracias",
    "ET-2041",
    "et-77",
    "VENCIÓ",
    "¿cómo?",
    "1234",
    "😀",
];

const FACTS: [&str; 11] = [
    "case-queued",
    "case-assigned",
    "case-answered",
    "turn-answered",
    "case-resolved",
    "case-returned",
    "case-settled",
    "message-reached",
    "case-moved",
    "presence-ended",
    "something-new",
];

const DURATIONS: [&str; 10] = [
    "since-queued",
    "since-queued-business",
    "since-written",
    "since-opened",
    "since-opened-business",
    "lasted",
    "lasted-business",
    "waited",
    "waited-business",
    "transfers",
];

/// What is known of a campaign or a template, and what it may be.
const KNOWN: [(&str, &[&str]); 14] = [
    ("audience.contacts", &["12", "1900", "30000"]),
    ("audience.opted-in", &["0", "12", "1800", "30000"]),
    ("cost.amount", &["3.5", "240", "9000.25"]),
    ("cost.cap", &["100", "10000"]),
    ("cost.spent", &["0", "9999.5"]),
    ("cost.currency", &["USD", "COP"]),
    ("frequency.capped", &["0", "700"]),
    ("number.quality", &["GREEN", "YELLOW", "RED"]),
    ("number.tier", &["TIER_1K", "TIER_10K", "TIER_UNLIMITED"]),
    ("pace.per-hour", &["100", "100000"]),
    ("schedule.local-hour", &["3", "10", "20"]),
    ("schedule.open-permille", &["10", "1000"]),
    ("template.category", &["MARKETING", "UTILITY"]),
    ("template.quality", &["GREEN", "YELLOW", "RED"]),
];

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// True so many times of a hundred.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// A word, half of the time one of these.
    pub(super) fn word(&mut self, known: &[String]) -> String {
        if !known.is_empty() && self.percent(50) {
            return known[self.below(known.len() as u64) as usize].clone();
        }
        self.one_of(&SMALL_TALK).to_owned()
    }

    fn sentence(&mut self, known: &[String]) -> String {
        let length = 1 + self.below(8);
        (0..length).map(|_| self.word(known)).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn message(&mut self, known: &[String]) -> Message {
        let kind = self.one_of(&["text", "text", "text", "text", "button", "choice", "image", "reaction"]);
        let pressed = matches!(kind, "button" | "choice");
        Message {
            at: NOW - self.below(600_000),
            author: "customer".to_owned(),
            kind: kind.to_owned(),
            text: self.sentence(known),
            payload: if pressed { self.word(known) } else { String::new() },
            attrs: if kind == "image" {
                vec![("mime-type".to_owned(), "image/jpeg".to_owned())]
            } else {
                vec![]
            },
        }
    }

    pub(super) fn team(&mut self, known: &[String]) -> Vec<Agent> {
        let members = self.below(12);
        let member = |number| {
            let skills = [self.word(known), "es".to_owned(), "pt".to_owned()];
            let skills: Vec<&str> =
                skills.iter().map(String::as_str).take(1 + self.below(3) as usize).collect();
            let presence = self.one_of(&["available", "available", "busy", "break", "away"]);
            let mut agent = agent(&format!("agent-{number}"), &skills, presence, self.below(5) as u32);
            agent.last_attended = self.percent(30).then(|| NOW - self.below(90 * 86_400_000));
            agent
        };
        (0..members).map(member).collect()
    }

    pub(super) fn proposal(&mut self, known: &[String]) -> Proposal {
        let kind = self.one_of(&["template", "template", "campaign", "campaign", "company"]);
        let body = match self.below(4) {
            0 => format!("Hola {{{{1}}}}, {}", self.sentence(known)),
            1 => format!("{{{{1}}}} {{{{2}}}} {}!!!", self.sentence(known).to_uppercase()),
            2 => format!(
                "Vea su pedido en {}",
                self.one_of(&["bit.ly/3xY", "http://tornillo.example", "wa.me/57"])
            ),
            _ => self.sentence(known),
        };
        let form = json!({
            "name": "pedido",
            "language": self.one_of(&["es", "pt_BR", "en"]),
            "category": self.one_of(&["UTILITY", "MARKETING", "AUTHENTICATION"]),
            "components": [
                { "type": "HEADER", "format": "TEXT", "text": self.sentence(known) },
                { "type": "BODY", "text": body, "example": { "body_text": [[self.word(known), "2"]] } },
                { "type": "FOOTER", "text": self.one_of(&["Responda BAJA para no recibir más", "Tornillo"]) },
            ],
        });
        let facts = KNOWN.iter().filter(|_| self.0.count_ones() % 3 != self.below(3) as u32);
        let facts: Vec<&(&str, &[&str])> = facts.collect();
        Proposal {
            id: self.below(1_000).to_string(),
            kind: kind.to_owned(),
            title: "create pedido".to_owned(),
            reason: self.sentence(known),
            rows: vec!["modify-templates".to_owned()],
            roles: vec!["supervisor".to_owned()],
            content: json!({ "do": "create", "account": null, "form": form }).to_string(),
            facts: facts
                .into_iter()
                .map(|(name, values)| ((*name).to_owned(), self.one_of(values).to_owned()))
                .collect(),
            now: NOW,
            attrs: vec![],
        }
    }

    pub(super) fn facts(&mut self) -> Vec<Fact> {
        let many = 1 + self.below(8);
        let fact = |_| Fact {
            kind: self.one_of(&FACTS).to_owned(),
            at: NOW + self.below(86_400_000),
            case: self.percent(90).then(|| self.below(1_000).to_string()),
            number: self.percent(90).then(|| "main".to_owned()),
            queue: self.percent(80).then(|| self.one_of(&["sales", "support"]).to_owned()),
            agent: self.percent(60).then(|| self.one_of(&["ana", "joao"]).to_owned()),
            numbers: DURATIONS
                .iter()
                .map(|name| ((*name).to_owned(), self.below(600_000)))
                .filter(|(_, millis)| millis % 4 != 0)
                .collect(),
            words: vec![
                ("code".to_owned(), self.one_of(&["answered", "sale", "other"]).to_owned()),
                ("sale".to_owned(), self.one_of(&["true", "false"]).to_owned()),
                ("how".to_owned(), self.one_of(&["answered", "campaign"]).to_owned()),
                ("class".to_owned(), self.one_of(&["answer", "campaign"]).to_owned()),
                ("step".to_owned(), self.one_of(&["sent", "delivered", "read", "failed", "held"]).to_owned()),
                ("presence".to_owned(), self.one_of(&["available", "busy", "break", "away"]).to_owned()),
            ],
            attrs: vec![],
        };
        (0..many).map(fact).collect()
    }

    /// Of so many watches.
    pub(super) fn windows(&mut self, watches: usize) -> Vec<Window> {
        let many = self.below(6);
        let mut window = |place| {
            let aggregate = self.one_of(&["distribution", "distribution", "ratio", "sum"]);
            let samples = self.below(40);
            Window {
                watch: self.below(watches.max(1) as u64) as u32,
                place: Some(format!("queue-{place}")),
                since: NOW - 7_200_000,
                titles: vec![("es".to_owned(), "Primera respuesta".to_owned())],
                unit: "ms".to_owned(),
                aggregate: aggregate.to_owned(),
                samples,
                value: samples * self.below(40_000),
                of: if aggregate == "ratio" { samples * 40_000 } else { 0 },
                percentiles: [50, 90, 95].map(|part| (part, self.below(900_000))).to_vec(),
                attrs: vec![],
            }
        };
        (0..many).map(&mut window).collect()
    }
}

/// What settings speak of: their texts, the parts of those that are lists, and the names of their fields.
pub(super) fn words(settings: &Value, found: &mut Vec<String>) {
    match settings {
        Value::String(text) => {
            let parts = text.split([';', '|', '\n']).map(|part| part.trim_end_matches('*').to_owned());
            found.extend(parts.filter(|part| !part.is_empty()));
        }
        Value::Array(values) => values.iter().for_each(|value| words(value, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.push(name.clone());
            words(value, found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
