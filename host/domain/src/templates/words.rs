//! What Meta says of templates in the words of those who do not speak its language. A word that is not known here stays as it came:
//! Meta has new ones from time to time.

use crate::law::language::Language;

/// How a template stands with Meta.
pub fn status(word: &str, language: Language) -> String {
    let [es, pt, en] = match word {
        "APPROVED" | "REINSTATED" => ["aprobada", "aprovado", "approved"],
        "PENDING" => ["Meta la revisa", "a Meta o revisa", "Meta looks at it"],
        "REJECTED" => ["rechazada", "rejeitado", "rejected"],
        "PAUSED" => ["en pausa", "em pausa", "paused"],
        "DISABLED" => ["desactivada", "desativado", "disabled"],
        "FLAGGED" => ["en riesgo", "em risco", "at risk"],
        "IN_APPEAL" => ["apelada", "em recurso", "appealed"],
        "PENDING_DELETION" | "DELETED" => ["borrada", "apagado", "deleted"],
        "UNKNOWN" | "" => ["no se sabe", "não se sabe", "not known"],
        other => return other.to_owned(),
    };
    language.pick(es, pt, en).to_owned()
}

/// As what it counts.
pub fn category(word: &str, language: Language) -> String {
    let [es, pt, en] = match word {
        "MARKETING" => ["publicidad", "publicidade", "marketing"],
        "UTILITY" => ["avisos", "avisos", "utility"],
        "AUTHENTICATION" => ["códigos", "códigos", "codes"],
        other => return other.to_owned(),
    };
    language.pick(es, pt, en).to_owned()
}

/// What its readers make of it.
pub fn quality(word: &str, language: Language) -> String {
    let [es, pt, en] = match word {
        "GREEN" => ["alta", "alta", "high"],
        "YELLOW" => ["media", "média", "medium"],
        "RED" => ["baja", "baixa", "low"],
        "UNKNOWN" | "" => ["sin calificar", "sem avaliação", "not rated"],
        other => return other.to_owned(),
    };
    language.pick(es, pt, en).to_owned()
}
