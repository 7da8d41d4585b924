//! The table of the models.

use std::ops::RangeInclusive;

use super::Feature::{self, Acls, EcmpRoceQpn, Eslag, L2Vni, L3Vni, Mclag, PortLocator, Roce, Subinterfaces};
use super::Profile;
use super::pipelines::Pipelines;
use super::ports::{Breakout, Class, Ports, Setting};

/// Every model that is known, by name.
pub(super) static PROFILES: [Profile; 23] = [
    model(
        "celestica-ds2000",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Mclag, Eslag, PortLocator],
        &[ports(1..=48, &SFP28_25G), port(49, &QSFP28), ports(50..=55, &QSFP28_WHOLE), port(56, &QSFP28)],
    ),
    model(
        "celestica-ds2000-clsp",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Mclag, Eslag],
        &[ports(1..=48, &SFP28_25G), port(49, &QSFP28), ports(50..=55, &QSFP28_WHOLE), port(56, &QSFP28)],
    ),
    model("celestica-ds3000", LOCATED_LEAF, &[ports(1..=32, &QSFP28_50G), port(33, &SFP28_10G)]),
    model("celestica-ds3000-clsp", LEAF, &[ports(1..=32, &QSFP28), port(33, &SFP28_10G)]),
    model("celestica-ds4000", &[Acls, Roce, PortLocator], &[ports(1..=32, &QSFPDD), port(33, &SFP28_10G)])
        .limited(Some(144), Pipelines { count: 8, max_ports: 18, pattern: &[0, 0, 0, 0] }),
    model("celestica-ds4000-clsp", &[Acls, Roce], &[ports(1..=32, &QSFPDD), port(33, &SFP28_10G)]),
    model(
        "celestica-ds4101",
        &[Acls, Roce, EcmpRoceQpn],
        &[ports(1..=32, &OSFP_2X400G), ports(33..=34, &SFP28_10G)],
    )
    .limited(Some(272), Pipelines { count: 16, max_ports: 16, pattern: &[0, 0] }),
    model(
        "celestica-ds4101-clsp",
        &[Acls, Roce, EcmpRoceQpn],
        &[ports(1..=32, &OSFP_2X400G), ports(33..=34, &SFP28_10G)],
    ),
    model(
        "celestica-ds5000",
        &[Subinterfaces, Acls, L3Vni, Roce, EcmpRoceQpn, PortLocator],
        &[ports(1..=64, &OSFP_800G), ports(65..=66, &SFP28_25G_1G)],
    )
    .limited(Some(320), Pipelines { count: 32, max_ports: 10, pattern: &[0, 1, 1, 0] }),
    model(
        "celestica-ds5000-clsp",
        &[Subinterfaces, Acls, L3Vni, Roce, EcmpRoceQpn],
        &[ports(1..=64, &OSFP_800G_CLSP), ports(65..=66, &SFP28_25G_1G)],
    ),
    model("cumulus-vx", VIRTUAL, &[ports(1..=32, &QSFP28_VIRTUAL), port(33, &SFP28_10G)]),
    model(
        "dell-s5232f-on",
        LOCATED_LEAF,
        &[ports(1..=31, &QSFP28_10G), port(32, &QSFP28_WHOLE), ports(33..=34, &SFP28_10G)],
    ),
    model("dell-s5248f-on", LOCATED_LEAF, &[grouped(1..=48, 4, &SFP28_25G), ports(49..=56, &QSFP28_10G)]),
    model("dell-z9332f-on", &[Acls, Roce], &[ports(1..=32, &QSFPDD_DELL), ports(33..=34, &SFP28_10G)])
        .limited(Some(144), Pipelines { count: 8, max_ports: 18, pattern: &[0, 0, 0, 0] }),
    model(
        "edgecore-dcs203",
        LOCATED_LEAF,
        &[
            grouped(1..=48, 12, &SFP28_25G),
            ports(49..=55, &QSFP28),
            port(56, &QSFP28_WHOLE),
            ports(57..=58, &SFP28_10G),
        ],
    ),
    model(
        "edgecore-dcs204",
        LEAF,
        &[ports(1..=31, &QSFP28_10G), port(32, &QSFP28_WHOLE), ports(33..=34, &SFP28_10G)],
    ),
    model(
        "edgecore-dcs240",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Eslag],
        &[ports(1..=32, &QSFP56DD), ports(33..=34, &SFP28_10G)],
    )
    .limited(None, Pipelines { count: 8, max_ports: 18, pattern: &[0, 0, 0, 0] }),
    model("edgecore-dcs501", &[Acls], &[ports(1..=32, &QSFP28)]),
    model(
        "edgecore-eps202",
        &[Acls, L2Vni, L3Vni, Eslag],
        &[ports(1..=48, &RJ45_1G), ports(49..=52, &SFP28_25G_1G), ports(53..=54, &QSFP28)],
    ),
    model(
        "edgecore-eps203",
        &[Acls, L2Vni, L3Vni, Mclag, Eslag, PortLocator],
        &[
            ports(1..=36, &RJ45_2_5G),
            ports(37..=48, &RJ45_10G),
            ports(49..=52, &SFP28_25G_1G),
            ports(53..=54, &QSFP28),
        ],
    ),
    model("supermicro-sse-c4632sb", LOCATED_LEAF, &[ports(1..=32, &QSFP28_50G), port(33, &SFP28_10G)]),
    model("vs", VIRTUAL, &[grouped(1..=48, 4, &SFP28_25G)]),
    model("vs-clsp", VIRTUAL, &[grouped(1..=48, 4, &SFP28_25G)]),
];

