//! Files of Hedgehog objects that were dropped beside the inbox. What else is there is not ours.

use super::object::holds_hedgehog;
use super::{Planner, Repair};

impl Planner<'_> {
    pub(super) fn loose(&mut self) {
        for file in self.visible(self.layout.root()) {
            let is_direct = !self.shown(&file.path).contains('/');
            if !is_direct || !holds_hedgehog(file.bytes) {
                continue;
            }
            let mut changes = Vec::new();
            let fate = self.move_to_raw(&mut changes, file, "so that its objects are taken");
            let sentence = format!("{} stands beside the inbox. It {fate}.", self.shown(&file.path));
            self.repairs.push(Repair { sentence, changes });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fgd::repair::testing::{CONFIG, VPC, told};

    #[test]
    fn a_file_that_was_dropped_beside_the_inbox_moves_there() {
        let mixed = format!("{CONFIG}---\n: [\n---\n{VPC}");
        assert_eq!(
            told(&[("topology.yaml", &mixed), ("raw/topology.yaml", CONFIG)]),
            [
                "topology.yaml stands beside the inbox. It moves to raw/topology-2.yaml, so that its \
                 objects are taken.",
                "+ raw/topology-2.yaml",
                "- topology.yaml"
            ]
        );
    }
}
