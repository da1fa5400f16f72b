//! How cases end, as the company counts it: codes, in groups where there are many.
//!
//! A code is all that the journal has of it. Groups are for those who choose and for those who read figures, so they may change
//! from one day to the next without a case having ended otherwise.

use serde::{Deserialize, Serialize};

use crate::event::CaseClosed;
use crate::law::language::Language;

/// A code, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ending {
    /// A code.
    Code(String),
    /// Several that belong together.
    Group(Group),
}

/// Codes that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What people call them.
    pub group: String,
    /// The codes, or groups of them.
    pub codes: Vec<Ending>,
}

/// What people call a code: those that every company has, and some that many have, in their language; its own as it wrote them.
pub fn words(code: &str, language: Language) -> String {
    let [es, pt, en] = match code {
        "answered" => ["respondido", "respondido", "answered"],
        "other" => ["otro", "outro", "other"],
        "no-reply" => ["sin respuesta del cliente", "sem resposta do cliente", "no reply of the customer"],
        "wrong-number" => ["número equivocado", "número errado", "wrong number"],
        own => return own.replace('-', " "),
    };
    language.pick(es, pt, en).to_owned()
}

/// What is wrong in a list of codes: where, what stands there, and what was expected.
pub type Wrong = (String, String, &'static str);

/// How deep groups may lie in groups: more than three nobody chooses from in a conversation.
const DEEPEST: usize = 3;

/// Whether a list makes sense: each code is one, and stands once.
pub fn check(endings: &[Ending]) -> Result<(), Wrong> {
    let mut seen = std::collections::BTreeSet::new();
    checked(endings, "closing-codes", 0, &mut seen)
}

fn checked<'a>(
    endings: &'a [Ending],
    key: &str,
    depth: usize,
    seen: &mut std::collections::BTreeSet<&'a str>,
) -> Result<(), Wrong> {
    for (i, ending) in endings.iter().enumerate() {
        let key = format!("{key}[{i}]");
        match ending {
            Ending::Code(code) if !CaseClosed::is_code(code) => {
                let expected = "1 to 40 small letters and hyphens were expected, as `wrong-number`";
                return Err((key, code.clone(), expected));
            }
            Ending::Code(code) if !seen.insert(code) => {
                return Err((key, code.clone(), "a code that no other place has was expected"));
            }
            Ending::Code(_) => {}
            Ending::Group(group) => {
                let (name, length) = (&group.group, group.group.chars().count());
                if length == 0 || length > 60 {
                    return Err((format!("{key}.group"), name.clone(), "1 to 60 letters were expected"));
                }
                if group.codes.is_empty() || depth + 1 >= DEEPEST {
                    let expected = "codes, in groups that lie three deep at most, were expected";
                    return Err((format!("{key}.codes"), name.clone(), expected));
                }
                checked(&group.codes, &format!("{key}.codes"), depth + 1, seen)?;
            }
        }
    }
    Ok(())
}

/// All codes of a list, in its order, each with the groups that it is in, the outermost first.
pub fn codes(endings: &[Ending]) -> Vec<(&str, Vec<&str>)> {
    let mut found = Vec::new();
    collect(endings, &mut Vec::new(), &mut found);
    found
}

fn collect<'a>(endings: &'a [Ending], groups: &mut Vec<&'a str>, found: &mut Vec<(&'a str, Vec<&'a str>)>) {
    for ending in endings {
        match ending {
            Ending::Code(code) => found.push((code, groups.clone())),
            Ending::Group(group) => {
                groups.push(&group.group);
                collect(&group.codes, groups, found);
                groups.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Vec<Ending> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_plain_list_is_one_and_groups_are_told_with_each_code() {
        assert_eq!(codes(&read(r#"["wrong-number", "no-reply"]"#)).len(), 2);
        let tree = read(
            r#"["otro", {"group": "Pagos", "codes": ["pago-doble", {"group": "Reembolso", "codes": ["devuelto"]}]}]"#,
        );
        assert_eq!(check(&tree), Ok(()));
        assert_eq!(
            codes(&tree),
            [("otro", vec![]), ("pago-doble", vec!["Pagos"]), ("devuelto", vec!["Pagos", "Reembolso"])]
        );
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_place() {
        for (json, key) in [
            (r#"["Una Persona"]"#, "closing-codes[0]"),
            (r#"["a", {"group": "G", "codes": ["a"]}]"#, "closing-codes[1].codes[0]"),
            (r#"[{"group": "", "codes": ["a"]}]"#, "closing-codes[0].group"),
            (r#"[{"group": "G", "codes": []}]"#, "closing-codes[0].codes"),
            (
                r#"[{"group": "A", "codes": [{"group": "B", "codes": [{"group": "C", "codes": ["d"]}]}]}]"#,
                "closing-codes[0].codes[0].codes[0].codes",
            ),
        ] {
            assert_eq!(check(&read(json)).unwrap_err().0, key);
        }
    }
}
