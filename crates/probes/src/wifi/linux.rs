//! The Wi-Fi connection as the kernel's nl80211 interface describes it.

use std::time::Duration;

use demarc_model::{LiveSink, Measurement, Outcome, Phrase, WifiLink};
use futures_util::{StreamExt as _, TryStream, TryStreamExt as _};
use wl_nl80211::packet_core::{NLM_F_REQUEST, NetlinkMessage, NetlinkPayload, Nla as _};
use wl_nl80211::{
    Nl80211Attr, Nl80211ChannelWidth, Nl80211Command, Nl80211Error, Nl80211Handle, Nl80211Message, Nl80211RateInfo, Nl80211StationFlags,
    Nl80211StationInfo, Nl80211Survey, Nl80211SurveyInfo, packet_generic::GenlMessage,
};

use crate::bounded::one_line;

mod around;
mod watch;

/// Longest wait for all answers; some drivers ask the adapter.
const LIMIT: Duration = Duration::from_millis(2_500);
/// Most answers read of one question (interfaces, stations, channels).
const MOST_ANSWERS: usize = 256;

pub(super) async fn perform(interface: &str) -> Outcome {
    asked(interface, LIMIT, async |handle| link(handle, interface).await).await
}

/// Networks around an interface: what the kernel keeps of the last scans, whoever asked for them.
pub(super) async fn neighbours(interface: &str) -> Outcome {
    let around = asked(interface, LIMIT, async |handle| around::networks(handle, interface).await).await;
    match &around {
        Outcome::Measured { measurement: Measurement::WifiNeighbours(found) } if found.networks.is_empty() => {
            Outcome::Blocked { why: Phrase::new("blocked-wifi-scan").text("interface", interface) }
        }
        _ => around,
    }
}

/// The link over a while.
pub(super) async fn watch(interface: &str, watch: Duration, live: &LiveSink) -> Outcome {
    asked(interface, watch + LIMIT, async |handle| watch::watched(handle, interface, watch, live).await).await
}

/// Asks the kernel; `None` is no such interface, or one that is not wireless.
async fn asked<T>(
    interface: &str,
    limit: Duration,
    question: impl AsyncFnOnce(&Nl80211Handle) -> Result<Option<T>, Nl80211Error>,
) -> Outcome
where
    Outcome: From<T>,
{
    let none = || Outcome::NotApplicable { why: Phrase::new("not-applicable-no-wifi").text("interface", interface) };
    let failed = |detail: &str| Outcome::Failed { why: Phrase::new("failed-wifi").text("detail", detail) };
    // Without a wireless driver the kernel does not know the questions at all.
    if !std::path::Path::new("/sys/class/ieee80211").exists() {
        return none();
    }
    let (connection, handle, _) = match wl_nl80211::new_connection() {
        Ok(opened) => opened,
        Err(error) => return failed(&error.to_string()),
    };
    tokio::select! {
        answer = tokio::time::timeout(limit, question(&handle)) => match answer {
            Ok(Ok(Some(answer))) => answer.into(),
            Ok(Ok(None)) => none(),
            Ok(Err(error)) => failed(&one_line(&error.to_string(), 200)),
            Err(_) => failed("timed out"),
        },
        () = connection => failed("the kernel closed the connection"),
    }
}

/// The state of a wireless interface; `None` when there is no such interface or it is not wireless.
async fn link(handle: &Nl80211Handle, name: &str) -> Result<Option<WifiLink>, Nl80211Error> {
    let Some((index, attributes)) = interface(handle, name).await? else { return Ok(None) };
    let mut link = WifiLink { interface: name.to_owned(), ..WifiLink::default() };
    tell_interface(&mut link, &attributes);
    if let Some(index) = index {
        link.power_save = power_save(index).await;
        for station in collect(handle.station().dump(index).execute().await).await?.iter().take(1) {
            tell_station(&mut link, station);
        }
        // The kernel keeps the name with the interface only where a driver associates by itself.
        if link.ssid.is_none() && link.connected {
            link.ssid = around::own_name(handle, index).await;
        }
        // Many drivers keep no survey; the rest is worth telling without it.
        if let Ok(channels) = collect(handle.survey().dump(Nl80211Survey::new(index).build()).execute().await).await {
            tell_channel(&mut link, &channels);
        }
    }
    Ok(Some(link))
}

