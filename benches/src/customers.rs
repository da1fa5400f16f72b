//! The other side: customers who write, and the simulated WhatsApp that takes what is answered.
//!
//! Message `n` is written by customer `n` modulo their number, so the k-th answer to a customer answers a message that
//! is known without keeping a table.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use bytes::Bytes;
use simulator::{Delays, Handle, Number, Options};

/// Customers who write in turn.
pub(crate) const CUSTOMERS: u64 = 20_000;

/// Numbers of the company.
const NUMBERS: u64 = 50;

/// What webhooks are signed with.
pub(crate) const SECRET: &str = "a-secret-of-the-benchmarks";

/// A WhatsApp that remembers nothing and tells at once what became of a message, up to 100 statuses a webhook.
pub(crate) async fn whatsapp() -> Result<Handle> {
    let number = |n| Number::new(&number_id(n), &display(n), "La empresa");
    let options = Options {
        app_secret: SECRET.to_owned(),
        numbers: (0..NUMBERS).map(number).collect(),
        phones: Vec::new(),
        remember: 0,
        by_reference: false,
        delays: Delays::NONE,
        batch: 100,
        ..Options::default()
    };
    Ok(simulator::start(options).await?)
}

fn number_id(n: u64) -> String {
    format!("1065403522{n:05}")
}

fn display(n: u64) -> String {
    format!("5760155{n:05}")
}

fn phone(customer: u64) -> String {
    format!("57300{customer:07}")
}

/// The customer who has a phone.
pub(crate) fn customer(phone: &str) -> Option<u64> {
    phone.strip_prefix("57300")?.parse().ok().filter(|customer| *customer < CUSTOMERS)
}

/// A webhook with one message, spelt as Meta spells it: some 650 bytes.
pub(crate) fn body(n: u64) -> Bytes {
    let customer = n % CUSTOMERS;
    let (phone, number) = (phone(customer), customer % NUMBERS);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    format!(
        concat!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","changes":[{{"value":{{"#,
            r#""messaging_product":"whatsapp","metadata":{{"display_phone_number":"{display}","#,
            r#""phone_number_id":"{number}"}},"contacts":[{{"profile":{{"name":"Clienta {customer}"}},"#,
            r#""wa_id":"{phone}","user_id":"CO.{customer:020}"}}],"messages":[{{"from":"{phone}","#,
            r#""from_user_id":"CO.{customer:020}","id":"wamid.HBgMNTczMDA{n:032}VAgASGBYA","#,
            r#""timestamp":"{now}","text":{{"body":"Buenas tardes, \u00bfen qu\u00e9 va mi pedido? "#,
            r#"Lo hice el lunes y todav\u00eda no me ha llegado nada."}},"type":"text"}}]}},"#,
            r#""field":"messages"}}]}}]}}"#
        ),
        n = n,
        now = now,
        customer = customer,
        phone = phone,
        display = display(number),
        number = number_id(number),
    )
    .into()
}
