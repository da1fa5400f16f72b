//! What is wrong with a template, as a pure function of its words and of what the host knows.
//!
//! What Meta documents as a reason to reject (*Template review*: variables, links, what may not be asked for) weighs as much
//! here; what only may be taken amiss asks for a second pair of eyes, and the rest is a note.

use kit::judging::{Finding, Severity};
use kit::speech::base;
use kit::words::Text;

use crate::links::{Link, SHORTENERS, links};
use crate::settings::Settings;
use crate::template::{Part, Place, Template, variables};
use crate::words;

/// Everything that can be found, and what it weighs where the company says nothing.
pub const CODES: &[(&str, Severity)] = &[
    ("sells-as-utility", Severity::Require),
    ("variables-not-in-order", Severity::Reject),
    ("variable-at-the-edge", Severity::Reject),
    ("variables-side-by-side", Severity::Reject),
    ("more-variables-than-words", Severity::Reject),
    ("sample-missing", Severity::Reject),
    ("link-shortener", Severity::Reject),
    ("link-raw-address", Severity::Reject),
    ("link-to-anywhere", Severity::Reject),
    ("link-to-whatsapp", Severity::Reject),
    ("link-http", Severity::Require),
    ("link-url-host", Severity::Require),
    ("asks-for-identifier", Severity::Reject),
    ("asks-for-secret", Severity::Reject),
    ("another-language", Severity::Require),
    ("too-many-lines", Severity::Reject),
    ("no-way-out", Severity::Note),
    ("same-words", Severity::Note),
    ("readers-dislike-it", Severity::Note),
];

/// Looks at everything.
pub fn findings(template: &Template, facts: &[(String, String)], settings: &Settings<&str>) -> Vec<Finding> {
    let mut found = vec![];
    for part in &template.texts {
        of_variables(part, &template.category, &mut found);
    }
    let language = base(&template.language);
    let whole = template.words();
    let text = Text::new(&whole);
    if template.category != "MARKETING"
        && let Some(word) = words::selling(&text, language, &settings.selling)
    {
        found.push(Finding::new(
            "sells-as-utility",
            format!("«{word}» es de mercadeo, y la plantilla se presenta como {}", template.category),
            format!("«{word}» é de marketing, e o modelo se apresenta como {}", template.category),
            format!("“{word}” is marketing, and the template is called {}", template.category),
        ));
    }
    of_links(template, &settings.hosts, &mut found);
    of_policy(&text, &mut found);
    if let Some(other) = words::other_language(&text, language) {
        found.push(Finding::new(
            "another-language",
            format!("dice ser `{}` y parece escrita en `{other}`", template.language),
            format!("diz ser `{}` e parece escrito em `{other}`", template.language),
            format!("it is called `{}` and seems to be written in `{other}`", template.language),
        ));
    }
    if template.category == "MARKETING" && !offers_way_out(template) {
        found.push(Finding::new(
            "no-way-out",
            "no dice cómo dejar de recibir mensajes así",
            "não diz como deixar de receber mensagens assim",
            "it does not say how to stop receiving such messages",
        ));
    }
    of_facts(facts, &mut found);
    found
}

fn of_variables(part: &Part, category: &str, found: &mut Vec<Finding>) {
    let text = part.text.as_str();
    let names = variables(text);
    if part.place == Place::Body && text.contains("\n\n\n") {
        found.push(Finding::new(
            "too-many-lines",
            "tiene más de dos saltos de línea seguidos",
            "tem mais de duas quebras de linha seguidas",
            "it has more than two line breaks in a row",
        ));
    }
    if names.is_empty() {
        return;
    }
    let numbers: Vec<u32> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let in_order = sorted.iter().copied().eq(1..=sorted.len() as u32);
    if !numbers.is_empty() && (numbers.len() != names.len() || !in_order) {
        let are = names.join(", ");
        found.push(Finding::new(
            "variables-not-in-order",
            format!("las variables son {are}: deben ir de 1 en 1 desde {{{{1}}}}"),
            format!("as variáveis são {are}: devem ir de 1 em 1 desde {{{{1}}}}"),
            format!("the variables are {are}: they have to count from {{{{1}}}} by ones"),
        ));
    }
    let trimmed = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | ',' | '!' | '?' | '¡' | '¿' | '*' | '_')
    });
    if part.place != Place::Footer && (trimmed.starts_with("{{") || trimmed.ends_with("}}")) {
        found.push(Finding::new(
            "variable-at-the-edge",
            "empieza o termina con una variable",
            "começa ou termina com uma variável",
            "it begins or ends with a variable",
        ));
    }
    if text.replace(' ', "").contains("}}{{") {
        found.push(Finding::new(
            "variables-side-by-side",
            "dos variables van juntas, sin palabras en medio",
            "duas variáveis estão juntas, sem palavras no meio",
            "two variables stand side by side without words between them",
        ));
    }
    let words = text
        .split_whitespace()
        .filter(|word| !word.contains("{{") && word.contains(char::is_alphabetic))
        .count();
    if part.place == Place::Body && words < 2 * names.len() + 1 {
        let count = names.len();
        found.push(Finding::new(
            "more-variables-than-words",
            format!("{words} palabras para {count} variables son pocas"),
            format!("{words} palavras para {count} variáveis são poucas"),
            format!("{words} words are few for {count} variables"),
        ));
    }
    if !part.samples && category != "AUTHENTICATION" {
        found.push(Finding::new(
            "sample-missing",
            "faltan ejemplos de sus variables",
            "faltam exemplos das suas variáveis",
            "samples of its variables are missing",
        ));
    }
}

