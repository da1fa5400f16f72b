//! Bodies of webhooks. Whatever they are: reading ends, says the same each time, and an element that is not understood costs
//! its neighbour nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use whatsapp::{Update, read};

fuzz_target!(|body: &[u8]| {
    assert_eq!(read(body), read(body));
    let Some(element) =
        std::str::from_utf8(body).ok().filter(|text| serde_json::from_str::<&RawValue>(text).is_ok())
    else {
        return;
    };
    let whole = format!(
        r#"{{"entry": [{element}, {{"changes": [{element}, {{"field": "messages", "value": {{
            "metadata": {{"phone_number_id": "1"}},
            "messages": [{element}, {{"from": "573001112233", "id": "wamid.neighbour", "timestamp": "1764000000",
                         "type": "text", "text": {{"body": "hola"}}}}]}}}}]}}]}}"#
    );
    let updates = read(whole.as_bytes()).expect("it is JSON");
    let neighbour =
        |update: &&Update| matches!(update, Update::Message { wamid, .. } if wamid == "wamid.neighbour");
    assert!(updates.iter().any(|update| neighbour(&update)), "an element took its neighbour along");
});
