//! Where in an object a field is, as people read and type it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A place in an object: `spec.bundled.links[server.port=server-1/eth0].switch.port`.
///
/// Keys stand behind dots, and in double quotes where they have more than letters, digits and `-_/:+@`. Items
/// of a list stand in brackets, named by their natural key; an item that is its own key by itself:
/// `spec.subnets[10.0.0.0/16]`. The whole object is the empty path. Equal places are equal texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct FieldPath(String);

/// One step on the way to a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Step {
    /// The value of a key.
    Key(String),
    /// The item of a list that has this value at this place; `by` is empty where it is the item itself.
    Item { by: &'static str, is: String },
}

impl Step {
    /// What tells it from its neighbours.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(key) => key,
            Self::Item { is, .. } => is,
        }
    }
}

/// A step as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    Key(String),
    Item { by: String, is: String },
}

#[cfg(test)]
impl Typed {
    /// Whether this names that step.
    pub(super) fn names(&self, step: &Step) -> bool {
        match (self, step) {
            (Self::Key(typed), Step::Key(key)) => typed == key,
            (Self::Item { by, is }, Step::Item { by: known, is: item }) => by == known && is == item,
            _ => false,
        }
    }
}

impl FieldPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of these steps.
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut path = Self::default();
        for step in steps {
            match step {
                Step::Key(key) => path.push_key(key),
                Step::Item { by, is } => path.push_item(by, is),
            }
        }
        path
    }

    fn push_key(&mut self, key: &str) {
        if !self.0.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(&word(key, |c| "-_/:+@".contains(c)));
    }

    fn push_item(&mut self, by: &str, is: &str) {
        self.0.push('[');
        if !by.is_empty() {
            self.0.push_str(by);
            self.0.push('=');
        }
        self.0.push_str(&word(is, |c| "-_/:+@.,".contains(c)));
        self.0.push(']');
    }

    /// Its steps.
    #[cfg(test)]
    pub(super) fn steps(&self) -> Vec<Typed> {
        read(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a field is written like `spec.links[server.port=server-1/eth0].mtu`")]
pub struct NotAFieldPath;

impl FromStr for FieldPath {
    type Err = NotAFieldPath;

    /// Reads what a person typed, quotes where none are needed included.
    fn from_str(text: &str) -> Result<Self, NotAFieldPath> {
        let mut path = Self::default();
        for step in read(text).ok_or(NotAFieldPath)? {
            match step {
                Typed::Key(key) => path.push_key(&key),
                Typed::Item { by, is } => path.push_item(&by, &is),
            }
        }
        Ok(path)
    }
}

impl<'de> Deserialize<'de> for FieldPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A name as it is, where letters, digits and what is allowed suffice; else as a JSON string.
fn word(name: &str, allowed: impl Fn(char) -> bool) -> String {
    if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || allowed(c)) {
        name.to_owned()
    } else {
        serde_json::Value::from(name).to_string()
    }
}

fn read(text: &str) -> Option<Vec<Typed>> {
    let (mut steps, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        if let Some(item) = rest.strip_prefix('[') {
            let by_end = item.find(['=', ']', '"'])?;
            let (by, is) = if item[by_end..].starts_with('=') {
                (&item[..by_end], &item[by_end + 1..])
            } else {
                ("", item)
            };
            let (is, after) = name(is, |c| c == ']')?;
            rest = after.strip_prefix(']')?;
            steps.push(Typed::Item { by: by.to_owned(), is });
        } else {
            let key = if steps.is_empty() { rest } else { rest.strip_prefix('.')? };
            let (key, after) = name(key, |c| c == '.' || c == '[')?;
            rest = after;
            steps.push(Typed::Key(key));
        }
    }
    Some(steps)
}

/// A name at the start of a text, and what follows it.
fn name(text: &str, ends: impl Fn(char) -> bool) -> Option<(String, &str)> {
    if text.starts_with('"') {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let name = values.next()?.ok()?;
        let end = values.byte_offset();
        return Some((name, &text[end..]));
    }
    let end = text.find(ends).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_read_as_people_write_them() {
        let key = |key: &str| Step::Key(key.to_owned());
        let item = |by, is: &str| Step::Item { by, is: is.to_owned() };
        for (steps, text) in [
            (vec![], ""),
            (vec![key("spec"), key("role")], "spec.role"),
            (
                vec![key("spec"), key("links"), item("server.port", "server-1/eth0"), key("mtu")],
                "spec.links[server.port=server-1/eth0].mtu",
            ),
            (vec![key("subnets"), item("", "10.0.0.0/16")], "subnets[10.0.0.0/16]"),
            (vec![item("from", "1000")], "[from=1000]"),
            (vec![key("portSpeeds"), key("E1/1")], "portSpeeds.E1/1"),
            (vec![key("a"), key("x.y/z")], "a.\"x.y/z\""),
            (vec![key(""), key("a b"), item("", "c=d")], "\"\".\"a b\"[\"c=d\"]"),
            (vec![item("a", "]"), key("\"")], "[a=\"]\"].\"\\\"\""),
        ] {
            let path = FieldPath::of(&steps);
            assert_eq!(path.as_str(), text);
            assert_eq!(text.parse(), Ok(path.clone()), "{text}");
            let typed = path.steps();
            assert!(
                typed.len() == steps.len() && typed.iter().zip(&steps).all(|(a, b)| a.names(b)),
                "{text}"
            );
        }
        assert_eq!("\"spec\".\"role\"".parse::<FieldPath>(), "spec.role".parse());
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in [".", "a.", ".a", "a..b", "a[", "a[]", "a[b", "a]b[", "a[b=]", "\"a", "a[b]c", "a\"b\"."]
        {
            assert!(text.parse::<FieldPath>().is_err() || !text.contains(['[', '.']), "{text}");
        }
        assert!(serde_json::from_str::<FieldPath>("\"a..b\"").is_err());
    }

    proptest! {
        #[test]
        fn every_place_reads_back(names in prop::collection::vec(("[a-z.\\[\\]\"= \\\\ü/]{0,5}", any::<bool>()), 0..5)) {
            let step = |(name, is_key): (String, bool)| {
                if is_key { Step::Key(name) } else { Step::Item { by: "a.b", is: name } }
            };
            let steps: Vec<Step> = names.into_iter().map(step).collect();
            let path = FieldPath::of(&steps);
            prop_assert_eq!(path.as_str().parse::<FieldPath>(), Ok(path.clone()));
            prop_assert!(path.steps().iter().zip(&steps).all(|(typed, step)| typed.names(step)));
            let json = serde_json::to_string(&path).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<FieldPath>(&json).expect("a path"), path);
        }

        #[test]
        fn no_text_is_too_odd(text in "[a.\\[\\]\"= \\\\ü]{0,12}") {
            if let Ok(path) = text.parse::<FieldPath>() {
                prop_assert_eq!(path.as_str().parse::<FieldPath>(), Ok(path.clone()));
            }
        }
    }
}
