//! What people type to find objects.
//!
//! Words must all be found, anywhere in an object: in its kind, its name, its namespace, its labels and
//! annotations, or a value of its spec. `"two words"` are found as they stand together. `key:value` asks one
//! thing only; `-` before any of it excludes. Case never matters.

/// A search, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) terms: Vec<Term>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// Whether what fits is left out.
    pub(super) excludes: bool,
    pub(super) is: Test,
    /// As it was typed, without the dash.
    pub(super) typed: String,
}

/// What is asked of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// A text in it, in lower case.
    Text(String),
    /// Its kind is one of these, in lower case.
    Kind(Vec<String>),
    /// A part of its name, or all of it.
    Name(Wanted),
    /// Its namespace.
    Namespace(String),
    /// It has a label; with this value, where one is given.
    Label { key: String, value: Option<String> },
    /// What is true of it.
    Has(Has),
    /// It names an object: `switch/leaf-01`, or `leaf-01` of any kind.
    Refers(String),
    /// It has a field whose path ends so, with that value.
    Field { path: String, value: Wanted },
    /// A `has:` that asks for nothing that is known.
    Unknown,
}

/// What can be true of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Has {
    Error,
    Warning,
    Edit,
}

/// A value that is looked for, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Any.
    Any,
    /// A part of it.
    Part(String),
    /// All of it: what is in quotes, and numbers, since nobody who asks for VLAN 100 means 1001.
    Whole(String),
}

impl Wanted {
    fn of(text: &str, quoted: bool) -> Self {
        let text = lower(text);
        if text.is_empty() {
            Self::Any
        } else if quoted || text.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Whole(text)
        } else {
            Self::Part(text)
        }
    }
}

impl Query {
    /// Takes a search apart. Every text is one: what is no filter is a word.
    pub(super) fn read(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (term, after) = term(rest);
            terms.extend(term);
            rest = after.trim_start();
        }
        Self { terms }
    }
}

/// Lower case, letter by letter: so a part of a text stays a part of it.
pub(super) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The first term of a text that does not begin with a space, and what follows it.
fn term(text: &str) -> (Option<Term>, &str) {
    let (excludes, begin) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let typed = |after: &str| begin[..begin.len() - after.len()].trim_end().to_owned();
    if let Some((phrase, after)) = quoted(begin) {
        // Two values are never found as one.
        let phrase = phrase.replace('\n', " ");
        let is = (!phrase.is_empty()).then(|| Test::Text(lower(&phrase)));
        return (is.map(|is| Term { excludes, is, typed: typed(after) }), after);
    }
    let end = begin.find([' ', '\t', '\n', '\r', '"', ':']).unwrap_or(begin.len());
    let key = &begin[..end];
    if begin[end..].starts_with(':') && is_key(key) {
        let value = &begin[end + 1..];
        let (value, is_quoted, after) = match quoted(value) {
            Some((value, after)) => (value, true, after),
            None => {
                let (value, after) = word(value);
                (value, false, after)
            }
        };
        let is = filter(&lower(key), value, is_quoted);
        return (is.map(|is| Term { excludes, is, typed: typed(after) }), after);
    }
    let (found, after) = word(begin);
    // A quote that is never closed is none.
    let found = found.trim_matches('"');
    let is = (!found.is_empty()).then(|| Test::Text(lower(found)));
    (is.map(|is| Term { excludes, is, typed: typed(after) }), after)
}

/// A text in quotes at the beginning, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('"')?.split_once('"')
}

