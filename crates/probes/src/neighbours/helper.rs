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
    let Some(program) = helper.map(Path::to_path_buf).or_else(installed) else {
        return Outcome::Blocked { why: Phrase::new("blocked-raw-missing").text("program", PROGRAM) };
    };
    match ask(&program, &question).await {
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

/// Beside this program, or where packages put it.
fn installed() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.to_path_buf()));
    let folders = beside.into_iter().chain(INSTALLED.map(PathBuf::from));
    folders.map(|folder| folder.join(PROGRAM)).find(|program| program.is_file())
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

    /// What is made of a program that runs this script.
    async fn outcome(script: &str) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(PROGRAM);
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
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

    #[tokio::test]
    async fn without_the_program_it_is_said_what_is_missing() {
        // Nothing of this name stands beside a test.
        let Outcome::Blocked { why } = perform(None, Question::DhcpServers { interface: "eth0".to_owned() }).await else { panic!() };
        assert_eq!(why.id, "blocked-raw-missing");
    }
}
