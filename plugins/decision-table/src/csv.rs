//! What a spreadsheet saves as CSV (RFC 4180), with the separators that spreadsheets of Latin America use.

/// The cells of each line that says something, with the number that the spreadsheet shows beside it.
pub fn lines(text: &str) -> Result<Vec<(usize, Vec<String>)>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = [';', '\t', ','].into_iter().find(|one| header.contains(*one)).unwrap_or(';');
    let (mut lines, mut cells, mut cell) = (vec![], vec![], String::new());
    let (mut quoted, mut line, mut begins) = (false, 1, 1);
    let mut chars = text.chars().peekable();
    let mut end = |cells: &mut Vec<String>, cell: &mut String, at: usize| {
        cells.push(std::mem::take(cell).trim().to_owned());
        let cells = std::mem::take(cells);
        if cells.iter().any(|cell| !cell.is_empty()) {
            lines.push((at, cells));
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            '\n' => {
                line += 1;
                if quoted {
                    cell.push('\n');
                } else {
                    end(&mut cells, &mut cell, begins);
                    begins = line;
                }
            }
            '\r' if !quoted => {}
            c if c == separator && !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            c => cell.push(c),
        }
    }
    end(&mut cells, &mut cell, begins);
    if quoted { Err(format!("line {begins}: a quotation mark is not closed")) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        lines(text).unwrap()
    }

    #[test]
    fn as_each_spreadsheet_saves_it() {
        let wanted =
            vec![(1, vec!["a".to_owned(), "b".to_owned()]), (3, vec!["1;2".into(), "say \"x\"".into()])];
        assert_eq!(cells("\u{feff}a;b\r\n\r\n\"1;2\";\"say \"\"x\"\"\"\r\n;\r\n"), wanted);
        assert_eq!(cells("a,b\n\n1;2,\"say \"\"x\"\"\"\n"), wanted);
        assert_eq!(cells("a\tb\n\n1;2\tsay \"x\""), wanted);
    }

    #[test]
    fn a_cell_may_have_lines_and_the_numbers_stay_those_of_the_spreadsheet() {
        assert_eq!(cells("a;b\n\"x\ny\";1\nz;2")[2], (4, vec!["z".to_owned(), "2".to_owned()]));
        assert_eq!(lines("a;b\n\"x;1\n"), Err("line 2: a quotation mark is not closed".to_owned()));
    }
}
