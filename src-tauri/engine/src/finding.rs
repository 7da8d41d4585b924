//! Problems and warnings about documents, each with a code that never changes its meaning.

use serde::{Deserialize, Serialize};

use crate::id::RepoPath;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The document was not taken, or the fabric would refuse it.
    Error,
    /// It was taken; somebody should look at it.
    Warning,
}

/// Declares the codes: variant, what is written, severity, what it says in general.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident;)*) => {
        /// What a finding is about. The text form (`FGD-101`) is stable and may be searched for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The stable text form.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// How bad a finding with this code is.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    /// The text is not YAML.
    Syntax = "FGD-101", Error;
    /// The file is not UTF-8 text.
    Encoding = "FGD-102", Error;
    /// A mapping has the same key twice.
    DuplicateKey = "FGD-103", Error;
    /// The document is nested too deeply, or its aliases expand to too much.
    TooLarge = "FGD-104", Error;
    /// The document holds a Git conflict marker.
    ConflictMarker = "FGD-105", Error;
    /// The document is not a mapping with apiVersion, kind and metadata.name.
    NotAnObject = "FGD-201", Error;
    /// The object's name or namespace is not a valid Kubernetes name.
    NameInvalid = "FGD-202", Error;
    /// The same object stands twice in one drop, with different contents.
    DuplicateObject = "FGD-203", Error;
    /// A Hedgehog kind that this version does not know; it is kept.
    UnknownKind = "FGD-204", Warning;
    /// An older apiVersion; it is kept as written.
    OldApiVersion = "FGD-205", Warning;
    /// A kind that the fabric makes by itself and that does not belong in Git.
    SystemMade = "FGD-206", Warning;
    /// No Hedgehog object; it goes to `unmanaged/`.
    NotHedgehog = "FGD-207", Warning;
    /// A form that ingestion does not take, such as a `List`.
    UnsupportedForm = "FGD-208", Error;
    /// The author's text could not be kept; the same value was written in block style.
    TextRewritten = "FGD-209", Warning;
    /// The file could not be read.
    Unreadable = "FGD-301", Error;
    /// Two files under `managed/` hold one object.
    ManagedTwice = "FGD-302", Error;
    /// A file under `managed/` holds no object that can be read.
    ManagedBroken = "FGD-303", Error;
    /// The object's file holds an edit that is in no commit, so it is not written over.
    EditedByHand = "FGD-304", Error;
}

/// One problem or warning, told to an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub code: Code,
    /// One sentence, in an operator's words.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The file, inside the repository.
    pub file: Option<RepoPath>,
    /// Line in the file, from 1.
    pub line: Option<u32>,
    /// Column in the line, from 1, in characters.
    pub column: Option<u32>,
    /// The object's kind, where it is known.
    pub kind: Option<String>,
    /// The object's name, where it is known.
    pub name: Option<String>,
}

impl Finding {
    /// A finding with nothing known but its code and its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            severity: code.severity(),
            code,
            message: message.into(),
            hint: None,
            file: None,
            line: None,
            column: None,
            kind: None,
            name: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the file that it is in.
    #[must_use]
    pub fn in_file(mut self, file: &RepoPath) -> Self {
        self.file = Some(file.clone());
        self
    }

    /// Adds the place in the file: line and column, both from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// Adds the object that it is about.
    #[must_use]
    pub fn about(mut self, kind: &str, name: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self.name = Some(name.to_owned());
        self
    }
}
