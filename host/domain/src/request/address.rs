//! Addresses of HTTP, as strict as what is signed has to be: two ways to write one place would be a way around a signature.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::text::as_text;

/// The longest address, in bytes.
const MOST: usize = 2_048;

/// An address, as `https://crm.example.com/orders/4711?full=1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    secure: bool,
    host: String,
    port: u16,
    /// Begins with a slash; with the query, if there is one.
    path: String,
}

/// A text that is no such address. It does not repeat the text, which may be about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no address: {0}, as `https://crm.example.com/orders/`, was expected")]
pub struct NotAnAddress(&'static str);

impl Address {
    /// Whether it is asked over TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The name or number of the machine; one of IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Where on that machine.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What is asked there, with the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.path.split_once('?').map(|(_, query)| query)
    }

    /// Which service, without what is asked there: `https://crm.example.com`.
    pub fn origin(&self) -> String {
        let usual = if self.secure { 443 } else { 80 };
        let scheme = if self.secure { "https" } else { "http" };
        if self.port == usual {
            return format!("{scheme}://{}", self.host);
        }
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// Whether it is of the same service as another one.
    pub fn is_of(&self, other: &Self) -> bool {
        (self.secure, &self.host, self.port) == (other.secure, &other.host, other.port)
    }

    /// Whether it begins with another one, by whole parts: `/orders` is no beginning of `/orders-of-others`.
    pub fn is_within(&self, other: &Self) -> bool {
        let Some(rest) = self.path.strip_prefix(&other.path) else { return false };
        self.is_of(other) && (other.path.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?']))
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        if text.len() > MOST {
            return Err(NotAnAddress("at most 2,048 bytes"));
        }
        let (secure, rest) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("http://").ok_or(NotAnAddress("`https://` or `http://`"))?),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let split = match authority.strip_prefix('[') {
            Some(inside) => inside.find(']').map_or(authority.len(), |end| end + 2),
            None => authority.find(':').unwrap_or(authority.len()),
        };
        let (host, port) = authority.split_at_checked(split).ok_or(NotAnAddress("the name of a machine"))?;
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => {
                if secure {
                    443
                } else {
                    80
                }
            }
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|port| *port > 0).ok_or(NotAnAddress("a port from 1 to 65535"))?
            }
            _ => return Err(NotAnAddress("nothing but a port behind the name of the machine")),
        };
        let path = if path.is_empty() { "/" } else { path };
        is_path(path)?;
        Ok(Self { secure, host: machine(host)?, port, path: path.to_owned() })
    }
}

/// A machine, in the one way to write it.
fn machine(host: &str) -> Result<String, NotAnAddress> {
    let wrong =
        Err(NotAnAddress("the name of a machine in small letters, or an IP address in its usual form"));
    if let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let Ok(address) = inside.parse::<Ipv6Addr>() else { return wrong };
        return if address.to_string() == inside { Ok(host.to_owned()) } else { wrong };
    }
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return wrong;
    }
    // What ends in a number is one, and resolvers read numbers in many ways: 2130706433, 0177.1, 0x7f.1.
    let number = host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    if number && host.parse::<Ipv4Addr>().is_err() {
        return wrong;
    }
    Ok(host.to_owned())
}

/// A path that every server reads the same way: nothing hidden, and no steps back.
fn is_path(path: &str) -> Result<(), NotAnAddress> {
    if !path.starts_with('/') {
        return Err(NotAnAddress("a path that begins with a slash"));
    }
    let odd = |byte: u8| !byte.is_ascii_graphic() || b"\"<>\\^`{|}#".contains(&byte);
    if path.bytes().any(odd) {
        return Err(NotAnAddress("a path of printable ASCII, with anything else as `%20`,"));
    }
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
            if !digit(bytes.next()) || !digit(bytes.next()) {
                return Err(NotAnAddress("two hexadecimal digits behind each `%`"));
            }
        }
    }
    let names = path.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let step = |name: &str| matches!(name.replace("%2e", ".").as_str(), "." | "..");
    if names.split('/').any(step) || ["%2f", "%5c", "%00"].iter().any(|hidden| names.contains(hidden)) {
        return Err(NotAnAddress("a path without steps back and hidden slashes"));
    }
    Ok(())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

as_text! { Address }

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_written_in_one_way_and_other_ways_are_no_address() {
        for text in [
            "ftp://crm.example/",
            "crm.example/orders",
            "https://",
            "https:///orders",
            "https://CRM.example/",
            "https://crm.example./",
            "https://user@crm.example/",
            "https://crm.example:pass@evil.example/",
            "https://crm.example:/",
            "https://crm.example:0/",
            "https://crm.example:65536/",
            "https://crm.example:+443/",
            "https://crm.example\\@evil.example/",
            "https://crm.example#@evil.example/",
            "https://crm.example/orders#x",
            "https://crm.example/a b",
            "https://crm.example/a\r\nHost: evil.example",
            "https://crm.example/a\tb",
            "https://crm.example/ñ",
            "https://ｃrm.example/",
            "https://crm.example/../admin",
            "https://crm.example/orders/%2e%2E/admin",
            "https://crm.example/orders/.%2e/admin",
            "https://crm.example/orders/..%2fadmin",
            "https://crm.example/orders\\..\\admin",
            "https://crm.example/%zz",
            "https://crm.example/%2",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://127.0.0.01/",
            "https://127.0.0.1./",
            "https://[::ffff:7f00:1]x/",
            "https://[::FFFF:127.0.0.1]/",
            "https://[0::1]/",
            "https://[::1/",
            "https://[::1%25lo]/",
            "https://-crm.example/",
            "https://crm..example/",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_reads_back_as_it_is_written() {
        for (text, written) in [
            ("https://crm.example", "https://crm.example/"),
            ("https://crm.example:443/a?b=c", "https://crm.example/a?b=c"),
            ("http://127.0.0.1:8090/orders/", "http://127.0.0.1:8090/orders/"),
            ("https://[::1]:8443/x", "https://[::1]:8443/x"),
            ("https://crm.example/a%20b", "https://crm.example/a%20b"),
            ("http://localhost:80/", "http://localhost/"),
        ] {
            assert_eq!(address(text).to_string(), written);
            assert_eq!(address(written), address(text));
        }
    }

    #[test]
    fn a_beginning_ends_with_a_whole_part() {
        let within = |one: &str, other: &str| address(one).is_within(&address(other));
        assert!(within("https://a.example/orders/1", "https://a.example/orders"));
        assert!(within("https://a.example/orders?id=1", "https://a.example/orders"));
        assert!(within("https://a.example/anything", "https://a.example"));
        assert!(!within("https://a.example/orders-of-others", "https://a.example/orders"));
        assert!(!within("https://a.example/order", "https://a.example/orders"));
        assert!(!within("https://b.example/orders/1", "https://a.example/orders"));
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same_and_within_its_own_service(text in "https?://[a-z0-9.:@\\[\\]%/?#-]{0,40}") {
            if let Ok(read) = text.parse::<Address>() {
                let again: Address = read.to_string().parse().unwrap();
                prop_assert_eq!(&again, &read);
                prop_assert!(read.is_within(&read.origin().parse().unwrap()));
                prop_assert!(!read.host().contains(['@', '/', '?', '#', '%']));
            }
        }
    }
}
