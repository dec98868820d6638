//! A small internet of network namespaces: a home with its router, a provider, two borders and the networks behind them, with real kernel
//! forwarding, real name servers and links that delay, lose and queue as a scenario asks. Nothing in it reaches the machine's own network.

pub mod emulator;
pub mod home;
pub mod link;
pub mod measure;
pub mod namespace;
pub mod scenario;
mod script;
mod services;
pub mod survey;
mod tap;
pub mod topology;
mod transfer;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use tempfile::TempDir;

use emulator::{Cable, Emulator, LinkTraffic, Passage};
use namespace::Namespaces;
pub use scenario::Scenario;
use script::Running;
use services::{Host, Services};
use topology::{End, Topology};

/// Programs that the lab runs.
pub const PROGRAMS: [&str; 9] = ["ip", "nft", "dnsmasq", "setpriv", "setcap", "ethtool", "arping", "miniupnpd", "socat"];
/// The node that Demarc runs on.
pub const DEVICE: &str = "device";
/// Longest run of Demarc.
pub const LONGEST_RUN: Duration = Duration::from_secs(90);
/// What `/proc/stat` says on the device: two cores that rest.
const IDLE: &str = "cpu  0 0 0 200000 0 0 0 0 0 0\ncpu0 0 0 0 100000 0 0 0 0 0 0\ncpu1 0 0 0 100000 0 0 0 0 0 0\n\
    intr 0\nctxt 0\nbtime 1767225600\nprocesses 100\nprocs_running 1\nprocs_blocked 0\n";
/// Which networks the lab's addresses belong to: `prefix,asn,name` lines.
pub const NETWORKS: &str = include_str!("networks.csv");
/// User and group without any privilege.
const NOBODY: u32 = 65534;

/// A lab that is up. Dropping it takes everything down again, also in a panic.
#[derive(Debug)]
pub struct Lab {
    // Dropped in this order: what runs in the namespaces first, the namespaces after it.
    running: Mutex<Running>,
    emulator: Emulator,
    namespaces: Namespaces,
    folder: TempDir,
    config_path: PathBuf,
    scenario: Scenario,
    seed: u64,
}

/// A program that has run to its end.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// How long it took.
    pub elapsed: Duration,
}

impl Lab {
    /// Brings the topology up, proves that names resolve across it, then applies what the scenario says is wrong.
    pub fn up(scenario: &Scenario, seed: u64) -> Result<Self> {
        let topology = Topology::of(scenario)?;
        let folder = tempfile::Builder::new().prefix("demarc-lab-").permissions(mode(0o755)).tempdir()?;
        let namespaces = Namespaces::create(topology.nodes.keys())?;
        let emulator = connect(&namespaces, &topology, seed)?;
        configure(&namespaces, &topology)?;
        let mut running = Running::default();
        for (name, node) in &topology.nodes {
            if let Some(options) = &node.dnsmasq {
                running.daemons.push(Daemon::dnsmasq(&namespaces, name, options, folder.path())?);
            }
            for daemon in &node.daemons {
                let words: Vec<String> = daemon.iter().map(|word| word.replace("{folder}", &folder.path().display().to_string())).collect();
                running.daemons.push(Daemon::start(&namespaces, name, &words)?);
            }
            let services = Services {
                web: node.web.then_some(node.think_ms),
                portal: node.portal,
                time: node.time,
                time_off_s: node.time_off_s,
                stun: node.stun,
                names: None,
            };
            if node.web || node.portal || node.time || node.stun {
                running.hosts.push((name.clone(), Host::start(namespaces.name(name), services)?));
            }
        }
        settle_device(&namespaces, scenario.ping_sockets)?;
        let config_path = folder.path().join("demarc.toml");
        let lab = Self { running: Mutex::new(running), emulator, namespaces, folder, config_path, scenario: scenario.clone(), seed };
        lab.wait_for_names()?;
        for (link, figures) in Topology::changes(scenario)? {
            lab.emulator.change(&link, |before| figures.over(before));
        }
        lab.prepare()?;
        let table = lab.folder.path().join("networks.csv");
        std::fs::write(&table, NETWORKS)?;
        std::fs::write(&lab.config_path, config(&table)?)?;
        Ok(lab)
    }

