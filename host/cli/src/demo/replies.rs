//! What the demo's agents say: the quick replies that their supervisor has written, and the templates that Meta has approved for it.

use desk::Desk;
use domain::event::QuickReplyKept;
use domain::stream::Actor;
use serde_json::{Value, json};
use simulator::{Category, Template};

/// What an agent may write to who asked for something, also when the window is closed: of one that is ready, and of one on its way, with
/// a picture of it and the carrier's page.
pub(super) fn templates() -> Vec<Template> {
    let ready =
        "Hola {{1}}: su pedido {{2}} está listo. Responda a este mensaje si quiere que se lo enviemos.";
    let coming = "Hola {{1}}: su pedido {{2}} va en camino. Así quedó empacado.";
    let parts = [
        json!({ "type": "HEADER", "format": "IMAGE" }),
        body(coming),
        json!({ "type": "FOOTER", "text": "Ferretería El Tornillo" }),
        json!({ "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Ver la guía", "url": "https://guias.example/{{1}}" },
            { "type": "QUICK_REPLY", "text": "Gracias" },
        ] }),
    ];
    vec![
        Template {
            components: parts.into(),
            ..Template::new("guia_de_envio", "es_CO", Category::Utility, coming)
        },
        Template {
            components: vec![body(ready)],
            ..Template::new("pedido_listo", "es_CO", Category::Utility, ready)
        },
    ]
}

/// Words with a name and an order in their gaps.
fn body(text: &str) -> Value {
    json!({ "type": "BODY", "text": text, "example": { "body_text": [["Lucía", "ET-2041"]] } })
}

/// By name, in Spanish and in Portuguese.
const REPLIES: [(&str, &str, &str); 5] = [
    (
        "saludo",
        "¡Hola {customer}! Soy {agent}, de {company}. ¿En qué le ayudo?",
        "Olá {customer}! Sou {agent}, da {company}. Como posso ajudar?",
    ),
    (
        "horario",
        "Atendemos de lunes a viernes de 8:00 a 18:00 y los sábados de 8:00 a 14:00.",
        "Atendemos de segunda a sexta das 8:00 às 18:00.",
    ),
    (
        "garantia",
        "La garantía es de doce meses con la factura. ¿Me envía una foto de ella y de la pieza?",
        "A garantia é de doze meses com a nota fiscal. Pode me enviar uma foto dela e da peça?",
    ),
    (
        "un-momento",
        "Deme un momento, {customer}, lo reviso y le cuento.",
        "Um momento, {customer}, vou verificar e já respondo.",
    ),
    (
        "despedida",
        "Con mucho gusto, {customer}. Cualquier cosa, aquí estamos.",
        "Por nada, {customer}. Qualquer coisa, estamos aqui.",
    ),
];

/// Has the supervisor keep them, unless these data have some.
pub(super) async fn make(desk: &Desk) -> anyhow::Result<()> {
    let marta = "marta".into();
    if desk.active().company.raci().by_id(&marta).is_none() || !desk.quick_replies()?.0.is_empty() {
        return Ok(());
    }
    for (name, es, pt) in REPLIES {
        let texts = [("es", es), ("pt", pt)].map(|(language, text)| (language.to_owned(), text.to_owned()));
        let kept = QuickReplyKept { name: name.to_owned(), texts: texts.into(), queues: [].into() };
        desk.keep_quick_reply(Actor::Person(marta.clone()), kept).await?;
    }
    Ok(())
}
