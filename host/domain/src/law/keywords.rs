//! The words with which customers opt out, and in again.
//!
//! They count only when they are the whole message: "no voy a parar de comprar" and "quiero dar de baja un pedido" are
//! sentences, and whoever writes one wants an answer. Case, accents, punctuation and spaces do not matter, nor does a
//! "por favor", nor that somebody writes it three times. A *gracias* does: "no más, gracias" is what one says to a waiter.
//!
//! The words of all three languages count whatever the customer speaks, for a `STOP` is understood everywhere. Apart
//! are those that say something else next door: `CANCELAR` alone leaves a list in Brazil and an order in Colombia.

use super::consent::Consent;
use super::language::Language;

/// Opting out, folded: in lower case and without accents.
#[rustfmt::skip]
const OUT: &[&str] = &[
    // Spanish
    "baja", "darme de baja", "dar de baja", "dame de baja", "denme de baja", "deme de baja", "quiero darme de baja",
    "salir", "detener", "parar", "cancelar suscripcion", "cancelar mi suscripcion", "desuscribir", "desuscribirme",
    "no mas", "no mas mensajes", "no mas promociones", "no mas publicidad", "no mas spam", "no me escriban mas",
    "no me envien mas mensajes", "no enviar mas", "no quiero mas mensajes", "no quiero recibir mas mensajes",
    "detener promociones", "detener mensajes",
    // Portuguese
    "sair", "pare", "descadastrar", "descadastre", "descadastrar me", "me descadastre", "cancelar inscricao",
    "cancelar assinatura", "cancelar cadastro", "nao quero mais mensagens", "nao quero mais receber mensagens",
    "chega de mensagens", "parar promocoes", "parar mensagens",
    // English
    "stop", "stopall", "stop all", "unsubscribe", "unsubscribe me", "end", "quit", "optout", "opt out",
    "stop promotions", "stop messages", "no more messages",
];

/// Opting out, for those who speak Portuguese.
const OUT_PT: &[&str] = &["cancelar", "cancela", "cancele", "remover"];

/// Opting out, for those who speak English (with those above the words of CTIA, *Messaging Principles*, 5.1.3).
const OUT_EN: &[&str] = &["cancel", "revoke", "remove me"];

/// Opting in again.
const IN: &[&str] = &["alta", "darme de alta", "voltar", "start", "unstop", "subscribe", "optin", "opt in"];

/// What may stand around a word.
const COURTESY: &[&[&str]] =
    &[&["por", "favor"], &["porfavor"], &["porfa"], &["por", "gentileza"], &["please"], &["pls"], &["plz"]];

/// What a message asks for, if it is nothing but such a word or phrase.
pub fn heard(text: &str, language: Language) -> Option<Consent> {
    // The longest phrase, three times and with courtesies, is shorter; a letter to the company is not folded at all.
    if text.len() > 400 {
        return None;
    }
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let words = without_courtesy(&words);
    let is_one_of = |phrases: &[&str]| phrases.iter().any(|phrase| is_said(words, phrase));
    if is_one_of(OUT) || is_one_of(language.pick(&[], OUT_PT, OUT_EN)) {
        Some(Consent::OptOut)
    } else if is_one_of(IN) {
        Some(Consent::OptIn)
    } else {
        None
    }
}

/// What the customer is told.
pub fn confirmation(consent: Consent, language: Language, company: &str) -> String {
    match consent {
        Consent::OptOut => language.pick(
            format!("Listo: {company} no le enviará más mensajes por su cuenta. Si cambia de opinión, escriba ALTA."),
            format!("Pronto: {company} não enviará mais mensagens por conta própria. Se mudar de ideia, escreva VOLTAR."),
            format!("Done: {company} will send you no more messages of its own accord. If you change your mind, write START."),
        ),
        Consent::OptIn => language.pick(
            format!("Listo: volverá a recibir mensajes de {company}. Para dejar de recibirlos, escriba BAJA."),
            format!("Pronto: você voltará a receber mensagens de {company}. Para não receber mais, escreva SAIR."),
            format!("Done: you will get messages from {company} again. To get no more of them, write STOP."),
        ),
    }
}

/// Whether words are a phrase, once or several times.
fn is_said(words: &[&str], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    !words.is_empty()
        && words.len().is_multiple_of(phrase.len())
        && words.chunks(phrase.len()).all(|chunk| chunk == phrase)
}

fn without_courtesy<'a, 'b>(mut words: &'a [&'b str]) -> &'a [&'b str] {
    loop {
        let shorter = COURTESY
            .iter()
            .find_map(|courtesy| words.strip_prefix(*courtesy).or_else(|| words.strip_suffix(*courtesy)));
        match shorter {
            Some(rest) => words = rest,
            None => return words,
        }
    }
}

/// Lower case, without accents, with one kind of space between words and nothing that cannot be heard.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !is_silent(*c))
        // Keyboards of East Asia write Latin letters at full width.
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .filter(|c| !is_silent(*c))
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ª' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'º' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            _ if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect()
}

