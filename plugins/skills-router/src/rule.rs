//! Where a case goes. What the rule may ask of the host stands behind `Desk`, so that every decision can be told as a
//! story in a test, and so that nothing is asked for which the settings do not need: an answer not needed is time lost
//! and, when it is a phone, a secret seen in vain.

use kit::speech::base;
use kit::words::{Text, readable};

use crate::contract::exports::timonel::rules::routing::{Input, Place, Preference};
use crate::contract::timonel::rules::team::Agent;
use crate::settings::{KnownAgent, Prepared, Route, Vips, When};

const DAY_IN_MS: u64 = 86_400_000;

/// What the rule may ask. A question that the host cannot answer has an empty answer: each of them only refines a place
/// that would do without.
pub trait Desk {
    /// The customer's tags.
    fn tags(&self) -> Vec<String>;
    /// The customer's number in E.164.
    fn phone(&self) -> Option<String>;
    /// Who has these skills in this queue.
    fn candidates(&self, queue: &str, skills: &[String]) -> Vec<Agent>;
}

/// The place of the case; none if no route fits. The error is that these are no settings of ours.
pub fn place(settings: &Prepared, input: &Input, desk: &impl Desk) -> Result<Option<Place>, String> {
    let tags = if settings.needs_tags { [desk.tags(), input.case.tags.clone()].concat() } else { vec![] };
    let (route, because) = settings.route_for(input, &tags)?.unzip();
    let route = route.as_ref();
    let vip = settings.vips.as_ref().filter(|vips| vips.include(&tags, desk));
    let vip_queue = vip.and_then(|vips| vips.queue);
    let overflowing = input.why == "overflow";

    let helpers = route.filter(|_| overflowing).and_then(|route| route.overflow_to);
    let Some(queue) = helpers.or(vip_queue).or(route.map(|route| route.queue)) else { return Ok(None) };
    // Those who help out, and those who attend the VIPs, take every case that their queue is given.
    let asks_skills = route.filter(|_| !overflowing && vip_queue.is_none());
    let mut skills: Vec<_> =
        asks_skills.iter().flat_map(|route| &route.skills).map(|s| s.to_string()).collect();
    let priorities =
        [route.map(|route| route.priority), vip.map(|vips| vips.priority), Some(input.case.priority)];

    let mut notes = vec![];
    if overflowing {
        notes.push("la espera fue larga: la toma cualquiera".to_owned());
    }
    if vip.is_some() {
        notes.push("VIP".to_owned());
    }
    let mut prefer = None;
    if !overflowing && (settings.language_skill || settings.known_agent.is_some()) {
        let mut team = desk.candidates(queue, &skills);
        let language = base(&input.language).to_owned();
        let speaks = |agent: &Agent| agent.skills.contains(&language);
        if settings.language_skill && !skills.contains(&language) && team.iter().any(speaks) {
            team.retain(speaks);
            notes.push(["idioma ", &language].concat());
            skills.push(language);
        }
        if let Some((known, agent)) =
            settings.known_agent.as_ref().and_then(|known| known.find(&team, input.now))
        {
            notes.push(["conoce al cliente: ", agent].concat());
            prefer = Some(Preference { agent: agent.to_owned(), for_seconds: known.within_minutes * 60 });
        }
    }

    let mut reason = [because.as_deref().unwrap_or("Sin ruta propia"), " → ", queue].concat();
    for note in notes {
        reason.push_str("; ");
        reason.push_str(&note);
    }
    Ok(Some(Place {
        queue: queue.to_owned(),
        skills,
        // Whoever raised the priority of this case had a reason that is not known here: never lower it.
        priority: priorities.into_iter().flatten().max().unwrap_or_default(),
        prefer,
        overflow_after: route.filter(|_| !overflowing).and_then(|route| route.overflow_after),
        reason,
        attrs: vec![],
    }))
}

