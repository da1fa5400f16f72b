//! The engine: one configuration for all guests, and why each part of it is as it is.
//!
//! There is one engine because a decision has to be repeatable on the code that made it. Fuel bounds it, and not epochs:
//! for the byte loops of real rules fuel costs about the same, both together cost twice, and fuel stops at the same
//! instruction every time.
//!
//! The pool is sized from our own permits and not from wasmtime's defaults, which would reserve terabytes of addresses.
//! Memory reservations and guards stay as wasmtime ships them: bounds checks are elided only then, and unusual settings
//! are where instances have read each other's memory.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use crate::limits::Limits;

/// The host cannot run rules here.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The directory of compiled components cannot be used.
    #[error("the directory {} of compiled components cannot be used: {source}", path.display())]
    Cache {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others may write what this process would execute.
    #[error(
        "others than the owner may write to {}, and what is in it gets executed: `chmod go-w` it",
        path.display()
    )]
    CacheIsShared {
        /// Which.
        path: PathBuf,
    },
    /// The program that compiles is not there.
    #[error("the program that compiles rules is not at {}", path.display())]
    NoWorker {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// No decision could ever be made.
    #[error("a concurrency of 0 was configured: no rule could ever run")]
    NoConcurrency,
    /// The engine cannot be made, mostly because of a limit on address space.
    #[error(
        "no room for {concurrency} instances at once ({error}): each reserves gigabytes of addresses (not of memory), \
         so lift `ulimit -v` or lower the concurrency"
    )]
    Engine {
        /// How many were wanted.
        concurrency: usize,
        /// What wasmtime says.
        error: String,
    },
}

/// How the memory of an instance is made new for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// The kernel says which pages were touched, and only those are reset: 4 µs, and pages stay resident.
    Touched,
    /// The first pages are reset whether touched or not, all others are given back: a few microseconds more.
    Blind,
}

impl Reset {
    /// `Touched` is safe only where nothing is ever swapped: this wasmtime asks the kernel for pages that are present,
    /// so a page that was swapped out would reach the next instance with what the last one left in it. Read once at the
    /// start: switching swap on under a running host is not noticed.
    pub(crate) fn choose() -> Self {
        if no_swap() { Self::Touched } else { Self::Blind }
    }
}

/// A file that cannot be read counts as swap.
fn no_swap() -> bool {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("SwapTotal:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    let group = fs::read_to_string("/proc/self/cgroup").ok().and_then(|text| {
        let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?.to_owned();
        fs::read_to_string(format!("/sys/fs/cgroup/{path}/memory.swap.max")).ok()
    });
    machine == Some(0) || group.as_deref().map(str::trim) == Some("0")
}

/// Everything that decides on the code that is generated: the same in the process that compiles and in the one that
/// runs, or compiled components would not load.
fn common() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // On by default and never needed here: it makes each call of the host half as expensive again.
        .concurrency_support(false)
        .consume_fuel(true)
        // The bits of a NaN are the only thing that differs between processors.
        .cranelift_nan_canonicalization(true)
        .cranelift_opt_level(OptLevel::Speed)
        // Proposals that no guest of ours needs. What is off fails validation, not a call.
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_gc(false)
        .wasm_exceptions(false)
        .wasm_tail_call(false)
        .wasm_wide_arithmetic(false)
        .wasm_custom_page_sizes(false)
        // Enough for an interpreter that parses deeply nested settings, a quarter of a thread's own stack.
        .max_wasm_stack(512 * 1024)
        // Whether frames of a guest were on the stack tells who handed over what; their names would tell strangers'
        // secrets, and nobody reads more than a few.
        .wasm_backtrace_max_frames(NonZeroUsize::new(4))
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        // Instances start from a shared image of their memory, of which only written pages are copied.
        .memory_init_cow(true);
    config
}

/// An engine with a pool for so many instances at once. The child that compiles has one too, for a single instance: what
/// does not fit into the pool is refused there and not found out by a decision.
pub(crate) fn running(limits: &Limits, concurrency: usize, reset: Reset) -> Result<Engine, StartError> {
    let refused = |error: String| StartError::Engine { concurrency, error };
    let permits = u32::try_from(concurrency).map_err(|error| refused(error.to_string()))?;
    let memories = u32::try_from(limits.structure.memories).map_err(|error| refused(error.to_string()))?;
    let tables = u32::try_from(limits.structure.tables).map_err(|error| refused(error.to_string()))?;
    let instances = u32::try_from(limits.structure.instances).map_err(|error| refused(error.to_string()))?;

    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(permits)
        .total_core_instances(permits.saturating_mul(instances))
        .max_core_instances_per_component(instances)
        .total_memories(permits.saturating_mul(memories))
        .max_memories_per_component(memories)
        .max_memory_size(limits.memory)
        .total_tables(permits.saturating_mul(tables))
        .max_tables_per_component(tables)
        .table_elements(limits.table_elements)
        // What an instance keeps beside its memory: 1 MiB suits Rust, an interpreter's tables need more.
        .max_component_instance_size(16 * 1024 * 1024)
        .max_core_instance_size(16 * 1024 * 1024);
    match reset {
        Reset::Touched => {
            pool.pagemap_scan(Enabled::Auto)
                // As much as a rule in Rust touches, tenfold.
                .linear_memory_keep_resident(1024 * 1024)
                .table_keep_resident(64 * 1024)
        }
        // More would be set to zero for each decision although nothing had written to it.
        Reset::Blind => pool.linear_memory_keep_resident(64 * 1024).table_keep_resident(16 * 1024),
    };

    let mut config = common();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config).map_err(|error| refused(format!("{error:#}")))
}

/// Names the configuration and the version of the compiler: code that was compiled under another name does not load.
pub(crate) fn compatibility(engine: &Engine) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
