//! The order of names.

use std::cmp::Ordering;

/// Orders names as an operator counts: leaf-2 before leaf-10. Only a name itself is equal to it.
pub(super) fn by_name(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (one, other) = (piece(left), piece(right));
        if one.is_empty() || other.is_empty() {
            // One is over: the shorter first. Where both are, what was taken for equal (07 and 7) decides.
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        }
        let order = match (is_number(one), is_number(other)) {
            (true, true) => {
                let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
                one.len().cmp(&other.len()).then_with(|| one.cmp(other))
            }
            _ => one.cmp(other),
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (&left[one.len()..], &right[other.len()..]);
    }
}

/// The first piece of a text: digits, or what is none.
fn piece(text: &str) -> &str {
    let is_digit = is_number(text);
    let end = text.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(text.len());
    &text[..end]
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_and_not_spelt() {
        let mut names = [
            "leaf-10", "leaf-2", "", "leaf", "leaf-02", "10", "9", "leaf-2-b", "leaf-2-a", "spine-1",
            "Leaf-1",
        ];
        names.sort_by(|a, b| by_name(a, b));
        assert_eq!(
            names,
            [
                "", "9", "10", "Leaf-1", "leaf", "leaf-02", "leaf-2", "leaf-2-a", "leaf-2-b", "leaf-10",
                "spine-1"
            ]
        );
    }
}
