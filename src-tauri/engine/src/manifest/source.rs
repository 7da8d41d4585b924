//! The text of a file.

use crate::finding::Code;
use crate::manifest::TextError;
use crate::manifest::text_error::place;

const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// The decoded text of one file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source<'a> {
    text: &'a str,
    /// Whether a byte order mark stood before the text: then its offsets are three less than the file's.
    marked: bool,
}

impl<'a> Source<'a> {
    /// Decodes a file's bytes. Only UTF-8 is taken, since Git and Kubernetes take nothing else.
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, TextError> {
        if is_utf16(bytes) {
            return Err(TextError::new(Code::Encoding, "The file is UTF-16 text.", 1, 1)
                .hint("Save it as UTF-8, which is what Kubernetes reads."));
        }
        let (marked, bytes) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let (before, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
            let (line, column) = place_after(&String::from_utf8_lossy(before));
            let byte = rest.first().copied().unwrap_or_default();
            TextError::new(Code::Encoding, format!("The byte 0x{byte:02X} is not UTF-8 text."), line, column)
                .hint("Save the file as UTF-8.")
        })?;
        if let Some((before, _)) = text.split_once('\0') {
            let (line, column) = place_after(before);
            return Err(TextError::new(
                Code::Encoding,
                "The file holds a NUL byte, so it is not text.",
                line,
                column,
            )
            .hint("Export the file again as plain text."));
        }
        Ok(Self { text, marked })
    }

    /// The text, without the byte order mark.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }
}

/// UTF-16 by its byte order mark, or by the zero byte that its first ASCII letter has.
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [0, letter, 0, ..] | [letter, 0, _, 0, ..] => *letter != 0,
        _ => false,
    }
}

/// Line and column, both from 1, of what follows `before`.
fn place_after(before: &str) -> (u32, u32) {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (place(line), place(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_content_and_is_remembered() {
        let marked = Source::decode("\u{FEFF}a: 1".as_bytes()).expect("text");
        assert_eq!(marked, Source { text: "a: 1", marked: true });
        assert_eq!(Source::decode(b"a: 1"), Ok(Source { text: "a: 1", marked: false }));
        assert_eq!(Source::decode(b"").map(|source| source.text()), Ok(""));
    }

    #[test]
    fn what_is_not_text_is_told_with_its_place() {
        let utf16 = |bytes: &str| bytes.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for (bytes, message, place) in [
            (b"a: 1\nb: \xFF".to_vec(), "The byte 0xFF is not UTF-8 text.", (2, 4)),
            (b"\xC3\xBC: \xFC".to_vec(), "The byte 0xFC is not UTF-8 text.", (1, 4)),
            (b"a: 1\n\xC3".to_vec(), "The byte 0xC3 is not UTF-8 text.", (2, 1)),
            (b"a: 1\n\0".to_vec(), "The file holds a NUL byte, so it is not text.", (2, 1)),
            (utf16("\u{FEFF}a: 1"), "The file is UTF-16 text.", (1, 1)),
            (utf16("a: 1"), "The file is UTF-16 text.", (1, 1)),
            ("a: 1".encode_utf16().flat_map(u16::to_be_bytes).collect(), "The file is UTF-16 text.", (1, 1)),
        ] {
            let error = Source::decode(&bytes).expect_err("no text");
            assert_eq!(error.code, Code::Encoding);
            assert_eq!((error.message.as_str(), (error.line, error.column)), (message, place));
            assert!(error.hint.is_some());
        }
    }
}
