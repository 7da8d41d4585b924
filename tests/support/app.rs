//! The app's real window, driven as a person drives it: by names on buttons and labels on fields.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, Key, TypingData};

use super::app_binary;
use super::repositories::{with_own_folders, without_configuration};

/// How long a story waits for one thing to appear.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long one whole story in the window may take.
const WHOLE_STORY: Duration = Duration::from_secs(180);
const GLANCE: Duration = Duration::from_millis(25);
/// From control to control, once round the fullest screen.
const MANY_TABS: usize = 80;
/// WebKit's own driver, as Debian's webkit2gtk-driver installs it.
const NATIVE_DRIVER: &str = "/usr/bin/WebKitWebDriver";
/// The picture of a window in which something did not come.
const FAILED: &str = "failed.png";
/// The sizes in which every screen is kept: a laptop's, and the smallest that the app promises.
const SIZES: [(u32, u32); 2] = [(1280, 800), (900, 640)];

/// Tells a story in the window, for three minutes at most.
///
/// Where there is no window to be had (no display, not Linux), it says so and tells nothing; with
/// `FGD_REQUIRE_WINDOW=1` that is a failure.
pub(crate) fn tell(story: impl Future<Output = ()>) {
    tell_within(WHOLE_STORY, story);
}

/// The same for a story that takes its time.
pub(crate) fn tell_within(longest: Duration, story: impl Future<Output = ()>) {
    if let Some(reason) = no_window() {
        assert!(std::env::var_os("FGD_REQUIRE_WINDOW").is_none_or(|value| value != "1"), "{reason}");
        eprintln!("\n*** SKIPPED: no test in the real window: {reason} ***\n");
        return;
    }
    drop(std::fs::remove_file(screenshots().join(FAILED)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.expect("a runtime").block_on(async { tokio::time::timeout(longest, story).await });
    assert!(ended.is_ok(), "the story in the window took longer than {longest:?}");
}

fn no_window() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("WebKitWebDriver is there on Linux only".to_owned());
    }
    if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        return Some("there is no DISPLAY; `make e2e` brings its own".to_owned());
    }
    if !Path::new(NATIVE_DRIVER).exists() {
        return Some(format!("{NATIVE_DRIVER} is missing; `make e2e` installs it"));
    }
    tauri_driver().is_none().then(|| "tauri-driver is missing; `make e2e` installs it".to_owned())
}

fn tauri_driver() -> Option<PathBuf> {
    let tools = std::env::var_os("FGD_TOOLS").map(|tools| PathBuf::from(tools).join("bin"));
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = tools.into_iter().chain([ours]).chain(std::env::split_paths(&path));
    places.map(|place| place.join("tauri-driver")).find(|driver| driver.is_file())
}

/// Whether the desktop around the window is light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Light,
    Dark,
}

/// The app, with its window open.
pub(crate) struct App {
    // Before the driver: the session ends while there is still somebody to end it.
    window: WebDriver,
    _driver: Driver,
    home: PathBuf,
}

impl App {
    /// Opens the app over `home`, its data directory, and waits until it can be used.
    pub(crate) async fn start(home: &Path, look: Look) -> Self {
        std::fs::create_dir_all(home).expect("the data directory");
        // The driver's client has no cryptography of its own; a second test finds the first one's.
        drop(tokio_rustls::rustls::crypto::ring::default_provider().install_default());
        let driver = Driver::start(home, look).await;
        let mut wanted = Capabilities::new();
        let application = json!({ "application": app_binary(), "args": ["--home", home] });
        wanted.set("browserName", "wry").expect("a capability");
        wanted.set("tauri:options", application).expect("a capability");
        let window = WebDriver::builder(format!("http://127.0.0.1:{}", driver.port), wanted)
            .request_timeout(Duration::from_secs(30))
            .await
            .unwrap_or_else(|error| panic!("the window did not open: {error}\n{}", driver.log()));
        let app = Self { window, _driver: driver, home: home.to_owned() };
        app.resize(SIZES[0]).await;
        app.until("the first screen", async || {
            let screen = app.find("//*[self::main or self::nav][not(@aria-busy)]").await?;
            screen.is_displayed().await.ok()?.then_some(())
        })
        .await;
        app
    }

