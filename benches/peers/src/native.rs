//! The rule compiled into the program: no wall between it and the host, no limit, and a deployment for each change.

use crate::company::{self, MESSAGES, VIP, WORDS};
use crate::{Peer, Placed, Seat};

pub(crate) struct Native;

impl Peer for Native {
    fn seat(&self) -> Seat<'_> {
        Box::new(place)
    }
}

pub(crate) fn place(message: usize) -> Option<Placed> {
    let text = MESSAGES[message].to_ascii_lowercase();
    let (word, queue) = WORDS.iter().find(|(word, _)| text.contains(&word.to_ascii_lowercase()))?;
    let vip = company::tags(message).iter().any(|tag| tag == "vip");
    Some(Placed {
        queue: (*queue).to_owned(),
        priority: if vip { VIP } else { 0 },
        reason: format!("Palabra «{word}»{}", if vip { "; VIP" } else { "" }),
    })
}
