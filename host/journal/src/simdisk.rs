//! A disk in memory that a test may crash.
//!
//! It keeps two pictures of every file and directory: the one a process sees, and the one that was synced. A crash makes
//! the first out of the second and a random part of what was not synced, page by page and in any order, because that is all a
//! real disk promises. The randomness comes from a seed, so a crash that broke something happens again.
//!
//! It is public because the simulation of the whole host crashes the same disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::{Disk, DiskFile, Held};

/// What a crash keeps or forgets as one piece, in bytes.
const PAGE: usize = 4096;

/// A disk in memory. Clones are the same disk.
#[derive(Clone)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

struct State {
    random: u64,
    /// How often the machine was restarted; what was opened before is gone.
    boot: u64,
    operations: u64,
    /// How many operations the machine has left; at 0 it is off.
    left: Option<u64>,
    refuse_writes: bool,
    fail_syncs: bool,
    dirs: BTreeSet<PathBuf>,
    names: Names,
    synced_names: Names,
    unsynced: Vec<Change>,
    nodes: Vec<Node>,
    locks: BTreeSet<PathBuf>,
}

type Names = BTreeMap<PathBuf, usize>;

/// A change of names that a crash keeps or forgets as a whole.
enum Change {
    Create(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

impl Change {
    fn touches(&self, dir: &Path) -> bool {
        match self {
            Change::Create(file, _) | Change::Remove(file) => file.parent() == Some(dir),
            Change::Rename(from, to) => from.parent() == Some(dir) || to.parent() == Some(dir),
        }
    }

    fn apply(&self, names: &mut Names) {
        match self {
            Change::Create(file, node) => {
                names.insert(file.clone(), *node);
            }
            Change::Rename(from, to) => {
                if let Some(node) = names.remove(from) {
                    names.insert(to.clone(), node);
                }
            }
            Change::Remove(file) => {
                names.remove(file);
            }
        }
    }
}

/// The contents of a file, whatever its names.
#[derive(Default)]
struct Node {
    seen: Vec<u8>,
    synced: Vec<u8>,
    unsynced_pages: BTreeSet<usize>,
    unsynced_length: bool,
}

impl Node {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if end > self.seen.len() {
            self.resize(end);
        }
        if let Some(place) = self.seen.get_mut(offset..end) {
            place.copy_from_slice(bytes);
        }
        if !bytes.is_empty() {
            self.unsynced_pages.extend(offset / PAGE..=(end - 1) / PAGE);
        }
    }

    fn resize(&mut self, length: usize) {
        self.unsynced_length |= length != self.seen.len();
        // The part of a page that is cut off is zeroed, which is a write to that page.
        if length < self.seen.len() && !length.is_multiple_of(PAGE) {
            self.unsynced_pages.insert(length / PAGE);
        }
        self.seen.resize(length, 0);
    }

    /// Makes durable what is not, and only that: what a failed sync marked as clean is not looked at again.
    fn sync(&mut self) {
        if self.unsynced_length || !self.unsynced_pages.is_empty() {
            self.synced.resize(self.seen.len(), 0);
        }
        self.unsynced_length = false;
        for page in std::mem::take(&mut self.unsynced_pages) {
            self.keep(page);
        }
    }

    fn keep(&mut self, page: usize) {
        let start = page * PAGE;
        let end = (start + PAGE).min(self.seen.len()).min(self.synced.len());
        if let (Some(from), Some(to)) = (self.seen.get(start..end), self.synced.get_mut(start..end)) {
            to.copy_from_slice(from);
        }
    }

    fn crash(&mut self, luck: &mut Luck) {
        let (old, new) = (self.synced.len(), self.seen.len());
        let length = match luck.mood {
            _ if !self.unsynced_length => old,
            Mood::Nothing => old,
            Mood::Everything => new,
            Mood::Anything => match luck.below(4) {
                0 => old,
                1 => old.min(new) + luck.below(old.abs_diff(new) as u64 + 1) as usize,
                _ => new,
            },
        };
        self.synced.resize(length, 0);
        for page in std::mem::take(&mut self.unsynced_pages) {
            if luck.keeps() {
                self.keep(page);
            }
        }
        self.unsynced_length = false;
        self.seen = self.synced.clone();
    }
}

/// What a crash does to what was not synced. Single pages hardly ever all survive by chance, so that has a mood of its own.
struct Luck {
    random: u64,
    mood: Mood,
}

#[derive(Clone, Copy)]
enum Mood {
    Nothing,
    Everything,
    Anything,
}

impl Luck {
    fn new(random: u64) -> Luck {
        let mut luck = Luck { random, mood: Mood::Anything };
        luck.mood = match luck.below(6) {
            0 => Mood::Nothing,
            1 => Mood::Everything,
            _ => Mood::Anything,
        };
        luck
    }

