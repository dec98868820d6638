//! Declares the window's commands, so that only those its capability names can be called, and makes sure there is a page to embed.

use std::{error::Error, fs, path::Path};

/// Stands in where the screens are not built, so that the workspace can be checked without Node.
const PLACEHOLDER: &str =
    "<!doctype html><title>Demarc</title><p>The screens are not built yet. Run `make build`, then start Demarc again.</p>\n";

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new("../ui/dist/index.html");
    println!("cargo:rerun-if-changed=../ui/dist");
    if !page.exists() {
        println!("cargo:warning=The screens are not built: the window will only say so. Run `make build`.");
        fs::create_dir_all("../ui/dist")?;
        fs::write(page, PLACEHOLDER)?;
    }
    let commands = tauri_build::AppManifest::new().commands(&["describe", "start_visit", "act", "save_report"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
