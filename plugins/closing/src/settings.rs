//! What a supervisor writes down for this rule. Nothing has to be: the empty settings warn after twenty hours, close before
//! WhatsApp's window does, and ask whoever was attended.

use kit::settings::{Field, pack, parse};
use kit::speech::Spoken;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Settings<S> {
    /// Minutes since the customer last wrote, after which they are told that the case will be closed.
    pub warn_after: u32,
    /// Minutes since the customer last wrote, after which the case of one who was warned is closed.
    pub close_after: u32,
    /// Hours since the customer last wrote, after which any case is closed without a word.
    pub silent_after: u32,
    /// What the case is closed with.
    pub code: S,
    pub warning: Spoken<S>,
    pub farewell: Spoken<S>,
    pub survey: Option<Survey<S>>,
}

/// How customers are asked how it was.
#[derive(Serialize, Deserialize)]
pub struct Survey<S> {
    /// Minutes after the case was closed.
    pub after: u32,
    /// Codes of cases of which nobody is asked.
    pub not_for: Vec<S>,
    pub question: Spoken<S>,
    /// What is tapped, from best to worst.
    pub good: Spoken<S>,
    pub fair: Spoken<S>,
    pub bad: Spoken<S>,
    pub thanks: Spoken<S>,
}

const WARNING: Ours = [
    (
        "es",
        "¿Sigues ahí? Si no nos escribes, hoy cerramos tu caso. Puedes volver a escribirnos cuando quieras.",
    ),
    (
        "pt",
        "Você ainda está aí? Se não nos escrever, fecharemos seu caso hoje. Pode voltar a nos escrever quando quiser.",
    ),
    (
        "en",
        "Are you still there? If you do not write, we close your case today. You can write to us again at any time.",
    ),
];
const FAREWELL: Ours = [
    ("es", "Cerramos tu caso porque no tuvimos más noticias tuyas. Escríbenos cuando quieras."),
    ("pt", "Fechamos seu caso porque não tivemos mais notícias suas. Escreva quando quiser."),
    ("en", "We have closed your case because we did not hear from you. Write to us at any time."),
];
const QUESTION: Ours = [
    ("es", "¿Cómo fue la atención que recibiste?"),
    ("pt", "Como foi o atendimento que você recebeu?"),
    ("en", "How was the service that you got?"),
];
const GOOD: Ours = [("es", "Buena 😊"), ("pt", "Bom 😊"), ("en", "Good 😊")];
const FAIR: Ours = [("es", "Regular 😐"), ("pt", "Regular 😐"), ("en", "Fair 😐")];
const BAD: Ours = [("es", "Mala 😞"), ("pt", "Ruim 😞"), ("en", "Bad 😞")];
const THANKS: Ours = [
    ("es", "¡Gracias por decírnoslo!"),
    ("pt", "Obrigado por nos dizer!"),
    ("en", "Thank you for telling us!"),
];

type Ours = [(&'static str, &'static str); 3];

/// The last minute at which something can still be said before WhatsApp's window of 24 hours closes.
const LAST_MINUTE: u64 = 24 * 60 - 5;

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    pack(&Settings::read(&Field::top(&parse(json)?))?)
}

impl Settings<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&[
            "warn-after-minutes",
            "close-after-minutes",
            "close-in-silence-after-hours",
            "code",
            "warning",
            "farewell",
            "survey",
        ])?;
        let minutes = |minutes: &Field| minutes.number(5..=LAST_MINUTE);
        let warn_after: u32 = of.optional("warn-after-minutes", minutes)?.unwrap_or(20 * 60);
        let close_after = of.optional("close-after-minutes", |field| {
            let later = |minutes: &u32| *minutes > warn_after;
            field.ensure(field.number(5..=LAST_MINUTE)?, later, "more minutes than `warn-after-minutes`")
        })?;
        let close_after = close_after.unwrap_or(23 * 60 + 30);
        if close_after <= warn_after {
            return Err(format!(
                "close-after-minutes: it is {close_after} if nothing is said, and has to come after `warn-after-minutes`"
            ));
        }
        let code = of.optional("code", |field| {
            field.ensure(field.text()?, |code| is_code(code), "1 to 40 small letters and hyphens")
        })?;
        Ok(Self {
            warn_after,
            close_after,
            silent_after: of
                .optional("close-in-silence-after-hours", |hours| hours.number(25..=720))?
                .unwrap_or(72),
            code: code.unwrap_or_else(|| "no-reply".to_owned()),
            warning: said(of.optional("warning", read_text)?, &WARNING),
            farewell: said(of.optional("farewell", read_text)?, &FAREWELL),
            survey: of.optional("survey", Survey::read)?.unwrap_or_else(|| Some(Survey::ours())),
        })
    }
}

impl Survey<String> {
    fn ours() -> Self {
        let no_reply = vec!["no-reply".to_owned()];
        Self {
            after: 2,
            not_for: no_reply,
            question: said(None, &QUESTION),
            good: said(None, &GOOD),
            fair: said(None, &FAIR),
            bad: said(None, &BAD),
            thanks: said(None, &THANKS),
        }
    }

    /// `false` for none.
    fn read(field: &Field) -> Result<Option<Self>, String> {
        if field.flag() == Ok(false) {
            return Ok(None);
        }
        let of = field.object(&["after-minutes", "not-for", "question", "good", "fair", "bad", "thanks"])?;
        let title = |field: &Field| Spoken::read(field, 20);
        let ours = Self::ours();
        Ok(Some(Self {
            after: of.optional("after-minutes", |minutes| minutes.number(0..=720))?.unwrap_or(ours.after),
            not_for: of.optional("not-for", |codes| codes.texts())?.unwrap_or(ours.not_for),
            question: said(of.optional("question", |field| Spoken::read(field, 1024))?, &QUESTION),
            good: said(of.optional("good", title)?, &GOOD),
            fair: said(of.optional("fair", title)?, &FAIR),
            bad: said(of.optional("bad", title)?, &BAD),
            thanks: said(of.optional("thanks", read_text)?, &THANKS),
        }))
    }
}

fn read_text(field: &Field) -> Result<Spoken<String>, String> {
    Spoken::read(field, 4096)
}

/// The company's own words come first, and the first of a language is the one that is found.
fn said(own: Option<Spoken<String>>, ours: &Ours) -> Spoken<String> {
    let mut spoken = own.unwrap_or(Spoken(vec![]));
    spoken.0.extend(ours.map(|(language, text)| (language.to_owned(), text.to_owned())));
    spoken
}

fn is_code(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_and_nothing_at_all_are_accepted() {
        prepare(include_str!("example.json")).unwrap();
        prepare("{}").unwrap();
        prepare(r#"{"survey": false}"#).unwrap();
    }

    #[test]
    fn what_would_close_too_late_or_before_the_warning_is_refused() {
        for (json, error) in [
            (r#"{"close-after-minutes": 1440}"#, "expected a whole number from 5 to 1435"),
            (
                r#"{"warn-after-minutes": 600, "close-after-minutes": 600}"#,
                "expected more minutes than `warn-after-minutes`",
            ),
            (r#"{"warn-after-minutes": 1420}"#, "has to come after `warn-after-minutes`"),
            (r#"{"code": "No Reply"}"#, "expected 1 to 40 small letters and hyphens"),
            (r#"{"survey": {"good": {"es": "Muy buena, gracias por todo"}}}"#, "expected 1 to 20 characters"),
        ] {
            let got = prepare(json).unwrap_err();
            assert!(got.ends_with(error), "{got}");
        }
    }
}
