//! Below `managed/` each file holds one object of Hedgehog's, in the directory of its kind, and no other file
//! holds it.

use std::collections::BTreeMap;

use super::keeping::remove;
use super::object::{Misfit, directory, read};
use super::{Planner, Repair, Standing};
use crate::change::{ContentHash, FileChange};
use crate::fgd::layout::numbered;
use crate::id::RepoPath;
use crate::schema::ResourceId;

/// A file that holds one object.
struct Object<'a> {
    file: &'a Standing<'a>,
    /// The hash of its value, without our annotations.
    content: ContentHash,
    /// Its author's comments.
    comments: Option<ContentHash>,
}

impl Object<'_> {
    fn is_the_same(&self, other: &Self) -> bool {
        self.content == other.content && self.comments == other.comments
    }
}

/// What one object needs: sentences, and what they mean for files.
#[derive(Default)]
struct Needs {
    sentences: Vec<String>,
    changes: Vec<FileChange>,
}

impl<'a> Planner<'a> {
    pub(super) fn managed(&mut self) {
        let managed = self.layout.managed();
        let mut objects: BTreeMap<(ResourceId, Option<String>), Vec<Object<'a>>> = BTreeMap::new();
        for file in self.visible(&managed) {
            match read(file.bytes) {
                Ok(read) => {
                    objects.entry((read.id().clone(), directory(&read))).or_default().push(Object {
                        file,
                        content: read.content,
                        comments: read.comments,
                    });
                }
                Err(misfit) => self.back_to_the_inbox(file, &misfit),
            }
        }
        for ((id, directory), files) in objects {
            let Needs { sentences, changes } = match directory {
                Some(directory) => self.hedgehog(&id, &managed.join(&directory), files),
                None => self.foreign(&id, &files),
            };
            if !changes.is_empty() {
                self.repairs.push(Repair { sentence: sentences.join(" "), changes });
            }
        }
    }

    /// A file that does not hold one object: ingestion makes files of its objects, or says what is wrong.
    fn back_to_the_inbox(&mut self, file: &Standing<'_>, misfit: &Misfit) {
        let (holds, so_that) = match misfit {
            Misfit::Documents(0) => ("holds no object.".to_owned(), "so that it is archived"),
            Misfit::Documents(count) => {
                (format!("holds {count} documents."), "so that each object gets its own file")
            }
            Misfit::Broken(error) => (
                format!("can't be read, at line {}: {}", error.line, error.message),
                "so that it is shown in the inbox with its problem",
            ),
        };
        let mut changes = Vec::new();
        let fate = self.move_to_raw(&mut changes, file, so_that);
        let sentence = format!("{} {holds} It {fate}.", self.shown(&file.path));
        self.repairs.push(Repair { sentence, changes });
    }

    /// The files of one object: one of them stays, or moves to where it belongs; the others go.
    fn hedgehog(&mut self, id: &ResourceId, home: &RepoPath, mut files: Vec<Object<'_>>) -> Needs {
        let wished = id.file_name();
        let is_home = |path: &RepoPath| path.below(home).is_some();
        files.sort_by_key(|object| {
            let path = &object.file.path;
            (path.file_name() != wished, !is_home(path), path)
        });
        let mut needs = Needs::default();
        if let Some((first, others)) = files.split_first() {
            if !is_home(&first.file.path) {
                self.bring_home(id, home, first.file, &mut needs);
            }
            self.duplicates(id, first, others, &mut needs);
        }
        needs
    }

    fn bring_home(&mut self, id: &ResourceId, home: &RepoPath, file: &Standing<'_>, needs: &mut Needs) {
        let to = self.free(|n| match n {
            1 => home.join(file.path.file_name()),
            n => home.join(&numbered(&id.file_name(), n - 1)),
        });
        needs.changes.push(FileChange::write(to.clone(), None, file.bytes.to_vec()));
        needs.changes.push(remove(file));
        needs.sentences.push(format!(
            "{} holds {id}, which belongs in {}/. It moves to {}.",
            self.shown(&file.path),
            self.shown(home),
            self.shown(&to)
        ));
    }

