//! The pages of whoever holds keys, and of whoever hands plugins in for another company: each sees what the matrix gives them.

use serde_json::{Value, json};

use crate::caller::{Caller, enter, html, invited};
use crate::guests::component;
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve};

const PEOPLE: &str = "[[roles]]\nid = \"partner\"\nname = \"Proveedor\"\n\
    [[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"patricia\"\nname = \"Patricia <b>Gómez</b>\"\nroles = [\"admin\"]\nlanguage = \"en\"\n\
    [[people]]\nid = \"marta\"\nname = \"Marta Díaz\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"nova\"\nname = \"Nova\"\nroles = [\"partner\"]\nexternal = true\nscope = { queues = [\"general\"] }\n\
    [[people]]\nid = \"vega\"\nname = \"Vega\"\nroles = [\"partner\"]\nexternal = true\nscope = { queues = [\"general\"] }\n";

/// What the company's file holds beside the shop: numbers, hours, and secrets that no page may show.
const MORE: &str = "[company.contacting]\nprices = \"prices.toml\"\ncaps.month = \"500\"\ncaps.rules.answers = \"50\"\n\
    [[company.webhooks]]\nid = \"erp\"\nurl = \"https://erp.example/hooks\"\nsecret.env = \"ERP_SECRET\"\n\
    [company.calendars.bogota]\nzone = \"America/Bogota\"\n[company.calendars.bogota.week]\nmonday = [\"08:00-12:00\"]\n\
    [[company.requests.secrets]]\nid = \"crm\"\nsecret.file = \"crm.token\"\nto = [\"https://crm.example\"]\n";

/// What lies in the file of the secret.
const SECRET: &str = "el-secreto-del-crm";

/// The pages of the administration, each with what the row that refuses is called.
const PAGES: [(&str, &str); 9] = [
    ("/console/people", "Gestionar accesos"),
    ("/console/matrix", "Gestionar accesos"),
    ("/console/company", "Administrar números"),
    ("/console/templates", "Modificar plantillas"),
    ("/console/campaigns", "Preparar campañas"),
    ("/console/spending", "Informes"),
    ("/console/integrations", "Configurar integraciones"),
    ("/console/audit", "Auditoría"),
    ("/console/health", "Vigilar el SLA"),
];

async fn shop() -> (Company, Serve, Caller) {
    let shop = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"").replace(
        "id = \"general\"\n",
        "id = \"general\"\ncalendar = \"bogota\"\nrescue-after = 15\n[[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"general\"]\n",
    ) + MORE;
    let company = Company::new().await;
    company.configure(&shop);
    std::fs::write(company.dir.path().join("prices.toml"), include_str!("../examples/company/prices.toml"))
        .unwrap();
    crate::raci::write(&company, PEOPLE);
    let serve = company.start();
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    (company, serve, ricardo)
}

