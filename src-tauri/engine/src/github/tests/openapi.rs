//! GitHub's own description of its API: what may be asked and what is answered. Nothing of the fake is
//! believed that is not in there.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Where the npm package has the descriptions.
const GENERATED: &str = "../../ui/node_modules/@octokit/openapi/generated";

/// The description, as the npm package `@octokit/openapi` has it.
pub(crate) struct Description {
    document: Value,
    /// A schema is compiled when it is first needed: there are thousands.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One operation of the API.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'a> {
    template: &'a str,
    body: &'a Value,
}

static DESCRIPTION: LazyLock<Option<Description>> = LazyLock::new(Description::load);

/// The description; none where the ui's packages are not installed. Then the test that asked is skipped
/// with a word, except on the build server, where it fails.
pub(crate) fn description() -> Option<&'static Description> {
    let found = DESCRIPTION.as_ref();
    if found.is_none() {
        let missing = "GitHub's description is not there: run `npm ci` in ui/";
        assert!(std::env::var_os("CI").is_none(), "{missing}");
        eprintln!("SKIPPED: {missing}");
    }
    found
}

impl Description {
    fn load() -> Option<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(GENERATED);
        let text = std::fs::read(folder.join("api.github.com.json")).ok()?;
        let document = serde_json::from_slice(&text).expect("a description in JSON");
        Some(Self { document, compiled: Mutex::default() })
    }

    /// The operation that a request asks for: of the templates that fit the one with the fewest blanks, and
    /// of those the longest.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let parts: Vec<&str> = path.split('?').next()?.trim_start_matches('/').split('/').collect();
        let paths = self.document["paths"].as_object().expect("paths");
        paths
            .iter()
            .filter(|(template, operations)| {
                fits(template, &parts) && operations.get(method.to_lowercase()).is_some()
            })
            .min_by_key(|(template, _)| (template.matches('{').count(), Reverse(template.len())))
            .map(|(template, operations)| Operation { template, body: &operations[method.to_lowercase()] })
    }

    /// GitHub's example of an answer.
    pub(crate) fn example(&self, method: &str, template: &str, status: u16) -> Value {
        let content = &self.document["paths"][template][method.to_lowercase()]["responses"]
            [status.to_string()]["content"]["application/json"];
        let examples = content["examples"].as_object().expect("examples");
        let example = examples.get("default").or_else(|| examples.values().next()).expect("an example");
        self.follow(example)["value"].clone()
    }

    /// What is wrong with a request.
    pub(crate) fn check_request(
        &self,
        operation: Operation<'_>,
        query: &str,
        body: Option<&Value>,
    ) -> Option<String> {
        let known: Vec<&str> = operation.body["parameters"]
            .as_array()
            .map(|parameters| parameters.iter().filter_map(|one| self.follow(one)["name"].as_str()).collect())
            .unwrap_or_default();
        for name in query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty())
        {
            if !known.contains(&name) {
                return Some(format!("{} does not know {name}", operation.template));
            }
        }
        let schema = &operation.body["requestBody"]["content"]["application/json"]["schema"];
        match body {
            None => None,
            Some(_) if schema.is_null() => Some(format!("{} takes no body", operation.template)),
            Some(body) => self.check(&format!("{} {}", operation.template, operation.id()), schema, body),
        }
    }

    /// What is wrong with an answer. A status that the operation does not list, such as 429, has the body of
    /// any error.
    pub(crate) fn check_answer(
        &self,
        operation: Operation<'_>,
        status: u16,
        body: Option<&Value>,
    ) -> Option<String> {
        let basic = json!({ "$ref": "#/components/schemas/basic-error" });
        let listed = self.follow(&operation.body["responses"][status.to_string()]);
        if listed.is_null() && status < 400 {
            return Some(format!("{} does not answer {status}", operation.id()));
        }
        let contents = listed["content"].as_object();
        let schema = match contents.and_then(|contents| contents.values().next()) {
            Some(content) => &content["schema"],
            None if listed.is_null() => &basic,
            None => {
                return body.map(|_| format!("{} answers {status} without a body", operation.id()));
            }
        };
        let Some(body) = body else {
            return Some(format!("{} answers {status} with a body", operation.id()));
        };
        self.check(&format!("{} {status}", operation.id()), schema, body)
    }

    fn check(&self, name: &str, schema: &Value, value: &Value) -> Option<String> {
        let validator = self.validator(name, schema);
        let faults: Vec<String> = validator
            .iter_errors(value)
            .take(5)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        (!faults.is_empty()).then(|| format!("{name}: {}", faults.join("; ")))
    }

    fn validator(&self, name: &str, schema: &Value) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = compiled.entry(name.to_owned()).or_insert_with(|| {
            let mut needed = BTreeMap::new();
            self.gather(schema, &mut needed);
            let schemas: Map<String, Value> = needed.into_iter().collect();
            let whole = json!({ "allOf": [as_json_schema(schema)], "components": { "schemas": schemas } });
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft7);
            Arc::new(options.build(&whole).expect("a schema that compiles"))
        });
        Arc::clone(validator)
    }

    /// Collects the schemas that one refers to, and those that they refer to.
    fn gather(&self, schema: &Value, into: &mut BTreeMap<String, Value>) {
        match schema {
            Value::Object(fields) => {
                if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(schema_name)
                    && !into.contains_key(name)
                {
                    let found = &self.document["components"]["schemas"][name];
                    into.insert(name.to_owned(), as_json_schema(found));
                    self.gather(found, into);
                }
                fields.values().for_each(|value| self.gather(value, into));
            }
            Value::Array(items) => items.iter().for_each(|item| self.gather(item, into)),
            _ => {}
        }
    }

    /// The value itself, where it is a reference to another.
    fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(at) => self.document.pointer(at.trim_start_matches('#')).expect("what is referred to"),
            None => value,
        }
    }
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.body["operationId"].as_str().unwrap_or_default()
    }
}

fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Whether a path fits a template. A Git ref may span parts; nothing else may.
fn fits(template: &str, parts: &[&str]) -> bool {
    let wanted: Vec<&str> = template.trim_start_matches('/').split('/').collect();
    let blank = |part: &str| part.starts_with('{') && part.ends_with('}');
    match wanted.split_last() {
        Some((&"{ref}", before)) => {
            parts.len() > before.len() && fits_all(before, &parts[..before.len()], &blank)
        }
        _ => wanted.len() == parts.len() && fits_all(&wanted, parts, &blank),
    }
}

fn fits_all(wanted: &[&str], parts: &[&str], blank: &impl Fn(&str) -> bool) -> bool {
    wanted.iter().zip(parts).all(|(wanted, part)| wanted == part || (blank(wanted) && !part.is_empty()))
}

/// OpenAPI 3.0 says `nullable` where JSON Schema has a type.
fn as_json_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let nullable = fields.get("nullable") == Some(&Value::Bool(true));
            let plain: Map<String, Value> = fields
                .iter()
                .filter(|(name, value)| !(name.as_str() == "nullable" && value.is_boolean()))
                // Examples may hold anything, a `$ref` even.
                .filter(|(name, value)| name.as_str() != "example" || value.is_object())
                .map(|(name, value)| (name.clone(), as_json_schema(value)))
                .collect();
            let plain = Value::Object(plain);
            if nullable { json!({ "anyOf": [plain, { "type": "null" }] }) } else { plain }
        }
        Value::Array(items) => Value::Array(items.iter().map(as_json_schema).collect()),
        other => other.clone(),
    }
}

#[test]
fn the_description_is_held_to() {
    let Some(description) = description() else { return };
    let operation = |method, path| description.operation(method, path);
    let user = operation("GET", "/user").expect("an operation");
    let good = description.example("get", "/user", 200);
    assert_eq!(description.check_answer(user, 200, Some(&good)), None);
    let mut bad = good.clone();
    bad["login"] = json!(7);
    assert!(description.check_answer(user, 200, Some(&bad)).is_some(), "a login is text");
    assert!(description.check_answer(user, 200, None).is_some());
    assert!(description.check_answer(user, 204, None).is_some(), "a status that is not described");
    assert!(description.check_answer(user, 429, Some(&json!({ "message": "x" }))).is_none());
    assert!(operation("GET", "/no-such-thing").is_none());
    assert!(operation("POST", "/user").is_none());
    let git_ref = operation("GET", "/repos/a/b/git/ref/heads/feature/x").expect("an operation");
    assert_eq!(git_ref.template, "/repos/{owner}/{repo}/git/ref/{ref}");
    let pulls = operation("POST", "/repos/a/b/pulls").expect("an operation");
    let body = json!({ "title": "x", "head": "a", "base": "b" });
    assert_eq!(description.check_request(pulls, "", Some(&body)), None);
    assert!(description.check_request(pulls, "", Some(&json!({ "title": "x" }))).is_some());
    assert!(description.check_request(pulls, "colour=red", None).is_some());
}

/// The oldest Enterprise Server that GitHub still describes answers the same questions.
#[test]
fn an_enterprise_host_knows_the_paths_too() {
    if description().is_none() {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(GENERATED);
    let files = std::fs::read_dir(&folder)
        .expect("folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let is_server = |name: &String| name.starts_with("ghes-") && !name.contains("deref");
    let oldest = files.filter(is_server).min().expect("an Enterprise Server");
    let text = std::fs::read_to_string(folder.join(oldest)).expect("a description");
    for template in [
        "/user",
        "/user/repos",
        "/orgs/{org}/repos",
        "/repos/{owner}/{repo}",
        "/repos/{owner}/{repo}/branches/{branch}",
        "/repos/{owner}/{repo}/branches/{branch}/protection",
        "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        "/repos/{owner}/{repo}/commits/{ref}/status",
        "/repos/{owner}/{repo}/git/ref/{ref}",
        "/repos/{owner}/{repo}/hooks",
        "/repos/{owner}/{repo}/hooks/{hook_id}",
        "/repos/{owner}/{repo}/hooks/{hook_id}/pings",
        "/repos/{owner}/{repo}/pulls",
        "/repos/{owner}/{repo}/pulls/{pull_number}",
        "/repos/{owner}/{repo}/rules/branches/{branch}",
        "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
    ] {
        assert!(text.contains(&format!("\"{template}\"")), "{template}");
    }
}
