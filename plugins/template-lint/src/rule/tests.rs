use super::*;
use crate::settings::prepare;

/// The codes of what is found in a body, with settings and more components.
fn found(language: &str, category: &str, body: &str, more: &str) -> Vec<&'static str> {
    let samples = if body.contains("{{") { r#","example":{"body_text":[["x"]]}"# } else { "" };
    let body = serde_json::to_string(body).unwrap();
    codes(language, category, &format!(r#"{{"type":"BODY","text":{body}{samples}}}{more}"#), &[])
}

fn codes(language: &str, category: &str, components: &str, facts: &[(&str, &str)]) -> Vec<&'static str> {
    let content = format!(
        r#"{{"do":"create","account":null,"form":{{"name":"n","language":"{language}","category":"{category}","components":[{components}]}}}}"#
    );
    let template = Template::read(&content).unwrap().unwrap();
    let facts: Vec<_> = facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let prepared = prepare("{}").unwrap();
    let settings = kit::settings::unpack(&prepared).unwrap();
    let mut codes: Vec<_> =
        findings(&template, &facts, &settings).iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn a_plain_notice_has_nothing_against_it() {
    for (language, body) in [
        ("es", "Su pedido {{1}} va en camino y llega hoy antes de las 6 de la tarde."),
        ("pt_BR", "Seu pedido {{1}} está a caminho e chega hoje antes das 18 horas."),
        ("en_US", "Your order {{1}} is on its way and will be there before 6 today."),
        ("es_CO", "Nunca envíe su clave ni su contraseña: el banco no las pide."),
    ] {
        assert_eq!(found(language, "UTILITY", body, ""), [""; 0], "{body}");
    }
}

#[test]
fn what_sells_is_no_utility_and_marketing_says_how_to_stop_it() {
    assert_eq!(
        found("es", "UTILITY", "Su pedido salió. ¡Tiene 20% de DESCUENTO en el próximo!", ""),
        ["sells-as-utility"]
    );
    assert_eq!(
        found("pt_BR", "UTILITY", "Seu pedido saiu, com frete grátis no próximo.", ""),
        ["sells-as-utility"]
    );
    assert_eq!(found("es", "MARKETING", "Taladros con descuento hasta el viernes.", ""), ["no-way-out"]);
    let footer = r#",{"type":"FOOTER","text":"Responda BAJA para no recibir más."}"#;
    assert_eq!(found("es", "MARKETING", "Taladros con descuento hasta el viernes.", footer), [""; 0]);
}

#[test]
fn variables_count_from_one_stand_among_words_and_have_samples() {
    let of = |body| found("es", "UTILITY", body, "");
    assert_eq!(of("Su pedido {{2}} ya está listo para usted."), ["variables-not-in-order"]);
    assert_eq!(of("Su pedido ya está listo y espera en {{1}}."), ["variable-at-the-edge"]);
    assert_eq!(of("Su pedido con número {{1}} {{2}} ya está listo hoy."), ["variables-side-by-side"]);
    assert_eq!(of("Hola {{1}}, pedido {{2}} listo"), ["more-variables-than-words"]);
    assert_eq!(of("Su pedido {{1}} está\n\n\nlisto para usted."), ["too-many-lines"]);
    assert_eq!(
        codes("es", "UTILITY", r#"{"type":"BODY","text":"Su pedido {{1}} ya está listo."}"#, &[]),
        ["sample-missing"]
    );
}

#[test]
fn links_lead_where_they_say() {
    let of = |body| found("es", "UTILITY", body, "");
    assert_eq!(of("Vea su pedido en bit.ly/3xY hoy mismo."), ["link-shortener"]);
    assert_eq!(of("Vea su pedido en http://10.0.0.7/x hoy mismo."), ["link-http", "link-raw-address"]);
    let buttons = r#",{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://{{1}}/p"}]}"#;
    assert_eq!(found("es", "UTILITY", "Vea su pedido hoy mismo.", buttons), ["link-to-anywhere"]);
    let buttons = r#",{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://wa.me/57"}]}"#;
    assert_eq!(found("es", "UTILITY", "Vea su pedido hoy mismo.", buttons), ["link-to-whatsapp"]);
}

#[test]
fn nobody_is_asked_for_a_card_or_a_password_and_every_language_is_its_own() {
    let of = |body| found("es", "UTILITY", body, "");
    assert_eq!(of("Para seguir, responda con el número de su tarjeta."), ["asks-for-identifier"]);
    assert_eq!(of("Para seguir, envíe su contraseña."), ["asks-for-secret"]);
    assert_eq!(
        found("es", "UTILITY", "Seu pedido chega hoje, obrigado por comprar com você.", ""),
        ["another-language"]
    );
    // Of a language that is not known here nothing is said.
    assert_eq!(found("de", "UTILITY", "Ihre Bestellung ist da.", ""), [""; 0]);
}

#[test]
fn what_the_host_knows_is_told_to_whoever_signs() {
    let body = r#"{"type":"BODY","text":"Su pedido llega hoy."}"#;
    let facts = [("template.same-words", "aviso listo"), ("template.quality", "RED")];
    assert_eq!(codes("es", "UTILITY", body, &facts), ["readers-dislike-it", "same-words"]);
    assert_eq!(codes("es", "UTILITY", body, &[("template.quality", "GREEN")]), [""; 0]);
}