/// The index and the attributes of a wireless interface.
async fn interface(handle: &Nl80211Handle, name: &str) -> Result<Option<(Option<u32>, Vec<Nl80211Attr>)>, Nl80211Error> {
    let interfaces = collect(handle.interface().get(Vec::new()).execute().await).await?;
    let Some(attributes) = interfaces.into_iter().find(|attributes| is_named(attributes, name)) else { return Ok(None) };
    let index = attributes.iter().find_map(|attribute| if let Nl80211Attr::IfIndex(index) = attribute { Some(*index) } else { None });
    Ok(Some((index, attributes)))
}

/// Whether the adapter sleeps between packets; `None` where it does not tell.
async fn power_save(index: u32) -> Option<bool> {
    /// `NL80211_ATTR_PS_STATE`, which is 1 where it sleeps.
    const STATE: u16 = 0x5d;
    let (connection, mut handle, _) = genetlink::new_connection().ok()?;
    let message = Nl80211Message { cmd: Nl80211Command::GetPowerSave, attributes: vec![Nl80211Attr::IfIndex(index)] };
    let mut request = NetlinkMessage::from(GenlMessage::from_payload(message));
    request.header.flags = NLM_F_REQUEST;
    let answer = async {
        let mut answers = handle.request(request).await.ok()?;
        let NetlinkPayload::InnerMessage(message) = answers.next().await?.ok()?.payload else { return None };
        let state = message.payload.attributes.iter().find(|attribute| attribute.kind() == STATE)?;
        let mut value = vec![0; state.value_len()];
        state.emit_value(&mut value);
        Some(value.first() == Some(&1))
    };
    tokio::select! {
        answer = answer => answer,
        () = connection => None,
    }
}

async fn collect(
    answers: impl TryStream<Ok = GenlMessage<Nl80211Message>, Error = Nl80211Error>,
) -> Result<Vec<Vec<Nl80211Attr>>, Nl80211Error> {
    answers.into_stream().take(MOST_ANSWERS).map_ok(|answer| answer.payload.attributes).try_collect().await
}

fn is_named(attributes: &[Nl80211Attr], name: &str) -> bool {
    attributes.iter().any(|attribute| matches!(attribute, Nl80211Attr::IfName(found) if found == name))
}

/// Network name, frequency and width.
fn tell_interface(link: &mut WifiLink, attributes: &[Nl80211Attr]) {
    for attribute in attributes {
        match attribute {
            // Any bytes can be a network name.
            Nl80211Attr::SsidRaw(octets) if !octets.is_empty() => link.ssid = Some(one_line(&String::from_utf8_lossy(octets), 32)),
            Nl80211Attr::WiphyFreq(frequency) => link.frequency_mhz = Some(*frequency),
            Nl80211Attr::ChannelWidth(width) => {
                link.width_mhz = match width {
                    Nl80211ChannelWidth::NoHt20 => Some(20),
                    Nl80211ChannelWidth::Mhz80Plus80 => Some(160),
                    Nl80211ChannelWidth::Mhz(width) => Some(*width),
                    Nl80211ChannelWidth::Other(_) => None,
                }
            }
            _ => {}
        }
    }
}

