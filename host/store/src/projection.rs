//! The tree of projections, and whether it can be trusted.
//!
//! sled's `flush` does not fsync, so after a power cut nothing in the tree may be believed, while after a mere crash of
//! the process all of it may: the operating system still has the pages. A marker beside the tree tells the two apart: it
//! carries the boot id of the machine while the tree is open, and says `clean` once it was closed and flushed. A tree that
//! cannot be trusted, cannot be opened or is ahead of the journal is set aside, and the journal builds another one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::event::Recorded;

use crate::fold::{Fold, FoldError};
use crate::tree::Tree;

/// The part of the machine's memory in which sled may keep pages, and its bounds in bytes. A quiet host stays small whatever
/// it is; one that has run for years needs what it changes in memory, or each batch reads it again.
const CACHE: (u64, std::ops::RangeInclusive<u64>) = (8, 48 << 20..=512 << 20);

/// The form of the tree's keys and values. Another number here rebuilds every tree that was written before.
const FORM: u32 = 16;

/// Why the projections failed.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// sled said no.
    #[error("the projections cannot be used: {0}; stop, run `timonel journal rebuild`, and start again")]
    Sled(#[from] sled::Error),
    /// A value is not what this version writes.
    #[error(
        "the projections hold a value that this version does not write: {0}; run `timonel journal rebuild`"
    )]
    Form(#[from] serde_json::Error),
    /// A value has another shape altogether.
    #[error("the projections hold {0} in a shape that makes no sense; run `timonel journal rebuild`")]
    Broken(&'static str),
    /// The directory could not be used.
    #[error("{what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// How far the projections are, and which event last moved what. Whoever waits for something compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// The last event that is folded in.
    pub seq: u64,
    /// The last event that brought a webhook.
    pub webhooks: u64,
    /// The last event that changed who waits in a queue.
    pub queues: u64,
    /// The last event that concerned an agent.
    pub agents: u64,
    /// The last event that changed what is due.
    pub timers: u64,
    /// The last event that changed what is to be sent.
    pub outbox: u64,
    /// The last event that changed what is known of a medium.
    pub media: u64,
    /// The last event that named a template.
    pub templates: u64,
    /// One that changed a proposal.
    pub proposals: u64,
    /// One that people may have to be told of, or were told by.
    pub happenings: u64,
    /// One that changed a campaign, or what somebody sends of templates.
    pub campaigns: u64,
    /// One that changed what services outside are to be asked.
    pub requests: u64,
    /// One of a conversation.
    pub conversations: u64,
}

/// The projections, open.
pub(crate) struct Projection {
    db: sled::Db,
    /// One only: a batch is atomic within a tree of sled.
    pub(crate) tree: Arc<Tree>,
    dir: PathBuf,
}

fn cache() -> u64 {
    let (part, bounds) = CACHE;
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    (memory(&told).unwrap_or(0) / part).clamp(*bounds.start(), *bounds.end())
}

/// The machine's memory in bytes, as the kernel tells it: `MemTotal: 16303428 kB` (proc(5)).
fn memory(told: &str) -> Option<u64> {
    let rest = told.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
}

/// Why a tree was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// There was none.
    Missing,
    /// The machine went down while it was open.
    UncleanRestart,
    /// Another form.
    OtherForm,
    /// sled could not open or read it.
    Damaged,
    /// It knows events that the journal does not have.
    AheadOfJournal,
}

impl std::fmt::Display for Distrust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "there is none",
            Self::UncleanRestart => "the machine went down while they were open",
            Self::OtherForm => "another version of Timonel wrote them",
            Self::Damaged => "they cannot be read",
            Self::AheadOfJournal => "they are ahead of the journal",
        })
    }
}

impl Projection {
    /// Opens the tree in `dir` if it can be trusted, or an empty one after setting the other aside.
    pub(crate) fn open(
        dir: &Path,
        last_seq: u64,
        boot: &str,
    ) -> Result<(Self, Option<Distrust>), ProjectionError> {
        let distrust = match Self::trusted(dir, last_seq, boot) {
            Ok(projection) => return Ok((projection, None)),
            Err(distrust) => distrust,
        };
        set_aside(dir)?;
        Ok((Self::create(dir, boot)?, Some(distrust)))
    }

    fn trusted(dir: &Path, last_seq: u64, boot: &str) -> Result<Self, Distrust> {
        let marker = std::fs::read_to_string(marker(dir)).map_err(|_| Distrust::Missing)?;
        let (form, rest) = marker.split_once(' ').ok_or(Distrust::OtherForm)?;
        if form != FORM.to_string() {
            return Err(Distrust::OtherForm);
        }
        if rest != "clean" && rest != boot {
            return Err(Distrust::UncleanRestart);
        }
        // sled panics on some kinds of damage instead of returning an error.
        let opened = std::panic::catch_unwind(|| Self::create(dir, boot));
        let projection = opened.map_err(|_| Distrust::Damaged)?.map_err(|_| Distrust::Damaged)?;
        match projection.tree.watermark() {
            Ok(seq) if seq <= last_seq => Ok(projection),
            Ok(_) => Err(Distrust::AheadOfJournal),
            Err(_) => Err(Distrust::Damaged),
        }
    }

