//! What an operation can be measured by.

pub mod fact;
