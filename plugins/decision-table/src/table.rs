//! What the columns of a table mean, in the words of the person who wrote it: Spanish, Portuguese or English.

use kit::settings::{Field, parse};
use kit::speech::base;
use kit::words::needle;

use crate::csv;

/// The most rows: what `prepare` compares with each other has to fit into its fuel.
const MOST: usize = 2_000;

/// What a row asks. All that it says has to hold; of one cell, any one of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Column {
    Words,
    Button,
    Number,
    Language,
    Tag,
    When,
    Day,
    Hour,
    Open,
}

impl Column {
    pub const ALL: [Self; 9] = [
        Self::Words,
        Self::Button,
        Self::Number,
        Self::Language,
        Self::Tag,
        Self::When,
        Self::Day,
        Self::Hour,
        Self::Open,
    ];

    /// How people call it, folded.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Words => &["palabras", "palabra", "palavras", "palavra", "words", "word"],
            Self::Button => &["boton", "botao", "button"],
            Self::Number => &["numero", "linea", "linha", "number"],
            Self::Language => &["idioma", "language"],
            Self::Tag => &["etiqueta", "etiquetas", "tag", "tags"],
            Self::When => &["cuando", "quando", "when"],
            Self::Day => &["dia", "dias", "day", "days"],
            Self::Hour => &["hora", "horas", "horario", "hour", "hours"],
            Self::Open => &["abierto", "aberto", "open"],
        }
    }
}

/// What a row says of where a case goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Queue,
    Skills,
    Priority,
    Overflow,
    Reason,
}

impl Says {
    const ALL: [(Self, &'static [&'static str]); 5] = [
        (Self::Queue, &["cola", "fila", "queue"]),
        (Self::Skills, &["habilidades", "habilidad", "skills", "skill"]),
        (Self::Priority, &["prioridad", "prioridade", "priority"]),
        (Self::Overflow, &["desborda", "desborde", "transborda", "overflow"]),
        (Self::Reason, &["motivo", "razon", "razao", "reason"]),
    ];
}

/// What has to hold in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// One of these, in the form in which it is compared.
    Any(Vec<String>),
    /// A minute of the day within one of these; an end that is not behind its beginning is on the next day.
    Within(Vec<(u16, u16)>),
}

/// Where a case goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    pub queue: String,
    pub skills: Vec<String>,
    pub priority: u8,
    /// In seconds.
    pub overflow_after: Option<u32>,
    pub reason: String,
}

/// A row: its number in the spreadsheet, what has to hold, and where the case goes then.
#[derive(Debug, Clone)]
pub struct Row {
    pub line: usize,
    pub tests: Vec<(Column, Test)>,
    pub outcome: Outcome,
}

impl Row {
    pub fn test(&self, column: Column) -> Option<&Test> {
        self.tests.iter().find(|(of, _)| *of == column).map(|(_, test)| test)
    }
}

/// A whole table.
#[derive(Debug)]
pub struct Table {
    pub rows: Vec<Row>,
    /// Where cases go that no row fits; left to the next rule if none.
    pub otherwise: Option<String>,
}

impl Table {
    /// Reads the settings.
    pub fn read(settings: &str) -> Result<Self, String> {
        let json = parse(settings)?;
        let top = Field::top(&json);
        let of = top.object(&["table", "otherwise"])?;
        let text = of.required("table", Field::text)?;
        let rows = rows(&text).map_err(|wrong| format!("table: {wrong}"))?;
        Ok(Self { rows, otherwise: of.optional("otherwise", Field::text)? })
    }
}

