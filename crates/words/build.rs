//! Lists `locales/<language>/*.ftl` so that a new file is picked up without a word of code.

#![allow(clippy::disallowed_methods, reason = "the crate is pure; building it lists files")]

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let locales = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../locales").canonicalize()?;
    println!("cargo::rerun-if-changed={}", locales.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut list = String::from("&[\n");
    for language in sorted(&locales)?.iter().filter(|path| path.is_dir()) {
        writeln!(list, "    ({:?}, &[", name(language))?;
        for file in sorted(language)?.iter().filter(|path| path.extension().is_some_and(|extension| extension == "ftl")) {
            writeln!(list, "        ({:?}, include_str!({:?})),", name(file), file.to_string_lossy())?;
        }
        list.push_str("    ]),\n");
    }
    list.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("locales.rs"), list)?;
    Ok(())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}
