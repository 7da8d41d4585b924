//! Reading an object's tree into typed fields, each with its place.
//!
//! What reads is what Kubernetes' own decoder takes: a number is no text, a field that is null or empty is
//! absent, and keys are told apart by case. Whatever it would refuse or drop in silence is a [`Problem`].

use std::net::IpAddr;

use ipnet::IpNet;

use crate::finding::Code;
use crate::manifest::{Node, Resolved, Value};
use crate::schema::nearest::nearest;
use crate::schema::shape::Shape;

/// A place in a file: line and column, both from 1, columns in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Place {
    pub(crate) fn of(node: &Node) -> Self {
        Self { line: node.line, column: node.column }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// What is wrong with an object, before it is known in which file it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) place: Place,
}

impl Problem {
    pub(crate) fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, place }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// An optional field.
pub(crate) type Opt<T> = Option<At<T>>;
/// A text; none where it is absent or empty.
pub(crate) type Text = Opt<String>;
/// A list; empty where it is absent.
pub(crate) type List<T> = Vec<At<T>>;

/// A mapping with keys of the author's own; empty where it is absent.
#[derive(Debug, Clone)]
pub(crate) struct Map<T>(Vec<Entry<T>>);

/// A key of a [`Map`] with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry<T> {
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) place: Place,
    pub(crate) value: T,
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Map<T> {
    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Entry<T>> {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads one object, and gathers what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Where in the object the reading is: `spec.links[0].server`.
    path: String,
    problems: Vec<Problem>,
}

impl Reader {
    /// A reader of what stands at `path`.
    pub(crate) fn at(path: &str) -> Self {
        Self { path: path.to_owned(), problems: Vec::new() }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Reads what is below a key.
    pub(crate) fn below<R>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key);
        let result = read(self);
        self.path.truncate(length);
        result
    }

    fn item<R>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.path.len();
        self.path.push_str(&format!("[{index}]"));
        let result = read(self);
        self.path.truncate(length);
        result
    }

    /// The entries of a mapping; a problem, and none, where it is anything else.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node) -> Option<&'n [(Node, Node)]> {
        if let Value::Mapping { entries, .. } = &node.value {
            return Some(entries);
        }
        self.wrong_type(node, "a mapping");
        None
    }

    /// A key that the fabric does not know, and would drop in silence or refuse.
    pub(crate) fn unknown(&mut self, key: &Node, known: &[&str]) {
        let written = key.scalar().map_or("?", |scalar| scalar.text.as_str());
        let message = format!("{}.{written} is no field that the fabric knows.", self.path);
        let hint = match nearest(written, known.iter().copied()) {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("Known here: {}.", known.join(", ")),
        };
        self.problems.push(Problem::new(Code::UnknownField, Place::of(key), message).hint(hint));
    }

    fn wrong_type(&mut self, node: &Node, wanted: &str) {
        let (is, hint) = match &node.value {
            Value::Sequence { .. } => ("a list".to_owned(), None),
            Value::Mapping { .. } => ("a mapping".to_owned(), None),
            Value::Scalar(scalar) => {
                let text = shown(&scalar.text);
                let kind = match scalar.resolved() {
                    Resolved::Null => "nothing",
                    Resolved::Bool(_) => "a truth value",
                    Resolved::Int(_) | Resolved::Float(_) => "a number",
                    Resolved::Str(_) => "a text",
                };
                let hint = match (wanted, scalar.resolved()) {
                    ("a text", _) => {
                        Some(format!("Put it in quotes: '{}'.", scalar.text.replace('\'', "''")))
                    }
                    ("a whole number" | "true or false", Resolved::Str(_))
                        if scalar.text.parse::<i64>().is_ok()
                            || ["true", "false"].contains(&scalar.text.as_str()) =>
                    {
                        Some(format!("Write it without quotes: {}.", scalar.text))
                    }
                    _ => None,
                };
                (format!("{kind}, {text}"), hint)
            }
        };
        let mut problem = Problem::new(
            Code::FieldType,
            Place::of(node),
            format!("{} must be {wanted}, and is {is}.", self.path),
        );
        let form = match wanted {
            "a list" => "Write a list: each item on a line of its own, after a dash.",
            "a mapping" => "Write a mapping: fields below it, each with its value.",
            "true or false" => "Write true or false.",
            "a whole number" => "Write a number, without quotes.",
            _ => "Write one text there.",
        };
        problem.hint = hint.or_else(|| Some(form.to_owned()));
        self.problems.push(problem);
    }

    /// A value of the right type that can't be what the field is for.
    fn wrong_value(&mut self, node: &Node, text: &str, wanted: &str, hint: &str) {
        let message = format!("{} must be {wanted}, and is {}.", self.path, shown(text));
        self.problems.push(Problem::new(Code::FieldValue, Place::of(node), message).hint(hint));
    }

    fn text<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let text = node.as_str();
        if text.is_none() {
            self.wrong_type(node, "a text");
        }
        text.filter(|text| !text.is_empty())
    }

    fn integer(&mut self, node: &Node, least: i64, most: i64) -> Option<i64> {
        let number = match node.scalar().map(|scalar| scalar.resolved()) {
            Some(Resolved::Int(number)) => number,
            // As JSON has it, 5.0 is a whole number too.
            Some(Resolved::Float(number)) if number.fract() == 0.0 && number.abs() < 9e15 => number as i128,
            _ => {
                self.wrong_type(node, "a whole number");
                return None;
            }
        };
        match i64::try_from(number) {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                let wanted = format!("from {least} to {most}");
                self.wrong_value(node, &number.to_string(), &wanted, "Choose a number in that range.");
                None
            }
        }
    }
}

