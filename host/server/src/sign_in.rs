//! The page on which people sign in, and the way of their browsers to the company's identity provider and back.
//!
//! Whatever goes wrong on that way ends on the page, in words for whoever stands there; what the provider said goes to the log,
//! for whoever can do something about it.

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::law::language::Language;
use domain::raci::action::Action;
use governance::{NoWord, NotLetIn, Returned};

use crate::Server;
use crate::api::{cookie, door, problem::Problem};
use crate::routes::Routes;
use crate::site::Site;

/// What the provider is told to send browsers back to.
pub const RETURN: &str = "/sign-in/oidc/callback";

const PAGE: &str = include_str!("sign_in/page.html");

/// The page, what it is made of, and the way.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    let script = || async {
        let kind = "text/javascript; charset=utf-8";
        let head = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")];
        (head, include_str!("sign_in/page.js"))
    };
    Routes::new()
        .get("/sign-in", Action::SignIn, page)
        .get("/sign-in/page.js", Action::SignIn, script)
        .get("/sign-in/oidc", Action::SignIn, go)
        .get(RETURN, Action::SignIn, come_back)
}

async fn page(State(server): State<Arc<Server>>) -> Response {
    shown(&server, StatusCode::OK, "")
}

/// The page with some words on it.
fn shown(server: &Server, status: StatusCode, said: &str) -> Response {
    let provider = server.provider.as_ref().map_or_else(String::new, |provider| {
        let (words, name) = ("<span data-words=\"provider\"></span>", escaped(provider.name()));
        format!("<p id=\"provider\"><a href=\"/sign-in/oidc\">{words} {name}</a></p>")
    });
    let demo = server.open_door.map_or_else(String::new, |page| {
        format!("<p><a href=\"{}\" data-words=\"demo\"></a></p>", escaped(page))
    });
    let page =
        PAGE.replace("{demo}", &demo).replace("{provider}", &provider).replace("{said}", &escaped(said));
    let head = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, head, page).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// To the provider.
async fn go(State(server): State<Arc<Server>>) -> Response {
    let Some(provider) = &server.provider else { return StatusCode::NOT_FOUND.into_response() };
    match server.people.begin_by_provider(provider).await {
        Ok(errand) => {
            let kept = keep(&server.site, &errand.keep, 600);
            let head = [(header::LOCATION, errand.url), (header::CACHE_CONTROL, "no-store".to_owned()), kept];
            (StatusCode::SEE_OTHER, head).into_response()
        }
        Err(why) => refused(&server, &why.into()),
    }
}

/// And back.
async fn come_back(
    State(server): State<Arc<Server>>,
    Query(returned): Query<Returned>,
    request: Request,
) -> Response {
    let Some(provider) = &server.provider else { return StatusCode::NOT_FOUND.into_response() };
    let (headers, origin) = (request.headers(), door::origin(&server.site, &request));
    let company = Arc::clone(&server.desk.active().company);
    let (kept, instead) = (kept(headers, &server.site), door::kept(headers, &server.site));
    let signed_in =
        server.people.sign_in_by_provider(provider, returned, kept, instead, company.raci(), &origin).await;
    let mut answer = match signed_in {
        // To a page without the code in its address, and never to one that somebody else named.
        Ok(signed_in) => {
            let head = [cookie(&server.site, &signed_in), (header::LOCATION, "/sign-in".to_owned())];
            (StatusCode::SEE_OTHER, head).into_response()
        }
        Err(why) => refused(&server, &why),
    };
    // It is used up, whatever came of it.
    let (name, value) = keep(&server.site, "", 0);
    if let Ok(value) = value.parse() {
        answer.headers_mut().append(name, value);
    }
    answer
}

fn kept_as(site: &Site) -> &'static str {
    if site.is_secure() { "__Host-timonel-sign-in" } else { "timonel-sign-in" }
}

