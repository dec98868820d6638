//! Demarc beside the best tool for each job, in one lab and one run: `make bench-peers` writes crates/benchmark/peers.json and docs/peers.md.
//! Needs root for the lab's namespaces; nothing reaches the machine's own network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The lab is made of Linux's network namespaces.");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        fmt::Write as _,
        fs,
        path::{Path, PathBuf},
        process::{Child, Stdio},
        thread,
        time::Duration,
    };

    use anyhow::{Context, Result, anyhow, bail};
    use demarc_model::{
        Campaign, CampaignResult, Direction, Lane, Measurement, Outcome, Peer, PeerKind, Position, Probe, Prober as _, Request,
        statistics::quantile,
    };
    use demarc_probes::RealNetwork;
    use serde::Serialize;
    use serde_json::Value;
    use tests::lab::{self, DEVICE, Lab, Scenario};

    /// The router at home, and the way to it and back. The other tools print hundredths of a millisecond only of times this short.
    const ROUTER: &str = "192.168.1.1";
    const ROUND_TRIP_MS: f64 = 2.0;
    /// The host of transfers.
    const HOST: &str = "anchor_b";
    const ADDRESS: &str = "198.19.0.20";
    /// What the line is shaped to, in Mbit/s, and which part of a full frame of 1514 bytes is content.
    const SHAPED: [(Direction, f64); 2] = [(Direction::Down, 50.0), (Direction::Up, 10.0)];
    const CONTENT: f64 = 1448.0 / 1514.0;
    const PORT: u16 = 7870;
    const TOKEN: &str = "token-of-the-bench";
    const LONGEST: Duration = Duration::from_mins(1);
    /// How long each transfer lasts, as long as an ndt7 test.
    const TRANSFER_MS: u32 = 10_000;
    /// Round trips of each tool, and the time between two.
    const ECHOES: u32 = 300;
    const INTERVAL_MS: u32 = 50;

    /// One comparison.
    #[derive(Serialize)]
    struct Row {
        what: String,
        peer: String,
        ours: f64,
        theirs: f64,
        unit: &'static str,
        /// Ours by theirs.
        ratio: f64,
        target: &'static str,
        met: bool,
    }

    impl Row {
        fn new(
            what: String,
            peer: &str,
            (ours, theirs): (f64, f64),
            unit: &'static str,
            (target, met): (&'static str, fn(f64) -> bool),
        ) -> Self {
            let [ours, theirs, ratio] = [ours, theirs, ours / theirs].map(|value| (value * 1e3).round() / 1e3);
            Self { what, peer: peer.to_owned(), ours, theirs, unit, ratio, target, met: met(ratio) }
        }
    }

    /// A program in the background, ended with this.
    struct Background(Child);

    impl Drop for Background {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    pub fn main() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace is above")?;
        let lab = Lab::up(&Scenario::healthy(), 1)?;
        let mut rows = round_trips(&lab)?;
        let token = tempfile::NamedTempFile::new()?;
        fs::write(&token, TOKEN)?;
        let demarc = root.join("target/debug/demarc").display().to_string();
        let listen = format!("{ADDRESS}:{PORT}");
        let _serving = background(&lab, &demarc, &["serve", "--listen", &listen, "--token-file", &token.path().display().to_string()])?;
        let _iperf = background(&lab, "iperf3", &["-s", "-B", ADDRESS])?;
        // Both answer as soon as they listen.
        awaited(&lab, &[PORT, 5201])?;
        rows.extend(throughput(&lab)?);
        rows.extend(ndt7(&lab, root)?);
        fs::write(root.join("crates/benchmark/peers.json"), serde_json::to_string_pretty(&rows)? + "\n")?;
        let page = page(&rows);
        println!("{page}");
        fs::write(root.join("docs/peers.md"), page)?;
        Ok(())
    }

    fn background(lab: &Lab, program: &str, arguments: &[&str]) -> Result<Background> {
        let mut command = lab.command(HOST, program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Background(command.spawn().with_context(|| format!("start {program}"))?))
    }

    fn awaited(lab: &Lab, ports: &[u16]) -> Result<()> {
        lab.within(HOST, || {
            for port in ports {
                let listens = || std::net::TcpStream::connect((ADDRESS, *port)).is_ok();
                (0..200)
                    .find(|_| {
                        listens() || {
                            thread::sleep(Duration::from_millis(50));
                            false
                        }
                    })
                    .with_context(|| format!("nothing listens on port {port}"))?;
            }
            Ok(())
        })
    }

    /// What a program of others prints, run on the device.
    fn told(lab: &Lab, program: &str, arguments: &[&str]) -> Result<(String, String)> {
        let mut command = lab.command(DEVICE, program);
        command.args(arguments);
        let finished = lab::run(command, LONGEST)?;
        if !finished.status.success() {
            bail!("{program} failed: {}{}", finished.stdout, finished.stderr);
        }
        Ok((finished.stdout, finished.stderr))
    }

    /// What this program measures, on the device.
    fn campaign(lab: &Lab, campaign: Campaign) -> Result<CampaignResult> {
        lab.within(DEVICE, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            match runtime.block_on(RealNetwork::new().perform(Request::Campaign(campaign), Box::new(|_| {}))) {
                Outcome::Measured { measurement: Measurement::Campaign(result) } => Ok(result),
                other => Err(anyhow!("{other:?}")),
            }
        })
    }

    /// How far off round trips are, of three tools at the same time over the same links.
    fn round_trips(lab: &Lab) -> Result<Vec<Row>> {
        let (count, interval) = (ECHOES.to_string(), INTERVAL_MS.to_string());
        let seconds = (f64::from(INTERVAL_MS) / 1e3).to_string();
        let (ours, ping, fping) = thread::scope(|scope| {
            let ping = scope.spawn(|| told(lab, "ping", &["-n", "-c", &count, "-i", &seconds, ROUTER]));
            let fping = scope.spawn(|| told(lab, "fping", &["-C", &count, "-p", &interval, "-q", ROUTER]));
            let lane = Lane {
                position: Position::Gateway,
                name: ROUTER.to_owned(),
                address: ROUTER.parse()?,
                probe: Probe::Echo,
                interval_ms: INTERVAL_MS,
            };
            let ours = campaign(lab, Campaign { lanes: vec![lane], duration_ms: ECHOES * INTERVAL_MS, loads: Vec::new() })?;
            let gone = || anyhow!("a tool panicked");
            anyhow::Ok((ours, ping.join().map_err(|_| gone())??.0, fping.join().map_err(|_| gone())??.1))
        })?;
        let ours: Vec<f64> = ours.lanes[0].echoes.iter().filter_map(|echo| echo.rtt_ms).collect();
        let ping = ping.lines().filter_map(|line| line.split("time=").nth(1)?.split(' ').next()?.parse().ok()).collect();
        let fping = fping.split_whitespace().skip(2).filter_map(|word| word.parse().ok()).collect();
        let off = |times: Vec<f64>| {
            let mut off: Vec<f64> = times.iter().map(|time| (time - ROUND_TRIP_MS).abs()).collect();
            off.sort_by(f64::total_cmp);
            [0.5, 0.99].map(|share| quantile(&off, share).unwrap_or(f64::NAN))
        };
        let (ours, peers) = (off(ours), [("ping", off(ping)), ("fping", off(fping))]);
        let target: (&str, fn(f64) -> bool) = ("at most 1", |ratio| ratio <= 1.0);
        Ok([("p50", 0), ("p99", 1)]
            .iter()
            .flat_map(|(name, index)| {
                peers.iter().map(move |(peer, theirs)| {
                    Row::new(
                        format!("error of a round trip of {ROUND_TRIP_MS} ms, {name}"),
                        peer,
                        (ours[*index], theirs[*index]),
                        "ms",
                        target,
                    )
                })
            })
            .collect())
    }

    fn transfer(lab: &Lab, kind: PeerKind, direction: Direction) -> Result<f64> {
        let url = match kind {
            PeerKind::Http => format!("http://{ADDRESS}:{PORT}/{TOKEN}/"),
            PeerKind::Ndt7 => format!("http://{ADDRESS}:{PORT}/?access_token={TOKEN}"),
        };
        let load = Peer { url: url.parse()?, kind }.load(direction, 0, TRANSFER_MS, 1_000_000_000);
        let result = campaign(lab, Campaign { lanes: Vec::new(), duration_ms: TRANSFER_MS, loads: vec![load] })?;
        result.loads[0].mbps.with_context(|| format!("{:?}", result.loads[0].failure))
    }

    /// Four connections over a shaped line.
    fn throughput(lab: &Lab) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for (direction, shaped) in SHAPED {
            let seconds = (TRANSFER_MS / 1_000).to_string();
            let mut arguments = vec!["-c", ADDRESS, "-J", "-P", "4", "-t", &seconds, "-O", "1"];
            arguments.extend((direction == Direction::Down).then_some("-R"));
            let theirs: Value = serde_json::from_str(&told(lab, "iperf3", &arguments)?.0)?;
            let theirs = theirs["end"]["sum_received"]["bits_per_second"].as_f64().context("iperf3 tells a rate")? / 1e6;
            let ours = transfer(lab, PeerKind::Http, direction)?;
            let way = way(direction);
            rows.push(Row::new(
                format!("{way} over a line of {shaped} Mbit/s"),
                "iperf3",
                (ours, theirs),
                "Mbit/s",
                ("0.98 to 1.02", near::<2>),
            ));
            rows.push(Row::new(
                format!("{way} over a line of {shaped} Mbit/s"),
                "content that the shaped rate has room for",
                (ours, shaped * CONTENT),
                "Mbit/s",
                ("0.98 to 1.02", near::<2>),
            ));
        }
        Ok(rows)
    }

    /// M-Lab's client and ours, both with `demarc serve`.
    fn ndt7(lab: &Lab, root: &Path) -> Result<Vec<Row>> {
        let client: PathBuf = root.join("tests/peers/ndt7.cjs");
        let (rates, _) = told(lab, "node", &[&client.display().to_string(), &format!("{ADDRESS}:{PORT}"), TOKEN])?;
        let rates: Value = serde_json::from_str(&rates)?;
        SHAPED
            .iter()
            .map(|(direction, shaped)| {
                let name = if *direction == Direction::Down { "down" } else { "up" };
                let theirs = rates[name].as_f64().with_context(|| format!("M-Lab's client tells a rate: {rates}"))?;
                let ours = transfer(lab, PeerKind::Ndt7, *direction)?;
                let what = format!("ndt7 {} with demarc serve, line of {shaped} Mbit/s", way(*direction));
                Ok(Row::new(what, "@m-lab/ndt7", (ours, theirs), "Mbit/s", ("0.95 to 1.05", near::<5>)))
            })
            .collect()
    }

    const fn way(direction: Direction) -> &'static str {
        match direction {
            Direction::Down => "download",
            Direction::Up => "upload",
        }
    }

    fn near<const PERCENT: u8>(ratio: f64) -> bool {
        (ratio - 1.0).abs() <= f64::from(PERCENT) / 100.0
    }

    fn page(rows: &[Row]) -> String {
        let mut page = "# Beside others\n\nDemarc and the tool that is best at a job, in the same lab and the same run (`make bench-peers`, which writes this page and\n`crates/benchmark/peers.json`). The lab's links are emulated: what they are asked to do is the truth.\n\n| what | beside | Demarc | the other | ratio | wanted | met |\n|---|---|--:|--:|--:|---|---|\n".to_owned();
        for Row { what, peer, ours, theirs, unit, ratio, target, met } in rows {
            let met = if *met { "yes" } else { "no" };
            let _ = writeln!(page, "| {what} | {peer} | {ours} {unit} | {theirs} {unit} | {ratio} | {target} | {met} |");
        }
        page
    }
}
