//! What CustomResourceDefinitions say about objects, checked here as the API server would check it.
//!
//! A CRD's schema is OpenAPI's dialect of JSON Schema: [`json_schema`] makes plain JSON Schema of it, and
//! [`Check`] tells what comes out of it in an operator's words. Rules in CEL (`x-kubernetes-validations`) and
//! list types (`x-kubernetes-list-type`) are not checked.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::Location;
use jsonschema::types::JsonType;
use jsonschema::{Draft, PatternCache, PatternOptions, ValidationError, Validator};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::error::{Error, Result};
use crate::manifest::{Node, Resolved, Source, Value, parse, split};

/// What every object has, whatever its schema says: the API server looks after these by itself, and the
/// fabric's controllers write the status.
const IMPLIED: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];

/// The largest file that is read.
const LARGEST: u64 = 64 << 20;
/// How much memory a pattern may take, in bytes: a few letters can stand for a million of them.
const LARGEST_PATTERN: usize = 256 << 10;
/// How many different patterns are made, of all schemas together.
const MOST_PATTERNS: usize = 2_000;
/// How much of what is wrong with a schema is told, in characters: it may repeat the schema.
const LONGEST_DETAIL: usize = 200;

/// The schemas of custom resources, read from CustomResourceDefinitions.
#[derive(Debug, Default)]
pub(crate) struct CrdSchemas {
    /// By group, version and kind.
    kinds: HashMap<(String, String, String), Schema>,
    /// The patterns of all of them.
    patterns: HashSet<String>,
    made: PatternCache,
}

#[derive(Debug)]
struct Schema {
    /// As the CRD has it.
    openapi: Json,
    validator: Validator,
}

/// One thing that is wrong with an object by its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaProblem {
    /// The field that it is about, `spec.links[0].port`; empty for the whole object. Of a missing field, where
    /// it would be.
    pub(crate) path: String,
    /// One sentence, in an operator's words.
    pub(crate) message: String,
    /// Line in the file, from 1. Of a missing field, where the mapping begins that lacks it.
    pub(crate) line: u32,
    /// Column in the line, from 1, in characters.
    pub(crate) column: u32,
    /// Whether it is a field that the schema does not know: the API server drops it, or refuses the object.
    pub(crate) unknown_field: bool,
    /// The known field that it may be meant to be.
    pub(crate) near: Option<String>,
}

impl CrdSchemas {
    /// Reads a file, or every YAML and JSON file at any depth below a folder, hidden ones aside.
    ///
    /// Documents that are no CRD are skipped, lists of them (`kubectl get crds -o yaml`) are looked into. A
    /// file that can't be read, a CRD whose schema does not compile, and two CRDs that contradict one another
    /// are errors that name the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let mut schemas = Self::default();
        for file in files(path)? {
            let unreadable = |detail: String| Error::SchemaUnreadable { file: file.clone(), detail };
            let mut bytes = Vec::new();
            let read =
                fs::File::open(&file).and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes));
            if read.map_err(|error| unreadable(error.to_string()))? as u64 > LARGEST {
                return Err(unreadable(format!("it is larger than {} MiB", LARGEST >> 20)));
            }
            schemas.add_file(&file, &bytes)?;
        }
        Ok(schemas)
    }

    /// The schemas of one file, which need not be on a disk.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of(file: &Path, bytes: &[u8]) -> Result<Self> {
        let mut schemas = Self::default();
        schemas.add_file(file, bytes)?;
        Ok(schemas)
    }

    /// Takes in what is in a file.
    pub(crate) fn add_file(&mut self, file: &Path, bytes: &[u8]) -> Result<()> {
        let unreadable =
            |detail: String| Error::SchemaUnreadable { file: file.to_owned(), detail: cut(detail) };
        let documents = documents(file, bytes).map_err(unreadable)?;
        documents.into_iter().try_for_each(|document| self.add(document)).map_err(unreadable)
    }

    /// How many schemas there are: one for each version of each kind.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// What is wrong with an object by its schema, in the order of the text. Empty where there is no schema
    /// for it.
    pub(crate) fn check(&self, group: &str, version: &str, kind: &str, node: &Node) -> Vec<SchemaProblem> {
        let key = (group.to_owned(), version.to_owned(), kind.to_owned());
        let Some(schema) = self.kinds.get(&key) else { return Vec::new() };
        let mut check = Check { root: node, problems: Vec::new() };
        check.values(schema);
        check.fields(node, &schema.openapi, "", true);
        let mut problems = check.problems;
        problems.sort_by(|a, b| (a.line, a.column, &a.path).cmp(&(b.line, b.column, &b.path)));
        problems.dedup();
        problems
    }

    /// Takes a document in, if it is a CRD or a list with some.
    fn add(&mut self, document: Json) -> Result<(), String> {
        if document["kind"].as_str().is_some_and(|kind| kind.ends_with("List")) {
            let Json::Array(items) = &document["items"] else { return Ok(()) };
            return items.iter().try_for_each(|item| self.add(item.clone()));
        }
        if document["kind"] != "CustomResourceDefinition" {
            return Ok(());
        }
        let crd: Crd = serde_json::from_value(document)
            .map_err(|error| format!("its CustomResourceDefinition is not complete: {error}"))?;
        for version in crd.spec.versions {
            let what = format!("{} of {}/{}", crd.spec.names.kind, crd.spec.group, version.name);
            let schema = Schema::compile(version.schema.openapi, &mut self.patterns, &self.made)
                .map_err(|error| format!("the schema of {what} is wrong: {error}"))?;
            let key = (crd.spec.group.clone(), version.name, crd.spec.names.kind.clone());
            match self.kinds.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(schema);
                }
                Entry::Occupied(other) if other.get().openapi == schema.openapi => {}
                Entry::Occupied(_) => return Err(format!("{what} is defined twice, in different words")),
            }
        }
        Ok(())
    }
}

