use std::collections::BTreeSet;

use proptest::prelude::*;

use super::due::{Approvals, Missing, Short, Unfit};
use super::event::*;
use super::judgement::{Demands, Judgement, LONGEST_WAIT, ProposalJudged, Verdict};
use super::*;
use crate::decision::Outcome;
use crate::raci::Raci;
use crate::raci::letters::Letters;
use crate::raci::person::{Person, Target};

const DAY: i64 = 86_400;

fn at(second: i64) -> Time {
    Time::from_second(1_795_352_400 + second).unwrap()
}

/// Ana attends; Marta and Luz supervise; Ricardo and Paula are admins; Norte works for another company.
fn company() -> Raci {
    Raci::parse(
        r#"
        people = [
            { id = "ana", name = "Ana", roles = ["agent"] },
            { id = "marta", name = "Marta", roles = ["supervisor"] },
            { id = "luz", name = "Luz", roles = ["supervisor"], scope = { numbers = ["1"] } },
            { id = "ricardo", name = "Ricardo", roles = ["admin"] },
            { id = "paula", name = "Paula", roles = ["admin"] },
            { id = "norte", name = "Norte", roles = ["admin"], external = true },
        ]"#,
    )
    .unwrap()
}

fn of(people: &[(&str, &str)]) -> Raci {
    let line = |(id, role): &(&str, &str)| format!("{{ id = '{id}', name = '{id}', roles = ['{role}'] }}");
    Raci::parse(&format!("people = [{}]", people.iter().map(line).collect::<Vec<_>>().join(","))).unwrap()
}

fn person<'a>(raci: &'a Raci, id: &str) -> &'a Person {
    raci.people().iter().find(|person| person.id == id.into()).unwrap()
}

fn content(by: &str, text: &str, tasks: impl IntoIterator<Item = Task>) -> Content {
    Content {
        kind: Kind::Template,
        title: "Una plantilla".into(),
        reason: "Temporada".into(),
        content: Json::of(&text),
        tasks: tasks.into_iter().collect(),
        by: by.into(),
        not_before: None,
    }
}

fn made(by: &str, tasks: impl IntoIterator<Item = Task>) -> Proposal {
    Proposal::new(ProposalId::from_bytes([7; 16]), &content(by, "hola", tasks), at(0))
}

fn sign(proposal: &mut Proposal, raci: &Raci, by: &str, second: i64) -> Result<(), Unfit> {
    let of = proposal.hash;
    proposal.may_sign(person(raci, by), &of, raci)?;
    proposal.fold(&ProposalSigned { by: by.into(), of }.into(), at(second));
    Ok(())
}

fn hear(proposal: &mut Proposal, by: &str, agrees: bool) {
    let opinion = Opinion { agrees, words: String::new() };
    proposal.fold(&ProposalHeard { by: by.into(), of: proposal.hash, opinion }.into(), at(1));
}

fn missing(proposal: &Proposal, raci: &Raci, second: i64) -> Vec<Missing> {
    proposal.missing(raci, &Approvals::default(), at(second))
}

#[test]
fn a_template_waits_for_another_admin_and_hears_the_supervisor_first() {
    let raci = company();
    let mut proposal = made("ricardo", [Task::ModifyTemplates]);
    let (task, could) = (Task::ModifyTemplates, vec!["paula".into()]);
    let signature = Missing::Signature { task, more: 1, could };
    let hearing = Missing::Hearing { task, until: at(3_600), could: vec!["marta".into()] };
    assert_eq!(missing(&proposal, &raci, 0), [signature.clone(), hearing]);
    // Whoever is consulted has an hour; then nothing waits for her.
    assert_eq!(missing(&proposal, &raci, 3_600), [signature]);

    assert_eq!(sign(&mut proposal, &raci, "ricardo", 1), Err(Unfit::Author));
    for stranger in ["ana", "marta", "luz", "norte"] {
        assert_eq!(sign(&mut proposal, &raci, stranger, 1), Err(Unfit::Row), "{stranger}");
    }
    hear(&mut proposal, "marta", true);
    assert_eq!(sign(&mut proposal, &raci, "paula", 2), Ok(()));
    assert_eq!(sign(&mut proposal, &raci, "paula", 2), Err(Unfit::Again));
    assert_eq!(missing(&proposal, &raci, 3), []);
}

