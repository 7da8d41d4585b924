//! The order that people expect of names with numbers in them.

use std::cmp::Ordering;

/// Compares without regard to case, numbers by their value: `leaf-2` comes before `leaf-10`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a_rest, mut b_rest) = (a, b);
    loop {
        let (a_digits, b_digits) = (digits(a_rest), digits(b_rest));
        if !a_digits.is_empty() && !b_digits.is_empty() {
            let (one, two) = (a_digits.trim_start_matches('0'), b_digits.trim_start_matches('0'));
            let order = one.len().cmp(&two.len()).then_with(|| one.cmp(two));
            if order != Ordering::Equal {
                return order;
            }
            (a_rest, b_rest) = (&a_rest[a_digits.len()..], &b_rest[b_digits.len()..]);
            continue;
        }
        let (mut a_chars, mut b_chars) = (a_rest.chars(), b_rest.chars());
        let (one, two) = (a_chars.next(), b_chars.next());
        match (one, two) {
            // What differs in its case or its zeros alone still has one order.
            (None, None) => return a.cmp(b),
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(one), Some(two)) => {
                let order = one.to_lowercase().cmp(two.to_lowercase());
                if order != Ordering::Equal {
                    return order;
                }
            }
        }
        (a_rest, b_rest) = (a_chars.as_str(), b_chars.as_str());
    }
}

fn digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_count_by_their_value() {
        let mut names =
            ["leaf-10", "leaf-2", "Leaf-1", "leaf-02", "leaf", "leaf-2b", "10.0.9.0/24", "10.0.10.0/24"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["10.0.9.0/24", "10.0.10.0/24", "leaf", "Leaf-1", "leaf-02", "leaf-2", "leaf-2b", "leaf-10"]
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[a-zA-Z0-9ü]{0,6}", b in "[a-zA-Z0-9ü]{0,6}", c in "[a-zA-Z0-9ü]{0,6}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
            prop_assert_eq!(natural(&a, &b) == Ordering::Equal, a == b);
            if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
                prop_assert!(natural(&a, &c).is_le());
            }
        }
    }
}
