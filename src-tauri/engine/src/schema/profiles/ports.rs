//! The ports of a model: which there are, and what can be set on each.

use std::ops::RangeInclusive;

use super::{BreakoutOf, Profile};

pub(crate) const MANAGEMENT: &str = "M1";
const DATA: &str = "E1/";

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

/// The ports `E1/n` of a range, all of a class.
#[derive(Debug)]
pub(super) struct Ports {
    pub(super) range: RangeInclusive<u16>,
    pub(super) class: &'static Class,
    /// How many ports a group has, where speed is set by the group. Groups are numbered from 1.
    pub(super) group_size: Option<u16>,
}

impl Ports {
    /// The mode that `E1/<number>` is broken out by and its lanes, 0 where the port does not support it.
    ///
    /// `None` where the port can't be broken out.
    pub(super) fn mode_in_force<'a>(
        &self,
        number: u16,
        breakout_of: &BreakoutOf<'a>,
    ) -> Option<(&'a str, u8)> {
        let Setting::Breakouts(modes) = self.class.setting else { return None };
        let mode = breakout_of(&format!("{DATA}{number}")).or(modes.first().map(|default| default.mode))?;
        let lanes = modes.iter().find(|known| known.mode == mode).map_or(0, |known| known.lanes);
        Some((mode, lanes))
    }
}

/// What can be set on a port.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) setting: Setting,
    pub(super) auto_neg: bool,
}

#[derive(Debug)]
pub(super) enum Setting {
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

impl Profile {
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

    pub(super) fn data_ports(&self, number: u16) -> Option<&'static Ports> {
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
    use super::*;
    use crate::schema::profiles::testing::known;

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
}