#[test]
fn an_edit_voids_what_was_said_and_a_replayed_signature_is_one_of_something_else() {
    let raci = company();
    let mut proposal = made("ricardo", [Task::ModifyTemplates]);
    hear(&mut proposal, "marta", true);
    sign(&mut proposal, &raci, "paula", 2).unwrap();
    let old = proposal.hash;

    proposal.fold(&ProposalEdited(content("ricardo", "otra", [Task::ModifyTemplates])).into(), at(3));
    assert_ne!(proposal.hash, old);
    assert!(!missing(&proposal, &raci, 7_200).is_empty());
    assert_eq!(proposal.may_sign(person(&raci, "paula"), &old, &raci), Err(Unfit::Edited));
    // Also if it gets into the journal by another way: it is of another content.
    proposal.fold(&ProposalSigned { by: "paula".into(), of: old }.into(), at(4));
    proposal.fold(&ProposalApproved { of: old }.into(), at(4));
    assert!(proposal.signed.is_empty() && proposal.stage == Stage::Open);
    // Another hour is another content.
    let hour = proposal.hash;
    let later = Content { not_before: Some(at(9)), ..content("ricardo", "otra", [Task::ModifyTemplates]) };
    proposal.fold(&ProposalEdited(later).into(), at(4));
    assert_ne!(proposal.hash, hour);
    // Whoever edits it is its author, and the former one may sign.
    proposal.fold(&ProposalEdited(content("paula", "otra más", [Task::ModifyTemplates])).into(), at(5));
    assert_eq!(sign(&mut proposal, &raci, "paula", 6), Err(Unfit::Author));
    assert_eq!(sign(&mut proposal, &raci, "ricardo", 6), Ok(()));
}

#[test]
fn an_objection_sends_it_back_to_whoever_signed_before() {
    let raci = company();
    let mut proposal = made("ricardo", [Task::ModifyTemplates]);
    sign(&mut proposal, &raci, "paula", 1).unwrap();
    hear(&mut proposal, "marta", false);
    let signature = |missing: &Missing| matches!(missing, Missing::Signature { .. });
    assert!(missing(&proposal, &raci, 2).iter().any(signature));
    sign(&mut proposal, &raci, "paula", 3).unwrap();
    assert_eq!(missing(&proposal, &raci, 4), []);
}

#[test]
fn with_one_admin_whoever_is_consulted_signs_with_them_and_whoever_is_alone_waits() {
    let two = of(&[("ricardo", "admin"), ("marta", "supervisor")]);
    let mut proposal = made("ricardo", [Task::ManageAccess]);
    assert_eq!(sign(&mut proposal, &two, "marta", 1), Ok(()));
    assert_eq!(missing(&proposal, &two, 2), []);

    let one = of(&[("ricardo", "admin")]);
    let proposal = made("ricardo", [Task::ManageAccess]);
    assert_eq!(missing(&proposal, &one, 0), [Missing::Delay { until: at(DAY) }]);
    assert_eq!(missing(&proposal, &one, DAY), []);

    // An admin who is there is not gone around by a delay.
    let proposal = made("ricardo", [Task::ManageAccess]);
    assert!(!missing(&proposal, &company(), 30 * DAY).is_empty());
    // And where nobody answers, nobody's time does.
    let none = of(&[("marta", "supervisor")]);
    let proposal = made("marta", [Task::ManageAccess]);
    assert_eq!(missing(&proposal, &none, 30 * DAY), [Missing::Nobody { task: Task::ManageAccess }]);
}

#[test]
fn whoever_leaves_takes_a_signature_along_that_was_not_carried_out() {
    let raci = company();
    let mut proposal = made("ricardo", [Task::ModifyTemplates]);
    sign(&mut proposal, &raci, "paula", 1).unwrap();
    assert_eq!(missing(&proposal, &raci, 3_600), []);
    let without = of(&[("ricardo", "admin"), ("marta", "supervisor"), ("eva", "admin")]);
    let (task, could) = (Task::ModifyTemplates, vec!["eva".into()]);
    assert_eq!(missing(&proposal, &without, 3_600), [Missing::Signature { task, more: 1, could }]);
}