    /// The configuration that tells Demarc of the lab's hosts.
    pub fn config_path(&self) -> &Path {
        &self.config_path
    }

    /// What all names of this lab's namespaces begin with.
    pub fn prefix(&self) -> &str {
        self.namespaces.prefix()
    }

    /// What settles chance on the links.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What the emulated links did so far: the ground truth.
    pub fn traffic(&self) -> BTreeMap<String, LinkTraffic> {
        self.emulator.traffic()
    }

    /// What passes the device's end of an emulated link while `work` is done.
    pub fn watched<T>(&self, link: &str, work: impl FnOnce() -> T) -> Result<(T, Vec<Passage>)> {
        self.emulator.watched(link, work).with_context(|| format!("no emulated link is called {link}"))
    }

    /// A program to run in a node, with this user's rights and an environment of its own.
    pub fn command(&self, node: &str, program: &str) -> Command {
        let mut command = self.namespaces.command(node, program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LANG", "C.UTF-8");
        command
    }

    /// Runs `work` in a node's namespace; the sockets it opens are the node's.
    pub fn within<T: Send>(&self, node: &str, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        self.namespaces.within(node, work)
    }

    /// Does `work` while the scenario's timed actions take their course, from now on.
    pub fn during<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let began = Instant::now();
        thread::scope(|scope| {
            let (running, ended) = mpsc::channel();
            let script = scope.spawn(move || self.play(began, &ended));
            let done = work();
            drop(running);
            script.join().map_err(|_| anyhow!("the scenario's actions panicked"))?.context("the scenario's actions")?;
            done
        })
    }

    /// Runs the Demarc at `binary` on the device, as a user without privileges, while the scenario takes its course.
    pub fn demarc(&self, binary: &Path, arguments: &[&str]) -> Result<Finished> {
        let home = self.folder.path().join("home");
        if !home.exists() {
            std::fs::create_dir(&home)?;
            std::os::unix::fs::chown(&home, Some(NOBODY), Some(NOBODY))?;
        }
        // The build folder may be closed to other users.
        let program = self.folder.path().join("demarc");
        if !program.exists() && std::fs::hard_link(binary, &program).is_err() {
            std::fs::copy(binary, &program).with_context(|| format!("copy {}", binary.display()))?;
        }
        // The device is a machine of its own: what keeps the machine under the lab busy, other labs among it, is not on it.
        let load = self.folder.path().join("stat");
        std::fs::write(&load, IDLE)?;
        let mut command = self.command(DEVICE, "sh");
        let stand_in = if self.scenario.busy_processor { "exec \"$@\"" } else { "mount --bind \"$0\" /proc/stat && exec \"$@\"" };
        command.args(["-c", stand_in]).arg(load).arg("setpriv");
        self.raw_helper(self.scenario.asks_neighbours)?;
        command.arg(format!("--reuid={NOBODY}")).arg(format!("--regid={NOBODY}")).arg("--clear-groups");
        command.arg(program).arg("--config").arg(&self.config_path).arg("--data-dir").arg(home.join("data")).args(arguments);
        command.env("HOME", &home).envs(&self.scenario.environment).current_dir(&home);
        self.during(|| run(command, LONGEST_RUN))
    }

