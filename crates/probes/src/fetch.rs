//! One HTTP(S) request with every stage timed: name, TCP, TLS, first byte. A stage that fails is the answer, not a failure to ask.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use demarc_model::{Family, FetchStage, FetchTimes, Outcome, Phrase};
use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, body::Bytes, header};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use crate::{
    bounded::milliseconds,
    http::{self, Connected, Connection},
    names::resolve,
};

/// Longest wait for one stage, in milliseconds.
const LONGEST_STAGE_MS: u32 = 20_000;
/// Bytes of content read, then the connection is closed.
const MOST_CONTENT: usize = 64 * 1024;

/// Fetches the first part of a page; redirections are answers too and are not followed.
pub(crate) async fn perform(url: &Url, family: Family, address: Option<IpAddr>, timeout_ms: u32) -> Outcome {
    let failed = |id: &str, detail: &str| Outcome::Failed { why: Phrase::new(id).text("url", url.as_str()).text("detail", detail) };
    let connector = match url.scheme() {
        "http" => None,
        "https" => match http::tls().await {
            Ok(connector) => Some(connector),
            Err(detail) => return failed("failed-fetch-roots", &detail),
        },
        _ => return failed("failed-fetch-scheme", url.scheme()),
    };
    let limit = Duration::from_millis(u64::from(timeout_ms.clamp(1, LONGEST_STAGE_MS)));
    fetch(url, family, address, limit, connector.as_ref()).await.into()
}

/// Every stage in turn until one fails; each may take as long as `limit`.
async fn fetch(url: &Url, family: Family, address: Option<IpAddr>, limit: Duration, connector: Option<&TlsConnector>) -> FetchTimes {
    let mut times = FetchTimes::default();
    let stages = async {
        let addresses = stage(FetchStage::Name, addresses(&mut times, url, address, limit).await)?;
        let of_family: Vec<SocketAddr> = addresses.iter().copied().filter(|address| belongs(*address, family)).collect();
        let missing = match family {
            _ if !of_family.is_empty() => Ok(()),
            Family::V6 => Err("the name has no IPv6 address".to_owned()),
            _ => Err("the name has no IPv4 address".to_owned()),
        };
        stage(FetchStage::Name, missing)?;
        let candidates = http::interleaved(&of_family);
        times.address = candidates.first().map(SocketAddr::ip);
        let begun = Instant::now();
        let connected = http::connect(&candidates, limit).await;
        let here = refused_here(candidates.first().map(SocketAddr::ip), begun.elapsed());
        let connected = connected.map_err(|error| if here && error.contains("refused") { HELD_BACK.to_owned() } else { error });
        let connected = stage(FetchStage::Connect, connected)?;
        let Connected { stream, address, elapsed } = connected;
        times.address = Some(address.ip());
        times.connect_ms = Some(milliseconds(elapsed));
        let stream: Box<dyn Connection> = match connector {
            None => Box::new(stream),
            Some(connector) => {
                let begun = Instant::now();
                let secured = stage(FetchStage::Tls, http::secure(connector, stream, url, limit).await)?;
                times.tls_ms = Some(milliseconds(begun.elapsed()));
                secured
            }
        };
        let answer = timeout(limit, first_part(&mut times, url, stream)).await.unwrap_or_else(|_| Err("timed out".to_owned()));
        stage(FetchStage::Http, answer)
    };
    let failure = stages.await.err();
    if let Some((stage, error)) = failure {
        times.failed_at = Some(stage);
        times.error = Some(error);
    }
    times
}

/// What is told where a connection never left this computer.
const HELD_BACK: &str = "a firewall on this computer turned it away";

/// Whether a refusal came so quickly that nobody but this computer's own firewall can have made it: no packet gets out of a home and back
/// in half a millisecond.
pub(crate) fn refused_here(destination: Option<IpAddr>, elapsed: Duration) -> bool {
    const QUICKEST: Duration = Duration::from_micros(500);
    let far = match destination {
        Some(IpAddr::V4(v4)) => !v4.is_loopback() && !v4.is_private() && !v4.is_link_local() && !v4.is_unspecified(),
        Some(IpAddr::V6(v6)) => !v6.is_loopback() && !v6.is_unique_local() && !v6.is_unicast_link_local() && !v6.is_unspecified(),
        None => false,
    };
    far && elapsed < QUICKEST
}

/// Names the stage of a failure.
fn stage<T>(stage: FetchStage, result: Result<T, String>) -> Result<T, (FetchStage, String)> {
    result.map_err(|error| (stage, error))
}

async fn addresses(times: &mut FetchTimes, url: &Url, address: Option<IpAddr>, limit: Duration) -> Result<Vec<SocketAddr>, String> {
    let port = url.port_or_known_default().unwrap_or(80);
    if let Some(address) = address {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = http::host(url).ok_or("the address has no host name")?;
    let begun = Instant::now();
    let found = resolve(&host, port, limit).await?;
    if host.parse::<IpAddr>().is_err() {
        times.name_ms = Some(milliseconds(begun.elapsed()));
    }
    Ok(found)
}

fn belongs(address: SocketAddr, family: Family) -> bool {
    match family {
        Family::Any => true,
        Family::V4 => address.is_ipv4(),
        Family::V6 => address.is_ipv6(),
    }
}

/// Sends the request and reads the first part of the answer.
async fn first_part(times: &mut FetchTimes, url: &Url, stream: Box<dyn Connection>) -> Result<(), String> {
    let request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, http::authority(url))
        .header(header::USER_AGENT, http::USER_AGENT)
        .header(header::ACCEPT, "*/*")
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    http::over(stream, async |mut sender| {
        let begun = Instant::now();
        let response = sender.send_request(request).await.map_err(|error| http::explain_http(&error))?;
        times.first_byte_ms = Some(milliseconds(begun.elapsed()));
        times.status = Some(response.status().as_u16());
        let mut content = response.into_body();
        let mut read = 0;
        while read < MOST_CONTENT
            && let Some(frame) = content.frame().await
        {
            read += frame.map_err(|error| http::explain_http(&error))?.data_ref().map_or(0, Bytes::len);
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests;
