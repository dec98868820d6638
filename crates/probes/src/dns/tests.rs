#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::{IpAddr, Ipv4Addr};

use demarc_model::Measurement;
use hickory_proto::{
    op::{MessageType, OpCode, ResponseCode},
    rr::{RData, Record, rdata},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, UdpSocket},
};

use super::*;

/// How the server in the test treats a request: the datagrams it sends back.
type Treatment = fn(Message) -> Vec<Vec<u8>>;

fn answer(request: &Message) -> Message {
    let mut answer = Message::response(request.metadata.id, OpCode::Query);
    answer.add_queries(request.queries.iter().cloned());
    answer
}

fn with_address(request: &Message, last: u8) -> Message {
    let mut message = answer(request);
    let name = request.queries[0].name().clone();
    message.add_answer(Record::from_rdata(name, 60, RData::A(rdata::A(Ipv4Addr::new(192, 0, 2, last)))));
    message
}

fn bytes(message: &Message) -> Vec<u8> {
    message.to_vec().unwrap()
}

/// Asks a server on loopback that treats UDP and TCP like this.
async fn asked(udp: Treatment, tcp: Treatment, record: DnsRecord, timeout_ms: u32) -> DnsReply {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let server = socket.local_addr().unwrap();
    let listener = TcpListener::bind(server).await.unwrap();
    let serve_udp = async {
        let mut buffer = [0; 4096];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
            for datagram in udp(Message::from_vec(&buffer[..length]).unwrap()) {
                socket.send_to(&datagram, from).await.unwrap();
            }
        }
    };
    let serve_tcp = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let length = stream.read_u16().await.unwrap();
        let mut request = vec![0; usize::from(length)];
        stream.read_exact(&mut request).await.unwrap();
        for message in tcp(Message::from_vec(&request).unwrap()) {
            stream.write_u16(u16::try_from(message.len()).unwrap()).await.unwrap();
            stream.write_all(&message).await.unwrap();
        }
        std::future::pending::<()>().await;
    };
    let outcome = tokio::select! {
        outcome = perform(Resolver::Server(server), "www.Example.org", record, 1, timeout_ms) => outcome,
        () = serve_udp => panic!("the server never ends"),
        () = serve_tcp => panic!("the server never ends"),
    };
    replies(outcome).remove(0)
}

fn replies(outcome: Outcome) -> Vec<DnsReply> {
    match outcome {
        Outcome::Measured { measurement: Measurement::Dns(found) } => found.replies,
        other => panic!("{other:?}"),
    }
}

fn silent(_: Message) -> Vec<Vec<u8>> {
    Vec::new()
}

#[tokio::test]
async fn a_good_answer_is_timed_and_its_addresses_kept() {
    let reply = asked(|request| vec![bytes(&with_address(&request, 7))], silent, DnsRecord::A, 2_000).await;
    assert_eq!((reply.code.as_deref(), reply.error.as_deref()), (Some("NOERROR"), None));
    assert_eq!(reply.addresses, [IpAddr::from([192, 0, 2, 7])]);
    assert!(reply.elapsed_ms.is_some_and(|elapsed| elapsed > 0.0 && elapsed < 2_000.0));
    let reply = asked(|request| vec![bytes(&with_address(&request, 7))], silent, DnsRecord::Aaaa, 2_000).await;
    assert!(reply.addresses.is_empty(), "an IPv4 address does not answer a question for IPv6");
}

#[tokio::test]
async fn a_truncated_answer_is_asked_for_again_over_tcp() {
    let truncated: Treatment = |request| {
        let mut message = answer(&request);
        message.metadata.truncation = true;
        vec![bytes(&message)]
    };
    let many: Treatment = |request| {
        let mut message = answer(&request);
        for last in 0..100 {
            message.answers.extend(with_address(&request, last).answers);
        }
        vec![bytes(&message)]
    };
    let reply = asked(truncated, many, DnsRecord::A, 2_000).await;
    assert_eq!((reply.code.as_deref(), reply.addresses.len()), (Some("NOERROR"), 16));
    let reply = asked(truncated, silent, DnsRecord::A, 200).await;
    assert_eq!(reply.error.as_deref(), Some("truncated over UDP, timed out over TCP"));
}

#[tokio::test]
async fn codes_are_answers_even_without_the_question() {
    let failing: Treatment = |request| {
        let mut message = answer(&request);
        message.metadata.response_code = ResponseCode::ServFail;
        vec![bytes(&message)]
    };
    let bare: Treatment = |request| {
        let mut message = Message::response(request.metadata.id, OpCode::Query);
        message.metadata.response_code = ResponseCode::Refused;
        vec![bytes(&message)]
    };
    for (treatment, code) in [(failing, "SERVFAIL"), (bare, "REFUSED")] {
        let reply = asked(treatment, silent, DnsRecord::A, 2_000).await;
        assert_eq!((reply.code.as_deref(), reply.error), (Some(code), None));
        assert!(reply.elapsed_ms.is_some());
    }
}

