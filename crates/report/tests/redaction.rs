//! What a redacted report must not hold, whatever the format, and what it must still be good for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fixtures;

use std::process::Command;

use demarc_model::*;
use demarc_report::{Format, Redaction, render};
use demarc_words::Words;
use rstest::rstest;

/// Secrets of the home: nobody else needs them.
const HOME: [&str; 27] = [
    "Villa Kunterbunt",
    "Zoë's \u{202e}Network",
    "de:ad:be:ef:00:01",
    "DE-AD-BE-EF-00-02",
    "deadbeef0003",
    "192.168.73.21",
    "10.73.5.6",
    "172.20.73.9",
    "169.254.73.73",
    "fd73:1:2::99",
    "fe80::dead:beff:feef:1",
    "2a02:8109:9a40:1778:dcad:beff:feef:1",
    "::ffff:192.168.73.22",
    "secret-sync",
    "kunterbunt.example",
    "nas.fritz.box",
    "proxy.villa.example",
    "hunter2",
    "token=s3cr3t",
    "192-168-73-21",
    "de:ad:be:ef:00:04",
    "192.168.73.66",
    "198.18.74.200",
    "198.18.74.201",
    "Pippis Kasten",
    "pippis-kasten.example",
    "Kamera Stall",
];

/// Public addresses: the support agent needs them, a forum does not.
const PUBLIC: [&str; 5] = ["198.18.73.1", "100.73.0.9", "2a00:73:1::5", "198.18.73.3", "198-18-73-1"];

