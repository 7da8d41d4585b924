//! The known name that a misspelt one was meant to be.

/// The known name that is nearest to what was written, if any is near enough to propose.
pub(crate) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_ascii_lowercase();
    let most = (written.chars().count() / 4).max(1);
    known
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_ascii_lowercase()), name))
        .filter(|(distance, name)| *distance <= most && *distance < name.chars().count().max(2))
        .min_by_key(|(distance, name)| (*distance, *name))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_proposed_and_a_far_one_is_not() {
        let known = ["vlan", "subnet", "ipv4Namespace", "vlanNamespace", "leaf-01", "leaf-02"];
        for (written, near) in [
            ("vlam", Some("vlan")),
            ("VLAN", Some("vlan")),
            ("subnets", Some("subnet")),
            ("ipv4namespace", Some("ipv4Namespace")),
            ("leaf-1", Some("leaf-01")),
            ("leaf-99", None),
            ("spine", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, known.into_iter()), near, "{written}");
        }
    }
}
