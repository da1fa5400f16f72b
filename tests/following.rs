//! A customer goes away, or has been attended: rules look after the case as time goes by.

use desk::{Act, Span, Trial};
use domain::agent::Presence;
use domain::backtest::Difference;
use domain::backtest::event::Report;
use domain::decision::{Kind, Why};
use domain::event::{Event, Refused};
use domain::id::{AgentId, ConversationId};
use domain::message::Outgoing;
use rules::Generation;
use serde_json::json;

use crate::assembled::{House, Open, block_on, events, of_kind};
use crate::guests;
use crate::program::{Company, NUMBER};

const COMPANY: &str = r#"
closing-codes = ["no-reply", "sale"]
[[queues]]
id = "ventas"
[[agents]]
id = "ana"
name = "Ana"
queues = ["ventas"]
"#;

const CLOSING: (&str, &str, &str) = ("closing", "closing", "{}");

const RULES: &[(&str, &str, &str)] =
    &[("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#), CLOSING];

const HOUR: i64 = 3_600;

/// Ana has the case of a customer who wrote at ten in the morning.
struct Shop {
    house: House,
    open: Open,
    ana: AgentId,
    conversation: ConversationId,
}

impl Shop {
    fn open(seed: u64) -> Self {
        Self::with(House::new(seed, COMPANY, RULES))
    }

    fn with(house: House) -> Self {
        let mut open = house.open().unwrap();
        let ana = AgentId::from("ana");
        block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
        house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
        open.settle();
        let (conversation, _) = open.desk.store().conversations().unwrap().pop_first().unwrap();
        Self { house, open, ana, conversation }
    }

    fn answers(&mut self) {
        let (ana, conversation) = (self.ana.clone(), self.conversation);
        let message = Outgoing::Text { body: "Hola, ¿en qué te ayudo?".to_owned() };
        self.open
            .carry_out(move |desk| async move { desk.reply(&ana, conversation, message).await })
            .unwrap();
        self.open.settle();
    }

    fn closes(&mut self, code: &'static str) {
        let (ana, conversation) = (self.ana.clone(), self.conversation);
        self.open.carry_out(move |desk| async move { desk.close(&ana, conversation, code).await }).unwrap();
        self.open.settle();
    }

    fn hands(&mut self, act: Act) {
        let conversation = self.conversation;
        self.open.carry_out(move |desk| async move { desk.hand(conversation, act).await }).unwrap();
        self.open.settle();
    }

    fn writes(&mut self, wamid: &str) {
        self.house.post(&self.open.desk, &self.house.text(wamid, "573000000001", "¿y entonces?")).unwrap();
        self.open.settle();
    }

    fn sends(&mut self, wamid: &str, more: serde_json::Value) {
        let at = domain::outside::Clock::now(&*self.house.clock).as_second().to_string();
        let mut message = json!({"from": "573000000001", "id": wamid, "timestamp": at});
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.house.post(&self.open.desk, &self.house.body(&json!({"messages": [message]}))).unwrap();
        self.open.settle();
    }

    fn after(&mut self, seconds: i64) {
        self.house.clock.advance(seconds);
        self.open.settle();
    }

    /// What a rule would have done so far, beside the one that places cases.
    fn would(&self, plugin: &str, settings: serde_json::Value) -> Report {
        let trial = Trial {
            rule: plugin.into(),
            plugin: Some(plugin.to_owned()),
            settings: settings.as_object().cloned(),
            scope: None,
            set: Some("all".to_owned()),
            after: None,
            mode: None,
        };
        let contender = self.open.desk.contender(&trial).unwrap();
        let now = domain::outside::Clock::now(&*self.house.clock);
        let span = Span { from: now.checked_sub(jiff::SignedDuration::from_hours(72)).unwrap(), to: now };
        let tried = || self.open.desk.backtest(&contender, span, &|_, _| true, 1, &mut |_| true);
        tried().unwrap().unwrap().report
    }

    /// What the customer was sent, as text.
    fn heard(&self) -> Vec<String> {
        let taken = self.house.whatsapp.taken.lock().unwrap();
        taken.iter().map(|sent| serde_json::to_string(&sent.message).unwrap()).collect()
    }

    /// With which codes cases were closed.
    fn closed(&self) -> Vec<String> {
        let code = |event| match event {
            Event::CaseClosed(closed) => closed.code,
            _ => unreachable!(),
        };
        of_kind(&self.open.desk, "case-closed").into_iter().map(code).collect()
    }

    /// How many cases Ana has.
    fn load(&self) -> usize {
        self.open.desk.store().agent(&self.ana).unwrap().1.cases.len()
    }

    fn refused(&self) -> Vec<Refused> {
        let refused = |event| match event {
            Event::RuleDecided(decided) if decided.of == Kind::Following => decided.refused,
            _ => Vec::new(),
        };
        of_kind(&self.open.desk, "rule-decided").into_iter().flat_map(refused).collect()
    }
}

#[test]
fn a_customer_who_is_gone_is_warned_at_twenty_hours_and_let_go_before_the_window_closes() {
    let mut shop = Shop::open(31);
    shop.answers();
    shop.after(20 * HOUR - 60);
    assert_eq!(shop.heard().len(), 1, "nobody is hurried");
    shop.after(120);
    assert!(shop.heard()[1].contains("¿Sigues ahí?"), "{:?}", shop.heard());
    assert_eq!((shop.closed().len(), shop.load()), (0, 1));
    shop.after(3 * HOUR);
    assert_eq!(shop.heard().len(), 2, "once is enough");
    shop.after(HOUR / 2);
    assert!(shop.heard()[2].contains("Cerramos tu caso"), "within the window");
    assert_eq!((shop.closed(), shop.load()), (vec!["no-reply".to_owned()], 0), "ana is free for others");
    shop.after(HOUR / 2);
    assert_eq!(shop.heard().len(), 3, "who was let go is not asked how it was");
    // Why, as of any decision.
    let followed = events(&shop.open.desk).into_iter().filter_map(|event| match event.event {
        Event::RuleDecided(decided) if decided.of == Kind::Following => Some(decided.why),
        _ => None,
    });
    assert!(
        followed.eq([Why::Quiet; 8].into_iter().chain([Why::Closed])),
        "seven times to warn, to close, and to ask"
    );
}

#[test]
fn who_waits_for_an_answer_is_never_closed_and_a_thumb_asks_for_none() {
    let mut shop = Shop::open(32);
    shop.after(100 * HOUR);
    assert_eq!((shop.closed().len(), shop.heard().len()), (0, 0), "it is ana who has to answer");
    shop.writes("wamid.2");
    shop.answers();
    shop.sends(
        "wamid.3",
        json!({"type": "reaction", "reaction": {"message_id": "wamid.out.1", "emoji": "👍"}}),
    );
    shop.after(20 * HOUR);
    assert!(shop.heard()[1].contains("¿Sigues ahí?"));
    // They are there: all begins anew.
    shop.writes("wamid.4");
    shop.after(4 * HOUR);
    assert_eq!((shop.closed().len(), shop.heard().len()), (0, 2));
    shop.answers();
    shop.after(16 * HOUR);
    assert_eq!(shop.heard().len(), 4, "a warning of this silence: {:?}", shop.heard());
    shop.after(3 * HOUR + HOUR / 2);
    assert_eq!(shop.closed(), ["no-reply"]);
}

#[test]
fn who_was_answered_at_the_last_moment_is_not_hurried_and_days_later_the_case_is_closed_without_a_word() {
    let mut shop = Shop::open(33);
    shop.after(23 * HOUR);
    shop.answers();
    shop.after(2 * HOUR);
    assert_eq!((shop.closed().len(), shop.heard().len()), (0, 1));
    shop.after(47 * HOUR + 60);
    assert_eq!((shop.closed(), shop.heard().len()), (vec!["no-reply".to_owned()], 1));
}

#[test]
fn a_case_that_sleeps_is_left_alone_and_is_looked_after_again_when_its_agent_wakes_it() {
    let mut shop = Shop::open(40);
    shop.answers();
    shop.hands(Act::Snooze { agent: shop.ana.clone(), until: None });
    shop.after(20 * HOUR + 60);
    assert_eq!(shop.heard().len(), 1, "nobody is hurried about what sleeps");
    shop.hands(Act::Wake { agent: shop.ana.clone() });
    shop.after(HOUR / 2);
    assert!(shop.heard()[1].contains("¿Sigues ahí?"), "{:?}", shop.heard());
}

#[test]
fn who_was_attended_is_asked_with_one_tap_how_it_was_and_not_again_within_a_month() {
    let mut shop = Shop::open(34);
    shop.answers();
    shop.closes("sale");
    shop.after(60);
    assert_eq!(shop.heard().len(), 1);
    shop.after(61);
    let asked = shop.house.whatsapp.taken.lock().unwrap().last().unwrap().message.clone();
    let Outgoing::Buttons { body, buttons } = asked else { panic!("{asked:?}") };
    assert!(body.contains("¿Cómo fue la atención"), "{body}");
    let reply = json!({"id": buttons[0].id, "title": buttons[0].title});
    let tap = json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}});
    shop.sends("wamid.2", tap.clone());
    let rated = of_kind(&shop.open.desk, "case-rated");
    let [Event::CaseRated(rated)] = &rated[..] else { panic!("{rated:?}") };
    assert_eq!((rated.score, rated.agent.as_ref()), (5, Some(&shop.ana)));
    assert!(shop.heard().pop().unwrap().contains("¡Gracias por decírnoslo!"));
    assert_eq!(of_kind(&shop.open.desk, "case-opened").len(), 1, "an answer to a question opens no case");
    // A second tap changes nothing, and what is written afterwards is a case as any other.
    shop.sends("wamid.3", tap);
    assert_eq!(of_kind(&shop.open.desk, "case-rated").len(), 1);
    shop.writes("wamid.4");
    assert_eq!((of_kind(&shop.open.desk, "case-opened").len(), shop.load()), (2, 1));
    shop.answers();
    let before = shop.heard().len();
    shop.closes("sale");
    shop.after(600);
    assert_eq!((shop.heard().len(), shop.refused()), (before, vec![Refused::AskedLately]));
    // A month later they may be asked again.
    shop.after(31 * 24 * HOUR);
    shop.writes("wamid.5");
    shop.answers();
    shop.closes("sale");
    shop.after(600);
    assert!(shop.heard().pop().unwrap().contains("¿Cómo fue la atención"));
}