/// A text up to the next space, and what follows.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// Whether this can be the name of a filter. An address such as `0c:20:12` or `fd00::1` is a word.
fn is_key(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || "_-./[]*".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(letter)
        && !(text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// What a filter asks; nothing while its value is not typed yet.
fn filter(key: &str, value: &str, quoted: bool) -> Option<Test> {
    let low = lower(value);
    Some(match key {
        "kind" => {
            let kinds: Vec<String> =
                low.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned).collect();
            if kinds.is_empty() {
                return None;
            }
            Test::Kind(kinds)
        }
        "name" => match Wanted::of(value, quoted) {
            Wanted::Any => return None,
            Wanted::Whole(text) if !quoted => Test::Name(Wanted::Part(text)),
            wanted => Test::Name(wanted),
        },
        "ns" | "namespace" if !low.is_empty() => Test::Namespace(low),
        "label" if !low.is_empty() => match low.split_once('=') {
            Some((key, value)) if !value.is_empty() => {
                Test::Label { key: key.to_owned(), value: Some(value.to_owned()) }
            }
            Some((key, _)) => Test::Label { key: key.to_owned(), value: None },
            None => Test::Label { key: low, value: None },
        },
        "has" if !low.is_empty() => match low.as_str() {
            "error" | "errors" => Test::Has(Has::Error),
            "warning" | "warnings" => Test::Has(Has::Warning),
            "edit" | "edits" => Test::Has(Has::Edit),
            _ => Test::Unknown,
        },
        "ref" if !low.is_empty() => Test::Refers(low),
        "ns" | "namespace" | "label" | "has" | "ref" => return None,
        path => Test::Field { path: without_places(path), value: Wanted::of(value, quoted) },
    })
}

/// A field's path without the places in lists: `spec.links[0].mtu` and `spec.links[].mtu` are `spec.links.mtu`.
pub(super) fn without_places(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        kept.push_str(before);
        match after.split_once(']') {
            Some((place, after)) if place.bytes().all(|byte| byte.is_ascii_digit()) => rest = after,
            _ => {
                kept.push('[');
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Test {
        Test::Text(text.to_owned())
    }

    fn field(path: &str, value: Wanted) -> Test {
        Test::Field { path: path.to_owned(), value }
    }

    fn part(text: &str) -> Wanted {
        Wanted::Part(text.to_owned())
    }

    fn whole(text: &str) -> Wanted {
        Wanted::Whole(text.to_owned())
    }

    #[test]
    fn what_people_type_is_taken_apart() {
        let label = |key: &str, value: Option<&str>| Test::Label {
            key: key.to_owned(),
            value: value.map(str::to_owned),
        };
        for (typed, expected) in [
            ("", vec![]),
            ("  \t ", vec![]),
            ("leaf-01", vec![(false, text("leaf-01"))]),
            ("Leaf  SPINE", vec![(false, text("leaf")), (false, text("spine"))]),
            ("-leaf", vec![(true, text("leaf"))]),
            ("-", vec![]),
            ("\"two words\" x", vec![(false, text("two words")), (false, text("x"))]),
            ("-\"two words\"", vec![(true, text("two words"))]),
            ("\"open x", vec![(false, text("open")), (false, text("x"))]),
            ("\"\"", vec![]),
            ("ÄÖ ẞ", vec![(false, text("äö")), (false, text("ß"))]),
            ("kind:Switch", vec![(false, Test::Kind(vec!["switch".into()]))]),
            ("kind:switch,VPC,", vec![(false, Test::Kind(vec!["switch".into(), "vpc".into()]))]),
            ("kind: name:", vec![]),
            ("-kind:Server", vec![(true, Test::Kind(vec!["server".into()]))]),
            ("name:leaf", vec![(false, Test::Name(part("leaf")))]),
            ("name:01", vec![(false, Test::Name(part("01")))]),
            ("name:\"leaf-01\"", vec![(false, Test::Name(whole("leaf-01")))]),
            ("ns:Lab", vec![(false, Test::Namespace("lab".into()))]),
            ("label:rack", vec![(false, label("rack", None))]),
            ("label:rack=", vec![(false, label("rack", None))]),
            ("label:topology.io/Rack=A1", vec![(false, label("topology.io/rack", Some("a1")))]),
            ("has:error", vec![(false, Test::Has(Has::Error))]),
            ("has:nothing", vec![(false, Test::Unknown)]),
            ("ref:Switch/leaf-01", vec![(false, Test::Refers("switch/leaf-01".into()))]),
            ("role:spine", vec![(false, field("role", part("spine")))]),
            ("-role:spine", vec![(true, field("role", part("spine")))]),
            ("asn:65101", vec![(false, field("asn", whole("65101")))]),
            ("spec.asn:", vec![(false, field("spec.asn", Wanted::Any))]),
            ("port:\"leaf-01/E1/1\"", vec![(false, field("port", whole("leaf-01/e1/1")))]),
            ("spec.links[0].mtu:9000", vec![(false, field("spec.links.mtu", whole("9000")))]),
            ("spec.links[].mtu:9000", vec![(false, field("spec.links.mtu", whole("9000")))]),
            ("boot.mac:0c:20:12", vec![(false, field("boot.mac", part("0c:20:12")))]),
            ("0c:20:12:ff", vec![(false, text("0c:20:12:ff"))]),
            ("fd00::1", vec![(false, text("fd00::1"))]),
            (":x", vec![(false, text(":x"))]),
            ("https://x", vec![(false, field("https", part("//x")))]),
        ] {
            let terms = Query::read(typed).terms;
            let found: Vec<(bool, Test)> = terms.into_iter().map(|term| (term.excludes, term.is)).collect();
            assert_eq!(found, expected, "{typed}");
        }
    }

    #[test]
    fn a_term_knows_how_it_was_typed() {
        let typed: Vec<String> = Query::read("-Role:Spine  name:\"a b\" \"x y\"z")
            .terms
            .into_iter()
            .map(|term| term.typed)
            .collect();
        assert_eq!(typed, ["Role:Spine", "name:\"a b\"", "\"x y\"", "z"]);
    }

    proptest! {
        #[test]
        fn every_text_is_a_search(typed in "\\PC{0,40}") {
            let query = Query::read(&typed);
            prop_assert!(query.terms.len() <= typed.len());
        }

        #[test]
        fn odd_texts_too(typed in "[-a:\" \\[\\]=,.ü0]{0,16}") {
            Query::read(&typed);
        }
    }
}