    /// The program that asks the neighbours, beside the Demarc that the device runs, with its one capability or without.
    pub fn raw_helper(&self, allowed: bool) -> Result<PathBuf> {
        let copy = self.folder.path().join("demarc-raw");
        if !copy.exists() {
            let built = std::env::current_exe()?;
            let mut folders = built.ancestors().skip(1).take(2);
            let program = folders.find_map(|folder| Some(folder.join("demarc-raw")).filter(|program| program.is_file()));
            let program = program.context("demarc-raw is not built; run `make build`")?;
            std::fs::copy(&program, &copy).with_context(|| format!("copy {}", program.display()))?;
        }
        if allowed {
            let status = Command::new("setcap").arg("cap_net_raw+ep").arg(&copy).status().context("start setcap")?;
            anyhow::ensure!(status.success(), "setcap ended with {status}");
        }
        Ok(copy)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the router for the service's name until it answers: name servers take a moment, and links may lose the question.
    fn wait_for_names(&self) -> Result<()> {
        self.namespaces.within(DEVICE, || {
            let socket = UdpSocket::bind("0.0.0.0:0")?;
            socket.set_read_timeout(Some(Duration::from_millis(200)))?;
            let deadline = Instant::now() + Duration::from_secs(10);
            // One question of type A; with the recursion-desired bit.
            let question = b"\x00\x2a\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07service\x07example\x00\x00\x01\x00\x01";
            let expected = [198, 18, 0, 80];
            let mut reply = [0; 512];
            while Instant::now() < deadline {
                socket.send_to(question, SocketAddr::from(([192, 168, 1, 1], 53)))?;
                // Refusals and silence alike mean "not yet".
                let length = socket.recv(&mut reply).unwrap_or(0);
                if reply.get(..length).is_some_and(|reply| reply.ends_with(&expected)) {
                    return Ok(());
                }
            }
            bail!("the lab's name servers did not answer within 10 s")
        })
    }
}

/// What Demarc is told in every lab, with the table of networks at this place.
pub fn config(networks: &Path) -> Result<String> {
    let mut text = include_str!("demarc.toml").to_owned();
    // What the contract promises is what the line is without a fault.
    let standard = Topology::standard()?;
    let access = standard.links.get("access").context("the topology has no access link")?.impairments();
    write!(text, "\n[plan]\ndown_mbps = {:?}\nup_mbps = {:?}\n", access.down.rate_mbps, access.up.rate_mbps)?;
    write!(text, "\n[asn]\ntable = {:?}\n", networks.display().to_string())?;
    Ok(text)
}

/// Runs a program to its end, or ends it when the time is up.
pub fn run(mut command: Command, longest: Duration) -> Result<Finished> {
    let began = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let name = format!("{command:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let output = runtime.block_on(async {
        let child = tokio::process::Command::from(command).kill_on_drop(true).spawn().with_context(|| format!("start {name}"))?;
        tokio::time::timeout(longest, child.wait_with_output())
            .await
            .with_context(|| format!("{name} took longer than {longest:?}"))?
            .context(name)
    })?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Finished { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr), elapsed: began.elapsed() })
}

/// Makes every link: emulated ones first, so that their interfaces are there to be configured.
fn connect(namespaces: &Namespaces, topology: &Topology, seed: u64) -> Result<Emulator> {
    let mut cables = Vec::new();
    for (name, link) in &topology.links {
        let (near, far) = (&link.near, &link.far);
        if link.is_emulated() {
            let end = |end: &End| namespaces.within(&end.node, || tap::open(&end.interface));
            cables.push(Cable { name: name.clone(), near: end(near)?, far: end(far)?, impairments: link.impairments() });
        } else {
            let peer = namespaces.name(&far.node);
            namespaces.ip(&near.node, &format!("link add {} type veth peer name {} netns {peer}\n", near.interface, far.interface))?;
        }
    }
    Emulator::start(cables, seed)
}

