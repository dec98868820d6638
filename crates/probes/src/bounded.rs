//! Reading files of the system without trusting their size.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// The first `limit` bytes of a text file; bytes that are not UTF-8 are replaced.
pub(crate) fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Text from outside, one line of at most `limit` characters without control characters.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(limit).collect::<String>().trim().to_owned()
}

/// Milliseconds with three decimals.
pub(crate) fn milliseconds(elapsed: std::time::Duration) -> f64 {
    (elapsed.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_file_is_cut_and_bytes_that_are_not_text_are_replaced() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("huge");
        std::fs::write(&path, [0xff; 10_000])?;
        assert_eq!(read_text(&path, 100)?.chars().count(), 100);
        assert!(read_text(&folder.path().join("absent"), 100).is_err());
        Ok(())
    }

    #[test]
    fn a_line_keeps_no_control_characters() {
        assert_eq!(one_line("\u{1b}[31m a\nb \n", 100), "[31m a b");
        assert_eq!(one_line(&"x".repeat(500), 3), "xxx");
    }
}