    /// Other files of the object that `first` holds: they go where they say the same, and else move to
    /// `unmanaged/` for a person to compare.
    fn duplicates(&mut self, id: &ResourceId, first: &Object<'_>, others: &[Object<'_>], needs: &mut Needs) {
        let file_name = id.file_name_with_kind();
        let stem = file_name.strip_suffix(".yaml").unwrap_or(&file_name);
        let name = format!("{stem}.duplicate.yaml");
        let unmanaged = self.layout.unmanaged();
        let here = self.shown(&first.file.path);
        let mut kept = vec![first];
        for other in others {
            let there = self.shown(&other.file.path);
            needs.sentences.push(if let Some(same) = kept.iter().find(|object| object.is_the_same(other)) {
                let same = self.shown(&same.file.path);
                format!("{there} holds the same {id} as {same}. It is removed.")
            } else {
                kept.push(other);
                let bytes = other.file.bytes;
                let (to, moved) =
                    self.keep(&mut needs.changes, bytes, |n| unmanaged.join(&numbered(&name, n)));
                let what = if first.content == other.content { "comments" } else { "contents" };
                let fate = self.fate(&to, moved);
                format!(
                    "{here} and {there} both hold {id}, with different {what}. The first counts; {there} \
                     {fate}. Compare the two."
                )
            });
            needs.changes.push(remove(other.file));
        }
    }

    /// The files of one object that is none of Hedgehog's: all of them go to `unmanaged/`, byte for byte.
    fn foreign(&mut self, id: &ResourceId, files: &[Object<'_>]) -> Needs {
        let name = id.file_name_with_kind();
        let unmanaged = self.layout.unmanaged();
        let mut needs = Needs::default();
        for Object { file, .. } in files {
            let (to, moved) =
                self.keep(&mut needs.changes, file.bytes, |n| unmanaged.join(&numbered(&name, n)));
            needs.changes.push(remove(file));
            needs.sentences.push(format!(
                "{} holds {id}, which is no Hedgehog object. It {}.",
                self.shown(&file.path),
                self.fate(&to, moved)
            ));
        }
        needs
    }
}

#[cfg(test)]
mod tests {
    use crate::fgd::repair::testing::{CONFIG, VPC, switch, told};

    #[test]
    fn an_object_moves_to_the_directory_of_its_kind() {
        let leaf = switch("leaf-01", "spine");
        assert_eq!(
            told(&[("managed/vpcs/x.yml", &leaf)]),
            [
                "managed/vpcs/x.yml holds Switch leaf-01, which belongs in managed/switches/. It moves to \
                 managed/switches/x.yml.",
                "+ managed/switches/x.yml",
                "- managed/vpcs/x.yml"
            ]
        );
        assert_eq!(
            told(&[("managed/x.yaml", &leaf)])[1..],
            ["+ managed/switches/x.yaml", "- managed/x.yaml"]
        );
        let other = switch("leaf-02", "spine");
        let third = switch("leaf-03", "spine");
        for (taken, to) in [
            (vec![("managed/switches/X.yaml", &other)], "leaf-01.yaml"),
            (
                vec![("managed/switches/x.yaml", &other), ("managed/switches/leaf-01.yaml", &third)],
                "leaf-01-2.yaml",
            ),
        ] {
            let mut files = vec![("managed/x.yaml", leaf.as_str())];
            files.extend(taken.iter().map(|(path, text)| (*path, text.as_str())));
            assert_eq!(told(&files)[1], format!("+ managed/switches/{to}"));
        }
        let profile =
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: SwitchProfile\nmetadata: {name: vs}\n";
        assert_eq!(told(&[("managed/x.yaml", profile)])[1], "+ managed/switchprofiles/x.yaml");
    }

    #[test]
    fn two_that_move_do_not_meet() {
        let (a, b) = (switch("leaf-01", "spine"), switch("leaf-02", "spine"));
        assert_eq!(
            told(&[("managed/a/x.yaml", &b), ("managed/b/x.yaml", &a)])
                .iter()
                .filter(|line| line.starts_with('+'))
                .collect::<Vec<_>>(),
            ["+ managed/switches/x.yaml", "+ managed/switches/leaf-02.yaml"],
        );
    }

    #[test]
    fn what_is_not_hedgehogs_moves_to_unmanaged() {
        assert_eq!(
            told(&[("managed/tests/x.yaml", CONFIG)]),
            [
                "managed/tests/x.yaml holds ConfigMap notes, which is no Hedgehog object. It moves to \
                 unmanaged/configmap-notes.yaml.",
                "+ unmanaged/configmap-notes.yaml",
                "- managed/tests/x.yaml"
            ]
        );
        let other = format!("{CONFIG}data: {{}}\n");
        assert_eq!(
            told(&[("managed/x.yaml", CONFIG), ("unmanaged/configmap-notes.yaml", &other)])[1..],
            ["+ unmanaged/configmap-notes-2.yaml", "- managed/x.yaml"]
        );
        assert_eq!(
            told(&[("managed/x.yaml", CONFIG), ("unmanaged/configmap-notes.yaml", CONFIG)]),
            [
                "managed/x.yaml holds ConfigMap notes, which is no Hedgehog object. It is removed, since \
                 unmanaged/configmap-notes.yaml is the same file.",
                "- managed/x.yaml"
            ]
        );
        assert_eq!(
            told(&[("managed/a.yaml", CONFIG), ("managed/b.yaml", &other), ("managed/c.yaml", CONFIG)])[1..],
            [
                "+ unmanaged/configmap-notes.yaml",
                "- managed/a.yaml",
                "+ unmanaged/configmap-notes-2.yaml",
                "- managed/b.yaml",
                "- managed/c.yaml"
            ],
            "one repair for one object"
        );
    }

