//! What lists weigh when they cross between guest and host.
//!
//! A list of a million empty strings has no characters and still costs 24 MB here, so each element counts with its own
//! size besides what it holds.

/// A list of texts.
pub(crate) fn texts(list: &[String]) -> usize {
    list.iter().map(|text| size_of::<String>() + text.len()).sum()
}

/// Names and values.
pub(crate) fn attrs(list: &[(String, String)]) -> usize {
    list.iter().map(|(name, value)| size_of::<(String, String)>() + name.len() + value.len()).sum()
}