#[test]
fn what_other_hours_would_have_meant_for_who_was_gone_is_seen_before_anybody_signs_them() {
    let tries_closing = |seed, rules| {
        let mut house = House::new(seed, COMPANY, rules);
        house.shelf.push("closing");
        house
    };
    let mut shop = Shop::with(tries_closing(37, RULES));
    shop.answers();
    shop.after(20 * HOUR + 60);
    shop.after(3 * HOUR + HOUR / 2);
    assert_eq!((shop.heard().len(), shop.closed().len()), (3, 1));
    shop.after(HOUR);
    shop.after(HOUR);

    let as_it_is = shop.would("closing", json!({}));
    assert_eq!(as_it_is.differences, [].into(), "{as_it_is:#?}");
    let asked = as_it_is.rules[&"closing".into()].asked;
    assert_eq!((asked, as_it_is.not_asked), (9, 0), "each of its moments was asked once, and none besides");

    // Half as long: warned at ten hours and closed at twelve, where the journal has nothing; and then nobody hurries them at twenty.
    let sooner = shop.would("closing", json!({"warn-after-minutes": 600, "close-after-minutes": 720}));
    let differ = sooner.differences.get(&Difference::AnsweredOtherwise);
    assert_eq!((differ, sooner.not_asked), (Some(&2), 8), "{sooner:#?}");

    // Later than anything that happened: what was done would not have been.
    let later = shop.would("closing", json!({"warn-after-minutes": 1300, "close-after-minutes": 1435}));
    assert!(later.differences.contains_key(&Difference::Silent), "{later:#?}");

    // A company that had no such rule sees what it would have done.
    let mut alone = Shop::with(tries_closing(38, &RULES[..1]));
    alone.answers();
    alone.after(30 * HOUR);
    assert_eq!(alone.heard().len(), 1, "nobody looks after who is gone");
    let tried = alone.would("closing", json!({}));
    assert_eq!(
        tried.differences,
        [(Difference::AnsweredOtherwise, 2)].into(),
        "warned, and closed: {tried:#?}"
    );
    assert_eq!((alone.heard().len(), alone.closed().len()), (1, 0), "and nothing is done by looking");
}

