//! What the demo's people have still to agree on when somebody comes to see it.

use desk::{Desk, TemplateWish};
use domain::json::Json;
use domain::proposal::Kind;
use domain::raci::task::Task;
use domain::stream::Actor;
use governance::Wish;
use simulator::WABA;

/// The template that the supervisor would like to have, in Meta's own words.
const TEMPLATE: &str = include_str!("proposals/pedido_en_camino.json");

/// Has the supervisor propose a template, unless somebody did in these data before.
pub(super) async fn make(desk: &Desk) -> anyhow::Result<()> {
    let (active, proposals) = (desk.active(), desk.proposals());
    let raci = active.company.raci();
    let Some(marta) = raci.by_id(&"marta".into()) else { return Ok(()) };
    if proposals.list(false)?.iter().any(|one| one.kind == Kind::Template) {
        return Ok(());
    }
    let wish = TemplateWish::Create { account: Some(WABA.to_owned()), form: serde_json::from_str(TEMPLATE)? };
    let wish = Wish {
        kind: Kind::Template,
        title: wish.title(),
        reason: "La mitad de las consultas es dónde va el pedido: avisemos antes de que pregunten".to_owned(),
        content: Json::of(&wish),
        tasks: [Task::ModifyTemplates].into(),
        not_before: None,
    };
    proposals.propose(wish, marta, &Actor::Person(marta.id.clone()), raci).await?;
    Ok(())
}
