//! Who asks at the socket of the data directory: the kernel says which account, and `/etc/passwd` what it is called.

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use domain::id::OperatorId;
use tokio::net::UnixListener;

/// Somebody at the other end of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    /// What their account is called.
    pub(crate) account: OperatorId,
    /// Its number; none if the kernel did not say.
    uid: Option<u32>,
    /// The process that asks; none if the kernel did not say.
    pub(crate) process: Option<i32>,
}

impl Operator {
    /// Whether it is this account, or the one that may be any.
    pub(crate) fn is(&self, uid: u32) -> bool {
        self.uid.is_some_and(|own| own == uid || own == 0)
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Operator {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        let Ok(credentials) = stream.io().peer_cred() else {
            return Self { account: "unknown".into(), uid: None, process: None };
        };
        let uid = credentials.uid();
        Self { account: account(uid), uid: Some(uid), process: credentials.pid() }
    }
}

/// What an account of this machine is called; `uid-1234` if it has no name.
pub fn account(uid: u32) -> OperatorId {
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name(&accounts, uid).map_or_else(|| format!("uid-{uid}").into(), OperatorId::from)
}

/// The name of an account: `name:password:uid:…` (passwd(5)).
fn name(accounts: &str, uid: u32) -> Option<&str> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_number() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\nbroken\nmaria:x:1000:1000::/home/maria:/bin/sh\n";
        assert_eq!(name(accounts, 1_000), Some("maria"));
        assert_eq!(name(accounts, 7), None);
    }

    #[test]
    fn the_owner_and_who_may_be_anybody_are_the_owner() {
        let by = |uid| Operator { account: "x".into(), uid, process: None }.is(1_000);
        assert!(by(Some(1_000)) && by(Some(0)) && !by(Some(7)) && !by(None));
    }
}