/// The cookie with what the browser keeps on the way. `Lax`, because the way back comes from another site.
fn keep(site: &Site, value: &str, seconds: u32) -> (HeaderName, String) {
    let secure = if site.is_secure() { "; Secure" } else { "" };
    let name = kept_as(site);
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    (header::SET_COOKIE, cookie)
}

fn kept<'a>(headers: &'a HeaderMap, site: &Site) -> Option<&'a str> {
    door::cookie(headers, kept_as(site))
}

fn refused(server: &Server, why: &NotLetIn) -> Response {
    tracing::warn!(%why, "somebody was not let in by the identity provider");
    let (status, said) = told(why, server.desk.active().company.own_language());
    shown(server, status, &said)
}

/// What whoever stands before the page reads.
fn told(why: &NotLetIn, language: Language) -> (StatusCode, String) {
    let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
    match why {
        NotLetIn::NoWord(NoWord::NotBegun) => (
            StatusCode::BAD_REQUEST,
            say(
                "El ingreso no empezó en este navegador, o empezó hace más de diez minutos. Empiece de nuevo.",
                "A entrada não começou neste navegador, ou começou há mais de dez minutos. Comece de novo.",
                "The sign-in was not begun in this browser, or more than ten minutes ago. Begin again.",
            ),
        ),
        NotLetIn::NoWord(NoWord::Denied(_)) => (
            StatusCode::FORBIDDEN,
            say(
                "El proveedor de identidad no lo dejó entrar. Empiece de nuevo.",
                "O provedor de identidade não deixou você entrar. Comece de novo.",
                "The identity provider did not let you in. Begin again.",
            ),
        ),
        NotLetIn::NoWord(NoWord::Unreachable(_)) => (
            StatusCode::BAD_GATEWAY,
            say(
                "No se puede preguntar al proveedor de identidad. Avise a quien administra Timonel.",
                "Não se pode perguntar ao provedor de identidade. Avise quem administra o Timonel.",
                "The identity provider cannot be asked. Tell whoever runs Timonel.",
            ),
        ),
        NotLetIn::NoWord(NoWord::NotBelieved(_)) => (
            StatusCode::FORBIDDEN,
            say(
                "Lo que dice el proveedor de identidad no se puede creer. Avise a quien administra Timonel.",
                "O que o provedor de identidade diz não merece crédito. Avise quem administra o Timonel.",
                "What the identity provider says cannot be believed. Tell whoever runs Timonel.",
            ),
        ),
        NotLetIn::Nobody => (
            StatusCode::FORBIDDEN,
            say(
                "El proveedor de identidad lo conoce y la matriz no. Pida a quien gestiona accesos que escriba ahí su `identity`.",
                "O provedor de identidade conhece você e a matriz não. Peça a quem gerencia acessos que escreva lá sua `identity`.",
                "The identity provider knows you and the matrix does not. Ask whoever manages access to write your `identity` there.",
            ),
        ),
        NotLetIn::AnotherAccount(person) => {
            let words = say(
                "entró antes con otra cuenta del proveedor de identidad. Si esta la reemplaza, avise a quien gestiona accesos.",
                "entrou antes com outra conta do provedor de identidade. Se esta a substitui, avise quem gerencia acessos.",
                "signed in with another account of the identity provider before. If this one took its place, tell whoever manages access.",
            );
            (StatusCode::FORBIDDEN, format!("{person} {words}"))
        }
        NotLetIn::NotConfirmed { role, .. } => {
            let words = say(
                "Según la matriz usted tiene este rol, y ningún grupo suyo en el proveedor de identidad lo confirma",
                "Segundo a matriz você tem este papel, e nenhum grupo seu no provedor de identidade o confirma",
                "The matrix gives you this role, and no group of yours at the identity provider confirms it",
            );
            (StatusCode::FORBIDDEN, format!("{words}: {role}."))
        }
        NotLetIn::Access(error) => {
            let problem = Problem::of_access(error);
            (problem.status(), error.to_string())
        }
    }
}
