//! The window of Demarc.

// No console beside the window.
#![cfg_attr(windows, windows_subsystem = "windows")]

fn main() -> anyhow::Result<()> {
    demarc_desktop::open()
}
