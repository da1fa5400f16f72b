//! Whether somebody is let in for what they show: one step over what is known of them.

use domain::Time;
use domain::access::Access;
use domain::event::{Event, RecoveryCodeUsed, SecondFactorUsed};

use crate::secrets::recovery_digest;
use crate::totp;

/// What somebody shows besides their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Second {
    /// The code of their authenticator app.
    Code(String),
    /// One of the codes that they wrote down.
    Recovery(String),
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Something is wrong. It is not said what.
    Wrong,
    /// The password is right, and is not enough.
    SecondFactorNeeded,
    /// Everything is right, and passwords are not what they sign in with.
    ByProvider,
}

/// Somebody is let in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LetIn {
    /// What of theirs is used up.
    pub(crate) used: Option<Event>,
    /// Whether a second factor was shown.
    pub(crate) second_factor: bool,
}

/// Decides. `fits` is whether the password is theirs, `secret` what their authenticator app shares with us.
pub(crate) fn decide(
    access: &Access,
    fits: bool,
    secret: Option<&[u8]>,
    second: Option<&Second>,
    now: Time,
) -> Result<LetIn, Refused> {
    if !fits || access.password.is_none() || access.left.is_some() {
        return Err(Refused::Wrong);
    }
    let Some(secret) = secret else { return Ok(LetIn { used: None, second_factor: false }) };
    let used = used_up(access, secret, second.ok_or(Refused::SecondFactorNeeded)?, now)?;
    Ok(LetIn { used: Some(used), second_factor: true })
}

/// What of theirs is used up by a second factor that is right.
pub(crate) fn used_up(access: &Access, secret: &[u8], second: &Second, now: Time) -> Result<Event, Refused> {
    Ok(match second {
        Second::Code(digits) => {
            let step = totp::shown(secret, digits, now, access.last_step).ok_or(Refused::Wrong)?;
            Event::from(SecondFactorUsed { step })
        }
        Second::Recovery(code) => {
            let code = recovery_digest(code);
            if !access.recovery.contains(&code) {
                return Err(Refused::Wrong);
            }
            Event::from(RecoveryCodeUsed { code })
        }
    })
}
