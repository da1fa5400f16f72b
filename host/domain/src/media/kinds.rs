//! What bytes are, what of them may be shown, and what WhatsApp takes.
//!
//! The MIME type that a sender names is a wish, and a file name is a text of a stranger: neither decides anything. What
//! could run in a browser (HTML, SVG, and whatever else is not in a short list) is only ever handed out to be saved.

use crate::message::MediaKind;

/// Bytes at the beginning that are looked at for a text that is really a page.
const BEGINNING: usize = 4_096;

/// The longest name that a file is handed out under, in characters.
const LONGEST_NAME: usize = 100;

/// The MIME type of bytes, by the bytes alone.
pub fn sniff(bytes: &[u8]) -> &'static str {
    let beginning = bytes.get(..bytes.len().min(BEGINNING)).unwrap_or_default();
    let known = infer::get(bytes).map(|kind| kind.mime_type());
    match known {
        // The words for the same thing that Meta uses.
        Some("audio/m4a") => "audio/mp4",
        Some("audio/opus") => "audio/ogg",
        Some(known) if !known.starts_with("text/") => known,
        _ if is_3gp(bytes) => "video/3gpp",
        _ => text(beginning),
    }
}

fn is_3gp(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..11).is_some_and(|brand| matches!(brand, b"3gp" | b"3g2"))
}

/// A page, a picture that is a program, plain words, or nothing that is known.
fn text(beginning: &[u8]) -> &'static str {
    let lower = String::from_utf8_lossy(beginning).to_lowercase();
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    // The beginning may end within a character.
    let words = match std::str::from_utf8(beginning) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    if lower.contains("<svg") {
        "image/svg+xml"
    } else if ["<!doctype html", "<html", "<head", "<body", "<script", "<iframe"]
        .iter()
        .any(|tag| lower.contains(tag))
    {
        "text/html"
    } else if lower.trim_start().starts_with("<?xml") {
        "text/xml"
    } else if words && !beginning.is_empty() && !lower.contains(control) {
        "text/plain"
    } else {
        "application/octet-stream"
    }
}

/// Whether a browser may show it in its place. Everything else is saved and opened by whoever dares.
pub fn is_shown(mime_type: &str) -> bool {
    matches!(
        mime_type,
        "image/jpeg"
            | "image/png"
            | "image/webp"
            | "image/gif"
            | "audio/aac"
            | "audio/amr"
            | "audio/mpeg"
            | "audio/mp4"
            | "audio/ogg"
            | "video/mp4"
            | "video/3gpp"
    )
}

/// A name to save a medium under: the customer's, without anything that could lead somewhere, be read as something else
/// or end a header; or one of our own.
pub fn file_name(given: Option<&str>, mime_type: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
    };
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| {
            !invisible(*c) && !matches!(c, '"' | '\'' | ':' | '*' | '?' | '<' | '>' | '|' | ';' | '%')
        })
        .collect();
    let kept = kept.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    let kept: String = kept.chars().take(LONGEST_NAME).collect();
    if kept.is_empty() { format!("medium.{}", extension(mime_type)) } else { kept }
}

fn extension(mime_type: &str) -> &'static str {
    match mime_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/ogg" => "ogg",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => "bin",
    }
}

/// Why WhatsApp would not take a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSendable {
    /// Another type.
    #[error("file: it is {found}, and WhatsApp takes as {}: {}", kind.word(), expected.join(", "))]
    Type {
        /// What it was to be sent as.
        kind: MediaKind,
        /// What it is.
        found: &'static str,
        /// What could be sent.
        expected: &'static [&'static str],
    },
    /// Too large.
    #[error("file: {bytes} bytes, and WhatsApp takes as {} at most {most}", kind.word())]
    TooLarge {
        /// What it was to be sent as.
        kind: MediaKind,
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        most: u64,
    },
    /// Nothing.
    #[error("file: it is empty")]
    Empty,
}

