//! One entry of a company's files, found and changed in their text: what stands around it, comments too, stays as people wrote it.

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value};
use server::{Entry, HOUSE, Section};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table};

/// Which of the files it is, by what names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum In {
    /// The one that names all others.
    Main,
    /// The one of the matrix and its people.
    Raci,
}

/// The file, the tables on the way, and whether entries are a list of tables with an `id`.
fn place(section: Section) -> (In, &'static [&'static str], bool) {
    match section {
        Section::Queues => (In::Main, &["company", "queues"], true),
        Section::Agents => (In::Main, &["company", "agents"], true),
        Section::Numbers => (In::Main, &["company", "numbers"], true),
        Section::Calendars => (In::Main, &["company", "calendars"], false),
        Section::House => (In::Main, &["company"], false),
        Section::People => (In::Raci, &["people"], true),
        Section::Matrix => (In::Raci, &["matrix"], false),
    }
}

/// The file in which entries of a section stand.
pub(super) fn file_of(section: Section) -> In {
    place(section).0
}

/// Whether an entry of a section may be called so.
pub(super) fn check(section: Section, id: &str) -> anyhow::Result<()> {
    ensure!(
        section != Section::House || HOUSE.contains(&id),
        "`id` is `{id}`: of what holds for the whole company one of {} was expected; the rest is written in its file",
        HOUSE.join(", ")
    );
    ensure!(!id.trim().is_empty(), "`id` is empty: a name was expected");
    Ok(())
}

/// What an entry is in the text of its file; nothing if there is none.
pub(super) fn find(text: &str, section: Section, id: &str) -> anyhow::Result<Value> {
    let (_, way, is_listed) = place(section);
    let mut at: Value = serde_json::to_value(toml::from_str::<toml::Table>(text)?)?;
    for step in way {
        at = at.get_mut(*step).map(Value::take).unwrap_or_default();
    }
    let found = if is_listed {
        at.as_array().and_then(|all| all.iter().find(|one| one["id"] == id))
    } else {
        at.get(id)
    };
    Ok(found.cloned().unwrap_or_default())
}

/// The text of its file with an entry as it was agreed on, if it is what it was when that was proposed. One that is so already stays so:
/// a host that stopped in between does it again.
pub(super) fn carry_out(text: &str, entry: &Entry) -> anyhow::Result<String> {
    let Entry { section, id, to, was, .. } = entry;
    let is = find(text, *section, id)?;
    if is.is_null() && to.is_null() && !was.is_null() {
        return Ok(text.to_owned());
    }
    let fresh = apply(text, entry)?;
    // A row that stands in no file is still the one that was given.
    let is_given = *section == Section::Matrix && is.is_null();
    ensure!(
        is == *was || is_given || is == find(&fresh, *section, id)?,
        "`{id}` is not what it was when that was proposed: propose it again"
    );
    Ok(fresh)
}

/// The text of its file with an entry as it is wanted.
fn apply(text: &str, entry: &Entry) -> anyhow::Result<String> {
    let Entry { section, id, to, .. } = entry;
    check(*section, id)?;
    let (_, way, is_listed) = place(*section);
    let mut document: DocumentMut = text.parse()?;
    let (last, way) = way.split_last().context("an entry stands somewhere")?;
    let mut at = document.as_table_mut();
    for step in way {
        let item = at.entry(step).or_insert_with(|| Item::Table(Table::new()));
        at = item.as_table_mut().with_context(|| format!("`{step}` is no table"))?;
    }
    if is_listed {
        let item = at.entry(last).or_insert_with(|| Item::ArrayOfTables(Default::default()));
        let list = item.as_array_of_tables_mut();
        let list = list.with_context(|| format!("`{last}` is written in one line: write [[{last}]]"))?;
        let nth = list.iter().position(|one| one.get("id").and_then(Item::as_str) == Some(id));
        match (nth, to) {
            (None, Value::Null) => {
                anyhow::bail!("`id` is `{id}`: there is none, and nothing to be taken away")
            }
            (Some(nth), Value::Null) => drop(list.remove(nth)),
            (known, to) => {
                let mut members = members(to)?.clone();
                members.entry("id").or_insert_with(|| id.clone().into());
                ensure!(members.get("id") == Some(&Value::from(id.clone())), "`to.id` is not `{id}`");
                if known.is_none() {
                    list.push(Table::new());
                }
                let nth = known.unwrap_or(list.len() - 1);
                fill(list.get_mut(nth).context("it was there")?, &members)?;
            }
        }
        return Ok(document.to_string());
    }
    let item = at.entry(last).or_insert_with(|| Item::Table(Table::new()));
    let table = item.as_table_mut().with_context(|| format!("`{last}` is no table"))?;
    match to {
        Value::Null => drop(table.remove(id).with_context(|| format!("`id` is `{id}`: there is none"))?),
        to if *section == Section::Calendars => {
            let item = table.entry(id).or_insert_with(|| Item::Table(Table::new()));
            fill(item.as_table_mut().with_context(|| format!("`{id}` is no table"))?, members(to)?)?;
        }
        to => put(table, id, to)?,
    }
    Ok(document.to_string())
}

