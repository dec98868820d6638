//! A small internet of network namespaces: a home with its router, a provider, two borders and the networks behind them, with real kernel
//! forwarding, real name servers and links that delay, lose and queue as a scenario asks. Nothing in it reaches the machine's own network.

pub mod emulator;
pub mod link;
pub mod namespace;
pub mod scenario;
mod services;
mod tap;
pub mod topology;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use emulator::{Cable, Emulator, LinkTraffic};
use namespace::Namespaces;
pub use scenario::Scenario;
use services::Host;
use topology::{End, Topology};

/// Programs that the lab runs.
pub const PROGRAMS: [&str; 4] = ["ip", "nft", "dnsmasq", "setpriv"];
/// The node that Demarc runs on.
pub const DEVICE: &str = "device";
/// Longest run of Demarc.
pub const LONGEST_RUN: Duration = Duration::from_secs(90);
/// User and group without any privilege.
const NOBODY: u32 = 65534;

/// A lab that is up. Dropping it takes everything down again, also in a panic.
#[derive(Debug)]
pub struct Lab {
    // Dropped in this order: what runs in the namespaces first, the namespaces after it.
    #[allow(dead_code, reason = "held to be dropped")]
    hosts: Vec<Host>,
    daemons: Vec<Daemon>,
    emulator: Emulator,
    namespaces: Namespaces,
    folder: TempDir,
    config_path: PathBuf,
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
        let topology = Topology::standard()?;
        let folder = tempfile::Builder::new().prefix("demarc-lab-").permissions(mode(0o755)).tempdir()?;
        let namespaces = Namespaces::create(topology.nodes.keys())?;
        let emulator = connect(&namespaces, &topology, seed)?;
        configure(&namespaces, &topology)?;
        let mut daemons = Vec::new();
        let mut hosts = Vec::new();
        for (name, node) in &topology.nodes {
            if let Some(options) = &node.dnsmasq {
                daemons.push(Daemon::dnsmasq(&namespaces, name, options, folder.path())?);
            }
            if node.web || node.time {
                hosts.push(Host::start(namespaces.name(name), node.web, node.time)?);
            }
        }
        settle_device(&namespaces, scenario.ping_sockets)?;
        let config_path = folder.path().join("demarc.toml");
        let mut lab = Self { hosts, daemons, emulator, namespaces, folder, config_path, seed };
        lab.wait_for_names()?;
        lab.apply(scenario)?;
        lab.write_config(&topology, scenario)?;
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

    /// Runs the Demarc at `binary` on the device, as a user without privileges.
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
        let mut command = self.command(DEVICE, "setpriv");
        command.arg(format!("--reuid={NOBODY}")).arg(format!("--regid={NOBODY}")).args(["--clear-groups", "--inh-caps=-all"]);
        command.arg(program).arg("--config").arg(&self.config_path).arg("--data-dir").arg(home.join("data")).args(arguments);
        command.env("HOME", &home).current_dir(&home);
        run(command, LONGEST_RUN)
    }

    /// Ends a service; the only one that can be ended is `dns`.
    fn stop(&mut self, node: &str, service: &str) -> Result<()> {
        ensure!(service == "dns", "{service} cannot be stopped; dns can");
        let before = self.daemons.len();
        self.daemons.retain(|daemon| daemon.node != node);
        ensure!(self.daemons.len() < before, "{node} has no name server");
        Ok(())
    }

    fn apply(&mut self, scenario: &Scenario) -> Result<()> {
        for (link, figures) in &scenario.links {
            let known = || self.traffic().into_keys().collect::<Vec<_>>().join(", ");
            ensure!(self.emulator.change(link, |before| figures.over(before)), "there is no link {link}; there are {}", known());
        }
        for action in &scenario.actions {
            let node = &action.node;
            match (&action.nft, &action.sysctl, &action.stop) {
                (Some(rules), None, None) => self.namespaces.nft(node, rules)?,
                (None, Some(assignment), None) => self.namespaces.sysctl(node, assignment)?,
                (None, None, Some(service)) => self.stop(node, service)?,
                _ => bail!("an action on {node} needs one of nft, sysctl and stop"),
            }
        }
        Ok(())
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

    fn write_config(&self, topology: &Topology, scenario: &Scenario) -> Result<()> {
        let mut text = include_str!("demarc.toml").to_owned();
        let access = topology.links.get("access").context("the topology has no access link")?.impairments();
        write!(text, "\n[plan]\ndown_mbps = {:?}\nup_mbps = {:?}\n", access.down.rate_mbps, access.up.rate_mbps)?;
        let table = self.folder.path().join("networks.csv");
        std::fs::write(&table, include_str!("networks.csv"))?;
        write!(text, "\n[asn]\ntable = {:?}\n", table.display().to_string())?;
        std::fs::write(&self.config_path, format!("# {}\n{text}", scenario.description.replace('\n', " ")))?;
        Ok(())
    }
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

/// A name server. Dropping it ends it.
#[derive(Debug)]
struct Daemon {
    node: String,
    child: Child,
}

impl Daemon {
    fn dnsmasq(namespaces: &Namespaces, node: &str, options: &[String], folder: &Path) -> Result<Self> {
        let leases = folder.join(format!("{node}.leases"));
        let child = namespaces
            .command(node, "dnsmasq")
            .args(["--conf-file=/dev/null", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--user=root", "--pid-file="])
            .arg(format!("--dhcp-leasefile={}", leases.display()))
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start dnsmasq")?;
        Ok(Self { node: node.to_owned(), child })
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