#[tokio::test]
async fn the_version_is_a_question_of_its_own_class() {
    let version: Treatment = |request| {
        let query = &request.queries[0];
        let expected =
            query.name().to_string() == "version.bind." && query.query_type() == RecordType::TXT && query.query_class() == DNSClass::CH;
        if expected { vec![bytes(&answer(&request))] } else { Vec::new() }
    };
    assert!(asked(version, silent, DnsRecord::Version, 2_000).await.answered());
}

#[tokio::test]
async fn what_does_not_belong_to_the_question_is_not_believed() {
    let cases: [(Treatment, &str); 7] = [
        (silent, "timed out"),
        (|_| vec![Vec::new()], "only a malformed answer came"),
        (|_| vec![vec![0xff; 500]], "only a malformed answer came"),
        (
            |request| {
                let mut message = with_address(&request, 66);
                message.metadata.id = request.metadata.id.wrapping_add(1);
                vec![bytes(&message)]
            },
            "only an answer to another question came",
        ),
        (
            |request| {
                let mut message = with_address(&request, 66);
                message.queries[0].set_query_type(RecordType::MX);
                vec![bytes(&message)]
            },
            "only an answer to another question came",
        ),
        (|request| vec![bytes(&request)], "only an answer to another question came"),
        (
            |request| {
                let mut message = answer(&request);
                message.metadata.id = request.metadata.id.wrapping_add(1);
                vec![bytes(&message); 200]
            },
            "flooded with answers to other questions",
        ),
    ];
    for (treatment, error) in cases {
        let reply = asked(treatment, silent, DnsRecord::A, 300).await;
        assert_eq!((reply.error.as_deref(), reply.code, reply.addresses), (Some(error), None, Vec::new()));
    }
}

#[tokio::test]
async fn a_forged_answer_does_not_hide_the_true_one() {
    let both: Treatment = |request| {
        let mut forged = with_address(&request, 66);
        forged.metadata.id = request.metadata.id.wrapping_add(1);
        vec![bytes(&forged), vec![1, 2, 3], bytes(&with_address(&request, 7))]
    };
    assert_eq!(asked(both, silent, DnsRecord::A, 2_000).await.addresses, [IpAddr::from([192, 0, 2, 7])]);
}

#[tokio::test]
async fn a_closed_port_is_known_at_once() {
    let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let begun = std::time::Instant::now();
    let found = replies(perform(Resolver::Server(closed), "example.org", DnsRecord::A, 3, 5_000).await);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|reply| reply.error.as_deref() == Some("port unreachable")), "{found:?}");
    assert!(begun.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn the_next_server_is_asked_where_one_is_silent_or_refuses_in_the_same_time() {
    let quiet = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let good = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let servers = [quiet.local_addr().unwrap(), good.local_addr().unwrap()];
    let serve = async {
        let mut buffer = [0; 512];
        let (length, from) = good.recv_from(&mut buffer).await.unwrap();
        let request = Message::from_vec(&buffer[..length]).unwrap();
        good.send_to(&bytes(&with_address(&request, 9)), from).await.unwrap();
    };
    let query = question("example.org", DnsRecord::A).unwrap();
    let (reply, ()) = tokio::join!(ask(&servers, &query, Duration::from_millis(600)), serve);
    assert_eq!(reply.addresses, [IpAddr::from([192, 0, 2, 9])]);
    assert!(reply.elapsed_ms.is_some_and(|elapsed| (300.0..600.0).contains(&elapsed)), "{reply:?}");
    assert!(ask(&[], &query, Duration::from_secs(9)).await.error.is_some_and(|error| error.contains("no name server")));
}

#[tokio::test]
async fn what_is_no_name_is_not_asked() {
    let long = "a".repeat(64);
    let longer = "abc.".repeat(70);
    for name in ["", "..", "a..b", "a b", "a\0b", long.as_str(), longer.as_str()] {
        let Outcome::Failed { why } = perform(Resolver::System, name, DnsRecord::A, 1, 10).await else { panic!("{name:?}") };
        assert_eq!(why.id, "failed-dns-name");
    }
}

#[test]
fn no_bytes_can_upset_the_reader() {
    let mut random = StdRng::seed_from_u64(20);
    let request = request(&question("example.org", DnsRecord::A).unwrap());
    let good = bytes(&with_address(&request, 7));
    for _ in 0..20_000 {
        let mut hostile = good.clone();
        for _ in 0..random.random_range(1..6) {
            let place = random.random_range(0..hostile.len());
            hostile[place] = random.random();
        }
        hostile.truncate(random.random_range(0..=hostile.len()));
        if let Ok(message) = exchange::matching(&request, &hostile) {
            assert_eq!(message.metadata.message_type, MessageType::Response);
            assert!(exchange::read(&request, &message).addresses.len() <= 16);
        }
    }
}
