//! People write «FACTURA», «facturá» and «¿factura?» and mean one word. Comparing happens in a folded form: small
//! letters without accents, one space after each word. The folding is a table of Latin letters written out here, because
//! the general one of Unicode would be most of a component, and Spanish and Portuguese do not need it.

use crate::settings::Field;

/// What the first 128 characters are in a text that is compared: small letters and digits, or 0 for what parts words. Most of a
/// text is these, and a look into a table is the least that one can do for each.
const ASCII: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// What any other character is.
enum Folded {
    As(char),
    /// Punctuation, arrows and emoji part words.
    Parting,
    /// An accent on its own: some phones write «é» as two characters.
    Nothing,
}

fn folded(c: char) -> Folded {
    Folded::As(match c {
        'À'..='Æ' | 'à'..='æ' => 'a',
        'Ç' | 'ç' => 'c',
        'È'..='Ë' | 'è'..='ë' => 'e',
        'Ì'..='Ï' | 'ì'..='ï' => 'i',
        'Ñ' | 'ñ' => 'n',
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' => 'o',
        'Ù'..='Ü' | 'ù'..='ü' => 'u',
        'Ý' | 'ý' | 'ÿ' => 'y',
        '\u{300}'..='\u{36f}' => return Folded::Nothing,
        '\0'..='\u{bf}' | '×' | '÷' | '\u{2000}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'.. => {
            return Folded::Parting;
        }
        // Letters of other alphabets stay as they are.
        other => other,
    })
}

/// The form in which a text is compared: each word followed by one space; and where its words begin.
fn fold(text: &str) -> (String, Vec<usize>) {
    let (mut all, mut starts) =
        (String::with_capacity(text.len() + 1), Vec::with_capacity(text.len() / 4 + 1));
    let mut inside = false;
    for c in text.chars() {
        let folded = match ASCII.get(c as usize) {
            Some(0) => Folded::Parting,
            Some(byte) => Folded::As(char::from(*byte)),
            None => folded(c),
        };
        match folded {
            Folded::As(c) => {
                if !inside {
                    starts.push(all.len());
                }
                inside = true;
                all.push(c);
            }
            Folded::Parting if inside => {
                all.push(' ');
                inside = false;
            }
            Folded::Parting | Folded::Nothing => {}
        }
    }
    if inside {
        all.push(' ');
    }
    (all, starts)
}

/// A list of words in settings, as needles.
pub fn needles(field: &Field) -> Result<Vec<String>, String> {
    field.list(|word| needle(&word.text()?).ok_or_else(|| word.wrong("a word with a letter or a digit")))
}

/// A word or phrase of the settings, ready to be looked for: `factura` finds that word alone, `factur*` all that begin
/// so. None if there is nothing to look for in it.
pub fn needle(word: &str) -> Option<String> {
    let (mut needle, _) = fold(word);
    if word.trim_end().ends_with('*') {
        needle.pop();
    }
    (!needle.is_empty()).then_some(needle)
}

/// A needle as people read it.
pub fn readable(needle: &str) -> &str {
    needle.trim_end()
}

/// A customer's text, folded once and asked many times.
pub struct Text {
    folded: String,
    starts: Vec<usize>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        let (folded, starts) = fold(text);
        Self { folded, starts }
    }

    /// Its words, folded.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.folded.split_terminator(' ')
    }

    /// Whether the text has this needle. Only the beginnings of its words are compared, and of most only the first byte,
    /// which costs less than a search.
    pub fn contains(&self, needle: &str) -> bool {
        let (text, needle) = (self.folded.as_bytes(), needle.as_bytes());
        let begins = |start: &usize| text.get(*start) == needle.first() && text[*start..].starts_with(needle);
        self.starts.iter().any(begins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(word: &str, text: &str) -> bool {
        Text::new(text).contains(&needle(word).unwrap())
    }

    #[test]
    fn however_people_write_it() {
        for text in
            ["factura", "Mi FACTURA, por favor", "¿y la facturá?", "factura👍", "no\nfactura\n", "«Factura»"]
        {
            assert!(finds("Factura", text), "{text}");
        }
        assert!(finds("ação", "ACAO"));
        assert!(finds("cafe", "un cafe\u{301}"));
        assert!(finds("niño", "NINO"));
        assert!(finds("счёт", "где счёт"));
    }

    #[test]
    fn a_word_is_a_whole_word_unless_it_ends_in_a_star() {
        assert!(!finds("factura", "facturas"));
        assert!(!finds("sol", "consola"));
        assert!(finds("factur*", "¿Facturación?"));
        assert!(!finds("factur*", "prefacturas"));
    }

    #[test]
    fn a_phrase_is_found_whatever_stands_between_its_words() {
        assert!(finds("estado de cuenta", "Quiero mi estado   de -- cuenta!"));
        assert!(!finds("estado de cuenta", "estado de mi cuenta"));
    }

    #[test]
    fn there_has_to_be_something_to_look_for() {
        assert_eq!(needle("…"), None);
        assert_eq!(needle("*"), None);
        assert_eq!(needle(""), None);
        assert!(!finds("hola", ""));
    }
}
