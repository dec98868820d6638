//! Talking with `demarc-raw`: one line out, one line back, both bounded. What it says is not trusted more than the network is.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use demarc_model::{AddressOwners, DhcpOffer, DhcpServers, Outcome, Phrase};
use demarc_raw::{Answer, LONGEST_LINE, PROGRAM, Question};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
};

use crate::bounded::one_line;

/// Where packages put it; never searched for along `PATH`, which others may write to.
const INSTALLED: [&str; 2] = ["/usr/libexec/demarc", "/usr/lib/demarc"];
/// Most offers, name servers of one, and hardware addresses taken.
const MOST_OFFERS: usize = 8;
const MOST_NAME_SERVERS: usize = 4;
const MOST_OTHERS: usize = 4;
/// Length of a hardware address as text.
const MAC_LENGTH: usize = 17;

/// Asks; the program is ended when this is dropped.
pub(super) async fn perform(helper: Option<&Path>, question: Question) -> Outcome {
    let interface = question.interface().to_owned();
    let failed = |detail: &str| {
        let why = Phrase::new("failed-frames").text("interface", &interface).text("detail", one_line(detail, 200));
        Outcome::Failed { why }
    };
    let programs = helper.map_or_else(installed, |program| vec![program.to_path_buf()]);
    let Some((program, answer)) = ask_one_that_may(programs, &question).await else {
        return Outcome::Blocked { why: Phrase::new("blocked-raw-missing").text("program", PROGRAM) };
    };
    match answer {
        Ok(Answer::Offers { offers }) => {
            let offers = offers.into_iter().take(MOST_OFFERS).map(|offer| DhcpOffer {
                server: offer.server,
                router: offer.router,
                name_servers: offer.name_servers.into_iter().take(MOST_NAME_SERVERS).collect(),
            });
            DhcpServers { offers: offers.collect() }.into()
        }
        Ok(Answer::Owners { others }) => {
            AddressOwners { others: others.iter().take(MOST_OTHERS).map(|other| one_line(other, MAC_LENGTH)).collect() }.into()
        }
        Ok(Answer::NotAllowed) => {
            // Where somebody built it is nobody else's business.
            let shown = if program.starts_with("/usr") { program.display().to_string() } else { PROGRAM.to_owned() };
            Outcome::Blocked { why: Phrase::new("blocked-raw-sockets").text("program", shown) }
        }
        Ok(Answer::NoInterface) => Outcome::Failed { why: Phrase::new("failed-no-interface").text("interface", &interface) },
        Ok(Answer::Failed { detail }) | Err(detail) => failed(&detail),
    }
}

/// Beside this program, and where packages put it.
fn installed() -> Vec<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.to_path_buf()));
    let folders = beside.into_iter().chain(INSTALLED.map(PathBuf::from));
    folders.map(|folder| folder.join(PROGRAM)).filter(|program| program.is_file()).collect()
}

/// The answer of the first that has the right to send frames, which only the package gives; else that of the last.
async fn ask_one_that_may(programs: Vec<PathBuf>, question: &Question) -> Option<(PathBuf, Result<Answer, String>)> {
    let mut asked = None;
    for program in programs {
        let answer = ask(&program, question).await;
        let may = answer != Ok(Answer::NotAllowed);
        asked = Some((program, answer));
        if may {
            break;
        }
    }
    asked
}

async fn ask(program: &Path, question: &Question) -> Result<Answer, String> {
    let told = |what: &str, error: &dyn std::fmt::Display| format!("{PROGRAM} {what}: {error}");
    let mut line = serde_json::to_string(question).map_err(|error| told("was not asked", &error))?;
    line.push('\n');
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| told("did not start", &error))?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(format!("{PROGRAM} has no input or output"));
    };
    // One that ends early closes its input; its answer, or that there is none, says so.
    let _ = input.write_all(line.as_bytes()).await;
    drop(input);
    let mut answer = Vec::new();
    output.take(LONGEST_LINE as u64).read_to_end(&mut answer).await.map_err(|error| told("was not understood", &error))?;
    serde_json::from_slice(&answer).map_err(|error| told("was not understood", &error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::os::unix::fs::PermissionsExt as _;

    use rstest::rstest;

    use super::*;

    fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
        let program = folder.join(name);
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        program
    }

    /// What is made of a program that runs this script.
    async fn outcome(script: &str) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let program = program(folder.path(), PROGRAM, script);
        perform(Some(&program), Question::DhcpServers { interface: "eth0".to_owned() }).await
    }

    #[rstest]
    #[case("read line; echo '{\"told\":\"offers\",\"offers\":[]}'", None)]
    #[case("echo '{\"told\":\"not-allowed\"}'", Some("blocked-raw-sockets"))]
    #[case("echo '{\"told\":\"no-interface\"}'", Some("failed-no-interface"))]
    #[case("echo '{\"told\":\"failed\",\"detail\":\"\\u001b[31mno\"}'", Some("failed-frames"))]
    #[case("echo '{\"told\":\"frames\"}'", Some("failed-frames"))]
    #[case("echo nonsense", Some("failed-frames"))]
    #[case("exec /usr/bin/yes", Some("failed-frames"))]
    #[case("exit 1", Some("failed-frames"))]
    #[tokio::test]
    async fn whatever_the_program_says_is_bounded_and_understood_or_not(#[case] script: &str, #[case] why: Option<&str>) {
        let found = match outcome(script).await {
            Outcome::Measured { .. } => None,
            Outcome::Blocked { why } | Outcome::Failed { why } | Outcome::NotApplicable { why } => Some(why.id),
        };
        assert_eq!(found.as_deref(), why);
    }

    const NOT_ALLOWED: &str = "read line; echo '{\"told\":\"not-allowed\"}'";
    const NOBODY: &str = "read line; echo '{\"told\":\"offers\",\"offers\":[]}'";

    #[rstest]
    #[case(&[NOT_ALLOWED, NOBODY], "1")]
    #[case(&[NOBODY, NOT_ALLOWED], "0")]
    #[case(&[NOT_ALLOWED, NOT_ALLOWED], "1")]
    #[case(&["exit 1", NOBODY], "0")]
    #[tokio::test]
    async fn one_without_the_right_hides_none_that_has_it(#[case] scripts: &[&str], #[case] answers: &str) {
        let folder = tempfile::tempdir().unwrap();
        let programs = scripts.iter().enumerate().map(|(index, script)| program(folder.path(), &index.to_string(), script)).collect();
        let (asked, _) = ask_one_that_may(programs, &Question::DhcpServers { interface: "eth0".to_owned() }).await.unwrap();
        assert_eq!(asked.file_name().unwrap(), answers);
    }

    #[tokio::test]
    async fn without_the_program_it_is_said_what_is_missing() {
        // Nothing of this name stands beside a test.
        let Outcome::Blocked { why } = perform(None, Question::DhcpServers { interface: "eth0".to_owned() }).await else { panic!() };
        assert_eq!(why.id, "blocked-raw-missing");
    }
}