/// A text in a sentence: in quotes, escaped, and not too long.
pub(crate) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}

/// What a node that is not null can be read as. What can't be read is a problem, and none.
pub(crate) trait Read: Sized {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;

    /// What is read.
    fn shape() -> Shape;
}

/// What a field of a mapping can hold.
pub(crate) trait Field: Default {
    fn read_field(node: &Node, reader: &mut Reader) -> Self;

    /// What it holds where it is there.
    fn field_shape() -> Shape;
}

impl<T: Read> Field for Opt<T> {
    fn read_field(node: &Node, reader: &mut Reader) -> Self {
        if node.is_null() {
            return None;
        }
        T::read(node, reader).map(|value| At { value, place: Place::of(node) })
    }

    fn field_shape() -> Shape {
        T::shape()
    }
}

impl<T: Read> Field for List<T> {
    fn read_field(node: &Node, reader: &mut Reader) -> Self {
        if node.is_null() { Vec::new() } else { Self::read(node, reader).unwrap_or_default() }
    }

    fn field_shape() -> Shape {
        <Self as Read>::shape()
    }
}

impl<T: Read> Read for List<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Sequence { items, .. } = &node.value else {
            reader.wrong_type(node, "a list");
            return None;
        };
        let read =
            |(index, item): (usize, &Node)| reader.item(index, |reader| Opt::<T>::read_field(item, reader));
        Some(items.iter().enumerate().filter_map(read).collect())
    }

    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
}

impl<T: Read + Default> Field for Map<T> {
    fn read_field(node: &Node, reader: &mut Reader) -> Self {
        if node.is_null() { Self::default() } else { Self::read(node, reader).unwrap_or_default() }
    }

    fn field_shape() -> Shape {
        <Self as Read>::shape()
    }
}

impl<T: Read + Default> Read for Map<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let entries = reader.entries(node)?;
        let mut read = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            // To the fabric every key is a text: 0c:20 and 10 are, whatever YAML makes of them.
            let Some(scalar) = key.scalar() else {
                reader.wrong_type(key, "a text");
                continue;
            };
            let text = scalar.text.clone();
            let value = reader.below(&text, |reader| Opt::<T>::read_field(value, reader));
            let value = value.map(|at| at.value).unwrap_or_default();
            read.push(Entry { key: text, place: Place::of(key), value });
        }
        Some(Self(read))
    }

    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }
}

impl Read for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.text(node).map(str::to_owned)
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.scalar().map(|scalar| scalar.resolved()) {
            Some(Resolved::Bool(value)) => Some(value),
            _ => {
                reader.wrong_type(node, "true or false");
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::Truth
    }
}

/// An unsigned number of 32 bits: an AS number, a size.
impl Read for u32 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.integer(node, 0, i64::from(Self::MAX)).and_then(|number| Self::try_from(number).ok())
    }

    fn shape() -> Shape {
        Shape::Integer
    }
}

/// An unsigned number of 16 bits: an MTU, a sequence number.
impl Read for u16 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.integer(node, 0, i64::from(Self::MAX)).and_then(|number| Self::try_from(number).ok())
    }

    fn shape() -> Shape {
        Shape::Integer
    }
}

/// An unsigned number of 8 bits: a type of message.
impl Read for u8 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.integer(node, 0, i64::from(Self::MAX)).and_then(|number| Self::try_from(number).ok())
    }

    fn shape() -> Shape {
        Shape::Integer
    }
}

