//! What a decision reads: the table, turned round.
//!
//! To try a thousand rows one after the other costs fifty times what twenty cost. So `build` writes down, for each value that any
//! row names, in which rows it stands, and behind a hash where that is found. A decision looks up what it has at hand (a word of the
//! message, the number, the day) and keeps a bit for each row: in each column the rows that name one of these, or nothing. What is
//! left in all columns fits, and the first bit is the first row. The bytes are read where they lie; nothing is unpacked.

use std::collections::BTreeMap;

use kit::speech::base;
use kit::words::Text;

use crate::checks::is_within;
use crate::contract::exports::timonel::rules::routing::{Input, Place};
use crate::table::{Column, Outcome, Table, Test};

/// Rows from which on those of a value are written as bits and not one by one.
const MANY: usize = 32;

/// Where there is nothing.
const NONE: u32 = 0;

/// Writes down what a decision reads.
pub fn build(table: &Table) -> Vec<u8> {
    let count = table.rows.len();
    let mut keys: BTreeMap<Vec<u8>, Vec<Phrase>> = BTreeMap::new();
    let mut hours: BTreeMap<Vec<(u16, u16)>, Vec<u16>> = BTreeMap::new();
    let mut lengths = 0u64;
    for (row, index) in table.rows.iter().zip(0u16..) {
        for (column, test) in &row.tests {
            match test {
                Test::Within(within) => hours.entry(within.clone()).or_default().push(index),
                Test::Any(items) => {
                    for item in items {
                        let (key, phrase) = key(*column, item);
                        if let Some(length) = beginning(*column, item) {
                            lengths |= 1 << length;
                        }
                        note(keys.entry(key).or_default(), phrase, index);
                    }
                }
            }
        }
    }
    let mut out = Writer { bytes: vec![], words: count.div_ceil(64) };
    out.u16(count);
    out.u64(lengths);
    // The columns that any row names, and in each the rows that do not.
    let used: Vec<Column> = Column::ALL
        .into_iter()
        .filter(|column| table.rows.iter().any(|row| row.test(*column).is_some()))
        .collect();
    out.bytes.push(u8::try_from(used.len()).unwrap_or(0));
    for column in &used {
        out.bytes.push(*column as u8);
        let free = table.rows.iter().zip(0u16..).filter(|(row, _)| row.test(*column).is_none());
        out.bits(free.map(|(_, index)| index));
    }
    out.u16(hours.len());
    for (within, rows) in &hours {
        out.u16(within.len());
        within.iter().for_each(|(from, to)| {
            out.u16(usize::from(*from));
            out.u16(usize::from(*to));
        });
        out.rows(rows);
    }
    // Outcomes, each once, and where that of each row is; and the number of each row in the spreadsheet.
    let mut places: BTreeMap<&Outcome, u32> = BTreeMap::new();
    let table_at = out.bytes.len();
    out.bytes.resize(table_at + 4 * count + 4, 0);
    table.rows.iter().for_each(|row| out.u16(row.line));
    for (row, index) in table.rows.iter().zip(0..) {
        let at = *places.entry(&row.outcome).or_insert_with(|| {
            let at = out.here();
            out.outcome(&row.outcome);
            at
        });
        out.put(table_at + 4 * index, at);
    }
    if let Some(queue) = &table.otherwise {
        let outcome = Outcome {
            queue: queue.clone(),
            skills: vec![],
            priority: 0,
            overflow_after: None,
            reason: String::new(),
        };
        let at = out.here();
        out.outcome(&outcome);
        out.put(table_at + 4 * count, at);
    }
    // Half of the slots stay free, so that what is not there is known after a look or two.
    let slots = (keys.len() * 2).next_power_of_two().max(2);
    let slots_at = out.bytes.len();
    out.u32(u32::try_from(slots).unwrap_or(0));
    out.bytes.resize(slots_at + 4 + 4 * slots, 0);
    for (key, phrases) in &keys {
        let at = out.here();
        out.text(key);
        out.u16(phrases.len());
        for phrase in phrases {
            out.text(phrase.needle.as_bytes());
            out.rows(&phrase.rows);
        }
        let mut slot = hash(key) as usize & (slots - 1);
        while out.get(slots_at + 4 + 4 * slot) != NONE {
            slot = (slot + 1) & (slots - 1);
        }
        out.put(slots_at + 4 + 4 * slot, at);
    }
    let end = u32::try_from(slots_at).unwrap_or(0);
    out.u32(end);
    out.u32(u32::try_from(table_at).unwrap_or(0));
    out.bytes
}

