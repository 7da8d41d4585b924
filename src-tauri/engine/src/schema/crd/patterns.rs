//! The patterns of schemas, and how many there may be: a few letters can stand for a million of them, and whoever writes a
//! schema does not choose how much memory and time it takes.

use std::collections::HashSet;

use jsonschema::{PatternCache, PatternOptions, ValidationOptions};
use serde_json::Value as Json;

/// How much memory a pattern may take, in bytes.
const LARGEST: usize = 256 << 10;
/// How many different patterns are made, of all schemas together.
const MOST: usize = 2_000;

/// The patterns of all schemas.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    known: HashSet<String>,
    made: PatternCache,
}

impl Patterns {
    /// Takes note of those of a schema, at any depth.
    pub(super) fn take(&mut self, schema: &Json) -> Result<(), String> {
        self.gather(schema);
        if self.known.len() > MOST { Err(format!("there are more than {MOST} patterns")) } else { Ok(()) }
    }

    /// Lets a schema be compiled with them.
    pub(super) fn within<'i>(&self, options: ValidationOptions<'i>) -> ValidationOptions<'i> {
        options
            // Go's patterns have no look-around either, and neither can be made to take for ever.
            .with_pattern_options(PatternOptions::regex().size_limit(LARGEST))
            .with_pattern_cache(self.made.clone())
    }

    fn gather(&mut self, schema: &Json) {
        match schema {
            Json::Object(fields) => {
                if let Some(Json::String(pattern)) = fields.get("pattern") {
                    self.known.insert(pattern.clone());
                }
                fields.values().for_each(|value| self.gather(value));
            }
            Json::Array(items) => items.iter().for_each(|value| self.gather(value)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::MOST;
    use crate::schema::CrdSchemas;
    use crate::schema::crd::testing::{crd, schemas};

    #[test]
    fn a_schema_without_measure_is_refused() {
        let begun = Instant::now();
        let pattern = |pattern: &str| crd(&format!("{{type: string, pattern: '{pattern}'}}"));
        let many = |one: &dyn Fn(usize) -> String| {
            let fields: String = (0..=MOST).map(|n| format!("p{n}: {},", one(n))).collect();
            crd(&format!("{{type: object, properties: {{{fields}}}}}"))
        };
        let deep = |opens: &str, closes: &str| {
            crd(&format!("{}{{type: string}}{}", opens.repeat(5_000), closes.repeat(5_000)))
        };
        for (documents, detail) in [
            (pattern("(a{1000}){1000}"), "is wrong"),
            (pattern("((((a{50}){50}){50}){50}){50}"), "is wrong"),
            (pattern(&format!("({}", "a|".repeat(1_000_000))), "is wrong"),
            (pattern(&"(".repeat(50_000)), "is wrong"),
            (
                many(&|n| format!("{{type: string, pattern: '^(a{{{n}}}b){{9}}$'}}")),
                "more than 2000 patterns",
            ),
            (deep("{type: object, properties: {a: ", "}}"), "line "),
            (deep("{not: ", "}"), "line "),
        ] {
            let error = schemas(&documents).expect_err("refused").to_string();
            assert!(error.contains(detail) && error.chars().count() < 400, "{error}");
        }
        let json = format!("{}{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
        let error = CrdSchemas::of(Path::new("crds.json"), json.as_bytes()).expect_err("refused").to_string();
        assert!(error.contains("recursion limit"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    }

    /// Patterns that are written in earnest: addresses, quantities, names, times.
    #[test]
    fn usual_patterns_have_room() {
        for pattern in [
            r"^[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$",
            r"^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$",
            r"^((([0-9a-fA-F]{1,4}:){7}([0-9a-fA-F]{1,4}|:))|(([0-9a-fA-F]{1,4}:){1,6}(:[0-9a-fA-F]{1,4}){1,6}))(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?$",
            r"^\w{1,63}$",
            r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
        ] {
            schemas(&crd(&format!("{{type: string, pattern: '{pattern}'}}"))).expect(pattern);
        }
    }
}