fn rows(text: &str) -> Result<Vec<Row>, String> {
    let mut lines = csv::lines(text)?.into_iter();
    let (_, header) =
        lines.next().ok_or("it is empty: a line of headings was expected, as `palabras;cola`")?;
    let columns = header.iter().map(|name| heading(name)).collect::<Result<Vec<_>, _>>()?;
    for (place, one) in columns.iter().enumerate() {
        if columns.iter().skip(place + 1).any(|other| other == one) {
            return Err(format!("the heading `{}` is there twice", header[place]));
        }
    }
    if !columns.contains(&Heading::Says(Says::Queue)) {
        return Err("there is no column `cola`: where a case goes has to be said".to_owned());
    }
    let rows: Vec<Row> = lines
        .map(|(line, cells)| {
            row(&columns, &cells, line).map_err(|(place, wrong)| {
                let name = header.get(place).map_or("beyond the headings", String::as_str);
                let cell = cells.get(place).map_or("", String::as_str);
                format!("line {line}, {name}: got \"{cell}\", expected {wrong}")
            })
        })
        .collect::<Result<_, _>>()?;
    match rows.len() {
        0 => Err("there is no row below the headings".to_owned()),
        some if some > MOST => Err(format!("it has {some} rows, at most {MOST} are possible")),
        _ => Ok(rows),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    Asks(Column),
    Says(Says),
    /// For people: what stands below it is not read.
    Note,
}

fn heading(name: &str) -> Result<Heading, String> {
    let folded = needle(name).unwrap_or_default();
    let folded = folded.trim_end();
    if folded.is_empty() || matches!(folded, "nota" | "notas" | "note" | "notes") {
        return Ok(Heading::Note);
    }
    let asks = Column::ALL.into_iter().find(|column| column.names().contains(&folded));
    let says = || Says::ALL.into_iter().find(|(_, names)| names.contains(&folded)).map(|(says, _)| says);
    asks.map(Heading::Asks).or_else(|| says().map(Heading::Says)).ok_or_else(|| {
        let names = Column::ALL.iter().map(|column| column.names()[0]);
        let names = names.chain(Says::ALL.iter().map(|(_, names)| names[0]));
        format!("the heading `{name}` is none of {}, nota", names.collect::<Vec<_>>().join(", "))
    })
}

/// The error names the place of its cell.
fn row(columns: &[Heading], cells: &[String], line: usize) -> Result<Row, (usize, String)> {
    if let Some(beyond) = cells.iter().skip(columns.len()).position(|cell| !cell.is_empty()) {
        return Err((columns.len() + beyond, "nothing: there is no heading above it".to_owned()));
    }
    let nothing = Outcome {
        queue: String::new(),
        skills: vec![],
        priority: 0,
        overflow_after: None,
        reason: String::new(),
    };
    let mut row = Row { line, tests: vec![], outcome: nothing };
    for (place, heading) in columns.iter().enumerate() {
        let cell = cells.get(place).map_or("", String::as_str);
        let wrong = |expected: &str| (place, expected.to_owned());
        match heading {
            Heading::Note => {}
            Heading::Asks(_) if cell.is_empty() || cell == "*" || cell == "-" => {}
            Heading::Asks(column) => {
                let test = test(*column, cell).ok_or_else(|| wrong(expected(*column)))?;
                row.tests.push((*column, test));
            }
            Heading::Says(Says::Queue) if cell.is_empty() => return Err(wrong("the name of a queue")),
            Heading::Says(Says::Queue) => row.outcome.queue = cell.to_owned(),
            Heading::Says(Says::Skills) => row.outcome.skills = items(cell),
            Heading::Says(_) if cell.is_empty() => {}
            Heading::Says(Says::Priority) => {
                let priority = cell.parse().ok().filter(|priority| *priority <= 9);
                row.outcome.priority = priority.ok_or_else(|| wrong("0 (normal) to 9"))?;
            }
            Heading::Says(Says::Overflow) => {
                let seconds = seconds(cell).ok_or_else(|| wrong("seconds as 90, or minutes as 5m"))?;
                row.outcome.overflow_after = Some(seconds);
            }
            Heading::Says(Says::Reason) => row.outcome.reason = cell.to_owned(),
        }
    }
    Ok(row)
}

const fn expected(column: Column) -> &'static str {
    match column {
        Column::Words => "words with a letter or a digit, separated by |, as factura|recib*",
        Column::When => "nuevo, pasado, desborde, devuelto or aviso",
        Column::Day => "days, as lun-vie|dom",
        Column::Hour => "hours, as 08:00-12:00|14:00-18:00",
        Column::Open => "sí or no",
        Column::Button | Column::Number | Column::Language | Column::Tag => "names, separated by |",
    }
}

fn items(cell: &str) -> Vec<String> {
    cell.split('|').map(str::trim).filter(|item| !item.is_empty()).map(ToOwned::to_owned).collect()
}

fn test(column: Column, cell: &str) -> Option<Test> {
    let items = items(cell);
    if items.is_empty() {
        return None;
    }
    let each = |read: &dyn Fn(&str) -> Option<String>| {
        items.iter().map(|item| read(item)).collect::<Option<Vec<_>>>().map(Test::Any)
    };
    let folded = |item: &str| Some(needle(item)?.trim_end().to_owned());
    match column {
        Column::Words => each(&needle),
        Column::Button | Column::Number | Column::Tag => Some(Test::Any(items)),
        Column::Language => each(&|item| Some(base(item).to_owned())),
        Column::When => each(&|item| when(&folded(item)?).map(ToOwned::to_owned)),
        Column::Open => each(&|item| match folded(item)?.as_str() {
            "si" | "sim" | "yes" | "x" | "1" => Some("1".to_owned()),
            "no" | "nao" | "0" => Some("0".to_owned()),
            _ => None,
        }),
        Column::Day => {
            let days = items.iter().map(|item| days(item)).collect::<Option<Vec<_>>>()?;
            let mut days: Vec<String> = days.concat().into_iter().map(|day| day.to_string()).collect();
            days.sort_unstable();
            days.dedup();
            Some(Test::Any(days))
        }
        Column::Hour => items.iter().map(|item| hours(item)).collect::<Option<Vec<_>>>().map(Test::Within),
    }
}

