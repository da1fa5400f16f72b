//! The law of a batch: whatever happens to one element, its neighbours are read as if nothing had.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of tests are no #[test] themselves.

use proptest::prelude::*;
use serde_json::{Value, json};
use whatsapp::{Update, read};

fn batch() -> Value {
    serde_json::from_str(include_str!("webhooks/batch.json")).unwrap()
}

/// All webhooks of these tests that are JSON with whole characters.
fn webhooks() -> Vec<Value> {
    let mut files: Vec<_> =
        std::fs::read_dir("tests/webhooks").unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().filter_map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).ok()).collect()
}

/// The elements of the batch, each by the path to it, in the order in which they are read.
const ELEMENTS: [&str; 6] = [
    "/entry/0/changes/0/value/messages/0",
    "/entry/0/changes/0/value/messages/1",
    "/entry/0/changes/0/value/statuses/0",
    "/entry/0/changes/0/value/statuses/1",
    "/entry/0/changes/1/value/statuses/0",
    "/entry/1/changes/0/value/messages/0",
];

/// What else may be hit, and the elements that stand inside.
const LEVELS: [(&str, std::ops::Range<usize>); 7] = [
    ("/entry/0", 0..5),
    ("/entry/1", 5..6),
    ("/entry/0/changes/0", 0..4),
    ("/entry/0/changes/1", 4..5),
    ("/entry/0/changes/0/value/messages", 0..2),
    ("/entry/0/changes/0/value/statuses", 2..4),
    ("/entry/1/changes/0/value", 5..6),
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            "text",
            "interactive",
            "reaction",
            "sent",
            "wamid.1",
            "CO.1",
            "573001234567"
        ])
        .prop_map(Value::from),
    ];
    let name =
        prop::sample::select(vec!["type", "from", "id", "text", "body", "timestamp", "status", "errors"]);
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..5)
                .prop_map(|members| members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

/// Puts `new` in the place of one of the nodes below `node`, or takes that node away.
fn hit(node: &mut Value, mut choose: usize, new: Option<Value>) {
    let children = match node {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if children == 0 || choose % (children + 1) == children {
        *node = new.unwrap_or_default();
        return;
    }
    let at = choose % (children + 1);
    choose /= children + 1;
    match (node, new) {
        (Value::Object(members), new) => {
            let name = members.keys().nth(at).unwrap().clone();
            if new.is_none() && choose.is_multiple_of(2) {
                members.remove(&name);
            } else {
                hit(members.get_mut(&name).unwrap(), choose, new);
            }
        }
        (Value::Array(items), new) => hit(&mut items[at], choose, new),
        _ => unreachable!(),
    }
}

fn read_value(body: &Value) -> Vec<Update> {
    read(body.to_string().as_bytes()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_strange_element_is_one_update_and_its_neighbours_are_what_they_were(
        at in 0..ELEMENTS.len(),
        choose in any::<usize>(),
        new in prop::option::of(any_json()),
    ) {
        let mut body = batch();
        hit(body.pointer_mut(ELEMENTS[at]).unwrap(), choose, new);
        let (mut before, mut after) = (read_value(&batch()), read_value(&body));
        prop_assert_eq!(after.len(), before.len());
        before.remove(at);
        after.remove(at);
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_strange_level_costs_nothing_outside_of_it(
        (path, inside) in prop::sample::select(LEVELS.to_vec()),
        choose in any::<usize>(),
        new in prop::option::of(any_json()),
    ) {
        let mut body = batch();
        hit(body.pointer_mut(path).unwrap(), choose, new);
        let (before, after) = (read_value(&batch()), read_value(&body));
        let behind = before.len() - inside.end;
        prop_assert!(after.len() >= inside.start + behind);
        prop_assert_eq!(&after[..inside.start], &before[..inside.start]);
        prop_assert_eq!(&after[after.len() - behind..], &before[inside.end..]);
    }

    #[test]
    fn whatever_is_hit_in_whatever_webhook_is_read_and_what_is_strange_is_kept_as_it_came(
        file in any::<prop::sample::Index>(),
        choose in any::<usize>(),
        new in prop::option::of(any_json()),
    ) {
        let webhooks = webhooks();
        let mut body = webhooks[file.index(webhooks.len())].clone();
        hit(&mut body, choose, new);
        let text = body.to_string();
        for update in read(text.as_bytes()).unwrap() {
            match update {
                Update::Strange(strange) => prop_assert!(text.contains(&strange.raw)),
                Update::Notice(notice) => prop_assert!(text.contains(&notice.raw)),
                _ => {}
            }
        }
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(mut body in Just(batch().to_string().into_bytes()), hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        for (at, byte) in hits {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if let Ok(updates) = read(&body) {
            for update in updates {
                if let Update::Strange(strange) = update {
                    prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&strange.raw).is_ok());
                }
            }
        }
    }

    #[test]
    fn no_reason_repeats_what_a_customer_said(words in "[0-9]{6,12}|[a-z]{4,8} [a-zéñ ]{4,20}", name in "[a-z]{1,8}") {
        let message = json!({"from": words, "id": words, "timestamp": words, "type": words, name: words});
        let body = json!({"entry": [{"changes": [
            {"field": "messages", "value": {"metadata": {"phone_number_id": "1"}, "messages": [message, words]}},
            {"field": words, "value": words},
        ]}]});
        for update in read_value(&body) {
            if let Update::Strange(strange) = update {
                prop_assert!(!strange.why.contains(&words), "{}", strange.why);
            }
        }
    }
}
