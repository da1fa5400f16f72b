//! Files that are whole or not there.
//!
//! They are written under another name, synced, renamed, and their directory is synced. What a crash leaves of one has the
//! ending `.new` and is written over by the next attempt.

use std::path::Path;

use journal::{Disk, DiskFile};

/// Writes a file anew, whole or not at all, durable with its name.
pub(crate) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    let file = disk.open(&fresh, true)?;
    file.truncate(0)?;
    file.write_at(0, bytes)?;
    file.sync_data()?;
    disk.rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |dir| disk.sync_dir(dir))
}

/// All that is in a file.
pub(crate) fn read(file: &dyn DiskFile) -> std::io::Result<Vec<u8>> {
    let length = usize::try_from(file.len()?).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(filled as u64, rest)? {
            0 => break,
            read => filled += read,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}