/// A run with a secret in every text that comes from outside.
#[allow(clippy::too_many_lines, reason = "a list of places where something could hide")]
fn loaded() -> Run {
    let mut run = fixtures::access_loss();
    let all = HOME.iter().chain(&PUBLIC).copied().collect::<Vec<_>>().join(" , ");
    let told = |id: &str| {
        HOME.iter()
            .chain(&PUBLIC)
            .enumerate()
            .fold(Phrase::new(id), |phrase, (index, secret)| phrase.text(&format!("a{index}"), format!("({secret})")))
    };
    run.verdict.summary = format!("Seen: {all}.");
    run.verdict.summary_phrase = told("x");
    for next in &mut run.verdict.next {
        next.action.clone_from(&all);
        next.action_phrase = told("y");
    }
    for evidence in &mut run.evidence {
        evidence.because.clone_from(&all);
        evidence.because_phrase = told("z");
    }
    run.environment.answers.insert("note".to_owned(), all.clone());
    run.environment.services.push("http://admin:hunter2@video.example/?token=s3cr3t".to_owned());
    let interface = |name: &str, mac: &str, addresses: &[&str]| Interface {
        name: name.to_owned(),
        kind: InterfaceKind::Wired,
        up: true,
        carrier: true,
        mtu: 1500,
        mac: Some(mac.to_owned()),
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
    };
    let network = NetworkState {
        interfaces: vec![
            interface(
                "enp2s0",
                "de:ad:be:ef:00:01",
                &["192.168.73.21/24", "2a02:8109:9a40:1778:dcad:beff:feef:1/64", "fe80::dead:beff:feef:1/64"],
            ),
            interface("enxdeadbeef0003", "de:ad:be:ef:00:03", &["10.73.5.6/8", "172.20.73.9/12", "fd73:1:2::99/64", "169.254.73.73/16"]),
        ],
        routes: vec![Route {
            destination: fixtures::address("0.0.0.0"),
            prefix_length: 0,
            gateway: Some(fixtures::address("192.168.73.1")),
            interface: "enp2s0".to_owned(),
            metric: 0,
        }],
        ..NetworkState::default()
    };
    let wifi = |ssid: &str, bssid: &str| WifiLink {
        ssid: Some(ssid.to_owned()),
        bssid: Some(bssid.to_owned()),
        connected: true,
        ..WifiLink::default()
    };
    let mut campaign = fixtures::campaign(40);
    campaign.lanes[0].lane.address = fixtures::address("192.168.73.1");
    campaign.lanes[1].lane.address = fixtures::address("100.73.0.9");
    "100.73.0.9".clone_into(&mut campaign.lanes[1].lane.name);
    campaign.lanes[2].lane.address = fixtures::address("198.18.73.3");
    campaign.lanes[3].lane.address = fixtures::address("2a00:73:1::5");
    for lane in &mut campaign.lanes {
        lane.failure = Some(all.clone());
    }
    let url = "http://admin:hunter2@nas.fritz.box/a?token=s3cr3t#hunter2".parse().unwrap();
    let requests: [(Request, Outcome); 13] = [
        (Request::Network, network.into()),
        (Request::Wifi { interface: "enxdeadbeef0003".to_owned() }, wifi("Villa Kunterbunt", "DE-AD-BE-EF-00-02").into()),
        (Request::Wifi { interface: "wlan0".to_owned() }, wifi("Zoë's \u{202e}Network", "de:ad:be:ef:00:02").into()),
        (
            Request::Host { for_ms: 1 },
            HostLoad { busiest: vec![ProcessLoad { name: "secret-sync".to_owned(), cpu_percent: 1.0 }], ..HostLoad::default() }.into(),
        ),
        (
            Request::Resolvers,
            ResolverConfig {
                servers: vec!["192.168.73.1:53".parse().unwrap(), "[fd73:1:2::99]:53".parse().unwrap(), "198.18.73.3:53".parse().unwrap()],
                search: vec!["kunterbunt.example".to_owned()],
                source: "resolv.conf".to_owned(),
                ..ResolverConfig::default()
            }
            .into(),
        ),
        (
            Request::Proxy,
            ProxySettings {
                entries: vec![("http_proxy".to_owned(), "http://admin:hunter2@proxy.villa.example:3128".to_owned())],
                ..ProxySettings::default()
            }
            .into(),
        ),
        (
            Request::Router,
            RouterState {
                names: vec!["pippis-kasten.example".to_owned()],
                description: Some(Box::new(RouterDescription { name: Some("Pippis Kasten".to_owned()), ..RouterDescription::default() })),
                line_addresses: vec![LineAddress { address: fixtures::address("198.18.74.201"), by: "upnp".to_owned() }],
                mappings: Some(vec![PortMapping {
                    port: 8080,
                    protocol: "TCP".to_owned(),
                    to: "192.168.73.66".to_owned(),
                    description: "Kamera Stall".to_owned(),
                    lease_s: 0,
                }]),
                ..RouterState::default()
            }
            .into(),
        ),
        (
            Request::WanTraffic { for_ms: 1 },
            WanTraffic { address: Some(fixtures::address("198.18.74.200")), ..WanTraffic::default() }.into(),
        ),
        (
            Request::DhcpServers { interface: "enp2s0".to_owned() },
            DhcpServers {
                offers: vec![DhcpOffer {
                    server: fixtures::address("192.168.73.66"),
                    router: Some(fixtures::address("192.168.73.66")),
                    name_servers: vec![fixtures::address("198.18.74.200")],
                }],
            }
            .into(),
        ),
        (
            Request::AddressOwners { interface: "enp2s0".to_owned(), address: "192.168.73.21".parse().unwrap() },
            AddressOwners { others: vec!["de:ad:be:ef:00:04".to_owned()] }.into(),
        ),
        (
            Request::Fetch { url, family: Family::V4, address: Some(fixtures::address("198.18.73.1")), timeout_ms: 1 },
            FetchTimes {
                address: Some(fixtures::address("198.18.73.1")),
                failed_at: Some(FetchStage::Connect),
                error: Some(all.clone()),
                ..FetchTimes::default()
            }
            .into(),
        ),
        (
            Request::Dns {
                resolver: Resolver::Server("192.168.73.1:53".parse().unwrap()),
                name: "nas.fritz.box".to_owned(),
                record: DnsRecord::A,
                attempts: 1,
                timeout_ms: 1,
            },
            DnsReplies {
                replies: vec![DnsReply {
                    addresses: vec![fixtures::address("192.168.73.22"), fixtures::address("198.18.73.1")],
                    error: Some(all.clone()),
                    elapsed_ms: None,
                    code: None,
                }],
            }
            .into(),
        ),
        (fixtures::campaign_request(&campaign), campaign.into()),
    ];
    run.observations = requests
        .into_iter()
        .enumerate()
        .map(|(number, (request, outcome))| fixtures::observation(number, "any", request, outcome))
        .collect();
    run.observations.push(fixtures::observation(20, "any", Request::Network, Outcome::Failed { why: told("failed") }));
    run
}

