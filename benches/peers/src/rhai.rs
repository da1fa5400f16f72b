//! A script, parsed once, in an engine that both threads share. It is limited in operations; what it may call is what was
//! registered; a fault of the engine is a fault of the host's memory.

use std::cell::Cell;

use rhai::{AST, Array, Dynamic, Engine, ImmutableString, Map, Scope};

use crate::company::{self, MESSAGES, VIP, WORDS};
use crate::{Peer, Placed, Seat};

thread_local! {
    /// Whose tags are asked for: an engine that threads share has nowhere else to keep it.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

pub(crate) struct Rhai {
    engine: Engine,
    script: AST,
    /// The settings.
    scope: Scope<'static>,
    texts: Vec<ImmutableString>,
}

impl Rhai {
    pub(crate) fn new() -> Self {
        let mut engine = Engine::new();
        engine.set_max_operations(100_000);
        engine.register_fn("tags", || -> Array {
            company::tags(ASKED.get()).into_iter().map(Dynamic::from).collect()
        });
        let mut scope = Scope::new();
        let words = WORDS.map(|(word, queue)| {
            Dynamic::from_map(Map::from([("word".into(), word.into()), ("queue".into(), queue.into())]))
        });
        scope.push_constant("words", Array::from(words)).push_constant("vip_priority", i64::from(VIP));
        let script = engine.compile_with_scope(&scope, include_str!("../rules/words.rhai")).unwrap();
        Self { engine, script, scope, texts: MESSAGES.map(ImmutableString::from).to_vec() }
    }
}

impl Peer for Rhai {
    fn seat(&self) -> Seat<'_> {
        let mut scope = self.scope.clone();
        Box::new(move |message| {
            ASKED.set(message);
            let settings = scope.len();
            scope.push("text", self.texts[message].clone());
            let said: Dynamic = self.engine.eval_ast_with_scope(&mut scope, &self.script).unwrap();
            scope.rewind(settings);
            let placed = said.try_cast::<Map>()?;
            Some(Placed {
                queue: placed["queue"].clone().into_string().unwrap(),
                priority: placed["priority"].as_int().unwrap().try_into().unwrap(),
                reason: placed["reason"].clone().into_string().unwrap(),
            })
        })
    }
}
