//! What Meta says of templates in the words of those who do not speak its language. A word that is not known here stays as it came:
//! Meta has new ones from time to time.

use crate::law::class::Category;
use crate::law::language::Language;

/// Words of Meta's, and what they are in Spanish, Portuguese and English.
type Table = [(&'static str, [&'static str; 3])];

#[rustfmt::skip] // A table is read in rows.
const STATUSES: &Table = &[
    ("APPROVED",         ["aprobada", "aprovado", "approved"]),
    ("REINSTATED",       ["aprobada", "aprovado", "approved"]),
    ("PENDING",          ["Meta la revisa", "a Meta o revisa", "Meta looks at it"]),
    ("REJECTED",         ["rechazada", "rejeitado", "rejected"]),
    ("PAUSED",           ["en pausa", "em pausa", "paused"]),
    ("DISABLED",         ["desactivada", "desativado", "disabled"]),
    ("FLAGGED",          ["en riesgo", "em risco", "at risk"]),
    ("IN_APPEAL",        ["apelada", "em recurso", "appealed"]),
    ("PENDING_DELETION", ["borrada", "apagado", "deleted"]),
    ("DELETED",          ["borrada", "apagado", "deleted"]),
    ("UNKNOWN",          ["no se sabe", "não se sabe", "not known"]),
    ("",                 ["no se sabe", "não se sabe", "not known"]),
];

#[rustfmt::skip] // A table is read in rows.
const QUALITIES: &Table = &[
    ("GREEN",   ["alta", "alta", "high"]),
    ("YELLOW",  ["media", "média", "medium"]),
    ("RED",     ["baja", "baixa", "low"]),
    ("UNKNOWN", ["sin calificar", "sem avaliação", "not rated"]),
    ("",        ["sin calificar", "sem avaliação", "not rated"]),
];

fn spoken(table: &Table, word: &str, language: Language) -> String {
    let known = table.iter().find(|(of, _)| *of == word);
    known.map_or(word, |(_, [es, pt, en])| language.pick(*es, *pt, *en)).to_owned()
}

/// How a template stands with Meta.
pub fn status(word: &str, language: Language) -> String {
    spoken(STATUSES, word, language)
}

/// What its readers make of it.
pub fn quality(word: &str, language: Language) -> String {
    spoken(QUALITIES, word, language)
}

/// As what it counts.
pub fn category(word: &str, language: Language) -> String {
    Category::of(word).map_or(word, |category| category.words(language)).to_owned()
}