#[test]
fn a_row_may_take_two_signatures_and_a_change_may_wait_for_its_hour() {
    let raci = of(&[("a", "admin"), ("b", "admin"), ("c", "admin")]);
    let approvals = Approvals { signatures: [(Task::ExportData, 2)].into(), ..Approvals::default() };
    let mut later = content("a", "hola", [Task::ExportData]);
    later.not_before = Some(at(100));
    let mut proposal = Proposal::new(ProposalId::from_bytes([7; 16]), &later, at(0));
    sign(&mut proposal, &raci, "b", 1).unwrap();
    let could = vec!["c".into()];
    let signature = Missing::Signature { task: Task::ExportData, more: 1, could };
    let hour = Missing::NotBefore { until: at(100) };
    assert_eq!(proposal.missing(&raci, &approvals, at(50)), [signature, hour]);
    sign(&mut proposal, &raci, "c", 2).unwrap();
    assert_eq!(proposal.missing(&raci, &approvals, at(100)), []);
    // Of as many as there are, or nobody could ever sign it.
    let two = of(&[("a", "admin"), ("b", "admin")]);
    assert_eq!(proposal.missing(&two, &approvals, at(100)), []);
    assert_eq!(proposal.short(&raci, &approvals), []);
    let short = Short { task: Task::ExportData, wanted: 2, most: 1 };
    assert_eq!(proposal.short(&two, &approvals), [short]);
    assert!(!proposal.is_expired(&approvals, at(14 * DAY + 99)));
    assert!(proposal.is_expired(&approvals, at(14 * DAY + 100)));
}

#[test]
fn an_emergency_goes_past_the_approvals_once_is_looked_at_and_gives_nobody_rights() {
    let raci = company();
    let ricardo = person(&raci, "ricardo");
    let rights = made("ricardo", [Task::ModifyTemplates, Task::ManageAccess]);
    assert_eq!(rights.may_force(ricardo, &rights.hash, &raci), Err(Unfit::Unforced));
    for task in [Task::ExportData, Task::EraseData] {
        let data = made("ricardo", [Task::ModifyTemplates, task]);
        assert_eq!(data.may_force(ricardo, &data.hash, &raci), Err(Unfit::Unforced));
    }

    let mut proposal = made("marta", [Task::ModifyTemplates]);
    assert_eq!(proposal.may_force(person(&raci, "marta"), &proposal.hash, &raci), Err(Unfit::Row));
    assert_eq!(proposal.may_force(ricardo, &proposal.hash, &raci), Ok(()));
    let of = proposal.hash;
    proposal.fold(&ProposalForced { by: "ricardo".into(), of, why: "Caída".into() }.into(), at(1));
    assert_eq!(proposal.stage, Stage::Approved);
    proposal.fold(&ProposalDone { answer: Json::default() }.into(), at(2));
    assert!(proposal.stage.is_over() && proposal.is_pending());
    assert_eq!(proposal.may_review(ricardo, &raci), Err(Unfit::Author));
    assert_eq!(proposal.may_review(person(&raci, "paula"), &raci), Ok(()));
    proposal.fold(&ProposalReviewed { by: "paula".into(), found: "Bien".into() }.into(), at(3));
    assert!(!proposal.is_pending());
    assert_eq!(proposal.may_review(person(&raci, "paula"), &raci), Err(Unfit::NotForced));
}

/// Something that somebody does to a proposal, allowed or not.
#[derive(Debug, Clone)]
enum Act {
    Sign(usize),
    Hear(usize, bool),
    Edit(usize, u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..6_usize).prop_map(Act::Sign),
        2 => (0..6_usize, any::<bool>()).prop_map(|(who, agrees)| Act::Hear(who, agrees)),
        1 => (0..6_usize, any::<u8>()).prop_map(|(who, text)| Act::Edit(who, text)),
    ];
    prop::collection::vec(act, 0..12)
}

