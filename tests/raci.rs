//! Who may do what at a running host: what the matrix says, for whom the kernel says is there.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::Target;
use serde_json::Value;
use server::Route;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve, said, timonel};

/// The account that runs the tests.
pub fn account() -> String {
    let out = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// A company with a matrix and people of its own, in which `{me}` is whoever runs the tests.
pub async fn governed(raci: &str) -> (Company, Serve) {
    governed_by(&SHOP.replace("[company]", "[company]\nraci = \"raci.toml\""), raci).await
}

/// The same under a file of the company's own, which names `raci.toml`.
pub async fn governed_by(file: &str, raci: &str) -> (Company, Serve) {
    let company = Company::new().await;
    company.configure(file);
    write(&company, raci);
    let serve = company.start();
    (company, serve)
}

pub fn write(company: &Company, raci: &str) {
    let fresh = company.dir.path().join("fresh-raci.toml");
    std::fs::write(&fresh, raci.replace("{me}", &account())).unwrap();
    std::fs::rename(fresh, company.dir.path().join("raci.toml")).unwrap();
}

/// Saves another file while the host runs, and waits until it is in force.
pub fn change(company: &Company, serve: &Serve, raci: &str) {
    write(company, raci);
    serve.says(&["other rules are in force"]);
}

pub fn run(company: &Company, arguments: &[&str]) -> (bool, String) {
    said(timonel().args(arguments).arg("--config").arg(company.config()))
}

fn mode(company: &Company) -> u32 {
    std::fs::metadata(company.data.join(server::SOCKET)).unwrap().permissions().mode() & 0o777
}

const RICARDO: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n";

fn me(more: &str) -> String {
    format!("{RICARDO}[[people]]\nid = \"ana\"\nname = \"Ana Ruiz\"\naccount = \"{{me}}\"\n{more}")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_may_what_their_roles_may_and_what_is_saved_counts_at_once() {
    let (company, serve) = governed(&me("roles = [\"supervisor\"]")).await;
    assert_eq!(mode(&company), 0o666);
    let (ran, told) = run(&company, &["outbound", "pause", "--reason", "mudanza"]);
    assert!(ran && told.contains("mudanza"), "{told}");
    let export = ["contact", "export", "--phone", "+57 300 111 2233", "--out", "-"];
    assert_eq!(
        run(&company, &export),
        (
            false,
            "timonel: Fila «Exportar datos de clientes» de la matriz RACI: hace falta R o A; usted (supervisor) \
             tiene C. Puede: admin (Ricardo Salazar).\n"
                .to_owned()
        )
    );

    change(&company, &serve, &me("roles = [\"agent\"]\nlanguage = \"pt\""));
    let (ran, told) = run(&company, &["outbound", "resume"]);
    assert!(
        !ran && told.contains("Linha «Parada de emergência»") && told.contains("(agente) tem I"),
        "{told}"
    );
    assert!(run(&company, &["outbound"]).0, "whoever is told may look");

    // What makes no sense changes nothing, and says where it stands.
    write(&company, "[matrix]\naudit = { boss = \"A\" }");
    serve.says(&["cannot be put in force", "raci.toml", "`matrix.audit` is `boss`"]);
    assert!(!run(&company, &["outbound", "resume"]).0);

    // Whoever left is out, also of what everybody who works here may see.
    change(&company, &serve, RICARDO);
    assert_eq!(mode(&company), 0o600);
    let (ran, told) = run(&company, &["status"]);
    let who = format!("`{}`", account());
    assert!(!ran && told.contains(&who) && told.contains("no es de nadie de la empresa"), "{told}");

    // A company that describes nobody is its owner's.
    change(&company, &serve, "");
    assert_eq!(run(&company, &["outbound", "resume"]), (true, "messages leave\n".to_owned()));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_scope_stops_their_number_and_touches_their_conversations_and_no_others() {
    let scoped = |number: &str, more: &str| {
        me(&format!("roles = [\"supervisor\"]\nscope = {{ numbers = [\"{number}\"] }}\n{more}"))
    };
    let (company, serve) = governed(&scoped(NUMBER, "external = true")).await;
    let pause =
        |more: &[&str]| run(&company, &[&["outbound", "pause", "--reason", "calidad"], more].concat());
    let (ran, told) = pause(&[]);
    assert!(!ran && told.contains("más allá de su alcance") && told.contains(NUMBER), "{told}");
    assert!(!pause(&["--number", "1"]).0);
    let (ran, told) = pause(&["--number", NUMBER]);
    assert!(ran && told.starts_with(&format!("number {NUMBER}: nothing leaves")), "{told}");
    let (ran, told) = run(&company, &["outbound", "resume", "--number", NUMBER]);
    assert_eq!((ran, told.as_str()), (true, "messages leave\n"));
    let (ran, told) = run(&company, &["status"]);
    assert!(!ran && told.contains("Vigilar el SLA"), "{told}");

    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
    let received = company.until("message-received", 1).await;
    let stream = received[0]["stream"].as_str().unwrap().to_owned();
    let conversation = stream.strip_prefix("conversation/").unwrap();
    let picture = company.dir.path().join("photo.png");
    std::fs::write(&picture, include_bytes!("../examples/simulator/page/photo.png")).unwrap();
    let put = || run(&company, &["media", "put", conversation, picture.to_str().unwrap(), "--as", "image"]);
    let (ran, told) = put();
    assert!(!ran && told.contains("quien es externo no exporta ni tiene la última palabra"), "{told}");
    change(&company, &serve, &scoped(NUMBER, ""));
    let (ran, told) = put();
    assert!(ran, "{told}");
    change(&company, &serve, &scoped("1", ""));
    let (ran, told) = put();
    assert!(!ran && told.contains("más allá de su alcance (números 1)"), "{told}");
    serve.stop();
}

/// Asks a host's socket, with an empty object where something is posted, and gives the status.
pub async fn ask(data: &Path, method: &str, path: &str) -> u16 {
    let mut stream = UnixStream::connect(data.join(server::SOCKET)).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
         Connection: close\r\n\r\n{{}}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_the_matrix_lets_and_nobody_else() {
    let example = include_str!("../examples/company/raci.toml");
    let (matrix, _) = example.split_once("# --- People").unwrap();
    let external = "[\"partner\", \"admin\"]\nexternal = true\nscope = { numbers = [\"1\"] }";
    let roles = ["[\"agent\"]", "[\"supervisor\"]", "[\"admin\"]", "[\"quality\"]", "[]", external];
    let people = roles.map(|roles| format!("{matrix}{}", me(&format!("roles = {roles}"))));
    let (company, serve) = governed(matrix).await;
    let routes = server::local_routes();
    let mut refused = 0;
    for file in people {
        change(&company, &serve, &file);
        let raci = Raci::parse(&file.replace("{me}", &account())).unwrap();
        let ana = raci.person(&account().as_str().into()).unwrap();
        for Route { method, path, action, .. } in routes.list() {
            // Of some each sees or does the part that they reach.
            let in_part = [Action::ReadMoves, Action::MoveCases].contains(action);
            let target = if in_part { ana.somewhere() } else { Target::default() };
            let may = raci.may(ana, *action, &target).is_ok();
            let path = path.replace("{message}", &"0".repeat(26)).replace("{person}", "ana");
            let status = ask(&company.data, method.as_str(), &path).await;
            assert_eq!(status != 403, may, "{method} {path} as {:?}: {status}", ana.roles);
            assert!(status < 500, "{method} {path}: {status}");
            refused += usize::from(!may);
        }
    }
    assert!(refused > routes.list().len());
    for (method, path, status) in
        [("GET", "/nothing", 404), ("PUT", "/status", 405), ("GET", "/webhook", 404)]
    {
        assert_eq!(ask(&company.data, method, path).await, status);
    }
    serve.stop();
}

#[tokio::test]
async fn a_manager_reads_the_matrix_and_is_told_what_is_wrong_with_it() {
    let company = Company::new().await;
    company.configure(SHOP);
    let (ran, table) = run(&company, &["raci", "show"]);
    let row = |name: &str| {
        let line = table.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{table}"));
        line.split_whitespace().skip(name.split_whitespace().count()).collect::<Vec<_>>().join(" ")
    };
    assert!(ran);
    assert_eq!(row("Tarea"), "agente supervisor admin");
    assert_eq!(row("Atender conversaciones"), "R A*/C I");
    assert_eq!(row("Reasignar casos"), "C R/A I");
    assert_eq!(row("Exportar datos de clientes"), "* - C R/A");
    let (ran, told) = run(&company, &["raci", "lint"]);
    assert!(ran && told.contains("«Atender conversaciones» no tiene A en la matriz dada"), "{told}");

    company.configure(&SHOP.replace("[company]", "[company]\nraci = \"raci.toml\""));
    write(&company, "[matrix]\naudit = { admin = \"R\" }\n[[people]]\nid = \"leo\"\nname = \"Leo\"");
    let (ran, told) = run(&company, &["raci", "lint"]);
    assert!(!ran && told.starts_with("error: «Auditoría» no tiene A"), "{told}");
    assert!(told.contains("error: leo no tiene rol"), "{told}");
    assert!(told.contains("error: nadie puede hacer «Atender conversaciones», «Reasignar casos»"), "{told}");
    let (ran, told) = run(&company, &["raci", "lint", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert!(!ran && told["ok"] == false && told["errors"][0]["about"]["task"] == "audit", "{told}");
    let shown: Value = serde_json::from_str(&run(&company, &["raci", "show", "--json"]).1).unwrap();
    let task = |word: &str| {
        let tasks = shown["tasks"].as_array().unwrap();
        tasks.iter().find(|task| task["task"] == word).unwrap()
    };
    assert_eq!(
        (&task("audit")["from"], &task("audit")["letters"]["admin"]),
        (&"company".into(), &"R".into())
    );
    assert_eq!(task("attend-conversations")["added"]["supervisor"], "A");
    assert_eq!(task("emergency-stop")["commands"][0], "outbound pause");
    write(&company, "[[people]]\nid = \"leo\"\nname = \"Leo\"\nscope = { queues = [\"vetas\"] }");
    let (ran, told) = run(&company, &["raci", "lint"]);
    assert!(
        !ran && told.contains("raci.toml") && told.contains("`people[0].scope.queues` is `vetas`"),
        "{told}"
    );
}