/// What is read of a CustomResourceDefinition.
#[derive(Deserialize)]
struct Crd {
    spec: CrdSpec,
}

#[derive(Deserialize)]
struct CrdSpec {
    group: String,
    names: CrdNames,
    versions: Vec<CrdVersion>,
}

#[derive(Deserialize)]
struct CrdNames {
    kind: String,
}

#[derive(Deserialize)]
struct CrdVersion {
    name: String,
    schema: CrdSchema,
}

#[derive(Deserialize)]
struct CrdSchema {
    #[serde(rename = "openAPIV3Schema")]
    openapi: Json,
}

/// The file itself, or the files below the folder, in the order of their paths. Links are not followed, since
/// they may lead in circles or out of a repository, and no pipe is opened, since it may never end.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |path: &Path, error: &std::io::Error| {
        let detail = match error.kind() {
            std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
            _ => error.to_string(),
        };
        Error::SchemaUnreadable { file: path.to_owned(), detail }
    };
    if !fs::metadata(path).map_err(|error| unreadable(path, &error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut files, mut pending) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let kind = entry.file_type().map_err(|error| unreadable(&path, &error))?;
            if kind.is_dir() {
                pending.push(path);
            } else if kind.is_file() && ["yaml", "yml", "json"].iter().any(|ending| has_ending(&path, ending))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// The documents of a file, or why they can't be told.
fn documents(file: &Path, bytes: &[u8]) -> Result<Vec<Json>, String> {
    let source = Source::decode(bytes).map_err(|error| error.message)?;
    if has_ending(file, "json") {
        let documents = serde_json::Deserializer::from_str(source.text()).into_iter();
        return documents.collect::<Result<_, _>>().map_err(|error| error.to_string());
    }
    let documents = split(source.text());
    let tree = |document| match parse(document) {
        Ok(node) => Ok(json_of(&node)),
        Err(error) => Err(format!("line {}: {}", error.line, error.message)),
    };
    documents.iter().map(tree).collect()
}

/// No more of a sentence than is read.
fn cut(detail: String) -> String {
    match detail.char_indices().nth(LONGEST_DETAIL) {
        Some((end, _)) => format!("{}…", &detail[..end]),
        None => detail,
    }
}

/// The patterns in a schema, at any depth.
fn gather_patterns(schema: &Json, patterns: &mut HashSet<String>) {
    match schema {
        Json::Object(fields) => {
            if let Some(Json::String(pattern)) = fields.get("pattern") {
                patterns.insert(pattern.clone());
            }
            fields.values().for_each(|value| gather_patterns(value, patterns));
        }
        Json::Array(items) => items.iter().for_each(|value| gather_patterns(value, patterns)),
        _ => {}
    }
}

impl Schema {
    fn compile(openapi: Json, patterns: &mut HashSet<String>, made: &PatternCache) -> Result<Self, String> {
        let mut object = json_schema(&openapi);
        gather_patterns(&object, patterns);
        if patterns.len() > MOST_PATTERNS {
            return Err(format!("there are more than {MOST_PATTERNS} patterns"));
        }
        if let Some(Json::Object(properties)) = object.get_mut("properties") {
            properties.remove("status");
        }
        if let Some(Json::Array(required)) = object.get_mut("required") {
            required.retain(|field| field != "status");
        }
        let validator = jsonschema::options()
            .with_draft(Draft::Draft7)
            .should_validate_formats(true)
            // Go's patterns have no look-around either, and neither can be made to take for ever.
            .with_pattern_options(PatternOptions::regex().size_limit(LARGEST_PATTERN))
            .with_pattern_cache(made.clone())
            .offline()
            .build(&object)
            .map_err(|error| match error.instance_path().as_str() {
                "" => error.to_string(),
                at => format!("{error}, at {at}"),
            })?;
        Ok(Self { openapi, validator })
    }
}

/// Plain JSON Schema out of OpenAPI's dialect. What it does not know it leaves out, so no `$ref` gets through.
fn json_schema(openapi: &Json) -> Json {
    let Json::Object(from) = openapi else { return openapi.clone() };
    let int_or_string = is_set(openapi, "x-kubernetes-int-or-string");
    let mut to = Map::new();
    for (keyword, value) in from {
        let value = match (keyword.as_str(), value) {
            ("properties", Json::Object(fields)) => {
                fields.iter().map(|(name, field)| (name.clone(), json_schema(field))).collect()
            }
            ("items" | "not", schema) | ("additionalProperties", schema @ Json::Object(_)) => {
                json_schema(schema)
            }
            ("allOf" | "anyOf" | "oneOf", Json::Array(schemas)) => schemas.iter().map(json_schema).collect(),
            ("format", Json::String(format)) if is_shared_format(format) => value.clone(),
            (
                "type" | "enum" | "pattern" | "minLength" | "maxLength" | "minItems" | "maxItems"
                | "uniqueItems" | "required" | "minProperties" | "maxProperties" | "multipleOf" | "minimum"
                | "maximum",
                value,
            ) => value.clone(),
            _ => continue,
        };
        to.insert(keyword.clone(), value);
    }
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match &openapi[exclusive] {
            // Of OpenAPI 3.0, where it says something about the other bound.
            Json::Bool(true) => {
                if let Some(limit) = to.remove(bound) {
                    to.insert(exclusive.to_owned(), limit);
                }
            }
            Json::Number(limit) => drop(to.insert(exclusive.to_owned(), limit.clone().into())),
            _ => {}
        }
    }
    if int_or_string {
        to.insert("type".to_owned(), json!(["integer", "string"]));
    } else if openapi["type"] == "integer" {
        let (least, most) = integer_range(openapi["format"].as_str());
        to.entry("minimum").or_insert(least);
        to.entry("maximum").or_insert(most);
    }
    if is_set(openapi, "nullable") {
        if let Some(Json::String(one)) = to.get("type") {
            to.insert("type".to_owned(), json!([one, "null"]));
        } else if let Some(Json::Array(types)) = to.get_mut("type") {
            types.push(json!("null"));
        }
        if let Some(Json::Array(options)) = to.get_mut("enum") {
            options.push(Json::Null);
        }
    }
    Json::Object(to)
}

