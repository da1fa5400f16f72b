//! Decisions are what the matrix says: for everything that can be done and everybody who could do it, reckoned from the
//! mapping and the cells, and never written down case by case.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::lint::Finding;
use super::person::Scope;
use super::*;
use crate::company::{Company, Description};
use crate::id::RoleId;
use crate::law::language::Language;

const EXAMPLE: &str = include_str!("../../../../examples/company/raci.toml");

fn example() -> Raci {
    Raci::parse(EXAMPLE).unwrap()
}

fn person(roles: &[RoleId]) -> Person {
    Person {
        id: "one".into(),
        name: "One".into(),
        roles: roles.into(),
        account: None,
        language: None,
        external: false,
        scope: Scope::default(),
        service: false,
        owner: None,
        identity: None,
    }
}

fn of_number(number: &str) -> Scope {
    Scope { numbers: vec![number.into()], ..Scope::default() }
}

fn at(number: &str) -> Target {
    Target { number: Some(number.into()), ..Target::default() }
}

/// What a cell has to hold for an action, said in another way than the program says it.
fn cell_allows(cell: &str, takes: Takes, external: bool, task: Task) -> bool {
    let wanted: &[&str] = match takes {
        Takes::Seeing => &["R", "A", "C", "I"],
        Takes::Speaking => &["R", "A", "C"],
        Takes::Doing => &["R", "A"],
        Takes::Signing => &["A"],
    };
    let counts = |letter: &str| !(external && (letter == "A" || task == Task::ExportData));
    cell.split('/').any(|letter| wanted.contains(&letter) && counts(letter))
}