const fn speeds(speeds: &'static [&'static str]) -> Class {
    Class { setting: Setting::Speeds(speeds), auto_neg: false }
}

const fn breakouts(modes: &'static [Breakout]) -> Class {
    Class { setting: Setting::Breakouts(modes), auto_neg: false }
}

const fn auto_neg(class: Class) -> Class {
    Class { auto_neg: true, ..class }
}

/// A mode's lanes are the digit that its name begins with.
const fn modes<const N: usize>(names: [&'static str; N]) -> [Breakout; N] {
    let mut modes = [Breakout { mode: "", lanes: 0 }; N];
    let mut i = 0;
    while i < N {
        modes[i] = Breakout { mode: names[i], lanes: names[i].as_bytes()[0] - b'0' };
        i += 1;
    }
    modes
}

const fn ports(range: RangeInclusive<u16>, class: &'static Class) -> Ports {
    Ports { range, class, group_size: None }
}

const fn port(number: u16, class: &'static Class) -> Ports {
    ports(number..=number, class)
}

const fn grouped(range: RangeInclusive<u16>, size: u16, class: &'static Class) -> Ports {
    Ports { range, class, group_size: Some(size) }
}

const fn model(name: &'static str, features: &'static [Feature], ports: &'static [Ports]) -> Profile {
    Profile { name, features, ports, max_ports: None, pipelines: None }
}

static RJ45_1G: Class = auto_neg(speeds(&["1G"]));
static RJ45_2_5G: Class = auto_neg(speeds(&["1G", "2.5G"]));
static RJ45_10G: Class = auto_neg(speeds(&["1G", "10G"]));
static SFP28_10G: Class = speeds(&["1G", "10G"]);
static SFP28_25G: Class = speeds(&["10G", "25G"]);
static SFP28_25G_1G: Class = speeds(&["1G", "10G", "25G"]);
static QSFP28_WHOLE: Class = speeds(&["40G", "100G"]);
static QSFP28_VIRTUAL: Class = speeds(&["10G", "25G", "50G", "100G"]);

static QSFP28: Class = breakouts(&modes(["1x100G", "1x40G", "4x10G", "4x25G"]));
static QSFP28_50G: Class =
    auto_neg(breakouts(&modes(["1x100G", "1x40G", "1x50G", "2x50G", "4x10G", "4x25G"])));
static QSFP28_10G: Class =
    breakouts(&modes(["1x100G", "1x10G", "1x25G", "1x40G", "1x50G", "2x50G", "4x10G", "4x25G"]));
static QSFPDD: Class = breakouts(&modes([
    "1x400G", "1x10G", "1x25G", "1x40G", "1x100G", "2x40G", "2x100G", "2x200G", "4x10G", "4x25G", "4x100G",
    "8x10G", "8x25G", "8x50G",
]));
static QSFPDD_DELL: Class = breakouts(&modes([
    "1x400G", "1x10G", "1x25G", "1x40G", "1x50G", "1x100G", "1x200G", "2x40G", "2x100G", "2x200G", "4x10G",
    "4x25G", "4x100G", "8x10G", "8x25G", "8x50G",
]));
static QSFP56DD: Class = auto_neg(breakouts(&modes([
    "1x400G", "1x10G", "1x25G", "1x40G", "1x50G", "1x100G", "2x40G", "2x50G", "2x100G", "2x200G", "4x10G",
    "4x100G", "8x10G", "8x25G", "8x50G",
])));
static OSFP_2X400G: Class = auto_neg(breakouts(&modes([
    "2x400G", "1x100G", "1x200G", "1x400G", "2x40G", "2x100G", "2x200G", "4x50G", "4x100G", "4x200G",
    "8x10G", "8x25G", "8x50G", "8x100G",
])));
static OSFP_800G: Class = auto_neg(breakouts(&modes([
    "1x800G", "1x50G", "1x100G", "1x400G", "2x50G", "2x100G", "2x200G", "2x400G", "4x100G", "4x200G",
    "8x100G",
])));
static OSFP_800G_CLSP: Class = auto_neg(breakouts(&modes([
    "1x800G", "1x50G", "1x100G", "1x200G", "1x400G", "2x50G", "2x100G", "2x200G", "2x400G", "4x100G",
    "4x200G", "8x100G",
])));

const VIRTUAL: &[Feature] = &[Subinterfaces, L2Vni, L3Vni, Roce, Mclag, Eslag];
const LEAF: &[Feature] = &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag];
const LOCATED_LEAF: &[Feature] = &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag, PortLocator];

