//! What holds whatever people try, in whatever order: over the steps themselves, with the state that follows from them.

use std::sync::atomic::{AtomicU8, Ordering};

use domain::Time;
use domain::access::{Access, Hidden};
use domain::decision::Digest;
use domain::event::*;
use domain::id::{PersonId, SessionId, TokenId};
use domain::outside::Entropy;
use domain::raci::Raci;
use domain::sealed::Key;
use proptest::prelude::*;

use crate::sign_in::{Refused, Second, decide};
use crate::{secrets, standing, totp};

const SECRET: &[u8] = b"12345678901234567890";

struct Sevens;
impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn at(second: i64) -> Time {
    Time::from_second(1_795_000_000 + second).unwrap()
}

fn hidden() -> Hidden {
    Hidden::seal(b"x", &"ana".into(), "test", &Key::from_bytes([1; 32]), &Sevens).unwrap()
}

/// Somebody with a password, a second factor and recovery codes.
fn whole(codes: &[String]) -> Access {
    let mut access = Access::default();
    let codes = codes.iter().map(|code| secrets::recovery_digest(code)).collect();
    for event in [
        PasswordSet { password: hidden(), anew: true }.into(),
        SecondFactorSet { secret: hidden(), step: 0 }.into(),
        RecoveryCodesSet { codes }.into(),
    ] {
        access.fold(at(0), &event);
    }
    access
}

fn session(n: u8) -> SessionOpened {
    SessionOpened {
        session: SessionId::from_bytes([n; 16]),
        digest: Digest::of(&[n]),
        until: at(100_000),
        second_factor: n.is_multiple_of(2),
        device: String::new(),
        by_provider: false,
    }
}

fn anything() -> impl Strategy<Value = Event> {
    let token = |n: u8| TokenIssued {
        token: TokenId::from_bytes([n; 16]),
        digest: Digest::of(&[n]),
        name: String::new(),
        scopes: vec![],
        until: at(100_000),
        owner: None,
    };
    prop_oneof![
        any::<u8>().prop_map(|n| session(n).into()),
        any::<u8>().prop_map(|n| SessionEnded { session: SessionId::from_bytes([n; 16]) }.into()),
        any::<u8>().prop_map(move |n| token(n).into()),
        any::<bool>().prop_map(|anew| PasswordSet { password: hidden(), anew }.into()),
        any::<u64>().prop_map(|step| SecondFactorSet { secret: hidden(), step }.into()),
        Just(PersonInvited { digest: Digest::of(b"i"), until: at(100_000) }.into()),
        Just(SignedOutEverywhere {}.into()),
    ]
}

proptest! {
    #[test]
    fn a_step_is_never_accepted_twice_nor_one_before_it(tries in prop::collection::vec((0i64..600, 0u64..24), 1..200)) {
        let (mut access, mut accepted) = (whole(&[]), Vec::new());
        for (second, offset) in tries {
            let now = at(second);
            let step = totp::step(at(0)) + offset;
            let second = Second::Code(totp::code(SECRET, step));
            if let Ok(let_in) = decide(&access, true, Some(SECRET), Some(&second), now) {
                prop_assert!(let_in.second_factor);
                access.fold(now, &let_in.used.unwrap());
                accepted.push(access.last_step.unwrap());
            }
        }
        prop_assert!(accepted.is_sorted_by(|a, b| a < b), "{:?}", accepted);
    }

    #[test]
    fn a_recovery_code_opens_once(tries in prop::collection::vec(0usize..10, 1..60)) {
        let codes = secrets::recovery_codes(&Counting::default());
        let (mut access, mut opened) = (whole(&codes), std::collections::BTreeSet::new());
        for n in tries {
            // As somebody types it who copies it from paper.
            let typed = codes[n].to_uppercase().replace('-', " ");
            let decided = decide(&access, true, Some(SECRET), Some(&Second::Recovery(typed)), at(0));
            prop_assert_eq!(decided.is_ok(), opened.insert(n));
            if let Ok(let_in) = decided {
                access.fold(at(0), &let_in.used.unwrap());
            }
        }
    }

    #[test]
    fn a_password_alone_is_half_of_whoever_steers(roles in prop::sample::subsequence(vec!["agent", "supervisor", "admin", "chief", "clerk"], 0..=5), shown in any::<bool>()) {
        let file = format!(
            "[[roles]]\nid = \"chief\"\n[[roles]]\nid = \"clerk\"\n[matrix]\nreporting = {{ chief = \"A\", clerk = \"R\" }}\n\
             [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = {roles:?}"
        );
        let raci = Raci::parse(&file).unwrap();
        let steers = roles.iter().any(|role| ["supervisor", "admin", "chief"].contains(role));
        prop_assert_eq!(standing::is_half(&raci, &raci.people()[0], shown), steers && !shown);
    }

    #[test]
    fn nothing_of_who_left_is_open_whatever_was_on_its_way(
        before in prop::collection::vec(anything(), 0..20), late in prop::collection::vec(anything(), 0..20),
    ) {
        let mut access = whole(&[]);
        before.iter().for_each(|event| access.fold(at(1), event));
        access.fold(at(2), &PersonLeft {}.into());
        late.iter().for_each(|event| access.fold(at(3), event));
        prop_assert!(!access.is_open() && access.password.is_none() && access.left.is_some());
        prop_assert_eq!(decide(&access, true, None, None, at(4)), Err(Refused::Wrong));
        // Nor when they are back.
        access.fold(at(5), &PersonReturned {}.into());
        prop_assert!(!access.is_open() && access.password.is_none());
    }

    #[test]
    fn a_session_ends_by_itself(opened in 0i64..50_000, used in prop::option::of(0i64..50_000), now in 0i64..100_000) {
        let mut access = Access::default();
        let until = at(opened).saturating_add(standing::LONGEST).unwrap();
        access.fold(at(opened), &SessionOpened { until, ..session(1) }.into());
        let session = access.sessions.values().next().unwrap();
        let counts = standing::session(session, used.map(at), at(now));
        let idle = now - used.unwrap_or(opened);
        prop_assert_eq!(counts, now - opened < 12 * 3_600 && idle < 30 * 60);
    }
}

#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

#[test]
fn who_is_not_in_the_matrix_or_left_or_lost_their_owner_stands_nowhere() {
    let raci = Raci::parse(
        "[[people]]\nid = \"ana\"\nname = \"Ana\"\n[[people]]\nid = \"bi\"\nname = \"BI\"\nservice = true\nowner = \"ana\"",
    )
    .unwrap();
    let stands = |id: &str, left: &[&str]| {
        let has_left = |id: &PersonId| left.contains(&id.as_str());
        standing::person(&raci, &id.into(), has_left).is_some()
    };
    assert!(stands("ana", &[]) && stands("bi", &[]) && stands("ana", &["bi"]));
    assert!(
        !stands("eva", &[]) && !stands("ana", &["ana"]) && !stands("bi", &["bi"]) && !stands("bi", &["ana"])
    );
}