    fn create(dir: &Path, boot: &str) -> Result<Self, ProjectionError> {
        let io = |what, source| ProjectionError::Io { what, path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(|source| io("cannot make", source))?;
        write_marker(dir, boot)?;
        let db = sled::Config::new()
            .path(dir.join("sled"))
            .cache_capacity(cache())
            .mode(sled::Mode::HighThroughput)
            .flush_every_ms(Some(1_000))
            .open()?;
        let tree = Arc::new(Tree::new(db.open_tree("timonel")?));
        Ok(Self { db, tree, dir: dir.to_owned() })
    }

    /// Folds events in, each with what the journal has of it if it is of record. All of them can be asked for at the same moment.
    pub(crate) fn apply<'e>(
        &self,
        applied: Applied,
        events: impl IntoIterator<Item = (&'e Recorded, &'e Vec<u8>)>,
    ) -> Result<Applied, FoldError> {
        let mut fold = Fold::new(&self.tree, applied);
        for (event, entry) in events {
            fold.event(event, entry)?;
        }
        let (layer, applied) = fold.finish()?;
        self.tree.absorb(layer)?;
        Ok(applied)
    }

    /// Carries everything to sled, flushes, and says so in the marker.
    pub(crate) fn close(&self) -> Result<(), ProjectionError> {
        self.tree.carry()?;
        self.db.flush()?;
        let data = self.dir.join("sled").join("db");
        std::fs::File::open(&data)
            .and_then(|file| file.sync_all())
            .map_err(|source| ProjectionError::Io { what: "cannot sync", path: data, source })?;
        write_marker(&self.dir, "clean")
    }

    /// Removes a tree. Nothing is lost by it but time.
    pub(crate) fn discard(dir: &Path) -> Result<(), ProjectionError> {
        std::fs::remove_dir_all(dir).map_err(|source| ProjectionError::Io {
            what: "cannot remove",
            path: dir.to_owned(),
            source,
        })
    }
}

fn marker(dir: &Path) -> PathBuf {
    dir.join("state")
}

fn write_marker(dir: &Path, state: &str) -> Result<(), ProjectionError> {
    let path = marker(dir);
    std::fs::File::create(&path)
        .and_then(|mut file| {
            use std::io::Write as _;
            write!(file, "{FORM} {state}")?;
            file.sync_all()
        })
        .map_err(|source| ProjectionError::Io { what: "cannot write", path, source })
}

/// Moves a tree away under a name that no other one has. It may help whoever wants to know what went wrong.
fn set_aside(dir: &Path) -> Result<(), ProjectionError> {
    if !dir.exists() {
        return Ok(());
    }
    let aside = (1u32..)
        .map(|n| dir.with_extension(format!("aside-{n}")))
        .find(|path| !path.exists())
        .ok_or(ProjectionError::Broken("more trees set aside than can be counted"))?;
    std::fs::rename(dir, &aside).map_err(|source| ProjectionError::Io {
        what: "cannot set aside",
        path: dir.to_owned(),
        source,
    })
}

/// The first key at which two trees differ, for proofs that a rebuilt one is the same. The trees must be closed.
pub fn difference(one: &Path, other: &Path) -> Result<Option<Vec<u8>>, ProjectionError> {
    // A tree that was closed a moment ago may still be let go of by a thread of sled.
    let open = |dir: &Path| {
        let config = sled::Config::new().path(dir.join("sled"));
        let mut opened = config.open();
        for _ in 0..50 {
            if opened.is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
            opened = config.open();
        }
        opened?.open_tree("timonel")
    };
    let (one, other) = (open(one)?, open(other)?);
    let (mut left, mut right) = (one.iter(), other.iter());
    loop {
        match (left.next().transpose()?, right.next().transpose()?) {
            (None, None) => return Ok(None),
            (a, b) if a == b => {}
            (a, b) => return Ok(a.or(b).map(|(key, _)| key.to_vec())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_s_memory_is_read_where_the_kernel_tells_it_and_the_cache_keeps_its_bounds() {
        assert_eq!(memory("MemTotal:       16303428 kB\nMemFree: 1 kB\n"), Some(16_303_428 << 10));
        assert_eq!(memory("MemFree: 1 kB\n"), None);
        assert!(CACHE.1.contains(&cache()));
    }
}
