//! What an operation can be measured by.
//!
//! Facts (`fact`) are what happened with how long it took. Rules make samples of them (`figure`), which are counted into sums
//! (`sum`, `sketch`) by queue, agent, number and hour. Only the sums are kept, and they are kept as events (`event`): a figure of
//! last year is read where it was counted, and no report goes through the past. What rules find worth looking at in them is an `alert`.

pub mod alert;
pub mod event;
pub mod fact;
pub mod figure;
pub mod shown;
pub mod sketch;
pub mod sum;