/// What is looked for behind a key: nothing more, or a phrase that begins with this word.
struct Phrase {
    needle: String,
    rows: Vec<u16>,
}

fn note(phrases: &mut Vec<Phrase>, needle: String, row: u16) {
    match phrases.iter_mut().find(|phrase| phrase.needle == needle) {
        Some(phrase) => phrase.rows.push(row),
        None => phrases.push(Phrase { needle, rows: vec![row] }),
    }
}

/// Under what an item is found, and what is to be looked for then.
fn key(column: Column, item: &str) -> (Vec<u8>, String) {
    let under = |kind: u8, text: &str| [&[column as u8, kind], text.as_bytes()].concat();
    if column != Column::Words {
        return (under(b'=', item), String::new());
    }
    match item.split_once(' ') {
        Some((word, "")) => (under(b'=', word), String::new()),
        Some((first, _)) => (under(b'+', first), item.to_owned()),
        None => (under(b'*', item), String::new()),
    }
}

/// How long a beginning of words is, of which all words of a message are tried.
fn beginning(column: Column, item: &str) -> Option<usize> {
    (column == Column::Words && !item.contains(' ')).then_some(item.len()).filter(|length| *length < 64)
}

/// FNV-1a.
fn hash(key: &[u8]) -> u32 {
    key.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

struct Writer {
    bytes: Vec<u8>,
    /// Of 64 bits each, for a bit a row.
    words: usize,
}

impl Writer {
    fn here(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(NONE)
    }

    fn u16(&mut self, value: usize) {
        self.bytes.extend(u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn put(&mut self, at: usize, value: u32) {
        if let Some(place) = self.bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&value.to_le_bytes());
        }
    }

    fn get(&self, at: usize) -> u32 {
        self.bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk())
            .map_or(NONE, |four| u32::from_le_bytes(*four))
    }

    fn text(&mut self, text: &[u8]) {
        self.u16(text.len());
        self.bytes.extend(text);
    }

    fn bits(&mut self, rows: impl Iterator<Item = u16>) {
        let mut bits = vec![0u64; self.words];
        for row in rows {
            if let Some(word) = bits.get_mut(usize::from(row) / 64) {
                *word |= 1 << (row % 64);
            }
        }
        bits.into_iter().for_each(|word| self.u64(word));
    }

    /// Few rows one by one, many as bits.
    fn rows(&mut self, rows: &[u16]) {
        if rows.len() >= MANY {
            self.u16(usize::from(u16::MAX));
            self.bits(rows.iter().copied());
        } else {
            self.u16(rows.len());
            rows.iter().for_each(|row| self.u16(usize::from(*row)));
        }
    }

    fn outcome(&mut self, outcome: &Outcome) {
        self.text(outcome.queue.as_bytes());
        self.u16(outcome.skills.len());
        outcome.skills.iter().for_each(|skill| self.text(skill.as_bytes()));
        self.bytes.push(outcome.priority);
        self.u32(outcome.overflow_after.unwrap_or(0));
        self.text(outcome.reason.as_bytes());
    }
}

