//! Which machines the host asks by itself.
//!
//! An address that the company writes down is asked by the host, which stands in the company's own network. So it reaches
//! what is public, and of what is not only what the company names: an address of a partner must not be a way to the machines
//! behind the host.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::text::as_text;

/// A network, as `10.0.0.0/8`; one machine without the part behind the slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network: an address of one was expected, as `10.1.2.3` or `10.0.0.0/8`")]
pub struct NotANetwork(String);

impl Network {
    /// Whether a machine is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let rest = 32 - u32::from(self.bits);
                u64::from(own.to_bits()) >> rest == u64::from(other.to_bits()) >> rest
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let rest = 128 - u32::from(self.bits);
                own.to_bits().checked_shr(rest) == other.to_bits().checked_shr(rest)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address = address.parse::<IpAddr>().map_err(|_| wrong())?.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

as_text! { Network }

/// Networks of IPv4 that are nobody's in the world (IANA, *IPv4 Special-Purpose Address Registry*).
const NOT_PUBLIC: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// What is in the public part of IPv6 and is not, or hides an address of IPv4 that may not be.
const NOT_PUBLIC_6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/// Whether an address is one of the world, and not of this machine or of a network of somebody's own.
pub fn is_public(address: IpAddr) -> bool {
    let within = |networks: &[&str]| {
        networks.iter().any(|network| network.parse::<Network>().is_ok_and(|one| one.contains(address)))
    };
    match address.to_canonical() {
        IpAddr::V4(_) => !within(&NOT_PUBLIC),
        IpAddr::V6(_) => within(&["2000::/3"]) && !within(&NOT_PUBLIC_6),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_leads_to_one_s_own_machines_is_not_public_however_it_is_written() {
        for address in [
            "127.0.0.1",
            "127.1.2.3",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450::1"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_is_no_network_is_told() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "localhost", "10.0.0/8"] {
            assert!(text.parse::<Network>().unwrap_err().to_string().contains("10.0.0.0/8"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_network_holds_its_own_addresses_and_reads_back(bits in any::<u32>(), length in 0u8..=32, other in any::<u32>()) {
            let address = |bits: u32| IpAddr::V4(bits.into());
            let network: Network = format!("{}/{length}", address(bits)).parse().unwrap();
            prop_assert!(network.contains(address(bits)));
            prop_assert_eq!(network.to_string().parse(), Ok(network));
            let same = (0..u32::from(length)).all(|bit| (bits ^ other) & (1 << (31 - bit)) == 0);
            prop_assert_eq!(network.contains(address(other)), same);
        }
    }
}
