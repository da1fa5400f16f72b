//! The demo's campaigns: one that ran this morning, and one that waits for somebody to agree.

use std::time::Duration;

use desk::{Desk, Listed, OptedIn, To, Wanted};
use domain::Time;
use domain::id::CampaignId;
use domain::message::{Component, Parameter, ParameterValue, Template as Filled};
use domain::raci::person::Person;
use domain::stream::Actor;
use governance::Word;
use jiff::SignedDuration;
use simulator::{Category, Template, WABA};

/// What it says: Meta has approved it already.
const NAME: &str = "feria_de_taladros";
const LANGUAGE: &str = "es_CO";

/// How long the first one may take to begin.
const PATIENCE: Duration = Duration::from_secs(10);

/// Invented people who agreed to hear of offers.
const PEOPLE: [(&str, &str); 8] = [
    ("+57 310 555 0121", "Aurelio"),
    ("+57 310 555 0122", "Beatriz"),
    ("+57 310 555 0123", "Camilo"),
    ("+57 310 555 0124", "Dora"),
    ("+57 310 555 0125", "Esteban"),
    ("+57 310 555 0126", "Fabiola"),
    ("+57 310 555 0127", "Germán"),
    ("+57 310 555 0128", "Helena"),
];

/// The template of both, for the simulated WhatsApp.
pub(super) fn template() -> Template {
    let words = "Hola {{1}}: este sábado hay feria de taladros en El Tornillo. Escriba BAJA para no recibir más ofertas.";
    Template::new(NAME, LANGUAGE, Category::Marketing, words)
}

/// Has the supervisor draft both, and an admin sign the first, unless that was done in these data before.
pub(super) async fn make(desk: &Desk, number: &str, now: Time) -> anyhow::Result<()> {
    let company = std::sync::Arc::clone(&desk.active().company);
    let person = |id: &str| company.raci().by_id(&id.into());
    let (Some(marta), Some(patricia)) = (person("marta"), person("patricia")) else { return Ok(()) };
    if !desk.campaigns()?.is_empty() {
        return Ok(());
    }
    desk.sync_templates(Actor::Host, Some(WABA.to_owned())).await?;
    let first =
        draft(desk, marta, wanted("Feria: clientes de la vitrina", number, now, &PEOPLE[..5])).await?;
    let reason = "Los de la vitrina preguntaron por la feria";
    let act = as_who(marta);
    if let Some(proposal) = desk.propose_campaign(first, marta, &act, reason).await? {
        let proposals = desk.proposals();
        let (id, of) = (proposal.id, proposal.hash);
        proposals.say(id, of, &Word::Sign, patricia, &as_who(patricia), company.raci()).await?;
        let begun = async {
            while desk.campaign(first).is_ok_and(|campaign| campaign.run.is_none()) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        // It is for show: without it the demo is whole.
        let _ = tokio::time::timeout(PATIENCE, begun).await;
    }
    let second = draft(desk, marta, wanted("Feria: todos los que aceptaron", number, now, &PEOPLE)).await?;
    desk.propose_campaign(second, marta, &act, "Con la vitrina fue bien: invitemos a los demás").await?;
    Ok(())
}

fn as_who(person: &Person) -> Actor {
    Actor::Person(person.id.clone())
}

async fn draft(desk: &Desk, by: &Person, wanted: Wanted) -> anyhow::Result<CampaignId> {
    Ok(desk.draft_campaign(&as_who(by), None, wanted).await?.id)
}

fn wanted(name: &str, number: &str, now: Time, people: &[(&str, &str)]) -> Wanted {
    let at = now.saturating_sub(SignedDuration::from_hours(24 * 30)).unwrap_or(now);
    let listed = |(phone, name): &(&str, &str)| Listed {
        phone: (*phone).to_owned(),
        name: (*name).to_owned(),
        opted_in: Some(OptedIn { at, evidence: "planilla de la vitrina".to_owned() }),
    };
    let gap = Parameter { name: None, value: ParameterValue::Text("{name|cliente}".to_owned()) };
    let components = vec![Component::Body { parameters: vec![gap] }];
    Wanted {
        name: name.to_owned(),
        number: number.into(),
        template: Filled { name: NAME.to_owned(), language: LANGUAGE.to_owned(), components },
        to: To::People(people.iter().map(listed).collect()),
        not_before: None,
        per_hour: 1_200,
    }
}
