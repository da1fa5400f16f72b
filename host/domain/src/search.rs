//! Finding words in what people wrote, as people write: without minding capitals and accents.

/// The most characters of what is looked for.
const MOST: usize = 100;

/// Characters around what was found, on each side.
const AROUND: usize = 40;

/// The fewest digits that are looked for in a phone.
const DIGITS: usize = 4;

/// What is looked for: words that all have to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought(Vec<String>);

impl Sought {
    /// What somebody typed. None if there is nothing of two characters in it, or it is longer than 100.
    pub fn of(typed: &str) -> Option<Self> {
        let words: Vec<String> = plain(typed).split_whitespace().map(ToOwned::to_owned).collect();
        let is_sought = words.iter().any(|word| word.chars().count() >= 2);
        (is_sought && typed.chars().count() <= MOST).then_some(Self(words))
    }

    /// Whether all of it is in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let text = plain(text);
        self.0.iter().all(|word| text.contains(word.as_str()))
    }

    /// Whether it is part of a phone, however that is written: digits alone, and at least four.
    pub fn is_of_phone(&self, digits: &str) -> bool {
        let written = |c: char| c.is_ascii_digit() || "+-.()".contains(c);
        let typed = self.0.concat();
        let sought: String = typed.chars().filter(char::is_ascii_digit).collect();
        typed.chars().all(written) && sought.len() >= DIGITS && digits.contains(&sought)
    }

    /// The part of a text in which the first of the words stands.
    pub fn excerpt(&self, text: &str) -> String {
        let flat: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let plain: Vec<char> = flat.iter().copied().map(plain_char).collect();
        let stands = |word: &String| {
            let word: Vec<char> = word.chars().collect();
            plain.windows(word.len().max(1)).position(|part| part == word)
        };
        let at = self.0.iter().filter_map(stands).min().unwrap_or(0);
        let (from, to) = (at.saturating_sub(AROUND), (at + 2 * AROUND).min(flat.len()));
        let middle: String = flat.get(from..to).unwrap_or_default().iter().collect();
        let before = if from > 0 { "…" } else { "" };
        let behind = if to < flat.len() { "…" } else { "" };
        format!("{before}{}{behind}", middle.trim())
    }
}

/// A text as it is compared with what people type: without capitals and accents.
pub fn plain(text: &str) -> String {
    text.chars().map(plain_char).collect()
}

/// One for one, so that places in the one are places in the other.
fn plain_char(c: char) -> char {
    let small = c.to_lowercase().next().unwrap_or(c);
    match small {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sought(typed: &str) -> Sought {
        Sought::of(typed).unwrap()
    }

    #[test]
    fn nobody_minds_accents_and_the_order_of_words() {
        assert!(sought("garantia TALADRO").is_in("El taladro tiene garantía."));
        assert!(!sought("garantia sierra").is_in("El taladro tiene garantía."));
        assert!(sought("peña").is_in("Lucía Pena"));
        assert_eq!(Sought::of(" a "), None);
        assert_eq!(Sought::of(&"a".repeat(101)), None);
    }

    #[test]
    fn a_phone_is_found_as_it_is_written_and_by_its_end() {
        for typed in ["+57 300 111 2233", "2233", "(300) 111-2233"] {
            assert!(sought(typed).is_of_phone("573001112233"), "{typed}");
        }
        for typed in ["33", "pedido 2233", "9999"] {
            assert!(!sought(typed).is_of_phone("573001112233"), "{typed}");
        }
    }

    #[test]
    fn an_excerpt_shows_what_was_found_and_where_it_goes_on() {
        let text = format!("{} El TALADRÓ\nazul {}", "antes ".repeat(30), "después ".repeat(30));
        let told = sought("taladro").excerpt(&text);
        assert!(told.starts_with('…') && told.ends_with('…') && told.contains("TALADRÓ azul"), "{told}");
        assert_eq!(sought("hola").excerpt("Hola"), "Hola");
    }

    proptest! {
        #[test]
        fn whatever_stands_somewhere_is_found_there_and_shown(before in ".{0,200}", word in "[a-zñá]{2,10}", behind in ".{0,200}") {
            let text = format!("{before}{word}{behind}");
            let sought = sought(&word.to_uppercase());
            prop_assert!(sought.is_in(&text));
            prop_assert!(sought.is_in(&sought.excerpt(&text)));
        }
    }
}
