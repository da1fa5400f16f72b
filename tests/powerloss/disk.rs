//! The disk of a machine whose power is cut: what `shim.c` saw becoming durable, and a part of the rest.
//!
//! What was not synced survives at random: each page by itself, in no order; the length of a file; the names in a directory.
//! So that the worst is among it and not only the usual, a cut has a mood: all of that is gone, all of it is there, or
//! anything in between, with files that are there and empty and pages of zeros in the middle of them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use crate::assembled::Seeded;

/// What a disk keeps or forgets as one piece, in bytes.
const PAGE: usize = 4096;

/// What happens to what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Nothing,
    Everything,
    Anything,
}

pub struct Disk {
    shim: PathBuf,
    durable: PathBuf,
    root: PathBuf,
    boot: PathBuf,
}

impl Disk {
    /// An empty disk, mounted at `root`. None, with the reason, where there is no compiler for the shim.
    pub fn new(dir: &Path, root: &Path) -> Result<Self, String> {
        let (shim, durable, boot) = (dir.join("shim.so"), dir.join("durable"), dir.join("boot-id"));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/powerloss/shim.c");
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&shim).args([source, "-ldl", "-lpthread"]);
        let built = cc.output().map_err(|error| format!("there is no C compiler `cc`: {error}"))?;
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        fs::create_dir_all(root).unwrap();
        let disk = Self { shim, durable, root: root.canonicalize().unwrap(), boot };
        disk.switch_on();
        Ok(disk)
    }

    /// What a program has to be started with to write to this disk.
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        [
            ("LD_PRELOAD", &self.shim),
            ("POWERLOSS_ROOT", &self.root),
            ("POWERLOSS_DURABLE", &self.durable),
            ("POWERLOSS_BOOT", &self.boot),
        ]
        .map(|(name, value)| (name.to_owned(), text(value)))
        .to_vec()
    }

    /// Lets `trouble` (see `shim.c`) befall the paths of a pattern from now on.
    pub fn trouble(&self, trouble: &str, pattern: &str) {
        let pattern = format!("{}{pattern}", self.root.display());
        fs::write(self.durable.join(trouble), pattern).unwrap();
    }

    /// Ends it.
    pub fn relieve(&self, trouble: &str) {
        fs::remove_file(self.durable.join(trouble)).unwrap();
    }

    /// Cuts the power, which has ended every program, and switches on again.
    pub fn cut(&self, mood: Mood, dice: &Seeded) {
        let next = self.root.with_extension("next");
        Cut { disk: self, mood, dice, seen: seen(&self.root) }.directory(&identity(&self.root), &next);
        fs::remove_dir_all(&self.root).unwrap();
        fs::rename(next, &self.root).unwrap();
        self.switch_on();
    }

    /// From here on, what is there is durable.
    fn switch_on(&self) {
        let _ = fs::remove_dir_all(&self.durable);
        fs::create_dir_all(self.durable.join("files")).unwrap();
        fs::create_dir_all(self.durable.join("names")).unwrap();
        self.settle(&self.root);
        let boot = fs::read_to_string(&self.boot).map_or(1, |boot| boot.parse::<u32>().unwrap() + 1);
        fs::write(&self.boot, boot.to_string()).unwrap();
    }

    fn settle(&self, dir: &Path) {
        let mut names = String::new();
        for (name, path, is_dir) in entries(dir) {
            let id = identity(&path);
            names.push_str(&format!("{id} {} {name}\n", if is_dir { 'd' } else { 'f' }));
            if is_dir {
                self.settle(&path);
            } else {
                fs::copy(&path, self.durable.join("files").join(id)).unwrap();
            }
        }
        fs::write(self.durable.join("names").join(identity(dir)), names).unwrap();
    }
}

/// Where each file and directory is that a program sees, by its identity.
fn seen(dir: &Path) -> BTreeMap<String, PathBuf> {
    let mut all = BTreeMap::from([(identity(dir), dir.to_owned())]);
    for (_, path, is_dir) in entries(dir) {
        if is_dir {
            all.append(&mut seen(&path));
        } else {
            all.insert(identity(&path), path);
        }
    }
    all
}

/// What lies in a directory: name, path, and whether it is a directory. What is neither that nor a file is nothing that a
/// disk keeps.
fn entries(dir: &Path) -> Vec<(String, PathBuf, bool)> {
    let mut all: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().unwrap().is_dir() || entry.file_type().unwrap().is_file())
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), entry.path(), entry.file_type().unwrap().is_dir())
        })
        .collect();
    all.sort();
    all
}

/// As the shim names it: inodes are used again, with another time of birth.
fn identity(path: &Path) -> String {
    let file = fs::metadata(path).unwrap();
    let born = file.created().unwrap().duration_since(UNIX_EPOCH).unwrap();
    format!("{}-{}.{:09}", file.ino(), born.as_secs(), born.subsec_nanos())
}

struct Cut<'a> {
    disk: &'a Disk,
    mood: Mood,
    dice: &'a Seeded,
    seen: BTreeMap<String, PathBuf>,
}

impl Cut<'_> {
    fn keeps(&self) -> bool {
        match self.mood {
            Mood::Nothing => false,
            Mood::Everything => true,
            Mood::Anything => self.dice.below(2) == 0,
        }
    }

    fn directory(&self, id: &str, to: &Path) {
        fs::create_dir(to).unwrap();
        for (id, is_dir, name) in self.names(id) {
            if is_dir {
                self.directory(&id, &to.join(name));
            } else {
                fs::write(to.join(name), self.contents(&id)).unwrap();
            }
        }
    }

    /// Those that were synced, or those that were seen: a journal of the file system keeps a directory in one piece.
    fn names(&self, id: &str) -> Vec<(String, bool, String)> {
        if let Some(path) = self.seen.get(id).filter(|_| self.keeps()) {
            return entries(path)
                .into_iter()
                .map(|(name, path, is_dir)| (identity(&path), is_dir, name))
                .collect();
        }
        let synced = fs::read_to_string(self.disk.durable.join("names").join(id)).unwrap_or_default();
        let line = |line: &str| {
            let mut parts = line.splitn(3, ' ').map(str::to_owned);
            let (id, kind, name) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            (id, kind == "d", name)
        };
        synced.lines().map(line).collect()
    }

    fn contents(&self, id: &str) -> Vec<u8> {
        let mut kept = fs::read(self.disk.durable.join("files").join(id)).unwrap_or_default();
        let Some(seen) = self.seen.get(id).map(|path| fs::read(path).unwrap()) else { return kept };
        if seen == kept {
            return kept;
        }
        let (old, new) = (kept.len(), seen.len());
        let between = || old.min(new) + self.dice.below(old.abs_diff(new) as u64 + 1) as usize;
        let length = match self.mood {
            Mood::Nothing => old,
            Mood::Everything => new,
            Mood::Anything => [old, between(), new, new][self.dice.below(4) as usize],
        };
        kept.resize(length, 0);
        for start in (0..length.min(new)).step_by(PAGE) {
            let end = (start + PAGE).min(length).min(new);
            if kept[start..end] != seen[start..end] && self.keeps() {
                kept[start..end].copy_from_slice(&seen[start..end]);
            }
        }
        kept
    }
}