proptest! {
    /// Whatever people do, in whatever company: what may be carried out has, for each of its rows, the signature of somebody
    /// else than its author who has the last word on the row, as long as there is such a person; and who signed signed this.
    #[test]
    fn nothing_is_carried_out_by_one_person(
        roles in prop::collection::vec(0..3_usize, 1..6),
        author in 0..6_usize,
        tasks in prop::collection::btree_set(prop::sample::select(&Task::ALL[..]), 1..4),
        acts in acts(),
        after in 0..3 * DAY,
    ) {
        let names = ["a", "b", "c", "d", "e", "f"];
        let words = ["agent", "supervisor", "admin"];
        let people: Vec<(&str, &str)> = roles.iter().zip(names).map(|(role, name)| (name, words[*role])).collect();
        let raci = of(&people);
        let who = |n: usize| people[n % people.len()].0;
        let mut proposal = made(who(author), tasks.clone());
        for (n, act) in acts.into_iter().enumerate() {
            match act {
                Act::Sign(n_th) => { let _ = sign(&mut proposal, &raci, who(n_th), n as i64); }
                Act::Hear(n_th, agrees) => {
                    if proposal.may_speak(person(&raci, who(n_th)), &proposal.hash, &raci).is_ok() {
                        hear(&mut proposal, who(n_th), agrees);
                    }
                }
                Act::Edit(n_th, text) => {
                    let edited = content(who(n_th), &text.to_string(), tasks.clone());
                    proposal.fold(&ProposalEdited(edited).into(), at(n as i64));
                }
            }
        }
        prop_assert!(!proposal.signed.contains_key(&proposal.author));
        let waits: BTreeSet<Task> = missing(&proposal, &raci, after).iter().filter_map(|missing| match missing {
            Missing::Signature { task, .. } | Missing::Nobody { task } => Some(*task),
            _ => None,
        }).collect();
        for task in tasks.into_iter().filter(|task| !waits.contains(task)) {
            let answer = |person: &&Person| raci.letters(person, task).has(Letters::A) && person.reaches(&Target::default());
            let others: Vec<&Person> = raci.people().iter().filter(answer).filter(|person| person.id != proposal.author).collect();
            let signed = |person: &&Person| proposal.signed.contains_key(&person.id);
            if others.is_empty() {
                // Then it is the author's own row, and somebody signed with them or nobody could.
                prop_assert!(raci.letters(person(&raci, proposal.author.as_str()), task).has(Letters::A));
                let with = |person: &&Person| person.id != proposal.author && raci.letters(person, task).has(Letters::C | Letters::R);
                let nobody = !raci.people().iter().any(|person| with(&person));
                let delayed = after >= Approvals::default().alone.as_secs()
                    || missing(&proposal, &raci, after).iter().any(|missing| matches!(missing, Missing::Delay { .. }));
                prop_assert!(raci.people().iter().any(|person| signed(&person)) || (nobody && delayed));
            } else {
                prop_assert!(others.iter().any(signed), "{task} was signed by nobody who answers for it");
            }
        }
    }

    /// What was folded reads back as it was.
    #[test]
    fn a_proposal_reads_back(agrees in any::<bool>(), signed in any::<bool>()) {
        let raci = company();
        let mut proposal = made("ricardo", [Task::ModifyTemplates, Task::Numbers]);
        hear(&mut proposal, "marta", agrees);
        if signed { sign(&mut proposal, &raci, "paula", 2).unwrap(); }
        if agrees && signed {
            let answer = Json::of(&serde_json::json!({ "name": "hola", "id": 7 }));
            proposal.fold(&ProposalDone { answer }.into(), at(3));
        }
        let text = serde_json::to_string(&proposal).unwrap();
        prop_assert_eq!(serde_json::from_str::<Proposal>(&text).unwrap(), proposal);
    }
}

#[test]
fn what_it_waits_for_is_said_in_the_words_of_the_person_and_the_zone_of_the_company() {
    let raci = company();
    let zone = jiff::tz::TimeZone::get("America/Bogota").unwrap();
    let proposal = made("ricardo", [Task::ModifyTemplates]);
    let all = missing(&proposal, &raci, 0);
    let said: Vec<String> =
        all.iter().map(|missing| missing.words(crate::law::language::Language::Es, &raci, &zone)).collect();
    assert_eq!(said[0], "«Modificar plantillas»: falta 1 firma de Paula");
    assert!(
        said[1].starts_with("«Modificar plantillas»: se espera la opinión de Marta, hasta 22/11/2026 "),
        "{said:?}"
    );
}

fn judge(proposal: &mut Proposal, generation: u64, verdict: Verdict, second: i64) {
    let judgement = Judgement {
        rule: "lint".into(),
        component: Digest::of(b"component"),
        settings: Digest::of(b"settings"),
        input: Digest::of(b"input"),
        verdict,
        reasons: vec![],
        fuel: 1,
        micros: 1,
    };
    let judgements = vec![judgement];
    let judged = ProposalJudged { of: proposal.hash, generation, input: Json::default(), judgements };
    proposal.fold(&judged.into(), at(second));
}

