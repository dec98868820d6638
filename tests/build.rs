//! Each scenario and household file is a test of its own, so a new file must compile the tests again.

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=households");
    println!("cargo::rerun-if-changed=build.rs");
}
