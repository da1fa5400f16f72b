//! What the host knows about what somebody proposes, for the rules that judge it.
//!
//! The author of a proposal chooses its words; these they do not choose. Each kind of proposal has its own facts, names
//! begin with what they are about, and one that is not known is left out. What people call things is masked, figures are not.

use std::collections::BTreeSet;

use domain::masking;
use domain::proposal::{Kind, Proposal};
use domain::templates::Template;
use serde_json::Value;
use store::ProjectionError;

use crate::assemble::Desk;
use crate::templates::TemplateWish;

/// A name, as `template.quality`, and a value.
pub(crate) type Facts = Vec<(String, String)>;

/// What is known about a proposal.
pub(crate) fn of(desk: &Desk, proposal: &Proposal) -> Result<Facts, ProjectionError> {
    Ok(match proposal.kind {
        Kind::Template => match serde_json::from_str(proposal.content.text()) {
            Ok(wish) => template(&wish, &desk.store().templates()?),
            Err(_) => Facts::new(),
        },
        Kind::Campaign | Kind::Mass => {
            let facts = desk.campaign_facts(proposal).unwrap_or_else(|error| {
                tracing::warn!(%error, proposal = %proposal.id, "what is known of a campaign could not be gathered");
                None
            });
            facts.into_iter().flatten().collect()
        }
        Kind::Company | Kind::Rule | Kind::Erasure | Kind::Export | Kind::Move => Facts::new(),
    })
}

/// Which template is meant, what Meta has made of it, and what else says the same.
fn template(wish: &TemplateWish, all: &[Template]) -> Facts {
    let (name, language, form) = match wish {
        TemplateWish::Create { form, .. } | TemplateWish::Edit { form, .. } => {
            (&form.name, Some(&form.language), Some(form))
        }
        TemplateWish::Delete(of) | TemplateWish::Unpause(of) | TemplateWish::Accept(of) => {
            (&of.name, of.language.as_ref(), None)
        }
        TemplateWish::Sync { .. } => return Facts::new(),
    };
    let mut facts = Facts::new();
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            facts.push((format!("template.{name}"), value.to_owned()));
        }
    };
    fact("name", &masking::text(name));
    fact("language", language.map_or("", String::as_str));
    fact("category", form.map_or("", |form| form.category.as_str()));
    let there = || all.iter().filter(|known| !known.is_deleted());
    let own = || there().filter(|known| known.template.name == *name);
    let languages: BTreeSet<&str> = own().map(|known| known.template.language.as_str()).collect();
    fact("languages", &languages.len().to_string());
    if let Some(known) =
        own().find(|known| language.is_none_or(|language| known.template.language == *language))
    {
        fact("status", &known.status.word);
        fact("quality", &known.quality.word);
        fact("known-category", &known.category.word);
        fact("coming-category", &known.coming);
    }
    let words = form.and_then(|form| body(&form.components));
    let says_it = |known: &&Template| {
        known.template.name != *name && known.components.as_deref().and_then(body) == words
    };
    if words.is_some() {
        let same: BTreeSet<&str> =
            there().filter(says_it).map(|known| known.template.name.as_str()).collect();
        fact("same-words", &masking::text(&same.into_iter().collect::<Vec<_>>().join(" ")));
    }
    facts
}

/// What a template says.
fn body(components: &[Value]) -> Option<&str> {
    components.iter().find(|one| one["type"] == "BODY").and_then(|body| body["text"].as_str())
}

#[cfg(test)]
mod tests {
    use domain::platform::TemplateName;
    use serde_json::json;

    use super::*;

    fn known(name: &str, language: &str, status: &str, text: &str) -> Template {
        let of = TemplateName { id: "1".into(), name: name.into(), language: language.into() };
        let mut template = Template::named("9", of);
        template.status.word = status.into();
        template.quality.word = "YELLOW".into();
        template.components = Some(vec![json!({"type": "BODY", "text": text})]);
        template
    }

    #[test]
    fn a_template_is_known_by_its_name_its_languages_and_by_others_that_say_the_same() {
        let all = [
            known("pedido", "es", "APPROVED", "Su pedido llegó."),
            known("pedido", "pt_BR", "PAUSED", "Seu pedido chegou."),
            known("aviso", "es", "APPROVED", "Ya llegó su pedido."),
            known("viejo", "es", "DELETED", "Ya llegó su pedido."),
        ];
        let form = json!({"name": "pedido", "language": "es", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "Ya llegó su pedido."}]});
        let wish = serde_json::from_value(json!({"do": "edit", "account": null, "form": form})).unwrap();
        let facts = template(&wish, &all);
        let fact = |name: &str| facts.iter().find(|(is, _)| is == name).map(|(_, value)| value.as_str());
        assert_eq!(fact("template.category"), Some("UTILITY"));
        assert_eq!(fact("template.status"), Some("APPROVED"));
        assert_eq!(fact("template.quality"), Some("YELLOW"));
        assert_eq!(fact("template.languages"), Some("2"));
        assert_eq!(fact("template.same-words"), Some("aviso"));
        assert_eq!(fact("template.known-category"), None, "what is not known is left out");
    }
}