#[test]
fn what_was_to_be_done_is_done_after_a_crash_and_a_rebuild_too() {
    let mut shop = Shop::open(35);
    shop.answers();
    shop.after(20 * HOUR + 60);
    let Shop { house, open, ana, conversation } = shop;
    drop(open);
    house.disk.crash();
    house.lose_projections();
    house.clock.advance(3 * HOUR + HOUR / 2);
    let mut open = house.open().unwrap();
    open.settle();
    let shop = Shop { house, open, ana, conversation };
    assert_eq!((shop.closed(), shop.load()), (vec!["no-reply".to_owned()], 0));
}

#[test]
fn no_rule_closes_the_case_of_who_waits_for_an_answer() {
    const HASTY: &[(&str, &str, &str)] = &[
        ("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#),
        ("hasty", "closes_who_waits", ""),
    ];
    let mut shop = Shop::with(House::new(37, COMPANY, HASTY));
    shop.after(61);
    assert_eq!((shop.closed().len(), shop.load()), (0, 1));
    assert_eq!(shop.refused(), [Refused::CustomerWaits]);
}

#[test]
fn a_rule_has_a_case_wait_elsewhere_three_times_and_then_a_person_has_to_answer() {
    const PASSING: &[(&str, &str, &str)] =
        &[("passing", "passes_on", ""), ("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#)];
    const TWO: &str = "[[queues]]\nid = \"ventas\"\n[[queues]]\nid = \"refuerzo\"\n";
    let house = House::new(38, TWO, PASSING);
    let mut open = house.open().unwrap();
    for n in 0..5 {
        house.post(&open.desk, &house.text(&format!("wamid.{n}"), "573000000001", "hola")).unwrap();
        open.settle();
    }
    let refused: Vec<_> = of_kind(&open.desk, "rule-decided")
        .into_iter()
        .map(|event| match event {
            Event::RuleDecided(decided) => decided.refused,
            _ => unreachable!(),
        })
        .collect();
    assert_eq!(refused, [vec![], vec![], vec![], vec![Refused::TooManyMoves], vec![Refused::TooManyMoves]]);
    assert_eq!(of_kind(&open.desk, "case-moved").len(), 3);
    assert_eq!(open.desk.store().waiting(&"refuerzo".into()).unwrap().len(), 1);
    // In a company without that queue nothing is moved, and the decision says so.
    let house = House::new(39, "[[queues]]\nid = \"ventas\"\n", PASSING);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    assert!(of_kind(&open.desk, "case-moved").is_empty());
    let Event::RuleDecided(decided) = &of_kind(&open.desk, "rule-decided")[0] else { unreachable!() };
    assert_eq!(decided.refused, [Refused::UnknownQueue]);
}

#[test]
fn without_such_rules_no_timer_is_set() {
    let mut shop = Shop::with(House::new(36, COMPANY, &RULES[..1]));
    shop.answers();
    shop.closes("sale");
    assert!(of_kind(&shop.open.desk, "timer-set").is_empty());
    assert_eq!(
        Generation::new(1, Vec::new(), Default::default()).next_moment(domain::decision::Since::Quiet, 0),
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_sends_a_template_of_its_grant_and_one_that_meta_does_not_have_is_left_out() {
    for (language, reaches) in [("es_CO", true), ("pt_BR", false)] {
        let template =
            simulator::Template::new("invitacion", language, simulator::Category::Utility, "Ya puede pasar.");
        let options = simulator::Options { templates: vec![template], ..simulator::Options::default() };
        let company = Company::with(options).await;
        let file = tempfile::tempdir().unwrap();
        let invites = file.path().join("invites.wasm");
        std::fs::write(&invites, guests::component("invites")).unwrap();
        company.configure(&format!(
            "[company]\n[[company.queues]]\nid = \"general\"\n[[company.numbers]]\nid = \"{NUMBER}\"\nname = \"x\"\n\
             queue = \"general\"\nwaba = \"102290129340398\"\n[[rule-sets]]\nname = \"a\"\n[[rule-sets.rules]]\nid = \"invites\"\n\
             plugin = {invites:?}\ntemplates = [\"invitacion\"]\nsettings = {{}}\n"
        ));
        let serve = company.start();
        company.until("templates-synced", 1).await;
        company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "Hola").unwrap();
        let decided = company.until("rule-decided", 1).await;
        let refused = &decided[0]["data"]["refused"];
        if reaches {
            assert!(refused.is_null(), "{refused}");
            company.until("send-accepted", 1).await;
            assert_eq!(company.whatsapp.received("573001112233")[0].words(), "Ya puede pasar.");
        } else {
            assert_eq!(*refused, json!(["template-not-offered"]));
            assert!(company.whatsapp.received("573001112233").is_empty());
        }
        serve.stop();
    }
}
