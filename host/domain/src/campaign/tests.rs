use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::select;

use super::audience::{Candidate, Choice};
use super::event::*;
use super::progress::{Place, Progress};
use super::*;
use crate::contact::Contact;
use crate::conversation::Conversation;
use crate::delivery::{Delivery, Status};
use crate::event::{ConsentChanged, ContactCreated, Refused, SendAttempted, SendWithheld, StatusChanged};
use crate::law::class::Class;
use crate::law::consent::{Consent, Source};
use crate::law::countries::Countries;
use crate::law::{Contacting, Law};
use crate::message::{Identity, Profile};
use crate::outside::Entropy;
use crate::sealed::{Key, Sealed};

fn at(second: i64) -> Time {
    Time::from_second(1_795_446_000 + second).unwrap()
}

fn contact_id(n: u32) -> ContactId {
    ContactId::from_bytes(u128::from(n).to_be_bytes())
}

fn plan(per_hour: u32) -> Plan {
    let template = Template { name: "feria".into(), language: "es_CO".into(), components: vec![] };
    let audience = Asked::Query(Query::default());
    Plan { name: "Feria".into(), number: "1".into(), template, audience, not_before: None, per_hour }
}

fn begun(contacts: u32) -> Event {
    let (of, words) = (Digest::of(b"of"), Digest::of(b"words"));
    CampaignBegun { proposal: None, of, contacts, digest: digest(&[]), words }.into()
}

fn drafted() -> Campaign {
    let draft = CampaignDrafted { plan: plan(3_600) };
    Campaign::new(CampaignId::from_bytes([7; 16]), &draft, &Actor::Host, at(0))
}

proptest! {
    /// Whatever is said of it and in whatever order, the cursor never goes back nor beyond the list, and what is over sends no more.
    #[test]
    fn no_order_of_events_sends_somebody_twice(
        told in prop::collection::vec((0u8..6, 1u32..40), 1..40), contacts in 1u32..60,
    ) {
        let mut campaign = drafted();
        let mut queued: Vec<u32> = Vec::new();
        for (second, (what, many)) in (1i64..).zip(told) {
            let (before, run) = (campaign.clone(), campaign.run.clone());
            let from = run.as_ref().map_or(0, |run| run.taken);
            let event: Event = match what {
                0 => CampaignDrafted { plan: plan(60) }.into(),
                1 => begun(contacts),
                // As the host does it: from where the cursor is, and only while it runs.
                2 | 3 if campaign.stage == Stage::Running => {
                    let to = (from + many).min(contacts);
                    queued.extend(from..to);
                    CampaignAdvanced { to, skipped: BTreeMap::new() }.into()
                }
                4 => CampaignStopped { why: Why::Person, reason: String::new() }.into(),
                _ => CampaignCleared { to: (campaign.cleared + many).min(from) }.into(),
            };
            campaign.fold(at(second), &Actor::Host, &event);
            if let (Some(was), Some(is)) = (run, &campaign.run) {
                prop_assert!(was.taken <= is.taken && is.taken <= contacts && is.since == was.since);
                prop_assert_eq!(&campaign.plan, &before.plan, "what has begun is not drafted anew");
            }
            prop_assert!(!before.stage.is_over() || campaign.stage.is_over());
        }
        let all: Vec<u32> = (0..campaign.run.map_or(0, |run| run.taken)).collect();
        prop_assert_eq!(queued, all);
    }

    #[test]
    fn in_no_hour_more_leave_than_the_pace_and_a_minute_of_it(
        naps in prop::collection::vec(0i64..900, 1..80), per_hour in 1u32..5_000,
    ) {
        let (mut pace, mut now, mut sent) = (Pace::new(per_hour, at(0)), 0, Vec::new());
        for nap in naps {
            now += nap;
            let due = pace.due(at(now)).min(200);
            pace.take(at(now), due);
            sent.push((now, due));
        }
        for (end, _) in &sent {
            let within = sent.iter().filter(|(when, _)| when <= end && end - when < 3_600);
            let all: u32 = within.map(|(_, due)| due).sum();
            prop_assert!(all <= per_hour + per_hour / 60 + 2, "{all} in the hour before {end}");
        }
        // A host that is there all the time keeps up.
        let (mut pace, mut all) = (Pace::new(per_hour, at(0)), 0);
        for second in 0..3_600 {
            let due = pace.due(at(second));
            pace.take(at(second), due);
            all += due;
        }
        prop_assert!(all + 1 + per_hour / 3_600 >= per_hour, "{all} of {per_hour}");
    }

    #[test]
    fn each_message_is_counted_in_one_place_wherever_it_goes(steps in prop::collection::vec((0usize..8, 0u8..5), 0..80)) {
        let fresh = |n: usize| {
            let message = MessageId::from_bytes([u8::try_from(n).unwrap(); 16]);
            let class = Class::Template(Category::Marketing);
            Delivery::new(message, crate::id::ConversationId::from_bytes([1; 16]), "1".into(), class, 1)
        };
        let mut deliveries: Vec<Delivery> = (0..8).map(fresh).collect();
        let mut progress = Progress::default();
        deliveries.iter().for_each(|one| progress.moved(None, progress::spot(one)));
        for (which, what) in steps {
            let delivery = &mut deliveries[which];
            let was = progress::spot(delivery);
            let status = |status| StatusChanged { status, attempt: None, at: at(0), problems: vec![], wamid: None, lookup: None, webhook: 1 };
            let event: Event = match what {
                0 => SendAttempted { attempt: 1 }.into(),
                1 => status(Status::Delivered).into(),
                2 => status(Status::Read).into(),
                3 => status(Status::Failed).into(),
                _ => SendWithheld { because: Refused::OptedOut }.into(),
            };
            delivery.fold(at(0), &event);
            progress.moved(Some(was), progress::spot(delivery));
        }
        prop_assert_eq!(progress.all(), 8);
        let mut anew = Progress::default();
        deliveries.iter().for_each(|one| anew.moved(None, progress::spot(one)));
        prop_assert_eq!(&anew, &progress);
        prop_assert_eq!(anew.at(Place::Withheld), anew.withheld.values().sum::<u32>());
    }
}

