//! Network namespaces with names of this run, and nothing left of them afterwards.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use anyhow::{Context, Result, anyhow, bail, ensure};
use nix::sched::{CloneFlags, setns};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What every namespace of a lab is called first.
pub const PREFIX: &str = "demarc-lab-";

/// The namespaces of one lab. Dropping it ends whatever runs in them and removes them.
#[derive(Debug)]
pub struct Namespaces {
    prefix: String,
    nodes: Vec<String>,
}

impl Namespaces {
    /// Makes one namespace a node, after removing those of labs whose process was killed.
    pub fn create<'a>(nodes: impl IntoIterator<Item = &'a String>) -> Result<Self> {
        static LABS: AtomicU32 = AtomicU32::new(0);
        sweep();
        let prefix = format!("{PREFIX}{}-{}-", std::process::id(), LABS.fetch_add(1, Ordering::Relaxed));
        let namespaces = Self { prefix, nodes: nodes.into_iter().cloned().collect() };
        let batch = namespaces.names().fold(String::new(), |batch, name| batch + "netns add " + &name + "\n");
        feed(Command::new("ip").args(["-batch", "-"]), &batch)?;
        Ok(namespaces)
    }

    /// What all names of this lab begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The namespace of a node.
    pub fn name(&self, node: &str) -> String {
        format!("{}{node}", self.prefix)
    }

    /// The folder whose files stand in for those of /etc in a node.
    pub fn etc(&self, node: &str) -> PathBuf {
        Path::new("/etc/netns").join(self.name(node))
    }

    /// Gives `ip` lines of commands to perform in a node.
    pub fn ip(&self, node: &str, batch: &str) -> Result<()> {
        feed(Command::new("ip").args(["-n", &self.name(node), "-batch", "-"]), batch).with_context(|| format!("set up {node}"))
    }

    /// Loads nftables rules in a node.
    pub fn nft(&self, node: &str, rules: &str) -> Result<()> {
        feed(self.command(node, "nft").args(["-f", "-"]), rules).with_context(|| format!("rules of {node}"))
    }

    /// Sets a kernel parameter, written `name=value`, in a node.
    pub fn sysctl(&self, node: &str, assignment: &str) -> Result<()> {
        let (name, value) = assignment.split_once('=').with_context(|| format!("{assignment} is not name=value"))?;
        let path = format!("/proc/sys/{}", name.trim().replace('.', "/"));
        self.within(node, || std::fs::write(&path, value.trim()).with_context(|| format!("set {assignment}")))
    }

    /// A program to run in a node; `ip` becomes the program, so that its process id is the program's.
    pub fn command(&self, node: &str, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name(node), program]);
        command
    }

    /// Runs `work` on a thread of its own in a node's namespace; what it opens stays there.
    pub fn within<T: Send>(&self, node: &str, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let name = self.name(node);
        thread::scope(|scope| {
            let worker = scope.spawn(|| {
                enter(&name)?;
                work()
            });
            worker.join().map_err(|_| anyhow!("the work in {node} panicked"))?
        })
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.nodes.iter().map(|node| self.name(node))
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        self.names().for_each(|name| remove(&name));
    }
}

/// Moves the calling thread into a namespace.
pub fn enter(name: &str) -> Result<()> {
    let file = File::open(Path::new("/run/netns").join(name)).with_context(|| format!("open namespace {name}"))?;
    setns(file, CloneFlags::CLONE_NEWNET).with_context(|| format!("enter namespace {name}"))
}

/// Names of the namespaces that begin with `prefix`.
pub fn existing(prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/run/netns").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.starts_with(prefix)).collect()
}

/// Removes namespaces of labs whose process is gone.
fn sweep() {
    for name in existing(PREFIX) {
        let owner = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()).unwrap_or_default();
        if !Path::new("/proc").join(owner).exists() {
            remove(&name);
        }
    }
}

/// Ends what runs in a namespace and removes it. Problems are told and not raised: this runs while things come down.
fn remove(name: &str) {
    let run = || -> Result<()> {
        let listed = Command::new("ip").args(["netns", "pids", name]).output()?;
        for pid in String::from_utf8_lossy(&listed.stdout).lines().filter_map(|line| line.trim().parse().ok()) {
            // A thread of this process may be there still; it ends by itself.
            if Pid::from_raw(pid) != Pid::this() {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
        match std::fs::remove_dir_all(Path::new("/etc/netns").join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        // One that was never made is none that stays.
        if !Path::new("/run/netns").join(name).exists() {
            return Ok(());
        }
        feed(Command::new("ip").args(["netns", "delete", name]), "")
    };
    if let Err(error) = run() {
        eprintln!("namespace {name} could not be removed: {error:#}");
    }
}

/// Runs a program to its end with `input`; its own words are the error.
fn feed(command: &mut Command, input: &str) -> Result<()> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().context("start ip")?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// What this machine lacks for a lab, one name each.
pub fn missing(programs: &[&str]) -> Vec<String> {
    let mut missing = Vec::new();
    if !nix::unistd::Uid::effective().is_root() {
        missing.push("root, to make network namespaces".to_owned());
    }
    if !Path::new("/dev/net/tun").exists() {
        missing.push("/dev/net/tun, to emulate links".to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = |program: &&&str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    missing.extend(programs.iter().filter(|program| !found(program)).map(|program| format!("the program {program}")));
    missing
}

/// Whether tests that need the lab can run; says what is missing otherwise, which is an error where CI=true.
pub fn available(programs: &[&str]) -> Result<bool> {
    let missing = missing(programs);
    if missing.is_empty() {
        return Ok(true);
    }
    let sentence = format!("the fault lab needs {}", missing.join(" and "));
    if std::env::var("CI").is_ok_and(|value| value == "true") {
        bail!("{sentence}");
    }
    eprintln!("SKIPPED: {sentence}");
    Ok(false)
}
