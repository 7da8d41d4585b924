//! What is wrong with a text.

use crate::finding::Code;

/// What is wrong with a text, and where: line and column of the file, both from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextError {
    /// What it is about.
    pub(crate) code: Code,
    /// One sentence, in an operator's words.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// Line in the file, from 1.
    pub(crate) line: u32,
    /// Column in the line, from 1, in characters.
    pub(crate) column: u32,
}

impl TextError {
    /// An error with its place, and no advice.
    pub(crate) fn new(code: Code, message: impl Into<String>, line: u32, column: u32) -> Self {
        Self { code, message: message.into(), hint: None, line, column }
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A number of lines or columns, as errors carry them.
pub(super) fn place(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