struct Zeros;
impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn law() -> Law {
    Law::new(&Contacting::default(), "America/Bogota", Countries::shipped("America/Bogota").unwrap(), None)
        .unwrap()
}

/// Somebody with a phone of a country, and what they said last of marketing.
fn candidate(
    id: ContactId,
    phone: Option<&str>,
    said: Option<Consent>,
    held: bool,
    number: &str,
) -> Candidate {
    let key = Key::random(&Zeros);
    let identity = Identity { phone: phone.map(ToOwned::to_owned), ..Identity::default() };
    let created = ContactCreated {
        identity: Sealed::seal(&identity, id, &key, &Zeros).unwrap(),
        profile: Sealed::seal(&Profile::default(), id, &key, &Zeros).unwrap(),
        lookups: vec![],
        language: "es".into(),
    };
    let mut contact = Contact::created(&created);
    if let Some(consent) = said {
        let changed = ConsentChanged::new(Category::Marketing, consent, Source::Form, at(0), at(1));
        contact.fold(&changed.naming_business().into());
    }
    if held {
        let held = crate::event::ContactHeld { reason: "x".into() };
        contact.keep(at(0), &Actor::Host, &held.into());
    }
    let conversations = vec![Conversation::started(id, number.into())];
    Candidate { contact, identity, conversations, tags: Default::default(), filled: true }
}

proptest! {
    #[test]
    fn nobody_is_chosen_twice_or_against_their_word_and_everybody_is_accounted_for(
        named in prop::collection::vec((0u32..30, any::<bool>(), select(vec![None, Some(Consent::OptIn), Some(Consent::OptOut)]), any::<bool>()), 0..60)
    ) {
        let law = law();
        let mut choice = Choice::new(&law, Category::Marketing, at(0));
        let mut may = std::collections::BTreeSet::new();
        let mut seen = std::collections::BTreeSet::new();
        for (n, phone, said, held) in &named {
            let id = contact_id(*n);
            let candidate = candidate(id, phone.then_some("573001112233"), *said, *held, "1");
            choice.consider(id, Some(&candidate));
            if seen.insert(id) && *phone && !held && *said == Some(Consent::OptIn) {
                may.insert(id);
            }
        }
        let (chosen, reach, _) = choice.made(None, Amount::ZERO);
        prop_assert_eq!(&chosen, &may.into_iter().collect::<Vec<_>>());
        let left: u32 = reach.left_out.values().sum();
        prop_assert_eq!((reach.contacts + left) as usize, named.len());
        prop_assert_eq!(reach.digest, Some(digest(&chosen)));
        // The same list in another order is the same list, and one more or fewer is another.
        if let Some((_, fewer)) = chosen.split_first() {
            prop_assert_ne!(digest(fewer), digest(&chosen));
        }
    }
}

#[test]
fn a_query_asks_for_all_that_it_names() {
    let law = law();
    let lucia = candidate(contact_id(1), Some("573001112233"), Some(Consent::OptIn), false, "1");
    let fits = |text: &str| serde_json::from_str::<Query>(text).unwrap().fits(&lucia, &law);
    for (query, expected) in [
        ("{}", true),
        ("{\"countries\": [\"CO\", \"MX\"]}", true),
        ("{\"countries\": [\"MX\"]}", false),
        ("{\"languages\": [\"es\"], \"number\": \"1\", \"opted-in\": \"marketing\"}", true),
        ("{\"languages\": [\"es\"], \"number\": \"2\"}", false),
        ("{\"opted-in\": \"utility\"}", false),
        ("{\"tags\": [\"vip\"]}", false),
        ("{\"written-before\": \"2026-01-01T00:00:00Z\"}", true),
        ("{\"written-since\": \"2026-01-01T00:00:00Z\"}", false),
    ] {
        assert_eq!(fits(query), expected, "{query}");
    }
    assert!(serde_json::from_str::<Query>("{\"countrys\": []}").is_err());
}

#[test]
fn a_message_is_known_by_its_campaign_and_contact_and_a_burst_is_a_minute() {
    let (one, other) = (CampaignId::from_bytes([1; 16]), CampaignId::from_bytes([2; 16]));
    assert_eq!(message(one, contact_id(1), at(0)), message(one, contact_id(1), at(0)));
    assert_ne!(message(one, contact_id(1), at(0)), message(one, contact_id(2), at(0)));
    assert_ne!(message(one, contact_id(1), at(0)), message(other, contact_id(1), at(0)));
    let pace = Pace::new(3_600, at(0));
    assert_eq!((pace.due(at(0)), pace.due(at(5)), pace.due(at(86_400))), (1, 6, 61));
    assert_eq!(pace.due(at(0) - SignedDuration::from_secs(1)), 0);
}