fn of_links(template: &Template, hosts: &[&str], found: &mut Vec<Finding>) {
    let texts = template.texts.iter().map(|part| part.text.as_str());
    let urls = template.buttons.iter().map(|button| button.url.as_str());
    for link in texts.chain(urls).flat_map(links) {
        of_link(&link, hosts, found);
    }
}

fn of_link(link: &Link, hosts: &[&str], found: &mut Vec<Finding>) {
    let host = link.host;
    let at = |hosts: &[&str]| hosts.iter().any(|known| link.is_at(known));
    let mut push = |code, es: &str, pt: &str, en: &str| {
        let words = |words: &str| format!("{host}: {words}");
        found.push(Finding::new(code, words(es), words(pt), words(en)));
    };
    if link.varies() {
        push(
            "link-to-anywhere",
            "la variable decide a dónde lleva el enlace",
            "a variável decide aonde leva o link",
            "a variable decides where the link leads",
        );
        return;
    }
    if at(&SHORTENERS) {
        push(
            "link-shortener",
            "un acortador esconde a dónde lleva",
            "um encurtador esconde aonde leva",
            "a shortener hides where it leads",
        );
    } else if link.is_raw_address() {
        push(
            "link-raw-address",
            "es una dirección IP y no un nombre",
            "é um endereço IP e não um nome",
            "it is an IP address and no name",
        );
    } else if at(&["wa.me", "api.whatsapp.com"]) {
        push(
            "link-to-whatsapp",
            "Meta no admite enlaces a WhatsApp",
            "a Meta não aceita links para o WhatsApp",
            "Meta takes no links to WhatsApp",
        );
    } else if !hosts.is_empty() && !at(hosts) {
        push(
            "link-url-host",
            "no es un sitio de la empresa",
            "não é um site da empresa",
            "it is no site of the company",
        );
    }
    if !link.secure {
        push("link-http", "el enlace no es https", "o link não é https", "the link is not https");
    }
}

fn of_policy(text: &Text, found: &mut Vec<Finding>) {
    if let Some(what) = words::asked_identifier(text) {
        found.push(Finding::new(
            "asks-for-identifier",
            format!("pide «{what}»: WhatsApp lo prohíbe"),
            format!("pede «{what}»: o WhatsApp proíbe"),
            format!("it asks for “{what}”, which WhatsApp forbids"),
        ));
    }
    if let Some(what) = words::asked_secret(text) {
        found.push(Finding::new(
            "asks-for-secret",
            format!("pide «{what}», que nadie debe enviar por un chat"),
            format!("pede «{what}», que ninguém deve enviar por um chat"),
            format!("it asks for “{what}”, which nobody should send in a chat"),
        ));
    }
}

fn offers_way_out(template: &Template) -> bool {
    let whole = template.words();
    let text = Text::new(&whole);
    ["baja", "cancelar", "no recibir mas", "parar", "sair", "nao receber", "stop", "unsubscribe", "opt out"]
        .into_iter()
        .filter_map(kit::words::needle)
        .any(|needle| text.contains(&needle))
}

fn of_facts(facts: &[(String, String)], found: &mut Vec<Finding>) {
    let fact = |name: &str| facts.iter().find(|(is, _)| is == name).map(|(_, value)| value.as_str());
    if let Some(names) = fact("template.same-words") {
        found.push(Finding::new(
            "same-words",
            format!("dice lo mismo que {names}"),
            format!("diz o mesmo que {names}"),
            format!("it says the same as {names}"),
        ));
    }
    if let Some(quality @ ("RED" | "YELLOW")) = fact("template.quality") {
        found.push(Finding::new(
            "readers-dislike-it",
            format!("Meta califica a la que hay con {quality}"),
            format!("a Meta classifica a que existe com {quality}"),
            format!("Meta rates the one that there is {quality}"),
        ));
    }
}

#[cfg(test)]
mod tests;