/// The access point as this computer hears it: the only station of a client's interface.
fn tell_station(link: &mut WifiLink, attributes: &[Nl80211Attr]) {
    let mut associated = None;
    let mut last_signal = None;
    for attribute in attributes {
        match attribute {
            Nl80211Attr::Mac(octets) => link.bssid = Some(octets.map(|octet| format!("{octet:02x}")).join(":")),
            Nl80211Attr::StationInfo(infos) => {
                for info in infos {
                    match info {
                        Nl80211StationInfo::Signal(dbm) => last_signal = strength(*dbm),
                        Nl80211StationInfo::SignalAvg(dbm) => link.signal_dbm = strength(*dbm),
                        Nl80211StationInfo::RxBitrate(rate) => {
                            link.receive_mbps = megabits(rate);
                            link.generation = link.generation.max(generation(rate));
                        }
                        Nl80211StationInfo::TxBitrate(rate) => {
                            link.send_mbps = megabits(rate);
                            link.generation = link.generation.max(generation(rate));
                        }
                        Nl80211StationInfo::RxPackets(count) => link.received_packets = Some(u64::from(*count)),
                        Nl80211StationInfo::ConnectedTime(seconds) => link.connected_s = Some(*seconds),
                        Nl80211StationInfo::TxPackets(count) => link.sent_packets = Some(u64::from(*count)),
                        Nl80211StationInfo::TxRetries(count) => link.retries = Some(u64::from(*count)),
                        Nl80211StationInfo::TxFailed(count) => link.failed = Some(u64::from(*count)),
                        Nl80211StationInfo::BeaconLoss(count) => link.beacons_lost = Some(u64::from(*count)),
                        Nl80211StationInfo::StationFlags(flags) => associated = Some(flags.set.contains(Nl80211StationFlags::Associated)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    // The average hops less than the strength of the last frame; some drivers know the last one only.
    link.signal_dbm = link.signal_dbm.or(last_signal);
    link.connected = link.bssid.is_some() && associated.unwrap_or(true);
}

/// Drivers that do not know the strength say 0 or more.
fn strength(dbm: i8) -> Option<f64> {
    (dbm < 0).then_some(f64::from(dbm))
}

/// Rates come in units of 100 kbit/s; the short form ends at 6.5 Gbit/s.
fn megabits(rate: &[Nl80211RateInfo]) -> Option<f64> {
    let long = rate.iter().find_map(|info| if let Nl80211RateInfo::Bitrate32(units) = info { Some(*units) } else { None });
    let short = rate.iter().find_map(|info| if let Nl80211RateInfo::Bitrate(units) = info { Some(u32::from(*units)) } else { None });
    long.or(short).filter(|units| *units > 0).map(|units| f64::from(units) / 10.0)
}

/// The generation of Wi-Fi that a rate belongs to; `None` where there is no rate.
fn generation(rate: &[Nl80211RateInfo]) -> Option<u8> {
    let of = |info: &Nl80211RateInfo| match info {
        Nl80211RateInfo::EhtMcs(_) => 7,
        Nl80211RateInfo::HeMcs(_) => 6,
        Nl80211RateInfo::VhtMcs(_) => 5,
        Nl80211RateInfo::Mcs(_) => 4,
        _ => 3,
    };
    rate.iter().map(of).max()
}

/// Shorter times on the channel than this, in milliseconds, tell nothing about how busy it is.
const LEAST_ACTIVE_MS: u64 = 1_000;

/// Noise and occupation of the channel in use: which one that is, the frequency alone tells.
fn tell_channel(link: &mut WifiLink, channels: &[Vec<Nl80211Attr>]) {
    for attribute in channels.iter().flatten() {
        let Nl80211Attr::SurveyInfo(infos) = attribute else { continue };
        let here =
            infos.iter().any(|info| matches!(info, Nl80211SurveyInfo::Frequency(frequency) if Some(*frequency) == link.frequency_mhz));
        let noise = infos.iter().find_map(|info| if let Nl80211SurveyInfo::Noise(dbm) = info { strength(*dbm) } else { None });
        if here && noise.is_some() {
            link.noise_dbm = noise;
        }
        let active = infos.iter().find_map(|info| if let Nl80211SurveyInfo::ActiveTime(ms) = info { Some(*ms) } else { None });
        let busy = infos.iter().find_map(|info| if let Nl80211SurveyInfo::BusyTime(ms) = info { Some(*ms) } else { None });
        if here && let Some((active, busy)) = active.zip(busy).filter(|(active, busy)| *active >= LEAST_ACTIVE_MS && busy <= active) {
            link.busy_share = Some((busy as f64 / active as f64 * 1e3).round() / 1e3);
        }
    }
}

#[cfg(test)]
mod tests {
    use wl_nl80211::Nl80211StationFlagUpdate;

    use super::*;

    fn flags(set: Nl80211StationFlags) -> Nl80211StationInfo {
        Nl80211StationInfo::StationFlags(Nl80211StationFlagUpdate { mask: Nl80211StationFlags::all(), set })
    }

    fn station(infos: Vec<Nl80211StationInfo>) -> WifiLink {
        let mut link = WifiLink::default();
        tell_station(&mut link, &[Nl80211Attr::IfIndex(3), Nl80211Attr::Mac([2, 0, 0, 0xab, 0, 1]), Nl80211Attr::StationInfo(infos)]);
        link
    }

    #[test]
    fn the_interface_tells_name_frequency_and_width() {
        let mut link = WifiLink::default();
        tell_interface(
            &mut link,
            &[
                Nl80211Attr::SsidRaw(b"caf\xc3\xa9\n\xff".to_vec()),
                Nl80211Attr::WiphyFreq(5180),
                Nl80211Attr::ChannelWidth(Nl80211ChannelWidth::Mhz(80)),
            ],
        );
        assert_eq!(link.ssid.as_deref(), Some("caf\u{e9} \u{fffd}"));
        assert_eq!((link.frequency_mhz, link.width_mhz), (Some(5180), Some(80)));
        tell_interface(&mut link, &[Nl80211Attr::ChannelWidth(Nl80211ChannelWidth::NoHt20)]);
        assert_eq!(link.width_mhz, Some(20));
    }

    #[test]
    fn the_access_point_tells_signal_rates_and_counters() {
        let link = station(vec![
            Nl80211StationInfo::Signal(-71),
            Nl80211StationInfo::SignalAvg(-70),
            Nl80211StationInfo::TxBitrate(vec![Nl80211RateInfo::Bitrate(u16::MAX), Nl80211RateInfo::Bitrate32(72_059)]),
            Nl80211StationInfo::RxBitrate(vec![Nl80211RateInfo::Bitrate(585)]),
            Nl80211StationInfo::TxPackets(1000),
            Nl80211StationInfo::TxRetries(250),
            Nl80211StationInfo::TxFailed(3),
            Nl80211StationInfo::BeaconLoss(1),
            flags(Nl80211StationFlags::Associated | Nl80211StationFlags::Authorized),
        ]);
        assert!(link.connected);
        assert_eq!(link.bssid.as_deref(), Some("02:00:00:ab:00:01"));
        assert_eq!((link.signal_dbm, link.send_mbps, link.receive_mbps), (Some(-70.0), Some(7205.9), Some(58.5)));
        assert_eq!((link.sent_packets, link.retries, link.failed, link.beacons_lost), (Some(1000), Some(250), Some(3), Some(1)));
    }

    #[test]
    fn what_the_driver_does_not_know_is_absent() {
        let link = station(vec![
            Nl80211StationInfo::Signal(-60),
            Nl80211StationInfo::SignalAvg(0),
            Nl80211StationInfo::TxBitrate(Vec::new()),
            Nl80211StationInfo::RxBitrate(vec![Nl80211RateInfo::Bitrate(0)]),
        ]);
        assert_eq!((link.signal_dbm, link.send_mbps, link.receive_mbps, link.retries), (Some(-60.0), None, None, None));
        assert!(link.connected, "a driver without flags lists only the access point it uses");
    }

    #[test]
    fn an_access_point_still_asked_for_admission_is_no_connection() {
        assert!(!station(vec![flags(Nl80211StationFlags::Authenticated)]).connected);
        assert!(!WifiLink::default().connected);
    }

    #[test]
    fn noise_counts_on_our_own_frequency_alone() {
        let channel = |frequency, noise| {
            vec![Nl80211Attr::SurveyInfo(vec![Nl80211SurveyInfo::Frequency(frequency), Nl80211SurveyInfo::Noise(noise)])]
        };
        let mut link = WifiLink { frequency_mhz: Some(2437), ..WifiLink::default() };
        tell_channel(&mut link, &[channel(2412, -80), channel(2437, -92), channel(2462, -70), vec![]]);
        assert_eq!(link.noise_dbm, Some(-92.0));
        let mut off = WifiLink::default();
        tell_channel(&mut off, &[channel(2412, -80)]);
        assert_eq!(off.noise_dbm, None);
    }

    #[test]
    fn a_channel_is_as_busy_as_its_share_of_the_time_and_short_times_tell_nothing() {
        let share = |active, busy| {
            let infos = vec![Nl80211SurveyInfo::Frequency(2437), Nl80211SurveyInfo::ActiveTime(active), Nl80211SurveyInfo::BusyTime(busy)];
            let mut link = WifiLink { frequency_mhz: Some(2437), ..WifiLink::default() };
            tell_channel(&mut link, &[vec![Nl80211Attr::SurveyInfo(infos)]]);
            link.busy_share
        };
        assert_eq!(share(40_000, 31_000), Some(0.775));
        assert_eq!((share(999, 500), share(40_000, 40_001)), (None, None));
    }

    #[test]
    fn an_interface_is_found_by_its_name() {
        assert!(is_named(&[Nl80211Attr::IfIndex(1), Nl80211Attr::IfName("wlan0".to_owned())], "wlan0"));
        assert!(!is_named(&[Nl80211Attr::IfName("wlan0".to_owned())], "wlan"));
    }
}
