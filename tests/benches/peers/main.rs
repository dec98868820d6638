//! Demarc beside the best tool for each job, in one lab and one run: `make bench-peers` writes crates/benchmark/peers.json and docs/peers.md.
//! Needs root for the lab's namespaces; nothing reaches the machine's own network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(target_os = "linux")]
mod page;

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
        fs,
        path::{Path, PathBuf},
        process::{Child, Stdio},
        thread,
        time::{Duration, Instant},
    };

    use crate::page::{self, Row};
    use anyhow::{Context, Result, anyhow, bail};
    use demarc_model::{
        Campaign, CampaignResult, Direction, Lane, Measurement, Outcome, Peer, PeerKind, Position, Probe, Prober as _, Request, Trace,
        TraceProtocol, statistics::quantile,
    };
    use demarc_probes::RealNetwork;
    use nix::sys::{
        resource::{UsageWho, getrusage},
        time::TimeVal,
    };
    use serde_json::Value;
    use tests::lab::{self, DEVICE, Lab, Scenario, emulator::Passage};

    /// The router at home, 2 ms away and back over an emulated link. The other tools print hundredths of a millisecond only of times this
    /// short.
    const ROUTER: &str = "192.168.1.1";
    const LINK: &str = "home";
    /// The host behind twelve hops, the hop that answers few expired packets, those that answer none, and the link that loses.
    const FAR: &str = "198.19.72.2";
    const HOPS: u8 = 12;
    const THRIFTY: u8 = 6;
    const SILENT: [u8; 2] = [7, 9];
    const LOSSY_LINK: &str = "chain_7";
    const LOSSY_FROM: u8 = 7;
    const LOSSES: [f64; 2] = [0.01, 0.05];
    /// Probes to each hop, one a second.
    const ROUNDS: u8 = 100;
    /// The host of transfers.
    const HOST: &str = "anchor_b";
    const ADDRESS: &str = "198.19.0.20";
    /// What the line is shaped to, in Mbit/s, and which part of a full frame of 1514 bytes is content.
    const SHAPED: [(Direction, f64); 2] = [(Direction::Down, 50.0), (Direction::Up, 10.0)];
    const CONTENT: f64 = 1448.0 / 1514.0;
    const PORT: u16 = 7870;
    const TOKEN: &str = "token-of-the-bench";
    const LONGEST: Duration = Duration::from_mins(3);
    /// How long each transfer lasts, as long as an ndt7 test.
    const TRANSFER_MS: u32 = 10_000;
    /// Round trips of each tool in a turn, the turns, and the time between two round trips.
    const ECHOES: u32 = 100;
    const TURNS: u32 = 3;
    const INTERVAL_MS: u32 = 50;

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
        // First: the memory of children is told of the largest one so far.
        let mut rows = footprint(&lab, root)?;
        rows.extend(round_trips(&lab)?);
        rows.extend(hops(root)?);
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
        let text = page::page(&rows);
        println!("{text}");
        fs::write(root.join("docs/peers.md"), text)?;
        fs::write(root.join("docs/peers.svg"), page::plot(&rows))?;
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

    /// What this program measures on the device, and the share of one processor that it takes for it.
    fn perform(lab: &Lab, request: Request) -> Result<(Measurement, f64)> {
        lab.within(DEVICE, move || {
            let busy_s = || anyhow::Ok(getrusage(UsageWho::RUSAGE_THREAD).map(|usage| seconds(usage.user_time() + usage.system_time()))?);
            let (began, before) = (Instant::now(), busy_s()?);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            match runtime.block_on(RealNetwork::new().perform(request, Box::new(|_| {}))) {
                Outcome::Measured { measurement } => Ok((measurement, (busy_s()? - before) / began.elapsed().as_secs_f64())),
                other => Err(anyhow!("{other:?}")),
            }
        })
    }

    fn seconds(time: TimeVal) -> f64 {
        time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
    }

    fn campaign(lab: &Lab, campaign: Campaign) -> Result<CampaignResult> {
        match perform(lab, Request::Campaign(campaign))?.0 {
            Measurement::Campaign(result) => Ok(result),
            other => Err(anyhow!("{other:?}")),
        }
    }

    /// What a tool says of round trips.
    type RoundTrips = fn(&Lab) -> Result<Vec<f64>>;

    fn ping(lab: &Lab) -> Result<Vec<f64>> {
        let (count, seconds) = (ECHOES.to_string(), (f64::from(INTERVAL_MS) / 1e3).to_string());
        let (told, _) = told(lab, "ping", &["-n", "-c", &count, "-i", &seconds, ROUTER])?;
        Ok(told.lines().filter_map(|line| line.split("time=").nth(1)?.split(' ').next()?.parse().ok()).collect())
    }

    fn fping(lab: &Lab) -> Result<Vec<f64>> {
        let (_, told) = told(lab, "fping", &["-C", &ECHOES.to_string(), "-p", &INTERVAL_MS.to_string(), "-q", ROUTER])?;
        Ok(told.split_whitespace().skip(2).filter_map(|word| word.parse().ok()).collect())
    }

    fn demarc(lab: &Lab) -> Result<Vec<f64>> {
        let lane = lane(Position::Gateway, ROUTER, Probe::Echo, INTERVAL_MS)?;
        let result = campaign(lab, Campaign { lanes: vec![lane], duration_ms: ECHOES * INTERVAL_MS, loads: Vec::new() })?;
        Ok(result.lanes[0].echoes.iter().filter_map(|echo| echo.rtt_ms).collect())
    }

    fn lane(position: Position, address: &str, probe: Probe, interval_ms: u32) -> Result<Lane> {
        Ok(Lane { position, name: address.to_owned(), address: address.parse()?, probe, interval_ms })
    }

    /// How far off round trips are from what the emulated link did to each packet, tool by tool in turns.
    fn round_trips(lab: &Lab) -> Result<Vec<Row>> {
        let tools: [(&str, RoundTrips); 3] = [("demarc", demarc), ("ping", ping), ("fping", fping)];
        let mut off: [Vec<f64>; 3] = Default::default();
        for _ in 0..TURNS {
            for ((name, tool), off) in tools.iter().zip(&mut off) {
                let (measured, passed) = lab.watched(LINK, || tool(lab))?;
                let (measured, true_ones) = (measured?, true_round_trips(&passed));
                if measured.len() != true_ones.len() {
                    bail!("{name} tells {} round trips, the link saw {}", measured.len(), true_ones.len());
                }
                off.extend(measured.iter().zip(true_ones).map(|(measured, truly)| (measured - truly).abs()));
            }
        }
        let [ours, ping, fping] = off.map(|mut off| {
            off.sort_by(f64::total_cmp);
            [0.5, 0.99].map(|share| quantile(&off, share).unwrap_or(f64::NAN))
        });
        let mut rows = Vec::new();
        for (index, name) in ["p50", "p99"].into_iter().enumerate() {
            for (peer, theirs) in [("ping", ping), ("fping", fping)] {
                let what = format!("error of a round trip beside the link's own clock, {name}");
                rows.push(Row::new(what, peer, (ours[index], theirs[index]), "ms", ("at most 1", |ratio| ratio <= 1.0)));
            }
        }
        Ok(rows)
    }

    /// In milliseconds, from taking a request from the device to handing it the reply, in the order of the requests.
    fn true_round_trips(passed: &[Passage]) -> Vec<f64> {
        // Ethernet, then IPv4 without options: type of the message, identifier and sequence number of an echo.
        let echo = |passage: &Passage| {
            let head = &passage.head;
            (head[12..14] == [8, 0] && head[23] == 1).then(|| (head[34], [head[38], head[39], head[40], head[41]]))
        };
        let requests = passed.iter().filter(|passage| passage.is_up).filter_map(|passage| Some((passage, echo(passage)?)));
        requests
            .filter(|(_, (kind, _))| *kind == 8)
            .filter_map(|(request, (_, number))| {
                let reply =
                    passed.iter().find(|passage| !passage.is_up && passage.at >= request.at && echo(passage) == Some((0, number)))?;
                Some(reply.at.duration_since(request.at).as_secs_f64() * 1e3)
            })
            .collect()
    }

    /// Whole paths of twelve hops: how long they take, and what is told of the loss at each.
    fn hops(root: &Path) -> Result<Vec<Row>> {
        let scenario = Scenario::read(&root.join("tests/benches/peers/twelve-hops.toml"))?;
        let trip = root.join("target/peers/bin/trip").display().to_string();
        // One look after the other: a hop that answers every three seconds would be silent to the second.
        let unhurried = Scenario { actions: Vec::new(), ..scenario.clone() };
        let mut rows = path_times(&Lab::up(&unhurried, 1)?, &trip)?;
        for loss in LOSSES {
            let mut scenario = scenario.clone();
            scenario.links.entry(LOSSY_LINK.to_owned()).or_default().insert("loss".to_owned(), on_the_way_there(loss));
            rows.extend(hop_loss(&Lab::up(&scenario, 1)?, &trip, loss)?);
        }
        Ok(rows)
    }

    /// A figure of packets from the device only.
    fn on_the_way_there(loss: f64) -> toml::Value {
        toml::Value::Table(toml::Table::from_iter([("down".to_owned(), 0.0.into()), ("up".to_owned(), loss.into())]))
    }

    fn trace(lab: &Lab, rounds: u8) -> Result<Trace> {
        let request = Request::Trace { destination: FAR.parse()?, protocol: TraceProtocol::Icmp, flow: 1, max_hops: 30, rounds };
        match perform(lab, request)?.0 {
            Measurement::Trace(trace) => Ok(trace),
            other => Err(anyhow!("{other:?}")),
        }
    }

    /// How long each tool takes to tell a path, of which the two silent hops are a part.
    fn path_times(lab: &Lab, trip: &str) -> Result<Vec<Row>> {
        let timed = |work: &dyn Fn() -> Result<usize>| -> Result<f64> {
            let mut took = Vec::new();
            for _ in 0..TURNS {
                let began = Instant::now();
                let told = work()?;
                took.push(began.elapsed().as_secs_f64() * 1e3);
                if told != usize::from(HOPS) - SILENT.len() {
                    bail!("{told} hops are told");
                }
            }
            took.sort_by(f64::total_cmp);
            quantile(&took, 0.5).context("nothing was timed")
        };
        let listed =
            |text: &str| text.lines().filter(|line| line.contains("198.") || line.contains("203.0") || line.contains("192.168.")).count();
        let ours = timed(&|| Ok(trace(lab, 1)?.hops.iter().filter(|hop| hop.address().is_some()).count()))?;
        let traceroute = timed(&|| {
            let told = told(lab, "traceroute", &["-n", "-I", "-q", "1", FAR])?.0;
            Ok(listed(&told) - usize::from(told.starts_with("traceroute to")))
        })?;
        let mtr = timed(&|| Ok(mtr(lab, 1)?.iter().filter(|hop| hop.1 < 1.0).count()))?;
        let trippy = timed(&|| Ok(trippy(lab, trip, 1)?.iter().filter(|hop| hop.1 < 1.0).count()))?;
        let row = |(peer, theirs)| {
            Row::new(
                "a path of twelve hops, two of them silent".to_owned(),
                peer,
                (ours, theirs),
                "ms",
                ("at most 0.5", |ratio| ratio <= 0.5),
            )
        };
        Ok([("traceroute", traceroute), ("mtr", mtr), ("trippy", trippy)].into_iter().map(row).collect())
    }

    /// Distance and share lost of each hop, as mtr tells it.
    fn mtr(lab: &Lab, rounds: u8) -> Result<Vec<(u8, f64)>> {
        let report: Value = serde_json::from_str(&told(lab, "mtr", &["-n", "-j", "-c", &rounds.to_string(), FAR])?.0)?;
        let hops = report["report"]["hubs"].as_array().context("mtr tells hops")?;
        Ok(hops.iter().filter_map(|hop| Some((u8::try_from(hop["count"].as_u64()?).ok()?, hop["Loss%"].as_f64()? / 100.0))).collect())
    }

    /// The same, as trippy tells it.
    fn trippy(lab: &Lab, trip: &str, rounds: u8) -> Result<Vec<(u8, f64)>> {
        let report = told(lab, trip, &["--mode", "json", "-C", &rounds.to_string(), "-r", "system", FAR])?.0;
        let report: Value = serde_json::from_str(&report)?;
        let hops = report["hops"].as_array().context("trippy tells hops")?;
        let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
        Ok(hops.iter().filter_map(|hop| Some((number(&hop["ttl"])? as u8, number(&hop["loss_pct"])? / 100.0))).collect())
    }

    /// The mean error of the loss told of each answering hop, and what is told of the thrifty one.
    fn hop_loss(lab: &Lab, trip: &str, loss: f64) -> Result<Vec<Row>> {
        let (ours, mtr, trippy) = thread::scope(|scope| {
            let gone = |_| anyhow!("a tool panicked");
            let mtr = scope.spawn(|| mtr(lab, ROUNDS));
            let trippy = scope.spawn(|| trippy(lab, trip, ROUNDS));
            let ours = trace(lab, ROUNDS)?.loss_on_the_way();
            anyhow::Ok((ours, mtr.join().map_err(gone)??, trippy.join().map_err(gone)??))
        })?;
        // Where nothing is told, no loss is.
        let ours: Vec<(u8, f64)> = (1..).zip(ours).map(|(ttl, loss)| (ttl, loss.unwrap_or(0.0))).collect();
        let truly = |ttl: u8| if ttl >= LOSSY_FROM { loss } else { 0.0 };
        let percent = |hops: &[(u8, f64)], counts: &dyn Fn(u8) -> bool| {
            let off: Vec<f64> = hops
                .iter()
                .filter(|(ttl, _)| *ttl <= HOPS && !SILENT.contains(ttl) && counts(*ttl))
                .map(|(ttl, told)| (told - truly(*ttl)).abs() * 100.0)
                .collect();
            off.iter().sum::<f64>() / off.len() as f64
        };
        let mut rows = Vec::new();
        for (peer, theirs) in [("mtr", &mtr), ("trippy", &trippy)] {
            let honest: &dyn Fn(u8) -> bool = &|ttl| ttl != THRIFTY;
            let thrifty: &dyn Fn(u8) -> bool = &|ttl| ttl == THRIFTY;
            let asked = loss * 100.0;
            for (what, counts) in [
                (format!("error of the loss told of a hop, {asked} % on the way to hop {LOSSY_FROM}"), honest),
                (format!("loss told of a hop that loses nothing and answers little, {asked} % behind it"), thrifty),
            ] {
                rows.push(Row::new(what, peer, (percent(&ours, counts), percent(theirs, counts)), "%", ("below 1", |ratio| ratio < 1.0)));
            }
        }
        Ok(rows)
    }

    /// What measuring costs this computer: the processor time of a campaign as the standard visit makes it, and the memory of a visit.
    fn footprint(lab: &Lab, root: &Path) -> Result<Vec<Row>> {
        let quiet = lab.demarc(&root.join("target/debug/demarc"), &["diagnose", "--profile", "quick", "--no-load"])?;
        if !quiet.status.success() {
            bail!("demarc failed: {}{}", quiet.stdout, quiet.stderr);
        }
        let largest_kb = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
        let mut lanes = vec![lane(Position::Gateway, ROUTER, Probe::Echo, 100)?];
        for (position, address) in [
            (Position::OnNet, "198.51.100.82"),
            (Position::OtherNetwork, ADDRESS),
            (Position::OtherNetwork, "198.19.128.20"),
            (Position::Service, "198.18.0.80"),
        ] {
            lanes.push(lane(position, address, Probe::Echo, 100)?);
        }
        for (position, ttl) in [(Position::FirstHop, 2), (Position::BorderNear, 3), (Position::BorderFar, 4)] {
            lanes.push(lane(position, "198.18.0.80", Probe::HopLimited { ttl }, 1_000)?);
        }
        let (_, share) = perform(lab, Request::Campaign(Campaign { lanes, duration_ms: 30_000, loads: Vec::new() }))?;
        Ok(vec![
            Row::new(
                "processor of a standard path campaign".to_owned(),
                "what is allowed",
                (share * 100.0, 5.0),
                "% of one core",
                ("below 1", |ratio| ratio < 1.0),
            ),
            Row::new(
                "memory of a quick visit".to_owned(),
                "what is allowed",
                (largest_kb as f64 / 1e3, 64.0),
                "MB",
                ("below 1", |ratio| ratio < 1.0),
            ),
        ])
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
}
