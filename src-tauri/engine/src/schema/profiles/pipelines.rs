//! How many ports a model has room for: in all, and in each pipeline of its silicon.

use super::{BreakoutOf, Profile};

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

/// How the ports, from `E1/1` on, are dealt out to pipelines; ports beyond the last pipeline's are in none.
#[derive(Debug)]
pub(super) struct Pipelines {
    /// They are numbered from 1.
    pub(super) count: u16,
    pub(super) max_ports: u16,
    /// Where each of the first few ports goes, the lowest pipeline being 0; the next few go likewise.
    pub(super) pattern: &'static [u16],
}

impl Pipelines {
    pub(super) fn of(&self, port: u16) -> Option<u16> {
        let port = usize::from(port.checked_sub(1)?);
        let round = u16::try_from(port / self.pattern.len()).ok()?;
        let in_a_round = self.pattern.iter().max()? + 1;
        let pipeline = round * in_a_round + self.pattern[port % self.pattern.len()] + 1;
        (pipeline <= self.count).then_some(pipeline)
    }
}

impl Profile {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::profiles::names;
    use crate::schema::profiles::testing::{AS_DELIVERED, known};

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
}
