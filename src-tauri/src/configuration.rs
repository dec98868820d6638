//! The user's configuration file, read once at the start.

use demarc_engine::files;
use demarc_model::Config;

/// What a visit talks to, and why the user's file is not used when it is not.
pub struct Configuration {
    /// The file's, or the default one.
    pub config: Config,
    /// One sentence for the user.
    pub problem: Option<String>,
}

impl Configuration {
    /// Reads `config.toml` in the user's configuration folder; without one, and with one that cannot be used, the defaults hold.
    pub fn read() -> Self {
        match files::load_config(None) {
            Ok(config) => Self { config, problem: None },
            Err(error) => Self { config: Config::default(), problem: Some(error.to_string()) },
        }
    }
}
