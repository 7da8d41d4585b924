//! The switch models that a fabric knows: their ports, breakouts, speeds and features. Pure.
//!
//! Every known model has the one management port `M1` and the data ports `E1/1`, `E1/2` and so on, without
//! a gap. Names are compared as the fabric compares them, letter by letter: `E1/04` is no port.

use std::ops::RangeInclusive;

use Feature::{Acls, EcmpRoceQpn, Eslag, L2Vni, L3Vni, Mclag, PortLocator, Roce, Subinterfaces};

pub(crate) const MANAGEMENT: &str = "M1";
const DATA: &str = "E1/";

/// Something that a model can or can't do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Subinterfaces; external attachments and static externals with a VLAN need them.
    Subinterfaces,
    /// Access lists.
    Acls,
    /// Layer 2 VNIs; every VPC mode but the L3 ones needs them.
    L2Vni,
    /// Layer 3 VNIs.
    L3Vni,
    /// RoCEv2.
    Roce,
    /// ECMP hashing by the RoCE queue pair.
    EcmpRoceQpn,
    /// MCLAG redundancy.
    Mclag,
    /// ESLAG redundancy.
    Eslag,
    /// Lights that show where a port is.
    PortLocator,
}

/// What a Switch's `portBreakouts` has for a port by its own name, `None` where it has nothing.
pub(crate) type BreakoutOf<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// A way to split a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Breakout {
    /// Its name, `4x25G`.
    pub(crate) mode: &'static str,
    /// How many ports it makes of the one.
    pub(crate) lanes: u8,
}

/// Why a switch does not have a port.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PortProblem {
    /// The model has no such port, however it is set.
    Unknown,
    /// The port is there, but not broken out so.
    NoSuchBreakout {
        /// The mode in force: the switch's own, or else the model's default.
        mode: String,
        /// How many lanes that mode makes; 0 when the port does not support it.
        lanes: u8,
    },
}

/// More ports than the silicon has room for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PortCountProblem {
    /// In the whole switch.
    Switch {
        /// The ports there are, every lane counted.
        ports: u16,
        /// The ports there may be.
        max: u16,
    },
    /// In one of its pipelines.
    Pipeline {
        /// The pipeline's name, a number.
        pipeline: u16,
        /// Each `n` whose `E1/n` the pipeline serves, ascending.
        members: Vec<u16>,
        /// The ports these make, every lane counted.
        ports: u16,
        /// The ports they may make.
        max: u16,
    },
}

/// What is known of a switch model.
#[derive(Debug)]
pub(crate) struct Profile {
    name: &'static str,
    features: &'static [Feature],
    ports: &'static [Ports],
    max_ports: Option<u16>,
    pipelines: Option<Pipelines>,
}

/// The ports `E1/n` of a range, all of a class.
#[derive(Debug)]
struct Ports {
    range: RangeInclusive<u16>,
    class: &'static Class,
    /// How many ports a group has, where speed is set by the group. Groups are numbered from 1.
    group_size: Option<u16>,
}

impl Ports {
    /// The mode that `E1/<number>` is broken out by and its lanes, 0 where the port does not support it.
    ///
    /// `None` where the port can't be broken out.
    fn mode_in_force<'a>(&self, number: u16, breakout_of: &BreakoutOf<'a>) -> Option<(&'a str, u8)> {
        let Setting::Breakouts(modes) = self.class.setting else { return None };
        let mode = breakout_of(&format!("{DATA}{number}")).or(modes.first().map(|default| default.mode))?;
        let lanes = modes.iter().find(|known| known.mode == mode).map_or(0, |known| known.lanes);
        Some((mode, lanes))
    }
}

/// What can be set on a port.
#[derive(Debug)]
struct Class {
    setting: Setting,
    auto_neg: bool,
}

#[derive(Debug)]
enum Setting {
    /// The port is one port. Slowest first; the last is the default.
    Speeds(&'static [&'static str]),
    /// The port can be split. The first is the default.
    Breakouts(&'static [Breakout]),
}

impl Class {
    fn speeds(&self) -> Option<&'static [&'static str]> {
        match self.setting {
            Setting::Speeds(speeds) => Some(speeds),
            Setting::Breakouts(_) => None,
        }
    }
}

