//! The switch models that a fabric knows: their ports, breakouts, speeds and features. Pure.
//!
//! Every known model has the one management port `M1` and the data ports `E1/1`, `E1/2` and so on, without a gap.
//! Names are compared as the fabric compares them, letter by letter: `E1/04` is no port.

use std::ops::RangeInclusive;

use Feature::{Acls, EcmpRoceQpn, Eslag, L2Vni, L3Vni, Mclag, PortLocator, Roce, Subinterfaces};

/// Something that a model can or can't do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Subinterfaces; external attachments with a VLAN need them.
    Subinterfaces,
    /// Access lists.
    Acls,
    /// Layer 2 VNIs; VPCs of the L2 kind need them.
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
    /// How many ports a group has where speed is set by the group; groups are numbered from 1 through the range.
    group_size: Option<u16>,
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
    /// The port can be split.
    Breakouts { default: &'static str, modes: &'static [Breakout] },
}

/// How the ports from `E1/1` to `E1/<last>` are dealt out to pipelines, which are numbered from 1.
#[derive(Debug)]
struct Pipelines {
    last: u16,
    max_ports: u16,
    /// The pipeline of each of the first few ports, counted from 0; the next few go to the next pipelines, and so on.
    pattern: &'static [u16],
}

const fn speeds(speeds: &'static [&'static str]) -> Class {
    Class { setting: Setting::Speeds(speeds), auto_neg: false }
}