/// Why the rule is asked, in the words of the contract.
fn when(word: &str) -> Option<&'static str> {
    Some(match word {
        "nuevo" | "novo" | "new" | "mensaje" | "mensagem" | "message" => "message",
        "pasado" | "passado" | "handed over" => "handed-over",
        "desborde" | "transbordo" | "overflow" => "overflow",
        "devuelto" | "devolvido" | "returned" => "returned",
        "aviso" | "timer" => "timer",
        _ => return None,
    })
}

/// A day or a row of them, from 1 for Monday.
fn days(item: &str) -> Option<Vec<u8>> {
    let day = |word: &str| -> Option<u8> {
        let word = needle(word)?;
        let names: [&[&str]; 7] = [
            &["lun", "seg", "mon"],
            &["mar", "ter", "tue"],
            &["mie", "qua", "wed"],
            &["jue", "qui", "thu"],
            &["vie", "sex", "fri"],
            &["sab", "sat"],
            &["dom", "sun"],
        ];
        let found = names.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
        u8::try_from(found + 1).ok()
    };
    let Some((from, to)) = item.split_once('-') else { return Some(vec![day(item)?]) };
    let (from, to) = (day(from)?, day(to)?);
    // From Friday to Monday goes over the end of the week.
    let count = (to + 7 - from) % 7 + 1;
    Some((0..count).map(|step| (from - 1 + step) % 7 + 1).collect())
}

/// Two moments of the day, in minutes.
fn hours(item: &str) -> Option<(u16, u16)> {
    let minute = |text: &str| -> Option<u16> {
        let (hour, minute) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour <= 24 && minute < 60 && hour * 60 + minute <= 1_440).then_some(hour * 60 + minute)
    };
    let (from, to) = item.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < 1_440 && from != to).then_some((from, to))
}

fn seconds(cell: &str) -> Option<u32> {
    let (digits, each) = cell.strip_suffix('m').map_or((cell, 1), |minutes| (minutes, 60));
    digits.trim().parse::<u32>().ok()?.checked_mul(each).filter(|seconds| *seconds > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str) -> Result<Vec<Row>, String> {
        rows(table)
    }

    #[test]
    fn a_table_is_read_as_a_person_wrote_it() {
        let rows = read(
            "Palabras;Día;Hora;Abierto;→ Cola;Habilidades;Prioridad;Desborda;Nota\n\
                         Factura|recib*;lun-vie|dom;8-12|14:00-18:30;sí;cobranza;es|vip;3;5m;lo de Ana\n",
        )
        .unwrap();
        let row = &rows[0];
        assert_eq!(row.line, 2);
        assert_eq!(row.test(Column::Words), Some(&Test::Any(vec!["factura ".into(), "recib".into()])));
        assert_eq!(
            row.test(Column::Day),
            Some(&Test::Any(["1", "2", "3", "4", "5", "7"].map(Into::into).into()))
        );
        assert_eq!(row.test(Column::Hour), Some(&Test::Within(vec![(480, 720), (840, 1_110)])));
        assert_eq!(row.test(Column::Number), None);
        let outcome = &row.outcome;
        assert_eq!(
            (outcome.queue.as_str(), outcome.priority, outcome.overflow_after),
            ("cobranza", 3, Some(300))
        );
        assert_eq!(outcome.skills, ["es", "vip"]);
        assert_eq!(days("vie-lun"), Some(vec![5, 6, 7, 1]));
        assert_eq!(hours("22:00-06:00"), Some((1_320, 360)));
    }

    #[test]
    fn what_is_wrong_is_told_by_the_line_and_the_heading_that_the_person_sees() {
        for (table, wrong) in [
            ("", "it is empty"),
            ("palabras;colas\nx;y\n", "the heading `colas` is none of palabras"),
            ("palabras;prioridad\nx;1\n", "there is no column `cola`"),
            ("cola;cola\nx;y\n", "the heading `cola` is there twice"),
            ("palabras;cola\n", "there is no row below"),
            ("palabras;cola\nx;\n", "line 2, cola: got \"\", expected the name of a queue"),
            ("cola;prioridad\n\nx;alta\n", "line 3, prioridad: got \"alta\", expected 0 (normal) to 9"),
            ("cola;hora\nx;8\n", "line 2, hora: got \"8\", expected hours, as 08:00"),
            ("cola;día\nx;ayer\n", "line 2, día: got \"ayer\", expected days"),
            ("cola;palabras\nx;…\n", "line 2, palabras: got \"…\", expected words"),
            ("cola\nx;y\n", "line 2, beyond the headings: got \"y\""),
        ] {
            let told = read(table).unwrap_err();
            assert!(told.contains(wrong), "{table:?}: {told}");
        }
    }
}