impl Profile {
    const fn limited(self, max_ports: Option<u16>, pipelines: Pipelines) -> Self {
        Self { max_ports, pipelines: Some(pipelines), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;
    use crate::schema::profiles::testing::{AS_DELIVERED, known};
    use crate::schema::profiles::{PortProblem, names};

    const FEATURES: [(&str, Feature); 9] = [
        ("subinterfaces", Subinterfaces),
        ("acls", Acls),
        ("l2vni", L2Vni),
        ("l3vni", L3Vni),
        ("roce", Roce),
        ("ecmpRoCEQPN", EcmpRoceQpn),
        ("mclag", Mclag),
        ("eslag", Eslag),
        ("portLocator", PortLocator),
    ];

    /// What there is to compare, a line of words for each subject.
    type Facts = BTreeMap<String, String>;

    fn sorted<T: Into<String>>(words: impl Iterator<Item = T>) -> String {
        let mut words: Vec<String> = words.map(Into::into).collect();
        words.sort();
        words.join(" ")
    }

    fn facts_of_the_table(profile: &Profile) -> Facts {
        let has = FEATURES.iter().filter(|(_, feature)| profile.has(*feature)).map(|(name, _)| *name);
        let mut facts = Facts::from([("features".to_owned(), sorted(has))]);
        facts.insert("max ports".to_owned(), profile.max_ports.unwrap_or(0).to_string());
        let pipelines = profile.pipelines.as_ref();
        for number in 1..=pipelines.map_or(0, |pipelines| pipelines.count) {
            let max = pipelines.map_or(0, |pipelines| pipelines.max_ports);
            facts.insert(format!("pipeline {number}"), max.to_string());
        }
        for group in (0..=200).map(|group| group.to_string()) {
            let speeds = profile.group_speeds(&group).map(|speeds| speeds.join(" "));
            speeds.map(|speeds| facts.insert(format!("group {group}"), format!("speeds {speeds}")));
        }
        let candidates = (0..=300).flat_map(|n| [format!("M{n}"), format!("E0/{n}"), format!("E2/{n}")]);
        for port in candidates.filter(|port| profile.has_port(port)) {
            facts.insert(port, "management".to_owned());
        }
        for number in 0..=300 {
            let port = format!("E1/{number}");
            if !profile.has_port(&port) {
                assert_eq!(profile.check_port(&port, AS_DELIVERED), Err(PortProblem::Unknown));
                continue;
            }
            let pipeline = pipelines.and_then(|pipelines| pipelines.of(number)).unwrap_or(0);
            let setting = if let Some(modes) = profile.breakouts(&port) {
                let Err(PortProblem::NoSuchBreakout { mode, .. }) =
                    profile.check_port(&format!("{port}/9"), AS_DELIVERED)
                else {
                    panic!("{port} has nine lanes");
                };
                let modes = sorted(modes.iter().map(|known| format!("{}={}", known.mode, known.lanes)));
                let auto_neg = profile.auto_neg_allowed(&format!("{port}/1"));
                format!("breakouts {modes} default {mode} auto-neg {auto_neg}")
            } else if let Some(speeds) = profile.speeds(&port) {
                let default = speeds.last().expect("a speed");
                let auto_neg = profile.auto_neg_allowed(&port);
                format!("speeds {} default {default} auto-neg {auto_neg}", speeds.join(" "))
            } else {
                let ports = profile.data_ports(number).expect("the port's range");
                let size = ports.group_size.expect("a port without speeds and breakouts is in a group");
                format!("group {}", (number - ports.range.start()) / size + 1)
            };
            facts.insert(port, format!("{setting} pipeline {pipeline}"));
        }
        facts
    }

    fn words(list: &Value) -> Vec<&str> {
        list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    fn entries(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
        map.as_object().into_iter().flatten()
    }

    fn facts_of_the_corpus(model: &Value) -> Facts {
        let has = entries(&model["features"]).filter(|(_, has)| has.as_bool() == Some(true));
        let mut facts = Facts::from([("features".to_owned(), sorted(has.map(|(name, _)| name)))]);
        facts.insert("max ports".to_owned(), model["maxPorts"].as_u64().unwrap_or(0).to_string());
        for (number, pipeline) in entries(&model["pipelines"]) {
            facts.insert(format!("pipeline {number}"), pipeline["maxPorts"].to_string());
        }
        let class_of = |owner: &Value| &model["portProfiles"][owner["profile"].as_str().expect("a profile")];
        for (number, group) in entries(&model["portGroups"]) {
            let speeds = words(&class_of(group)["speed"]["supported"]).join(" ");
            facts.insert(format!("group {number}"), format!("speeds {speeds}"));
        }
        for (name, port) in entries(&model["ports"]) {
            if port["management"].as_bool() == Some(true) {
                facts.insert(name.clone(), "management".to_owned());
                continue;
            }
            let setting = if let Some(group) = port["group"].as_str() {
                format!("group {group}")
            } else {
                let class = class_of(port);
                let auto_neg = class["autoNegAllowed"].as_bool().unwrap_or(false);
                let (kind, supported, default) = if class["breakout"].is_object() {
                    let modes = entries(&class["breakout"]["supported"])
                        .map(|(mode, known)| format!("{mode}={}", words(&known["offsets"]).len()));
                    ("breakouts", sorted(modes), &class["breakout"]["default"])
                } else {
                    ("speeds", words(&class["speed"]["supported"]).join(" "), &class["speed"]["default"])
                };
                let default = default.as_str().expect("a default");
                format!("{kind} {supported} default {default} auto-neg {auto_neg}")
            };
            let pipeline = port["pipeline"].as_str().unwrap_or("0");
            facts.insert(name.clone(), format!("{setting} pipeline {pipeline}"));
        }
        facts
    }

    #[test]
    fn the_table_has_the_facts_of_the_corpus() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/switchprofiles.json");
        if !std::path::Path::new(path).exists() {
            eprintln!("\n*** SKIPPED: the switch profiles are not here ({path}) ***\n");
            return;
        }
        let text = std::fs::read_to_string(path).expect("the corpus can be read");
        let corpus: Value = serde_json::from_str(&text).expect("the corpus is JSON");
        let theirs: BTreeMap<&str, Facts> =
            entries(&corpus).map(|(name, model)| (name.as_str(), facts_of_the_corpus(model))).collect();
        assert_eq!(names().collect::<Vec<_>>(), theirs.keys().copied().collect::<Vec<_>>());
        for (name, facts) in theirs {
            assert_eq!(facts_of_the_table(known(name)), facts, "{name}");
        }
    }
}
