//! Prints what this computer says of itself, as JSON lines. Sends no packets.
#![allow(clippy::print_stdout)]

use demarc_model::{Prober as _, Request};
use demarc_probes::RealNetwork;

#[tokio::main]
async fn main() -> Result<(), serde_json::Error> {
    let network = RealNetwork::new();
    let interface = std::env::args().nth(1).unwrap_or_else(|| "eth0".to_owned());
    let requests = [
        Request::Network,
        Request::Resolvers,
        Request::Proxy,
        Request::HostsFile { names: vec!["localhost".to_owned()] },
        Request::Link { interface: interface.clone() },
        Request::Wifi { interface },
        Request::Host { for_ms: 1_000 },
    ];
    for request in requests {
        let outcome = network.perform(request.clone(), Box::new(|_| {})).await;
        println!("{}", serde_json::to_string(&(request, outcome))?);
    }
    Ok(())
}