/// The types of a kind, and the most bytes (Meta, *Media: supported media types*).
fn limits(kind: MediaKind, bytes: &[u8]) -> (&'static [&'static str], u64) {
    match kind {
        MediaKind::Audio => (&["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 << 20),
        MediaKind::Image => (&["image/jpeg", "image/png"], 5 << 20),
        MediaKind::Video => (&["video/mp4", "video/3gpp"], 16 << 20),
        MediaKind::Sticker if moves(bytes) => (&["image/webp"], 500 << 10),
        MediaKind::Sticker => (&["image/webp"], 100 << 10),
        MediaKind::Document => (
            &[
                "application/pdf",
                "text/plain",
                "application/msword",
                "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ],
            100 << 20,
        ),
    }
}

/// Whether a WebP is animated: a bit of its extended header (Google, *WebP container specification*, `VP8X`).
fn moves(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0b10 != 0)
}

/// What a file would be sent as of a kind, or why WhatsApp would not take it.
pub fn sendable(kind: MediaKind, bytes: &[u8]) -> Result<&'static str, NotSendable> {
    if bytes.is_empty() {
        return Err(NotSendable::Empty);
    }
    let (found, (expected, most)) = (sniff(bytes), limits(kind, bytes));
    if !expected.contains(&found) {
        return Err(NotSendable::Type { kind, found, expected });
    }
    if bytes.len() as u64 > most {
        return Err(NotSendable::TooLarge { kind, bytes: bytes.len() as u64, most });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn webp(animated: bool, length: usize) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        if animated {
            bytes[20] = 2;
        }
        bytes.resize(length, 0);
        bytes
    }

    #[test]
    fn bytes_say_what_they_are() {
        for (bytes, expected) in [
            (PNG, "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (&webp(false, 40), "image/webp"),
            (b"GIF89a....", "image/gif"),
            (b"OggS\0\x02..........................OpusHead", "audio/ogg"),
            (b"#!AMR\n......", "audio/amr"),
            (b"ID3\x04........", "audio/mpeg"),
            (b"\xff\xf1\x50\x80....", "audio/aac"),
            (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
            (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "video/3gpp"),
            (b"%PDF-1.7", "application/pdf"),
            ("Hola, ¿qué tal?\n".as_bytes(), "text/plain"),
            (b"<?xml version='1.0'?><svg onload=alert(1)>", "image/svg+xml"),
            (b"\xef\xbb\xbf <!DOCTYPE HTML><p>", "text/html"),
            (b"hello <script>alert(1)</script>", "text/html"),
            (b"\0\x01\x02\x03", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(sniff(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_could_run_is_never_shown() {
        for mime in ["image/svg+xml", "text/html", "text/xml", "application/pdf", "text/plain", "IMAGE/PNG"] {
            assert!(!is_shown(mime), "{mime}");
        }
        assert!(is_shown("image/png") && is_shown("audio/ogg"));
    }

    #[test]
    fn a_hostile_name_leads_nowhere() {
        for (given, expected) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/", "medium.pdf"),
            ("..", "medium.pdf"),
            (".bashrc", "bashrc"),
            ("factura\u{202e}fdp.exe", "facturafdp.exe"),
            ("a\r\nSet-Cookie: x", "aSet-Cookie x"),
            ("C:\\x\"; filename=evil", "x filename=evil"),
            ("Cotización nº 3.pdf", "Cotización nº 3.pdf"),
        ] {
            assert_eq!(file_name(Some(given), "application/pdf"), expected);
        }
        assert_eq!(file_name(None, "image/jpeg"), "medium.jpg");
    }

    proptest! {
        #[test]
        fn no_name_is_a_path_or_ends_a_header(given in ".*", mime in "[a-z]*/[a-z]*") {
            let name = file_name(Some(&given), &mime);
            prop_assert!(!name.is_empty() && name.chars().count() <= LONGEST_NAME);
            prop_assert!(!name.contains(['/', '\\', '"', '\r', '\n', '\0', ';']) && !name.starts_with('.'));
        }

        #[test]
        fn whatever_comes_has_a_type_and_a_page_is_never_shown(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!sniff(&bytes).is_empty());
            let page = [&b"<html>"[..], &bytes].concat();
            prop_assert!(!is_shown(sniff(&page)));
        }
    }

    #[test]
    fn the_limits_are_those_of_metas_page() {
        let of = |kind, beginning: &[u8], length: usize| {
            let mut bytes = beginning.to_vec();
            bytes.resize(length, 0);
            sendable(kind, &bytes)
        };
        assert_eq!(of(MediaKind::Image, PNG, 5 << 20), Ok("image/png"));
        assert!(matches!(of(MediaKind::Image, PNG, (5 << 20) + 1), Err(NotSendable::TooLarge { .. })));
        assert!(matches!(of(MediaKind::Image, b"GIF89a", 9), Err(NotSendable::Type { .. })));
        assert_eq!(of(MediaKind::Audio, b"ID3\x04", 16 << 20), Ok("audio/mpeg"));
        assert!(of(MediaKind::Audio, b"ID3\x04", (16 << 20) + 1).is_err());
        assert!(of(MediaKind::Document, b"<html>", 20).is_err());
        for (animated, most) in [(false, 100 << 10), (true, 500 << 10)] {
            assert!(sendable(MediaKind::Sticker, &webp(animated, most)).is_ok());
            assert!(sendable(MediaKind::Sticker, &webp(animated, most + 1)).is_err());
        }
        assert_eq!(sendable(MediaKind::Image, b""), Err(NotSendable::Empty));
        let told = of(MediaKind::Video, PNG, 20).unwrap_err().to_string();
        assert!(told.contains("image/png") && told.contains("video/mp4"), "{told}");
    }
}