    fn keeps(&mut self) -> bool {
        match self.mood {
            Mood::Nothing => false,
            Mood::Everything => true,
            Mood::Anything => self.below(2) == 0,
        }
    }

    /// A number from 0 to below `n`, by splitmix64.
    fn below(&mut self, n: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n.max(1)
    }
}

impl SimDisk {
    /// An empty disk; `seed` decides what its crashes keep.
    pub fn new(seed: u64) -> SimDisk {
        let state = State {
            random: seed,
            boot: 0,
            operations: 0,
            left: None,
            refuse_writes: false,
            fail_syncs: false,
            dirs: BTreeSet::from([PathBuf::from("/"), PathBuf::new()]),
            names: Names::new(),
            synced_names: Names::new(),
            unsynced: Vec::new(),
            nodes: Vec::new(),
            locks: BTreeSet::new(),
        };
        SimDisk { state: Arc::new(Mutex::new(state)) }
    }

    /// Cuts the power and switches on again. Of what was not synced, every page, every length and every change of a
    /// directory survives or does not, at random. Open files and locks of before are gone; a [`SimDisk::fail_after`] is over.
    pub fn crash(&self) {
        let mut state = self.state();
        let mut luck = Luck::new(state.random);
        for change in std::mem::take(&mut state.unsynced) {
            if luck.keeps() {
                change.apply(&mut state.synced_names);
            }
        }
        state.names = state.synced_names.clone();
        let named: BTreeSet<usize> = state.names.values().copied().collect();
        for (index, node) in state.nodes.iter_mut().enumerate() {
            if named.contains(&index) {
                node.crash(&mut luck);
            } else {
                *node = Node::default();
            }
        }
        state.random = luck.random;
        state.boot += 1;
        state.left = None;
        state.locks.clear();
    }

    /// Switches the machine off in the middle of the `n`-th next operation that changes or syncs something (1 is the very
    /// next): that one and all later ones fail, until [`SimDisk::crash`]. What it was to change may survive.
    pub fn fail_after(&self, n: u64) {
        self.state().left = Some(n);
    }

    /// How many operations that change or sync something there were so far, failed ones included.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Lets every write fail for want of space, after none, some or all of it was written, until this is taken back.
    pub fn refuse_writes(&self, refuse: bool) {
        self.state().refuse_writes = refuse;
    }

