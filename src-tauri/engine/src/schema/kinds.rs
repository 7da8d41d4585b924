//! The kinds table.

/// A kind of object that belongs in a fabric directory.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KindInfo {
    /// The API group.
    pub(crate) group: &'static str,
    /// The version that a fabric of today serves.
    pub(crate) version: &'static str,
    /// The kind.
    pub(crate) kind: &'static str,
    /// Its directory under `managed/`.
    pub(crate) directory: &'static str,
    /// Whether every fabric directory has it, and not only those that use it.
    pub(crate) always: bool,
}

const VPC: &str = "vpc.githedgehog.com";
const WIRING: &str = "wiring.githedgehog.com";
const GATEWAY: &str = "gateway.githedgehog.com";

const fn kind(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    directory: &'static str,
    always: bool,
) -> KindInfo {
    KindInfo { group, version, kind, directory, always }
}

/// Every kind that is known, wiring first: the order in which lists show them.
pub(crate) static KINDS: [KindInfo; 15] = [
    kind(WIRING, "v1beta1", "Switch", "switches", true),
    kind(WIRING, "v1beta1", "SwitchGroup", "switchgroups", true),
    kind(WIRING, "v1beta1", "Server", "servers", true),
    kind(WIRING, "v1beta1", "Connection", "connections", true),
    kind(WIRING, "v1beta1", "VLANNamespace", "vlannamespaces", true),
    kind(VPC, "v1beta1", "IPv4Namespace", "ipv4namespaces", true),
    kind(VPC, "v1beta1", "VPC", "vpcs", true),
    kind(VPC, "v1beta1", "VPCAttachment", "vpcattachments", true),
    kind(VPC, "v1beta1", "VPCPeering", "vpcpeerings", true),
    kind(VPC, "v1beta1", "External", "externals", true),
    kind(VPC, "v1beta1", "ExternalAttachment", "externalattachments", true),
    kind(VPC, "v1beta1", "ExternalPeering", "externalpeerings", true),
    kind(GATEWAY, "v1alpha1", "Gateway", "gateways", false),
    kind(GATEWAY, "v1alpha1", "GatewayGroup", "gatewaygroups", false),
    kind(GATEWAY, "v1alpha1", "GatewayPeering", "gatewaypeerings", false),
];

/// Kinds that the fabric's controllers write; a copy of one in Git would fight with them.
const SYSTEM_MADE: [&str; 5] = ["Agent", "Catalog", "DHCPSubnet", "VPCInfo", "GatewayAgent"];

/// What an apiVersion and kind say about where an object belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Classified {
    /// A kind of the table; `old` when its version is not the one of today.
    Known {
        /// The table's row.
        info: &'static KindInfo,
        /// Whether the object is written in another version than today's.
        old: bool,
    },
    /// A kind of a Hedgehog group that the table lacks; it is kept.
    UnknownHedgehog {
        /// Its directory: the lower-case plural.
        directory: String,
        /// Whether the fabric makes such objects by itself.
        system_made: bool,
    },
    /// Any other Kubernetes object.
    Foreign,
}

/// Says where an object of this group, version and kind belongs.
///
/// `kind` must be a plain word, since a directory is named by it: otherwise it is `None`.
pub(crate) fn classify(group: &str, version: &str, kind: &str) -> Option<Classified> {
    let plain = kind.len() <= 63
        && kind.starts_with(|c: char| c.is_ascii_alphabetic())
        && kind.chars().all(|c| c.is_ascii_alphanumeric());
    if !plain {
        return None;
    }
    let hedgehog = group.ends_with(".githedgehog.com");
    if !hedgehog {
        return Some(Classified::Foreign);
    }
    if let Some(info) = KINDS.iter().find(|info| info.kind == kind && info.group == group) {
        return Some(Classified::Known { info, old: info.version != version });
    }
    Some(Classified::UnknownHedgehog {
        directory: lower_case_plural(kind),
        system_made: SYSTEM_MADE.contains(&kind),
    })
}

/// The plural that Kubernetes' own tools would guess: `Switch` → `switches`, `Policy` → `policies`.
fn lower_case_plural(kind: &str) -> String {
    let word = kind.to_ascii_lowercase();
    let sibilant = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if sibilant => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_directories_are_the_lower_case_plurals() {
        for info in &KINDS {
            assert_eq!(lower_case_plural(info.kind), info.directory);
        }
    }

    #[test]
    fn kinds_find_their_place() {
        let place = |group, version, kind| match classify(group, version, kind) {
            Some(Classified::Known { info, old }) => {
                format!("{}{}", info.directory, if old { " (old)" } else { "" })
            }
            Some(Classified::UnknownHedgehog { directory, system_made }) => {
                format!("{directory} ({})", if system_made { "system" } else { "unknown" })
            }
            Some(Classified::Foreign) => "foreign".to_owned(),
            None => "refused".to_owned(),
        };
        for (group, version, kind, expected) in [
            (WIRING, "v1beta1", "Switch", "switches"),
            (WIRING, "v1alpha2", "Switch", "switches (old)"),
            (WIRING, "v1beta1", "SwitchProfile", "switchprofiles (unknown)"),
            (WIRING, "v1beta1", "VPC", "vpcs (unknown)"),
            ("dhcp.githedgehog.com", "v1beta1", "DHCPSubnet", "dhcpsubnets (system)"),
            ("agent.githedgehog.com", "v1beta1", "Agent", "agents (system)"),
            ("", "v1", "ConfigMap", "foreign"),
            ("githedgehog.com.evil.org", "v1", "Switch", "foreign"),
            (WIRING, "v1beta1", "../../x", "refused"),
            ("", "v1", "", "refused"),
        ] {
            assert_eq!(place(group, version, kind), expected, "{group}/{version} {kind}");
        }
    }
}