fn holds(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "`{words}` is missing in: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_surface_is_what_the_matrix_gives_and_a_direct_link_says_which_row_refuses() {
    let (_company, serve, mut ricardo) = shop().await;
    let mut marta = enter(&mut ricardo, &serve, "marta").await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let mut nova = enter(&mut ricardo, &serve, "nova").await;

    // Whoever holds keys goes everywhere, and each page says where they are.
    let head = html(&mut ricardo, "/console/tower").await;
    holds(&head, &["href=\"/console/plugins\">Administración<"]);
    for (path, _) in PAGES {
        let page = html(&mut ricardo, path).await;
        holds(&page, &[&format!("<a href=\"{path}\" aria-current=\"page\">")]);
        assert!(!page.contains("<b>Gómez"), "{path}: nobody's name becomes part of a page");
    }
    // A supervisor finds what is hers, and nothing leads to what is not.
    let page = html(&mut marta, "/console/plugins").await;
    holds(&page, &["/console/templates", "/console/spending"]);
    assert!(!page.contains("href=\"/console/audit\""), "{page}");
    assert_eq!(marta.page("/console/audit").await.status, 403);
    // Whoever is merely told of things is not led there.
    let page = html(&mut ana, "/console/tower").await;
    assert!(!page.contains("Administración"), "{page}");
    let page = html(&mut ana, "/console/people").await;
    assert!(!page.contains("data-does=\"invite\"") && !page.contains("Administración</a>"), "{page}");
    let page = html(&mut ana, "/console/people/marta").await;
    assert!(
        !page.contains("data-does=\"invite\"") && !page.contains("/sign-out\" data-then=\"/console/people"),
        "{page}"
    );

    // Who works for another company has their plugins, and reads of everything else which row says no.
    let page = html(&mut nova, "/console/plugins").await;
    holds(&page, &["Sus plugins", "aria-current=\"page\">Plugins<"]);
    assert!(!page.contains("class=\"rooms\"") && !page.contains("skills-router"), "{page}");
    for (path, row) in PAGES {
        let told = nova.page(path).await;
        let page = told.body.as_str().unwrap();
        assert_eq!(told.status, 403, "{path}: {page}");
        holds(page, &[row, "Quién podría"]);
    }
    assert_eq!(nova.page("/console/plugins/skills-router").await.status, 404, "a plugin that is not theirs");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_hands_a_plugin_in_reads_its_sheet_and_how_it_fares_and_nobody_else_s() {
    let (company, serve, mut ricardo) = shop().await;
    let mut nova = enter(&mut ricardo, &serve, "nova").await;
    let mut vega = enter(&mut ricardo, &serve, "vega").await;

    // What is no component is refused with a sentence that says what to do.
    let refused = nova.hand_in("/plugins", b"not wasm").await;
    assert_eq!(refused.problem(), "not-admitted");
    assert!(refused.body["detail"].as_str().unwrap().contains("this is not WebAssembly"), "{refused:?}");

    let handed_in = nova.hand_in("/plugins", &component("tells_all")).await;
    assert_eq!(handed_in.status, 200, "{handed_in:?}");
    let id = handed_in.body["component"].as_str().unwrap().to_owned();
    let path = format!("/console/plugins/{id}");
    let sheet = html(&mut nova, &path).await;
    // What it asks for in words, the row of each, and who has to sign.
    holds(
        &sheet,
        &[
            "leer nombre, idioma y etiquetas del cliente",
            "profile.get",
            "Atender conversaciones",
            "Marta Díaz",
        ],
    );
    holds(
        &sheet,
        &["Ricardo Salazar", "Compiló", "sin firma", "Ninguna regla lo usa", "data-does=\"propose\""],
    );
    assert_eq!(vega.page(&path).await.status, 404, "it is Nova's");
    assert!(!html(&mut vega, "/console/plugins").await.contains(&id));
    assert!(html(&mut ricardo, "/console/plugins").await.contains(&id));

    // On a conversation that never was its author reads all that it says, and nobody else asks it.
    let router = nova.hand_in("/plugins", &component("routes_by_name")).await;
    let router = router.body["component"].as_str().unwrap().to_owned();
    let messages = json!({ "messages": ["Quiero una factura"], "settings": {} });
    let tried = nova.post(&format!("/plugins/{router}/tries"), messages.clone()).await;
    let said = tried.body["said"].as_array().unwrap();
    assert_eq!((tried.status, said.len(), &said[0]["kind"]), (200, 1, &json!("routing")), "{tried:?}");
    assert!(
        said[0]["calls"]["profile.get"].as_u64().unwrap() > 0 && said[0]["fuel"].as_u64().unwrap() > 0,
        "{tried:?}"
    );
    assert_eq!(vega.post(&format!("/plugins/{router}/tries"), messages.clone()).await.status, 404);
    assert_eq!(nova.post("/plugins/skills-router/tries", messages).await.status, 404);
    let empty = nova.post(&format!("/plugins/{router}/tries"), json!({ "messages": [] })).await;
    assert_eq!(empty.problem(), "not-a-rule");
    assert!(company.journal(&["--kind", "rule-decided"]).is_empty(), "nothing of it happened");

    // It is proposed as the page proposes it, signed by those whom the sheet named, and runs.
    let content =
        json!({ "rule": "tells", "set": "partners", "plugin": id, "mode": "shadow", "settings": {} });
    let wish = json!({ "kind": "rule", "content": content, "reason": "A ver" });
    let proposed = nova.post("/proposals", wish).await;
    assert_eq!(proposed.status, 202, "{proposed:?}");
    let proposal = proposed.body["proposal"].as_str().unwrap().to_owned();
    let mut marta = enter(&mut ricardo, &serve, "marta").await;
    for caller in [&mut ricardo, &mut marta] {
        let told = caller.get(&format!("/proposals/{proposal}")).await;
        if told.body["yours"].as_array().unwrap().contains(&json!("sign")) {
            let said = json!({ "do": "sign", "of": told.body["of"] });
            assert_eq!(caller.post(&format!("/proposals/{proposal}/words"), said).await.status, 200);
        }
    }
    company.until("generation-activated", 2).await;
    company.whatsapp.customer("573001112233", "Lucía Marcador").say(NUMBER, "Quiero una persona").unwrap();
    company.until("rule-decided", 1).await;
    let sheet = html(&mut nova, &path).await;
    holds(&sheet, &["<th scope=\"row\">tells</th>", "<span class=\"chip shadow\">en sombra</span>"]);
    for word in ["Lucía", "Marcador", "573001112233", "Quiero una persona"] {
        assert!(!sheet.contains(word), "{word}: {sheet}");
    }
    assert!(!sheet.contains("/console/rules/tells"), "the rule's page is not Nova's: {sheet}");
    // Another version of a rule begins with what is in force of it.
    let sheet = html(&mut ricardo, &format!("{path}?rule=tells")).await;
    holds(
        &sheet,
        &[
            "name=\"rule\" required maxlength=\"64\" value=\"tells\"",
            "value=\"partners\"",
            "/console/rules/tells",
        ],
    );
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_plugin_has_a_sheet_whose_form_has_the_shape_of_its_example() {
    let (_company, serve, mut ricardo) = shop().await;
    let mut patricia = enter(&mut ricardo, &serve, "patricia").await;
    let sheet = html(&mut patricia, "/console/plugins/skills-router").await;
    // In her language; its functions are told in the contract's own words there.
    holds(
        &sheet,
        &["Who has to sign", "read the customer", "It compiled", "it comes with Timonel", "data-is=\"json\""],
    );
    let list = html(&mut patricia, "/console/plugins").await;
    holds(&list, &["/console/plugins/quick-answers", "answers"]);
    assert_eq!(patricia.page("/console/plugins/nothing").await.status, 404);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_invited_let_go_and_brought_back_from_their_page_s_own_routes() {
    let (_company, serve, mut ricardo) = shop().await;
    let list = html(&mut ricardo, "/console/people").await;
    holds(&list, &["Patricia &#60;b&#62;Gómez", "sin invitación", "puede entrar"]);
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let page = html(&mut ricardo, "/console/people/ana").await;
    holds(&page, &["data-does=\"invite\"", "data-post=\"/people/ana/sign-out\"", "puede entrar"]);
    assert_eq!(ricardo.post("/people/ana/leave", Value::Null).await.status, 200);
    assert_eq!(ana.page("/console/tower").await.status, 303, "she is out");
    let page = html(&mut ricardo, "/console/people/ana").await;
    holds(&page, &["se fue", "data-post=\"/people/ana/return\""]);
    assert!(!page.contains("data-does=\"invite\""), "{page}");
    // Nobody lets themselves go, nor invites themselves.
    let own = html(&mut ricardo, "/console/people/ricardo").await;
    assert!(!own.contains("id=\"leaving\"") && !own.contains("data-does=\"invite\""), "{own}");
    assert_eq!(ricardo.page("/console/people/nobody").await.status, 404);

    // The matrix with what is wrong with it: nobody given answers for attending, and nobody signs the record.
    let matrix = html(&mut ricardo, "/console/matrix").await;
    holds(
        &matrix,
        &["«Atender conversaciones» no tiene A en la matriz dada", "Exportar datos de clientes", "Proveedor"],
    );
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_its_spending_and_its_integrations_are_told_without_a_secret() {
    let (company, serve, mut ricardo) = shop().await;
    std::fs::write(company.dir.path().join("crm.token"), SECRET).unwrap();
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
    company.until("message-charged", 1).await;
    let page = html(&mut ricardo, "/console/company").await;
    holds(&page, &["general", "08:00-12:00", "15 min", "lunes", "Ana"]);
    let page = html(&mut ricardo, "/console/integrations").await;
    holds(&page, &["https://erp.example/hooks", "ERP_SECRET", "https://crm.example", "crm.token"]);
    assert!(!page.contains(SECRET), "{page}");

    let told = ricardo.get("/spending").await;
    let numbers = told.body["numbers"].as_array().unwrap();
    assert_eq!((numbers.len(), &numbers[0]["number"]), (1, &json!(NUMBER)), "{told:?}");
    let kinds = numbers[0]["kinds"].as_array().unwrap();
    assert_eq!(kinds[0]["billed"], "service", "{told:?}");
    let page = html(&mut ricardo, "/console/spending").await;
    holds(&page, &["respuestas", "500.00", "answers", "50.00"]);
    assert_eq!(ricardo.get("/spending?month=2026-13").await.problem(), "not-a-month");
    let page = html(&mut ricardo, "/console/spending?month=2020-01").await;
    holds(&page, &["Nada en este mes"]);
    // Of whom the row says less than doing it, nothing is told of money.
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    assert_eq!(ana.get("/spending").await.problem(), "not-yours-to-do");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_is_read_by_filter_from_afar_and_says_that_nobody_vouches_for_it() {
    let (_company, serve, mut ricardo) = shop().await;
    let mut marta = enter(&mut ricardo, &serve, "marta").await;
    let moved = marta.post("/rules/answers/moves", json!({ "mode": "shadow", "why": "<script>a ver" })).await;
    assert_eq!(moved.status, 200, "{moved:?}");

    let told = ricardo.get("/audit/entries?who=marta&what=rule-moved").await;
    let entries = told.body["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["name"]), (1, &json!("Marta Díaz")), "{told:?}");
    let page = html(&mut ricardo, "/console/audit?who=marta&what=rule-moved&about=&since=").await;
    holds(&page, &["Marta Díaz", "Nadie firma este registro"]);
    assert!(!page.contains("<script>a ver") && !page.contains("download"), "{page}");
    let wrong = ricardo.page("/console/audit?since=ayer").await;
    assert_eq!(wrong.status, 400, "a day that is none filters nothing: {wrong:?}");
    assert!(wrong.body.as_str().is_some_and(|page| page.contains("ayer")), "{wrong:?}");
    let page = html(&mut ricardo, "/console/audit?who=nobody").await;
    holds(&page, &["Ninguna entrada así"]);
    assert_eq!(ricardo.get("/audit/entries?limit=2").await.body["entries"].as_array().unwrap().len(), 2);
    // Without a signer nothing can be proved, and it is said why.
    let entry = entries[0]["entry"].as_u64().unwrap();
    let refused = ricardo.get(&format!("/audit/entries/{entry}/proof")).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    assert_eq!(ricardo.get("/audit/entries/x/proof").await.status, 404);
    let checkpoint = ricardo.post("/audit/checkpoint", Value::Null).await;
    assert!(checkpoint.body["why"].as_str().unwrap().contains("audit-signer"), "{checkpoint:?}");
    assert_eq!(marta.get("/audit/entries").await.problem(), "not-yours-to-do");
    // In the words that the page shows, on the days that somebody asks for; what nobody was let do is marked.
    let page = html(&mut ricardo, "/console/audit?what=leer+la+auditoria").await;
    assert!(!page.contains("Ninguna entrada"), "{page}");
    let page = html(&mut ricardo, "/console/audit?what=no+hay+tal+cosa").await;
    assert!(page.contains("Ninguna entrada"), "{page}");
    let page = html(&mut ricardo, "/console/audit?until=2020-01-01").await;
    assert!(page.contains("Ninguna entrada"), "{page}");
    let page = html(&mut ricardo, "/console/audit?who=Marta").await;
    assert!(page.contains("no se le dejó"), "{page}");

    let page = html(&mut ricardo, "/console/health").await;
    holds(&page, &["Eventos por asentar", "Nadie firma este registro"]);
    serve.stop();
}
