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
const PATIENCE: Duration = Duration::from_secs(60);
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
        window.picture("1-welcome").await;

        window.find("footer select").await.select_by_value("weak-wifi").await.unwrap();
        window.click(".profile input[value=quick]").await;
        window.click("[data-action=simulate]").await;
        window.follow_to_the_result().await;
        assert_eq!(window.find("[data-party]").await.attr("data-party").await.unwrap().as_deref(), Some("home"));
        assert_eq!(window.find("[data-part=home-link]").await.attr("data-state").await.unwrap().as_deref(), Some("fault"));
        window.picture("4-verdict").await;

        for step in ["device", "wiring", "wifi", "router", "path"] {
            window.click(&format!("nav [data-page={step}]")).await;
            window.find(&format!(".page[data-page={step}] h1")).await;
            window.picture(&format!("5-step-{step}")).await;
        }
        window.click("[data-check=path] button").await;
        window.find("[data-check=path] [data-chart=latency] path.line").await;
        window.picture("6-check-open").await;

        window.click("nav [data-page=report]").await;
        window.click("[data-action=save]").await;
        let saved = PathBuf::from(window.find("[role=status] .path").await.text().await.unwrap());
        window.picture("7-report").await;
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
        window.picture("8-stopped").await;
        window.click("[data-action=resume]").await;
        window.click("[data-action=cancel]").await;
        window.click("[data-action=conclude]").await;
        window.find(".page[data-page=result] h1").await;
        window.picture("9-ended-early").await;
        assert!(window.client.find_all(Locator::Css("[data-action=decide]")).await.unwrap().len() == 1, "a visit ended early is undecided");
    });
}

/// The window as a person meets it: what is looked for appears, sooner or later.
struct Window {
    client: Client,
    scheme: &'static str,
}

impl Window {
    async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).every(Duration::from_millis(50)).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                self.picture("failed").await;
                panic!("{css} did not appear: {error}; see target/screenshots/failed-{}.png", self.scheme)
            }
        }
    }

    /// Clicks what appears. A page may be drawn anew between finding and clicking; then it is found again.
    async fn click(&self, css: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.find(css).await.click().await {
                Ok(()) => return,
                Err(error) if Instant::now() > until => panic!("{css} cannot be clicked: {error}"),
                Err(_) => {}
            }
        }
    }

    /// Goes on with every question until the verdict is there.
    async fn follow_to_the_result(&self) {
        let mut asked = 0;
        let mut drawn = false;
        loop {
            let news = if drawn {
                "[data-question] .primary, [data-action=report]"
            } else {
                "[data-question] .primary, [data-action=report], [data-chart=latency]"
            };
            let element = self.find(news).await;
            if element.attr("data-chart").await.is_ok_and(|chart| chart.is_some()) {
                self.picture("2-live").await;
                drawn = true;
            } else if element.attr("data-option").await.is_ok_and(|option| option.is_some()) {
                asked += 1;
                assert!(asked <= 10, "more questions than a visit has");
                self.picture(&format!("3-question-{asked}")).await;
                let last = self.find("[data-question] .button:last-child").await;
                let _ = last.click().await;
            } else {
                return;
            }
        }
    }

    async fn picture(&self, name: &str) {
        let folder = target().join("screenshots");
        fs::create_dir_all(&folder).unwrap();
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
            std::thread::sleep(Duration::from_millis(20));
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
