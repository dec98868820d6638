//! Asking programs of the operating system, bounded in time and output: by their whole path, without a shell, and with nothing of the
//! user's or the network's among the words but names that were looked at.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{io::AsyncReadExt as _, process::Command, time::timeout};

use crate::bounded::one_line;

/// Most bytes read of a program's answer.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// What a program prints. The error is a sentence's middle part. A program that takes too long is ended.
pub(crate) async fn answer(program: impl AsRef<Path>, arguments: &[&str], limit: Duration) -> Result<String, String> {
    let program = program.as_ref();
    let failed = |detail: &str| {
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        one_line(&format!("{name}: {detail}"), 200)
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    // Programs of Unix speak English when asked to.
    #[cfg(unix)]
    command.env("LC_ALL", "C");
    // CREATE_NO_WINDOW: no console flashes up beside Demarc's window.
    #[cfg(windows)]
    command.creation_flags(0x0800_0000);
    let mut child = command.spawn().map_err(|error| failed(&error.to_string()))?;
    let output = child.stdout.take().ok_or_else(|| failed("no output"))?;
    let mut bytes = Vec::new();
    match timeout(limit, output.take(LONGEST_ANSWER).read_to_end(&mut bytes)).await {
        Ok(Ok(_)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Ok(Err(error)) => Err(failed(&error.to_string())),
        Err(_) => Err(failed("timed out")),
    }
}

/// What a program of Windows itself prints, named by its path below the system's folder.
#[cfg(windows)]
pub(crate) async fn of_windows(program: &str, arguments: &[&str], limit: Duration) -> Result<String, String> {
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    answer(std::path::PathBuf::from(root).join("System32").join(program), arguments, limit).await
}

/// What a script of PowerShell prints. Scripts are constants: the values are picked from the answer.
#[cfg(windows)]
pub(crate) async fn powershell(script: &str, limit: Duration) -> Result<String, String> {
    // Without a console of its own, PowerShell would print in the code page of old programs.
    let script = format!("$ErrorActionPreference='SilentlyContinue';[Console]::OutputEncoding=[Text.Encoding]::UTF8;{script}");
    let arguments = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", &script];
    of_windows(r"WindowsPowerShell\v1.0\powershell.exe", &arguments, limit).await
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn a_program_is_asked_without_a_shell() {
        assert_eq!(answer("/bin/echo", &["$HOME;", "`id`"], SECOND).await, Ok("$HOME; `id`\n".to_owned()));
    }

    #[tokio::test]
    async fn what_is_absent_silent_or_endless_is_given_up() {
        assert!(answer("/nowhere/program", &[], SECOND).await.is_err_and(|error| error.starts_with("program: ")));
        assert_eq!(answer("/bin/sleep", &["60"], Duration::from_millis(20)).await, Err("sleep: timed out".to_owned()));
        let longest = usize::try_from(LONGEST_ANSWER).ok();
        assert_eq!(answer("/usr/bin/yes", &[], 20 * SECOND).await.map(|text| text.len()).ok(), longest);
    }
}