fn members(to: &Value) -> anyhow::Result<&Map<String, Value>> {
    to.as_object().context("`to`: an object was expected, with what would be written in the file")
}

/// A table with these members and no others. Those that stay keep their place and their comments.
fn fill(table: &mut Table, members: &Map<String, Value>) -> anyhow::Result<()> {
    let gone: Vec<String> =
        table.iter().map(|(key, _)| key.to_owned()).filter(|key| !members.contains_key(key)).collect();
    for key in gone {
        table.remove(&key);
    }
    for (key, value) in members {
        match (table.get_mut(key), value) {
            (_, Value::Null) => drop(table.remove(key)),
            (Some(Item::Table(known)), Value::Object(inner)) => fill(known, inner)?,
            (None, Value::Object(inner)) => {
                let mut fresh = Table::new();
                fill(&mut fresh, inner)?;
                table.insert(key, Item::Table(fresh));
            }
            (_, value) => put(table, key, value)?,
        }
    }
    Ok(())
}

fn put(table: &mut Table, key: &str, value: &Value) -> anyhow::Result<()> {
    let mut fresh = written(value)?;
    if let Some(known) = table.get(key).and_then(Item::as_value) {
        *fresh.decor_mut() = known.decor().clone();
    }
    match table.get_mut(key) {
        // What is behind it in its line stays there.
        Some(item) => *item = Item::Value(fresh),
        None => drop(table.insert(key, Item::Value(fresh))),
    }
    Ok(())
}

