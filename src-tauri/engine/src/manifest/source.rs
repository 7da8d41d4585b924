//! The text of a file.

use crate::finding::Code;
use crate::manifest::TextError;

/// The decoded text of one file, without its byte order mark.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    text: &'a str,
}

impl<'a> Source<'a> {
    /// Decodes a file's bytes. Only UTF-8 is taken, since Git and Kubernetes take nothing else.
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, TextError> {
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Err(TextError::new(Code::Encoding, "The file is UTF-16 text.", 1, 1)
                .hint("Save it as UTF-8, which is what Kubernetes reads."));
        }
        let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
                let (line, column) = place_of_end(&before);
                return Err(TextError::new(Code::Encoding, "The file is not UTF-8 text.", line, column)
                    .hint("Save it as UTF-8."));
            }
        };
        if let Some(at) = text.find('\0') {
            let (line, column) = place_of_end(&text[..at]);
            return Err(TextError::new(
                Code::Encoding,
                "The file holds a NUL byte, so it is not text.",
                line,
                column,
            )
            .hint("Export the file again as plain text."));
        }
        Ok(Self { text })
    }

    /// The text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }
}

/// Line and column, both from 1, of what follows `before`.
fn place_of_end(before: &str) -> (u32, u32) {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_content() {
        assert_eq!(Source::decode("\u{FEFF}a: 1".as_bytes()).expect("text").text(), "a: 1");
    }

    #[test]
    fn what_is_not_text_is_told_with_its_place() {
        for (bytes, place) in
            [(&b"a: 1\nb: \xFF"[..], (2, 4)), (&b"a\0"[..], (1, 2)), (&b"\xFF\xFEa\0"[..], (1, 1))]
        {
            let error = Source::decode(bytes).expect_err("no text");
            assert_eq!((error.code, (error.line, error.column)), (Code::Encoding, place));
        }
    }
}
