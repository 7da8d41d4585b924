//! The numbers for Prometheus, in its text format.

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

use super::tally::{Runs, word};
use crate::id::{FabricId, Timestamp};
use crate::view::StatusState;

/// The content type of the format.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is measured of a fabric.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FabricMetrics {
    /// The fabric.
    pub(crate) id: FabricId,
    /// Its name, which another one may have too.
    pub(crate) name: String,
    /// How it stands.
    pub(crate) state: StatusState,
    /// Commits here that the remote lacks, where that is known.
    pub(crate) ahead: Option<u32>,
    /// Commits there that are not here, where that is known.
    pub(crate) behind: Option<u32>,
    /// What both sides changed and nobody settled.
    pub(crate) conflicts: u32,
    /// Files that wait in the inbox.
    pub(crate) inbox_files: u32,
    /// When the remote last answered.
    pub(crate) last_contact: Option<Timestamp>,
    /// Its runs.
    pub(crate) runs: Runs,
    /// Whether its worker can take work.
    pub(crate) alive: bool,
}

/// What became of a webhook's delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    Push,
    Ping,
    Ignored,
    Repeated,
    Refused,
    Malformed,
    TooLarge,
    TooSlow,
    Overloaded,
}

impl Received {
    const ALL: [Self; 9] = [
        Self::Push,
        Self::Ping,
        Self::Ignored,
        Self::Repeated,
        Self::Refused,
        Self::Malformed,
        Self::TooLarge,
        Self::TooSlow,
        Self::Overloaded,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Ping => "ping",
            Self::Ignored => "ignored",
            Self::Repeated => "repeated",
            Self::Refused => "refused",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Overloaded => "overloaded",
        }
    }
}

/// How many deliveries came, by what became of them.
#[derive(Default)]
pub(super) struct Deliveries([AtomicU64; Received::ALL.len()]);