fn written(value: &Value) -> anyhow::Result<toml_edit::Value> {
    Ok(match value {
        Value::Bool(is) => (*is).into(),
        Value::String(text) => text.as_str().into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(part)) => part.into(),
            (None, None) => anyhow::bail!("`{number}` is too large"),
        },
        Value::Array(items) => {
            let items = items.iter().map(written).collect::<anyhow::Result<Vec<_>>>()?;
            items.into_iter().collect::<Array>().into()
        }
        Value::Object(members) => {
            let told = members.iter().filter(|(_, value)| !value.is_null());
            let told = told.map(|(key, value)| Ok((key.as_str(), written(value)?)));
            told.collect::<anyhow::Result<Vec<_>>>()?.into_iter().collect::<InlineTable>().into()
        }
        Value::Null => anyhow::bail!("nothing stands where a value was expected"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FILE: &str = "# Ours.\nlisten = \"127.0.0.1:1\" # here\n\n[company]\nname = \"x\"\nzone = \"America/Bogota\" # where we are\n\n\
        # Who sells.\n[[company.queues]]\nid = \"ventas\"\ncalendar = \"bogota\" # all day\n[company.queues.sla]\nfirst-response = 5\n\n\
        [[company.queues]]\nid = \"pedidos\"\n\n[company.calendars.bogota]\nzone = \"America/Bogota\"\nweek.monday = [\"08:00-12:00\"]\n\n\
        [[company.numbers]]\nid = \"1\"\nname = \"uno\"\nqueue = \"ventas\"\n";

    fn entry(section: Section, id: &str, to: Value) -> Entry {
        Entry { section, id: id.to_owned(), to, was: Value::Null, fresh: false }
    }

    #[test]
    fn what_is_changed_is_so_and_all_the_rest_is_as_people_wrote_it() {
        let to = json!({ "id": "ventas", "calendar": "bogota", "rescue-after": 20,
            "sla": { "first-response": 3, "steps": [{ "at": 60, "tell": true }] } });
        let text = apply(FILE, &entry(Section::Queues, "ventas", to.clone())).unwrap();
        assert_eq!(find(&text, Section::Queues, "ventas").unwrap(), to);
        for stays in ["# Ours.", "# here", "# Who sells.", "# all day", "# where we are", "id = \"pedidos\""]
        {
            assert!(text.contains(stays), "{stays}: {text}");
        }
        let text = apply(&text, &entry(Section::Queues, "nueva", json!({ "calendar": "bogota" }))).unwrap();
        assert_eq!(
            find(&text, Section::Queues, "nueva").unwrap(),
            json!({ "id": "nueva", "calendar": "bogota" })
        );
        let text = apply(&text, &entry(Section::Queues, "pedidos", Value::Null)).unwrap();
        assert_eq!(find(&text, Section::Queues, "pedidos").unwrap(), Value::Null);
        assert_eq!(find(&text, Section::Numbers, "1").unwrap()["queue"], "ventas");

        let hours = json!({ "zone": "America/Bogota", "week": { "monday": ["09:00-12:00"] }, "days": { "2026-12-25": [] } });
        let text = apply(&text, &entry(Section::Calendars, "bogota", hours.clone())).unwrap();
        assert_eq!(find(&text, Section::Calendars, "bogota").unwrap(), hours);
        let text = apply(&text, &entry(Section::House, "zone", json!("America/Lima"))).unwrap();
        assert!(text.contains("zone = \"America/Lima\" # where we are"), "{text}");
        assert_eq!(find(&text, Section::House, "zone").unwrap(), "America/Lima");
    }

    #[test]
    fn people_and_rows_of_the_matrix_are_entries_also_where_there_are_none_yet() {
        let ana =
            json!({ "id": "ana", "name": "Ana", "roles": ["agent"], "scope": { "queues": ["ventas"] } });
        let text = apply("", &entry(Section::People, "ana", ana.clone())).unwrap();
        assert_eq!(find(&text, Section::People, "ana").unwrap(), ana);
        let row = json!({ "agent": "C", "admin": "A" });
        let text = apply(&text, &entry(Section::Matrix, "reporting", row.clone())).unwrap();
        assert_eq!(find(&text, Section::Matrix, "reporting").unwrap(), row);
        assert_eq!(find(&text, Section::People, "ana").unwrap(), ana);
    }

    #[test]
    fn what_was_agreed_on_is_done_once_and_only_to_what_it_was_agreed_on_of() {
        let to = json!({ "id": "pedidos", "rescue-after": 5 });
        let agreed = Entry { was: json!({ "id": "pedidos" }), ..entry(Section::Queues, "pedidos", to) };
        let done = carry_out(FILE, &agreed).unwrap();
        assert_eq!(carry_out(&done, &agreed).unwrap(), done, "again it changes nothing");
        let another = done.replace("rescue-after = 5", "rescue-after = 6");
        assert!(carry_out(&another, &agreed).unwrap_err().to_string().contains("propose it again"));
        let gone =
            Entry { was: json!({ "id": "pedidos" }), ..entry(Section::Queues, "pedidos", Value::Null) };
        let without = carry_out(FILE, &gone).unwrap();
        assert_eq!(carry_out(&without, &gone).unwrap(), without);
        assert!(carry_out(&without, &agreed).is_err(), "it was taken away, and does not come back");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_field() {
        let refused = |one: Entry| apply(FILE, &one).unwrap_err().to_string();
        assert!(refused(entry(Section::Queues, "otra", Value::Null)).contains("`otra`"));
        assert!(refused(entry(Section::Queues, "ventas", json!("x"))).contains("`to`"));
        assert!(refused(entry(Section::Queues, "ventas", json!({ "id": "otra" }))).contains("`to.id`"));
        assert!(refused(entry(Section::House, "webhooks", json!([]))).contains("closing-codes"));
        assert!(refused(entry(Section::Agents, " ", json!({}))).contains("`id` is empty"));
        // A draft may say anything.
        for text in ["company = 3", "[company]\nqueues = \"none\"", "[[company]]\nqueues = 1"] {
            assert_eq!(find(text, Section::Queues, "ventas").unwrap(), Value::Null);
            assert!(apply(text, &entry(Section::Queues, "ventas", json!({}))).is_err(), "{text}");
        }
    }
}
