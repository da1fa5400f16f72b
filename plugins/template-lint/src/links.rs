//! Where links lead. Customers cannot see behind a shortener or a bare address, and Meta rejects both.

/// Hosts that hide where a link leads, those of Latin America among them.
pub const SHORTENERS: [&str; 18] = [
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "t.co",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    "rebrand.ly",
    "rb.gy",
    "shorturl.at",
    "t.ly",
    "tiny.cc",
    "acortar.link",
    "n9.cl",
    "encurtador.com.br",
    "urlz.fr",
    "v.gd",
];

pub struct Link<'a> {
    pub secure: bool,
    pub host: &'a str,
}

impl Link<'_> {
    pub fn is_raw_address(&self) -> bool {
        let v4 =
            self.host.split('.').count() == 4 && self.host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        v4 || self.host.starts_with('[')
    }

    /// Whether the host is this one, or below it.
    pub fn is_at(&self, host: &str) -> bool {
        let own = self.host.to_ascii_lowercase();
        own == host || own.strip_suffix(host).is_some_and(|before| before.ends_with('.'))
    }

    pub fn varies(&self) -> bool {
        self.host.contains("{{")
    }
}

/// The links of a text: with a scheme, or a shortener without one, as people write it.
pub fn links(text: &str) -> impl Iterator<Item = Link<'_>> {
    text.split([' ', '\n', '\t', '(', ')', '<', '>', '"', ',', ';']).filter_map(|word| {
        let (secure, rest) = match word.split_once("://") {
            Some((scheme, rest)) => (!scheme.eq_ignore_ascii_case("http"), rest),
            None => (true, word),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let host = rest[..end].rsplit('@').next().unwrap_or_default();
        let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
        let link = Link { secure, host: host.trim_end_matches(['.', '!', '…']) };
        let named = word.contains("://") || SHORTENERS.iter().any(|shortener| link.is_at(shortener));
        (named && !link.host.is_empty()).then_some(link)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_as_people_write_them() {
        let text =
            "Vea https://tornillo.example/a?b=1, http://10.0.0.7:8080/x o bit.ly/3xY. Escriba a a@b.co";
        let found: Vec<(bool, &str)> = links(text).map(|link| (link.secure, link.host)).collect();
        assert_eq!(found, [(true, "tornillo.example"), (false, "10.0.0.7"), (true, "bit.ly")]);
        let first = |text| links(text).next().map(|link| (link.is_raw_address(), link.varies()));
        assert_eq!(first("http://10.0.0.7"), Some((true, false)));
        assert_eq!(first("https://[::1]/x"), Some((true, false)));
        assert_eq!(first("https://{{1}}/x"), Some((false, true)));
        assert_eq!(first("nada.que ver"), None);
        assert!(links("https://x.bit.ly/1").next().is_some_and(|link| link.is_at("bit.ly")));
        assert!(!links("https://habit.ly/1").next().is_some_and(|link| link.is_at("bit.ly")));
    }
}