/// Everything a reader can get out of a document: of a PDF its text and its attachment.
fn readable(format: Format, document: &[u8]) -> String {
    if format != Format::Pdf {
        return String::from_utf8(document.to_vec()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, document).unwrap();
    let mut all = String::new();
    for (name, arguments) in [
        ("pdftotext", vec![file.to_str().unwrap(), "-"]),
        ("qpdf", vec!["--show-attachment=demarc-run.json", file.to_str().unwrap()]),
        ("qpdf", vec!["--qdf", "--object-streams=disable", file.to_str().unwrap(), "-"]),
    ] {
        match Command::new(name).args(arguments).output() {
            Ok(output) => all.push_str(&String::from_utf8_lossy(&output.stdout).replace('\u{200b}', "")),
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "{name} is needed ({error}); install poppler-utils and qpdf");
                eprintln!("skipped: {name} is not installed");
            }
        }
    }
    all
}

fn assert_hides(redaction: Redaction, secrets: &[&str]) {
    let run = loaded();
    for format in Format::ALL {
        let document = readable(format, &render(&run, format, redaction, &Words::new("en")).unwrap());
        let document = document.to_lowercase();
        for secret in secrets.iter().map(|secret| secret.to_lowercase()) {
            let told: String = secret.replace('\u{202e}', "");
            for form in [&secret, &told, &told.replace('\'', "&#39;"), &told.replace('-', ":"), &told.replace(':', "-")] {
                assert!(!document.contains(form.as_str()), "{form} in the {} for {}", format.id(), redaction.id());
            }
        }
    }
}

#[test]
fn the_support_copy_hides_the_home_and_keeps_the_provider() {
    assert_hides(Redaction::Support, &HOME);
    let json = readable(Format::Json, &render(&loaded(), Format::Json, Redaction::Support, &Words::new("en")).unwrap());
    for kept in PUBLIC {
        assert!(json.contains(kept), "{kept} is needed by support");
    }
    assert!(json.contains("video.example"), "the service was chosen by the user");
}

#[test]
fn the_public_copy_hides_every_address() {
    let all: Vec<&str> = HOME.iter().chain(&PUBLIC).copied().collect();
    assert_hides(Redaction::Public, &all);
    let json = readable(Format::Json, &render(&loaded(), Format::Json, Redaction::Public, &Words::new("en")).unwrap());
    assert!(json.contains("video.example"), "the service was chosen by the user");
}

#[rstest]
#[case(Redaction::Support)]
#[case(Redaction::Public)]
fn a_redacted_run_is_a_run_whose_parts_still_fit(#[case] redaction: Redaction) {
    let bytes = render(&loaded(), Format::Json, redaction, &Words::new("en")).unwrap();
    let run: Run = serde_json::from_slice(&bytes).unwrap();
    let network = run.observations.iter().find_map(Observation::network).unwrap();
    let gateway = network.default_route().unwrap().gateway.unwrap();
    let campaign = run.observations.iter().find_map(Observation::campaign).unwrap();
    let resolvers = run.observations.iter().find_map(Observation::resolvers).unwrap();
    assert_eq!(campaign.lanes[0].lane.address, gateway, "one address has one stand-in");
    assert_eq!(resolvers.servers[0].ip(), gateway);
    let std::net::IpAddr::V4(gateway) = gateway else { panic!("an IPv4 address stays one") };
    assert!(gateway.is_private());
    let own = network.interfaces[0].addresses[0].clone();
    let (own, length) = own.split_once('/').unwrap();
    let own: std::net::Ipv4Addr = own.parse().unwrap();
    assert_eq!((own.octets()[..3].to_vec(), length), (gateway.octets()[..3].to_vec(), "24"), "neighbours stay neighbours");
    assert_eq!(
        render(&run, Format::Json, redaction, &Words::new("en")).map(|again| again.len()),
        Ok(bytes.len()),
        "redacting again changes nothing of note"
    );
}

/// Names that are also words of the format or of ordinary sentences must not break either.
#[rstest]
#[case("system")]
#[case("wifi")]
#[case("measured")]
#[case("a")]
#[case("2")]
#[case(" ")]
#[case("access")]
#[case("demarc.run/1")]
fn an_awkward_network_name_does_not_break_the_run(#[case] ssid: &str) {
    let mut run = fixtures::healthy();
    for observation in &mut run.observations {
        if let Outcome::Measured { measurement: Measurement::Wifi(wifi) } = &mut observation.outcome {
            wifi.ssid = Some(ssid.to_owned());
        }
    }
    for redaction in Redaction::ALL {
        assert!(render(&run, Format::Text, redaction, &Words::new("en")).is_ok());
    }
}

#[test]
fn without_redaction_nothing_is_changed() {
    let run = loaded();
    let read: Run = serde_json::from_slice(&render(&run, Format::Json, Redaction::None, &Words::new("en")).unwrap()).unwrap();
    assert!(read == run);
}
