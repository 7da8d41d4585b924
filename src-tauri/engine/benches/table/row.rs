//! One line of the table for each who is beside the product.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::turns::{Ran, Sample};

/// A piece of work, and what everybody took for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What it is called in the JSON.
    pub(crate) id: String,
    pub(crate) work: String,
    /// What survives a power cut, on both sides; and where it was done.
    pub(crate) durability: String,
    /// How many processes wanted to run over the minute before.
    pub(crate) load_before: Option<f64>,
    pub(crate) ours: Ran,
    pub(crate) beside: Vec<Ran>,
    /// The least that it can take; its name is what that is.
    pub(crate) limit: Option<Ran>,
}

impl Row {
    /// From what ran in turns: the product first, then the others, and the limit last if there is one.
    pub(crate) fn new(
        id: &str,
        work: String,
        durability: String,
        mut ran: Vec<Ran>,
        limit: Option<String>,
    ) -> Self {
        let limit = limit.and_then(|name| Some(Ran { name, ..ran.pop()? }));
        let mut ours = ran.remove(0);
        let seconds = |ran: &Ran| ran.median().map(|median| median.as_secs_f64());
        let of = |one: Option<f64>, other: Option<f64>| Some(one? / other?);
        for other in &mut ran {
            other.ratio = of(seconds(other), seconds(&ours));
        }
        ours.ratio = of(seconds(&ours), limit.as_ref().and_then(seconds));
        Self { id: id.to_owned(), work, durability, load_before: None, ours, beside: ran, limit }
    }

    /// Its lines, ratio first.
    pub(crate) fn lines(&self) -> Vec<[String; 7]> {
        let ours = self.ours.sample.as_ref().map_or_else(String::new, told);
        let ours = format!("{}: {ours}", self.ours.name);
        let limit = self.limit.as_ref().and_then(|limit| Some((limit, limit.median()?, self.ours.ratio?)));
        let limit = limit.map_or_else(String::new, |(limit, took, times)| {
            format!("{}: {}; {}", limit.name, short(took), factor(times))
        });
        let line = |(place, other): (usize, &Ran)| {
            let (ratio, theirs) = match &other.sample {
                Some(sample) => (other.ratio.map_or_else(String::new, factor), told(sample)),
                None => (String::new(), "not installed".to_owned()),
            };
            // What holds for the whole row is said once.
            let once = |text: &str| if place == 0 { text.to_owned() } else { String::new() };
            [
                ratio,
                once(&self.work),
                once(&ours),
                format!("{}: {theirs}", other.name),
                once(&self.durability),
                Self::aimed(other),
                once(&limit),
            ]
        };
        self.beside.iter().enumerate().map(line).collect()
    }

    fn aimed(other: &Ran) -> String {
        match (other.aim, other.ratio) {
            (None, _) => String::new(),
            (Some(aim), None) => factor(aim),
            (Some(aim), Some(ratio)) if ratio >= aim => format!("{}, met", factor(aim)),
            (Some(aim), Some(_)) => format!("{}, missed", factor(aim)),
        }
    }
}

fn told(sample: &Sample) -> String {
    let (median, p95) = (short(sample.median()), short(sample.p95()));
    match sample.runs() {
        1 => format!("{median} (1 run)"),
        runs if runs < 10 => format!("{median}, {p95} ({runs} runs)"),
        _ => format!("{median}, {p95}"),
    }
}

fn factor(times: f64) -> String {
    match times {
        times if times < 10.0 => format!("{}×", trimmed(&format!("{times:.2}"))),
        times if times < 100.0 => format!("{}×", trimmed(&format!("{times:.1}"))),
        _ => format!("{times:.0}×"),
    }
}

fn trimmed(number: &str) -> &str {
    number.trim_end_matches('0').trim_end_matches('.')
}

/// A time with three digits.
pub(crate) fn short(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1e3;
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 100.0 => format!("{ms:.1} ms"),
        ms if ms < 1_000.0 => format!("{ms:.0} ms"),
        ms if ms < 100_000.0 => format!("{:.2} s", ms / 1e3),
        ms => format!("{:.0} s", ms / 1e3),
    }
}