const fn breakouts(default: &'static str, modes: &'static [Breakout]) -> Class {
    Class { setting: Setting::Breakouts { default, modes }, auto_neg: false }
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

const fn grouped(range: RangeInclusive<u16>, size: u16, class: &'static Class) -> Ports {
    Ports { range, class, group_size: Some(size) }
}

const fn model(name: &'static str, features: &'static [Feature], ports: &'static [Ports]) -> Profile {
    Profile { name, features, ports, max_ports: None, pipelines: None }
}

const fn limited(profile: Profile, max_ports: Option<u16>, pipelines: Pipelines) -> Profile {
    Profile { max_ports, pipelines: Some(pipelines), ..profile }
}

static RJ45_1G: Class = auto_neg(speeds(&["1G"]));
static RJ45_2_5G: Class = auto_neg(speeds(&["1G", "2.5G"]));
static RJ45_10G: Class = auto_neg(speeds(&["1G", "10G"]));
static SFP28_10G: Class = speeds(&["1G", "10G"]);
static SFP28_25G: Class = speeds(&["10G", "25G"]);
static SFP28_25G_FROM_1G: Class = speeds(&["1G", "10G", "25G"]);
static QSFP28_WHOLE: Class = speeds(&["40G", "100G"]);
static QSFP28_WHOLE_FROM_10G: Class = speeds(&["10G", "25G", "50G", "100G"]);

static QSFP28: Class = breakouts("1x100G", &modes(["1x40G", "1x100G", "4x10G", "4x25G"]));
static QSFP28_WITH_50G: Class =
    auto_neg(breakouts("1x100G", &modes(["1x40G", "1x50G", "1x100G", "2x50G", "4x10G", "4x25G"])));
static QSFP28_FROM_10G: Class =
    breakouts("1x100G", &modes(["1x10G", "1x25G", "1x40G", "1x50G", "1x100G", "2x50G", "4x10G", "4x25G"]));
static QSFPDD_CELESTICA: Class = breakouts(
    "1x400G",
    &modes([
        "1x10G", "1x25G", "1x40G", "1x100G", "1x400G", "2x40G", "2x100G", "2x200G", "4x10G", "4x25G",
        "4x100G", "8x10G", "8x25G", "8x50G",
    ]),
);
static QSFPDD_DELL: Class = breakouts(
    "1x400G",
    &modes([
        "1x10G", "1x25G", "1x40G", "1x50G", "1x100G", "1x200G", "1x400G", "2x40G", "2x100G", "2x200G",
        "4x10G", "4x25G", "4x100G", "8x10G", "8x25G", "8x50G",
    ]),
);
static QSFP56DD: Class = auto_neg(breakouts(
    "1x400G",
    &modes([
        "1x10G", "1x25G", "1x40G", "1x50G", "1x100G", "1x400G", "2x40G", "2x50G", "2x100G", "2x200G",
        "4x10G", "4x100G", "8x10G", "8x25G", "8x50G",
    ]),
));
static OSFP_2X400G: Class = auto_neg(breakouts(
    "2x400G",
    &modes([
        "1x100G", "1x200G", "1x400G", "2x40G", "2x100G", "2x200G", "2x400G", "4x50G", "4x100G", "4x200G",
        "8x10G", "8x25G", "8x50G", "8x100G",
    ]),
));
static OSFP_800G: Class = auto_neg(breakouts(
    "1x800G",
    &modes([
        "1x50G", "1x100G", "1x400G", "1x800G", "2x50G", "2x100G", "2x200G", "2x400G", "4x100G", "4x200G",
        "8x100G",
    ]),
));
static OSFP_800G_CLSP: Class = auto_neg(breakouts(
    "1x800G",
    &modes([
        "1x50G", "1x100G", "1x200G", "1x400G", "1x800G", "2x50G", "2x100G", "2x200G", "2x400G", "4x100G",
        "4x200G", "8x100G",
    ]),
));

/// Every model that is known, by name.
static PROFILES: [Profile; 23] = [
    model(
        "celestica-ds2000",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Mclag, Eslag, PortLocator],
        &[
            ports(1..=48, &SFP28_25G),
            ports(49..=49, &QSFP28),
            ports(50..=55, &QSFP28_WHOLE),
            ports(56..=56, &QSFP28),
        ],
    ),
    model(
        "celestica-ds2000-clsp",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Mclag, Eslag],
        &[
            ports(1..=48, &SFP28_25G),
            ports(49..=49, &QSFP28),
            ports(50..=55, &QSFP28_WHOLE),
            ports(56..=56, &QSFP28),
        ],
    ),
    model(
        "celestica-ds3000",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag, PortLocator],
        &[ports(1..=32, &QSFP28_WITH_50G), ports(33..=33, &SFP28_10G)],
    ),
    model(
        "celestica-ds3000-clsp",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag],
        &[ports(1..=32, &QSFP28), ports(33..=33, &SFP28_10G)],
    ),
    limited(
        model(
            "celestica-ds4000",
            &[Acls, Roce, PortLocator],
            &[ports(1..=32, &QSFPDD_CELESTICA), ports(33..=33, &SFP28_10G)],
        ),
        Some(144),
        Pipelines { last: 32, max_ports: 18, pattern: &[0, 0, 0, 0] },
    ),
    model(
        "celestica-ds4000-clsp",
        &[Acls, Roce],
        &[ports(1..=32, &QSFPDD_CELESTICA), ports(33..=33, &SFP28_10G)],
    ),
    limited(
        model(
            "celestica-ds4101",
            &[Acls, Roce, EcmpRoceQpn],
            &[ports(1..=32, &OSFP_2X400G), ports(33..=34, &SFP28_10G)],
        ),
        Some(272),
        Pipelines { last: 32, max_ports: 16, pattern: &[0, 0] },
    ),
    model(
        "celestica-ds4101-clsp",
        &[Acls, Roce, EcmpRoceQpn],
        &[ports(1..=32, &OSFP_2X400G), ports(33..=34, &SFP28_10G)],
    ),
    limited(
        model(
            "celestica-ds5000",
            &[Subinterfaces, Acls, L3Vni, Roce, EcmpRoceQpn, PortLocator],
            &[ports(1..=64, &OSFP_800G), ports(65..=66, &SFP28_25G_FROM_1G)],
        ),
        Some(320),
        Pipelines { last: 64, max_ports: 10, pattern: &[0, 1, 1, 0] },
    ),
    model(
        "celestica-ds5000-clsp",
        &[Subinterfaces, Acls, L3Vni, Roce, EcmpRoceQpn],
        &[ports(1..=64, &OSFP_800G_CLSP), ports(65..=66, &SFP28_25G_FROM_1G)],
    ),
    model(
        "cumulus-vx",
        &[Subinterfaces, L2Vni, L3Vni, Roce, Mclag, Eslag],
        &[ports(1..=32, &QSFP28_WHOLE_FROM_10G), ports(33..=33, &SFP28_10G)],
    ),
    model(
        "dell-s5232f-on",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag, PortLocator],
        &[ports(1..=31, &QSFP28_FROM_10G), ports(32..=32, &QSFP28_WHOLE), ports(33..=34, &SFP28_10G)],
    ),
    model(
        "dell-s5248f-on",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag, PortLocator],
        &[grouped(1..=48, 4, &SFP28_25G), ports(49..=56, &QSFP28_FROM_10G)],
    ),
    limited(
        model("dell-z9332f-on", &[Acls, Roce], &[ports(1..=32, &QSFPDD_DELL), ports(33..=34, &SFP28_10G)]),
        Some(144),
        Pipelines { last: 32, max_ports: 18, pattern: &[0, 0, 0, 0] },
    ),
    model(
        "edgecore-dcs203",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag, PortLocator],
        &[
            grouped(1..=48, 12, &SFP28_25G),
            ports(49..=55, &QSFP28),
            ports(56..=56, &QSFP28_WHOLE),
            ports(57..=58, &SFP28_10G),
        ],
    ),
    model(
        "edgecore-dcs204",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag],
        &[ports(1..=31, &QSFP28_FROM_10G), ports(32..=32, &QSFP28_WHOLE), ports(33..=34, &SFP28_10G)],
    ),
    limited(
        model(
            "edgecore-dcs240",
            &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Eslag],
            &[ports(1..=32, &QSFP56DD), ports(33..=34, &SFP28_10G)],
        ),
        None,
        Pipelines { last: 32, max_ports: 18, pattern: &[0, 0, 0, 0] },
    ),
    model("edgecore-dcs501", &[Acls], &[ports(1..=32, &QSFP28)]),
    model(
        "edgecore-eps202",
        &[Acls, L2Vni, L3Vni, Eslag],
        &[ports(1..=48, &RJ45_1G), ports(49..=52, &SFP28_25G_FROM_1G), ports(53..=54, &QSFP28)],
    ),
    model(
        "edgecore-eps203",
        &[Acls, L2Vni, L3Vni, Mclag, Eslag, PortLocator],
        &[
            ports(1..=36, &RJ45_2_5G),
            ports(37..=48, &RJ45_10G),
            ports(49..=52, &SFP28_25G_FROM_1G),
            ports(53..=54, &QSFP28),
        ],
    ),
    model(
        "supermicro-sse-c4632sb",
        &[Subinterfaces, Acls, L2Vni, L3Vni, Roce, Mclag, Eslag, PortLocator],
        &[ports(1..=32, &QSFP28_WITH_50G), ports(33..=33, &SFP28_10G)],
    ),
    model("vs", &[Subinterfaces, L2Vni, L3Vni, Roce, Mclag, Eslag], &[grouped(1..=48, 4, &SFP28_25G)]),
    model("vs-clsp", &[Subinterfaces, L2Vni, L3Vni, Roce, Mclag, Eslag], &[grouped(1..=48, 4, &SFP28_25G)]),
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
    /// Its name, as a Switch's `spec.profile` has it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the model can do this.
    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether this is a port by its own name, `M1` or `E1/4`. A lane such as `E1/4/1` is not: see `check_port`.
    pub(crate) fn has_port(&self, port: &str) -> bool {
        port == MANAGEMENT || self.whole(port).is_some()
    }

    /// Whether the switch has the port or lane when its breakouts are set so.
    ///
    /// `breakout_of` says what the Switch's `portBreakouts` has for a port, `None` where it has nothing.
    pub(crate) fn check_port<'b>(
        &self,
        port: &str,
        breakout_of: &dyn Fn(&str) -> Option<&'b str>,
    ) -> Result<(), PortProblem> {
        if port == MANAGEMENT {
            return Ok(());
        }
        let (number, lane) = data_port(port).ok_or(PortProblem::Unknown)?;
        let found = self.data_ports(number).ok_or(PortProblem::Unknown)?;
        let Setting::Breakouts { default, modes } = &found.class.setting else {
            return if lane.is_none() { Ok(()) } else { Err(PortProblem::Unknown) };
        };
        let mode = breakout_of(&name_of(number)).unwrap_or(default);
        let lanes = lanes_of(modes, mode).unwrap_or(0);
        // The bare name is the first lane's.
        if lane.unwrap_or(1) <= u16::from(lanes) {
            Ok(())
        } else {
            Err(PortProblem::NoSuchBreakout { mode: mode.to_owned(), lanes })
        }
    }

    /// The speeds that the port by its own name can be set to, slowest first, the last being the default.
    ///
    /// `None` where the port has no speed of its own: it can be broken out, is in a group, or isn't there.
    pub(crate) fn speeds(&self, port: &str) -> Option<&'static [&'static str]> {
        let found = self.whole(port).filter(|found| found.group_size.is_none())?;
        found.class.speeds()
    }

    /// The modes that the port supports, by lanes and then speed; `None` where it can't be broken out.
    pub(crate) fn breakouts(&self, port: &str) -> Option<&'static [Breakout]> {
        match self.whole(port)?.class.setting {
            Setting::Breakouts { modes, .. } => Some(modes),
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
    /// As the fabric has it: where a port can be broken out it is set on a lane (`E1/4/1`) and never on the bare
    /// name, and where ports are in a group it can't be. Whether the lane is there is for `check_port` to say.
    pub(crate) fn auto_neg_allowed(&self, port: &str) -> bool {
        let Some((number, lane)) = data_port(port) else { return false };
        self.data_ports(number).is_some_and(|found| {
            let by_lane = matches!(found.class.setting, Setting::Breakouts { .. });
            found.class.auto_neg && found.group_size.is_none() && by_lane == lane.is_some()
        })
    }

    /// Whether there are more ports than the model allows when its breakouts are set so; the whole switch first.
    ///
    /// A port whose mode is unsupported counts 1, the least that it can be: `check_port` reports it.
    pub(crate) fn port_count_problem<'b>(
        &self,
        breakout_of: &dyn Fn(&str) -> Option<&'b str>,
    ) -> Option<PortCountProblem> {
        let count = |number: u16| self.lanes_in_force(number, breakout_of);
        let all = || self.ports.iter().flat_map(|ports| ports.range.clone());
        let ports = all().map(count).sum();
        if let Some(max) = self.max_ports.filter(|max| ports > *max) {
            return Some(PortCountProblem::Switch { ports, max });
        }
        let pipelines = self.pipelines.as_ref()?;
        let max = pipelines.max_ports;
        (1..=pipelines.of(pipelines.last)?.max(1) + 1).find_map(|pipeline| {
            let members: Vec<u16> = all().filter(|port| pipelines.of(*port) == Some(pipeline)).collect();
            let ports = members.iter().copied().map(count).sum();
            (ports > max).then_some(PortCountProblem::Pipeline { pipeline, members, ports, max })
        })
    }

    fn lanes_in_force<'b>(&self, number: u16, breakout_of: &dyn Fn(&str) -> Option<&'b str>) -> u16 {
        match self.data_ports(number).map(|found| &found.class.setting) {
            Some(Setting::Breakouts { default, modes }) => {
                let mode = breakout_of(&name_of(number)).unwrap_or(default);
                u16::from(lanes_of(modes, mode).unwrap_or(1))
            }
            _ => 1,
        }
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

impl Class {
    fn speeds(&self) -> Option<&'static [&'static str]> {
        match &self.setting {
            Setting::Speeds(speeds) => Some(speeds),
            Setting::Breakouts { .. } => None,
        }
    }
}

