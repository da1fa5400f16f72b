//! Checks what a host handed out of its audit, and believes nobody.
//!
//! Whoever runs the host can write what they like into its files, with every checksum right. What they cannot do is to make an
//! older checkpoint, which somebody else keeps, fit a record that is not the one it was signed for. So this program takes
//! exported files, a key and checkpoints, and computes everything anew. It uses no code of the host, speaks to nobody and
//! writes nothing.

mod entry;
mod export;
mod note;
mod tree;

pub use entry::{Proved, Unproved, prove};
pub use export::{Difference, Report, Source, Trouble, check, verify};
pub use note::{Checkpoint, Key, NotAKey, NotSigned};
pub use tree::{Growing, Hash, extends, includes, leaf};
