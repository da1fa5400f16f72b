//! The rule as a plug-in of extism (`guest`): bytes in, bytes out, here JSON, and a function of the host for the tags. An instance that
//! is kept is how extism is meant to be used, and what one customer's message left in its memory is there at the next one's;
//! a new one each time is what we promise.

use std::time::Duration;

use extism::convert::Json;
use extism::{
    CompiledPlugin, CurrentPlugin, Error, Manifest, PTR, Plugin, PluginBuilder, UserData, Val, Wasm,
};
use serde::{Deserialize, Serialize};

use crate::company::{self, MESSAGES};
use crate::{Peer, Placed, Seat};

pub(crate) struct Extism {
    compiled: CompiledPlugin,
    /// Whether an instance answers one message and no more.
    fresh: bool,
}

#[derive(Serialize)]
struct Said {
    text: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    queue: String,
    priority: u8,
    reason: String,
}

/// What the rule may ask of the host. Whose tags comes with the call.
fn tags(plugin: &mut CurrentPlugin, _: &[Val], answer: &mut [Val], _: UserData<()>) -> Result<(), Error> {
    let message = *plugin.host_context::<usize>()?;
    plugin.memory_set_val(&mut answer[0], Json(company::tags(message)))
}

impl Extism {
    pub(crate) fn kept() -> Self {
        Self { compiled: compiled(), fresh: false }
    }

    pub(crate) fn fresh() -> Self {
        Self { compiled: compiled(), fresh: true }
    }

    fn instance(&self) -> Plugin {
        Plugin::new_from_compiled(&self.compiled).unwrap()
    }
}

fn compiled() -> CompiledPlugin {
    let guest =
        std::env::var("PEERS_GUEST").expect("benches/peers/run builds the guest and says where it is");
    let manifest = Manifest::new([Wasm::data(std::fs::read(guest).unwrap())])
        .with_config_key("settings", company::settings())
        .with_timeout(Duration::from_secs(1));
    PluginBuilder::new(manifest)
        .with_function("tags", [], [PTR], UserData::new(()), tags)
        .with_cache_disabled()
        .compile()
        .unwrap()
}

impl Peer for Extism {
    fn seat(&self) -> Seat<'_> {
        let mut kept = self.instance();
        Box::new(move |message| {
            let said = Json(Said { text: MESSAGES[message] });
            let mut new = None;
            let plugin = if self.fresh { new.insert(self.instance()) } else { &mut kept };
            let Json(placed): Json<Option<Answer>> =
                plugin.call_with_host_context("route", said, message).unwrap();
            placed.map(|Answer { queue, priority, reason }| Placed { queue, priority, reason })
        })
    }
}
