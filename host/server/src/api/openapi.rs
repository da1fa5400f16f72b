//! The page of the API: OpenAPI 3.1, made of the list of routes and of the types that handlers take and give.
//!
//! It is made of the list that the door looks at, so that nothing can be asked for that the page does not tell of. Schemas
//! are those of the types (`schemars`), in the form that OpenAPI 3.1 and JSON Schema share.

use domain::raci::action::{Action, Belongs};
use domain::raci::task::Task;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::problem::{KIND, Problem};
use crate::live;
use crate::routes::Route;

type Of = fn(&mut SchemaGenerator) -> Schema;

/// What the page says of a route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    summary: &'static str,
    takes: Option<Of>,
    takes_bytes: bool,
    gives: Gives,
    /// What may stand in its query: names, and what they say.
    asks: &'static [(&'static str, &'static str)],
    /// Whether it is a list that is read in pages.
    pub(crate) paged: bool,
    /// Whether it changes something that has a version.
    pub(crate) edits: bool,
    /// Whether its answer is told once and not remembered.
    pub(crate) once: bool,
    /// When what it gives is not done yet.
    later: Later,
}

/// Whether a success may say `202 Accepted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Later {
    Never,
    Sometimes,
    Always,
}

#[derive(Debug, Clone, Copy)]
enum Gives {
    Nothing,
    Json(Of),
    /// JSON, or the same as comma-separated values.
    Table(Of),
    /// JSON that is described elsewhere.
    Document,
    Bytes,
    /// Events, for as long as somebody listens.
    Events,
}

impl Page {
    /// What the route does, in one sentence.
    pub(crate) const fn new(summary: &'static str) -> Self {
        Self {
            summary,
            takes: None,
            takes_bytes: false,
            gives: Gives::Nothing,
            asks: &[],
            paged: false,
            edits: false,
            once: false,
            later: Later::Never,
        }
    }

    /// It takes JSON.
    pub(crate) const fn takes<T: JsonSchema>(self) -> Self {
        Self { takes: Some(SchemaGenerator::subschema_for::<T>), ..self }
    }

    /// It takes bytes of any kind.
    pub(crate) const fn takes_bytes(self) -> Self {
        Self { takes_bytes: true, ..self }
    }

    /// It gives JSON.
    pub(crate) const fn gives<T: JsonSchema>(self) -> Self {
        Self { gives: Gives::Json(SchemaGenerator::subschema_for::<T>), ..self }
    }

    /// It gives JSON, or the same as comma-separated values.
    pub(crate) const fn gives_table<T: JsonSchema>(self) -> Self {
        Self { gives: Gives::Table(SchemaGenerator::subschema_for::<T>), ..self }
    }

    /// Its query may say these.
    pub(crate) const fn asks(self, asks: &'static [(&'static str, &'static str)]) -> Self {
        Self { asks, ..self }
    }

    /// It gives a JSON document of another standard.
    pub(crate) const fn gives_document(self) -> Self {
        Self { gives: Gives::Document, ..self }
    }

    /// It gives bytes of any kind.
    pub(crate) const fn gives_bytes(self) -> Self {
        Self { gives: Gives::Bytes, ..self }
    }

    /// It gives a stream of events.
    pub(crate) const fn gives_events(self) -> Self {
        Self { gives: Gives::Events, ..self }
    }

    /// It is a list that is read in pages: `after` and `limit`.
    pub(crate) const fn paged(self) -> Self {
        Self { paged: true, ..self }
    }

    /// It changes something that has a version: `If-Match`.
    pub(crate) const fn edits(self) -> Self {
        Self { edits: true, ..self }
    }

    /// It begins what others see through: `202 Accepted`.
    pub(crate) const fn begins(self) -> Self {
        Self { later: Later::Always, ..self }
    }

    /// It may wait for somebody else: `202 Accepted` then.
    pub(crate) const fn may_wait(self) -> Self {
        Self { later: Later::Sometimes, ..self }
    }

    /// What it answers holds a secret that is told once.
    pub(crate) const fn once(self) -> Self {
        Self { once: true, ..self }
    }
}