    /// Closes the window and ends the app.
    pub(crate) async fn close(self) {
        self.window.quit().await.expect("the window closes");
    }

    /// What the app has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.home.join("log/fgd-sync.log")).expect("the app's log")
    }

    /// Whether the page takes the desktop for a dark one.
    pub(crate) async fn is_dark(&self) -> bool {
        let script = "return matchMedia('(prefers-color-scheme: dark)').matches";
        let answer = self.window.execute(script, Vec::new()).await.expect("the page answers");
        answer.convert().expect("yes or no")
    }

    /// Begins to measure how long the page does not answer at a stretch.
    pub(crate) async fn measure_pauses(&self) {
        let script = "let last = performance.now(); window.longestPause = 0; setInterval(() => { \
                      const now = performance.now(); \
                      window.longestPause = Math.max(window.longestPause, now - last); last = now; }, 10)";
        self.window.execute(script, Vec::new()).await.expect("the page answers");
    }

    /// The longest time, in milliseconds, that the page did not answer since it is measured.
    pub(crate) async fn longest_pause(&self) -> u64 {
        let answer = self.window.execute("return Math.round(window.longestPause)", Vec::new()).await;
        answer.expect("the page answers").convert().expect("a number")
    }

    /// What a script says of the page; it calls its last argument with that.
    #[allow(dead_code, reason = "only the benchmark of the window measures")]
    pub(crate) async fn measured<T: DeserializeOwned>(&self, script: &str, with: Vec<Value>) -> T {
        let answer = self.window.execute_async(script, with).await;
        answer.expect("the page answers").convert().expect("what was measured")
    }

    /// Presses the button whose name begins like this, as soon as it can be pressed.
    pub(crate) async fn click(&self, name: &str) {
        let button = format!(
            "//button[starts-with(@aria-label, \"{name}\") or \
             (not(@aria-label) and starts-with(normalize-space(.), \"{name}\"))][not(@aria-disabled)]"
        );
        self.press(&button, &format!("the button “{name}”")).await;
    }

    /// Opens the row of a table that has this name in one of its cells.
    pub(crate) async fn open_row(&self, name: &str) {
        let row = format!("//*[@role = 'row'][*[@role = 'gridcell'][normalize-space(.) = \"{name}\"]]");
        self.press(&row, &format!("the row “{name}”")).await;
    }

    /// Waits until an editor of text has the focus.
    pub(crate) async fn wait_for_editor(&self) {
        self.until("an editor", async || {
            let script = "return document.activeElement.matches('[contenteditable]')";
            let answer = self.window.execute(script, Vec::new()).await.ok()?;
            answer.convert::<bool>().ok()?.then_some(())
        })
        .await;
    }

    /// Waits until the page takes the desktop for a dark one, or for a light one.
    pub(crate) async fn wait_for_dark(&self, dark: bool) {
        self.until("the theme", async || (self.is_dark().await == dark).then_some(())).await;
    }

    /// Waits until the page is this many of its own pixels wide.
    pub(crate) async fn wait_for_width(&self, width: u64) {
        self.until(&format!("a page {width} wide"), async || {
            let answer = self
                .window
                .execute("return document.getElementById('app').clientWidth", Vec::new())
                .await
                .ok()?;
            (answer.convert::<u64>().ok()?.abs_diff(width) <= 1).then_some(())
        })
        .await;
    }

    /// Chooses one of several, by what its label begins with.
    pub(crate) async fn choose(&self, label: &str) {
        let choice = format!("//label[starts-with(normalize-space(.), \"{label}\")][input/@type = 'radio']");
        self.press(&choice, &format!("the choice “{label}”")).await;
    }

    /// Types into the field with this label, in place of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = format!("//input[@id = //label[normalize-space(.) = \"{label}\"]/@for]");
        let what = format!("the field “{label}”");
        self.until(&what, async || {
            let field = self.find(&field).await?;
            // As a person does it: a field that is set from outside would not tell the page.
            field.send_keys(Key::Control + "a").await.ok()?;
            field.send_keys(Key::Backspace + text).await.ok()?;
            (field.prop("value").await.ok()?.as_deref() == Some(text)).then_some(())
        })
        .await;
    }

    /// Presses keys where the focus is, as a person does who has no mouse.
    pub(crate) async fn type_keys(&self, keys: impl Into<TypingData>) {
        let focused = self.window.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("keys arrive");
    }

    /// Goes from control to control by Tab until the one whose name begins like this has the focus.
    pub(crate) async fn tab_to(&self, name: &str) {
        let said = "const at = document.activeElement; \
                    return [at.ariaLabel, at.labels?.[0]?.innerText, at.innerText].find((name) => name) ?? ''";
        let mut passed = Vec::new();
        for _ in 0..MANY_TABS {
            let focused = self.window.execute(said, Vec::new()).await.expect("the page answers");
            let focused: String = focused.convert().expect("a name");
            if focused.trim().starts_with(name) {
                return;
            }
            passed.push(focused);
            self.type_keys(Key::Tab).await;
        }
        panic!("“{name}” can't be reached by Tab; there was {passed:?}");
    }

    /// Waits until the window says this somewhere.
    pub(crate) async fn wait_for_text(&self, text: &str) {
        let what = format!("the text “{text}”");
        self.until(&what, async || self.text().await?.contains(text).then_some(())).await;
    }

    /// Waits until the selected fabric's status is this one: the state's name, such as `inSync`.
    pub(crate) async fn wait_for_status(&self, state: &str) {
        let status = format!("//*[@data-testid = 'status'][@data-state = '{state}']");
        self.until(&format!("the status {state}"), async || self.find(&status).await.map(drop)).await;
    }

    /// Waits until a run under way shows something else than `before`; what it shows.
    pub(crate) async fn wait_for_progress(&self, before: &str) -> String {
        self.until("progress", async || {
            self.text_of_testid("progress")
                .await
                .filter(|progress| !progress.is_empty() && progress != before)
        })
        .await
    }

    /// Waits until the last run's sentence says this; the whole of what stands there.
    pub(crate) async fn wait_for_summary(&self, text: &str) -> String {
        self.until(&format!("a run that ends with “{text}”"), async || {
            self.text_of_testid("summary").await.filter(|summary| summary.contains(text))
        })
        .await
    }

    /// What stands in a part of the window now; none while it is not there.
    pub(crate) async fn text_of_testid(&self, id: &str) -> Option<String> {
        self.said_at(&format!("//*[@data-testid = '{id}']")).await
    }

    /// What a screen reader would say of the step of a run that is shown: "Parse: done, …".
    pub(crate) async fn step(&self, name: &str) -> Option<String> {
        let step = format!("//ol/li[.//*[starts-with(normalize-space(.), \"{name}\")]]");
        self.find(&step).await?.prop("textContent").await.ok().flatten()
    }

    /// All that the window says now.
    pub(crate) async fn text(&self) -> Option<String> {
        self.said_at("//body").await
    }

    /// Keeps the screen as a picture, in both sizes, with nothing under the pointer.
    pub(crate) async fn screenshots(&self, name: &str) {
        // Its tooltip would hide what the picture is about. Two steps: one to where it is believed to be
        // already would be none.
        let away = self.window.action_chain().move_to(9, 9).move_to(1, 1);
        away.perform().await.expect("the pointer moves");
        for size in SIZES.into_iter().rev() {
            self.resize(size).await;
            self.screenshot(&format!("{name}-{}x{}.png", size.0, size.1)).await.expect("a screenshot");
        }
    }

    /// Keeps the window as it is now.
    async fn screenshot(&self, file: &str) -> WebDriverResult<()> {
        let picture = self.window.screenshot_as_png().await?;
        std::fs::create_dir_all(screenshots()).expect("the folder of the screenshots");
        std::fs::write(screenshots().join(file), picture).expect("a screenshot");
        Ok(())
    }

    async fn resize(&self, (width, height): (u32, u32)) {
        self.window.set_window_rect(0, 0, width, height).await.expect("the window's size");
        // The page is laid out anew in its own time.
        tokio::time::sleep(Duration::from_millis(150)).await;
    }

    /// The text of an element, also of what is cut short for want of room: WebDriver's own way leaves that out.
    async fn said_at(&self, path: &str) -> Option<String> {
        self.find(path).await?.prop("innerText").await.ok().flatten()
    }

    async fn press(&self, path: &str, what: &str) {
        self.until(what, async || self.find(path).await?.click().await.ok()).await;
    }

    /// What is at the path: in the dialog, where one is open, since the rest can't be reached then.
    async fn find(&self, path: &str) -> Option<WebElement> {
        let all = self.window.find_all(By::XPath("//dialog[@open]")).await.ok()?;
        let inside = if all.is_empty() || !path.starts_with("//button") { "" } else { "//dialog[@open]" };
        self.window.find(By::XPath(format!("{inside}{path}"))).await.ok()
    }

    /// Looks again and again until there is something to see. When there is not, the test fails with what
    /// the window shows instead.
    async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(GLANCE).await;
        }
        let kept = match self.screenshot(FAILED).await {
            Ok(()) => format!("see {}", screenshots().join(FAILED).display()),
            Err(error) => format!("and the window answers no more: {error}"),
        };
        let text = self.text().await.unwrap_or_default();
        panic!(
            "{what} did not come within {PATIENCE:?}, {kept}. It says:\n{text}\n\nThe log:\n{}",
            self.log()
        );
    }
}

