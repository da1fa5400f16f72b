//! The fields of what is proposed in the words of those who sign it. The content is signed as it is, and a field that has no word here
//! is told by its own name: nothing is ever left out.

use domain::law::language::Language;
use domain::rule::mode::Mode;
use domain::templates::words::category;

use super::differing::NOTHING;

/// A field by its JSON pointer, as `alcance › contactos`.
pub(super) fn field(pointer: &str, language: Language) -> String {
    let (mut named, mut is_theirs): (Vec<String>, bool) = (Vec::new(), false);
    for part in pointer.split('/').skip(1) {
        // The second of many is the second of what was named before it.
        if let (Ok(place), Some(of)) = (part.parse::<usize>(), named.last_mut()) {
            *of = format!("{of} {}", place.saturating_add(1));
            continue;
        }
        // What a plugin calls its settings nobody calls anything else.
        match word(part, language).filter(|_| !is_theirs) {
            Some("") => {}
            Some(word) => named.push(word.to_owned()),
            None => named.push(part.replace("~1", "/").replace("~0", "~")),
        }
        is_theirs |= part == "settings";
    }
    if named.is_empty() { pointer.trim_start_matches('/').to_owned() } else { named.join(" › ") }
}

/// What a field holds.
pub(super) fn value(pointer: &str, text: &str, language: Language) -> String {
    // What a plugin reads is read as it stands.
    if pointer.starts_with("/settings") {
        return text.to_owned();
    }
    match (pointer.rsplit('/').next().unwrap_or_default(), text) {
        (_, NOTHING) if pointer.contains("/days/") || pointer.contains("/week/") => {
            language.pick("cerrado", "fechado", "closed").to_owned()
        }
        ("category", _) => category(text, language),
        ("mode" | "highest", _) => {
            text.parse::<Mode>().map_or_else(|_| text.to_owned(), |mode| mode.words(language))
        }
        ("type", "HEADER") => language.pick("título", "título", "heading").to_owned(),
        ("type", "BODY") => language.pick("texto", "texto", "words").to_owned(),
        ("type", "FOOTER") => language.pick("pie", "rodapé", "footer").to_owned(),
        ("type", "BUTTONS") => language.pick("botones", "botões", "buttons").to_owned(),
        ("type", "QUICK_REPLY") => {
            language.pick("para responder", "para responder", "to answer with").to_owned()
        }
        ("type", "URL") => language.pick("con enlace", "com link", "with a link").to_owned(),
        ("opted-in", _) => category(text, language),
        ("is", "header") => language.pick("título", "título", "heading").to_owned(),
        ("is", "body") => language.pick("texto", "texto", "words").to_owned(),
        ("is", "button") => language.pick("botón", "botão", "button").to_owned(),
        ("kind", "image") => language.pick("imagen", "imagem", "picture").to_owned(),
        ("kind", "video") => language.pick("video", "vídeo", "film").to_owned(),
        ("kind", "document") => language.pick("documento", "documento", "document").to_owned(),
        ("press", "url") => language.pick("abre un enlace", "abre um link", "opens a link").to_owned(),
        ("press", "copy-code") => {
            language.pick("copia un código", "copia um código", "copies a code").to_owned()
        }
        (_, "true") => language.pick("sí", "sim", "yes").to_owned(),
        (_, "false") => language.pick("no", "não", "no").to_owned(),
        ("do", "create") => language.pick("crear", "criar", "create").to_owned(),
        ("do", "edit") => language.pick("cambiar", "mudar", "edit").to_owned(),
        ("do", "delete") => language.pick("borrar", "apagar", "delete").to_owned(),
        _ => text.to_owned(),
    }
}

