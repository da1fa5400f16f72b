//! What the reference plugins have in common, and nothing of the contract: how settings are read, how words are
//! compared, how a text is chosen in the customer's language, and an allocator that saves fuel. A rule of your own needs
//! none of it.

#[cfg(target_arch = "wasm32")]
mod heap;
pub mod judging;
pub mod settings;
pub mod speech;
pub mod words;
