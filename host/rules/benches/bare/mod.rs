//! Wasmtime and nothing else: what anyone would write first. `benches/peers` measures by it, too; each has a `Company` of its own.

use rules::contract;
use rules::{Limits, Reset, Snapshot as _};
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use bindings::exports::timonel::rules::{routing, rule};
use bindings::timonel::rules::types::{self, Calendar, CaseView, Failure, LocalTime, Message};
use bindings::timonel::rules::{identity, profile, team};

pub(super) use bindings::timonel::rules::types::Input;

use super::Company;

#[allow(missing_docs, unreachable_pub, clippy::all)]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0",
        inline: "
            package timonel:bench;

            world bench {
                include timonel:rules/router@0.1.0;
                import timonel:rules/profile@0.1.0;
                import timonel:rules/identity@0.1.0;
                import timonel:rules/team@0.1.0;
            }
        ",
    });
}

pub(super) struct Bare {
    engine: Engine,
    pre: InstancePre<Company>,
    routing: routing::GuestIndices,
    prepared: Vec<u8>,
}

impl Bare {
    pub(super) fn new(component: &[u8], settings: &str, reset: Reset, company: Company) -> Self {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(2)
            .total_core_instances(64)
            .max_core_instances_per_component(32)
            .total_memories(4)
            .total_tables(16)
            .max_memory_size(Limits::default().memory);
        match reset {
            Reset::Touched => pool
                .pagemap_scan(Enabled::Auto)
                .linear_memory_keep_resident(1024 * 1024)
                .table_keep_resident(64 * 1024),
            Reset::Blind => pool.linear_memory_keep_resident(64 * 1024).table_keep_resident(16 * 1024),
        };
        let mut config = Config::new();
        config
            .concurrency_support(false)
            .consume_fuel(true)
            .cranelift_nan_canonicalization(true)
            .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, component).unwrap();
        let mut linker = Linker::new(&engine);
        types::add_to_linker::<_, HasSelf<_>>(&mut linker, |company| company).unwrap();
        profile::add_to_linker::<_, HasSelf<_>>(&mut linker, |company| company).unwrap();
        identity::add_to_linker::<_, HasSelf<_>>(&mut linker, |company| company).unwrap();
        team::add_to_linker::<_, HasSelf<_>>(&mut linker, |company| company).unwrap();
        let pre = linker.instantiate_pre(&component).unwrap();
        let routing = routing::GuestIndices::new(&pre).unwrap();

        let mut store = Store::new(&engine, company);
        store.set_fuel(1_000_000_000).unwrap();
        let instance = pre.instantiate(&mut store).unwrap();
        let rule = rule::GuestIndices::new(&pre).unwrap().load(&mut store, &instance).unwrap();
        let prepared = rule.call_prepare(&mut store, settings).unwrap().unwrap();
        Self { engine, pre, routing, prepared }
    }

    /// A store, an instance, a call, and everything dropped.
    pub(super) fn decide(&self, company: Company, input: &Input) -> Option<routing::Place> {
        let mut store = Store::new(&self.engine, company);
        store.set_fuel(50_000_000).unwrap();
        let instance = self.pre.instantiate(&mut store).unwrap();
        let routing = self.routing.load(&mut store, &instance).unwrap();
        routing.call_route(&mut store, &self.prepared, input).unwrap().unwrap()
    }
}

impl types::Host for Company {}

impl profile::Host for Company {
    fn get(&mut self) -> Result<profile::Customer, Failure> {
        let it = self.profile().map_err(|_| unavailable())?;
        Ok(profile::Customer { name: it.name, language: it.language, tags: it.tags, attrs: it.attrs })
    }
}

impl identity::Host for Company {
    fn get(&mut self) -> Result<identity::Who, Failure> {
        let it = self.identity().map_err(|_| unavailable())?;
        Ok(identity::Who { phone: it.phone, user_id: it.user_id })
    }
}

impl team::Host for Company {
    fn candidates(&mut self, queue: String, skills: Vec<String>) -> Result<Vec<team::Agent>, Failure> {
        let agents = self.team(&queue.into(), &skills).map_err(|_| unavailable())?;
        Ok(agents
            .into_iter()
            .map(|it| team::Agent {
                id: it.id,
                skills: it.skills,
                presence: it.presence,
                load: it.load,
                capacity: it.capacity,
                last_attended: it.last_attended,
                attrs: it.attrs,
            })
            .collect())
    }
}

fn unavailable() -> Failure {
    Failure { code: "unavailable".to_owned(), text: String::new() }
}

/// The same records under the names of these bindings.
pub(super) fn converted(input: contract::Input) -> Input {
    let local = |it: contract::LocalTime| LocalTime {
        date: it.date,
        weekday: it.weekday,
        minute: it.minute,
        zone: it.zone,
    };
    Input {
        why: input.why,
        now: input.now,
        local: local(input.local),
        calendar: Calendar {
            open: input.calendar.open,
            next_change: input.calendar.next_change,
            next_change_local: input.calendar.next_change_local.map(local),
        },
        number: input.number,
        language: input.language,
        message: input.message.map(|it| Message {
            at: it.at,
            author: it.author,
            kind: it.kind,
            text: it.text,
            payload: it.payload,
            attrs: it.attrs,
        }),
        case: CaseView {
            id: input.case.id,
            opened: input.case.opened,
            queue: input.case.queue,
            priority: input.case.priority,
            waiting_since: input.case.waiting_since,
            automatic_messages: input.case.automatic_messages,
            tags: input.case.tags,
            attrs: input.case.attrs,
        },
        wake_note: input.wake_note,
        attrs: input.attrs,
    }
}
