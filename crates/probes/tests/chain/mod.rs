//! Four network namespaces in a row, device - r1 - r2 - far, joined by virtual cables and forwarding for real. Nothing sent
//! in them reaches any other network.

use std::{
    fs::File,
    io::Write as _,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use demarc_probes::RealNetwork;
use nix::sched::{CloneFlags, setns};

/// The nodes in the order of the path; node `n` is 10.77.n.2 towards the device and 10.77.(n+1).1 away from it.
pub const NODES: [&str; 4] = ["device", "r1", "r2", "far"];

/// Makes ICMP datagram sockets available to everybody, or to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingSockets {
    Open,
    Closed,
}

/// The namespaces; they are removed when this is dropped.
pub struct Chain {
    prefix: String,
}

impl Chain {
    /// Builds the chain; `None`, with a message, where this user may not make namespaces. In CI that is an error.
    pub fn build(ping_sockets: PingSockets) -> Option<Self> {
        static CHAINS: AtomicU32 = AtomicU32::new(0);
        if !nix::unistd::geteuid().is_root() {
            let message = "SKIPPED namespaces: these tests make network namespaces, which takes root";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{message}");
            eprintln!("{message}");
            return None;
        }
        let number = CHAINS.fetch_add(1, Ordering::Relaxed);
        let chain = Self { prefix: format!("dmp{}x{number}", std::process::id()) };
        let open = if ping_sockets == PingSockets::Open { "0 2147483647" } else { "1 0" };
        for node in NODES {
            run(&["ip", "netns", "add", &chain.namespace(node)], "");
            // Nobody else is here: addresses need no seconds of asking whether they are taken, and nothing limits errors.
            let mut settings = vec!["sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.dad_transmits=0"];
            settings.extend(["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.icmp_ratelimit=0"]);
            settings.extend(["net.ipv6.icmp.ratelimit=0", "net.ipv4.icmp_msgs_per_sec=100000", "net.ipv4.icmp_msgs_burst=10000"]);
            let group_range = format!("net.ipv4.ping_group_range={open}");
            settings.push(&group_range);
            chain.command(node, &settings);
        }
        for (index, pair) in NODES.windows(2).enumerate() {
            chain.join(index + 1, pair[0], pair[1]);
        }
        chain.routes();
        chain.wait_until_connected();
        Some(chain)
    }

    /// Runs `ip COMMAND` in a node.
    pub fn ip(&self, node: &str, command: &str) {
        let namespace = self.namespace(node);
        let mut words = vec!["ip", "-n", &namespace];
        words.extend(command.split(' '));
        run(&words, "");
    }

    /// Loads nftables rules in a node and returns what `nft` prints.
    pub fn nft(&self, node: &str, rules: &str) -> String {
        run(&["ip", "netns", "exec", &self.namespace(node), "nft", "-f", "-"], rules)
    }

    /// Runs any command in a node and returns what it prints.
    pub fn command(&self, node: &str, words: &[&str]) -> String {
        let namespace = self.namespace(node);
        let mut all = vec!["ip", "netns", "exec", &namespace];
        all.extend(words);
        run(&all, "")
    }

    /// Does something inside a node, on a thread of its own with its own runtime.
    pub fn inside<T: Send>(&self, node: &str, work: impl AsyncFnOnce(RealNetwork) -> T + Send) -> T {
        let namespace = File::open(format!("/run/netns/{}", self.namespace(node))).unwrap();
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                setns(namespace, CloneFlags::CLONE_NEWNET).unwrap();
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(work(RealNetwork::new()))
            });
            thread.join().unwrap()
        })
    }

    /// Returns when packets pass both ways: then the kernel has the links up and knows every neighbour.
    fn wait_until_connected(&self) {
        self.inside("device", async |_| {
            for far in ["10.77.3.2", "fd77:3::2"] {
                let refusal = tokio::net::TcpStream::connect((far, 9)).await.unwrap_err();
                assert_eq!(refusal.kind(), std::io::ErrorKind::ConnectionRefused, "{far}");
            }
        });
    }

    fn join(&self, link: usize, near: &str, far: &str) {
        let far_namespace = self.namespace(far);
        self.ip(near, &format!("link add away{link} type veth peer name home{link} netns {far_namespace}"));
        for (node, interface, host) in [(near, "away", 1), (far, "home", 2)] {
            self.ip(node, &format!("addr add 10.77.{link}.{host}/24 dev {interface}{link}"));
            self.ip(node, &format!("addr add fd77:{link}::{host}/64 dev {interface}{link} nodad"));
            self.ip(node, &format!("link set {interface}{link} up"));
        }
    }

    fn routes(&self) {
        for (node, commands) in [
            ("device", "link set lo up\nroute add default via 10.77.1.2\nroute add default via fd77:1::2\n"),
            ("r1", "route add default via 10.77.2.2\nroute add default via fd77:2::2\n"),
            ("r2", "route add 10.77.1.0/24 via 10.77.2.1\nroute add fd77:1::/64 via fd77:2::1\n"),
            ("far", "route add default via 10.77.3.1\nroute add default via fd77:3::1\n"),
        ] {
            run(&["ip", "-n", &self.namespace(node), "-batch", "-"], commands);
        }
    }

    /// The name of a node's namespace.
    pub fn namespace(&self, node: &str) -> String {
        format!("{}-{node}", self.prefix)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        for node in NODES {
            let _ = Command::new("ip").args(["netns", "del", &self.namespace(node)]).stderr(Stdio::null()).status();
        }
    }
}

/// Makes this thread an ordinary one: the capabilities belong to a thread, so the others keep theirs.
#[allow(unsafe_code, reason = "no crate in use wraps capset")]
pub fn drop_capabilities() {
    const VERSION_3: u32 = 0x2008_0522;
    let header: [u32; 2] = [VERSION_3, 0];
    let none = [0_u32; 6];
    // SAFETY: capset reads a header of two words and two sets of three words, all alive during the call.
    let status = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) };
    assert_eq!(status, 0);
}

fn run(words: &[&str], input: &str) -> String {
    let mut child =
        Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
