//! The radio link over a while: looked at several times a second, while the kernel tells what happens to it.

use std::time::Duration;

use demarc_model::{LiveSample, LiveSink, WifiEvent, WifiEventKind, WifiLink, WifiSample, WifiWatch};
use futures_util::StreamExt as _;
use tokio::time::{Instant, MissedTickBehavior, interval};
use wl_nl80211::packet_core::NetlinkPayload;
use wl_nl80211::{
    Nl80211Attr, Nl80211Command, Nl80211Error, Nl80211Handle, Nl80211Message, Nl80211MulticastGroup, packet_generic::GenlMessage,
};

use super::{interface, link};
use crate::bounded::milliseconds;

/// Time between two looks; longer watches are looked at less often, so that no more than [`MOST_SAMPLES`] come of it.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const MOST_SAMPLES: u32 = 600;
const MOST_EVENTS: usize = 64;

/// What became of the link; `None` when there is no such wireless interface.
pub(super) async fn watched(
    handle: &Nl80211Handle,
    name: &str,
    watch: Duration,
    live: &LiveSink,
) -> Result<Option<WifiWatch>, Nl80211Error> {
    let Some((Some(index), _)) = interface(handle, name).await? else { return Ok(None) };
    let Some(first) = link(handle, name).await? else { return Ok(None) };
    let begun = Instant::now();
    let mut looks = interval(LOOK_EVERY.max(watch / MOST_SAMPLES));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = WifiWatch { interface: name.to_owned(), ..WifiWatch::default() };
    let mut last = first.clone();
    // What happens is worth telling, and the rest is where the kernel does not tell it.
    let mut events = wl_nl80211::new_multicast_connection(&[Nl80211MulticastGroup::Mlme])
        .ok()
        .map(|(connection, _, messages)| (tokio::spawn(connection), messages));
    while begun.elapsed() < watch {
        let happening = async {
            match &mut events {
                Some((_, messages)) => messages.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = looks.tick() => {
                if let Some(now) = link(handle, name).await? {
                    let sample = sample(&now, milliseconds(begun.elapsed()));
                    live(LiveSample::Signal { at_ms: sample.at_ms, dbm: sample.signal_dbm, mbps: sample.mbps });
                    told.samples.push(sample);
                    last = now;
                }
            }
            message = happening => match message {
                Some((message, _)) => {
                    let event = if let NetlinkPayload::InnerMessage(message) = message.payload {
                        message.parse_into_genlmsg::<Nl80211Message>().ok().and_then(|message| event(&message, index))
                    } else {
                        None
                    };
                    if let Some((kind, reason)) = event.filter(|_| told.events.len() < MOST_EVENTS) {
                        told.events.push(WifiEvent { at_ms: begun.elapsed().as_millis() as u64, kind, reason });
                    }
                }
                None => events = None,
            },
        }
    }
    if let Some((connection, _)) = events {
        connection.abort();
    }
    told.watched_ms = milliseconds(begun.elapsed());
    tell_counts(&mut told, &first, &last);
    Ok(Some(told))
}

fn sample(link: &WifiLink, at_ms: f64) -> WifiSample {
    let mbps = [link.receive_mbps, link.send_mbps].into_iter().flatten().min_by(f64::total_cmp);
    WifiSample { at_ms, signal_dbm: link.signal_dbm.filter(|_| link.connected), mbps: mbps.filter(|_| link.connected) }
}

/// Counters begin anew with every connection: then the last ones are what is known.
fn tell_counts(told: &mut WifiWatch, first: &WifiLink, last: &WifiLink) {
    let moved = |of: fn(&WifiLink) -> Option<u64>| {
        let (before, after) = (of(first)?, of(last)?);
        Some(after.checked_sub(before).unwrap_or(after))
    };
    told.sent_packets = moved(|link| link.sent_packets);
    told.retries = moved(|link| link.retries);
    told.failed = moved(|link| link.failed);
    told.beacons_lost = moved(|link| link.beacons_lost);
}

/// What a message of the kernel says of this interface.
fn event(message: &GenlMessage<Nl80211Message>, index: u32) -> Option<(WifiEventKind, Option<u16>)> {
    let attributes = &message.payload.attributes;
    if !attributes.iter().any(|attribute| matches!(attribute, Nl80211Attr::IfIndex(found) if *found == index)) {
        return None;
    }
    let kind = match message.payload.cmd {
        Nl80211Command::Connect => WifiEventKind::Connected,
        Nl80211Command::Roam => WifiEventKind::Roamed,
        Nl80211Command::Disconnect => WifiEventKind::Disconnected,
        _ => return None,
    };
    let reason = attributes.iter().find_map(|attribute| if let Nl80211Attr::ReasonCode(reason) = attribute { Some(*reason) } else { None });
    Some((kind, reason))
}