/// The whole document.
pub(crate) fn document(routes: &[Route], url: &str) -> Value {
    let settings = |settings: SchemaSettings| {
        let components = |settings: &mut SchemaSettings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        };
        settings.with(components).into_generator()
    };
    let mut taken = settings(SchemaSettings::draft2020_12().for_deserialize());
    let mut given = settings(SchemaSettings::draft2020_12().for_serialize());
    let problem = given.subschema_for::<Problem>();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let Some(page) = route.page else { continue };
        let operation = operation(route, page, &mut taken, &mut given, &problem);
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation;
    }
    let mut schemas = given.take_definitions(true);
    schemas.extend(taken.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Timonel",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The API of a host. Whoever asks is a person or a program of the company's RACI matrix, and may \
                what its rows say: every operation names its action and its rows. Errors are problems (RFC 9457).",
        },
        "servers": [{ "url": url }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "tml_…",
                    "description": "A token of a person or of a program: `POST /api/v1/me/tokens`." },
                "session": { "type": "apiKey", "in": "cookie", "name": super::cookie_name(url.starts_with("https://")),
                    "description": "What signing in leaves in a browser: `POST /api/v1/sign-in`." },
            },
        },
        "x-scopes": {
            "tasks": Task::ALL.map(|task| task.word()),
            "actions": Action::ALL.iter().map(|action| action.word()).collect::<Vec<_>>(),
        },
    })
}

fn operation(
    route: &Route,
    page: Page,
    taken: &mut SchemaGenerator,
    given: &mut SchemaGenerator,
    problem: &Schema,
) -> Value {
    let public = route.action.belongs() == Belongs::Public;
    let rows: Vec<String> = route.action.tasks().iter().map(|task| task.word()).collect();
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }))
        .collect();
    for (name, says) in page.asks {
        parameters.push(
            json!({ "name": name, "in": "query", "schema": { "type": "string" }, "description": says }),
        );
    }
    if page.paged {
        parameters.push(json!({ "name": "after", "in": "query", "schema": { "type": "string" },
            "description": "`next` of the page before." }));
        parameters.push(json!({ "name": "limit", "in": "query",
            "schema": { "type": "integer", "minimum": 1, "maximum": 200, "default": 50 } }));
    }
    if matches!(page.gives, Gives::Events) {
        parameters.push(json!({ "name": "Last-Event-ID", "in": "header",
            "schema": { "type": "integer", "minimum": 0 },
            "description": "The id of the last event that you saw: it goes on with the next." }));
    }
    if page.edits {
        parameters.push(json!({ "name": "If-Match", "in": "header", "schema": { "type": "string" },
            "description": "The ETag at which it was read: if it has changed since, nothing is done (412)." }));
    }
    if !public && route.method == axum::http::Method::POST {
        parameters.push(json!({ "name": "Idempotency-Key", "in": "header",
            "schema": { "type": "string", "pattern": "^[!-~]{1,64}$" },
            "description": "1 to 64 visible characters of your own. Within a day a repetition with the same key does nothing \
                and gets the same answer." }));
    }
    let (status, success) = match page.gives {
        Gives::Nothing => ("204", json!({ "description": "Done." })),
        Gives::Json(of) => (
            "200",
            json!({ "description": "Done.", "content": { "application/json": { "schema": of(given) } } }),
        ),
        Gives::Table(of) => (
            "200",
            json!({ "description": "Done.", "content": {
                "application/json": { "schema": of(given) },
                "text/csv": { "schema": { "type": "string" } },
            } }),
        ),
        Gives::Document => {
            ("200", json!({ "description": "The document.", "content": { "application/json": {} } }))
        }
        Gives::Events => (
            "200",
            json!({ "description": "The stream.", "content": { live::KIND: { "schema": { "type": "string" } } } }),
        ),
        Gives::Bytes => ("200", json!({ "description": "The bytes.", "content": { "*/*": {} } })),
    };
    let mut responses = json!({
        "default": { "description": "It was not done.", "content": { KIND: { "schema": problem } } },
    });
    if page.later != Later::Never {
        responses["202"] = success.clone();
        responses["202"]["description"] = json!("It is under way, or waits for whoever has to agree.");
    }
    if page.later != Later::Always {
        responses[status] = success;
    }
    let mut operation = json!({
        "operationId": format!("{}{}", route.method.as_str().to_lowercase(),
            route.path.trim_start_matches("/api/v1").replace(['{', '}'], "").replace('/', "-")),
        "summary": page.summary,
        "x-action": route.action.word(),
        "x-rows": rows,
        "security": if public { json!([]) } else { json!([{ "token": [] }, { "session": [] }]) },
        "parameters": parameters,
        "responses": responses,
    });
    if page.takes_bytes {
        operation["requestBody"] = json!({ "required": true, "content": { "application/octet-stream": {} } });
    }
    if let Some(of) = page.takes {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": of(taken) } } });
    }
    operation
}
