//! `demarc-raw`: one question on standard input, one answer on standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{
    io::{self, BufRead as _, Read as _},
    process::ExitCode,
};

use demarc_raw::{LONGEST_LINE, PROGRAM, Question};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => match answer() {
            Ok(line) => {
                println!("{line}");
                ExitCode::SUCCESS
            }
            Err(detail) => {
                eprintln!("{PROGRAM}: {detail}. It is started by demarc and takes one question in JSON on its standard input.");
                ExitCode::from(2)
            }
        },
        Some("--version") => {
            println!("{PROGRAM} {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Some("--help") => {
            println!(
                "{PROGRAM} asks the neighbours of one interface who hands out addresses, or who has one.\n\nIt takes one question in JSON on its standard input, answers in JSON, and ends. Demarc starts it; it needs the\ncapability cap_net_raw and nothing else."
            );
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("{PROGRAM} takes no arguments but --help and --version.");
            ExitCode::from(2)
        }
    }
}

fn answer() -> Result<String, String> {
    let mut line = String::new();
    let most = LONGEST_LINE as u64 + 1;
    io::stdin().lock().take(most).read_line(&mut line).map_err(|error| format!("the question could not be read: {error}"))?;
    let answer = perform(&Question::read(line.trim_end())?)?;
    serde_json::to_string(&answer).map_err(|error| error.to_string())
}

#[cfg(target_os = "linux")]
fn perform(question: &Question) -> Result<demarc_raw::Answer, String> {
    privileges::keep_one()?;
    Ok(demarc_raw::ask(question, privileges::drop_all))
}

#[cfg(not(target_os = "linux"))]
fn perform(_: &Question) -> Result<demarc_raw::Answer, String> {
    Err("this system is not asked in this way".to_owned())
}

/// What the program may do: open one socket, and then nothing.
#[cfg(target_os = "linux")]
mod privileges {
    use caps::{CapSet, Capability, CapsHashSet};

    /// Everything but the right to send frames goes, and no program started from here may gain anything.
    pub fn keep_one() -> Result<(), String> {
        if nix::unistd::geteuid() != nix::unistd::getuid() {
            return Err("it is not meant to be owned by root and run by others (setuid)".to_owned());
        }
        let told = |error: &dyn std::fmt::Display| format!("rights could not be given back: {error}");
        nix::sys::prctl::set_no_new_privs().map_err(|error| told(&error))?;
        let permitted = caps::read(None, CapSet::Permitted).map_err(|error| told(&error))?;
        let kept: CapsHashSet = permitted.into_iter().filter(|capability| *capability == Capability::CAP_NET_RAW).collect();
        set(&kept).map_err(|error| told(&error))
    }

    /// The socket is open: nothing more is needed.
    pub fn drop_all() -> std::io::Result<()> {
        set(&CapsHashSet::new()).map_err(|error| std::io::Error::other(error.to_string()))
    }

    fn set(kept: &CapsHashSet) -> Result<(), caps::errors::CapsError> {
        caps::clear(None, CapSet::Ambient)?;
        caps::set(None, CapSet::Inheritable, &CapsHashSet::new())?;
        caps::set(None, CapSet::Effective, kept)?;
        caps::set(None, CapSet::Permitted, kept)
    }
}
