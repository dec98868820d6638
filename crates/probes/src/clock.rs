//! Offset of this computer's clock from a network time server.

use std::{net::SocketAddr, time::Duration};

use demarc_model::{ClockOffset, Outcome, Phrase};
use rsntp::{AsyncSntpClient, Config, SynchronizationError};

use crate::{
    bounded::one_line,
    names::{host_and_port, resolve},
};

/// Port of time servers.
const PORT: u16 = 123;
/// Longest wait for the server's address and for its answer; together below the bounds of the request.
const NAME_LIMIT: Duration = Duration::from_millis(1_300);
const ANSWER_LIMIT: Duration = Duration::from_millis(1_300);

/// One query (SNTP, RFC 4330) to `host:port`.
pub(crate) async fn perform(server: &str) -> Outcome {
    let failed =
        |id: &str, detail: &str| Outcome::Failed { why: Phrase::new(id).text("server", server).text("detail", one_line(detail, 120)) };
    let Some((host, port)) = host_and_port(server, PORT) else { return failed("failed-clock-server", "") };
    let addresses = match resolve(host, port, NAME_LIMIT).await {
        Ok(addresses) => addresses,
        Err(detail) => return failed("failed-clock-name", &detail),
    };
    // One address is asked; IPv4 works in more homes.
    let Some(address) = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first()) else {
        return failed("failed-clock-name", "");
    };
    match query(*address).await {
        Ok(offset) => offset.into(),
        Err(SynchronizationError::IOError(error)) => failed("failed-clock-silent", &error.to_string()),
        Err(error) => failed("failed-clock-answer", &error.to_string()),
    }
}

async fn query(server: SocketAddr) -> Result<ClockOffset, SynchronizationError> {
    let any: SocketAddr = if server.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
    let client = AsyncSntpClient::with_config(Config::default().bind_address(any).timeout(ANSWER_LIMIT));
    let answer = client.synchronize(server).await?;
    let milliseconds = |seconds: f64| (seconds * 1e6).round() / 1e3;
    Ok(ClockOffset {
        offset_ms: milliseconds(answer.clock_offset().as_secs_f64()),
        rtt_ms: milliseconds(answer.round_trip_delay().as_secs_f64()).max(0.0),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::time::{SystemTime, UNIX_EPOCH};

    use demarc_model::Measurement;
    use tokio::net::UdpSocket;

    use super::*;

    /// The time of a server whose clock is `ahead` of ours, as NTP writes it.
    fn stamp(ahead: f64) -> [u8; 8] {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() + 2_208_988_800.0 + ahead;
        let whole = seconds.trunc() as u32;
        let fraction = (seconds.fract() * 4_294_967_296.0) as u32;
        let mut stamp = [0; 8];
        stamp[..4].copy_from_slice(&whole.to_be_bytes());
        stamp[4..].copy_from_slice(&fraction.to_be_bytes());
        stamp
    }

    fn reply(request: &[u8], ahead: f64) -> Vec<u8> {
        let mut reply = vec![0; 48];
        reply[0] = 0b00_100_100;
        reply[1] = 2;
        reply[24..32].copy_from_slice(&request[40..48]);
        reply[32..40].copy_from_slice(&stamp(ahead));
        reply[40..48].copy_from_slice(&stamp(ahead));
        reply
    }

    type Treatment = fn(&[u8]) -> Vec<u8>;

    async fn asked(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Outcome {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = socket.local_addr().unwrap().to_string();
        let serve = async move {
            let mut request = [0; 512];
            let (length, from) = socket.recv_from(&mut request).await.unwrap();
            socket.send_to(&answer(&request[..length]), from).await.unwrap();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            outcome = perform(&server) => outcome,
            () = serve => panic!("the server never ends"),
        }
    }

    #[tokio::test]
    async fn a_server_ahead_of_us_shows_that_we_are_behind() {
        for ahead in [90.0, -3600.0] {
            let Outcome::Measured { measurement: Measurement::Clock(clock) } = asked(move |request| reply(request, ahead)).await else {
                panic!("not measured")
            };
            assert!((clock.offset_ms - ahead * 1e3).abs() < 1_000.0, "{clock:?}");
            assert!((0.0..1_000.0).contains(&clock.rtt_ms), "{clock:?}");
        }
    }

    #[tokio::test]
    async fn answers_that_do_not_belong_to_the_question_are_no_measurement() {
        let answers: [Treatment; 5] = [
            |_| Vec::new(),
            |_| vec![0xff; 400],
            |request| request.to_vec(),
            |request| [&reply(request, 0.0)[..24], &[7; 24]].concat(),
            |request| reply(request, 0.0)[..47].to_vec(),
        ];
        for answer in answers {
            let Outcome::Failed { why } = asked(answer).await else { panic!("measured") };
            assert_eq!(why.id, "failed-clock-answer");
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_no_answer_and_a_bad_name_is_told() {
        let Outcome::Failed { why } = perform("127.0.0.1:1").await else { panic!("measured") };
        assert_eq!(why.id, "failed-clock-silent");
        let Outcome::Failed { why } = perform("host:port").await else { panic!("measured") };
        assert_eq!(why.id, "failed-clock-server");
    }

    #[test]
    fn servers_are_written_in_several_ways() {
        assert_eq!(host_and_port("pool.example:1123", PORT), Some(("pool.example", 1123)));
        assert_eq!(host_and_port("pool.example", PORT), Some(("pool.example", 123)));
        assert_eq!(host_and_port("[2001:db8::1]:5", PORT), Some(("2001:db8::1", 5)));
        assert_eq!(host_and_port("2001:db8::1", PORT), Some(("2001:db8::1", 123)));
        for server in ["", ":123", "host:99999", "host:"] {
            assert_eq!(host_and_port(server, PORT), None, "{server:?}");
        }
    }
}