/// What the API server can hold in an integer of a format.
fn integer_range(format: Option<&str>) -> (Json, Json) {
    match format {
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint32") => (0.into(), u32::MAX.into()),
        Some("uint64") => (0.into(), u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// Whether Kubernetes and JSON Schema mean the same by a text's format. Others are left to the API server.
fn is_shared_format(format: &str) -> bool {
    matches!(format, "date" | "date-time" | "ipv4" | "ipv6" | "uuid")
}

fn is_set(schema: &Json, keyword: &str) -> bool {
    schema[keyword] == true
}

/// The schema of a field, where the schema of its mapping has one.
fn field_schema<'s>(schema: &'s Json, name: &str) -> Option<&'s Json> {
    let known = schema["properties"].get(name);
    known.or_else(|| Some(&schema["additionalProperties"]).filter(|schema| schema.is_object()))
}

/// The value of a node.
fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => match scalar.resolved() {
            Resolved::Null => Json::Null,
            Resolved::Bool(value) => value.into(),
            Resolved::Int(value) => i64::try_from(value)
                .map(Json::from)
                .or_else(|_| u64::try_from(value).map(Json::from))
                .unwrap_or_else(|_| Json::from(value as f64)),
            Resolved::Float(value) if value.is_finite() => value.into(),
            // JSON has no such number.
            Resolved::Float(_) => scalar.text.clone().into(),
            Resolved::Str(text) => text.into(),
        },
        Value::Sequence { items, .. } => items.iter().map(json_of).collect(),
        Value::Mapping { entries, .. } => {
            entries.iter().map(|(key, value)| (key_text(key), json_of(value))).collect()
        }
    }
}

/// Does what the API server does before it validates: a field that is null and must not be is not there at
/// all, and one that is not there has its default.
fn prepare(value: &mut Json, schema: &Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| prepare(item, &schema["items"])),
        Json::Object(fields) => {
            let may_be_null =
                |name: &str| field_schema(schema, name).is_none_or(|schema| is_set(schema, "nullable"));
            fields.retain(|name, value| !value.is_null() || may_be_null(name));
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                if !field["default"].is_null() && !fields.contains_key(name) {
                    fields.insert(name.clone(), field["default"].clone());
                }
            }
            for (name, value) in fields {
                if let Some(schema) = field_schema(schema, name) {
                    prepare(value, schema);
                }
            }
        }
        _ => {}
    }
}

/// A key, which is a text in JSON.
fn key_text(key: &Node) -> String {
    match json_of(key) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

/// The check of one object.
struct Check<'a> {
    root: &'a Node,
    problems: Vec<SchemaProblem>,
}

impl<'a> Check<'a> {
    fn tell(&mut self, path: String, message: String, at: &Node, unknown_field: bool) {
        let message = if message.ends_with('.') { message } else { format!("{message}.") };
        let (line, column) = (at.line, at.column);
        self.problems.push(SchemaProblem { path, message, line, column, unknown_field, near: None });
    }

    /// Checks what is there, and whether something is missing.
    fn values(&mut self, schema: &Schema) {
        let mut value = json_of(self.root);
        prepare(&mut value, &schema.openapi);
        let errors: Vec<_> = schema.validator.iter_errors(&value).collect();
        let is_type = |error: &ValidationError<'_>| matches!(error.kind(), Kind::Type { .. });
        let mistyped: Vec<_> =
            errors.iter().filter(|error| is_type(error)).map(|error| error.instance_path()).collect();
        // What else is wrong with a value of a wrong type follows from that.
        for error in
            errors.iter().filter(|error| is_type(error) || !mistyped.contains(&error.instance_path()))
        {
            self.value(error);
        }
    }

