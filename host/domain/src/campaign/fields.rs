//! What is known of a contact, in the gaps of a template.
//!
//! `{name}` in a text parameter is the contact's name, `{name|cliente}` the same with something to say where none is known.
//! There are three of them, because that is what the host knows of a contact without opening what was said.

use crate::message::{Component, ParameterValue, Template};

/// What is known of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// What they call themselves; empty if they do not.
    pub name: String,
    /// The language to speak with them, as `es`.
    pub language: String,
    /// Their country (ISO 3166), or `default`.
    pub country: String,
}

impl Fields {
    fn of(&self, name: &str) -> Option<&str> {
        match name {
            "name" => Some(&self.name),
            "language" => Some(&self.language),
            "country" => Some(&self.country),
            _ => None,
        }
    }
}

/// The first thing in braces that is no field.
pub fn unknown(template: &Template) -> Option<String> {
    let mut unknown = None;
    let mut template = template.clone();
    each(&mut template.components, &mut |text| {
        for (field, _) in parts(text).filter_map(|part| part.err()) {
            if Fields::default().of(field).is_none() {
                unknown.get_or_insert_with(|| field.to_owned());
            }
        }
    });
    unknown
}

/// The template as a contact gets it; none if it wants something that is not known of them.
pub fn fill(template: &Template, of: &Fields) -> Option<Template> {
    let mut filled = template.clone();
    let mut whole = true;
    each(&mut filled.components, &mut |text| {
        let said = parts(text).map(|part| match part {
            Ok(words) => words.to_owned(),
            Err((field, instead)) => {
                let known = of.of(field).filter(|known| !known.trim().is_empty()).or(instead);
                whole &= known.is_some();
                // Meta takes no line breaks and tabs in a gap.
                known.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
            }
        });
        *text = said.collect::<Vec<_>>().concat();
    });
    whole.then_some(filled)
}

fn each(components: &mut [Component], visit: &mut impl FnMut(&mut String)) {
    for component in components {
        let parameters = match component {
            Component::Header { parameters }
            | Component::Body { parameters }
            | Component::Button { parameters, .. } => parameters,
            Component::Carousel { cards } => {
                for card in cards {
                    each(&mut card.components, visit);
                }
                continue;
            }
            Component::LimitedTimeOffer { .. } => continue,
        };
        for parameter in parameters {
            if let ParameterValue::Text(text) = &mut parameter.value {
                visit(text);
            }
        }
    }
}

/// A text in its parts: words, or a field with what to say instead.
fn parts(text: &str) -> impl Iterator<Item = Result<&str, (&str, Option<&str>)>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((inside, behind)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            rest = behind;
            let (field, instead) = inside.split_once('|').map_or((inside, None), |(f, i)| (f, Some(i)));
            return Some(Err((field.trim(), instead)));
        }
        // A brace that nothing closes is a brace.
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == '{').map_or(rest.len(), |(at, _)| at);
        let (words, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(Ok(words))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::Parameter;

    fn template(text: &str) -> Template {
        let parameters = vec![Parameter { name: None, value: ParameterValue::Text(text.to_owned()) }];
        let components = vec![Component::Body { parameters }];
        Template { name: "feria".into(), language: "es_CO".into(), components }
    }

    fn lucia() -> Fields {
        Fields { name: "Lucía\nDíaz".into(), language: "es".into(), country: "CO".into() }
    }

    #[test]
    fn a_gap_is_filled_with_what_is_known_or_with_what_stands_instead_or_not_at_all() {
        let text = "Hola {name|cliente} ({country}), 2 {por 1";
        let filled = |of: &Fields| fill(&template(text), of);
        assert_eq!(filled(&lucia()), Some(template("Hola Lucía Díaz (CO), 2 {por 1")));
        let stranger = Fields { name: " ".into(), ..lucia() };
        assert_eq!(filled(&stranger), Some(template("Hola cliente (CO), 2 {por 1")));
        assert_eq!(fill(&template("Hola {name}"), &stranger), None);
        assert_eq!(unknown(&template("{phone}")), Some("phone".to_owned()));
        assert_eq!(unknown(&template(text)), None);
    }

    proptest! {
        #[test]
        fn a_text_without_braces_is_said_as_it_stands(text in "[^{}]{0,40}") {
            prop_assert_eq!(fill(&template(&text), &lucia()), Some(template(&text)));
        }

        #[test]
        fn no_text_breaks_it(text in "(\\{|\\}|name|\\||x|é){0,12}") {
            let _ = (fill(&template(&text), &lucia()), unknown(&template(&text)));
        }
    }
}