impl Pipelines {
    /// The pipeline of `E1/<port>`, numbered from 1.
    fn of(&self, port: u16) -> Option<u16> {
        if port == 0 || port > self.last {
            return None;
        }
        let few = u16::try_from(self.pattern.len()).ok()?;
        let most = self.pattern.iter().max()? + 1;
        let place = self.pattern.get(usize::from((port - 1) % few))?;
        Some((port - 1) / few * most + place + 1)
    }
}

/// The port that every model has for its management.
const MANAGEMENT: &str = "M1";

/// A number without a sign or leading zeros.
fn number(text: &str) -> Option<u16> {
    let number: u16 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// The number of a data port, and its lane where one is named: `E1/4` and `E1/4/2`.
fn data_port(port: &str) -> Option<(u16, Option<u16>)> {
    let rest = port.strip_prefix("E1/")?;
    match rest.split_once('/') {
        Some((port, lane)) => Some((number(port)?, Some(number(lane).filter(|lane| *lane > 0)?))),
        None => Some((number(rest)?, None)),
    }
}

fn name_of(port: u16) -> String {
    format!("E1/{port}")
}

fn lanes_of(modes: &[Breakout], mode: &str) -> Option<u8> {
    modes.iter().find(|known| known.mode == mode).map(|known| known.lanes)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn lanes_are_there_as_the_port_is_broken_out() {
        let ds3000 = profile("celestica-ds3000").expect("known");
        let whole = |_: &str| None;
        let split = |port: &str| (port == "E1/4").then_some("4x25G");
        let odd = |_: &str| Some("9x9G");
        for port in ["M1", "E1/4", "E1/4/1", "E1/33"] {
            assert_eq!(ds3000.check_port(port, &whole), Ok(()), "{port}");
        }
        for port in ["E1/34", "E2/1", "E1/33/1", "M2", "Ethernet0", "E1/04"] {
            assert_eq!(ds3000.check_port(port, &whole), Err(PortProblem::Unknown), "{port}");
        }
        assert_eq!(ds3000.check_port("E1/4/4", &split), Ok(()));
        let lacking = |mode: &str, lanes| Err(PortProblem::NoSuchBreakout { mode: mode.to_owned(), lanes });
        assert_eq!(ds3000.check_port("E1/4/2", &whole), lacking("1x100G", 1));
        assert_eq!(ds3000.check_port("E1/4", &odd), lacking("9x9G", 0));
    }

    #[test]
    fn a_switch_has_room_for_so_many_ports() {
        let ds4000 = profile("celestica-ds4000").expect("known");
        assert_eq!(ds4000.port_count_problem(&|_| None), None);
        let of_first = |port: &str| ["E1/1", "E1/2", "E1/3"].contains(&port).then_some("8x50G");
        assert_eq!(
            ds4000.port_count_problem(&of_first),
            Some(PortCountProblem::Pipeline { pipeline: 1, members: vec![1, 2, 3, 4], ports: 25, max: 18 })
        );
        assert!(matches!(
            ds4000.port_count_problem(&|_| Some("8x50G")),
            Some(PortCountProblem::Switch { max: 144, .. })
        ));
    }

    /// Compares every port, mode, speed, feature, group and limit with the fabric's own.
    #[test]
    fn the_table_says_what_the_fabric_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/switchprofiles.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("SKIPPED: {path} is not there");
            return;
        };
        let all: serde_json::Map<String, Value> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(all.keys().map(String::as_str).collect::<Vec<_>>(), names().collect::<Vec<_>>());
        for (name, theirs) in &all {
            let ours = profile(name).expect(name);
            let features: Vec<&str> =
                theirs["features"].as_object().expect("features").keys().map(String::as_str).collect();
            assert_eq!(ours.features.len(), features.len(), "{name}: {features:?}");
            assert_eq!(ours.has(Feature::L2Vni), features.contains(&"l2vni"), "{name}");
            assert_eq!(ours.has(Feature::L3Vni), features.contains(&"l3vni"), "{name}");
            assert_eq!(ours.has(Feature::Eslag), features.contains(&"eslag"), "{name}");
            assert_eq!(ours.has(Feature::Roce), features.contains(&"roce"), "{name}");
            assert_eq!(ours.has(Feature::EcmpRoceQpn), features.contains(&"ecmpRoCEQPN"), "{name}");
            let ports = theirs["ports"].as_object().expect("ports");
            let count: usize = ours.ports.iter().map(|ports| ports.range.clone().count()).sum();
            assert_eq!(count + 1, ports.len(), "{name}");
            assert_eq!(ours.max_ports.map(u64::from), theirs["maxPorts"].as_u64(), "{name}");
            for (port, what) in ports {
                assert!(ours.has_port(port), "{name} {port}");
                if what["management"].as_bool() == Some(true) {
                    continue;
                }
                let group = what["group"].as_str();
                let class = match group {
                    Some(group) => &theirs["portGroups"][group]["profile"],
                    None => &what["profile"],
                };
                let class = &theirs["portProfiles"][class.as_str().expect("a profile")];
                let speeds: Option<Vec<&str>> = class["speed"]["supported"]
                    .as_array()
                    .map(|speeds| speeds.iter().filter_map(Value::as_str).collect());
                let found = match group {
                    Some(group) => ours.group_speeds(group),
                    None => ours.speeds(port),
                };
                assert_eq!(found.map(<[_]>::to_vec), speeds, "{name} {port}");
                let modes = class["breakout"]["supported"].as_object();
                let found = ours.breakouts(port);
                assert_eq!(found.map(<[_]>::len), modes.map(serde_json::Map::len), "{name} {port}");
                for (mode, how) in modes.into_iter().flatten() {
                    let lanes = how["offsets"].as_array().expect("offsets").len();
                    assert_eq!(
                        lanes_of(found.unwrap_or_default(), mode).map(usize::from),
                        Some(lanes),
                        "{name} {port} {mode}"
                    );
                }
                if let (Some(default), Some(found)) =
                    (class["breakout"]["default"].as_str(), ours.whole(port))
                {
                    let Setting::Breakouts { default: ours, .. } = &found.class.setting else {
                        panic!("{name} {port}")
                    };
                    assert_eq!(*ours, default, "{name} {port}");
                }
                let pipeline = what["pipeline"].as_str().and_then(number);
                let found = ours.pipelines.as_ref().and_then(|pipelines| pipelines.of(data_port(port)?.0));
                assert_eq!(found, pipeline, "{name} {port}");
                let most =
                    what["pipeline"].as_str().and_then(|it| theirs["pipelines"][it]["maxPorts"].as_u64());
                assert_eq!(
                    found.and(ours.pipelines.as_ref()).map(|it| u64::from(it.max_ports)),
                    most,
                    "{name} {port}"
                );
                let lane = if modes.is_some() { format!("{port}/1") } else { port.clone() };
                let auto_neg = class["autoNegAllowed"].as_bool() == Some(true) && group.is_none();
                assert_eq!(ours.auto_neg_allowed(&lane), auto_neg, "{name} {port}");
            }
        }
    }
}
