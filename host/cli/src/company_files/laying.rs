//! Files on the disk: what was agreed on in a directory of its own, and what is written over a file of people's.

use std::path::Path;

use anyhow::Context as _;
use domain::company::Company;
use domain::decision::Digest;
use domain::event::CompanyAdopted;
use domain::json::Json;
use journal::{Disk as _, RealDisk};
use store::PluginFiles;

use super::content::{Content, MAIN, hash};
use crate::rulebook;
use crate::settings::Policy;

/// The policy that was agreed on: laid out in a directory of its own, and read as any other.
pub(crate) fn policy(content: &Json, data: &Path, plugins: &PluginFiles) -> anyhow::Result<Policy> {
    let agreed: Content =
        serde_json::from_str(content.text()).context("what was agreed on cannot be read")?;
    lay_out(&agreed, &data.join("company").join(hash(content).to_string()), plugins)
}

/// The same in a directory that is given.
pub(super) fn lay_out(agreed: &Content, dir: &Path, plugins: &PluginFiles) -> anyhow::Result<Policy> {
    RealDisk.create_dir_all(dir)?;
    for (name, text) in &agreed.files {
        lay(dir, name, text.as_bytes())?;
    }
    for (name, digest) in agreed.plugins.iter().filter(|(name, _)| !rulebook::is_reference(name)) {
        let bytes = plugins.get(digest).with_context(|| format!("the plugin `{name}` was agreed on"))?;
        lay(dir, name, &bytes)?;
    }
    for (name, digest) in agreed.plugins.iter().filter(|(name, _)| rulebook::is_reference(name)) {
        let own = Digest::of(&rulebook::component(name, dir)?);
        if own != *digest {
            tracing::warn!(
                plugin = name,
                "this version of Timonel brings another one than was agreed on: propose it"
            );
        }
    }
    Ok(Policy::read(&dir.join(MAIN))?)
}

/// Whether an adopted company's files are what is in force at a start.
pub(crate) fn in_force(
    adopted: Option<&CompanyAdopted>,
    data: &Path,
    plugins: &PluginFiles,
) -> anyhow::Result<Option<Policy>> {
    let Some(adopted) = adopted else { return Ok(None) };
    let policy = policy(&adopted.content, data, plugins)?;
    let waits = |company: &Company| company.files_wait();
    Ok(Some(policy).filter(|policy| waits(&policy.company)))
}

/// Writes a file whole and durably, under a name within a directory.
fn lay(dir: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let within = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    anyhow::ensure!(within, "`{name}` does not lie in the company's directory: what is agreed on has to");
    let path = dir.join(name);
    if let Some(parent) = path.parent() {
        RealDisk.create_dir_all(parent)?;
    }
    let fresh = path.with_extension("fresh");
    let mut file = std::fs::File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    RealDisk.rename(&fresh, &path)?;
    Ok(())
}

/// Writes a file of people's whole and durably, where it is and to whom it belongs: others are not to read what they could not before.
pub(super) fn write_over(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let path = path.canonicalize()?;
    let (dir, known) = (path.parent().context("a file lies in a directory")?, std::fs::metadata(&path)?);
    let mut fresh = tempfile::NamedTempFile::new_in(dir)?;
    fresh.write_all(bytes)?;
    let file = fresh.as_file();
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (known.uid(), known.gid()) {
        fchown(file, Some(known.uid()), Some(known.gid()))?;
    }
    file.set_permissions(known.permissions())?;
    file.sync_all()?;
    fresh.persist(&path)?;
    RealDisk.sync_dir(dir)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_agreed_on_lies_within_the_company_s_directory() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["../raci.toml", "/etc/raci.toml", "a/../../b"] {
            assert!(lay(dir.path(), name, b"").unwrap_err().to_string().contains("directory"), "{name}");
        }
        lay(dir.path(), "plugins/own.wasm", b"x").unwrap();
        assert_eq!(std::fs::read(dir.path().join("plugins/own.wasm")).unwrap(), b"x");
    }

    #[test]
    fn a_file_that_is_written_over_stays_closed_to_others_and_where_it_was() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("secret.toml"), dir.path().join("timonel.toml"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write_over(&link, b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside it");
    }
}
