//! DNS queries to a named server, over UDP with TCP when the answer is truncated.

use std::{net::SocketAddr, time::Duration};

use demarc_model::{DnsRecord, DnsReplies, DnsReply, Outcome, Phrase, Resolver};
use hickory_proto::{
    op::{Message, Query},
    rr::{DNSClass, Name, RecordType},
};
use tokio::time::Instant;

use crate::{bounded::milliseconds, resolvers};
use exchange::{Answer, HELD_BACK, exchange};

pub(crate) use exchange::message;

pub mod exchange;

const LONGEST_WAIT_MS: u32 = 10_000;

/// Queries one after the other for the same name. Nothing is asked twice within one query, and nothing is cached.
pub(crate) async fn perform(resolver: Resolver, name: &str, record: DnsRecord, attempts: u8, timeout_ms: u32) -> Outcome {
    let Some(query) = question(name, record) else {
        return Outcome::Failed { why: Phrase::new("failed-dns-name").text("name", name) };
    };
    let servers = match resolver {
        Resolver::Server(server) => vec![server],
        Resolver::System => match resolvers::system_servers().await {
            Ok(servers) => servers,
            // Not knowing whom to ask is not silence of those asked.
            Err(outcome) => return outcome,
        },
    };
    let limit = Duration::from_millis(u64::from(timeout_ms.clamp(1, LONGEST_WAIT_MS)));
    let mut replies = Vec::new();
    for _ in 0..attempts {
        replies.push(ask(&servers, &query, limit).await);
    }
    // What never left says nothing of a server.
    let asked = replies.len();
    replies.retain(|reply: &DnsReply| reply.error.as_deref() != Some(HELD_BACK));
    if replies.is_empty() && asked > 0 {
        let server = servers.first().map_or_else(String::new, |server| server.ip().to_string());
        return Outcome::Blocked { why: Phrase::new("blocked-dns-by-own-firewall").text("server", server) };
    }
    DnsReplies { replies }.into()
}

/// Asks the servers in order, like the C library: the next one only where one is silent or refuses. All share the time.
async fn ask(servers: &[SocketAddr], query: &Query, limit: Duration) -> DnsReply {
    let begun = Instant::now();
    let failed = |error: &str| DnsReply { elapsed_ms: None, code: None, addresses: Vec::new(), error: Some(error.to_owned()) };
    let mut reply = failed("no name server is configured");
    for (place, server) in servers.iter().enumerate() {
        let left = limit.saturating_sub(begun.elapsed());
        let others = u32::try_from(servers.len() - place).unwrap_or(1).max(1);
        match exchange(*server, request(query), Instant::now() + left / others).await {
            Ok(Answer { code, addresses }) => {
                let elapsed_ms = Some(milliseconds(begun.elapsed()));
                let refused = matches!(code.as_str(), "SERVFAIL" | "REFUSED" | "NOTIMP");
                reply = DnsReply { elapsed_ms, code: Some(code), addresses, error: None };
                if !refused {
                    break;
                }
            }
            // A refusal says more than another server's silence.
            Err(error) if reply.code.is_none() => reply = failed(&error),
            Err(_) => {}
        }
    }
    reply
}

/// The question of a request; `None` when the name is not one.
fn question(name: &str, record: DnsRecord) -> Option<Query> {
    let (name, kind, class) = match record {
        DnsRecord::A => (name, RecordType::A, DNSClass::IN),
        DnsRecord::Aaaa => (name, RecordType::AAAA, DNSClass::IN),
        DnsRecord::Version => ("version.bind", RecordType::TXT, DNSClass::CH),
    };
    if name.is_empty() || name.len() > 254 || name.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let mut name = Name::from_utf8(name).ok()?;
    name.set_fqdn(true);
    let mut query = Query::query(name, kind);
    query.set_query_class(class);
    Some(query)
}

/// A message with a fresh random identity. Without EDNS, as most programs on a home computer ask.
fn request(query: &Query) -> Message {
    let mut request = Message::query();
    request.metadata.recursion_desired = true;
    request.add_query(query.clone());
    request
}

#[cfg(test)]
mod tests;