    #[test]
    fn a_file_of_several_documents_goes_back_to_the_inbox() {
        let two = format!("{VPC}---\n{CONFIG}");
        assert_eq!(
            told(&[("managed/vpcs/two.yaml", &two), ("raw/two.yaml", VPC)]),
            [
                "managed/vpcs/two.yaml holds 2 documents. It moves to raw/two-2.yaml, so that each object \
                 gets its own file.",
                "+ raw/two-2.yaml",
                "- managed/vpcs/two.yaml"
            ]
        );
        assert_eq!(
            told(&[("managed/vpcs/none.yaml", "# later\n")])[0],
            "managed/vpcs/none.yaml holds no object. It moves to raw/none.yaml, so that it is archived."
        );
    }

    #[test]
    fn a_file_that_can_not_be_read_goes_back_to_the_inbox() {
        assert_eq!(
            told(&[("managed/vpcs/x.yaml", "apiVersion: v1\nkind: VPC\nmetadata: {name: Vpc_1}\n")]),
            [
                "managed/vpcs/x.yaml can't be read, at line 3: The name \"Vpc_1\" is not valid in \
                 Kubernetes. It moves to raw/x.yaml, so that it is shown in the inbox with its problem.",
                "+ raw/x.yaml",
                "- managed/vpcs/x.yaml"
            ]
        );
        assert_eq!(
            told(&[("managed/x.yaml", ": ["), ("raw/x.yaml", ": [")])[1..],
            ["- managed/x.yaml"],
            "it is there already"
        );
    }

    #[test]
    fn of_two_equal_files_the_rightly_named_stays() {
        let leaf = switch("leaf-01", "spine");
        let annotated =
            leaf.replace("spec:", "  annotations:\n    hnp.githedgehog.com/original-file: x.yaml\nspec:");
        assert_eq!(
            told(&[("managed/switches/a.yaml", &annotated), ("managed/switches/leaf-01.yaml", &leaf)]),
            [
                "managed/switches/a.yaml holds the same Switch leaf-01 as managed/switches/leaf-01.yaml. \
                 It is removed.",
                "- managed/switches/a.yaml"
            ]
        );
        for (files, gone) in [
            (["managed/switches/a.yaml", "managed/switches/b.yaml"], "managed/switches/b.yaml"),
            (["managed/a.yaml", "managed/switches/b.yaml"], "managed/a.yaml"),
            (["managed/leaf-01.yaml", "managed/switches/leaf-01.yaml"], "managed/leaf-01.yaml"),
        ] {
            assert_eq!(
                told(&files.map(|file| (file, leaf.as_str())))[1..],
                [format!("- {gone}")],
                "{files:?}"
            );
        }
    }

    #[test]
    fn of_two_different_files_one_moves_where_both_are_safe() {
        let (spine, leaf) = (switch("leaf-01", "spine"), switch("leaf-01", "server-leaf"));
        assert_eq!(
            told(&[("managed/switches/a.yaml", &spine), ("managed/switches/leaf-01.yaml", &leaf)]),
            [
                "managed/switches/leaf-01.yaml and managed/switches/a.yaml both hold Switch leaf-01, with \
                 different contents. The first counts; managed/switches/a.yaml moves to \
                 unmanaged/switch-leaf-01.duplicate.yaml. Compare the two.",
                "+ unmanaged/switch-leaf-01.duplicate.yaml",
                "- managed/switches/a.yaml"
            ]
        );
        let commented = format!("# rack 7\n{leaf}");
        let lines = told(&[
            ("managed/leaf-01.yaml", &leaf),
            ("managed/switches/a.yaml", &commented),
            ("managed/switches/b.yaml", &spine),
            ("managed/switches/c.yaml", &commented),
            ("unmanaged/switch-leaf-01.duplicate.yaml", VPC),
        ]);
        assert!(lines[0].contains("with different comments"), "{}", lines[0]);
        assert_eq!(
            lines[1..],
            [
                "+ managed/switches/leaf-01.yaml",
                "- managed/leaf-01.yaml",
                "+ unmanaged/switch-leaf-01.duplicate-2.yaml",
                "- managed/switches/a.yaml",
                "+ unmanaged/switch-leaf-01.duplicate-3.yaml",
                "- managed/switches/b.yaml",
                "- managed/switches/c.yaml"
            ]
        );
    }
}
