//! The window itself: the real application in the real webview, driven from the first page to the saved report, in a network namespace
//! in which nothing but loopback is up, so that nothing can leave. Pictures of every screen are left in `target/screenshots`.
//!
//! `DEMARC_DESKTOP_BIN` is the application, by default the one built beside these tests.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::lab::namespace::{self, Namespaces};

/// Longest wait for anything the window should show.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often the window is looked at while something is awaited.
const GLANCE: Duration = Duration::from_millis(50);
/// More questions than any visit asks.
const MOST_QUESTIONS: u32 = 10;
/// Tells everything that WCAG 2.2 AA forbids on the page.
const AUDIT: &str = r#"
    const done = arguments[arguments.length - 1];
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    axe.run(document, { runOnly: tags }).then(
        ({ passes, violations }) => done(passes.length < 10 ? ["hardly anything was audited"] : violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`)),
        (error) => done([String(error)]),
    );
"#;
/// Port of the driver; free, since the namespace is this test's own.
const PORT: u16 = 4444;
/// The one namespace of a test.
const ROOM: &str = "window";

#[rstest]
#[case::light("light", "Adwaita")]
#[case::dark("dark", "Adwaita:dark")]
fn a_whole_visit_from_the_first_page_to_the_saved_report(#[case] scheme: &'static str, #[case] theme: &str) {
    let Some(room) = Room::open(theme) else { return };
    room.drive(async |client| {
        let window = Window { client, scheme };
        assert_eq!(window.client.title().await.unwrap(), "Demarc");
        window.find("[data-action=start]").await;
        window.still("1-welcome").await;

        window.find("footer select").await.select_by_value("weak-wifi").await.unwrap();
        window.click(".profile input[value=quick]").await;
        window.click("[data-action=simulate]").await;
        window.follow_to_the_result().await;
        assert_eq!(window.find("[data-party]").await.attr("data-party").await.unwrap().as_deref(), Some("home"));
        assert_eq!(window.find("[data-part=home-link]").await.attr("data-state").await.unwrap().as_deref(), Some("fault"));
        window.still("4-verdict").await;

        for step in ["device", "wiring", "wifi", "router", "path"] {
            window.click(&format!("nav [data-page={step}]")).await;
            window.find(&format!(".page[data-page={step}] h1")).await;
            window.still(&format!("5-step-{step}")).await;
        }
        window.click("[data-check=path] button").await;
        window.find("[data-check=path] [data-chart=latency] path.line").await;
        window.still("6-check-open").await;
        window.click("[data-check=path] [data-chart=latency] summary").await;
        window.click("[data-check=path] .panel > details > summary").await;
        window.client.execute("document.querySelector('[data-chart=latency]').scrollIntoView()", Vec::new()).await.unwrap();
        window.still("6-check-chart").await;

        window.click("nav [data-page=report]").await;
        window.click("[data-action=save]").await;
        let saved = PathBuf::from(window.find("[role=status] .path").await.text().await.unwrap());
        window.still("7-report").await;
        assert_eq!(saved.parent(), Some(room.folder.path()));
        let report = fs::read(&saved).unwrap();
        assert!(report.starts_with(b"%PDF-") && report.trim_ascii_end().ends_with(b"%%EOF"), "{} is not a whole PDF", saved.display());
    });
}

#[rstest]
#[case::light("light", "Adwaita")]
#[case::dark("dark", "Adwaita:dark")]
fn a_visit_is_stopped_taken_up_again_and_ended_undecided(#[case] scheme: &'static str, #[case] theme: &str) {
    let Some(room) = Room::open(theme) else { return };
    room.drive(async |client| {
        let window = Window { client, scheme };
        window.find("footer select").await.select_by_value("access-loss").await.unwrap();
        // By keyboard alone: the start is reached and pressed without a pointer.
        let start = window.find("[data-action=simulate]").await;
        start.send_keys("\u{e007}").await.unwrap();
        window.click("[data-action=cancel]").await;
        window.find("[data-action=resume]").await;
        window.still("8-stopped").await;
        window.click("[data-action=resume]").await;
        window.click("[data-action=cancel]").await;
        window.click("[data-action=conclude]").await;
        window.find(".page[data-page=result] h1").await;
        window.still("9-ended-early").await;
        assert!(window.client.find_all(Locator::Css("[data-action=decide]")).await.unwrap().len() == 1, "a visit ended early is undecided");
    });
}

#[test]
fn without_a_network_the_visit_says_so() {
    let Some(room) = Room::open("Adwaita") else { return };
    room.drive(async |client| {
        let window = Window { client, scheme: "light" };
        window.click(".profile input[value=quick]").await;
        // The real network: in this namespace there is none.
        window.click("[data-action=start]").await;
        let mut asked = 0;
        while !window.shows("[data-action=report]").await {
            let element = window.find("[data-question], [data-action=report]").await;
            if element.attr("data-question").await.is_ok_and(|question| question.is_some()) {
                asked += 1;
                assert!(asked <= MOST_QUESTIONS, "more questions than a visit has");
                element.find(Locator::Css("[data-option=continue], [data-option=yes]")).await.unwrap().click().await.unwrap();
                window.gone(&element).await;
            }
        }
        window.still("10-no-network").await;
        assert_eq!(window.find("[data-party]").await.attr("data-party").await.unwrap().as_deref(), Some("home"));
    });
}

/// The window as a person meets it: what is looked for appears, sooner or later.
struct Window {
    client: Client,
    scheme: &'static str,
}

impl Window {
    async fn shows(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    async fn find(&self, css: &str) -> Element {
        let until = Instant::now() + PATIENCE;
        loop {
            // A page may be drawn anew in the middle of looking: that is no answer.
            match self.client.find(Locator::Css(css)).await {
                Ok(element) => return element,
                Err(error) if Instant::now() > until => {
                    self.picture("failed").await;
                    panic!("{css} did not appear: {error}; see target/screenshots/failed-{}.png", self.scheme)
                }
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        }
    }

    /// Clicks what appears. A page may be drawn anew between finding and clicking; then it is found again.
    async fn click(&self, css: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.find(css).await.click().await {
                Ok(()) => return,
                Err(error) => assert!(Instant::now() < until, "{css} cannot be clicked: {error}"),
            }
        }
    }

    async fn gone(&self, element: &Element) {
        let until = Instant::now() + PATIENCE;
        while element.is_displayed().await.is_ok_and(|displayed| displayed) {
            assert!(Instant::now() < until, "an answered question stays on the page");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Goes on with every question until the verdict is there; on the way everything that moves is seen once.
    async fn follow_to_the_result(&self) {
        let mut asked = 0;
        let mut unseen = vec![
            ("2-live-router", "[data-page=router] [data-chart=latency]"),
            ("2-live-path", "[data-page=path] [data-check=path] [data-chart=latency] path.service"),
            ("2-live-load", "[data-page=path] [data-check=loaded-latency] [data-chart=rate] path.line"),
        ];
        loop {
            let news = unseen.iter().fold("[data-question], [data-action=report]".to_owned(), |news, (_, css)| format!("{news}, {css}"));
            let element = self.find(&news).await;
            let is = async |name: &str| element.attr(name).await.is_ok_and(|value| value.is_some());
            if is("data-question").await {
                asked += 1;
                assert!(asked <= MOST_QUESTIONS, "more questions than a visit has");
                self.still(&format!("3-question-{asked}")).await;
                let go_on = element.find(Locator::Css("[data-option=continue], [data-option=yes]")).await.unwrap();
                go_on.click().await.unwrap();
                self.gone(&element).await;
            } else if is("data-action").await {
                assert!(unseen.is_empty(), "never shown: {unseen:?}");
                return;
            } else {
                for (name, css) in std::mem::take(&mut unseen) {
                    if self.shows(css).await {
                        self.picture(name).await;
                    } else {
                        unseen.push((name, css));
                    }
                }
            }
        }
    }

    /// A picture of a page that stands still, and what an accessibility audit of it finds with its real colours and sizes.
    async fn still(&self, name: &str) {
        self.picture(name).await;
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&axe).unwrap_or_else(|error| panic!("{}: {error}; run `npm ci` in ui", axe.display()));
        self.client.execute(&format!("if (!window.axe) {{ {axe} }}"), Vec::new()).await.unwrap();
        let violations = self.client.execute_async(AUDIT, Vec::new()).await.unwrap();
        assert_eq!(violations, json!([]), "{name} in the {} scheme", self.scheme);
    }

    async fn picture(&self, name: &str) {
        let folder = target().join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        // The first page is there before it is painted.
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        self.client.execute_async(painted, Vec::new()).await.unwrap();
        let picture = self.client.screenshot().await.unwrap();
        fs::write(folder.join(format!("{name}-{}.png", self.scheme)), picture).unwrap();
    }
}

/// A namespace with a display and a driver in it. Everything in it ends when it is dropped.
struct Room {
    namespaces: Namespaces,
    folder: TempDir,
    children: Vec<Child>,
}

impl Room {
    /// `None` where the machine lacks something, which is an error where CI=true.
    fn open(theme: &str) -> Option<Self> {
        if !namespace::available(&["ip", "Xvfb", "WebKitWebDriver"]).unwrap() {
            return None;
        }
        let namespaces = Namespaces::create(&[ROOM.to_owned()]).unwrap();
        namespaces.ip(ROOM, "link set lo up\n").unwrap();
        let mut room = Self { namespaces, folder: tempfile::tempdir().unwrap(), children: Vec::new() };
        let display = room.display();
        room.driver(&display, theme);
        Some(room)
    }

    /// Starts a display that chooses its own number.
    fn display(&mut self) -> String {
        let mut server = self.namespaces.command(ROOM, "Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
        let mut child = server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut number = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
        self.children.push(child);
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        format!(":{}", number.trim())
    }

    /// Starts the driver, which passes its environment on to the application, and waits until it says that it is ready.
    fn driver(&mut self, display: &str, theme: &str) {
        let log = File::create(self.folder.path().join("driver.log")).unwrap();
        let home = self.folder.path();
        // Nothing moves, so that every picture is a still one.
        fs::create_dir_all(home.join("gtk-3.0")).unwrap();
        fs::write(home.join("gtk-3.0/settings.ini"), "[Settings]\ngtk-enable-animations=0\n").unwrap();
        let mut driver = self.namespaces.command(ROOM, "WebKitWebDriver");
        driver.args(["--host=127.0.0.1", &format!("--port={PORT}")]);
        driver.env("DISPLAY", display).env("GDK_BACKEND", "x11").env("GTK_THEME", theme).env("LANG", "en_US.UTF-8");
        driver.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true").env("DEMARC_SAVE_FOLDER", home);
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            driver.env(variable, home);
        }
        driver.env_remove("WAYLAND_DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
        self.children.push(driver.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
        let until = Instant::now() + PATIENCE;
        while !self.namespaces.within(ROOM, || Ok(ready())).unwrap() {
            assert!(Instant::now() < until, "WebKitWebDriver is not ready after {PATIENCE:?}");
            std::thread::sleep(GLANCE);
        }
    }

    /// Opens the window and runs a test in it, on a thread inside the namespace.
    fn drive(&self, test: impl AsyncFnOnce(Client) + Send) {
        let options = json!({ "binary": application(), "args": [] });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect::<serde_json::Map<String, Value>>();
        self.namespaces
            .within(ROOM, || {
                tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
                    let mut builder = ClientBuilder::new(HttpConnector::new());
                    let client = builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{PORT}")).await?;
                    test(client.clone()).await;
                    client.close().await?;
                    Ok(())
                })
            })
            .unwrap();
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether the driver says that it can take a session; its port is open before it can.
fn ready() -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", PORT))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        let _ = stream.take(64 * 1024).read_to_string(&mut answer);
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains("\"ready\":true"))
}

fn application() -> PathBuf {
    let binary = std::env::var_os("DEMARC_DESKTOP_BIN").map_or_else(|| target().join("debug/demarc-desktop"), PathBuf::from);
    assert!(binary.is_file(), "{} is not there: build it with `make build`, or name another by DEMARC_DESKTOP_BIN", binary.display());
    binary
}

/// The target folder these tests were built into.
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).map(Path::to_path_buf).expect("this test runs in a target folder")
}