fn verdicts() -> impl Strategy<Value = Verdict> {
    let signatures =
        proptest::collection::btree_map(proptest::sample::select(&Task::ALL[..]), 1..=20_u32, 0..3);
    let role = prop_oneof![Just("admin"), Just("supervisor"), Just("agent")].prop_map(Into::into);
    let demands = (signatures, proptest::collection::btree_set(role, 0..3), 0..=LONGEST_WAIT);
    let failed = Verdict::Failed { outcome: Outcome::HostFault, text: "x".into() };
    prop_oneof![
        Just(Verdict::Approve),
        Just(Verdict::Reject),
        Just(failed),
        demands.prop_map(|(signatures, roles, wait)| Verdict::Require(Demands { signatures, roles, wait })),
    ]
}

proptest! {
    /// Whatever approvers say, nothing that the matrix demands is lacking less, and an emergency is one as before.
    #[test]
    fn approvers_tighten_and_never_loosen(
        verdict in verdicts(),
        signs in proptest::sample::subsequence(vec!["marta", "ricardo", "paula", "ana"], 0..4),
        second in 0..2 * i64::from(LONGEST_WAIT),
    ) {
        let raci = company();
        let (mut plain, mut judged) =
            (made("marta", [Task::ModifyTemplates]), made("marta", [Task::ModifyTemplates]));
        judge(&mut judged, 1, verdict.clone(), 0);
        for by in signs {
            let _ = sign(&mut plain, &raci, by, 1);
            let _ = sign(&mut judged, &raci, by, 1);
        }
        let (without, with) = (missing(&plain, &raci, second), missing(&judged, &raci, second));
        prop_assert!(with.len() >= without.len());
        if with.is_empty() {
            prop_assert!(without.is_empty());
        }
        if matches!(verdict, Verdict::Approve | Verdict::Failed { .. }) {
            prop_assert_eq!(with, without);
        }
        let (of, ricardo) = (plain.hash, person(&raci, "ricardo"));
        prop_assert_eq!(plain.may_force(ricardo, &of, &raci), judged.may_force(ricardo, &of, &raci));
    }
}

#[test]
fn a_demand_adds_a_row_a_role_and_a_wait_and_whoever_signed_before_it_looks_again() {
    let raci = company();
    let mut proposal = made("marta", [Task::ModifyTemplates]);
    sign(&mut proposal, &raci, "ricardo", 1).unwrap();
    judge(&mut proposal, 1, Verdict::Approve, 2);
    assert_eq!(proposal.signed.len(), 1, "approving changes nothing");

    let (signatures, roles) = ([(Task::ModifyTemplates, 20)].into(), ["agent".into()].into());
    let demanded = Verdict::Require(Demands { signatures, roles, wait: 7_200 });
    judge(&mut proposal, 2, demanded.clone(), 3);
    assert!(proposal.signed.is_empty());
    for by in ["ricardo", "paula", "ana"] {
        sign(&mut proposal, &raci, by, 4).unwrap();
    }
    // Of twenty signatures as many as there are people; the same said again asks nobody to look again.
    judge(&mut proposal, 3, demanded, 5);
    assert_eq!(missing(&proposal, &raci, 5_000), [Missing::Wait { until: at(7_200) }]);
    assert_eq!(missing(&proposal, &raci, 7_200), []);

    judge(&mut proposal, 4, Verdict::Reject, 8_000);
    let rejection = Missing::Rejection { rule: "lint".into(), reasons: vec![] };
    assert!(missing(&proposal, &raci, 9_000).contains(&rejection));
    proposal.fold(&ProposalEdited(content("marta", "otra", [Task::ModifyTemplates])).into(), at(9_000));
    assert_eq!(proposal.judged, None, "another content is judged anew");
}

/// A rule that Marta wrote and Ricardo signed, in force.
fn in_force(raci: &Raci) -> Proposal {
    let mut content = content("marta", "", [Task::ModifyTemplates]);
    (content.kind, content.content) =
        (Kind::Rule, Json::of(&serde_json::json!({ "agree": { "rule": "saludo" } })));
    let mut proposal = Proposal::new(ProposalId::from_bytes([8; 16]), &content, at(0));
    sign(&mut proposal, raci, "ricardo", 1).unwrap();
    proposal.fold(&ProposalDone { answer: Json::default() }.into(), at(2));
    proposal
}

