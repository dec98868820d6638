//! Sending frames on an interface and listening for answers, for a bounded while.

use std::{
    io,
    time::{Duration, Instant},
};

use demarc_model::{Outcome, Phrase};
use pnet::{
    datalink::{self, Channel, Config, NetworkInterface},
    packet::ethernet::EthernetPacket,
    util::MacAddr,
};

use crate::bounded::one_line;

/// A question to the neighbours and what has been answered.
pub(super) trait Question: Send + 'static {
    /// What is known in the end.
    type Answer: Send;

    /// When the frame is sent, from the beginning on.
    const SENT_AT: &'static [Duration];
    /// How long answers are taken, from the beginning on.
    const PATIENCE: Duration;

    /// The frame, from this hardware address.
    fn frame(&self, own: MacAddr) -> Option<Vec<u8>>;
    /// Takes a frame that came in. `own` are all hardware addresses of this computer.
    fn hear(&mut self, frame: &EthernetPacket<'_>, own: &[MacAddr]);
    /// The answer.
    fn answer(self) -> Self::Answer;
}

/// How often the end of the wait is looked at.
const TICK: Duration = Duration::from_millis(50);

/// Asks on an interface. What cannot be asked is an outcome of its own.
pub(super) async fn exchange<Q: Question>(interface: &str, question: Q) -> Result<Q::Answer, Outcome> {
    let name = interface.to_owned();
    let failed = |detail: &str| Outcome::Failed { why: Phrase::new("failed-frames").text("interface", interface).text("detail", detail) };
    match tokio::task::spawn_blocking(move || ask(&name, question)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(Outcome::Blocked { why: Phrase::new("blocked-raw-sockets") })
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
            Err(Outcome::Failed { why: Phrase::new("failed-no-interface").text("interface", interface) })
        }
        Ok(Err(error)) => Err(failed(&one_line(&error.to_string(), 200))),
        Err(error) => Err(failed(&one_line(&error.to_string(), 200))),
    }
}

fn ask<Q: Question>(name: &str, mut question: Q) -> io::Result<Q::Answer> {
    let interfaces = datalink::interfaces();
    let own: Vec<MacAddr> = interfaces.iter().filter_map(|interface| interface.mac).collect();
    let interface: &NetworkInterface = interfaces.iter().find(|interface| interface.name == name).ok_or(io::ErrorKind::NotFound)?;
    let mac = interface.mac.filter(|mac| *mac != MacAddr::zero()).ok_or_else(|| io::Error::other("it has no hardware address"))?;
    let frame = question.frame(mac).ok_or_else(|| io::Error::other("the frame does not fit"))?;
    let config = Config { promiscuous: false, read_timeout: Some(TICK), write_timeout: Some(TICK), ..Config::default() };
    let Channel::Ethernet(mut sender, mut receiver) = datalink::channel(interface, config)? else {
        return Err(io::Error::other("it does not carry frames"));
    };
    let begun = Instant::now();
    let mut due = Q::SENT_AT.iter().peekable();
    while begun.elapsed() < Q::PATIENCE {
        if due.next_if(|at| begun.elapsed() >= **at).is_some() {
            sender.send_to(&frame, None).unwrap_or_else(|| Err(io::ErrorKind::InvalidInput.into()))?;
        }
        match receiver.next() {
            Ok(bytes) => {
                if let Some(frame) = EthernetPacket::new(bytes) {
                    question.hear(&frame, &own);
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(question.answer())
}
