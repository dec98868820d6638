//! The fault lab from the command line: one lab to look around in, a survey of all faults, recordings.

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;
    use std::thread;
    use std::time::Instant;

    use anyhow::{Context, Result, bail};
    use clap::{Args, Parser};
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::{Value, json};
    use tests::lab::link::Traffic;
    use tests::lab::survey::{self, Plan, Visit};
    use tests::lab::{DEVICE, Lab, PROGRAMS, Scenario, home, measure, namespace};
    use tokio::signal::unix::{SignalKind, signal};

    /// Party accuracy below which a survey fails.
    const WANTED: f64 = 0.95;

    /// The fault lab: a small internet of network namespaces. Needs root; nothing of it reaches the machine's own network.
    #[derive(Debug, Parser)]
    #[command(name = "lab")]
    enum Arguments {
        /// Run a command on the device of a lab; `$LAB_CONFIG` is the configuration for Demarc
        Up {
            /// What is wrong
            fault: PathBuf,
            /// What settles chance
            #[arg(long, default_value_t = 1)]
            seed: u64,
            /// The command
            #[arg(last = true, required = true)]
            command: Vec<String>,
        },
        /// Visit every fault with several seeds and count how often the verdict is right; fails below 95 %
        Survey {
            #[command(flatten)]
            choice: Choice,
            /// Visits to each fault
            #[arg(long, default_value_t = 5)]
            seeds: u64,
            /// Where the figures go
            #[arg(long, default_value = "target/lab-survey.json")]
            output: PathBuf,
            /// A folder for the record of every visit
            #[arg(long)]
            runs: Option<PathBuf>,
            /// Only faults of the home and their twins, told as a table in this file
            #[arg(long, value_name = "FILE", conflicts_with = "fault")]
            home: Option<PathBuf>,
        },
        /// Visit healthy homes with every fault of the provider and beyond, over and over; fails where one verdict names the home
        Upstream {
            #[command(flatten)]
            choice: Choice,
            /// Visits in all
            #[arg(long, default_value_t = 100)]
            visits: usize,
        },
        /// Visit every fault once and keep the records, for tests that need no privileges
        Record {
            #[command(flatten)]
            choice: Choice,
            /// A folder for the records
            #[arg(long, default_value = "tests/recordings")]
            output: PathBuf,
        },
        /// Measure how well an emulated link does what it is asked
        Measure,
    }

    #[derive(Debug, Args)]
    struct Choice {
        /// Only these faults
        #[arg(long)]
        fault: Vec<String>,
        /// Labs at one time
        #[arg(long, default_value_t = 6)]
        parallel: usize,
        /// The folder of the faults
        #[arg(long, default_value = "tests/faults")]
        faults: PathBuf,
        /// The program under test
        #[arg(long, default_value = "target/debug/demarc")]
        demarc: PathBuf,
    }

    impl Choice {
        fn plan(self, seeds: u64) -> Result<Plan> {
            let binary = self.demarc.canonicalize().with_context(|| format!("{} is not built; run `make build`", self.demarc.display()))?;
            Ok(Plan {
                faults: survey::faults(&self.faults, &self.fault)?,
                seeds,
                most: usize::MAX,
                parallel: self.parallel.clamp(1, 16),
                binary,
            })
        }
    }

    pub fn main() -> Result<ExitCode> {
        let arguments = Arguments::parse();
        let missing = namespace::missing(&PROGRAMS);
        if !missing.is_empty() {
            bail!("the lab needs {}", missing.join(" and "));
        }
        match arguments {
            Arguments::Up { fault, seed, command } => look_around(&fault, seed, &command),
            Arguments::Survey { choice, seeds, output, runs, home: table } => {
                let mut plan = choice.plan(seeds)?;
                if table.is_some() {
                    let wanted = home::wanted(&plan.faults);
                    plan.faults.retain(|(name, _)| wanted.contains(name));
                }
                survey(&plan, &output, runs.as_deref(), table.as_deref())
            }
            Arguments::Upstream { choice, visits } => Ok(upstream(choice.plan(1)?, visits)),
            Arguments::Record { choice, output } => record(&choice.plan(1)?, &output),
            Arguments::Measure => {
                println!("{}", serde_json::to_string_pretty(&measure::errors()?)?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    fn survey(plan: &Plan, output: &Path, runs: Option<&Path>, table: Option<&Path>) -> Result<ExitCode> {
        if let Some(folder) = runs {
            std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        eprintln!("measuring a link alone");
        let alone = measure::errors()?;
        let began = Instant::now();
        let (visits, beside) = thread::scope(|scope| {
            let beside = scope.spawn(|| {
                // The first labs are in the middle of their visits.
                thread::sleep(std::time::Duration::from_secs(25));
                measure::errors()
            });
            let visits = plan.carry_out(|visit| {
                tell(visit);
                if let Some(folder) = runs.filter(|_| !visit.run.is_null()) {
                    let path = folder.join(format!("{}-{}.json", visit.fault, visit.seed));
                    if let Err(error) = std::fs::write(&path, visit.run.to_string()) {
                        eprintln!("{}: {error}", path.display());
                    }
                }
            });
            (visits, beside.join())
        });
        let seconds = began.elapsed().as_secs_f64();
        let beside = beside.map_err(|_| anyhow::anyhow!("the measurement panicked"))??;
        let (all, each) = survey::tally(&visits);
        let accuracy = all.party_right as f64 / all.runs.max(1) as f64;
        let wrong: Vec<&Visit> = visits.iter().filter(|visit| !visit.problems.is_empty()).collect();
        for visit in wrong.iter().filter(|visit| !visit.party_right) {
            eprintln!("\n{}{}", visit.told, visit.problems.join("; "));
        }
        let figures = json!({
            "runs": all.runs,
            "party_right": all.party_right,
            "party_accuracy": accuracy,
            "segment_right": all.segment_right,
            "fault_right": all.fault_right,
            "seconds": seconds,
            "parallel": plan.parallel,
            "faults": each,
            "failures": wrong,
            "emulator": {"alone": alone, "in_parallel": beside},
        });
        if let Some(folder) = output.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(output, serde_json::to_string_pretty(&figures)? + "\n").with_context(|| format!("write {}", output.display()))?;
        if let Some(table) = table {
            std::fs::write(table, home::page(&plan.faults, &visits)).with_context(|| format!("write {}", table.display()))?;
        }
        println!(
            "{} of {} parties right ({:.1} %), {} segments, {} faults, in {seconds:.0} s",
            all.party_right,
            all.runs,
            100.0 * accuracy,
            all.segment_right,
            all.fault_right
        );
        Ok(if accuracy >= WANTED { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn upstream(mut plan: Plan, most: usize) -> ExitCode {
        plan.faults.retain(|(_, scenario)| scenario.expect.party.iter().all(|party| !matches!(party.as_str(), "home" | "healthy")));
        let faults = plan.faults.len();
        plan.seeds = most.div_ceil(faults.max(1)) as u64;
        plan.most = most;
        let visits = plan.carry_out(tell);
        let blamed: Vec<&Visit> = visits.iter().filter(|visit| visit.blames_home()).collect();
        for visit in &blamed {
            eprintln!("\n{}", visit.told);
        }
        let failed = visits.iter().filter(|visit| visit.run.is_null()).count();
        println!("{} visits to {faults} faults behind a healthy home: {} name the home, {failed} failed", visits.len(), blamed.len());
        if blamed.is_empty() && failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn record(plan: &Plan, folder: &Path) -> Result<ExitCode> {
        std::fs::create_dir_all(folder)?;
        let visits = plan.carry_out(tell);
        for visit in visits.iter().filter(|visit| !visit.run.is_null()) {
            let mut run = visit.run.clone();
            forget_machine(&mut run);
            let path = folder.join(format!("{}.json.gz", visit.fault));
            let mut file = GzEncoder::new(File::create(&path)?, Compression::best());
            serde_json::to_writer(&mut file, &run)?;
            file.finish().with_context(|| format!("write {}", path.display()))?;
        }
        Ok(if visits.iter().all(|visit| !visit.run.is_null()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Takes out what belongs to the machine under the lab: its programs and its system.
    fn forget_machine(value: &mut Value) {
        match value {
            Value::Object(entries) => {
                for (key, inner) in entries {
                    match key.as_str() {
                        "busiest" | "talkers" => *inner = json!([]),
                        "system_version" => *inner = json!(""),
                        _ => forget_machine(inner),
                    }
                }
            }
            Value::Array(entries) => entries.iter_mut().for_each(forget_machine),
            _ => {}
        }
    }

    fn tell(visit: &Visit) {
        let right = if visit.party_right { "ok   " } else { "WRONG" };
        println!(
            "{right} {:<28} seed {} {:>5.1} s  {:<50} {}",
            visit.fault,
            visit.seed,
            visit.seconds,
            visit.verdict,
            visit.problems.join("; ")
        );
    }

    fn look_around(file: &Path, seed: u64, command: &[String]) -> Result<ExitCode> {
        let [program, rest @ ..] = command else { bail!("there is no command") };
        let scenario = Scenario::read(file)?;
        let lab = Lab::up(&scenario, seed)?;
        eprintln!("{} Seed {seed}. Configuration: {}", scenario.description, lab.config_path().display());
        let mut command = lab.command(DEVICE, program);
        // The user's environment, for a display; not the proxies, which are not in the lab.
        let inherited = std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().to_ascii_lowercase().ends_with("_proxy"));
        command.args(rest).envs(inherited).env("LAB_CONFIG", lab.config_path());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let ended = runtime.block_on(async {
            // Ctrl-C reaches the command too; the lab outlives it to be taken down.
            anyhow::Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
        });
        let (mut interrupt, mut terminate) = ended?;
        let status = lab.during(|| {
            runtime.block_on(async {
                let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
                loop {
                    tokio::select! {
                        status = child.wait() => return anyhow::Ok(status?),
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => child.start_kill()?,
                    }
                }
            })
        })?;
        for (link, traffic) in lab.traffic() {
            let told = |traffic: Traffic| format!("{} of {} packets lost", traffic.lost + traffic.overflowed, traffic.packets);
            eprintln!("{link:<15} down: {}, up: {}", told(traffic.down), told(traffic.up));
        }
        Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
    }
}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<std::process::ExitCode> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("The lab needs Linux's network namespaces.");
    std::process::ExitCode::FAILURE
}
