//! Words that tell something: that a text sells, that it asks for what nobody may ask for, which language it is in. Each
//! is looked for as `kit::words` does: without accents, and with `*` for any ending.

use kit::words::{Text, needle};

/// Marketing, by language: only those of the template's own, because the same letters mean other things elsewhere.
const SELLING: [(&str, &[&str]); 3] = [
    (
        "es",
        &[
            "descuento*",
            "oferta*",
            "promocion*",
            "promo",
            "gratis",
            "rebaja*",
            "cupon*",
            "solo por hoy",
            "ultimas unidades",
            "aproveche*",
            "aprovecha*",
            "liquidacion",
            "sorteo*",
            "black friday",
            "2x1",
            "compre ya",
            "compra ya",
            "no te lo pierdas",
        ],
    ),
    (
        "pt",
        &[
            "desconto*",
            "oferta*",
            "promocao",
            "promocoes",
            "promo",
            "gratis",
            "cupom",
            "cupons",
            "so hoje",
            "ultimas unidades",
            "aproveite*",
            "liquidacao",
            "sorteio*",
            "black friday",
            "frete gratis",
            "compre ja",
            "nao perca",
        ],
    ),
    (
        "en",
        &[
            "discount*",
            "offer",
            "offers",
            "promotion*",
            "promo",
            "free",
            "coupon*",
            "only today",
            "last units",
            "sale",
            "don t miss",
            "black friday",
            "buy now",
            "limited time",
            "deals",
        ],
    ),
];

/// What Meta's policy forbids to ask for over WhatsApp.
const IDENTIFIERS: [&str; 22] = [
    "numero de tarjeta",
    "numero de su tarjeta",
    "numero completo de su tarjeta",
    "cvv",
    "cvc",
    "numero de cuenta",
    "numero de su cuenta",
    "numero de cedula",
    "su cedula",
    "numero do cartao",
    "numero do seu cartao",
    "numero da conta",
    "seu cpf",
    "numero do cpf",
    "card number",
    "account number",
    "social security number",
    "tarjeta de credito completa",
    "numero de documento",
    "numero de identidad",
    "numero de passaporte",
    "passport number",
];
const SECRETS: [&str; 11] = [
    "contrasena*",
    "clave",
    "pin",
    "senha*",
    "password*",
    "passcode",
    "token",
    "codigo de seguridad",
    "codigo de seguranca",
    "codigo de verificacion",
    "security code",
];

/// That something is asked for, and not only spoken of.
const ASKING: [&str; 25] = [
    "envie*",
    "envia",
    "enviar",
    "enviando",
    "enviarnos",
    "envianos",
    "responda",
    "responde",
    "digite",
    "digita",
    "escriba",
    "escribanos",
    "indique",
    "indiquenos",
    "confirme",
    "comparta",
    "informe",
    "mande",
    "reply",
    "send",
    "share",
    "enter",
    "provide",
    "confirm",
    "ingrese",
];

/// That the company says it never asks: a warning, and a good one.
const WARNING: [&str; 10] = [
    "nunca",
    "jamas",
    "no comparta",
    "no envie",
    "no entregue",
    "nao compartilhe",
    "nao envie",
    "never",
    "do not share",
    "jamais",
];

/// Words that one of the languages has and the others have not.
const OWN: [(&str, &[&str]); 3] = [
    (
        "es",
        &[
            "el", "la", "los", "las", "su", "sus", "con", "y", "usted", "una", "del", "al", "hoy", "gracias",
            "pedido", "hola", "esta", "le",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "seu", "sua", "com", "voce", "nao", "uma", "do", "da", "dos", "ao", "hoje",
            "obrigado", "obrigada", "ola", "em", "um",
        ],
    ),
    (
        "en",
        &[
            "the", "your", "you", "is", "and", "to", "for", "with", "will", "has", "been", "today", "thanks",
            "hello", "order", "of", "on",
        ],
    ),
];

fn first<'a>(text: &Text, words: &[&'a str]) -> Option<&'a str> {
    words.iter().copied().find(|word| needle(word).is_some_and(|needle| text.contains(&needle)))
}

fn of<'a>(table: &[(&str, &'a [&'a str])], language: &str) -> &'a [&'a str] {
    table.iter().find(|(is, _)| *is == language).map_or(&[], |(_, words)| words)
}

/// The first word that sells.
pub fn selling(text: &Text, language: &str, more: &[&str]) -> Option<String> {
    let own = more.iter().find(|needle| text.contains(needle)).map(|needle| needle.trim_end().to_owned());
    own.or_else(|| first(text, of(&SELLING, language)).map(|word| word.trim_end_matches('*').to_owned()))
}

/// What is asked for that identifies somebody.
pub fn asked_identifier(text: &Text) -> Option<&'static str> {
    if asks(text) { first(text, &IDENTIFIERS) } else { None }
}

/// What is asked for that is secret.
pub fn asked_secret(text: &Text) -> Option<&'static str> {
    if asks(text) { first(text, &SECRETS).map(|word| word.trim_end_matches('*')) } else { None }
}

fn asks(text: &Text) -> bool {
    first(text, &ASKING).is_some() && first(text, &WARNING).is_none()
}

/// The language that a text is in, if it is clearly another one than this.
pub fn other_language(text: &Text, language: &str) -> Option<&'static str> {
    let count = |words: &[&str]| {
        words.iter().filter(|word| needle(word).is_some_and(|needle| text.contains(&needle))).count()
    };
    let own = count(of(&OWN, language));
    // Of a language that is not known here nothing can be said.
    if of(&OWN, language).is_empty() {
        return None;
    }
    let (best, found) = OWN.iter().map(|(is, words)| (*is, count(words))).max_by_key(|(_, found)| *found)?;
    (found >= own + 2).then_some(best)
}