/// What people call a part of a pointer: nothing where it says nothing, as that a plan has what is planned.
fn word(part: &str, language: Language) -> Option<&'static str> {
    #[rustfmt::skip] // A table is read in rows.
    let [es, pt, en] = match part {
        "plan" | "form" | "agree" | "version" | "query" | "list" | "value" => ["", "", ""],
        // Templates.
        "do"           => ["qué se quiere", "o que se quer", "what is wanted"],
        "account"      => ["cuenta", "conta", "account"],
        "name"         => ["nombre", "nome", "name"],
        "language"     => ["idioma", "idioma", "language"],
        "category"     => ["categoría", "categoria", "category"],
        "components"   => ["parte", "parte", "part"],
        "type"         => ["qué es", "o que é", "what it is"],
        "format"       => ["forma", "forma", "form"],
        "text"         => ["texto", "texto", "words"],
        "example"      => ["ejemplo", "exemplo", "example"],
        "body_text"    => ["del texto", "do texto", "of the words"],
        "header_text"  => ["del título", "do título", "of the heading"],
        "buttons"      => ["botón", "botão", "button"],
        "url"          => ["a dónde lleva", "aonde leva", "where it leads"],
        // Campaigns.
        "number"       => ["número", "número", "number"],
        "template"     => ["plantilla", "modelo", "template"],
        "audience"     => ["a quién", "a quem", "to whom"],
        "tags"         => ["etiquetas", "etiquetas", "tags"],
        "languages"    => ["idiomas", "idiomas", "languages"],
        "countries"    => ["países", "países", "countries"],
        "opted-in"     => ["que aceptaron", "que aceitaram", "who agreed to it"],
        "written-since" => ["que escribieron desde", "que escreveram desde", "who wrote since"],
        "written-before" => ["que escribieron antes de", "que escreveram antes de", "who wrote before"],
        "not-before"   => ["no antes de", "não antes de", "not before"],
        "per-hour"     => ["por hora", "por hora", "an hour"],
        "campaign"     => ["campaña", "campanha", "campaign"],
        "revision"     => ["revisión", "revisão", "revision"],
        "words"        => ["huella de las palabras", "impressão das palavras", "digest of the words"],
        "is"           => ["qué es", "o que é", "what it is"],
        "parameters"   => ["hueco", "lacuna", "gap"],
        "frequency"    => ["por frecuencia", "por frequência", "by frequency"],
        "reach"        => ["alcance", "alcance", "reach"],
        "contacts"     => ["contactos", "contatos", "contacts"],
        "left-out"     => ["quedan fuera", "ficam de fora", "left out"],
        "open-permille" => ["con ventana abierta, de mil", "com janela aberta, de mil", "with an open window, of a thousand"],
        "digest"       => ["huella de la lista", "impressão da lista", "digest of the list"],
        "cost"         => ["costo", "custo", "cost"],
        "amount"       => ["monto", "valor", "amount"],
        "currency"     => ["moneda", "moeda", "currency"],
        "cap"          => ["tope", "teto", "cap"],
        "spent"        => ["gastado", "gasto", "spent"],
        // Rules.
        "set"          => ["conjunto", "conjunto", "set"],
        "plugin"       => ["plugin", "plugin", "plugin"],
        "component"    => ["componente", "componente", "component"],
        "settings"     => ["ajustes", "ajustes", "settings"],
        "scope"        => ["para quién", "para quem", "for whom"],
        "mode"         => ["modo", "modo", "mode"],
        "queues"       => ["colas", "filas", "queues"],
        "numbers"      => ["números", "números", "numbers"],
        "kinds"        => ["qué juzga", "o que julga", "what it judges"],
        "requests"     => ["a dónde puede preguntar", "aonde pode perguntar", "where it may ask"],
        "templates"    => ["qué plantillas puede enviar", "quais modelos pode enviar", "which templates it may send"],
        "envelope"     => ["margen", "margem", "envelope"],
        "highest"      => ["se podrá mover hasta", "poderá ser movida até", "it may be moved up to"],
        "movers"       => ["quiénes la mueven", "quem a move", "who moves it"],
        "guard"        => ["protege algo", "protege algo", "it protects something"],
        "until"        => ["hasta cuándo", "até quando", "until when"],
        "media"        => ["", "", ""],
        "source"       => ["", "", ""],
        "link"         => ["dirección", "endereço", "address"],
        "filename"     => ["nombre del archivo", "nome do arquivo", "name of the file"],
        "press"        => ["qué hace", "o que faz", "what it does"],
        "index"        => ["cuál", "qual", "which"],
        "kind"         => ["qué es", "o que é", "what it is"],
        // The company.
        "calendar"     => ["horario", "horário", "hours"],
        "rescue-after" => ["se rescata tras (min)", "é resgatado após (min)", "taken back after (min)"],
        "sla"          => ["plazo", "prazo", "promise"],
        "first-response" => ["primera respuesta (min)", "primeira resposta (min)", "first answer (min)"],
        "next-response" => ["las siguientes (min)", "as seguintes (min)", "later ones (min)"],
        "at-risk"      => ["en riesgo desde (%)", "em risco a partir de (%)", "at risk from (%)"],
        "steps"        => ["paso", "passo", "step"],
        "at"           => ["al (%)", "em (%)", "at (%)"],
        "tell"         => ["se avisa", "avisa-se", "people are told"],
        "priority"     => ["prioridad", "prioridade", "priority"],
        "skills"       => ["habilidades", "habilidades", "skills"],
        "capacity"     => ["casos a la vez", "casos ao mesmo tempo", "cases at once"],
        "display"      => ["se escribe", "escreve-se", "written as"],
        "throughput"   => ["mensajes por segundo", "mensagens por segundo", "messages a second"],
        "queue"        => ["cola", "fila", "queue"],
        "zone"         => ["zona horaria", "fuso horário", "time zone"],
        "week"         => ["", "", ""],
        "days"         => ["día especial", "dia especial", "special day"],
        "monday"       => ["lunes", "segunda", "Monday"],
        "tuesday"      => ["martes", "terça", "Tuesday"],
        "wednesday"    => ["miércoles", "quarta", "Wednesday"],
        "thursday"     => ["jueves", "quinta", "Thursday"],
        "friday"       => ["viernes", "sexta", "Friday"],
        "saturday"     => ["sábado", "sábado", "Saturday"],
        "sunday"       => ["domingo", "domingo", "Sunday"],
        "roles"        => ["roles", "papéis", "roles"],
        "external"     => ["trabaja para otra empresa", "trabalha para outra empresa", "works for another company"],
        "team"         => ["agentes", "agentes", "agents"],
        "identity"     => ["nombre en el proveedor de identidad", "nome no provedor de identidade", "name at the identity provider"],
        "group"        => ["grupo", "grupo", "group"],
        "codes"        => ["códigos", "códigos", "codes"],
        "bounds"       => ["qué se puede mover y cuánto", "o que se pode mover e quanto", "what may be moved, and how far"],
        _ => return None,
    };
    Some(language.pick(es, pt, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_reads_words_and_what_has_none_by_its_name() {
        let es = |pointer| field(pointer, Language::Es);
        assert_eq!(es("/reach/contacts"), "alcance › contactos");
        assert_eq!(es("/form/components/0/example/body_text/0"), "parte 1 › ejemplo › del texto 1");
        assert_eq!(es("/settings/routes/1/when/words"), "ajustes › routes 2 › when › words");
        assert_eq!(es("/plan"), "plan");
        assert_eq!(value("/mode", "canary 10%", Language::Es), "canario 10 %");
        assert_eq!(value("/form/category", "UTILITY", Language::Pt), "avisos");
        assert_eq!(value("/settings/mode", "live", Language::Es), "live");
        assert_eq!(value("/category", "novelty", Language::Es), "novelty");
    }
}
