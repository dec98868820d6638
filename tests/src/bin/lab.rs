//! Runs a command on the device of a lab: `lab up FAULT.toml [--seed N] -- COMMAND…`. `$LAB_CONFIG` is the configuration for Demarc.

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;
    use std::process::ExitCode;

    use anyhow::{Context, Result, bail};
    use tests::lab::link::Traffic;
    use tests::lab::{DEVICE, Lab, PROGRAMS, Scenario, namespace};
    use tokio::signal::unix::{SignalKind, signal};

    pub fn main() -> Result<ExitCode> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let (own, command) = match arguments.iter().position(|argument| argument == "--") {
            Some(split) => (&arguments[..split], &arguments[split + 1..]),
            None => (&arguments[..], &[][..]),
        };
        let (file, seed) = match own {
            [up, file] if up == "up" => (file, 1),
            [up, file, flag, seed] if up == "up" && flag == "--seed" => (file, seed.parse().context("--seed takes a number")?),
            _ => bail!("usage: lab up FAULT.toml [--seed N] -- COMMAND…"),
        };
        let [program, rest @ ..] = command else { bail!("usage: lab up FAULT.toml [--seed N] -- COMMAND…") };
        let missing = namespace::missing(&PROGRAMS);
        if !missing.is_empty() {
            bail!("the lab needs {}", missing.join(" and "));
        }

        let scenario = Scenario::read(Path::new(file))?;
        let lab = Lab::up(&scenario, seed)?;
        eprintln!("{} Seed {seed}. Configuration: {}", scenario.description, lab.config_path().display());
        let mut command = lab.command(DEVICE, program);
        // The user's environment, for a display; not the proxies, which are not in the lab.
        let inherited = std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().to_ascii_lowercase().ends_with("_proxy"));
        command.args(rest).envs(inherited).env("LAB_CONFIG", lab.config_path());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let status = runtime.block_on(async {
            // Ctrl-C reaches the command too; the lab outlives it to be taken down.
            let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
            let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
            loop {
                tokio::select! {
                    status = child.wait() => return anyhow::Ok(status?),
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => child.start_kill()?,
                }
            }
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
