//! What WhatsApp tells of a message of ours, in any order and any number of times. What is known in the end depends on what
//! was told and not on when.

#![no_main]

use domain::Time;
use domain::delivery::{Delivery, Sending, Status};
use domain::event::{Event, SendAttempted, SendInDoubt, StatusChanged};
use domain::id::{ConversationId, MessageId};
use domain::law::class::Class;
use libfuzzer_sys::fuzz_target;

const STATUSES: [Status; 5] = [Status::Sent, Status::Delivered, Status::Read, Status::Played, Status::Failed];

fn event(byte: u8) -> Event {
    match STATUSES.get(usize::from(byte % 7)) {
        Some(status) => {
            let (at, problems, wamid, lookup, webhook) = (Time::UNIX_EPOCH, Vec::new(), None, None, 1);
            StatusChanged { status: *status, attempt: None, at, problems, wamid, lookup, webhook }.into()
        }
        None if byte % 7 == 5 => SendAttempted { attempt: u32::from(byte / 7) }.into(),
        None => SendInDoubt { attempt: u32::from(byte / 7), why: String::new() }.into(),
    }
}

fn told(bytes: &[u8]) -> Delivery {
    let (message, conversation) = (MessageId::from_bytes([1; 16]), ConversationId::from_bytes([2; 16]));
    let mut delivery = Delivery::new(message, conversation, "1".into(), Class::Service, 1);
    for byte in bytes {
        let before = delivery.status;
        let event = event(*byte);
        let advances = matches!(&event, Event::StatusChanged(changed) if delivery.advances(changed.status));
        delivery.fold(Time::UNIX_EPOCH, &event);
        assert!(delivery.status >= before, "what was known is known");
        assert_eq!(delivery.status != before, advances, "only what is further along counts");
    }
    delivery
}

fuzz_target!(|bytes: &[u8]| {
    let mut other = bytes.to_vec();
    other.reverse();
    other.extend(bytes);
    let (one, other) = (told(bytes), told(&other));
    assert_eq!(one.status, other.status);
    let text = serde_json::to_vec(&one).expect("a state is JSON");
    assert_eq!(serde_json::from_slice::<Delivery>(&text).expect("and is read again"), one);
    let doubtful = matches!(one.state, Sending::InDoubt { .. });
    assert!(!(doubtful && one.status.is_some()), "WhatsApp told of it, and it is in doubt");
});
