//! Passwords: which are taken, and their hashes (argon2id, 64 MiB, three passes, one lane).
//!
//! A hash takes its time and its memory on purpose, so at most two are made at once, on threads that may wait, and only so
//! many wait: more would be a way to fill our memory. For an account that is not there one is made too, or the time of the
//! answer would say so.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use domain::outside::Entropy;
use domain::raci::person::Person;
use tokio::sync::Semaphore;

/// Hashes at once.
const AT_ONCE: usize = 2;

/// Hashes that are made or waited for.
const WAITING: usize = 16;

/// The shortest that is taken, in characters.
const SHORTEST: usize = 12;

/// The longest that is taken, in bytes.
const LONGEST: usize = 512;

/// What a hash takes: KiB of memory, passes and lanes, and its bytes.
const MEMORY: u32 = 64 << 10;
const PASSES: u32 = 3;
const LANES: u32 = 1;
const LENGTH: usize = 32;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("`password` has fewer than 12 characters")]
    Short,
    /// Too long.
    #[error("`password` has more than 512 bytes")]
    Long,
    /// It is made of little.
    #[error("`password` repeats a few characters: a sentence is easier to remember and harder to guess")]
    Repetitive,
    /// It contains the person's name.
    #[error("`password` contains the person's own name")]
    Named,
    /// It is in the company's list of passwords that were stolen somewhere.
    #[error("`password` is in a list of passwords that attackers have: take one that nobody else has")]
    Breached,
}

/// Whether a password is taken.
pub(crate) fn check(password: &str, person: &Person) -> Result<(), WeakPassword> {
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    let lower = password.to_lowercase();
    let names = person.name.split_whitespace().chain([person.id.as_str()]);
    if password.chars().count() < SHORTEST {
        Err(WeakPassword::Short)
    } else if password.len() > LONGEST {
        Err(WeakPassword::Long)
    } else if different.len() < 6 {
        Err(WeakPassword::Repetitive)
    } else if names.filter(|name| name.chars().count() > 3).any(|name| lower.contains(&name.to_lowercase())) {
        Err(WeakPassword::Named)
    } else {
        Ok(())
    }
}

/// Whether a password stands in a list, one a line. The list is long and seldom asked, so it is read and not kept.
pub(crate) fn is_listed(password: &str, list: &Path) -> io::Result<bool> {
    for line in BufReader::new(File::open(list)?).split(b'\n') {
        let line = line?;
        if line.strip_suffix(b"\r").unwrap_or(&line) == password.as_bytes() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// So many hashes are wanted that no more are begun.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Busy;

/// Makes hashes, few at once.
#[derive(Clone)]
pub(crate) struct Hashing {
    waiting: Arc<Semaphore>,
    at_once: Arc<Semaphore>,
    /// What is hashed where there is no account.
    nobody: Arc<str>,
}

impl Hashing {
    /// For a host. What is hashed for nobody is made up: to make a real hash of it would take 64 MiB that no idle host needs.
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut made_up = [0; LENGTH];
        entropy.fill(&mut made_up);
        let [salt, made_up] = [&salt(entropy)[..], &made_up].map(|bytes| BASE64_NOPAD.encode(bytes));
        Self {
            waiting: Arc::new(Semaphore::new(WAITING)),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            nobody: format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${made_up}").into(),
        }
    }

    /// The hash of a password, as a PHC string.
    pub(crate) async fn hash(&self, password: String, entropy: &dyn Entropy) -> Result<String, Busy> {
        let salt = salt(entropy);
        self.run(move || hash(password.as_bytes(), &salt)).await?.ok_or(Busy)
    }

    /// Whether a password is the one of a hash. Without a hash it takes as long and is not.
    pub(crate) async fn fits(&self, password: String, known: Option<String>) -> Result<bool, Busy> {
        let there = known.is_some();
        let known = known.unwrap_or_else(|| self.nobody.to_string());
        // Longer ones are no password of anybody.
        let password = if password.len() > LONGEST { String::new() } else { password };
        let fits = move || argon2().verify_password(password.as_bytes(), known.as_str()).is_ok();
        Ok(self.run(fits).await? && there)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| Busy)?;
        let turn = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| Busy)?;
        // The permits go with the work: whoever hangs up does not make room for one more.
        let run = move || {
            let _held = (waiting, turn);
            work()
        };
        tokio::task::spawn_blocking(run).await.map_err(|_| Busy)
    }
}

fn argon2() -> Argon2<'static> {
    // Within the bounds of the algorithm, so that the defaults, which are weaker, never stand in.
    let params = Params::new(MEMORY, PASSES, LANES, Some(LENGTH)).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn salt(entropy: &dyn Entropy) -> [u8; 16] {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    salt
}

fn hash(password: &[u8], salt: &[u8]) -> Option<String> {
    argon2().hash_password_with_salt(password, salt).ok().map(|hash| hash.to_string())
}

#[cfg(test)]
mod tests {
    use domain::raci::Raci;

    use super::*;

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[tokio::test]
    async fn a_hash_is_of_its_password_alone_and_costs_what_it_should() {
        let hashing = Hashing::new(&Sevens);
        let hash = hashing.hash("un caballo de bastos".to_owned(), &Sevens).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{hash}");
        let fits = |password: &str, hash: Option<&str>| {
            let (password, hash) = (password.to_owned(), hash.map(ToOwned::to_owned));
            let hashing = hashing.clone();
            async move { hashing.fits(password, hash).await.unwrap() }
        };
        assert!(fits("un caballo de bastos", Some(&hash)).await);
        assert!(!fits("un caballo de copas", Some(&hash)).await);
        assert!(!fits("un caballo de bastos", None).await);
        // What is made up for nobody is hashed against, and not refused unread.
        let nobody = argon2().verify_password(b"un caballo de bastos", &*hashing.nobody);
        assert_eq!(nobody, Err(argon2::password_hash::Error::PasswordInvalid));
        assert!(!fits("un caballo de bastos", Some("not a hash")).await);
    }

    #[tokio::test]
    async fn only_so_many_wait_for_a_hash() {
        let hashing = Hashing::new(&Sevens);
        let wanted: Vec<_> = (0..WAITING + 4)
            .map(|_| {
                let hashing = hashing.clone();
                tokio::spawn(async move {
                    hashing.run(|| std::thread::sleep(std::time::Duration::from_millis(50))).await
                })
            })
            .collect();
        let mut busy = 0;
        for one in wanted {
            busy += usize::from(one.await.unwrap() == Err(Busy));
        }
        assert_eq!(busy, 4);
    }

    #[test]
    fn a_list_is_read_line_by_line_whoever_wrote_it() {
        let list = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(list.path(), b"123456789012\r\npassword1234\n\xffnot utf-8\nla ultima linea").unwrap();
        let is_listed = |password| is_listed(password, list.path()).unwrap();
        assert!(["123456789012", "password1234", "la ultima linea"].into_iter().all(is_listed));
        assert!(!is_listed("password12345") && !is_listed("password"));
    }

    #[test]
    fn what_is_easily_guessed_is_not_taken() {
        let person = Raci::alone(&"marta".into());
        let check = |password: &str| check(password, &person);
        assert_eq!(check("corta"), Err(WeakPassword::Short));
        assert_eq!(check(&"largo ".repeat(100)), Err(WeakPassword::Long));
        assert_eq!(check("121212121212"), Err(WeakPassword::Repetitive));
        assert_eq!(check("soy Marta y entro"), Err(WeakPassword::Named));
        assert_eq!(check("un caballo de bastos"), Ok(()));
    }
}