#[test]
fn every_row_for_every_action_and_every_role_decides_as_the_matrix_says() {
    for raci in [Raci::default(), example()] {
        let mut decided = 0;
        for action in Action::ALL {
            for role in raci.matrix().roles() {
                for external in [false, true] {
                    for scope in [Scope::default(), of_number("1"), of_number("2")] {
                        for target in [Target::default(), at("1"), at("2")] {
                            let person = Person {
                                external,
                                scope: scope.clone(),
                                ..person(std::slice::from_ref(&role.id))
                            };
                            let reaches = match (scope.numbers.first(), &target.number) {
                                (None, _) => !external,
                                (Some(number), at) => at.as_ref() == Some(number),
                            };
                            let expected = match action.belongs() {
                                Belongs::Public | Belongs::Own => true,
                                Belongs::To(tasks, takes) => {
                                    let says = |task: &Task| {
                                        let cell = raci.matrix().letters(*task, &role.id).to_string();
                                        cell_allows(&cell, takes, external, *task)
                                    };
                                    reaches && tasks.iter().all(says)
                                }
                            };
                            let told = raci.may(&person, *action, &target);
                            assert_eq!(told.is_ok(), expected, "{action:?} {person:?} {target:?}: {told:?}");
                            decided += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(decided, Action::ALL.len() * raci.matrix().roles().len() * 18);
    }
}

#[test]
fn every_task_is_a_row_and_every_action_is_of_a_task_or_says_whose_it_is() {
    for action in Action::ALL {
        match action.belongs() {
            Belongs::To(tasks, _) => assert!(!tasks.is_empty(), "{action:?}"),
            Belongs::Own | Belongs::Public => assert!(action.tasks().is_empty()),
        }
    }
    let words = |language| Task::ALL.map(|task| task.words(language));
    for names in [Language::Es, Language::Pt, Language::En].map(words) {
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), Task::ALL.len());
    }
}

#[test]
fn a_refusal_names_the_row_and_who_could_in_the_reader_s_language() {
    let raci = example();
    let who = |account: &str| raci.person(&account.into()).unwrap();
    let refused =
        |account: &str, action, target: &Target| raci.may(who(account), action, target).unwrap_err();
    let words = refused("lina", Action::PauseSending, &Target::default()).words(Language::Es);
    assert_eq!(
        words,
        "Fila «Parada de emergencia» de la matriz RACI: hace falta R o A; usted (calidad) tiene I. \
         Puede: supervisor (Patricia Gómez, Marta Díaz) o admin (Ricardo Salazar, Patricia Gómez)."
    );
    // A person's own language goes before the company's.
    let rafaela = who("rafaela");
    let beyond = refused("rafaela", Action::PauseSending, &at("106540352242922"));
    assert_eq!(
        beyond.words(rafaela.language(Language::Es)),
        "Linha «Parada de emergência» da matriz RACI: isto vai além do seu alcance (números 106540352242955). \
         Pode: supervisor (Patricia Gómez, Marta Díaz) ou admin (Ricardo Salazar, Patricia Gómez)."
    );
    assert_eq!(raci.may(rafaela, Action::PauseSending, &at("106540352242955")), Ok(()));
    let export = refused("norte", Action::ExportContact, &at("106540352242922")).words(Language::En);
    assert!(
        export.contains("it takes R or A; you (agencia) have no letter, and whoever is external"),
        "{export}"
    );
    for language in [Language::Es, Language::Pt, Language::En] {
        for refusal in [Refusal::Stranger("x".into()), Refusal::NotTheOwner("x".into())] {
            assert!(refusal.words(language).contains("`x`") && refusal.words(language).contains("`raci`"));
        }
    }
}

#[test]
fn what_makes_no_sense_in_the_file_is_told_with_its_key() {
    let two = "[[people]]\nid = \"a\"\nname = \"A\"\naccount = \"x\"\n[[people]]\nname = \"B\"\n";
    for (text, told) in [
        ("[matrix]\nshout = { agent = \"R\" }".to_owned(), "unknown variant `shout`"),
        ("[matrix]\naudit = { agent = \"Q\" }".to_owned(), "`Q` is no cell of the matrix"),
        ("[matrix]\naudit = { boss = \"R\" }".to_owned(), "`matrix.audit` is `boss`: one of the roles"),
        ("[[roles]]\nid = \"admin\"".to_owned(), "`roles[0].id` is `admin`"),
        ("[[roles]]\nid = \" \"".to_owned(), "`roles[0].id` is ` `"),
        ("[[people]]\nid = \"a\"\nname = \"A\"\nrole = [\"admin\"]".to_owned(), "unknown field `role`"),
        (format!("{two}id = \"a\""), "`people[1].id` is `a`"),
        (format!("{two}id = \"b\"\naccount = \"x\""), "`people[1].account` is `x`"),
        (format!("{two}id = \"b\"\nservice = true"), "`people[1].owner` is ``"),
        (format!("{two}id = \"b\"\nservice = true\nowner = \"b\""), "`people[1].owner` is `b`"),
        (format!("{two}id = \"b\"\nowner = \"a\""), "`people[1].owner` is `a`"),
    ] {
        let error = Raci::parse(&text).unwrap_err().to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}

#[test]
fn a_scope_reaches_what_the_company_has_and_nothing_else_can_be_written() {
    let file: toml::Table =
        toml::from_str(include_str!("../../../../examples/company/timonel.toml")).unwrap();
    let description: Description = file["company"].clone().try_into().unwrap();
    let company = Company::new(description).unwrap();
    assert!(company.clone().governed(example()).is_ok());
    for (what, stranger) in [("numbers", "1"), ("queues", "vetas"), ("team", "nobody")] {
        let text = format!("[[people]]\nid = \"a\"\nname = \"A\"\nscope = {{ {what} = [\"{stranger}\"] }}");
        let mistake = company.clone().governed(Raci::parse(&text).unwrap()).unwrap_err().to_string();
        assert!(mistake.starts_with(&format!("`people[0].scope.{what}` is `{stranger}`")), "{mistake}");
    }
}

fn lint(text: &str) -> (Vec<Finding>, Vec<Finding>) {
    Raci::parse(text).unwrap().lint().into_iter().partition(Finding::is_error)
}

#[test]
fn the_given_matrix_and_the_example_have_no_errors_and_say_what_is_ours() {
    let supervisor = || BuiltIn::Supervisor.role();
    let ours = Finding::OursAnswers { task: Task::AttendConversations, role: supervisor() };
    assert_eq!(lint(""), (vec![], vec![ours, Finding::NoPeople]));
    // The example decides the cell itself.
    assert_eq!(lint(EXAMPLE), (vec![], vec![]));
}

#[test]
fn the_lint_finds_what_would_be_found_out_in_an_incident() {
    let staff = "[[people]]\nid = \"ada\"\nname = \"Ada\"\nroles = [\"admin\", \"supervisor\"]\n";
    let (errors, warnings) = lint(staff);
    assert_eq!(errors, []);
    let tasks = vec![Task::AttendConversations];
    assert!(warnings.contains(&Finding::NoAccounts));
    assert!(warnings.contains(&Finding::SingleAdmin { person: "ada".into() }));
    assert!(warnings.contains(&Finding::RoleWithoutPeople { role: BuiltIn::Agent.role(), tasks }));

    let (errors, _) = lint(&format!(
        "[matrix]\naudit = {{ admin = \"R\" }}\nshifts = {{ supervisor = \"A\", admin = \"A\" }}\n\
         coaching = {{ agent = \"R/A\" }}\n{staff}\
         [[people]]\nid = \"eva\"\nname = \"Eva\"\nroles = [\"supervisor\", \"boss\"]\nexternal = true\n\
         [[people]]\nid = \"leo\"\nname = \"Leo\""
    ));
    let roles = vec![BuiltIn::Supervisor.role(), BuiltIn::Admin.role()];
    let answers =
        [Task::AttendConversations, Task::ReassignCases, Task::MonitorSla, Task::Shifts, Task::QuickReplies];
    assert_eq!(
        errors,
        [
            Finding::NobodyAnswers { task: Task::Audit },
            Finding::SeveralAnswer { task: Task::Shifts, roles },
            Finding::UnknownRole { person: "eva".into(), role: "boss".into() },
            Finding::ExternalAnswers { person: "eva".into(), tasks: answers.into() },
            Finding::ExternalWithoutScope { person: "eva".into() },
            Finding::WithoutRole { person: "leo".into() },
            Finding::NobodyCan { tasks: vec![Task::Coaching] },
        ]
    );
    for finding in &errors {
        let [es, pt, en] = [Language::Es, Language::Pt, Language::En].map(|language| finding.words(language));
        assert!(es != pt && pt != en && en.ends_with('.'), "{en}");
    }
}

/// A matrix in which every cell is anything.
fn matrices() -> impl Strategy<Value = Written> {
    let letters = subsequence(vec![Letters::R, Letters::A, Letters::C, Letters::I], 0..=4);
    let cell = letters.prop_map(|letters| letters.into_iter().fold(Letters::NONE, |all, one| all | one));
    proptest::collection::vec(cell, Task::ALL.len() * 4).prop_map(|cells| {
        let rows = Task::ALL.into_iter().zip(cells.chunks(4));
        let row = |cells: &[Letters]| columns().into_iter().zip(cells.iter().copied()).collect();
        rows.map(|(task, cells)| (task, row(cells))).collect()
    })
}

fn columns() -> Vec<RoleId> {
    ["agent", "supervisor", "admin", "quality"].map(RoleId::from).into()
}

fn raci(rows: Written) -> Raci {
    let quality = Role { id: "quality".into(), name: None };
    Raci { matrix: Matrix::new(vec![quality], rows).unwrap(), ..Raci::default() }
}

fn people() -> impl Strategy<Value = Person> {
    let scopes = select(vec![Scope::default(), of_number("1"), of_number("2")]);
    (subsequence(columns(), 0..=4), any::<bool>(), scopes).prop_map(|(roles, external, scope)| Person {
        external,
        scope,
        ..person(&roles)
    })
}

fn allowed(raci: &Raci, person: &Person) -> Vec<(Action, Option<&'static str>)> {
    let targets = [None, Some("1"), Some("2")];
    let all = Action::ALL.iter().flat_map(|action| targets.map(|target| (*action, target)));
    all.filter(|(action, target)| raci.may(person, *action, &target.map_or_else(Target::default, at)).is_ok())
        .collect()
}

proptest! {
    #[test]
    fn nobody_gains_by_a_letter_less(
        rows in matrices(), person in people(), task in select(Task::ALL.to_vec()), role in select(columns()),
        letter in select(vec![Letters::R, Letters::A, Letters::C, Letters::I]),
    ) {
        let mut fewer = rows.clone();
        let cell = fewer.get_mut(&task).unwrap().get_mut(&role).unwrap();
        *cell = cell.without(letter);
        let before = allowed(&raci(rows), &person);
        prop_assert!(allowed(&raci(fewer), &person).iter().all(|one| before.contains(one)));
    }

    #[test]
    fn nobody_gains_by_a_role_less_or_by_a_scope_or_by_being_external(rows in matrices(), person in people()) {
        let raci = raci(rows);
        let before = allowed(&raci, &person);
        let fewer = Person { roles: person.roles.iter().skip(1).cloned().collect(), ..person.clone() };
        let external = Person { external: true, ..person.clone() };
        // Who is external and has no scope reaches nothing, and would gain.
        let inside = Person { external: false, scope: Scope::default(), ..person.clone() };
        let scoped = Person { scope: of_number("1"), ..inside.clone() };
        let whole = allowed(&raci, &inside);
        prop_assert!(allowed(&raci, &fewer).iter().all(|one| before.contains(one)));
        prop_assert!(allowed(&raci, &external).iter().all(|one| before.contains(one)));
        prop_assert!(allowed(&raci, &scoped).iter().all(|one| whole.contains(one)));
    }

    #[test]
    fn nobody_external_ever_has_the_last_word_exports_or_reaches_the_whole_company(
        rows in matrices(), mut person in people(),
    ) {
        person.external = true;
        let raci = raci(rows);
        for task in Task::ALL {
            prop_assert!(!raci.letters(&person, task).has(Letters::A));
        }
        prop_assert_eq!(raci.letters(&person, Task::ExportData), Letters::NONE);
        for (action, target) in allowed(&raci, &person) {
            if let Belongs::To(tasks, takes) = action.belongs() {
                prop_assert!(takes != Takes::Signing && !tasks.contains(&Task::ExportData));
                prop_assert!(target.is_some(), "{:?}", action);
            }
        }
    }

    #[test]
    fn what_is_refused_says_who_could_and_they_could(rows in matrices(), person in people()) {
        let raci = raci(rows);
        for action in Action::ALL {
            let Err(Refusal::Row { task, takes, could, .. }) = raci.may(&person, *action, &Target::default())
            else { continue };
            prop_assert!(action.tasks().contains(&task));
            for role in raci.matrix().roles() {
                let named = could.iter().any(|could| could.role == *role);
                prop_assert_eq!(named, raci.matrix().letters(task, &role.id).has(takes.letters()));
            }
        }
    }
}
