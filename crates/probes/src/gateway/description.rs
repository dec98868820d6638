//! The router's description of itself and the actions it offers (`UPnP` Device Architecture 1.1 sections 2 and 3).

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Request, StatusCode, body::Bytes, header};
use roxmltree::{Document, Node, ParsingOptions};
use url::{Position, Url};

use super::search::is_on;
use crate::{bounded::one_line, http};

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Largest description and answer, in bytes.
const LARGEST_DESCRIPTION: usize = 40 * 1024;
const LARGEST_ANSWER: usize = 4 * 1024;
/// Most elements of a document looked at.
const MOST_NODES: u32 = 4_000;
/// Most connections of a router asked for their address.
const MOST_CONNECTIONS: usize = 3;

/// What a router offers of interest.
#[derive(Debug, Default)]
pub(super) struct Device {
    /// The line's counters.
    pub counters: Option<Service>,
    /// Connections over it.
    pub connections: Vec<Service>,
}

/// One service: what it is and where its actions are asked for.
#[derive(Debug)]
pub(super) struct Service {
    kind: String,
    control: Url,
}

/// The values of an answer, by name.
pub(super) type Answer = HashMap<String, String>;

/// Reads a description. `None` where it offers nothing of interest.
pub(super) async fn fetch(location: &Url, gateway: Ipv4Addr) -> Option<Device> {
    let request = Request::get(&location[Position::BeforePath..Position::AfterQuery]);
    let text = exchange(location, request, String::new(), LARGEST_DESCRIPTION).await?;
    let device = parse(&text, location, gateway)?;
    (device.counters.is_some() || !device.connections.is_empty()).then_some(device)
}

impl Service {
    /// Asks for an action that takes no values.
    pub(super) async fn act(&self, action: &str) -> Option<Answer> {
        let kind = &self.kind;
        let body = format!(
            "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:{action} xmlns:u=\"{kind}\"></u:{action}></s:Body>\
             </s:Envelope>\r\n"
        );
        let request = Request::post(&self.control[Position::BeforePath..Position::AfterQuery])
            .header(header::CONTENT_TYPE, "text/xml; charset=\"utf-8\"")
            .header("SOAPAction", format!("\"{kind}#{action}\""));
        values(&exchange(&self.control, request, body, LARGEST_ANSWER).await?)
    }
}

/// Sends a request to the router and returns its answer, when that is a good one of bounded size.
async fn exchange(url: &Url, request: hyper::http::request::Builder, body: String, most: usize) -> Option<String> {
    let url::Host::Ipv4(address) = url.host()? else { return None };
    let target = SocketAddr::from((address, url.port_or_known_default()?));
    let request = request
        .header(header::HOST, http::authority(url))
        .header(header::USER_AGENT, http::USER_AGENT)
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .ok()?;
    let work = async {
        let connected = http::connect(&[target], PATIENCE).await?;
        http::over(Box::new(connected.stream), async |mut sender| {
            let response = sender.send_request(request).await.map_err(|error| http::explain_http(&error))?;
            if response.status() != StatusCode::OK {
                return Err(response.status().to_string());
            }
            let content = Limited::new(response.into_body(), most).collect().await.map_err(|error| error.to_string())?;
            Ok(String::from_utf8_lossy(&content.to_bytes()).into_owned())
        })
        .await
    };
    tokio::time::timeout(PATIENCE, work).await.ok()?.ok()
}

fn document(text: &str) -> Option<Document<'_>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text.trim_start_matches('\u{feff}').trim(), options).ok()
}

/// The text of a child.
fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|child| child.tag_name().name() == name)?.text().map(str::trim)
}

fn parse(text: &str, location: &Url, gateway: Ipv4Addr) -> Option<Device> {
    let document = document(text)?;
    let base = child(document.root_element(), "URLBase").and_then(|base| Url::parse(base).ok());
    let base = base.filter(|base| is_on(base, gateway)).unwrap_or_else(|| location.clone());
    let mut device = Device::default();
    for node in document.descendants().filter(|node| node.tag_name().name() == "service") {
        let Some((kind, control)) = child(node, "serviceType").zip(child(node, "controlURL")) else { continue };
        let Some(control) = base.join(control).ok().filter(|control| is_on(control, gateway)) else { continue };
        let service = || Service { kind: kind.to_owned(), control: control.clone() };
        // The kind goes into a header and a document.
        if !kind.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '.' | '_')) {
            continue;
        }
        if kind.contains(":WANCommonInterfaceConfig:") && device.counters.is_none() {
            device.counters = Some(service());
        } else if (kind.contains(":WANIPConnection:") || kind.contains(":WANPPPConnection:")) && device.connections.len() < MOST_CONNECTIONS
        {
            device.connections.push(service());
        }
    }
    Some(device)
}

fn values(text: &str) -> Option<Answer> {
    let document = document(text)?;
    let leaves = document.descendants().filter(|node| node.is_element() && !node.children().any(|child| child.is_element()));
    Some(leaves.map(|leaf| (leaf.tag_name().name().to_owned(), one_line(leaf.text().unwrap_or_default(), 64))).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rstest::rstest;

    use super::*;

    const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);

    fn description(base: &str, kind: &str, control: &str) -> Option<Device> {
        let service = format!("<service><serviceType>{kind}</serviceType><controlURL>{control}</controlURL></service>");
        let text = format!(
            "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\">{base}<device><deviceList><device><serviceList>\
             {service}</serviceList></device></deviceList></device></root>"
        );
        parse(&text, &Url::parse("http://192.168.1.1:5000/igd/root.xml").unwrap(), ROUTER)
    }

    const COUNTERS: &str = "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1";

    #[rstest]
    #[case("", "/ctl", "http://192.168.1.1:5000/ctl")]
    #[case("", "ctl", "http://192.168.1.1:5000/igd/ctl")]
    #[case("<URLBase>http://192.168.1.1:80/</URLBase>", "ctl", "http://192.168.1.1/ctl")]
    // A base elsewhere is not followed.
    #[case("<URLBase>http://192.0.2.9/</URLBase>", "/ctl", "http://192.168.1.1:5000/ctl")]
    fn actions_are_asked_for_where_the_description_says(#[case] base: &str, #[case] control: &str, #[case] found: &str) {
        assert_eq!(description(base, COUNTERS, control).unwrap().counters.unwrap().control.as_str(), found);
    }

    #[test]
    fn nothing_leads_away_from_the_router_or_into_a_header() {
        assert!(description("", COUNTERS, "http://192.0.2.9/ctl").unwrap().counters.is_none());
        assert!(description("", "x:WANCommonInterfaceConfig:1&#13;&#10;Evil: 1", "/ctl").unwrap().counters.is_none());
        assert!(description("", "urn:x:service:WANPPPConnection:1", "/ctl").unwrap().connections.len() == 1);
    }

    #[test]
    fn documents_are_bounded() {
        assert!(document(&"<a>".repeat(20_000)).is_none());
        assert!(document(&format!("<a>{}</a>", "<b/>".repeat(5_000))).is_none());
        assert!(document("<!DOCTYPE a [<!ENTITY x \"xxxx\">]><a>&x;</a>").is_none());
        let answer =
            "<s:Envelope xmlns:s=\"s\"><s:Body><u:R xmlns:u=\"u\"><NewTotalBytesSent>12</NewTotalBytesSent></u:R></s:Body></s:Envelope>";
        assert_eq!(values(answer).unwrap().get("NewTotalBytesSent").map(String::as_str), Some("12"));
    }
}
