//! The program that asks the neighbours, in the lab: it needs one capability, says so without it, and does nothing else.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::Write as _,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use demarc_model::{Measurement, Outcome, Prober as _, Request};
use demarc_probes::RealNetwork;
use rstest::rstest;
use tests::lab::{DEVICE, Lab, PROGRAMS, Scenario, namespace};

const OWN: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 23);

/// The lab of a fault, and the program in it; nothing where there can be no lab.
fn lab(fault: &str, allowed: bool) -> Option<(Lab, PathBuf)> {
    if !namespace::available(&PROGRAMS).unwrap() {
        return None;
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("faults/{fault}.toml"));
    let lab = Lab::up(&Scenario::read(&file).unwrap(), 1).unwrap();
    let helper = lab.raw_helper(allowed).unwrap();
    Some((lab, helper))
}

/// The program as a user without rights runs it on the device.
fn run(lab: &Lab, helper: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command: Command = lab.command(DEVICE, "setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all,+net_raw"]).arg(helper).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that has ended does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

#[test]
fn a_second_server_is_found_and_the_address_is_our_own() {
    let Some((lab, helper)) = lab("rogue-dhcp", true) else { return };
    let told = run(&lab, &helper, &[], b"{\"ask\":\"dhcp-servers\",\"interface\":\"eth0\"}\n");
    let answer: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let mut servers: Vec<&str> = answer["offers"].as_array().unwrap().iter().map(|offer| offer["server"].as_str().unwrap()).collect();
    servers.sort_unstable();
    assert_eq!(servers, ["192.168.1.1", "192.168.1.44"], "{answer}");
    let question = format!("{{\"ask\":\"address-owners\",\"interface\":\"eth0\",\"address\":\"{OWN}\"}}");
    assert_eq!(text(&run(&lab, &helper, &[], question.as_bytes()).stdout), r#"{"told":"owners","others":[]}"#);
}

#[test]
fn another_machine_with_our_address_is_found() {
    let Some((lab, helper)) = lab("duplicate-address", true) else { return };
    let question = format!("{{\"ask\":\"address-owners\",\"interface\":\"eth0\",\"address\":\"{OWN}\"}}");
    let told = text(&run(&lab, &helper, &[], question.as_bytes()).stdout);
    let answer: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(answer["others"].as_array().map(Vec::len), Some(1), "{told}");
}

/// What a user without rights gets, through Demarc's own door.
#[test]
fn without_its_capability_or_the_program_it_is_said_how_to_allow_it() {
    let Some((lab, helper)) = lab("healthy", false) else { return };
    let told = run(&lab, &helper, &[], b"{\"ask\":\"dhcp-servers\",\"interface\":\"eth0\"}\n");
    assert_eq!(text(&told.stdout), r#"{"told":"not-allowed"}"#);
    let asked = |network: RealNetwork, interface: &str| {
        let request = Request::DhcpServers { interface: interface.to_owned() };
        lab.within(DEVICE, || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(network.perform(request, Box::new(|_| {}))))
        })
        .unwrap()
    };
    // Root may, and finds the router alone.
    let Outcome::Measured { measurement: Measurement::DhcpServers(servers) } = asked(RealNetwork::with_helper(helper.clone()), "eth0")
    else {
        panic!()
    };
    assert_eq!(servers.offers.len(), 1);
    let Outcome::Failed { why } = asked(RealNetwork::with_helper(helper), "eth7") else { panic!() };
    assert_eq!(why.id, "failed-no-interface");
}

#[rstest]
#[case(&[], "")]
#[case(&[], "nonsense\n")]
#[case(&[], "{\"ask\":\"send-frame\",\"interface\":\"eth0\",\"frame\":\"ffff\"}\n")]
#[case(&[], "{\"ask\":\"dhcp-servers\",\"interface\":\"/etc/passwd\"}\n")]
#[case(&["--interface", "eth0"], "")]
fn anything_else_is_refused_in_a_sentence(#[case] arguments: &[&str], #[case] input: &str) {
    let Some((lab, helper)) = lab("healthy", true) else { return };
    for input in [input.to_owned(), input.repeat(100_000)] {
        let told = run(&lab, &helper, arguments, input.as_bytes());
        assert_eq!((told.status.code(), text(&told.stdout)), (Some(2), String::new()));
        assert!(text(&told.stderr).starts_with("demarc-raw"), "{}", text(&told.stderr));
    }
}
