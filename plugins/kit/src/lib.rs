//! What the reference plugins have in common, and nothing of the contract: how settings are read, how words are
//! compared and how a text is chosen in the customer's language. A rule of your own needs none of it.

pub mod settings;
pub mod speech;
pub mod words;