/// Addresses, routes, rules and kernel parameters of every node.
fn configure(namespaces: &Namespaces, topology: &Topology) -> Result<()> {
    for (name, node) in &topology.nodes {
        namespaces.within(name, || {
            let set = |parameter: &str, value: &str| {
                std::fs::write(format!("/proc/sys/net/{parameter}"), value).with_context(|| format!("set {parameter}"))
            };
            // IPv6 would add packets of its own that no scenario asks for.
            set("ipv6/conf/all/disable_ipv6", "1")?;
            set("ipv6/conf/default/disable_ipv6", "1")?;
            // The same on every machine, and a sender that fills queues as most do; some kernels come with BBR, which hides them.
            set("ipv4/tcp_congestion_control", "reno")?;
            if node.forwards {
                set("ipv4/ip_forward", "1")?;
                // Linux answers each sender once a second by default, which looks like loss at the hop; that is a scenario of its own.
                set("ipv4/icmp_ratelimit", "0")?;
            }
            Ok(())
        })?;

        let mut batch = "link set lo up\n".to_owned();
        for (end, peer) in topology.ends().filter(|(end, _)| end.node == *name) {
            let interface = &end.interface;
            // A TAP does not know by itself that it is operational.
            writeln!(batch, "link set {interface} address {} up\nlink set {interface} state up", end.mac)?;
            if let Some(address) = &end.address {
                writeln!(batch, "address add {address} dev {interface}")?;
            }
            // Lines between routers do not ask for each other's address; only the home does.
            if let (Some(_), Some((address, _))) = (&end.address, peer.address.as_ref().and_then(|address| address.split_once('/'))) {
                writeln!(batch, "neighbor add {address} lladdr {} dev {interface}", peer.mac)?;
            }
        }
        if let Some(bridge) = &node.bridge {
            writeln!(batch, "link add {} type bridge\naddress add {} dev {}", bridge.name, bridge.address, bridge.name)?;
            for port in &bridge.ports {
                writeln!(batch, "link set {port} master {}", bridge.name)?;
            }
            writeln!(batch, "link set {} up", bridge.name)?;
        }
        for route in &node.routes {
            writeln!(batch, "route add {route}")?;
        }
        namespaces.ip(name, &batch)?;
        if let Some(rules) = &node.nft {
            namespaces.nft(name, rules)?;
        }
    }
    Ok(())
}

/// The device's name server and hosts file in place of the machine's, and who may send pings.
fn settle_device(namespaces: &Namespaces, ping_sockets: bool) -> Result<()> {
    let etc = namespaces.etc(DEVICE);
    std::fs::create_dir_all(&etc)?;
    std::fs::write(etc.join("resolv.conf"), format!("nameserver {}\n", IpAddr::from([192, 168, 1, 1])))?;
    std::fs::write(etc.join("hosts"), "127.0.0.1 localhost\n")?;
    // Closed is what a new namespace has; a range whose first is above its last.
    let range = if ping_sockets { "0 2147483647" } else { "1 0" };
    namespaces.sysctl(DEVICE, &format!("net.ipv4.ping_group_range={range}"))
}

/// A program that runs in a node. Dropping it ends it.
#[derive(Debug)]
struct Daemon {
    node: String,
    program: String,
    child: Child,
}

impl Daemon {
    fn dnsmasq(namespaces: &Namespaces, node: &str, options: &[String], folder: &Path) -> Result<Self> {
        let leases = folder.join(format!("{node}.leases"));
        let own = ["dnsmasq", "--conf-file=/dev/null", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--user=root", "--pid-file="];
        let mut words = own.map(str::to_owned).to_vec();
        words.push(format!("--dhcp-leasefile={}", leases.display()));
        words.extend_from_slice(options);
        Self::start(namespaces, node, &words)
    }

    fn start(namespaces: &Namespaces, node: &str, words: &[String]) -> Result<Self> {
        let [program, arguments @ ..] = words else { bail!("a daemon of {node} has no name") };
        let mut command = namespaces.command(node, program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().with_context(|| format!("start {program}"))?;
        Ok(Self { node: node.to_owned(), program: program.clone(), child })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mode(mode: u32) -> std::fs::Permissions {
    std::fs::Permissions::from_mode(mode)
}
