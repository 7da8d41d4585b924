//! The path of a request, in which no name can pass for more than one part.

use std::fmt;

/// A path of the API, with its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    path: String,
    query: String,
}

impl Route {
    /// The path of these parts.
    pub(super) fn new<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut path = String::new();
        for part in parts {
            path.push('/');
            escape(part, &mut path);
        }
        Self { path, query: String::new() }
    }

    /// The same, asking for this too.
    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        escape(name, &mut self.query);
        self.query.push('=');
        escape(value, &mut self.query);
        self
    }

    /// The same, for one page of a list; pages count from 1.
    pub(super) fn page(&self, page: u32, size: u32) -> Self {
        self.clone().query("per_page", &size.to_string()).query("page", &page.to_string())
    }

    /// The path without what is asked for: what an error names.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.path, self.query)
    }
}

fn escape(part: &str, into: &mut String) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stays_one_part() {
        let route = Route::new(["repos", "a/b?c#d%2F", "ü"]).query("q", "a&b=c").page(2, 100);
        assert_eq!(route.to_string(), "/repos/a%2Fb%3Fc%23d%252F/%C3%BC?q=a%26b%3Dc&per_page=100&page=2");
        assert_eq!(route.path(), "/repos/a%2Fb%3Fc%23d%252F/%C3%BC");
    }
}