/// How the ports, from `E1/1` on, are dealt out to pipelines; ports beyond the last pipeline's are in none.
#[derive(Debug)]
struct Pipelines {
    /// They are numbered from 1.
    count: u16,
    max_ports: u16,
    /// Where each of the first few ports goes, the lowest pipeline being 0; the next few go likewise.
    pattern: &'static [u16],
}

impl Pipelines {
    fn of(&self, port: u16) -> Option<u16> {
        let port = usize::from(port.checked_sub(1)?);
        let round = u16::try_from(port / self.pattern.len()).ok()?;
        let in_a_round = self.pattern.iter().max()? + 1;
        let pipeline = round * in_a_round + self.pattern[port % self.pattern.len()] + 1;
        (pipeline <= self.count).then_some(pipeline)
    }
}

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

/// Every model that is known, by name.
static PROFILES: [Profile; 23] = [
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

/// The model of this name, if it is known. A newer fabric may know more.
pub(crate) fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

/// The names of all known models, sorted.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|profile| profile.name)
}

impl Profile {
    const fn limited(self, max_ports: Option<u16>, pipelines: Pipelines) -> Self {
        Self { max_ports, pipelines: Some(pipelines), ..self }
    }

    /// Its name, as a Switch's `spec.profile` has it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the model can do this.
    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether this is a port by its own name, `M1` or `E1/4`. For a lane such as `E1/4/1` see `check_port`.
    pub(crate) fn has_port(&self, port: &str) -> bool {
        port == MANAGEMENT || self.whole(port).is_some()
    }

    /// Whether the switch has the port or lane when its breakouts are set so.
    pub(crate) fn check_port(&self, port: &str, breakout_of: &BreakoutOf<'_>) -> Result<(), PortProblem> {
        if port == MANAGEMENT {
            return Ok(());
        }
        let (number, lane) = data_port(port).ok_or(PortProblem::Unknown)?;
        let found = self.data_ports(number).ok_or(PortProblem::Unknown)?;
        match found.mode_in_force(number, breakout_of) {
            None if lane.is_some() => Err(PortProblem::Unknown),
            None => Ok(()),
            // The bare name is the first lane's.
            Some((_, lanes)) if lane.unwrap_or(1) <= u16::from(lanes) => Ok(()),
            Some((mode, lanes)) => Err(PortProblem::NoSuchBreakout { mode: mode.to_owned(), lanes }),
        }
    }

    /// The speeds that the port by its own name can be set to, slowest first, the last being the default.
    ///
    /// `None` where the port has no speed of its own: it can be broken out, is in a group, or isn't there.
    pub(crate) fn speeds(&self, port: &str) -> Option<&'static [&'static str]> {
        let found = self.whole(port).filter(|found| found.group_size.is_none())?;
        found.class.speeds()
    }

    /// The modes that the port supports, the default first; `None` where it can't be broken out.
    pub(crate) fn breakouts(&self, port: &str) -> Option<&'static [Breakout]> {
        match self.whole(port)?.class.setting {
            Setting::Breakouts(modes) => Some(modes),
            Setting::Speeds(_) => None,
        }
    }

    /// The speeds that the port group can be set to, slowest first; `None` where there is no such group.
    pub(crate) fn group_speeds(&self, group: &str) -> Option<&'static [&'static str]> {
        let group = number(group)?;
        let has_it = |ports: &&Ports| {
            let last = ports.group_size.map(|size| (ports.range.end() - ports.range.start()) / size + 1);
            last.is_some_and(|last| group <= last)
        };
        self.ports.iter().find(has_it)?.class.speeds()
    }

    /// Whether auto-negotiation can be set on this port.
    ///
    /// As the fabric has it: where a port can be broken out it is set on a lane (`E1/4/1`), never on the bare
    /// name, and where ports are in a group it can't be. Whether there is such a lane, `check_port` says.
    pub(crate) fn auto_neg_allowed(&self, port: &str) -> bool {
        let Some((number, lane)) = data_port(port) else { return false };
        self.data_ports(number).is_some_and(|found| {
            let by_lane = matches!(found.class.setting, Setting::Breakouts(_));
            found.class.auto_neg && found.group_size.is_none() && by_lane == lane.is_some()
        })
    }

    /// Whether there are more ports than the model allows when its breakouts are set so; the switch first.
    ///
    /// A port whose mode is unsupported counts 1, the least that it can be: `check_port` reports it.
    pub(crate) fn port_count_problem(&self, breakout_of: &BreakoutOf<'_>) -> Option<PortCountProblem> {
        let counted: Vec<(u16, u16)> = self
            .ports
            .iter()
            .flat_map(|ports| ports.range.clone().map(move |number| (number, ports)))
            .map(|(number, ports)| match ports.mode_in_force(number, breakout_of) {
                Some((_, lanes)) => (number, u16::from(lanes).max(1)),
                None => (number, 1),
            })
            .collect();
        let ports = counted.iter().map(|(_, ports)| ports).sum();
        if let Some(max) = self.max_ports.filter(|max| ports > *max) {
            return Some(PortCountProblem::Switch { ports, max });
        }
        let pipelines = self.pipelines.as_ref()?;
        let max = pipelines.max_ports;
        (1..=pipelines.count).find_map(|pipeline| {
            let served = counted.iter().filter(|(number, _)| pipelines.of(*number) == Some(pipeline));
            let (members, counts): (Vec<u16>, Vec<u16>) = served.copied().unzip();
            let ports = counts.iter().sum();
            (ports > max).then_some(PortCountProblem::Pipeline { pipeline, members, ports, max })
        })
    }

    fn data_ports(&self, number: u16) -> Option<&'static Ports> {
        self.ports.iter().find(|ports| ports.range.contains(&number))
    }

    /// The data port of this name, where that is a whole port's.
    fn whole(&self, port: &str) -> Option<&'static Ports> {
        match data_port(port)? {
            (number, None) => self.data_ports(number),
            (_, Some(_)) => None,
        }
    }
}

