//! The components in the repository are those of the sources beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::decision::Digest;
use serde::Deserialize;

#[derive(Deserialize)]
struct Lock {
    plugin: Vec<Plugin>,
}

#[derive(Deserialize)]
struct Plugin {
    name: String,
    component: PathBuf,
    sha256: String,
    sources: BTreeMap<PathBuf, String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn digest(path: &Path) -> String {
    let bytes = std::fs::read(root().join(path));
    Digest::of(&bytes.unwrap_or_else(|error| panic!("{}: {error}", path.display()))).to_string()
}

fn files(dir: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(root().join(dir)).unwrap() {
        let name = dir.join(entry.unwrap().file_name());
        if root().join(&name).is_dir() {
            files(&name, found);
        } else {
            found.insert(name);
        }
    }
}

#[test]
fn every_component_matches_its_lock_and_no_source_is_left_out() {
    let lock = std::fs::read_to_string(root().join("plugins/components.lock")).unwrap();
    let lock: Lock = toml::from_str(&lock).unwrap();
    assert_eq!(lock.plugin.len(), 10);
    for plugin in lock.plugin {
        let hint = "run `cargo xtask plugins`";
        assert_eq!(digest(&plugin.component), plugin.sha256, "{}: {hint}", plugin.name);
        for (source, sha256) in &plugin.sources {
            assert_eq!(digest(source), *sha256, "{}: {hint}", source.display());
        }
        let mut expected = BTreeSet::new();
        files(Path::new("wit/0.1.0"), &mut expected);
        files(&Path::new("plugins").join(&plugin.name), &mut expected);
        for source in expected {
            assert!(plugin.sources.contains_key(&source), "{} is not locked: {hint}", source.display());
        }
    }
}