    fn value(&mut self, error: &ValidationError<'_>) {
        let (path, node) = self.locate(error.instance_path());
        if let Kind::Required { property: Json::String(name) } = error.kind() {
            let field = join(&path, name);
            return match entry(node, name) {
                Some((key, _)) => {
                    let message = format!("{field} must have a value, and is empty");
                    self.tell(field, message, key, false);
                }
                None => {
                    let message = format!("{} is missing {name}", subject(&path));
                    self.tell(field, message, node, false);
                }
            };
        }
        let message = format!("{} {}", subject(&path), complaint(error, node));
        self.tell(path, message, node, false);
    }

    /// Follows a JSON pointer; it ends early where the tree does.
    fn locate(&self, location: &Location) -> (String, &'a Node) {
        let (mut path, mut node) = (String::new(), self.root);
        for segment in location {
            let name = segment.to_string();
            if let Value::Sequence { items, .. } = &node.value {
                let Some(item) = name.parse().ok().and_then(|index: usize| items.get(index)) else { break };
                (path, node) = (format!("{path}[{name}]"), item);
            } else {
                let Some((_, value)) = entry(node, &name) else { break };
                (path, node) = (join(&path, &name), value);
            }
        }
        (path, node)
    }

    /// Looks for fields that the schema does not know.
    ///
    /// `is_object`: whether here is a whole object, which has [`IMPLIED`] fields too.
    fn fields(&mut self, node: &Node, schema: &Json, path: &str, is_object: bool) {
        match &node.value {
            Value::Scalar(_) => {}
            Value::Sequence { items, .. } => {
                for (index, item) in items.iter().enumerate() {
                    self.fields(item, &schema["items"], &format!("{path}[{index}]"), false);
                }
            }
            Value::Mapping { entries, .. } => {
                let closed = schema["type"] == "object"
                    && !is_set(schema, "x-kubernetes-preserve-unknown-fields")
                    && !is_set(schema, "additionalProperties");
                for (key, value) in entries {
                    let name = key_text(key);
                    if is_object && IMPLIED.contains(&name.as_str()) {
                        continue;
                    }
                    let path = join(path, &name);
                    if let Some(schema) = field_schema(schema, &name) {
                        self.fields(value, schema, &path, is_set(schema, "x-kubernetes-embedded-resource"));
                    } else if closed {
                        let near = nearest(&name, schema, is_object).map(str::to_owned);
                        let message = format!("{path} is not a known field");
                        self.tell(path, message, key, true);
                        if let Some(told) = self.problems.last_mut() {
                            told.near = near;
                        }
                    }
                }
            }
        }
    }
}

fn entry<'n>(node: &'n Node, name: &str) -> Option<(&'n Node, &'n Node)> {
    node.entries().iter().find(|(key, _)| key_text(key) == name).map(|(key, value)| (key, value))
}

/// The known field that is nearly what was written.
fn nearest<'s>(name: &str, schema: &'s Json, is_object: bool) -> Option<&'s str> {
    let known = schema["properties"].as_object()?.keys().map(String::as_str);
    let implied = IMPLIED.into_iter().filter(|_| is_object);
    let distance = |known: &str| strsim::osa_distance(&known.to_lowercase(), &name.to_lowercase());
    let near =
        |known: &'s str| Some((distance(known), known)).filter(|(far, _)| *far <= (name.len() / 3).max(1));
    known.chain(implied).filter_map(near).min().map(|(_, known)| known)
}

/// The path of a field of a mapping. A name that would make the path ambiguous stands in quotes.
fn join(path: &str, name: &str) -> String {
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || ".[]\"".contains(c)) {
        format!("{path}[{name:?}]")
    } else if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn subject(path: &str) -> &str {
    if path.is_empty() { "The object" } else { path }
}

/// What is wrong, as the end of a sentence that begins with the path.
fn complaint(error: &ValidationError<'_>, node: &Node) -> String {
    let is = quoted(node);
    let has = count(error.instance());
    match error.kind() {
        Kind::Type { kind } => format!("must be {}, and is {}", type_name(kind), described(node)),
        Kind::Enum { options } => format!("must be {}, and is {is}", one_of(options)),
        Kind::Minimum { limit } => format!("must be at least {limit}, and is {is}"),
        Kind::Maximum { limit } => format!("must be at most {limit}, and is {is}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}, and is {is}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}, and is {is}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}, and is {is}"),
        Kind::MinItems { limit } => format!("must have at least {}, and has {has}", plural(*limit, "item")),
        Kind::MaxItems { limit } => format!("must have at most {}, and has {has}", plural(*limit, "item")),
        Kind::UniqueItems => "must not have the same item twice".to_owned(),
        Kind::MinProperties { limit } => {
            format!("must have at least {}, and has {has}", plural(*limit, "field"))
        }
        Kind::MaxProperties { limit } => {
            format!("must have at most {}, and has {has}", plural(*limit, "field"))
        }
        Kind::MinLength { limit } => {
            format!("must have at least {}, and has {has}", plural(*limit, "character"))
        }
        Kind::MaxLength { limit } => {
            format!("must have at most {}, and has {has}", plural(*limit, "character"))
        }
        Kind::Pattern { pattern } => format!("must match {pattern}, and is {is}"),
        Kind::Format { format } => format!("must be {}, and is {is}", format_name(format)),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "fits none of the forms that it may have".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => "fits several forms of which it may have only one".to_owned(),
        _ => format!("is not valid: {error}"),
    }
}

