//! Why a template is not offered, in words for a person.

use crate::law::class::Category;
use crate::law::language::Language;

/// Why a template is not offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nobody has told of it.
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The language.
        language: String,
    },
    /// Several accounts have one of this name, and it is not known which one the number belongs to.
    Account,
    /// Meta looks at it.
    Pending,
    /// Meta did not take it.
    Rejected {
        /// Meta's words.
        reason: String,
    },
    /// Its readers do not like it, or Meta paces it.
    Paused {
        /// Meta's words.
        reason: String,
    },
    /// Its readers did not like it three times.
    Disabled,
    /// It is no more.
    Deleted,
    /// It is in a state that does not let it be sent, or of which this version has not heard.
    Status {
        /// Meta's word.
        status: String,
    },
    /// It counts as something of which this version has not heard.
    Category {
        /// Meta's word.
        category: String,
    },
    /// Meta made something else of it, which costs another price and falls under another law.
    Recategorised {
        /// What the company takes it for.
        was: Category,
        /// What it is.
        is: Category,
    },
}

impl Why {
    /// One or two sentences: what is, and what can be done.
    pub fn words(&self, language: Language) -> String {
        let pick = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
        match self {
            Self::Unknown { name, language: of } => language.pick(
                format!("No hay ninguna plantilla `{name}` en `{of}`: sincronice las plantillas o revise el nombre."),
                format!("Não há nenhum modelo `{name}` em `{of}`: sincronize os modelos ou verifique o nome."),
                format!("There is no template `{name}` in `{of}`: sync the templates, or check the name."),
            ),
            Self::Account => pick(
                "Varias cuentas tienen esta plantilla: indique `waba` del número en el archivo de la empresa.",
                "Várias contas têm este modelo: indique `waba` do número no arquivo da empresa.",
                "Several accounts have this template: say `waba` of the number in the company's file.",
            ),
            Self::Pending => pick(
                "Meta todavía revisa la plantilla.",
                "A Meta ainda está analisando o modelo.",
                "Meta is still reviewing the template.",
            ),
            Self::Rejected { reason } => with(
                reason,
                language.pick("Meta rechazó la plantilla.", "A Meta rejeitou o modelo.", "Meta rejected the template."),
            ),
            Self::Paused { reason } => with(
                reason,
                language.pick("Meta pausó la plantilla.", "A Meta pausou o modelo.", "Meta has paused the template."),
            ),
            Self::Disabled => pick(
                "Meta desactivó la plantilla para siempre.",
                "A Meta desativou o modelo para sempre.",
                "Meta has disabled the template for ever.",
            ),
            Self::Deleted => pick(
                "La plantilla ya no existe.",
                "O modelo não existe mais.",
                "The template does not exist any more.",
            ),
            Self::Status { status } => with(
                status,
                language.pick(
                    "En este estado Meta no envía la plantilla.",
                    "Neste estado a Meta não envia o modelo.",
                    "In this state Meta does not send the template.",
                ),
            ),
            Self::Category { category } => with(
                category,
                language.pick(
                    "No se conoce la categoría de la plantilla.",
                    "A categoria do modelo não é conhecida.",
                    "The category of the template is not known.",
                ),
            ),
            Self::Recategorised { was, is } => {
                let (was, is) = (was.words(language), is.words(language));
                language.pick(
                    format!("Meta pasó la plantilla de {was} a {is}: alguien tiene que aceptarlo."),
                    format!("A Meta passou o modelo de {was} a {is}: alguém precisa aceitar."),
                    format!("Meta moved the template from {was} to {is}: somebody has to accept that."),
                )
            }
        }
    }
}

fn with(details: &str, words: &str) -> String {
    if details.is_empty() { words.to_owned() } else { format!("{words} ({details})") }
}
