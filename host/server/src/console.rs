//! The console: where people work, in a browser.
//!
//! Agents have one page that draws itself anew every other second and asks the API, as a partner's program would. Whoever steers has
//! pages that the host writes (`askama`), because they are read more than they change: those come in by the door of the API, ask
//! what its routes ask, and say so where the matrix says no (decisions/0035). All of it is files without a build step.

mod approvals;
mod asking;
mod audit;
mod board;
mod campaigns;
mod chart;
mod company;
mod components;
mod differing;
mod entry;
mod figures;
mod form;
mod frame;
mod health;
mod integrations;
mod matrix;
mod naming;
mod notices;
mod people;
mod plugin;
mod plugins;
mod refused;
mod replies;
mod rooms;
mod rules;
mod spending;
mod stopping;
mod telling;
mod templates;
mod trial;
mod words;

use std::sync::Arc;

use axum::http::header;
use domain::raci::action::Action;

use crate::Server;
use crate::routes::{About, Routes};

pub(crate) use refused::in_words;

/// What everybody may have: it says nothing of anybody.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    let file = |kind: &'static str, content: &'static str| {
        move || async move { ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content) }
    };
    let (html, css) = ("text/html; charset=utf-8", "text/css; charset=utf-8");
    let script = "text/javascript; charset=utf-8";
    Routes::new()
        .get("/console", Action::SignIn, file(html, include_str!("console/page.html")))
        .get("/console/colours.css", Action::SignIn, file(css, include_str!("console/colours.css")))
        .get("/console/page.css", Action::SignIn, file(css, include_str!("console/page.css")))
        .get("/console/page.js", Action::SignIn, file(script, include_str!("console/page.js")))
        .get("/console/search.js", Action::SignIn, file(script, include_str!("console/search.js")))
        .get("/console/composer.js", Action::SignIn, file(script, include_str!("console/composer.js")))
        .get("/console/choosing.js", Action::SignIn, file(script, include_str!("console/choosing.js")))
        .get("/console/mentions.js", Action::SignIn, file(script, include_str!("console/mentions.js")))
        .get("/console/filling.js", Action::SignIn, file(script, include_str!("console/filling.js")))
        .get("/console/templating.js", Action::SignIn, file(script, include_str!("console/templating.js")))
        .get("/console/thread.js", Action::SignIn, file(script, include_str!("console/thread.js")))
        .get("/console/unread.js", Action::SignIn, file(script, include_str!("console/unread.js")))
        .get("/console/card.js", Action::SignIn, file(script, include_str!("console/card.js")))
        .get("/console/said.js", Action::SignIn, file(script, include_str!("console/said.js")))
        .get("/console/words.js", Action::SignIn, file(script, include_str!("console/words.js")))
        .get("/console/tower.css", Action::SignIn, file(css, include_str!("console/tower.css")))
        .get("/console/tower.js", Action::SignIn, file(script, include_str!("console/tower.js")))
        .get("/console/admin.js", Action::SignIn, file(script, include_str!("console/admin.js")))
        .get("/console/entry.js", Action::SignIn, file(script, include_str!("console/entry.js")))
}

/// The pages that the host writes, each with the action that what it shows is.
pub fn pages() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/console/tower", Action::ReadBoard, board::shown)
        .about(About::WithinScope)
        .get("/console/rules", Action::ReadRules, rules::all)
        .about(About::WithinScope)
        .get("/console/rules/{rule}", Action::ReadRules, rules::one)
        .about(About::WithinScope)
        .get("/console/replies", Action::ReadQuickReplies, replies::all)
        .get("/console/home", Action::ReadInbox, rooms::home)
        .get("/console/notices", Action::ReadInbox, notices::shown)
        .get("/console/figures", Action::ReadFigures, figures::all)
        .about(About::WithinScope)
        .get("/console/figures/{metric}", Action::ReadFigures, figures::one)
        .about(About::WithinScope)
        .get("/console/approvals", Action::ReadProposals, approvals::all)
        .get("/console/approvals/{proposal}", Action::ReadProposals, approvals::one)
        .get("/console/plugins", Action::ReadPlugins, plugins::all)
        .get("/console/plugins/{plugin}", Action::ReadPlugins, plugin::one)
        .get("/console/people", Action::ReadAccess, people::all)
        .get("/console/people/{person}", Action::ReadAccess, people::one)
        .get("/console/matrix", Action::ReadAccess, matrix::shown)
        .get("/console/company", Action::ReadCompany, company::shown)
        .get("/console/company/entry", Action::ReadCompany, entry::of_company)
        .get("/console/access/entry", Action::ReadAccess, entry::of_access)
        .get("/console/templates", Action::ReadTemplates, templates::all)
        .get("/console/campaigns", Action::ReadCampaigns, campaigns::all)
        .get("/console/campaigns/{campaign}", Action::ReadCampaigns, campaigns::one)
        .get("/console/spending", Action::ReadSpending, spending::shown)
        .get("/console/integrations", Action::ReadIntegrations, integrations::shown)
        .get("/console/audit", Action::ReadAudit, audit::shown)
        .get("/console/components", Action::SeeOneself, components::shown)
        .get("/console/health", Action::ReadStatus, health::shown)
}
