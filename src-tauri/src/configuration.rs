//! The user's configuration file, read once at the start.

use std::{fs::File, io::Read, path::PathBuf};

use demarc_model::Config;

/// Longest configuration file, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// What a visit talks to, and why the file is not used when it is not.
pub struct Configuration {
    /// The file's, or the default one.
    pub config: Config,
    /// One sentence for the user.
    pub problem: Option<String>,
}

impl Configuration {
    /// Reads `config.toml` in the user's configuration folder; without one, the defaults hold.
    pub fn read() -> Self {
        let Some(path) = path().filter(|path| path.exists()) else { return Self { config: Config::default(), problem: None } };
        match load(&path) {
            Ok(config) => Self { config, problem: None },
            Err(why) => Self {
                config: Config::default(),
                problem: Some(format!("{}: {why}. Demarc goes on without this file; correct it and start again.", path.display())),
            },
        }
    }
}

fn path() -> Option<PathBuf> {
    Some(directories::ProjectDirs::from("", "", "demarc")?.config_dir().join("config.toml"))
}

fn load(path: &PathBuf) -> Result<Config, String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(LONGEST).read_to_string(&mut text).map_err(|error| error.to_string())?;
    Config::from_toml(&text).map_err(|error| error.to_string())
}
