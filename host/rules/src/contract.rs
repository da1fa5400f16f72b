//! The contract in Rust, generated from `wit/` so that it cannot differ from what authors read.
//!
//! One world with everything in it gives each record one Rust type, whichever interface uses it. Nobody instantiates
//! that world: what a component exports is looked up interface by interface, and what it imports is linked function by
//! function, because a grant is finer than a world.
//!
//! The records that callers need are re-exported by name; what each means is written in `wit/`.

/// The version of the contract that this host speaks.
pub(crate) const VERSION: &str = "0.1.0";

/// The package of the contract: its interfaces are called `timonel:rules/reply@0.1.0` and so on.
pub(crate) const PACKAGE: &str = "timonel:rules";

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated; documented in wit/")]
pub(crate) mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0",
        inline: "
            package timonel:host;

            world all {
                include timonel:rules/everything@0.1.0;
                include timonel:rules/router@0.1.0;
                include timonel:rules/responder@0.1.0;
                include timonel:rules/follower@0.1.0;
                include timonel:rules/approver@0.1.0;
                include timonel:rules/measurer@0.1.0;
                include timonel:rules/watcher@0.1.0;
            }
        ",
        // Traces hold these records as JSON, and tests compare them.
        additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    });
}

pub use bindings::exports::timonel::rules::alerting::Window;
pub use bindings::exports::timonel::rules::approving::{Demands, Judgement, Proposal, Reason, Verdict};
pub use bindings::exports::timonel::rules::measuring::Fact;
pub use bindings::exports::timonel::rules::routing::{Place, Preference};
pub use bindings::timonel::rules::identity::Who;
pub use bindings::timonel::rules::profile::Customer;
pub use bindings::timonel::rules::request::Response;
pub use bindings::timonel::rules::team::Agent;
pub use bindings::timonel::rules::types::{Calendar, CaseView, Failure, Input, LocalTime, Message};
