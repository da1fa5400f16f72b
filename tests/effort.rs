//! How hard the proofs try, and whether they may be left out.
//!
//! `cargo test` proves a little of everything in a minute; the gate asks for more, and whoever wants to break the host asks
//! for as much as they have patience for. All of it is said in the environment, because the proofs are the same.

/// Says that a machine on which a proof cannot run has failed it. Without it the proof says that it was left out.
const DEMAND: &str = "TIMONEL_DEMAND";

/// What the environment asks for, or `usual`.
pub fn asked(name: &str, usual: u64) -> u64 {
    match std::env::var(name) {
        Ok(number) => number.parse().unwrap_or_else(|_| panic!("{name} is `{number}` and no number")),
        Err(_) => usual,
    }
}

/// The seed of a run: what `TIMONEL_SEED` says, or another one each time.
pub fn seed() -> u64 {
    asked("TIMONEL_SEED", u64::from(jiff::Timestamp::now().subsec_nanosecond().unsigned_abs()))
}

/// Says that something cannot be proved here, and why.
pub fn leave_out(proof: &str, why: &str) {
    assert!(std::env::var_os(DEMAND).is_none(), "{proof} is demanded ({DEMAND}) and cannot run: {why}");
    eprintln!("LEFT OUT: {proof}: {why}");
}
