//! People and programs over HTTP: how they prove who they are, and what does not get past that.

use std::time::{Duration, Instant};

use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::Target;
use serde_json::{Value, json};
use server::Route;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::caller::{App, Caller, PASSWORD, PEOPLE, invite, invited, opened, token};
use crate::program::{files_with, get};
use crate::raci::{change, governed, run};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_admin_comes_by_a_link_and_does_nothing_without_a_second_factor() {
    let (company, serve) = governed(PEOPLE).await;
    serve.says(&["nobody can sign in yet", "timonel access invite ricardo", "cookie without `Secure`"]);
    let mut ricardo = Caller::new(&serve);
    assert_eq!(ricardo.get("/me").await.problem(), "not-signed-in");
    let page = get(&serve.address, "/invitation").await.unwrap();
    assert!(page.contains("/invitation/page.js"), "{page}");
    // Nobody of the machine's accounts is anybody's; the owner of the data may invite because nobody else can.
    let first = invited(&company, "ricardo");
    let link = invited(&company, "ricardo");
    let accept = |link: &str, password: &str| json!({"invitation": link, "password": password});
    assert_eq!(
        ricardo.post("/invitations/accept", accept(&first, PASSWORD)).await.problem(),
        "no-invitation"
    );
    assert_eq!(
        ricardo.post("/invitations/accept", accept(&link, "ricardo 1234")).await.problem(),
        "weak-password"
    );
    let told = ricardo.post("/invitations/accept", accept(&link, PASSWORD)).await;
    assert_eq!((told.status, &told.body["second-factor-first"]), (200, &json!(true)));
    let cookie = told.header("set-cookie").unwrap();
    assert!(cookie.starts_with("timonel=") && cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!(Caller::new(&serve).post("/invitations/accept", accept(&link, PASSWORD)).await.status, 410);

    // A password is half of an admin.
    let half = ricardo.clone();
    assert_eq!(ricardo.get("/people").await.problem(), "second-factor-first");
    assert_eq!(
        ricardo.post("/me/tokens", json!({"name": "x", "scopes": ["audit"], "days": 1})).await.status,
        403
    );
    assert_eq!(
        ricardo.post("/me/second-factor", json!({"password": "another one, and long"})).await.problem(),
        "wrong"
    );
    let begun = ricardo.post("/me/second-factor", json!({"password": PASSWORD})).await;
    assert!(begun.body["uri"].as_str().unwrap().starts_with("otpauth://totp/"), "{begun:?}");
    let mut app = App::new(begun.body["secret"].as_str().unwrap());
    let first = app.code();
    let set = ricardo.post("/me/second-factor/confirm", json!({"code": first})).await;
    assert_eq!(set.status, 200, "{set:?}");
    let recovery = set.body["recovery-codes"][0].as_str().unwrap().to_owned();
    assert_eq!(half.clone().get("/me").await.status, 401, "the session of before is not the one of after");
    let me = ricardo.get("/me").await.body;
    assert_eq!((&me["second-factor-first"], &me["recovery-codes-left"]), (&json!(false), &json!(10)));
    assert!(me["may"].as_array().unwrap().contains(&json!("change-access")), "{me}");
    let people = ricardo.get("/people").await.body;
    assert_eq!(people["people"][3]["second-factor"], true, "{people}");
    let (ran, told) = run(&company, &["access", "invite", "patricia"]);
    assert!(!ran && told.contains("no es de nadie de la empresa"), "{told}");

    // A code opens once, however soon it is shown again; a recovery code too.
    assert_eq!(ricardo.post("/sign-out", Value::Null).await.status, 204);
    assert_eq!(ricardo.get("/me").await.status, 401);
    let mut thief = Caller::new(&serve);
    assert_eq!(thief.sign_in("ricardo", json!({})).await.problem(), "second-factor-needed");
    assert_eq!(thief.sign_in("ricardo", json!({"code": first})).await.problem(), "wrong");
    let second = app.code();
    assert_eq!(ricardo.sign_in("ricardo", json!({"code": second})).await.status, 200);
    assert_eq!(thief.sign_in("ricardo", json!({"code": second})).await.problem(), "wrong");
    assert_eq!(
        ricardo.sign_in("ricardo", json!({"recovery-code": recovery.to_uppercase()})).await.status,
        200
    );
    assert_eq!(thief.sign_in("ricardo", json!({"recovery-code": recovery})).await.problem(), "wrong");

    // Nothing that opens anything lies anywhere on the disk, and who acted is said.
    let secrets = [PASSWORD, &recovery, &link, ricardo.cookie.as_ref().unwrap().split_once('=').unwrap().1];
    let opened = company.until("session-opened", 4).await;
    assert!(
        opened.iter().all(|event| event["stream"] == "person/ricardo" && event["actor"] == "person/ricardo")
    );
    serve.stop();
    for secret in secrets {
        assert!(files_with(&company.data, secret.as_bytes()).is_empty(), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_planted_or_known_before_is_worth_nothing_after_signing_in() {
    let (company, serve, mut ricardo, mut app) = opened().await;
    // What an attacker planted is not taken over.
    let mut planted = Caller { cookie: Some(format!("timonel={}", "A".repeat(43))), ..Caller::new(&serve) };
    let before = planted.cookie.clone();
    assert_eq!(planted.get("/me").await.status, 401);
    assert_eq!(planted.sign_in("ricardo", json!({"code": app.code()})).await.status, 200);
    assert_ne!(planted.cookie, before);
    assert_eq!(Caller { cookie: before, ..Caller::new(&serve) }.get("/me").await.status, 401);
    // The session that a browser had ends when it signs in again.
    let mut old = planted.clone();
    assert_eq!(planted.sign_in("ricardo", json!({"recovery-code": app.recovery[0]})).await.status, 200);
    assert_eq!((old.get("/me").await.status, planted.get("/me").await.status), (401, 200));
    // Other browsers keep theirs, and each can be ended from the list.
    let listed = ricardo.get("/me/sessions").await.body;
    let other =
        listed["sessions"].as_array().unwrap().iter().find(|one| one["session"] != listed["this"]).unwrap();
    let path = format!("/me/sessions/{}", other["session"].as_str().unwrap());
    assert_eq!(ricardo.ask("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!((planted.get("/me").await.status, ricardo.get("/me").await.status), (401, 200));
    assert_eq!(ricardo.ask("DELETE", &path, Value::Null).await.problem(), "not-there");
    // A changed password leaves the session in which it was changed, under another name, and no other.
    let elsewhere = &mut Caller::new(&serve);
    assert_eq!(elsewhere.sign_in("ricardo", json!({"recovery-code": app.recovery[1]})).await.status, 200);
    let words = json!({"old": PASSWORD, "new": "otro caballo de bastos"});
    let mut old = ricardo.clone();
    assert_eq!(ricardo.post("/me/password", words).await.status, 200);
    let after =
        (old.get("/me").await.status, elsewhere.get("/me").await.status, ricardo.get("/people").await.status);
    assert_eq!(after, (401, 401, 200));
    drop(company);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_stranger_no_body_is_taken_in() {
    let (_company, serve) = governed(PEOPLE).await;
    // Nothing of the megabytes that it announces is ever sent: who waits for them waits for half a minute.
    let head = "POST /api/v1/conversations/04fh1c9g2kq7m0000000000000/files HTTP/1.1\r\nHost: localhost\r\n\
        Authorization: Bearer timonel_nobody\r\nContent-Length: 20000000\r\n\r\n";
    let mut stranger = TcpStream::connect(&serve.address).await.unwrap();
    stranger.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let answered = tokio::time::timeout(Duration::from_secs(10), stranger.read_exact(&mut answer)).await;
    answered.expect("an answer before the body").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_else_s_changes_nothing_with_the_cookie_of_who_reads_it() {
    let (_company, _serve, mut ricardo, _) = opened().await;
    let pause = || json!({"reason": "mudanza"});
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
    ] {
        let mut evil = ricardo.with(name, value);
        let told = evil.post("/outbound/pause", pause()).await;
        assert_eq!((told.status, told.problem()), (403, "from-another-site"));
        assert_eq!(evil.sign_in("ricardo", json!({})).await.problem(), "from-another-site");
        assert_eq!(evil.post("/sign-out", Value::Null).await.status, 403);
        assert_eq!(evil.get("/outbound").await.body["stopped"], json!([]), "{name}: {value}");
    }
    let mut own =
        ricardo.with("Sec-Fetch-Site", "same-origin").with("Origin", &format!("http://{}", ricardo.address));
    let told = own.post("/outbound/pause", pause()).await;
    assert_eq!((told.status, &told.body["stopped"][0]["by"]), (200, &json!("person/ricardo")));
    // A token is sent by nobody who does not mean it.
    let scopes = json!({"name": "paradas", "scopes": ["emergency-stop"], "days": 1});
    let mut program = token(&mut ricardo, scopes).await.with("Sec-Fetch-Site", "cross-site");
    assert_eq!(program.post("/outbound/resume", json!({})).await.body["changed"], true);
    for (name, expected) in [
        ("content-security-policy", "frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        let told = ricardo.get("/me").await;
        assert!(told.header(name).unwrap().contains(expected), "{name}: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_waits_longer_each_time_and_learns_nothing_by_it() {
    let (_company, serve, mut ricardo, mut app) = opened().await;
    let mut thief = Caller::new(&serve);
    let mut timed = async |person: &str| {
        let begun = Instant::now();
        let told = thief
            .post("/sign-in", json!({"person": person, "password": "adivinando, que es gerundio"}))
            .await;
        (told, begun.elapsed())
    };
    let mut took = Vec::new();
    for person in ["ricardo", "nobody-here", "andrea", "bi"] {
        let (told, elapsed) = timed(person).await;
        assert_eq!((told.status, told.problem()), (401, "wrong"), "{person}");
        took.push((elapsed, told.body["detail"].clone()));
    }
    let shortest = took.iter().map(|(elapsed, _)| *elapsed).min().unwrap();
    let longest = took.iter().map(|(elapsed, _)| *elapsed).max().unwrap();
    assert!(longest < shortest * 4 + Duration::from_millis(300), "{took:?}");
    assert!(took.iter().all(|(_, words)| *words == took[0].1), "{took:?}");
    for _ in 0..5 {
        timed("ricardo").await;
    }
    let (told, elapsed) = timed("ricardo").await;
    assert_eq!((told.status, told.problem()), (429, "too-often"));
    assert!(elapsed < Duration::from_millis(500), "nothing is reckoned for whoever has to wait");
    let wait: u64 = told.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    // The right one waits too, and then is let in: nobody is locked out by a stranger for long.
    assert_eq!(ricardo.clone().sign_in("ricardo", json!({"code": "000000"})).await.status, 429);
    assert_eq!(ricardo.get("/me").await.status, 200, "whoever is in stays in");
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(ricardo.sign_in("ricardo", json!({"code": app.code()})).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_what_it_was_issued_for_and_dies_with_whoever_answers_for_it() {
    let (company, serve, mut ricardo, _) = opened().await;
    let mut patricia = Caller::new(&serve);
    patricia.settle(&invite(&mut ricardo, "patricia").await).await;
    for (body, kind) in [
        (json!({"name": "x", "scopes": ["shout"], "days": 1}), "not-a-token"),
        (json!({"name": "x", "scopes": [], "days": 1}), "not-a-token"),
        (json!({"name": "x", "scopes": ["audit"], "days": 0}), "not-a-token"),
        (json!({"name": "x", "scopes": ["audit"], "days": 1, "program": "patricia"}), "not-yours-to-do"),
    ] {
        assert_eq!(ricardo.post("/me/tokens", body).await.problem(), kind);
    }
    let mut own = token(&mut ricardo, json!({"name": "guion", "scopes": ["read-status"], "days": 30})).await;
    let wanted = json!({"name": "tablero", "scopes": ["monitor-sla", "audit"], "days": 30, "program": "bi"});
    let mut bi = token(&mut ricardo, wanted).await;
    assert!(bi.headers[0].1.starts_with("Bearer tml_"));
    assert_eq!((own.get("/status").await.status, bi.get("/status").await.status), (200, 200));
    assert_eq!(
        (own.get("/outbound").await.problem(), bi.get("/outbound").await.status),
        ("not-in-token", 200)
    );
    // Its scopes narrow what its person may, and never widen it; and it makes no way to more.
    let refused = bi.post("/outbound/pause", json!({"reason": "x"})).await;
    assert!(refused.body["detail"].as_str().unwrap().contains("`emergency-stop`"), "{refused:?}");
    assert_eq!(
        bi.get("/me").await.body["may"],
        json!(["see-oneself", "read-status", "read-board", "read-stops", "verify-journal"])
    );
    let more = json!({"name": "x", "scopes": ["audit"], "days": 1});
    assert_eq!(bi.post("/me/tokens", more).await.problem(), "not-by-token");
    assert_eq!(
        bi.with("Authorization", "Bearer tml_x").get("/status").await.status,
        200,
        "the first one counts"
    );
    let mut forged = bi.clone();
    let secret = &mut forged.headers[0].1;
    secret.replace_range(secret.len() - 4.., "AAAA");
    assert_eq!(forged.get("/status").await.problem(), "not-signed-in");

    // Somebody else answers for the program: what was issued before is nothing that they know of.
    change(&company, &serve, &PEOPLE.replace("owner = \"ricardo\"", "owner = \"patricia\""));
    assert_eq!(bi.get("/status").await.status, 401);
    change(&company, &serve, PEOPLE);
    assert_eq!(bi.get("/status").await.status, 200);
    // Ricardo leaves: everything of his, and of the program that he answered for, is dead with the next request.
    assert_eq!(patricia.post("/people/patricia/leave", Value::Null).await.problem(), "not-oneself");
    let before = patricia.get("/people/ricardo").await;
    let etag = before.header("etag").unwrap().to_owned();
    let stale = patricia.with("If-Match", "\"1\"").post("/people/ricardo/leave", Value::Null).await;
    assert_eq!((stale.status, stale.problem()), (412, "changed-meanwhile"));
    let left = patricia.with("If-Match", &etag).post("/people/ricardo/leave", Value::Null).await;
    assert_eq!((left.status, &left.body["cases-handed-over"]), (200, &json!(0)));
    for caller in [&mut ricardo, &mut own, &mut bi] {
        assert_eq!(caller.get("/status").await.problem(), "not-signed-in");
    }
    assert_eq!(ricardo.sign_in("ricardo", json!({})).await.problem(), "wrong");
    assert_eq!(patricia.post("/people/ricardo/invitation", Value::Null).await.problem(), "left");
    // Nor does any of it come back with him.
    assert_eq!(patricia.post("/people/ricardo/return", Value::Null).await.status, 204);
    assert_eq!((own.get("/status").await.status, ricardo.get("/me").await.status), (401, 401));
    assert_eq!(
        bi.get("/status").await.status,
        200,
        "the program is Ricardo's again, and was never told to end"
    );

    // Whoever is in the file no more is out when it is in force, and stays out when they are written there again.
    let without = PEOPLE.replace("id = \"patricia\"", "id = \"pilar\"");
    change(&company, &serve, &without);
    assert_eq!(patricia.get("/me").await.problem(), "not-signed-in");
    company.until("signed-out-everywhere", 1).await;
    change(&company, &serve, PEOPLE);
    assert_eq!(patricia.get("/me").await.status, 401);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_in_two_places_at_once_is_noticed_and_told() {
    let (company, serve, mut ricardo, _) = opened().await;
    let firefox = Caller::new(&serve).with("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0");
    let mut here = firefox.clone();
    let link = invite(&mut ricardo, "andrea").await;
    let told = here.post("/invitations/accept", json!({"invitation": link, "password": PASSWORD})).await;
    assert_eq!(told.body["second-factor-first"], false, "an agent needs none");
    assert_eq!(here.get("/me").await.status, 200);
    let mut there = Caller::new(&serve).with("User-Agent", "Mozilla/5.0 (iPhone) Safari/605");
    assert_eq!(there.sign_in("andrea", json!({})).await.status, 200);
    for _ in 0..3 {
        assert_eq!((there.get("/me").await.status, here.get("/me").await.status), (200, 200));
    }
    let noticed = company.until("sessions-overlapped", 1).await;
    assert_eq!((noticed.len(), &noticed[0]["stream"]), (1, &json!("person/andrea")));
    let told = ricardo.get("/people/andrea").await.body;
    let sessions = told["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    for (one, other) in [(0, 1), (1, 0)] {
        assert_eq!(sessions[one]["along-with"], json!([sessions[other]["session"]]), "{told}");
    }
    let devices: Vec<_> = sessions.iter().map(|session| session["device"].as_str().unwrap()).collect();
    assert!(devices.contains(&"Firefox, Linux") && devices.contains(&"Safari, iPhone"), "{devices:?}");
    // A cookie that is copied to another device is the same session in two places.
    let mut stolen = Caller { cookie: here.cookie.clone(), ..Caller::new(&serve) };
    assert_eq!(stolen.get("/me").await.status, 200);
    company.until("sessions-overlapped", 2).await;
    // She ends it all herself, in her language.
    assert_eq!(here.post("/me/sign-out-everywhere", Value::Null).await.status, 204);
    assert_eq!((here.get("/me").await.status, there.get("/me").await.status), (401, 401));
    assert_eq!(there.sign_in("andrea", json!({})).await.status, 200);
    let refused = there.post("/outbound/pause", json!({"reason": "x"})).await;
    assert_eq!((refused.problem(), &refused.body["row"]), ("not-yours-to-do", &json!("emergency-stop")));
    assert!(refused.body["detail"].as_str().unwrap().contains("Linha «Parada de emergência»"), "{refused:?}");
    let could = json!([{"role": "admin", "people": ["Ricardo Salazar", "Patricia Gómez"]}]);
    assert_eq!(refused.body["who-could"], could);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_twice_with_one_key_happens_once_and_lists_are_read_in_pages() {
    let (_company, _serve, mut ricardo, _) = opened().await;
    let mut keyed = ricardo.with("Idempotency-Key", "ticket-118");
    let pause = |reason: &str| json!({"reason": reason});
    let first = keyed.post("/outbound/pause", pause("mudanza")).await;
    assert_eq!(first.body["changed"], true);
    assert_eq!(ricardo.post("/outbound/resume", json!({})).await.body["changed"], true);
    let again = keyed.post("/outbound/pause", pause("mudanza")).await;
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
    assert_eq!(ricardo.get("/outbound").await.body["stopped"], json!([]), "it was not done again");
    assert_eq!(keyed.post("/outbound/pause", pause("otra")).await.problem(), "another-request");
    let wanted = json!({"name": "x", "scopes": ["audit"], "days": 1});
    let mut keyed = ricardo.with("Idempotency-Key", "ticket-119");
    assert_eq!(keyed.post("/me/tokens", wanted.clone()).await.status, 200);
    assert_eq!(keyed.post("/me/tokens", wanted).await.problem(), "done-before");
    assert_eq!(ricardo.get("/me/tokens").await.body["tokens"].as_array().unwrap().len(), 1);
    // What was refused was not done, and may be asked for again.
    let mut keyed = ricardo.with("Idempotency-Key", "ticket-120");
    assert_eq!(keyed.post("/outbound/pause", pause(" ")).await.status, 422);
    assert_eq!(keyed.post("/outbound/pause", pause(" ")).await.status, 422);

    let (mut read, mut after) = (Vec::new(), String::new());
    loop {
        let page = ricardo.get(&format!("/people?limit=3{after}")).await.body;
        read.extend(
            page["people"].as_array().unwrap().iter().map(|one| one["person"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(read, ["andrea", "bi", "patricia", "ricardo"]);
    for (method, path, status) in
        [("GET", "/nothing", 404), ("PUT", "/status", 405), ("GET", "/media/x", 400)]
    {
        let told = ricardo.ask(method, path, Value::Null).await;
        assert_eq!(told.status, status, "{method} {path}");
        told.problem();
    }
    let told = ricardo.ask("POST", "/outbound/pause", json!({"reson": "x"})).await;
    assert!(
        told.status == 422
            && told.problem() == "unprocessable-entity"
            && told.body["detail"].as_str().unwrap().contains("reson"),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_tells_of_every_route_of_the_api_and_of_nothing_else() {
    let (_company, _serve, mut ricardo, _) = opened().await;
    let mut anybody = ricardo.clone();
    anybody.cookie = None;
    let page = anybody.get("/openapi.json").await.body;
    let mut told: Vec<(String, String)> = page["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, ways)| {
            ways.as_object().unwrap().keys().map(|way| (path.clone(), way.to_uppercase()))
        })
        .collect();
    let routes = server::api_routes();
    let mut there: Vec<(String, String)> =
        routes.list().iter().map(|route| (route.path.to_owned(), route.method.to_string())).collect();
    told.sort();
    there.sort();
    assert_eq!(told, there);
    // Without proving anything only what is everybody's is there, and what the page says of it is so.
    for route in routes.list() {
        let way = &page["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_eq!(way["x-action"], route.action.word());
        let path = route.path.strip_prefix("/api/v1").unwrap().replace(['{', '}'], "");
        let status = anybody.ask(route.method.as_str(), &path, Value::Null).await.status;
        let public = way["security"] == json!([]);
        assert_eq!(status == 401, !public, "{} {path}: {status}", route.method);
    }
    assert_eq!(ricardo.get("/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_is_out_at_the_machine_too_and_who_is_signed_in_stays_so_over_a_restart() {
    let ana = "[[people]]\nid = \"ana\"\nname = \"Ana Ruiz\"\naccount = \"{me}\"\nroles = [\"admin\"]\n";
    let (company, serve) = governed(&format!("{PEOPLE}{ana}")).await;
    let mut ricardo = Caller::new(&serve);
    let mut app = ricardo.settle(&invited(&company, "ricardo")).await;
    let sent = company.until("person-invited", 1).await;
    assert_eq!(sent[0]["actor"], "person/ana", "who asks at the machine is the person whose account it is");
    let (ran, told) = run(&company, &["access", "people"]);
    assert!(ran && told.contains("with second factor") && told.contains("a program of ricardo"), "{told}");
    let (ran, told) = run(&company, &["access", "sessions", "ricardo"]);
    assert!(ran && told.contains("since "), "{told}");
    let issued = json!({"name": "guion", "scopes": ["read-status"], "days": 1});
    let mut program = token(&mut ricardo, issued).await;
    assert_eq!(ricardo.post("/people/ana/leave", Value::Null).await.status, 200);
    for arguments in [&["status"][..], &["access", "people"], &["access", "return", "ana"]] {
        let (ran, told) = run(&company, arguments);
        assert!(!ran && told.contains("no es de nadie de la empresa"), "{told}");
    }
    serve.stop();

    // What is folded is thrown away: the journal alone says who may come in.
    std::fs::remove_dir_all(company.data.join("projection")).unwrap();
    let serve = company.start();
    for caller in [&mut ricardo, &mut program] {
        caller.address.clone_from(&serve.address);
    }
    assert_eq!((ricardo.get("/people/ana").await.status, program.get("/status").await.status), (200, 200));
    assert!(!ricardo.get("/people/ana").await.body["left"].is_null());
    assert!(!run(&company, &["status"]).0);
    let mut again = Caller::new(&serve);
    assert_eq!(again.sign_in("ricardo", json!({"code": app.code()})).await.status, 200);
    assert_eq!(ricardo.post("/people/ana/return", Value::Null).await.status, 204);
    assert!(run(&company, &["access", "sign-out", "ricardo"]).0);
    assert_eq!((ricardo.get("/me").await.status, program.get("/status").await.status), (401, 401));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_api_lets_in_whom_the_matrix_lets_and_nobody_else() {
    let program = |id: &str, more: &str| {
        format!("[[people]]\nid = \"{id}\"\nname = \"{id}\"\nservice = true\nowner = \"ricardo\"\n{more}\n")
    };
    let partner = "roles = [\"admin\"]\nexternal = true\nscope = { numbers = [\"1\"] }";
    let programs = [
        ("of-agents", "roles = [\"agent\"]"),
        ("of-supervisors", "roles = [\"supervisor\"]"),
        ("of-admins", "roles = [\"admin\"]"),
        ("of-nobody", ""),
        ("of-partners", partner),
    ];
    let more: String = programs.iter().map(|(id, more)| program(id, more)).collect();
    let file = format!("{PEOPLE}{more}");
    let (company, serve) = governed(&file).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let raci = Raci::parse(&file).unwrap();
    let all: Vec<String> = Action::ALL.iter().map(|action| action.word()).collect();
    let mut refused = 0;
    for (id, _) in programs {
        let wanted = json!({"name": "x", "scopes": all, "days": 1, "program": id});
        let mut caller = token(&mut ricardo, wanted).await;
        for Route { method, path, action, .. } in server::api_routes().list() {
            if path.ends_with("/sign-out") && *action == Action::SeeOneself {
                continue; // It is a session's, and a token has none to end.
            }
            // No program looks after anybody's access, or decides in their place.
            let mine = matches!(
                action,
                Action::KeepOwnAccess
                    | Action::SecureOneself
                    | Action::ChangeAccess
                    | Action::DelegateWord
                    | Action::DecideProposals
            );
            let person = raci.by_id(&id.into()).unwrap();
            // Of this list each sees the part that they reach.
            let in_part = [
                Action::ListConversations,
                Action::SearchConversations,
                Action::ReadBoard,
                Action::ReadMoves,
                Action::MoveCases,
            ]
            .contains(action);
            let target = if in_part { person.somewhere() } else { Target::default() };
            let may = raci.may(person, *action, &target).is_ok() && !mine;
            let asked = path.strip_prefix("/api/v1").unwrap().replace(['{', '}'], "");
            let body = if *method == hyper::Method::POST { json!({}) } else { Value::Null };
            let told = caller.ask(method.as_str(), &asked, body).await;
            assert_eq!(told.status != 403, may, "{method} {path} as {id}: {told:?}");
            assert!(told.status < 500, "{method} {path}: {told:?}");
            refused += usize::from(!may);
        }
    }
    assert!(refused > server::api_routes().list().len());
    serve.stop();
}