fn mark(proposal: &mut Proposal, left: &str, raci: &Raci) -> bool {
    let rows = proposal.to_mark(&left.into(), raci);
    if !rows.is_empty() {
        proposal.fold(&ratifying::ProposalMarked { left: left.into(), rows: rows.clone() }.into(), at(3));
    }
    !rows.is_empty()
}

#[test]
fn what_somebody_signed_stands_when_they_leave_and_waits_for_somebody_who_answers_for_it_now() {
    let raci = company();
    let mut proposal = in_force(&raci);
    assert!(!mark(&mut proposal, "ricardo", &raci), "he is here");
    let raci = raci.without(&|id| id.as_str() == "ricardo");
    assert!(!mark(&mut proposal, "luz", &raci), "she signed nothing");
    assert!(mark(&mut proposal, "ricardo", &raci) && proposal.is_pending());
    assert!(matches!(proposal.stage, Stage::Live { .. }), "it stands");
    assert!(!mark(&mut proposal, "ricardo", &raci), "once");
    for id in ["ana", "norte"] {
        assert_eq!(proposal.may_ratify(person(&raci, id), &raci), Err(Unfit::Row), "{id}");
    }
    assert_eq!(proposal.may_ratify(person(&raci, "marta"), &raci), Err(Unfit::Row), "she wrote it");
    let rows = proposal.may_ratify(person(&raci, "paula"), &raci).unwrap();
    let ratified = ratifying::ProposalRatified { by: "paula".into(), rows, words: String::new() };
    proposal.fold(&ratified.into(), at(4));
    assert!(!proposal.is_pending() && !mark(&mut proposal, "ricardo", &raci));
    assert_eq!(proposal.may_ratify(person(&raci, "paula"), &raci), Err(Unfit::NotMarked));
    // Until she goes, too. Then nobody answers for it, and it waits for whoever will.
    let raci = raci.without(&|id| id.as_str() == "paula");
    assert!(mark(&mut proposal, "paula", &raci));
    assert_eq!(proposal.may_ratify(person(&raci, "marta"), &raci), Err(Unfit::Row));
}

#[test]
fn what_was_done_and_is_over_is_nobody_s_to_ratify() {
    let raci = company();
    for kind in [Kind::Erasure, Kind::Export, Kind::Campaign, Kind::Mass] {
        let mut proposal = in_force(&raci);
        proposal.kind = kind;
        let raci = raci.clone().without(&|id| id.as_str() == "ricardo");
        assert!(!mark(&mut proposal, "ricardo", &raci), "{kind:?}");
    }
}

#[test]
fn an_entry_of_the_company_takes_the_place_of_that_entry_and_all_of_the_files_of_each() {
    use serde_json::json;
    let raci = company();
    let of_company = |what: serde_json::Value| {
        let mut content = content("marta", "", [Task::ModifyTemplates]);
        (content.kind, content.content) = (Kind::Company, Json::of(&what));
        let mut proposal = Proposal::new(ProposalId::from_bytes([9; 16]), &content, at(0));
        sign(&mut proposal, &raci, "ricardo", 1).unwrap();
        proposal.fold(&ProposalDone { answer: Json::default() }.into(), at(2));
        proposal
    };
    let entry =
        |id: &str, to: serde_json::Value| json!({ "entries": [{ "in": "people", "id": id, "to": to }] });
    let (juan, lina) = (of_company(entry("juan", json!({}))), of_company(entry("lina", json!({}))));
    let files = of_company(json!({ "files": {} }));
    assert!(juan.replaces(&of_company(entry("juan", json!({ "roles": ["admin"] })))));
    assert!(!juan.replaces(&lina) && !juan.replaces(&files), "what somebody signed of another stays theirs");
    assert!(files.replaces(&juan) && files.replaces(&files));
    assert!(!files.replaces(&in_force(&raci)), "a rule is none of the files");

    // Of what was only taken away nothing is in force.
    let without = of(&[("marta", "supervisor"), ("eva", "admin")]);
    assert!(!juan.to_mark(&"ricardo".into(), &without).is_empty());
    let gone = of_company(entry("juan", serde_json::Value::Null));
    assert!(gone.to_mark(&"ricardo".into(), &without).is_empty());
}