/// A VLAN: 1 to 4094; 0 is how an absent one is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vlan(pub(crate) u16);

impl Read for Vlan {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let number = reader.integer(node, 0, 4094)?;
        u16::try_from(number).ok().filter(|number| *number > 0).map(Self)
    }

    fn shape() -> Shape {
        Shape::Integer
    }
}

impl Read for IpAddr {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = reader.text(node)?;
        let ip = text.parse().ok();
        if ip.is_none() {
            reader.wrong_value(
                node,
                text,
                "an IP address",
                "Write it as in 10.0.1.1, without a prefix length.",
            );
        }
        ip
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

impl Read for IpNet {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = reader.text(node)?;
        let net = prefix(text);
        if net.is_none() {
            reader.wrong_value(
                node,
                text,
                "an address with its prefix length",
                "Write it as in 10.0.1.0/24.",
            );
        }
        net
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

/// Reads an address and its prefix length. As the fabric has it, neither has leading zeros.
pub(crate) fn prefix(text: &str) -> Option<IpNet> {
    let (address, length) = text.split_once('/')?;
    let number: u8 = length.parse().ok()?;
    (number.to_string() == length).then_some(())?;
    IpNet::new(address.parse().ok()?, number).ok()
}

/// A MAC address of six bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Mac(pub(crate) [u8; 6]);

impl Mac {
    /// Reads `0c:20:12:ff:00:00`, or the same with dashes, or as `0c20.12ff.0000`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (separator, digits) = match text {
            text if text.contains('.') => ('.', 4),
            text if text.contains('-') => ('-', 2),
            _ => (':', 2),
        };
        let parts: Vec<&str> = text.split(separator).collect();
        let whole = parts.len() * digits == 12
            && parts.iter().all(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = u64::from_str_radix(&parts.concat(), 16).ok().filter(|_| whole)?;
        let [_, _, bytes @ ..] = number.to_be_bytes();
        Some(Self(bytes))
    }
}

impl Read for Mac {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = reader.text(node)?;
        let mac = Self::parse(text);
        if mac.is_none() {
            reader.wrong_value(node, text, "a MAC address", "Write it as in 0c:20:12:ff:00:00.");
        }
        mac
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

/// A port of a device, `leaf-01/E1/4`. Whether it is one is told by the checks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Port {
    text: String,
    slash: Option<usize>,
}

impl Port {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The device and the port's own name, where both are there.
    pub(crate) fn parts(&self) -> Option<(&str, &str)> {
        let (device, port) = (&self.text[..self.slash?], &self.text[self.slash? + 1..]);
        (!device.is_empty() && !port.is_empty()).then_some((device, port))
    }

    /// The device, where the name is one of a port.
    pub(crate) fn device(&self) -> Option<&str> {
        self.parts().map(|(device, _)| device)
    }
}

impl Read for Port {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = reader.text(node)?.to_owned();
        let slash = text.find('/');
        Some(Self { text, slash })
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

/// Anything: what is below is neither read nor checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Anything;

impl Read for Anything {
    fn read(_: &Node, _: &mut Reader) -> Option<Self> {
        Some(Self)
    }

    fn shape() -> Shape {
        Shape::Anything
    }
}

/// Declares a mapping with known fields: each with its name in Rust, its type, and its key.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $key:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        pub(crate) struct $name { $($(#[$field_doc])* pub(crate) $field: $type,)* }

        impl $crate::schema::read::Read for $name {
            fn read(node: &$crate::manifest::Node, reader: &mut $crate::schema::read::Reader) -> Option<Self> {
                const KEYS: &[&str] = &[$($key),*];
                #[allow(unused_mut, reason = "a mapping may have no fields")]
                let mut read = Self::default();
                #[allow(unused_variables, reason = "a mapping may have no fields")]
                for (key, value) in reader.entries(node)? {
                    match key.as_str() {
                        $(Some($key) => {
                            read.$field = reader.below($key, |reader| {
                                <$type as $crate::schema::read::Field>::read_field(value, reader)
                            });
                        })*
                        _ => reader.unknown(key, KEYS),
                    }
                }
                Some(read)
            }

            fn shape() -> $crate::schema::shape::Shape {
                $crate::schema::shape::Shape::Object {
                    name: stringify!($name),
                    fields: vec![$(
                        ($key, <$type as $crate::schema::read::Field>::field_shape()),
                    )*],
                }
            }
        }
    )*};
}
pub(crate) use fields;
