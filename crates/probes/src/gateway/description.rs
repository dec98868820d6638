//! The router's description of itself and the actions it offers (`UPnP` Device Architecture 1.1 sections 2 and 3).

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use demarc_model::RouterDescription;
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
pub struct Device {
    /// The line's counters.
    pub counters: Option<Service>,
    /// Connections over it.
    pub connections: Vec<Service>,
    /// What it says of itself.
    pub description: Option<RouterDescription>,
}

/// One service: what it is and where its actions are asked for.
#[derive(Debug)]
pub struct Service {
    kind: String,
    control: Url,
}

/// The values of an answer, by name.
pub type Answer = HashMap<String, String>;

/// Reads a description. `None` where it offers nothing of interest.
pub(super) async fn fetch(location: &Url, gateway: Ipv4Addr) -> Option<Device> {
    let request = Request::get(&location[Position::BeforePath..Position::AfterQuery]);
    let (_, text) =
        exchange(location, request, String::new(), LARGEST_DESCRIPTION).await.filter(|(status, _)| *status == StatusCode::OK)?;
    let device = parse(&text, location, gateway)?;
    (device.counters.is_some() || !device.connections.is_empty()).then_some(device)
}

impl Service {
    /// Asks for an action that takes no values.
    pub(super) async fn act(&self, action: &str) -> Option<Answer> {
        self.ask(action, &[]).await.ok()
    }

    /// Asks for an action with these values, which are words of ours. The error is the router's code for why not, when it gives one.
    pub(super) async fn ask(&self, action: &str, values: &[(&str, String)]) -> Result<Answer, Option<u16>> {
        let kind = &self.kind;
        let arguments = values.iter().map(|(name, value)| format!("<{name}>{value}</{name}>")).collect::<Vec<_>>().concat();
        let body = format!(
            "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:{action} xmlns:u=\"{kind}\">{arguments}</u:{action}></s:Body>\
             </s:Envelope>\r\n"
        );
        let request = Request::post(&self.control[Position::BeforePath..Position::AfterQuery])
            .header(header::CONTENT_TYPE, "text/xml; charset=\"utf-8\"")
            .header("SOAPAction", format!("\"{kind}#{action}\""));
        let (status, answer) = exchange(&self.control, request, body, LARGEST_ANSWER).await.ok_or(None)?;
        let told = read_values(&answer).unwrap_or_default();
        if status == StatusCode::OK { Ok(told) } else { Err(told.get("errorCode").and_then(|code| code.parse().ok())) }
    }
}

/// Sends a request to the router and returns its answer, when that is of bounded size.
async fn exchange(url: &Url, request: hyper::http::request::Builder, body: String, most: usize) -> Option<(StatusCode, String)> {
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
            let status = response.status();
            let content = Limited::new(response.into_body(), most).collect().await.map_err(|error| error.to_string())?;
            Ok((status, String::from_utf8_lossy(&content.to_bytes()).into_owned()))
        })
        .await
    };
    tokio::time::timeout(PATIENCE, work).await.ok()?.ok()
}

fn document(text: &str) -> Option<Document<'_>> {
    if text.len() > LARGEST_DESCRIPTION {
        return None;
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text.trim_start_matches('\u{feff}').trim(), options).ok()
}

/// The text of a child.
fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|child| child.tag_name().name() == name)?.text().map(str::trim)
}

/// Reads a description that was found at a place on the router.
pub fn parse(text: &str, location: &Url, gateway: Ipv4Addr) -> Option<Device> {
    let document = document(text)?;
    let base = child(document.root_element(), "URLBase").and_then(|base| Url::parse(base).ok());
    let base = base.filter(|base| is_on(base, gateway)).unwrap_or_else(|| location.clone());
    let mut device = Device { description: described(&document), ..Device::default() };
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

/// What the outermost device says of itself.
fn described(document: &Document<'_>) -> Option<RouterDescription> {
    let device = document.root_element().children().find(|node| node.tag_name().name() == "device")?;
    let said = |name: &str| child(device, name).map(|text| one_line(text, 64)).filter(|text| !text.is_empty());
    let description = RouterDescription {
        name: said("friendlyName"),
        manufacturer: said("manufacturer"),
        model: said("modelName"),
        model_number: said("modelNumber"),
    };
    (description != RouterDescription::default()).then_some(description)
}

/// The values of an answer, or of an error.
pub fn read_values(text: &str) -> Option<Answer> {
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
        assert_eq!(read_values(answer).unwrap().get("NewTotalBytesSent").map(String::as_str), Some("12"));
    }
}
