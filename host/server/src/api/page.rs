//! Lists that are read in pages.
//!
//! A cursor is the key of the last one that was read, so a page does not shift when something before it comes or goes.

use serde::Deserialize;

/// Which part of a list is asked for.
#[derive(Deserialize)]
pub(crate) struct Paging {
    after: Option<String>,
    limit: Option<u16>,
}

impl Paging {
    /// The part of a list that lies in the order of its keys, and the cursor of the next one.
    pub(crate) fn part<T>(&self, all: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let limit = usize::from(self.limit.unwrap_or(50).clamp(1, 200));
        let behind = |one: &T| self.after.as_ref().is_none_or(|after| key(one) > *after);
        let mut part: Vec<T> = all.into_iter().filter(behind).take(limit + 1).collect();
        let more = part.len() > limit;
        part.truncate(limit);
        let next = part.last().filter(|_| more).map(key);
        (part, next)
    }
}

#[cfg(test)]
mod tests {
    use super::Paging;

    #[test]
    fn whoever_reads_all_pages_reads_everything_once() {
        let all: Vec<u8> = (10..61).collect();
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let paging = Paging { after, limit: Some(7) };
            let (part, next) = paging.part(all.clone(), u8::to_string);
            read.extend(part);
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(read, all);
    }
}
