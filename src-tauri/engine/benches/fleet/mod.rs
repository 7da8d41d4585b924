//! Many fabrics that stand and are in step with their remotes, for benchmarks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fgd_engine::{Engine, OperationKind, Trigger};

const IPV4_NAMESPACE: &str = "apiVersion: vpc.githedgehog.com/v1beta1\nkind: IPv4Namespace\nmetadata:\n  \
    name: default\nspec:\n  subnets:\n  - 10.0.0.0/8\n";
const VLAN_NAMESPACE: &str = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: VLANNamespace\nmetadata:\n  \
    name: default\nspec:\n  ranges:\n  - from: 1000\n    to: 2999\n";

/// So many fabrics.
pub(crate) struct Fleet {
    pub(crate) repositories: usize,
    /// In each of them.
    pub(crate) fabrics: usize,
    /// In each of those.
    pub(crate) objects: usize,
}

impl Fleet {
    /// Makes the repositories and their remotes in `home`, and lists each fabric; the app's data directory.
    pub(crate) fn make(&self, home: &Path) -> PathBuf {
        let data = home.join("data");
        let runtime = tokio::runtime::Runtime::new().expect("runtime");
        let _inside = runtime.enter();
        let engine = Engine::open(&data, Arc::new(|_| {})).expect("engine");
        for repository in 0..self.repositories {
            let clone = self.repository(home, repository);
            for fabric in 0..self.fabrics {
                runtime.block_on(async {
                    let id = engine.fabric_at(clone.join(format!("fabric-{fabric}"))).await.expect("fabric");
                    for kind in [OperationKind::Onboard, OperationKind::Sync] {
                        engine.run(id.clone(), kind, Trigger::Command).await.expect("set up");
                    }
                    engine.list(id).await.expect("listed");
                });
            }
        }
        data
    }

    fn repository(&self, home: &Path, repository: usize) -> PathBuf {
        let (bare, clone) =
            (home.join(format!("{repository}.git")), home.join(format!("clone-{repository}")));
        git(home, &["init", "-q", "--bare", "-b", "main", &bare.display().to_string()]);
        git(home, &["clone", "-q", &bare.display().to_string(), &clone.display().to_string()]);
        for fabric in 0..self.fabrics {
            // What the objects refer to: a fabric that somebody runs has next to no findings.
            let managed = clone.join(format!("fabric-{fabric}/managed"));
            write(&managed.join("ipv4namespaces/default.yaml"), IPV4_NAMESPACE);
            write(&managed.join("vlannamespaces/default.yaml"), VLAN_NAMESPACE);
            for n in 0..self.objects / 2 {
                write(&managed.join(format!("servers/server-{n}.yaml")), &server(n));
                write(&managed.join(format!("vpcs/vpc-{n}.yaml")), &vpc(n));
            }
        }
        git(&clone, &["add", "-A"]);
        git(&clone, &["commit", "-qm", "Objects"]);
        git(&clone, &["push", "-q", "origin", "HEAD:main"]);
        clone
    }
}

impl std::fmt::Display for Fleet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} fabrics of {} objects", self.repositories * self.fabrics, self.objects)
    }
}

fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().expect("a directory")).expect("directory");
    std::fs::write(file, text).expect("written");
}

fn server(n: usize) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: server-{n}\nspec:\n  \
         description: rack {} unit {}\n",
        n / 40,
        n % 40
    )
}

fn vpc(n: usize) -> String {
    format!(
        "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: vpc-{n}\nspec:\n  \
         ipv4Namespace: default\n  vlanNamespace: default\n  subnets:\n    default:\n      \
         subnet: 10.{}.{}.0/24\n      vlan: {}\n",
        n / 250,
        n % 250,
        1000 + n
    )
}

fn git(at: &Path, words: &[&str]) {
    let status = Command::new("git")
        .arg("-C")
        .arg(at)
        .args(["-c", "user.name=Tess", "-c", "user.email=tess@example.org"])
        .args(words)
        .status()
        .expect("git runs");
    assert!(status.success(), "git {words:?}");
}
