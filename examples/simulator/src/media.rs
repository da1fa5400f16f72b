//! Photos, recordings, documents: kept for as long as Meta keeps them, and handed out at addresses that live five minutes
//! (Meta, Cloud API: Media).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

use crate::clock::millis;
use crate::dice::Dice;
use crate::id;
use crate::rules::DAY;

/// For how long the id of what the company uploaded is good, and that of what a customer sent.
const UPLOADED: Duration = DAY.saturating_mul(30);
const RECEIVED: Duration = DAY.saturating_mul(7);
/// For how long an address is good.
const ADDRESS: Duration = Duration::from_secs(300);

/// What may be uploaded, and how large it may be in bytes.
const KINDS: &[(&str, u64, &[&str])] = &[
    ("audio", 16 << 20, &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"]),
    ("image", 5 << 20, &["image/jpeg", "image/png"]),
    ("video", 16 << 20, &["video/mp4", "video/3gpp"]),
    ("sticker", 500 << 10, &["image/webp"]),
    (
        "document",
        100 << 20,
        &[
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ],
    ),
];

/// The most that may come in one request, with what is around it.
pub(crate) const LONGEST_UPLOAD: usize = (100 << 20) + (64 << 10);

/// A medium.
#[derive(Debug, Clone)]
pub(crate) struct Medium {
    pub(crate) mime_type: String,
    pub(crate) bytes: Bytes,
    sha256: [u8; 32],
}

impl Medium {
    pub(crate) fn new(mime_type: &str, bytes: Bytes) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self { mime_type: mime_type.to_owned(), bytes, sha256 }
    }

    /// As webhooks tell it.
    pub(crate) fn sha256_base64(&self) -> String {
        BASE64.encode(&self.sha256)
    }

    /// As the API tells it.
    pub(crate) fn sha256_hex(&self) -> String {
        HEXLOWER.encode(&self.sha256)
    }
}

pub(crate) struct Media {
    dice: Dice,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    media: HashMap<u64, (Medium, u64)>,
    /// When ids end, soonest first, in milliseconds since 1970.
    ends: BTreeSet<(u64, u64)>,
    uploads: u64,
}

impl Kept {
    fn keep(&mut self, id: u64, medium: Medium, now: u64, lives: Duration) {
        while let Some((end, old)) = self.ends.first().copied()
            && end <= now
        {
            self.ends.pop_first();
            self.media.remove(&old);
        }
        let end = now + millis(lives);
        self.media.insert(id, (medium, end));
        self.ends.insert((end, id));
    }
}

impl Media {
    pub(crate) fn new(dice: Dice) -> Self {
        Self { dice, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what the company uploaded, and gives its id.
    pub(crate) fn upload(&self, medium: Medium, now: u64) -> u64 {
        let mut kept = self.kept();
        kept.uploads += 1;
        let id = id::object(self.dice.about("upload").nth(kept.uploads));
        kept.keep(id, medium, now, UPLOADED);
        id
    }

    /// Keeps what a customer sends in a message that these dice are of.
    pub(crate) fn receive(&self, dice: Dice, medium: Medium, now: u64) -> u64 {
        let id = id::object(dice.about("medium"));
        self.kept().keep(id, medium, now, RECEIVED);
        id
    }

    pub(crate) fn get(&self, id: u64, now: u64) -> Option<Medium> {
        self.kept().media.get(&id).filter(|(_, end)| now < *end).map(|(medium, _)| medium.clone())
    }

    /// Tells whether it was there.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut kept = self.kept();
        let Some((_, end)) = kept.media.remove(&id) else { return false };
        kept.ends.remove(&(end, id));
        true
    }

    /// What an address has to say to be good until `until`, in seconds since 1970.
    fn seal(&self, id: u64, until: u64) -> String {
        format!("{:016x}", self.dice.about("address").nth(id).nth(until).number())
    }

    /// The path and query of an address.
    pub(crate) fn address(&self, id: u64, now: u64) -> String {
        let until = (now + millis(ADDRESS)) / 1_000;
        format!("/whatsapp_business/attachments/?mid={id}&ext={until}&hash={}", self.seal(id, until))
    }

    /// What is at an address, if it is one of ours and still good.
    pub(crate) fn at(&self, id: u64, until: u64, hash: &str, now: u64) -> Option<Medium> {
        (now < until * 1_000 && hash == self.seal(id, until)).then(|| self.get(id, now))?
    }
}

/// Whether a medium may be sent as this kind of message: the media types that were expected if not.
pub(crate) fn fits(kind: &str, mime_type: &str) -> Result<(), String> {
    let Some((_, _, types)) = KINDS.iter().find(|(name, _, _)| *name == kind) else { return Ok(()) };
    if types.contains(&bare(mime_type)) { Ok(()) } else { Err(types.join(", ")) }
}

/// The most bytes that a medium of this type may have; None if there may be none of it.
pub(crate) fn most(mime_type: &str) -> Option<u64> {
    KINDS.iter().find(|(_, _, types)| types.contains(&bare(mime_type))).map(|(_, most, _)| *most)
}

/// All types, as Meta lists them when one is refused.
pub(crate) fn types() -> String {
    KINDS.iter().flat_map(|(_, _, types)| types.iter().copied()).collect::<Vec<_>>().join(", ")
}

/// Without its parameters: `audio/ogg; codecs=opus` is `audio/ogg`.
fn bare(mime_type: &str) -> &str {
    mime_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_lives_for_days_and_an_address_for_minutes() {
        let media = Media::new(Dice::new(1));
        let medium = || Medium::new("image/png", Bytes::from_static(b"png"));
        let day = millis(DAY);
        let id = media.upload(medium(), 0);
        let received = media.receive(Dice::new(2), medium(), 0);
        assert!(media.get(received, 7 * day - 1).is_some() && media.get(received, 7 * day).is_none());
        assert!(media.get(id, 30 * day - 1).is_some() && media.get(id, 30 * day).is_none());
        let address = media.address(id, 0);
        let hash = address.rsplit_once('=').unwrap().1;
        assert!(media.at(id, 300, hash, 299_999).is_some());
        assert!(media.at(id, 300, hash, 300_000).is_none());
        assert!(media.at(id, 301, hash, 0).is_none());
        // What has ended takes no room any more.
        media.upload(medium(), 31 * day);
        assert_eq!(media.kept().media.len(), 1);
    }

    #[test]
    fn a_type_may_have_parameters() {
        assert_eq!(most("audio/ogg; codecs=opus"), Some(16 << 20));
        assert_eq!(most("application/x-msdownload"), None);
        assert!(fits("sticker", "image/png").is_err() && fits("image", "image/png").is_ok());
    }
}