/// Accents that stand behind their letter, and characters of no width.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FE0F}' | '\u{FEFF}' | '\u{AD}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn any_language() -> impl Strategy<Value = Language> {
        select(vec![Language::Es, Language::Pt, Language::En])
    }

    #[test]
    fn customers_opt_out_in_their_own_words_and_way_of_writing() {
        for text in [
            "BAJA",
            "baja.",
            "¡¡Baja!!",
            " Salir ",
            "STOP",
            "Stop 🛑",
            "s\u{200B}top",
            "Detener",
            "CANCELAR SUSCRIPCIÓN",
            "cancelar\nsuscripcio\u{301}n",
            "NO MÁS",
            "no más mensajes por favor",
            "Por favor, no me escriban más.",
            "SAIR",
            "Parar",
            "DESCADASTRAR",
            "me descadastre, por gentileza",
            "Não quero mais receber mensagens",
            "unsubscribe",
            "Opt-Out",
            "OPTOUT",
            "please STOP",
            "End",
            "QUIT",
            "STOP STOP STOP",
            "ＳＴＯＰ",
            "Detener promociones",
        ] {
            assert_eq!(heard(text, Language::Es), Some(Consent::OptOut), "{text:?}");
        }
        for text in ["ALTA", "Voltar", "start!", "opt-in"] {
            assert_eq!(heard(text, Language::Es), Some(Consent::OptIn), "{text:?}");
        }
    }

    #[test]
    fn a_sentence_with_such_a_word_in_it_is_a_sentence() {
        for text in [
            "no voy a parar de comprar",
            "quiero dar de baja un pedido",
            "¿A qué hora puedo salir?",
            "la baja de precios",
            "please don't stop",
            "non-stop",
            "No más, gracias",
            "no mas de 3 unidades",
            "the end",
            "Hasta el weekend",
            "quiero cancelar suscripción de luz de mi tío",
            "Cancelar el pedido 4512",
            "alta calidad",
            "start over",
            "",
            "¡!",
            "🛑",
            "por favor",
            "bajas",
            "st op",
        ] {
            assert_eq!(heard(text, Language::Es), None, "{text:?}");
        }
    }

    #[test]
    fn cancelar_alone_leaves_a_list_in_brazil_and_an_order_in_colombia() {
        assert_eq!(heard("CANCELAR", Language::Pt), Some(Consent::OptOut));
        assert_eq!(heard("CANCELAR", Language::Es), None);
        assert_eq!(heard("cancel", Language::En), Some(Consent::OptOut));
    }

    #[test]
    fn every_phrase_is_written_as_it_is_compared_and_means_one_thing() {
        for phrase in [OUT, OUT_PT, OUT_EN, IN].concat() {
            assert_eq!(fold(phrase), phrase);
        }
        assert!(IN.iter().all(|phrase| ![OUT, OUT_PT, OUT_EN].concat().contains(phrase)));
    }

    proptest! {
        #[test]
        fn dress_does_not_change_what_is_said(
            phrase in select(OUT), language in any_language(), upper in any::<u64>(), accents in any::<u64>(),
            before in "[ \t\n¡!.,*_\"'🙏…-]{0,6}", between in "[ \t\n.,…-]{1,4}", after in "[ \t\n!?.,*_\"'🛑…)-]{0,6}",
        ) {
            let dressed: String = phrase.chars().enumerate().map(|(i, c)| {
                let c = match c {
                    'a' if accents >> (i % 64) & 1 == 1 => 'á',
                    'o' if accents >> (i % 64) & 1 == 1 => 'õ',
                    _ => c,
                };
                if upper >> (i % 64) & 1 == 1 { c.to_uppercase().collect::<String>() } else { c.to_string() }
            }).collect::<String>().replace(' ', &between);
            prop_assert_eq!(heard(&format!("{before}{dressed}{after}"), language), Some(Consent::OptOut));
        }

        #[test]
        fn a_word_that_belongs_to_no_phrase_makes_it_a_sentence(
            phrase in select([OUT, IN].concat()), word in "[a-z]{1,12}", first in any::<bool>(), language in any_language()
        ) {
            let known = [OUT, OUT_PT, OUT_EN, IN].concat().iter().any(|phrase| phrase.split(' ').any(|part| part == word));
            let courtesy = COURTESY.iter().any(|courtesy| courtesy.contains(&word.as_str()));
            prop_assume!(!known && !courtesy);
            let text = if first { format!("{word} {phrase}") } else { format!("{phrase} {word}") };
            prop_assert_eq!(heard(&text, language), None);
        }

        #[test]
        fn letters_around_a_word_make_another_word(
            phrase in select([OUT, IN].concat()), letters in "[b-df-hj-np-tv-z]{2,5}", language in any_language()
        ) {
            prop_assert_eq!(heard(&format!("{phrase}{letters}"), language), None);
            prop_assert_eq!(heard(&format!("{letters}{phrase}"), language), None);
        }

        #[test]
        fn no_text_breaks_the_hearing(text in "\\PC{0,120}", language in any_language()) {
            let _ = heard(&text, language);
        }
    }
}