/// The port's number and, where the name has one, the lane's: 4 and 2 of `E1/4/2`.
fn data_port(port: &str) -> Option<(u16, Option<u16>)> {
    let rest = port.strip_prefix(DATA)?;
    match rest.split_once('/') {
        Some((port, lane)) => Some((number(port)?, Some(number(lane)?))),
        None => Some((number(rest)?, None)),
    }
}

/// A number from 1 in its one spelling: no sign, no leading zero.
fn number(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    const AS_DELIVERED: &BreakoutOf<'static> = &|_| None;

    fn known(name: &str) -> &'static Profile {
        profile(name).expect("a known model")
    }

    #[test]
    fn a_switch_has_the_ports_that_its_breakouts_make() {
        let broken_out =
            |mode: &str, lanes| Err(PortProblem::NoSuchBreakout { mode: mode.to_owned(), lanes });
        let unknown = || Err(PortProblem::Unknown);
        for (model, port, mode, expected) in [
            ("celestica-ds3000", "M1", None, Ok(())),
            ("celestica-ds3000", "M2", None, unknown()),
            ("celestica-ds3000", "M1/1", None, unknown()),
            ("celestica-ds3000", "E1/4", None, Ok(())),
            ("celestica-ds3000", "E1/4/1", None, Ok(())),
            ("celestica-ds3000", "E1/4/2", None, broken_out("1x100G", 1)),
            ("celestica-ds3000", "E1/4", Some("4x25G"), Ok(())),
            ("celestica-ds3000", "E1/4/4", Some("4x25G"), Ok(())),
            ("celestica-ds3000", "E1/4/5", Some("4x25G"), broken_out("4x25G", 4)),
            ("celestica-ds3000", "E1/4/3", Some("2x50G"), broken_out("2x50G", 2)),
            ("celestica-ds3000", "E1/4", Some("8x50G"), broken_out("8x50G", 0)),
            ("celestica-ds3000", "E1/4/1", Some(""), broken_out("", 0)),
            ("celestica-ds3000", "E1/4/0", None, unknown()),
            ("celestica-ds3000", "E1/4/1/1", None, unknown()),
            ("celestica-ds3000", "E1/04", None, unknown()),
            ("celestica-ds3000", "E1/+4", None, unknown()),
            ("celestica-ds3000", "E1/", None, unknown()),
            ("celestica-ds3000", "E1/70000", None, unknown()),
            ("celestica-ds3000", "E2/4", None, unknown()),
            ("celestica-ds3000", "e1/4", None, unknown()),
            ("celestica-ds3000", "E1/33", Some("4x25G"), Ok(())),
            ("celestica-ds3000", "E1/33/1", None, unknown()),
            ("celestica-ds3000", "E1/34", None, unknown()),
            ("celestica-ds4101", "E1/1/2", None, Ok(())),
            ("celestica-ds4101", "E1/1/3", None, broken_out("2x400G", 2)),
            ("vs", "E1/48", None, Ok(())),
            ("vs", "E1/48/1", None, unknown()),
        ] {
            let found = known(model).check_port(port, &|of| mode.filter(|_| port.starts_with(of)));
            assert_eq!(found, expected, "{model} {port} {mode:?}");
        }
    }

    #[test]
    fn a_port_has_speeds_or_breakouts_or_is_in_a_group() {
        let leaf = known("edgecore-dcs203");
        assert_eq!(leaf.speeds("E1/57"), Some(&["1G", "10G"][..]));
        assert_eq!(leaf.group_speeds("4"), Some(&["10G", "25G"][..]));
        for none in ["M1", "E1/1", "E1/49", "E1/49/1", "E1/59", "1"] {
            assert_eq!(leaf.speeds(none), None, "{none}");
        }
        for none in ["0", "5", "01", "", "E1/1"] {
            assert_eq!(leaf.group_speeds(none), None, "{none}");
        }
        assert_eq!(leaf.breakouts("E1/49").map(<[_]>::len), Some(4));
        for none in ["M1", "E1/1", "E1/49/1", "E1/57"] {
            assert_eq!(leaf.breakouts(none), None, "{none}");
        }
        assert!(leaf.has_port("M1") && leaf.has_port("E1/49") && !leaf.has_port("E1/49/1"));
    }

    #[test]
    fn auto_negotiation_is_set_on_lanes_and_on_ports_that_stay_whole() {
        for (model, port, allowed) in [
            ("celestica-ds3000", "E1/1/1", true),
            ("celestica-ds3000", "E1/1", false),
            ("celestica-ds3000", "E1/33", false),
            ("celestica-ds3000-clsp", "E1/1/1", false),
            ("edgecore-eps203", "E1/1", true),
            ("edgecore-eps203", "E1/1/1", false),
            ("edgecore-eps203", "M1", false),
        ] {
            assert_eq!(known(model).auto_neg_allowed(port), allowed, "{model} {port}");
        }
    }

    #[test]
    fn ports_are_counted_by_pipeline_and_in_all() {
        let every = |mode: &'static str| move |_: &str| Some(mode);
        for name in names() {
            assert_eq!(known(name).port_count_problem(AS_DELIVERED), None, "{name}");
        }
        let moon = known("celestica-ds5000");
        assert_eq!(moon.port_count_problem(&every("4x100G")), None);
        let too_many = PortCountProblem::Switch { ports: 514, max: 320 };
        assert_eq!(moon.port_count_problem(&every("8x100G")), Some(too_many));
        assert_eq!(moon.port_count_problem(&every("9x100G")), None, "an unsupported mode counts 1");

        // Ports 61 and 64 share a pipeline, and so do 62 and 63.
        let eight = |broken_out: [&'static str; 2]| {
            moon.port_count_problem(&|port| broken_out.contains(&port).then_some("8x100G"))
        };
        assert_eq!(eight(["E1/61", "E1/62"]), None);
        let members = vec![61, 64];
        let crowded = PortCountProblem::Pipeline { pipeline: 31, members, ports: 16, max: 10 };
        assert_eq!(eight(["E1/64", "E1/61"]), Some(crowded));

        let members = vec![1, 2, 3, 4];
        let crowded = PortCountProblem::Pipeline { pipeline: 1, members, ports: 32, max: 18 };
        assert_eq!(known("edgecore-dcs240").port_count_problem(&every("8x25G")), Some(crowded));
    }

    #[test]
    fn names_are_sorted_and_found() {
        assert!(names().is_sorted());
        assert_eq!(names().count(), 23);
        assert!(names().all(|name| profile(name).is_some_and(|profile| profile.name() == name)));
        assert!(profile("VS").is_none());
    }

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
