//! The reference plugins, asked as the company would ask them.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::decision::{Effect, Kind, Outcome, Verdict};
use domain::message::Outgoing;
use rules::{Function, Limits, Snapshot};

use crate::support::{Company, agent, input, local, message, plugin, start, start_with};

#[test]
fn a_customer_with_an_invoice_goes_to_who_speaks_spanish_and_knows_them() {
    let bench = start();
    let rule = bench.plugin("skills-router");
    assert_eq!(
        rule.definition().linked.admitted().functions,
        [Function::ProfileGet, Function::IdentityGet, Function::TeamCandidates].into()
    );
    let mut ana = agent("ana", &["billing", "es"], "available", 2);
    ana.last_attended = Some(input().now - 86_400_000);
    let agents = vec![ana, agent("joao", &["billing", "pt"], "available", 0)];
    let company: Arc<dyn Snapshot> = Arc::new(Company { agents, ..Company::default() });
    let mut input = input();
    input.message = Some(message("Buenas, no me llegó la factura"));

    let answer = bench.host.ask(&rule, Kind::Routing, &input, &company);
    let Some(Verdict::Place(place)) = answer.verdict else { panic!("{:?}", answer.reason) };
    assert_eq!(place.queue.as_str(), "cobranza");
    assert_eq!(place.skills, ["billing", "es"]);
    assert_eq!(place.prefer.unwrap().agent.as_str(), "ana");
    assert_eq!(answer.reason, "Palabra «factura» → cobranza; VIP; idioma es; conoce al cliente: ana");
    assert_eq!(answer.asked.calls["team.candidates"], 1);
}

/// So many rows of words that nobody says, and one of a word that somebody does.
fn table(rows: usize) -> String {
    let mut table = "palabras;número;día;hora;cola;prioridad\n".to_owned();
    for row in 1..rows {
        table
            .push_str(&format!("palabra{row}|otra{row}*;número {};lun-vie;08:00-18:00;ventas;3\n", row % 50));
    }
    table.push_str("factura;;;;cobranza;2\n");
    serde_json::json!({ "table": table }).to_string()
}

#[test]
fn a_table_of_a_thousand_rows_costs_a_decision_no_more_than_one_of_twenty() {
    let bench = start_with(Limits::default());
    let company: Arc<dyn Snapshot> = Arc::new(Company::default());
    let mut input = input();
    input.message = Some(message("Buenas, todavía no me llegó la factura de este mes, ¿me la reenvían?"));
    let fuel = |rows: usize| {
        let rule = bench.try_rule(&plugin("decision-table"), &table(rows)).unwrap();
        let answer = bench.host.ask(&rule, Kind::Routing, &input, &company);
        let Some(Verdict::Place(place)) = answer.verdict else { panic!("{:?}", answer.reason) };
        assert_eq!((place.queue.as_str(), place.priority), ("cobranza", 2));
        assert_eq!(answer.reason, format!("Fila {} → cobranza", rows + 1));
        answer.asked.fuel
    };
    let (few, many) = (fuel(20), fuel(1_000));
    assert!(many * 10 <= few * 12, "{many} units of fuel for 1,000 rows, {few} for 20");
}

#[test]
fn whoever_writes_a_table_is_told_what_its_rows_do_not_do() {
    let bench = start();
    let rule = |table: &str| {
        bench.try_rule(&plugin("decision-table"), &serde_json::json!({ "table": table }).to_string()).unwrap()
    };
    let rule = rule("palabras;cola\nfactur*;cobranza\nfactura;ventas\n");
    assert_eq!(rule.advice().len(), 2, "{:?}", rule.advice());
    assert!(rule.advice()[0].contains("line 3: it is never reached"), "{:?}", rule.advice());
    assert!(bench.plugin("skills-router").advice().is_empty());
}

#[test]
fn a_question_that_is_asked_often_needs_no_person() {
    let bench = start();
    let rule = bench.plugin("quick-answers");
    let company: Arc<dyn Snapshot> = Arc::new(Company::default());
    let mut input = input();
    input.message = Some(message("¿Cuál es el horario?"));
    let answer = bench.host.ask(&rule, Kind::Responding, &input, &company);
    assert_eq!(answer.verdict, Some(Verdict::Answered), "{}", answer.reason);
    let body = "Atendemos de lunes a viernes de 8:00 a 18:00.".to_owned();
    assert!(answer.effects.contains(&Effect::Reply { message: Outgoing::Text { body } }));
}

#[test]
fn at_night_the_customer_hears_once_when_somebody_will_be_back() {
    let bench = start();
    let rule = bench.plugin("office-hours");
    let mut input = input();
    input.local = local("2026-11-20", 5, 19 * 60);
    input.calendar.open = false;
    input.calendar.next_change_local = Some(local("2026-11-23", 1, 8 * 60));
    let mut notes = BTreeMap::new();
    let ask = |notes: &BTreeMap<String, String>| {
        let company: Arc<dyn Snapshot> = Arc::new(Company { notes: notes.clone(), ..Company::default() });
        bench.host.ask(&rule, Kind::Responding, &input, &company)
    };

    let first = ask(&notes);
    assert_eq!(first.verdict, Some(Verdict::AnsweredAndRoute), "{}", first.reason);
    for effect in &first.effects {
        match effect {
            Effect::Reply { message } => {
                assert!(message.words().contains("el lunes 23 de noviembre a las 8:00"))
            }
            Effect::Remember { key, value, .. } => {
                notes.insert(key.clone(), value.clone().unwrap());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(first.effects.len(), 2);

    let second = ask(&notes);
    assert_eq!(second.asked.outcome, Outcome::Abstained);
    assert!(second.effects.is_empty());
}
