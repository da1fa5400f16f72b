//! The journal: the one place where a fact becomes durable.
//!
//! Everything else the host keeps is folded from these bytes and can be thrown away, so this crate is made to be small
//! enough to be believed. It knows bytes only: no event, no JSON, no clock, no thread. Whoever drives it collects entries
//! into a batch, calls [`Journal::append`] and may tell the world once that returns.
//!
//! What it promises, and under what it was tested:
//!
//! * A batch that was acknowledged is read back byte for byte, whatever crash follows.
//! * A batch is there as a whole or not at all, once, and in its turn.
//! * It never guesses about damage: what can only be the torn end of an unacknowledged batch is cut and reported, anything
//!   else refuses to open and says where.
//!
//! The disk is passed in ([`Disk`]), because a promise about power loss is worth what the test that cuts the power is
//! worth: [`SimDisk`] forgets, keeps and tears what was not synced, from a seed.

mod copy;
mod disk;
mod error;
mod format;
mod journal;
mod reader;
mod scan;
mod segment;
mod simdisk;
mod verify;

pub use crate::copy::{Copied, CopyError, copy};
pub use crate::disk::{Disk, DiskFile, Held, RealDisk};
pub use crate::error::{AppendError, OpenError, ReadError};
pub use crate::format::MAX_PAYLOAD;
pub use crate::journal::{Journal, Options, Recovery};
pub use crate::reader::{Batch, Batches, Reader};
pub use crate::scan::TornTail;
pub use crate::simdisk::SimDisk;
pub use crate::verify::{Progress, Verified, verify};
