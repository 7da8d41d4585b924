//! How the window feels with much in it: how soon a search is painted, how smoothly its rows scroll, and how long
//! the page stands still while a large drop is taken in.
//!
//! `make bench` prints it, of the app itself in a real window. A frame counts as dropped where the next came later
//! than one and a half times its due.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![cfg(target_os = "linux")]

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

#[path = "../../src-tauri/engine/benches/fleet/mod.rs"]
mod fleet;
#[allow(dead_code, reason = "the stories use more of it")]
#[path = "../support/mod.rs"]
mod support;

use fleet::Fleet;
use serde_json::json;
use support::app::{App, Look, tell};
use thirtyfour::Key;

const MANY: Fleet = Fleet { repositories: 1, fabrics: 1, objects: 100_000 };
const FEW: Fleet = Fleet { repositories: 1, fabrics: 1, objects: 2 };
const TEXTS: [&str; 4] = ["server-4", "vpc 77", "kind:VPC 123", "nothing-like-it"];
const DROPPED_DOCUMENTS: usize = 10_000;

/// Types a text letter by letter into the search, each as soon as the rows of the one before are painted, and says
/// how long each took from the letter to the paint.
const TYPED: &str = r#"
const [text, done] = arguments;
const field = document.querySelector("input[type=search][aria-label='Search the objects']");
const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
const type = (value) => {
  setValue.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const painted = () => new Promise((yes) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = yes;
  port2.postMessage(null);
}));
// The table says that it shows the answer to an older search, then that it does not; it is gone where nothing is
// found.
const answered = () => new Promise((yes, no) => {
  let asked = false;
  const observer = new MutationObserver(() => {
    const behind = document.querySelector("[role=grid]")?.getAttribute("aria-busy") === "true";
    asked ||= behind;
    if (!asked || behind) return;
    observer.disconnect();
    yes();
  });
  observer.observe(document.body, {
    attributeFilter: ["aria-busy"], attributes: true, childList: true, subtree: true,
  });
  setTimeout(() => no(new Error("no answer")), 5_000);
});
(async () => {
  const took = [];
  for (let length = 1; length <= text.length; length++) {
    const began = performance.now();
    const answer = answered();
    type(text.slice(0, length));
    await answer;
    await painted();
    took.push(performance.now() - began);
    await new Promise((later) => setTimeout(later, 60));
  }
  const cleared = answered();
  type("");
  await cleared;
  return took;
})().then(done, (error) => done(String(error)));
"#;

/// Scrolls by so many pixels a frame, for so many frames, and says how long each frame took, and in how many of
/// them a row in view was not there yet.
const SCROLLED: &str = r#"
const [step, frames] = arguments;
const done = arguments[arguments.length - 1];
const grid = document.querySelector("[role=grid]");
const gaps = [];
let missing = 0;
let last = null;
const next = (time) => {
  if (last !== null) gaps.push(time - last);
  last = time;
  if (grid.querySelector(".waits")) missing++;
  if (gaps.length === frames) return done({ gaps, missing });
  grid.scrollTop += step;
  requestAnimationFrame(next);
};
grid.scrollTop = 0;
requestAnimationFrame(next);
"#;

#[derive(Deserialize)]
struct Scrolled {
    gaps: Vec<f64>,
    missing: usize,
}

fn main() {
    let machine = tempfile::tempdir().expect("a directory");
    let many = MANY.make(&machine.path().join("many"));
    tell(searching_and_scrolling(&many));
    let home = machine.path().join("few");
    let few = FEW.make(&home);
    tell(taking_in(&few, &home.join("clone-0/fabric-0/raw")));
}

async fn searching_and_scrolling(home: &Path) {
    let app = App::start(home, Look::Light).await;
    app.wait_for_status("inSync").await;
    app.type_keys(Key::Control + "3").await;
    app.wait_for_text("server-0").await;
    println!("{MANY}");
    // What the app does right after its start is what `start` measures.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut took: Vec<f64> = Vec::new();
    for text in TEXTS {
        took.append(&mut app.measured(TYPED, vec![json!(text)]).await);
    }
    println!("  a letter of a search to painted rows   {}", spread(took));
    // The first row is what the machine drops by itself.
    for (what, step) in
        [("not at all", 0), ("wheel", 40), ("wheel, fast", 120), ("fling", 1_500), ("bar dragged", 12_000)]
    {
        let scrolled: Scrolled = app.measured(SCROLLED, vec![json!(step), json!(300)]).await;
        println!("  scrolled, {what:<12}{}", frames(&scrolled));
    }
    app.close().await;
}

async fn taking_in(home: &Path, inbox: &Path) {
    let app = App::start(home, Look::Light).await;
    app.wait_for_status("inSync").await;
    app.measure_pauses().await;
    let documents = (0..DROPPED_DOCUMENTS).fold(String::new(), |mut text, n| {
        let (head, spec) = ("apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server", "description: rack");
        writeln!(text, "---\n{head}\nmetadata:\n  name: new-{n}\nspec:\n  {spec} {n}").expect("text");
        text
    });
    std::fs::write(inbox.join("hall.yaml"), documents).expect("dropped");
    app.wait_for_summary(&format!("{DROPPED_DOCUMENTS} objects created")).await;
    app.wait_for_status("inSync").await;
    let longest = app.longest_pause().await;
    println!(
        "a drop of {DROPPED_DOCUMENTS} documents, until pushed\n  longest pause of the page   {longest} ms"
    );
    app.close().await;
}

fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    format!("{:.0} ms median, {:.0} ms p95, {:.0} ms at most, of {}", at(50), at(95), at(100), times.len())
}

fn frames(Scrolled { gaps, missing }: &Scrolled) -> String {
    let mut sorted = gaps.clone();
    sorted.sort_by(f64::total_cmp);
    let due = sorted[sorted.len() / 2];
    let dropped = gaps.iter().filter(|gap| **gap > due * 1.5).count();
    format!(
        "{dropped} of {} frames dropped ({due:.1} ms a frame, {:.0} ms at most), rows still on their way in {missing}",
        gaps.len(),
        sorted[sorted.len() - 1]
    )
}
