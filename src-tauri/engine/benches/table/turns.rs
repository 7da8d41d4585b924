//! Contenders who do the same work in turns: A, B, C, then B, C, A, so that nobody is always the first.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Whose run took longer than that runs only [`SLOW_RUNS`] times, and once if it took longer than a minute.
const SLOW: Duration = Duration::from_secs(10);
const SLOW_RUNS: usize = 3;
const VERY_SLOW: Duration = Duration::from_secs(60);

/// Somebody who does the work: prepares untimed, works timed, is checked untimed.
pub(crate) struct Contender<'a> {
    /// Who it is and how it is asked to.
    pub(crate) name: String,
    /// How many times as long as the product it is to take.
    pub(crate) aim: Option<f64>,
    run: Box<dyn FnMut() -> Option<Duration> + 'a>,
    taken: Vec<Duration>,
    installed: bool,
}

impl<'a> Contender<'a> {
    /// `run` does the work once and says how long it took; none where a program for it is not installed.
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut() -> Option<Duration> + 'a) -> Self {
        Self { name: name.into(), aim: None, run: Box::new(run), taken: Vec::new(), installed: true }
    }

    /// The same with an aim.
    pub(crate) fn aim(self, times: f64) -> Self {
        Self { aim: Some(times), ..self }
    }

    fn wants_more(&self, runs: usize) -> bool {
        let longest = self.taken.iter().max().copied().unwrap_or_default();
        let runs = match longest {
            longest if longest > VERY_SLOW => 1,
            longest if longest > SLOW => runs.min(SLOW_RUNS),
            _ => runs,
        };
        self.installed && self.taken.len() < runs
    }
}

/// What a contender took, run for run, from the quickest to the slowest.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Runs", into = "Runs")]
pub(crate) struct Sample(Vec<Duration>);

/// The same in milliseconds, for a file.
#[derive(Serialize, Deserialize)]
struct Runs {
    #[serde(default)]
    median_ms: f64,
    #[serde(default)]
    p95_ms: f64,
    runs_ms: Vec<f64>,
}

impl From<Runs> for Sample {
    fn from(runs: Runs) -> Self {
        Self(runs.runs_ms.into_iter().map(|ms| Duration::from_secs_f64(ms / 1e3)).collect())
    }
}

impl From<Sample> for Runs {
    fn from(sample: Sample) -> Self {
        let ms = |took: Duration| (took.as_secs_f64() * 1e6).round() / 1e3;
        Self {
            median_ms: ms(sample.median()),
            p95_ms: ms(sample.p95()),
            runs_ms: sample.0.into_iter().map(ms).collect(),
        }
    }
}

impl Sample {
    /// The middle one; of an even number the mean of both in the middle.
    pub(crate) fn median(&self) -> Duration {
        let middle = self.0.len() / 2;
        match self.0.len() % 2 {
            0 => (self.0[middle - 1] + self.0[middle]) / 2,
            _ => self.0[middle],
        }
    }

    /// The 95th percentile by nearest rank: of ten runs the slowest.
    pub(crate) fn p95(&self) -> Duration {
        self.0[(self.0.len() * 95).div_ceil(100) - 1]
    }

    /// How often it ran.
    pub(crate) fn runs(&self) -> usize {
        self.0.len()
    }
}

/// A contender and what it took; no sample where it is not installed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ran {
    pub(crate) name: String,
    pub(crate) aim: Option<f64>,
    pub(crate) sample: Option<Sample>,
    /// How many times as long as the product it took, or as the limit in the product's own case.
    pub(crate) ratio: Option<f64>,
}

impl Ran {
    /// The median, where it ran.
    pub(crate) fn median(&self) -> Option<Duration> {
        self.sample.as_ref().map(Sample::median)
    }
}

/// Lets all of them work in turns, `runs` times each.
pub(crate) fn in_turns(runs: usize, mut contenders: Vec<Contender<'_>>) -> Vec<Ran> {
    let all = contenders.len();
    for round in 0..runs {
        for place in 0..all {
            let contender = &mut contenders[(round + place) % all];
            if !contender.wants_more(runs) {
                continue;
            }
            match (contender.run)() {
                Some(took) => contender.taken.push(took),
                None => contender.installed = false,
            }
        }
    }
    let ran = |mut contender: Contender<'_>| {
        contender.taken.sort();
        let sample = Some(contender.taken).filter(|taken| !taken.is_empty()).map(Sample);
        Ran { name: contender.name, aim: contender.aim, sample, ratio: None }
    };
    contenders.into_iter().map(ran).collect()
}

/// What `work` takes, by the wall clock.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}
