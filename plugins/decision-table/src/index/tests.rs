use super::*;
use crate::contract::exports::timonel::rules::routing::Input;
use crate::contract::timonel::rules::types::{Calendar, CaseView, LocalTime, Message};

fn input(text: Option<&str>, number: &str, weekday: u8, minute: u16) -> Input {
    Input {
        why: if text.is_some() { "message" } else { "returned" }.into(),
        now: 0,
        local: LocalTime { date: "2026-11-23".into(), weekday, minute, zone: "America/Bogota".into() },
        calendar: Calendar { open: minute < 1_000, next_change: None, next_change_local: None },
        number: number.into(),
        language: "es_CO".into(),
        message: text.map(|text| Message {
            at: 0,
            author: "customer".into(),
            kind: "text".into(),
            text: text.into(),
            payload: String::new(),
            attrs: vec![],
        }),
        case: CaseView {
            id: "1".into(),
            opened: 0,
            queue: None,
            priority: 0,
            waiting_since: None,
            automatic_messages: 0,
            tags: vec!["vip".into()],
            attrs: vec![],
        },
        wake_note: None,
        attrs: vec![],
    }
}

fn table(csv: &str, otherwise: Option<&str>) -> Table {
    let otherwise = otherwise.map_or(String::new(), |queue| format!(", \"otherwise\": \"{queue}\""));
    Table::read(&format!("{{\"table\": \"{}\"{otherwise}}}", csv.replace('\n', "\\n"))).unwrap()
}

/// Row after row, as a person would.
fn by_hand(table: &Table, input: &Input) -> Option<usize> {
    let text = Text::new(input.message.as_ref().map_or("", |message| &message.text));
    table.rows.iter().position(|row| {
        row.tests.iter().all(|(column, test)| match test {
            Test::Within(within) => is_within(within, input.local.minute),
            Test::Any(items) => items.iter().any(|item| match column {
                Column::Words => input.message.is_some() && text.contains(item),
                Column::Button => input.message.as_ref().is_some_and(|message| message.payload == *item),
                Column::Number => input.number == *item,
                Column::Language => base(&input.language) == item,
                Column::Tag => input.case.tags.contains(item),
                Column::When => input.why == *item,
                Column::Day => input.local.weekday.to_string() == *item,
                Column::Hour => false,
                Column::Open => (item == "1") == input.calendar.open,
            }),
        })
    })
}

#[test]
fn a_case_goes_where_the_first_row_that_fits_says() {
    let table = table(
        "palabras;número;etiqueta;cola;habilidades;prioridad;desborda;motivo\n\
         estado de cuenta;;;cobranza;;;;\n\
         factur*;Brasil;;brasil;pt;;;\n\
         factur*|recibo;;;cobranza;es;2;5m;Facturación\n\
         ;;vip;ventas;;5;;\n",
        Some("general"),
    );
    let prepared = build(&table);
    let index = Index::of(&prepared).unwrap();
    let asked = |text: &str, number: &str| index.place(&input(Some(text), number, 1, 600)).unwrap();
    let place = asked("¿Y mi FACTURA?", "soporte");
    assert_eq!((place.queue.as_str(), place.priority, place.overflow_after), ("cobranza", 2, Some(300)));
    assert_eq!((place.skills, place.reason.as_str()), (vec!["es".to_owned()], "Facturación"));
    assert_eq!(asked("Mi estado   de cuenta", "soporte").reason, "Fila 2 → cobranza");
    assert_eq!(asked("Mi estado: la cuenta, la factura", "Brasil").queue, "brasil");
    assert_eq!(asked("Hola", "soporte").reason, "Fila 5 → ventas");
    let mut plain = input(Some("Hola"), "soporte", 1, 600);
    plain.case.tags.clear();
    assert_eq!(index.place(&plain).unwrap().reason, "Ninguna fila → general");
    // Given back without a word: by its tag, and without one where it was.
    let mut back = input(None, "soporte", 1, 600);
    assert_eq!(index.place(&back).unwrap().queue, "ventas");
    (back.case.tags, back.case.queue) = (vec![], Some("cobranza".into()));
    assert_eq!(index.place(&back).unwrap().reason, "Estaba en cobranza");
}

#[test]
fn without_otherwise_the_next_rule_is_asked() {
    let prepared = build(&table("palabras;cola\nfactura;a\n", None));
    let index = Index::of(&prepared).unwrap();
    assert!(index.place(&input(Some("hola"), "x", 1, 0)).is_none());
    assert!(Index::of(&[]).is_none() && Index::of(&[1, 2, 3]).is_none());
    assert!(Index::of(&[0; 64]).unwrap().place(&input(Some("hola"), "x", 1, 0)).is_none());
}

/// A source of numbers that is the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn of(&mut self, many: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % many as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.of(of.len())]
    }
}

#[test]
fn whatever_the_table_the_same_row_is_found_as_by_hand() {
    let mut dice = Dice(0x5eed);
    let words = ["", "factura", "fact*", "f*", "mi pedido", "pedido roto", "pedid*", "señal|factura", "*"];
    for _ in 0..300 {
        let mut csv = "palabras;número;etiqueta;cuando;día;hora;abierto;idioma;cola\n".to_owned();
        for row in 0..=dice.of(150) {
            let cells = [
                dice.one(&words),
                dice.one(&["", "", "a", "b|c"]),
                dice.one(&["", "", "vip", "x|y"]),
                dice.one(&["", "", "nuevo", "devuelto|desborde"]),
                dice.one(&["", "", "lun-mié", "sáb-mar"]),
                dice.one(&["", "", "08:00-12:00", "22:00-06:00|12:00-13:00"]),
                dice.one(&["", "", "sí", "no"]),
                dice.one(&["", "", "es", "pt|en"]),
            ];
            csv.push_str(&format!("{};q{row}\n", cells.join(";")));
        }
        let table = table(&csv, None);
        let prepared = build(&table);
        let index = Index::of(&prepared).unwrap();
        for _ in 0..40 {
            let text =
                dice.one(&["mi factura", "Facturación del pedido", "mi pedido roto", "señal", "", "nada"]);
            let text = (dice.of(5) > 0).then_some(text);
            let (number, day) = (dice.one(&["a", "b", "z"]), 1 + dice.of(7) as u8);
            let input = input(text, number, day, dice.of(1_440) as u16);
            assert_eq!(index.first(&input), by_hand(&table, &input), "{csv}\n{input:?}");
        }
    }
}
