//! The files around a visit: the configuration, the table of networks, and records written whole or not at all.

use std::{
    fs::File,
    io::{Read, Write},
    net::IpAddr,
    path::{Path, PathBuf},
};

use demarc_model::{Config, ConfigError, Run};
use thiserror::Error;

/// Largest configuration or table read, in bytes.
const LARGEST_TEXT: u64 = 64 << 20;

/// Why a file around a visit cannot be used. Each is a sentence that says what to do.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("{} cannot be read ({reason}); check that it exists and that you may open it", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The file cannot be written.
    #[error("{} cannot be written ({reason}); choose another place with --output", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The configuration says something it cannot mean.
    #[error("the configuration {} is not valid: {error}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: ConfigError,
    },
    /// A line of the table of networks cannot be read.
    #[error("line {line} of the table {} is not `prefix,asn,name`, such as `192.0.2.0/24,64500,Example`", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Not the record of a visit.
    #[error("{} is not the record of a visit ({reason}); give a file that `demarc diagnose --format json` wrote", path.display())]
    NotARun {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// The configuration in `given`, else the user's own, else the defaults. The user's own may be missing; a given one may not.
pub fn load_config(given: Option<&Path>) -> Result<Config, FileError> {
    let own = directories::ProjectDirs::from("", "", "demarc").map(|folders| folders.config_dir().join("config.toml"));
    let Some(path) = given.map(Path::to_path_buf).or_else(|| own.filter(|path| path.exists())) else { return Ok(Config::default()) };
    let text = read_text(&path)?;
    let mut config = Config::from_toml(&text).map_err(|error| FileError::Config { path: path.clone(), error })?;
    if let Some(table) = &config.asn.table {
        let table = path.parent().unwrap_or(Path::new(".")).join(table);
        config.asn.prefixes = load_table(&table)?;
    }
    Ok(config)
}

fn load_table(path: &Path) -> Result<Vec<(IpAddr, u8, u32, String)>, FileError> {
    let text = read_text(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines.map(|(index, line)| table_line(line).ok_or_else(|| FileError::Table { path: path.to_path_buf(), line: index + 1 })).collect()
}

fn table_line(line: &str) -> Option<(IpAddr, u8, u32, String)> {
    let mut fields = line.splitn(3, ',').map(str::trim);
    let (network, length) = fields.next()?.split_once('/')?;
    let network: IpAddr = network.parse().ok()?;
    let length: u8 = length.parse().ok().filter(|length| *length <= if network.is_ipv4() { 32 } else { 128 })?;
    let asn = fields.next()?;
    let asn = asn.strip_prefix("AS").unwrap_or(asn).parse().ok()?;
    Some((network, length, asn, fields.next().unwrap_or_default().trim_matches('"').to_owned()))
}

/// The record of a visit.
pub fn load_run(path: &Path) -> Result<Run, FileError> {
    let text = read_text(path)?;
    let run: Run =
        serde_json::from_str(&text).map_err(|error| FileError::NotARun { path: path.to_path_buf(), reason: error.to_string() })?;
    if run.schema == demarc_model::SCHEMA {
        Ok(run)
    } else {
        Err(FileError::NotARun { path: path.to_path_buf(), reason: format!("its schema is {:.40}", run.schema) })
    }
}

fn read_text(path: &Path) -> Result<String, FileError> {
    let unreadable = |reason: String| FileError::Unreadable { path: path.to_path_buf(), reason };
    let mut text = String::new();
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    file.take(LARGEST_TEXT + 1).read_to_string(&mut text).map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 > LARGEST_TEXT { Err(unreadable("it is larger than 64 MB".to_owned())) } else { Ok(text) }
}

/// A file that appears whole under its name, or not at all. Making one shows at once whether its folder can be written.
#[derive(Debug)]
pub struct PendingFile {
    path: PathBuf,
    file: tempfile::NamedTempFile,
}

impl PendingFile {
    /// Prepares to write `path`.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unwritable = |reason: String| FileError::Unwritable { path: path.to_path_buf(), reason };
        if path.is_dir() {
            return Err(unwritable("it is a folder".to_owned()));
        }
        if !folder.is_dir() {
            return Err(unwritable(format!("there is no folder {}", folder.display())));
        }
        // The error's own text would name the temporary file, which nobody asked for.
        let made = tempfile::Builder::new().prefix(".demarc-").tempfile_in(folder);
        let file = made.map_err(|error| unwritable(std::io::Error::from(error.kind()).to_string()))?;
        Ok(Self { path: path.to_path_buf(), file })
    }

    /// Writes the content and lets the file appear.
    pub fn write(mut self, content: &[u8]) -> Result<PathBuf, FileError> {
        let path = self.path.clone();
        let unwritable = |reason: String| FileError::Unwritable { path: path.clone(), reason };
        self.file.write_all(content).map_err(|error| unwritable(error.to_string()))?;
        self.file.as_file().sync_all().map_err(|error| unwritable(error.to_string()))?;
        self.file.persist(&self.path).map_err(|error| unwritable(error.error.to_string()))?;
        Ok(self.path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_table_line_is_prefix_asn_name() {
        assert_eq!(table_line("192.0.2.0/24,AS64500,\"A, B\""), Some(("192.0.2.0".parse().unwrap(), 24, 64500, "A, B".to_owned())));
        for bad in ["192.0.2.0,1,x", "192.0.2.0/33,1,x", "x/8,1,x", "192.0.2.0/24,one,x", ""] {
            assert_eq!(table_line(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_pending_file_leaves_nothing_behind_unless_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        drop(PendingFile::create(&path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        PendingFile::create(&path).unwrap().write(b"x").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"x");
        assert!(PendingFile::create(folder.path()).is_err() && PendingFile::create(&folder.path().join("no/such/run.json")).is_err());
    }
}