impl<'a> Prepared<'a> {
    /// The route of this case, and why in a few words.
    fn route_for(&self, input: &Input, tags: &[String]) -> Result<Option<(Route<&'a str>, String)>, String> {
        // A case that overflows was placed by a message that is not at hand any more: where it waits tells its route.
        let waits_in =
            input.case.queue.as_ref().filter(|_| input.why == "overflow" || input.message.is_none());
        if let Some(queue) = waits_in {
            for route in self.routes() {
                let route = route?;
                if route.queue == queue {
                    return Ok(Some((route, format!("Estaba en {queue}"))));
                }
            }
        }
        let message = input.message.as_ref();
        let text = Text::new(message.map_or("", |message| &message.text));
        let payload = message.map_or("", |message| &message.payload);
        for route in self.routes() {
            let route = route?;
            if let Some(because) = route.when.fits(&text, payload, input, tags) {
                return Ok(Some((route, because)));
            }
        }
        Ok(None)
    }
}

impl When<&str> {
    /// What holds of each condition, in words; none if one of them does not hold. The dearest question comes last.
    fn fits(&self, text: &Text, payload: &str, input: &Input, tags: &[String]) -> Option<String> {
        let number = || found("Número", &self.numbers, |number| input.number == number);
        let language =
            || found("Idioma", &self.languages, |language| base(&input.language) == base(language));
        let tag = || found("Etiqueta", &self.tags, |tag| tags.iter().any(|has| has == tag));
        let button = || found("Botón", &self.payloads, |id| payload == id);
        let said = || button().or_else(|| found("Palabra", &self.words, |word| text.contains(word)));

        let conditions: [(bool, &dyn Fn() -> Option<String>); 4] = [
            (!self.numbers.is_empty(), &number),
            (!self.languages.is_empty(), &language),
            (!self.tags.is_empty(), &tag),
            (!self.payloads.is_empty() || !self.words.is_empty(), &said),
        ];
        let given = conditions.into_iter().filter(|(given, _)| *given);
        let because = given.map(|(_, holds)| holds()).collect::<Option<Vec<_>>>()?;
        Some(if because.is_empty() { "Por defecto".to_owned() } else { because.join(" + ") })
    }
}

fn found(name: &str, list: &[&str], holds: impl Fn(&str) -> bool) -> Option<String> {
    list.iter().find(|item| holds(item)).map(|item| [name, " «", readable(item), "»"].concat())
}

impl Vips<&str> {
    fn include(&self, tags: &[String], desk: &impl Desk) -> bool {
        let by_tag = self.tags.iter().any(|tag| tags.iter().any(|has| has == tag));
        let by_phone = || desk.phone().is_some_and(|phone| self.phones.contains(&phone.as_str()));
        by_tag || (!self.phones.is_empty() && by_phone())
    }
}

