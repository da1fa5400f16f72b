//! `multipart/form-data` (RFC 7578), as far as an upload needs it: the whole is in memory already.

use bytes::Bytes;

/// A part of a form.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) content_type: Option<String>,
    pub(super) content: Bytes,
}

/// None if this is no such form.
pub(super) fn parts(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty())?;
    let delimiter = format!("\r\n--{boundary}");
    let mut at = body.strip_prefix(&delimiter.as_bytes()[2..]).map(|rest| body.len() - rest.len())?;
    let mut parts = Vec::new();
    while body.get(at..)?.starts_with(b"\r\n") {
        let head = at + 2;
        // A part without headers would have no name.
        let content = head + find(body.get(head..)?, b"\r\n\r\n")? + 4;
        let end = content + find(body.get(content..)?, delimiter.as_bytes())?;
        parts.extend(part(std::str::from_utf8(body.get(head..content)?).ok()?, body.slice(content..end)));
        at = end + delimiter.len();
    }
    body.get(at..)?.starts_with(b"--").then_some(parts)
}

fn part(head: &str, content: Bytes) -> Option<Part> {
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.trim().eq_ignore_ascii_case(name))
    };
    let name = parameter(header("content-disposition")?.1, "name")?;
    let content_type = header("content-type").map(|(_, value)| value.trim().to_owned());
    Some(Part { name, content_type, content })
}

fn parameter(parameters: &str, name: &str) -> Option<String> {
    let found = parameters.split(';').filter_map(|one| one.split_once('='));
    let mut found = found.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    // A delimiter starts with a line end, so most of what is no delimiter is passed over quickly.
    let (first, rest) = what.split_first()?;
    let mut from = 0;
    while let Some(found) = text.get(from..)?.iter().position(|byte| byte == first) {
        let at = from + found;
        if text.get(at + 1..)?.starts_with(rest) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_taken_apart_and_half_a_form_is_none() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--b\r\n\
                    content-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
                    \r\n--a\r\r\n\0\r\n--b--\r\n";
        let read = |body: &str| parts("multipart/form-data; boundary=b", &Bytes::from(body.to_owned()));
        let found = read(body).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((&found[0].name[..], &found[0].content[..]), ("messaging_product", &b"whatsapp"[..]));
        assert_eq!(found[1].content_type.as_deref(), Some("image/png"));
        assert_eq!(&found[1].content[..], b"\r\n--a\r\r\n\0");
        for end in 0..body.trim_end().len() {
            assert!(read(&body[..end]).is_none(), "{end}");
        }
        assert!(parts("application/json", &Bytes::from_static(b"{}")).is_none());
    }
}