/// Reads what was written, where it lies.
#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..count)?;
        self.at += count;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<usize> {
        Some(usize::from(u16::from_le_bytes(*self.take(2)?.first_chunk()?)))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.take(4)?.first_chunk()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(*self.take(8)?.first_chunk()?))
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.take(length)
    }

    fn string(&mut self) -> Option<String> {
        Some(std::str::from_utf8(self.text()?).ok()?.to_owned())
    }
}

/// A table, ready to be asked.
pub struct Index<'a> {
    bytes: &'a [u8],
    rows: usize,
    /// The lengths of beginnings of words, a bit each.
    lengths: u64,
    columns: Reader<'a>,
    table_at: usize,
    slots_at: usize,
}

/// A bit for each row.
struct Bits(Vec<u64>);

impl Bits {
    fn add(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let count = reader.u16()?;
        if count == usize::from(u16::MAX) {
            for word in &mut self.0 {
                *word |= reader.u64()?;
            }
            return Some(());
        }
        for _ in 0..count {
            let row = reader.u16()?;
            *self.0.get_mut(row / 64)? |= 1 << (row % 64);
        }
        Some(())
    }
}

impl<'a> Index<'a> {
    /// Of what `build` wrote; none of anything else.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut end = Reader { bytes, at: bytes.len().checked_sub(8)? };
        let (slots_at, table_at) = (end.u32()? as usize, end.u32()? as usize);
        let mut columns = Reader { bytes, at: 0 };
        let (rows, lengths) = (columns.u16()?, columns.u64()?);
        Some(Self { bytes, rows, lengths, columns, table_at, slots_at })
    }

    /// Where a case goes; none if no row fits.
    pub fn place(&self, input: &Input) -> Option<Place> {
        let row = self.first(input);
        let at = self.table_at + 4 * row.unwrap_or(self.rows);
        let at = Reader { bytes: self.bytes, at }.u32()?;
        // Without a message a table by words fits nothing: a case that has a place keeps it.
        let stays = input.case.queue.as_ref().filter(|_| row.is_none() && input.message.is_none());
        if at == NONE && stays.is_none() {
            return None;
        }
        let mut outcome = Reader { bytes: self.bytes, at: at as usize };
        let mut place = Place {
            queue: String::new(),
            skills: vec![],
            priority: input.case.priority,
            prefer: None,
            overflow_after: None,
            reason: String::new(),
            attrs: vec![],
        };
        if let Some(queue) = stays {
            (place.queue, place.reason) = (queue.clone(), format!("Estaba en {queue}"));
            return Some(place);
        }
        place.queue = outcome.string()?;
        for _ in 0..outcome.u16()? {
            place.skills.push(outcome.string()?);
        }
        place.priority = place.priority.max(outcome.byte()?);
        // What overflows once is not asked again: the row that names `desborde` says what comes then.
        place.overflow_after = Some(outcome.u32()?).filter(|after| *after > 0 && input.why != "overflow");
        let why = outcome.string()?;
        place.reason = match (row, why.is_empty()) {
            (None, _) => format!("Ninguna fila → {}", place.queue),
            (Some(row), true) => format!("Fila {} → {}", self.line(row)?, place.queue),
            (Some(_), false) => why,
        };
        Some(place)
    }

    /// The number that the spreadsheet shows beside a row.
    fn line(&self, row: usize) -> Option<usize> {
        Reader { bytes: self.bytes, at: self.table_at + 4 * self.rows + 4 + 2 * row }.u16()
    }

    /// The first row that fits, from 0.
    fn first(&self, input: &Input) -> Option<usize> {
        let words = self.rows.div_ceil(64);
        let mut left = vec![u64::MAX; words];
        let mut reader = self.columns;
        for _ in 0..reader.byte()? {
            let column = reader.byte()?;
            let mut fits = Bits(vec![0; words]);
            for word in &mut fits.0 {
                *word = reader.u64()?;
            }
            self.fill(column, input, &mut fits)?;
            left.iter_mut().zip(&fits.0).for_each(|(left, fits)| *left &= fits);
        }
        let (place, word) = left.iter().enumerate().find(|(_, word)| **word != 0)?;
        Some(place * 64 + word.trailing_zeros() as usize).filter(|row| *row < self.rows)
    }

    /// The rows of a column that name something that is so.
    fn fill(&self, column: u8, input: &Input, fits: &mut Bits) -> Option<()> {
        let is = |other: Column| column == other as u8;
        if is(Column::Words) {
            return input.message.as_ref().map_or(Some(()), |message| self.said(&message.text, fits));
        }
        if is(Column::Hour) {
            return self.hours(input.local.minute, fits);
        }
        let mut name = |text: &str| self.find(column, b'=', text.as_bytes(), None, fits);
        if is(Column::Button) {
            input.message.as_ref().map_or(Some(()), |message| name(&message.payload))
        } else if is(Column::Number) {
            name(&input.number)
        } else if is(Column::Language) {
            name(base(&input.language))
        } else if is(Column::Tag) {
            input.case.tags.iter().try_for_each(|tag| name(tag))
        } else if is(Column::When) {
            name(&input.why)
        } else if is(Column::Day) {
            name(&input.local.weekday.to_string())
        } else {
            name(if input.calendar.open { "1" } else { "0" })
        }
    }

    fn said(&self, text: &str, fits: &mut Bits) -> Option<()> {
        let text = Text::new(text);
        let column = Column::Words as u8;
        for word in text.words() {
            let bytes = word.as_bytes();
            self.find(column, b'=', bytes, None, fits)?;
            self.find(column, b'+', bytes, Some(&text), fits)?;
            let mut lengths = self.lengths;
            while lengths != 0 {
                let length = lengths.trailing_zeros() as usize;
                lengths &= lengths - 1;
                if let Some(beginning) = bytes.get(..length) {
                    self.find(column, b'*', beginning, None, fits)?;
                }
            }
        }
        Some(())
    }

    fn hours(&self, minute: u16, fits: &mut Bits) -> Option<()> {
        // They lie behind the columns.
        let mut reader = self.columns;
        for _ in 0..reader.byte()? {
            reader.take(1 + 8 * self.rows.div_ceil(64))?;
        }
        for _ in 0..reader.u16()? {
            let mut within = vec![];
            for _ in 0..reader.u16()? {
                within.push((reader.u16()? as u16, reader.u16()? as u16));
            }
            if is_within(&within, minute) {
                fits.add(&mut reader)?;
            } else {
                Bits(vec![0; fits.0.len()]).add(&mut reader)?;
            }
        }
        Some(())
    }

    /// Adds the rows that stand behind a key; of phrases those that the text has.
    fn find(&self, column: u8, kind: u8, key: &[u8], text: Option<&Text>, fits: &mut Bits) -> Option<()> {
        let mut slots = Reader { bytes: self.bytes, at: self.slots_at };
        let count = Some(slots.u32()? as usize).filter(|count| count.is_power_of_two())?;
        let head = hash(&[column, kind]);
        let hashed = key.iter().fold(head, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        let mut slot = hashed as usize & (count - 1);
        for _ in 0..count {
            let at = Reader { bytes: self.bytes, at: slots.at + 4 * slot }.u32()?;
            if at == NONE {
                return Some(());
            }
            let mut entry = Reader { bytes: self.bytes, at: at as usize };
            let known = entry.text()?;
            if known.len() == key.len() + 2 && known.starts_with(&[column, kind]) && known.ends_with(key) {
                for _ in 0..entry.u16()? {
                    let needle = std::str::from_utf8(entry.text()?).ok()?;
                    if text.is_none_or(|text| text.contains(needle)) {
                        fits.add(&mut entry)?;
                    } else {
                        Bits(vec![0; fits.0.len()]).add(&mut entry)?;
                    }
                }
                return Some(());
            }
            slot = (slot + 1) & (count - 1);
        }
        None
    }
}

#[cfg(test)]
mod tests;