impl KnownAgent {
    /// Of those who could attend soon, who attended this customer last.
    fn find<'a>(&self, team: &'a [Agent], now: u64) -> Option<(&Self, &'a str)> {
        let since = now.saturating_sub(u64::from(self.remember_days) * DAY_IN_MS);
        let here = team.iter().filter(|agent| matches!(agent.presence.as_str(), "available" | "busy"));
        let known = here.filter(|agent| agent.last_attended.is_some_and(|at| at >= since));
        known.max_by_key(|agent| agent.last_attended).map(|agent| (self, agent.id.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::contract::timonel::rules::types::{Calendar, CaseView, LocalTime, Message};
    use crate::settings::prepare;

    const NOW: u64 = 1_795_000_000_000;

    /// A company with a team, and one customer who writes.
    #[derive(Default)]
    struct Company {
        tags: Vec<String>,
        phone: Option<String>,
        team: Vec<Agent>,
        asked: Cell<usize>,
    }

    impl Desk for Company {
        fn tags(&self) -> Vec<String> {
            self.asked.set(self.asked.get() + 1);
            self.tags.clone()
        }

        fn phone(&self) -> Option<String> {
            self.asked.set(self.asked.get() + 1);
            self.phone.clone()
        }

        fn candidates(&self, _queue: &str, skills: &[String]) -> Vec<Agent> {
            self.asked.set(self.asked.get() + 1);
            let able = |agent: &&Agent| skills.iter().all(|skill| agent.skills.contains(skill));
            self.team.iter().filter(able).cloned().collect()
        }
    }

    fn agent(id: &str, skills: &[&str], presence: &str, last_attended_days_ago: Option<u64>) -> Agent {
        Agent {
            id: id.to_owned(),
            skills: skills.iter().map(|skill| skill.to_string()).collect(),
            presence: presence.to_owned(),
            load: 0,
            capacity: 4,
            last_attended: last_attended_days_ago.map(|days| NOW - days * DAY_IN_MS),
            attrs: vec![],
        }
    }

    fn writes(text: &str) -> Input {
        let message = Message {
            at: NOW,
            author: "customer".to_owned(),
            kind: "text".to_owned(),
            text: text.to_owned(),
            payload: String::new(),
            attrs: vec![],
        };
        Input {
            why: "message".to_owned(),
            now: NOW,
            local: LocalTime {
                date: "2026-11-18".to_owned(),
                weekday: 3,
                minute: 600,
                zone: "America/Bogota".to_owned(),
            },
            calendar: Calendar { open: true, next_change: None, next_change_local: None },
            number: "soporte".to_owned(),
            language: "es".to_owned(),
            message: Some(message),
            case: CaseView {
                id: "case-1".to_owned(),
                opened: NOW,
                queue: None,
                priority: 0,
                waiting_since: None,
                automatic_messages: 0,
                tags: vec![],
                attrs: vec![],
            },
            wake_note: None,
            attrs: vec![],
        }
    }

    fn waits_too_long_in(queue: &str) -> Input {
        let mut input = writes("");
        input.why = "overflow".to_owned();
        input.message = None;
        input.case.queue = Some(queue.to_owned());
        input
    }

    fn decide(settings: &str, input: &Input, company: &Company) -> Option<Place> {
        let prepared = prepare(settings).unwrap();
        place(&kit::settings::unpack(&prepared).unwrap(), input, company).unwrap()
    }

    const EXAMPLE: &str = include_str!("example.json");

    #[test]
    fn a_customer_asks_for_an_invoice_and_reaches_those_who_bill() {
        let place = decide(EXAMPLE, &writes("Buenas, ¿me envían la FACTURA?"), &Company::default()).unwrap();
        assert_eq!(place.queue, "cobranza");
        assert_eq!(place.skills, ["billing"]);
        assert_eq!(place.overflow_after, Some(300));
        assert_eq!(place.reason, "Palabra «factura» → cobranza");
    }

    #[test]
    fn pressing_a_button_says_it_without_words() {
        let json = r#"{"routes": [{"when": {"payloads": ["billing"]}, "queue": "cobranza"}]}"#;
        let mut input = writes("Pagos");
        assert!(decide(json, &input, &Company::default()).is_none());
        input.message.as_mut().unwrap().payload = "billing".to_owned();
        assert_eq!(decide(json, &input, &Company::default()).unwrap().reason, "Botón «billing» → cobranza");
    }

    #[test]
    fn all_conditions_of_a_route_must_hold() {
        let mut input = writes("esto es un fraude");
        assert_eq!(decide(EXAMPLE, &input, &Company::default()).unwrap().queue, "general");
        input.case.tags = vec!["reclamo".to_owned()];
        let place = decide(EXAMPLE, &input, &Company::default()).unwrap();
        assert_eq!((place.queue.as_str(), place.priority), ("reclamos", 7));
        assert_eq!(place.reason, "Etiqueta «reclamo» + Palabra «fraude» → reclamos");
    }

    #[test]
    fn who_fits_nowhere_goes_to_the_default_or_to_the_next_rule() {
        let place = decide(EXAMPLE, &writes("hola"), &Company::default()).unwrap();
        assert_eq!(place.reason, "Por defecto → general");
        assert!(decide("{}", &writes("hola"), &Company::default()).is_none());
    }

    #[test]
    fn a_brazilian_is_attended_in_portuguese_if_somebody_there_can() {
        let mut input = writes("quero pagar");
        input.language = "pt-BR".to_owned();
        let mut company =
            Company { team: vec![agent("ana", &["billing"], "available", None)], ..Company::default() };
        assert_eq!(decide(EXAMPLE, &input, &company).unwrap().skills, ["billing"]);

        company.team.push(agent("caio", &["billing", "pt"], "busy", None));
        let place = decide(EXAMPLE, &input, &company).unwrap();
        assert_eq!(place.skills, ["billing", "pt"]);
        assert_eq!(place.reason, "Palabra «pag» → cobranza; idioma pt");
    }

    #[test]
    fn the_agent_who_knows_the_customer_gets_five_minutes() {
        let team = vec![
            agent("ana", &[], "available", Some(9)),
            agent("luz", &[], "busy", Some(2)),
            agent("eva", &[], "away", Some(1)),
            agent("leo", &[], "available", Some(200)),
        ];
        let mut company = Company { team, ..Company::default() };
        let place = decide(EXAMPLE, &writes("hola"), &company).unwrap();
        let prefer = place.prefer.unwrap();
        assert_eq!((prefer.agent.as_str(), prefer.for_seconds), ("luz", 300));
        assert_eq!(place.reason, "Por defecto → general; conoce al cliente: luz");

        company.team.retain(|agent| agent.id == "eva" || agent.id == "leo");
        assert!(decide(EXAMPLE, &writes("hola"), &company).unwrap().prefer.is_none());
    }

    #[test]
    fn a_vip_is_known_by_tag_or_phone_and_never_named() {
        let phone = "+573001234567";
        let by_phone = Company { phone: Some(phone.to_owned()), ..Company::default() };
        let by_tag = Company { tags: vec!["vip".to_owned()], ..Company::default() };
        for company in [by_phone, by_tag] {
            let place = decide(EXAMPLE, &writes("hola"), &company).unwrap();
            assert_eq!(place.priority, 5);
            assert_eq!(place.reason, "Por defecto → general; VIP");
            assert!(!place.reason.contains(phone));
        }
        let own = r#"{"vips": {"tags": ["vip"], "priority": 9, "queue": "oro"}}"#;
        let company = Company { tags: vec!["vip".to_owned()], ..Company::default() };
        assert_eq!(decide(own, &writes("hola"), &company).unwrap().reason, "Sin ruta propia → oro; VIP");
        assert!(decide(own, &writes("hola"), &Company::default()).is_none());
    }

    #[test]
    fn who_waits_too_long_is_helped_by_others() {
        let place = decide(EXAMPLE, &waits_too_long_in("cobranza"), &Company::default()).unwrap();
        assert_eq!(place.queue, "general");
        assert!(place.skills.is_empty() && place.overflow_after.is_none());
        assert_eq!(place.reason, "Estaba en cobranza → general; la espera fue larga: la toma cualquiera");

        let place = decide(EXAMPLE, &waits_too_long_in("general"), &Company::default()).unwrap();
        assert_eq!(place.queue, "general");
    }

    #[test]
    fn a_raised_priority_stays_raised() {
        let mut input = writes("hola");
        input.case.priority = 8;
        assert_eq!(decide(EXAMPLE, &input, &Company::default()).unwrap().priority, 8);
    }

    #[test]
    fn nothing_is_asked_that_the_settings_do_not_need() {
        let company = Company::default();
        decide(r#"{"routes": [{"when": {"words": ["hola"]}, "queue": "x"}]}"#, &writes("hola"), &company)
            .unwrap();
        assert_eq!(company.asked.get(), 0);
    }
}