impl Deliveries {
    pub(super) fn count(&self, what: Received) {
        self.0[what as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// All the numbers. What is not known of a fabric is left out, and not made zero.
pub(super) fn render(fabrics: &[FabricMetrics], deliveries: &Deliveries) -> String {
    let mut page = Page(String::new());
    page.family("fgd_build_info", "gauge", "The version that runs.");
    page.sample("fgd_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    page.family("fgd_fabrics", "gauge", "Fabrics that are looked after.");
    page.sample("fgd_fabrics", &[], fabrics.len());

    page.family("fgd_fabric_status", "gauge", "1 for the state that the fabric is in.");
    for fabric in fabrics {
        let state = word(&fabric.state);
        let [name, id] = fabric.labels();
        page.sample("fgd_fabric_status", &[name, id, ("state", &state)], 1);
    }
    page.gauge(fabrics, "fgd_fabric_up", "Whether the fabric's worker can take work.", |fabric| {
        Some(u8::from(fabric.alive))
    });
    page.gauge(fabrics, "fgd_fabric_ahead", "Commits here that the remote lacks.", |fabric| fabric.ahead);
    page.gauge(fabrics, "fgd_fabric_behind", "Commits on the remote that are not here.", |fabric| {
        fabric.behind
    });
    page.gauge(fabrics, "fgd_fabric_conflicts", "Conflicts that nobody has settled.", |fabric| {
        Some(fabric.conflicts)
    });
    page.gauge(fabrics, "fgd_fabric_inbox_files", "Files that wait in raw/.", |fabric| {
        Some(fabric.inbox_files)
    });
    page.gauge(
        fabrics,
        "fgd_last_contact_timestamp_seconds",
        "When the remote last answered, in seconds since 1970.",
        |fabric| fabric.last_contact.map(|time| Seconds(time.as_millis())),
    );

    page.family("fgd_operations_total", "counter", "Operations that ended, by what came of them.");
    for fabric in fabrics {
        let [name, id] = fabric.labels();
        for ((kind, outcome), count) in &fabric.runs.ended {
            page.sample("fgd_operations_total", &[name, id, ("kind", kind), ("outcome", outcome)], count);
        }
    }
    page.family("fgd_operation_duration_seconds", "summary", "How long operations took.");
    for fabric in fabrics {
        let [name, id] = fabric.labels();
        for (kind, (count, seconds)) in &fabric.runs.took {
            let labels = [name, id, ("kind", kind.as_str())];
            page.sample("fgd_operation_duration_seconds_sum", &labels, seconds);
            page.sample("fgd_operation_duration_seconds_count", &labels, count);
        }
    }

    page.family("fgd_webhook_deliveries_total", "counter", "Webhook deliveries, by what became of them.");
    for (result, count) in Received::ALL.iter().zip(&deliveries.0) {
        let labels = [("result", result.word())];
        page.sample("fgd_webhook_deliveries_total", &labels, count.load(Ordering::Relaxed));
    }
    page.0
}

impl FabricMetrics {
    /// A name alone would not do: two series must not be called the same.
    fn labels(&self) -> [(&str, &str); 2] {
        [("fabric", &self.name), ("id", self.id.as_str())]
    }
}

/// Milliseconds, shown as seconds without a rounding.
struct Seconds(i64);

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:03}", self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000)
    }
}

/// The page that grows.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.0.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn gauge<N: Display>(
        &mut self,
        fabrics: &[FabricMetrics],
        name: &str,
        help: &str,
        value: impl Fn(&FabricMetrics) -> Option<N>,
    ) {
        self.family(name, "gauge", help);
        for fabric in fabrics {
            if let Some(value) = value(fabric) {
                self.sample(name, &fabric.labels(), value);
            }
        }
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (index, (label, text)) in labels.iter().enumerate() {
            self.0.push(if index == 0 { '{' } else { ',' });
            self.0.push_str(&format!("{label}=\""));
            for c in text.chars() {
                match c {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    c => self.0.push(c),
                }
            }
            self.0.push('"');
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        self.0.push_str(&format!(" {value}\n"));
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// A fabric of which everything is known.
    pub(in crate::listener) fn fabric(name: &str) -> FabricMetrics {
        FabricMetrics {
            id: FabricId::from_stored(format!("id-of-{name}")),
            name: name.to_owned(),
            state: StatusState::InSync,
            ahead: Some(1),
            behind: Some(2),
            conflicts: 3,
            inbox_files: 4,
            last_contact: Some(Timestamp::from_millis(1_700_000_000_050)),
            runs: Runs::default(),
            alive: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::fabric;
    use super::*;

    #[test]
    fn a_page_is_what_prometheus_reads() {
        let mut lab = fabric("lab");
        lab.runs.ended.insert(("sync".into(), "done".into()), 7);
        lab.runs.took.insert("sync".into(), (7, 3.5));
        let mut new = fabric("a \"new\"\\one\nü");
        (new.state, new.ahead, new.behind, new.last_contact) = (StatusState::Unknown, None, None, None);
        new.alive = false;
        let deliveries = Deliveries::default();
        deliveries.count(Received::Push);
        deliveries.count(Received::Overloaded);

        let page = render(&[lab, new], &deliveries);

        let new = r#"{fabric="a \"new\"\\one\nü",id="id-of-a \"new\"\\one\nü"#;
        for line in [
            "fgd_fabrics 2",
            "fgd_fabric_status{fabric=\"lab\",id=\"id-of-lab\",state=\"inSync\"} 1",
            &format!("fgd_fabric_status{new}\",state=\"unknown\"}} 1"),
            "fgd_fabric_up{fabric=\"lab\",id=\"id-of-lab\"} 1",
            &format!("fgd_fabric_up{new}\"}} 0"),
            "fgd_fabric_ahead{fabric=\"lab\",id=\"id-of-lab\"} 1",
            "fgd_fabric_behind{fabric=\"lab\",id=\"id-of-lab\"} 2",
            "fgd_fabric_conflicts{fabric=\"lab\",id=\"id-of-lab\"} 3",
            "fgd_fabric_inbox_files{fabric=\"lab\",id=\"id-of-lab\"} 4",
            "fgd_last_contact_timestamp_seconds{fabric=\"lab\",id=\"id-of-lab\"} 1700000000.050",
            "fgd_operations_total{fabric=\"lab\",id=\"id-of-lab\",kind=\"sync\",outcome=\"done\"} 7",
            "fgd_operation_duration_seconds_sum{fabric=\"lab\",id=\"id-of-lab\",kind=\"sync\"} 3.5",
            "fgd_operation_duration_seconds_count{fabric=\"lab\",id=\"id-of-lab\",kind=\"sync\"} 7",
            "fgd_webhook_deliveries_total{result=\"push\"} 1",
            "fgd_webhook_deliveries_total{result=\"overloaded\"} 1",
            "fgd_webhook_deliveries_total{result=\"refused\"} 0",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
        for unknown in ["fgd_fabric_ahead", "fgd_fabric_behind", "fgd_last_contact_timestamp_seconds"] {
            assert!(!page.contains(&format!("{unknown}{new}")), "{page}");
        }
    }

    #[test]
    fn every_sample_stands_below_the_head_of_its_family() {
        let mut lab = fabric("lab");
        lab.runs.ended.insert(("sync".into(), "done".into()), 7);
        lab.runs.took.insert("sync".into(), (7, 3.5));
        let page =
            render(&[lab.clone(), FabricMetrics { id: FabricId::random(), ..lab }], &Deliveries::default());
        let (mut family, mut families) = (String::new(), std::collections::HashSet::new());
        let mut seen = std::collections::HashSet::new();
        for line in page.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                family = help.split(' ').next().expect("a name").to_owned();
                assert!(families.insert(family.clone()), "{family} comes once");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                assert!(kind.starts_with(&format!("{family} ")), "{line}");
            } else {
                let (series, value) = line.rsplit_once(' ').expect(line);
                assert!(series.starts_with(&family), "{line} below {family}");
                assert!(value.parse::<f64>().is_ok(), "{line}");
                assert!(seen.insert(series.to_owned()), "{series} comes once");
            }
        }
        assert!(page.ends_with('\n'));
    }
}
