//! `demarc serve`: the measurement peer for other computers and phones.

use std::{
    fs, io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use demarc_engine::files::PendingFile;
use demarc_model::{Measurement, NetworkState, Outcome, Prober as _, Request};
use demarc_peer::{Access, Ended, Limits};
use demarc_probes::RealNetwork;
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

use crate::arguments::Serve;

/// Where the peer listens unless it is told otherwise: everywhere.
const EVERYWHERE: [IpAddr; 2] = [IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)];
pub const PORT: u16 = 7870;
/// Shortest token that nobody guesses, and the length of one that is made.
const SHORTEST_TOKEN: usize = 16;
const MADE_TOKEN: usize = 32;

/// Serves until the user stops it.
pub fn run(options: &Serve) -> Result<()> {
    let access = match &options.token_file {
        Some(file) => Access::Token(token(file)?),
        None => Access::Home,
    };
    let tls = match (&options.certificate, &options.key) {
        (Some(certificate), Some(key)) => Some(acceptor(certificate, key)?),
        _ => None,
    };
    let limits = Limits {
        connections: options.connections.into(),
        mbps: options.mbps.map(f64::from),
        bytes: u64::from(options.megabytes) * 1_000_000,
        time: Duration::from_secs(options.seconds.into()),
        ..Limits::default()
    };
    let runtime = tokio::runtime::Runtime::new().context("no thread can be started; close other programs")?;
    runtime.block_on(async {
        let listener = listen(options.listen).await?;
        greet(&listener, &access, tls.is_some()).await?;
        tokio::select! {
            () = demarc_peer::serve(listener, access, tls, limits, tell) => Ok(()),
            stopped = tokio::signal::ctrl_c() => stopped.context("the peer cannot be stopped with Ctrl-C here"),
        }
    })
}

async fn listen(asked: Option<SocketAddr>) -> Result<TcpListener> {
    let mut failure = None;
    let wanted = asked.map_or_else(|| EVERYWHERE.map(|address| SocketAddr::new(address, PORT)).to_vec(), |address| vec![address]);
    for address in &wanted {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                failure =
                    Some(anyhow::Error::from(error).context(format!("nothing can listen on {address}; choose another with --listen")));
            }
        }
    }
    Err(failure.unwrap_or_else(|| anyhow::anyhow!("there is nowhere to listen")))
}

/// Says where the peer is, in addresses that another device can open.
async fn greet(listener: &TcpListener, access: &Access, tls: bool) -> Result<()> {
    let listening = listener.local_addr().context("the listening socket has no address; try again")?;
    let scheme = if tls { "https" } else { "http" };
    let path = match access {
        Access::Home => String::new(),
        Access::Token(token) => format!("{token}/"),
    };
    println!(
        "{}",
        match access {
            Access::Home => "Serving the home that this computer is in, until Ctrl-C. On another device open, or enter as a peer:",
            Access::Token(_) => "Serving whoever has this address, until Ctrl-C. Open it in a browser, or enter it as a peer:",
        }
    );
    for address in reachable(listening.ip()).await {
        println!("    {scheme}://{}/{path}", SocketAddr::new(address, listening.port()));
    }
    Ok(())
}

/// The addresses under which this computer is reached.
async fn reachable(listening: IpAddr) -> Vec<IpAddr> {
    if !listening.is_unspecified() {
        return vec![listening];
    }
    let outcome = RealNetwork::new().perform(Request::Network, Box::new(|_| {})).await;
    let Outcome::Measured { measurement: Measurement::Network(network) } = outcome else { return vec![listening] };
    let found = addresses(&network, listening.is_ipv4());
    if found.is_empty() { vec![listening] } else { found }
}

/// IPv4 first, because it is typed more easily. Link-local addresses do not work in a browser.
fn addresses(network: &NetworkState, v4_only: bool) -> Vec<IpAddr> {
    let all = network.interfaces.iter().filter(|interface| interface.up).flat_map(|interface| &interface.addresses);
    let mut found: Vec<IpAddr> = all
        .filter_map(|address| address.split('/').next()?.parse().ok())
        .filter(|address: &IpAddr| match address {
            IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
            IpAddr::V6(address) => !v4_only && !address.is_loopback() && !address.is_unicast_link_local(),
        })
        .collect();
    found.sort_by_key(IpAddr::is_ipv6);
    found
}

fn tell(ended: Ended) {
    if ended.given + ended.taken > 0 {
        println!("{}", line(&ended));
    }
}

fn line(ended: &Ended) -> String {
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    format!(
        "{}: {:.1} MB sent to it, {:.1} MB received, in {:.1} s",
        ended.client,
        megabytes(ended.given),
        megabytes(ended.taken),
        ended.lasted.as_secs_f64()
    )
}

/// The word in the file; where there is none, one is made that nobody can guess.
fn token(file: &Path) -> Result<String> {
    let token = match fs::read_to_string(file) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made: String =
                std::iter::repeat_with(|| char::from(b"abcdefghijkmnpqrstuvwxyz23456789"[usize::from(rand::random::<u8>() % 32)]))
                    .take(MADE_TOKEN)
                    .collect();
            PendingFile::create(file)?.write(made.as_bytes())?;
            made
        }
        Err(error) => {
            return Err(error).with_context(|| format!("the token in {} cannot be read; check that you may open it", file.display()));
        }
    };
    let fits = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if token.len() < SHORTEST_TOKEN || !token.chars().all(fits) {
        bail!(
            "the token in {} has to be at least {SHORTEST_TOKEN} letters, digits, `-` or `_`; delete the file and one is made",
            file.display()
        );
    }
    Ok(token)
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("{} is no certificate in PEM form", certificate.display()))?;
    let secret = PrivateKeyDer::from_pem_file(key).with_context(|| format!("{} is no private key in PEM form", key.display()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
        .with_context(|| format!("{} and {} do not belong together", certificate.display(), key.display()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use demarc_model::{Interface, InterfaceKind};

    use super::*;

    fn network(addresses: &[&str]) -> NetworkState {
        let interface = Interface {
            name: "eth0".into(),
            kind: InterfaceKind::Wired,
            up: true,
            carrier: true,
            mtu: 1500,
            mac: None,
            addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        };
        NetworkState { interfaces: vec![interface], ..NetworkState::default() }
    }

    #[test]
    fn addresses_are_those_that_another_device_can_open() {
        let network = network(&["fe80::1/64", "fd12::7/64", "127.0.0.1/8", "192.168.1.23/24", "169.254.3.3/16"]);
        let told = |v4_only| addresses(&network, v4_only).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told(false), ["192.168.1.23", "fd12::7"]);
        assert_eq!(told(true), ["192.168.1.23"]);
    }

    #[test]
    fn a_token_is_made_once_and_a_weak_one_is_refused() {
        let folder = std::env::temp_dir().join(format!("demarc-token-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("token");
        let made = token(&file).unwrap();
        assert_eq!(made.len(), MADE_TOKEN);
        assert_eq!(token(&file).unwrap(), made);
        fs::write(&file, "short").unwrap();
        assert!(token(&file).unwrap_err().to_string().contains("at least 16"));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_line_says_who_moved_how_much() {
        let ended = Ended { client: [192, 168, 1, 7].into(), given: 120_340_000, taken: 0, lasted: Duration::from_millis(8_060) };
        assert_eq!(line(&ended), "192.168.1.7: 120.3 MB sent to it, 0.0 MB received, in 8.1 s");
    }
}