/// How many parts a value has, whichever they are.
fn count(value: &Json) -> String {
    let count = match value {
        Json::Array(items) => items.len(),
        Json::Object(fields) => fields.len(),
        Json::String(text) => text.chars().count(),
        _ => 0,
    };
    if count == 0 { "none".to_owned() } else { count.to_string() }
}

fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn type_name(kind: &TypeKind) -> String {
    let name = |kind: JsonType| match kind {
        JsonType::Null => "empty",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a text",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    };
    match kind {
        TypeKind::Single(kind) => name(*kind).to_owned(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<_> = kinds.iter().filter(|kind| *kind != JsonType::Null).map(name).collect();
            names.join(" or ")
        }
    }
}

fn format_name(format: &str) -> &str {
    match format {
        "date" => "a date such as 2006-01-02",
        "date-time" => "a time such as 2006-01-02T15:04:05Z",
        "ipv4" => "an IPv4 address",
        "ipv6" => "an IPv6 address",
        "uuid" => "a UUID",
        other => other,
    }
}

/// What may be chosen from, without end where it is much.
fn one_of(options: &Json) -> String {
    const SHOWN: usize = 12;
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let options: Vec<_> = options.iter().filter(|option| !option.is_null()).collect();
    let mut text = if options.len() > 1 { "one of " } else { "" }.to_owned();
    for (index, option) in options.iter().take(SHOWN).enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        let _ = match option {
            Json::String(option) if !option.is_empty() => write!(text, "{comma}{option}"),
            option => write!(text, "{comma}{option}"),
        };
    }
    if options.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

/// A value in a sentence, as it is written.
fn quoted(node: &Node) -> String {
    let Some(scalar) = node.scalar() else { return described(node) };
    match scalar.resolved() {
        Resolved::Str(text) => {
            let cut: String = text.chars().take(60).collect();
            format!("{cut:?}{}", if cut.len() < text.len() { "…" } else { "" })
        }
        // `0777` is 511.
        Resolved::Int(number) => number.to_string(),
        Resolved::Null => "empty".to_owned(),
        Resolved::Bool(_) | Resolved::Float(_) => scalar.text.clone(),
    }
}

/// A value in a sentence, with its type.
fn described(node: &Node) -> String {
    let scalar = match &node.value {
        Value::Sequence { .. } => return "a list".to_owned(),
        Value::Mapping { .. } => return "a mapping".to_owned(),
        Value::Scalar(scalar) => scalar,
    };
    match scalar.resolved() {
        Resolved::Null => "empty".to_owned(),
        Resolved::Bool(value) if scalar.text == value.to_string() => scalar.text.clone(),
        Resolved::Bool(value) => format!("{}, which means {value} in YAML", scalar.text),
        Resolved::Int(value) if scalar.text == value.to_string() => format!("the number {value}"),
        Resolved::Int(value) => format!("{}, which means the number {value} in YAML", scalar.text),
        Resolved::Float(_) => format!("the number {}", scalar.text),
        Resolved::Str(_) => format!("the text {}", quoted(node)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Place, sentence and hint.
    fn told(problem: &SchemaProblem) -> String {
        let near = problem.near.as_ref().map_or(String::new(), |near| format!(" Did you mean {near}?"));
        format!("{}:{} {}{near}", problem.line, problem.column, problem.message)
    }
    use crate::manifest::Manifest;

    fn tree(text: &str) -> Node {
        parse(split(text).first().expect("a document")).unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
    }

    const INT_OR_STRING: &str = "x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]";

    /// A CRD of `example.org/v1 Thing`, whose spec has this schema.
    fn crd(spec: &str) -> String {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  group: example.org\n  \
             names: {{kind: Thing}}\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        \
             type: object\n        properties:\n          spec: {spec}\n"
        )
    }

    fn schemas(documents: &str) -> Result<CrdSchemas> {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join("crds.yaml"), documents).expect("written");
        CrdSchemas::read(folder.path())
    }

    /// What is wrong with a thing with this spec, by the schema of it: `line:column message`.
    fn problems(schema: &str, spec: &str) -> Vec<String> {
        let schemas = schemas(&crd(schema)).unwrap_or_else(|error| panic!("{schema}: {error}"));
        assert_eq!(schemas.len(), 1);
        let problems = schemas.check("example.org", "v1", "Thing", &tree(spec));
        problems.iter().map(told).collect()
    }

    #[test]
    fn what_the_schema_forbids_is_told() {
        for (schema, value, complaint) in [
            // Types, as YAML resolves what is written; a wrong type is told once.
            ("type: integer", "'1001'", r#"must be an integer, and is the text "1001""#),
            ("type: integer", "1.5", "must be an integer, and is the number 1.5"),
            ("type: integer", "[1]", "must be an integer, and is a list"),
            ("type: string", "7", "must be a text, and is the number 7"),
            ("type: string", "010", "must be a text, and is 010, which means the number 8 in YAML"),
            ("type: string", "on", "must be a text, and is on, which means true in YAML"),
            ("type: string, enum: [p, q]", "7", "must be a text, and is the number 7"),
            ("type: boolean", "'true'", r#"must be true or false, and is the text "true""#),
            ("type: number", ".nan", "must be a number, and is the number .nan"),
            ("type: array, items: {type: string}", "x", r#"must be a list, and is the text "x""#),
            ("type: object", "true", "must be a mapping, and is true"),
            (INT_OR_STRING, "true", "must be an integer or a text, and is true"),
            // Choices and bounds.
            ("type: string, enum: [p, q]", "z", r#"must be one of p, q, and is "z""#),
            ("type: string, enum: [p]", "z", r#"must be p, and is "z""#),
            ("type: integer, minimum: 1", "0", "must be at least 1, and is 0"),
            ("type: integer, maximum: 8", "011", "must be at most 8, and is 9"),
            ("type: integer, minimum: 1, exclusiveMinimum: true", "1", "must be more than 1, and is 1"),
            ("type: integer, maximum: 1, exclusiveMaximum: true", "1", "must be less than 1, and is 1"),
            ("type: integer, exclusiveMinimum: 1", "1", "must be more than 1, and is 1"),
            ("type: integer, multipleOf: 2", "3", "must be a multiple of 2, and is 3"),
            ("type: integer, format: int32", "2147483648", "must be at most 2147483647, and is 2147483648"),
            ("type: integer, format: uint32", "-1", "must be at least 0, and is -1"),
            (
                "type: integer",
                "99999999999999999999",
                "must be at most 9223372036854775807, and is 99999999999999999999",
            ),
            // Texts.
            ("type: string, minLength: 1", "''", "must have at least 1 character, and has none"),
            ("type: string, maxLength: 2", "äöü", "must have at most 2 characters, and has 3"),
            (r"type: string, pattern: '^\d+$'", "5x", r#"must match ^\d+$, and is "5x""#),
            ("type: string, format: ipv4", "10.0.0.256", r#"must be an IPv4 address, and is "10.0.0.256""#),
            // Lists and mappings.
            (
                "type: array, minItems: 1, items: {type: string}",
                "[]",
                "must have at least 1 item, and has none",
            ),
            (
                "type: array, maxItems: 1, items: {type: string}",
                "[a, b]",
                "must have at most 1 item, and has 2",
            ),
            ("type: array, uniqueItems: true", "[a, a]", "must not have the same item twice"),
            ("type: object, minProperties: 2", "{a: b}", "must have at least 2 fields, and has 1"),
            // Combinations.
            (
                "type: string, anyOf: [{minLength: 5}, {enum: [p]}]",
                "q",
                "fits none of the forms that it may have",
            ),
            (
                "type: string, oneOf: [{minLength: 1}, {maxLength: 1}]",
                "x",
                "fits several forms of which it may have only one",
            ),
        ] {
            let schema = format!(
                "{{type: object, properties: {{a: {{x-kubernetes-preserve-unknown-fields: true, {schema}}}}}}}"
            );
            let expected = format!("1:11 spec.a {complaint}.");
            assert_eq!(problems(&schema, &format!("spec: {{a: {value}}}")), [expected], "{schema}: {value}");
        }
    }

    #[test]
    fn places_are_those_of_the_value() {
        let schema = "{type: object, properties: {list: {type: array, items: {type: object, properties: \
                      {b: {type: integer}}}}, map: {type: object, additionalProperties: {type: string}}}}";
        for (object, expected) in [
            (
                "kind: Thing\nspec:\n  list:\n  - b: 1\n  - b: x\n",
                r#"5:8 spec.list[1].b must be an integer, and is the text "x"."#,
            ),
            ("spec:\n  list:\n  - b: 1\n  -\n", "4:4 spec.list[1] must be a mapping, and is empty."),
            // What an alias brings in stands where its anchor is.
            (
                "metadata: {x: &x {b: ''}}\nspec: {list: [*x]}",
                r#"1:22 spec.list[0].b must be an integer, and is the text ""."#,
            ),
            (
                "spec: {map: {10.0.0.0/8: 1}}",
                r#"1:26 spec.map["10.0.0.0/8"] must be a text, and is the number 1."#,
            ),
            // A name that is a number is no index.
            ("spec: {map: {0: 1}}", "1:17 spec.map.0 must be a text, and is the number 1."),
            ("spec: 5", "1:7 spec must be a mapping, and is the number 5."),
            ("[]", "1:1 The object must be a mapping, and is a list."),
        ] {
            assert_eq!(problems(schema, object), [expected], "{object}");
        }
    }

    #[test]
    fn what_is_missing_is_told_where_it_should_be() {
        let schema = "{type: object, required: [a, b], properties: {a: {type: string}, \
                      b: {type: string, default: x}, c: {type: object, required: [d], properties: {d: {type: string}}}}}";
        for (spec, expected) in [
            ("spec: {a: x}", &[][..]),
            ("spec: {}", &["1:7 spec is missing a."]),
            ("kind: Thing", &[]),
            ("spec:\n  a: x\n  c:\n    {}\n", &["4:5 spec.c is missing d."]),
            ("spec:\n  a:\n  b:\n", &["2:3 spec.a must have a value, and is empty."]),
            ("kind: Thing\nspec: {c: {}}", &["2:7 spec is missing a.", "2:11 spec.c is missing d."]),
        ] {
            assert_eq!(problems(schema, spec), expected, "{spec}");
        }
        let schemas = schemas(&crd(schema)).expect("schemas");
        let missing = schemas.check("example.org", "v1", "Thing", &tree("spec: {}"));
        assert_eq!((missing[0].path.as_str(), missing[0].unknown_field), ("spec.a", false));
    }

    #[test]
    fn unknown_fields_are_told_with_the_nearest_known_one() {
        let schema = "{type: object, properties: {vlanNamespace: {type: string}, ip: {type: string}, \
                      kept: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: \
                      {known: {type: object, properties: {x: {type: string}}}}}, \
                      any: {type: object, additionalProperties: true}, none: {type: object}, \
                      pod: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}, \
                      list: {type: array, items: {type: object, properties: {port: {type: string}}}}}}";
        for (object, expected) in [
            (
                "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a, labels: {x: y}}\nstatus: {x: 1}\nspec: {ip: x}",
                &[][..],
            ),
            ("metdata: {}", &["1:1 metdata is not a known field. Did you mean metadata?"]),
            (
                "spec:\n  vlannamespaces: x\n",
                &["2:3 spec.vlannamespaces is not a known field. Did you mean vlanNamespace?"],
            ),
            ("spec: {colour: red}", &["1:8 spec.colour is not a known field."]),
            ("spec: {asn: }", &["1:8 spec.asn is not a known field."]),
            (
                "spec: {list: [{}, {prot: x}]}",
                &["1:20 spec.list[1].prot is not a known field. Did you mean port?"],
            ),
            (
                "spec: {kept: {x: 1, known: {z: 1}}}",
                &["1:29 spec.kept.known.z is not a known field. Did you mean x?"],
            ),
            ("spec: {any: {x: {y: 1}}}", &[]),
            ("spec: {none: {x: 1}}", &["1:15 spec.none.x is not a known field."]),
            ("spec: {pod: {kind: A, metadata: {name: a}, spec: {}}}", &[]),
            // What is no mapping by the schema has no fields.
            ("spec: {ip: {x: 1}}", &["1:12 spec.ip must be a text, and is a mapping."]),
        ] {
            assert_eq!(problems(schema, object), expected, "{object}");
        }
        let schemas = schemas(&crd(schema)).expect("schemas");
        let unknown = schemas.check("example.org", "v1", "Thing", &tree("spec: {ipp: x}"));
        assert_eq!((unknown[0].path.as_str(), unknown[0].unknown_field), ("spec.ipp", true));
    }

    #[test]
    fn what_the_api_server_takes_is_no_problem() {
        let schema = "{type: object, properties: {n: {type: string, nullable: true, enum: [x]}, s: {type: string}, \
                      ios: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}, \
                      i: {type: integer, format: int64}, f: {type: number}, d: {type: string, format: duration}, \
                      o: {type: object, default: {}, required: [p], properties: {p: {type: string, default: x}}}}, \
                      required: [o], anyOf: [{required: [o]}]}";
        for spec in [
            "spec: {n: }",
            "spec: {n: x, s: }",
            "spec: {ios: 80}",
            "spec: {ios: 80%}",
            "spec: {i: 1.0}",
            "spec: {i: 0x10}",
            "spec: {i: 9223372036854775807}",
            "spec: {f: 1}",
            "spec: {d: 1h30m}",
            "spec: &s {s: x}",
            "spec:",
        ] {
            assert_eq!(problems(schema, spec), [""; 0], "{spec}");
        }
        let schemas = schemas(&crd(schema)).expect("schemas");
        let wrong = tree("spec: {s: 1}");
        for (group, version, kind) in
            [("example.com", "v1", "Thing"), ("example.org", "v2", "Thing"), ("example.org", "v1", "Other")]
        {
            assert_eq!(schemas.check(group, version, kind, &wrong), [], "there is no schema for it");
        }
    }

    #[test]
    fn definitions_are_read_wherever_they_stand() {
        let folder = tempfile::tempdir().expect("folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            fs::write(path, text).expect("written");
        };
        assert!(CrdSchemas::read(folder.path()).expect("an empty folder").len() == 0);
        let of_kind = |kind: &str| crd("{type: object}").replace("Thing", kind);
        let as_json = |kind: &str| json_of(&tree(&of_kind(kind)));
        write("a.yaml", &format!("kind: ConfigMap\n---\n{}---\n{}", of_kind("A"), of_kind("B")));
        write("deep/er/c.yml", &of_kind("C"));
        write("d.json", &format!("{}\n{}", as_json("D"), json!({"kind": "List", "items": [as_json("E")]})));
        // The same once more is no contradiction; what is hidden or no YAML is not looked at.
        write("again.yaml", &of_kind("A"));
        write(".git/x.yaml", ": [");
        write("README.md", ": [");
        let schemas = CrdSchemas::read(folder.path()).expect("schemas");
        let mut kinds: Vec<_> = schemas.kinds.keys().map(|(_, _, kind)| kind.as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["A", "B", "C", "D", "E"]);
        assert_eq!(CrdSchemas::read(&folder.path().join("deep/er/c.yml")).expect("one file").len(), 1);
    }

    #[test]
    fn what_is_no_definition_is_an_error_that_names_the_file() {
        let two = format!("{}---\n{}", crd("{type: object}"), crd("{type: string}"));
        for (documents, detail) in [
            ("a: [", "line 2: "),
            ("\u{0}", "The file holds a NUL byte"),
            (
                "kind: CustomResourceDefinition\n",
                "its CustomResourceDefinition is not complete: missing field `spec`",
            ),
            (&crd("{type: strange}"), "the schema of Thing of example.org/v1 is wrong: "),
            (&crd("{type: string, pattern: '('}"), "the schema of Thing of example.org/v1 is wrong: "),
            (&two, "Thing of example.org/v1 is defined twice, in different words"),
        ] {
            let error = schemas(documents).expect_err(documents).to_string();
            assert!(error.contains("crds.yaml can't be used as a schema: "), "{error}");
            assert!(error.contains(detail), "{error}");
        }
        let error = CrdSchemas::read(Path::new("/nowhere/at/all")).expect_err("not there").to_string();
        assert_eq!(error, "/nowhere/at/all can't be used as a schema: it does not exist");
    }

    #[test]
    fn a_reference_leads_nowhere_and_a_ring_of_them_has_no_end_to_find() {
        let reference = "{type: object, properties: {a: {$ref: '#/properties/spec/properties/a'}, \
                         b: {$ref: 'http://127.0.0.1:1/x'}, c: {type: integer}}}";
        let object = "spec: {a: {a: {a: {}}}, b: 1, c: x}";
        assert_eq!(problems(reference, object), [r#"1:34 spec.c must be an integer, and is the text "x"."#]);
    }

    /// Whoever writes a schema does not choose how much memory and time it takes.
    #[test]
    fn a_schema_without_measure_is_refused() {
        let begun = std::time::Instant::now();
        let pattern = |pattern: &str| crd(&format!("{{type: string, pattern: '{pattern}'}}"));
        let many = |one: &dyn Fn(usize) -> String| {
            let fields: String = (0..=MOST_PATTERNS).map(|n| format!("p{n}: {},", one(n))).collect();
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
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
    }

    /// As deep as it is read, it is checked too, on a thread with little room.
    #[test]
    fn a_deep_schema_is_no_shaft() {
        let nested =
            |opens: &str, closes: &str, depth| format!("{}{{}}{}", opens.repeat(depth), closes.repeat(depth));
        for (opens, closes) in
            [("{type: object, properties: {a: ", "}}"), ("{allOf: [", "]}"), ("{not: ", "}")]
        {
            let depth = 84 / opens.matches(['{', '[']).count();
            let schemas = schemas(&crd(&nested(opens, closes, depth))).expect("as deep as it may be");
            let object = format!("spec: {}", nested("{a: ", "}", depth));
            let check = move || schemas.check("example.org", "v1", "Thing", &tree(&object)).len();
            let small = std::thread::Builder::new().stack_size(1 << 20).spawn(check).expect("a thread");
            small.join().expect("no overflow");
        }
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

    #[test]
    fn thousands_of_files_are_read() {
        let folder = tempfile::tempdir().expect("folder");
        for n in 0..3_000 {
            let text = crd("{type: string, pattern: '^[a-z]{1,63}$'}").replace("Thing", &format!("Thing{n}"));
            fs::write(folder.path().join(format!("{n}.yaml")), text).expect("written");
        }
        let begun = std::time::Instant::now();
        assert_eq!(CrdSchemas::read(folder.path()).expect("schemas").len(), 3_000);
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
    }

    /// The fabric's own definitions and real objects, where the machine has them.
    #[test]
    fn the_fabrics_own_objects_fit_its_schemas() {
        let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
        if !corpus.join("crds").is_dir() {
            eprintln!("SKIPPED: there is no {}", corpus.join("crds").display());
            return;
        }
        let schemas = CrdSchemas::read(&corpus.join("crds")).expect("schemas");
        assert_eq!(schemas.len(), 22);
        let mut valid = vec![corpus.join("invalid/00-valid-base.yaml")];
        valid.extend(files(&corpus.join("original")).expect("files"));
        let generated = files(&corpus.join("generated")).expect("files");
        valid.extend(generated.into_iter().filter(|file| file.to_string_lossy().contains(".hydrated.")));
        let (mut checked, mut found) = (0, Vec::new());
        for file in &valid {
            let of_file = check_file(&schemas, file);
            checked += of_file.len();
            found.extend(
                of_file.into_iter().flatten().map(|problem| format!("{}: {problem}", file.display())),
            );
        }
        assert_eq!(found, [""; 0]);
        assert!(checked > 900, "{checked}");

        for (name, expected) in [
            (
                "73-vlan-as-string.yaml",
                r#"652:13 spec.subnets.default.vlan must be an integer, and is the text "1001"."#,
            ),
            ("61-unknown-field.yaml", "664:3 spec.subnet is not a known field. Did you mean subnets?"),
            (
                "55-switch-bad-role.yaml",
                r#"97:9 spec.role must be one of spine, server-leaf, border-leaf, mixed-leaf, virtual-edge, and is "leaf"."#,
            ),
        ] {
            let found = check_file(&schemas, &corpus.join("invalid").join(name));
            assert_eq!(found.concat(), [expected], "{name}");
        }
    }

    /// The problems of each object of a file.
    fn check_file(schemas: &CrdSchemas, file: &Path) -> Vec<Vec<String>> {
        let bytes = fs::read(file).expect("file");
        let source = Source::decode(&bytes).expect("text");
        let documents = split(source.text());
        let check = |document| {
            let node = parse(document).expect("parses");
            let head = Manifest::of(&node).expect("an object");
            let key = (head.group.clone(), head.version.clone(), head.kind.clone());
            assert!(schemas.kinds.contains_key(&key), "there is no schema for {key:?}");
            let problems = schemas.check(&head.group, &head.version, &head.kind, &node);
            problems.iter().map(told).collect()
        };
        documents.iter().map(check).collect()
    }
}