    /// Lets every sync fail, until this is taken back. As on a real system, a file's pages are then marked as clean: they can
    /// be read, but no later sync writes them, and a crash takes them.
    pub fn fail_syncs(&self, fail: bool) {
        self.state().fail_syncs = fail;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts an operation. An outer error means that it does not happen at all; an inner one, that it happens as far as it
    /// may, and then fails.
    fn begin(&mut self) -> io::Result<io::Result<()>> {
        self.operations += 1;
        let off = || io::Error::other("the machine is off");
        match &mut self.left {
            Some(0) => Err(off()),
            Some(left) => {
                *left -= 1;
                Ok(if *left == 0 { Err(off()) } else { Ok(()) })
            }
            None => Ok(Ok(())),
        }
    }

    /// A number from 0 to below `n`.
    fn below(&mut self, n: u64) -> u64 {
        let mut luck = Luck { random: self.random, mood: Mood::Anything };
        let drawn = luck.below(n);
        self.random = luck.random;
        drawn
    }

    /// Now and then the system writes back what it was not asked to; so even what is undone before the crash may come back.
    fn write_back(&mut self, node: usize) -> io::Result<()> {
        if !self.fail_syncs && self.below(4) == 0 {
            at(&mut self.nodes, node)?.sync();
        }
        Ok(())
    }

    fn change(&mut self, change: Change) -> io::Result<()> {
        let outcome = self.begin()?;
        change.apply(&mut self.names);
        self.unsynced.push(change);
        outcome
    }

    fn named(&self, file: &Path) -> io::Result<usize> {
        self.names.get(file).copied().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    fn in_dir(&self, dir: &Path) -> io::Result<()> {
        if self.dirs.contains(dir) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

impl Disk for SimDisk {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.begin()??;
        state.dirs.extend(dir.ancestors().map(Path::to_path_buf));
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        state.in_dir(dir)?;
        let here = state.names.keys().filter(|file| file.parent() == Some(dir));
        Ok(here.filter_map(|file| Some(file.file_name()?.to_str()?.to_owned())).collect())
    }

    fn open(&self, file: &Path, create: bool) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        state.in_dir(file.parent().unwrap_or(Path::new("")))?;
        if create && !state.names.contains_key(file) {
            let node = state.nodes.len();
            state.nodes.push(Node::default());
            state.change(Change::Create(file.to_path_buf(), node))?;
        }
        let node = state.named(file)?;
        Ok(Box::new(SimFile { disk: self.clone(), boot: state.boot, node }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.named(from)?;
        state.in_dir(to.parent().unwrap_or(Path::new("")))?;
        state.change(Change::Rename(from.to_path_buf(), to.to_path_buf()))
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.named(file)?;
        state.change(Change::Remove(file.to_path_buf()))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.begin()??;
        state.in_dir(dir)?;
        if state.fail_syncs {
            return Err(io::Error::other("the disk did not sync"));
        }
        for change in std::mem::take(&mut state.unsynced) {
            if change.touches(dir) {
                change.apply(&mut state.synced_names);
            } else {
                state.unsynced.push(change);
            }
        }
        Ok(())
    }

    fn lock(&self, file: &Path) -> io::Result<Option<Held>> {
        let mut state = self.state();
        let file = file.to_path_buf();
        if !state.locks.insert(file.clone()) {
            return Ok(None);
        }
        Ok(Some(Box::new(SimLock { disk: self.clone(), boot: state.boot, file })))
    }
}

struct SimLock {
    disk: SimDisk,
    boot: u64,
    file: PathBuf,
}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.boot == self.boot {
            state.locks.remove(&self.file);
        }
    }
}

struct SimFile {
    disk: SimDisk,
    boot: u64,
    node: usize,
}

impl SimFile {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.disk.state();
        if state.boot != self.boot {
            return Err(io::Error::other("the file was opened before the machine crashed"));
        }
        f(&mut state)
    }
}

fn at(nodes: &mut [Node], node: usize) -> io::Result<&mut Node> {
    nodes.get_mut(node).ok_or_else(|| io::ErrorKind::NotFound.into())
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        self.with(|state| Ok(at(&mut state.nodes, self.node)?.seen.len() as u64))
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.with(|state| {
            let seen = &at(&mut state.nodes, self.node)?.seen;
            let mut rest =
                usize::try_from(offset).ok().and_then(|offset| seen.get(offset..)).unwrap_or_default();
            io::Read::read(&mut rest, buf)
        })
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.with(|state| {
            let mut outcome = state.begin()?;
            let mut written = bytes.len();
            if state.refuse_writes {
                written = match state.below(3) {
                    0 => 0,
                    1 => state.below(written as u64 + 1) as usize,
                    _ => written,
                };
                outcome = Err(io::ErrorKind::StorageFull.into());
            }
            state.write_back(self.node)?;
            at(&mut state.nodes, self.node)?.write(offset as usize, bytes.get(..written).unwrap_or_default());
            outcome
        })
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.with(|state| {
            let outcome = state.begin()?;
            state.write_back(self.node)?;
            at(&mut state.nodes, self.node)?.resize(len as usize);
            outcome
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|state| {
            state.begin()??;
            let fail = state.fail_syncs;
            let node = at(&mut state.nodes, self.node)?;
            if fail {
                node.unsynced_pages.clear();
                node.unsynced_length = false;
                return Err(io::Error::other("the disk did not sync"));
            }
            node.sync();
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pages that are synced and three that are not, and a file whose name is not; then a crash.
    fn crashed(seed: u64) -> (Vec<u8>, bool) {
        let disk = SimDisk::new(seed);
        let (dir, old, new) = (Path::new("/d"), Path::new("/d/old"), Path::new("/d/new"));
        disk.create_dir_all(dir).unwrap();
        let file = disk.open(old, true).unwrap();
        file.write_at(0, &[1; 2 * PAGE]).unwrap();
        file.sync_data().unwrap();
        disk.sync_dir(dir).unwrap();
        file.write_at(PAGE as u64, &[2; 3 * PAGE]).unwrap();
        disk.open(new, true).unwrap();
        disk.crash();

        assert!(file.len().is_err(), "what was opened before is gone");
        let file = disk.open(old, false).unwrap();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(0, &mut bytes).unwrap();
        (bytes, disk.open(new, false).is_ok())
    }

    #[test]
    fn a_crash_keeps_what_was_synced_and_any_part_of_what_was_not() {
        let outcomes: BTreeSet<_> = (0..300)
            .map(|seed| {
                let (bytes, named) = crashed(seed);
                assert_eq!(bytes[..PAGE], [1; PAGE], "a synced page that nobody wrote to is as it was");
                assert!(bytes.len() >= 2 * PAGE && bytes.len() <= 4 * PAGE);
                // The first byte of each page tells what became of it.
                (bytes.iter().step_by(PAGE).copied().collect::<Vec<_>>(), named)
            })
            .collect();
        let seen = |pages: &[u8]| [false, true].map(|named| outcomes.contains(&(pages.to_vec(), named)));
        assert_eq!(seen(&[1, 1]), [true, true], "all lost, and the name lost or not");
        assert_eq!(seen(&[1, 2, 2, 2]), [true, true], "all kept");
        assert_eq!(seen(&[1, 1, 0, 2]), [true, true], "only the last page kept");
        assert_eq!(seen(&[1, 2, 0, 0]), [true, true], "only the first page kept, and yet the length");
        assert_eq!(crashed(7), crashed(7), "a seed is one crash");
    }

    #[test]
    fn names_that_were_synced_are_kept_and_a_rename_is_kept_or_lost_as_a_whole() {
        let mut found = BTreeSet::new();
        for seed in 0..40 {
            let disk = SimDisk::new(seed);
            let dir = Path::new("/d");
            disk.create_dir_all(dir).unwrap();
            disk.open(Path::new("/d/a"), true).unwrap();
            disk.sync_dir(dir).unwrap();
            disk.rename(Path::new("/d/a"), Path::new("/d/b")).unwrap();
            disk.crash();
            found.insert(disk.list(dir).unwrap());
        }
        assert_eq!(found, BTreeSet::from([vec!["a".to_owned()], vec!["b".to_owned()]]));
    }

    #[test]
    fn after_a_failed_sync_the_pages_are_seen_until_the_crash_and_no_later_sync_saves_them() {
        for seed in 0..20 {
            let disk = SimDisk::new(seed);
            disk.create_dir_all(Path::new("/d")).unwrap();
            let file = disk.open(Path::new("/d/a"), true).unwrap();
            disk.sync_dir(Path::new("/d")).unwrap();
            file.write_at(0, b"lost").unwrap();
            disk.fail_syncs(true);
            assert!(file.sync_data().is_err());
            disk.fail_syncs(false);
            file.sync_data().unwrap();
            assert_eq!(file.len().unwrap(), 4);
            disk.crash();
            assert_eq!(disk.open(Path::new("/d/a"), false).unwrap().len().unwrap(), 0);
        }
    }

    #[test]
    fn a_machine_that_is_off_does_nothing_until_it_is_restarted() {
        let disk = SimDisk::new(0);
        disk.create_dir_all(Path::new("/d")).unwrap();
        disk.fail_after(2);
        let file = disk.open(Path::new("/d/a"), true).unwrap();
        assert!(file.write_at(0, b"interrupted").is_err());
        assert!(file.write_at(0, b"never").is_err());
        assert!(disk.sync_dir(Path::new("/d")).is_err());
        assert_eq!(disk.operations(), 5);
        let held = disk.lock(Path::new("/d/lock")).unwrap();
        assert!(held.is_some() && disk.lock(Path::new("/d/lock")).unwrap().is_none());
        disk.crash();
        assert!(disk.lock(Path::new("/d/lock")).unwrap().is_some(), "locks die with their machine");
        disk.open(Path::new("/d/b"), true).unwrap().write_at(0, b"on again").unwrap();
    }
}