/// tauri-driver, and WebKitWebDriver behind it. Dropping it ends both.
struct Driver {
    process: Child,
    port: u16,
    log: PathBuf,
}

impl Driver {
    async fn start(home: &Path, look: Look) -> Self {
        let (port, native_port) = free_ports();
        // A file, not a pipe: a pipe that nobody reads would hold the app one day.
        let log = home.join("tauri-driver.log");
        let output = File::create(&log).expect("the driver's log");
        let mut command = Command::new(tauri_driver().expect("tauri-driver was looked for"));
        command
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .args(["--native-driver", NATIVE_DRIVER])
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a handle of the log"))
            .stderr(output);
        // A person of its own: neither the settings nor the keychain of whoever runs the tests.
        without_configuration(&mut command);
        command
            .env("HOME", home)
            .env("GTK_THEME", if look == Look::Dark { "Adwaita:dark" } else { "Adwaita" });
        with_own_folders(&mut command, home);
        let process = command.spawn().expect("tauri-driver starts");
        let driver = Self { process, port, log };
        let began = Instant::now();
        while ![port, native_port].into_iter().all(answers) {
            assert!(began.elapsed() < PATIENCE, "the drivers did not come up:\n{}", driver.log());
            tokio::time::sleep(GLANCE).await;
        }
        driver
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked to end, it ends WebKitWebDriver too; killed, it would leave it behind.
        let asked = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let began = Instant::now();
        while asked.as_ref().is_ok_and(|status| status.success()) && began.elapsed() < Duration::from_secs(5)
        {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(GLANCE);
        }
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Two ports that nobody uses. Both are held until both are known, so that they are two.
fn free_ports() -> (u16, u16) {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let (one, other) = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("its port").port();
    (port(&one), port(&other))
}

fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), Duration::from_millis(200)).is_ok()
}

/// `target/screenshots`, beside what the build makes.
fn screenshots() -> PathBuf {
    app_binary().ancestors().nth(2).expect("the target directory").join("screenshots")
}
