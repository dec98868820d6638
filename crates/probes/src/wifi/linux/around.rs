//! Networks on the air and channels, as the kernel keeps them of the last scans. Asking for a scan takes rights; reading does not.

use demarc_model::{ChannelUse, WifiNeighbours, WifiNetwork};
use wl_nl80211::{Nl80211Attr, Nl80211BssInfo, Nl80211Error, Nl80211Handle, Nl80211Survey};

use super::{collect, interface, tell_channel};
use crate::wifi::elements;

/// Most networks and channels told.
const MOST_NETWORKS: usize = 128;
const MOST_CHANNELS: usize = 64;
/// `NL80211_BSS_STATUS_ASSOCIATED`.
const ASSOCIATED: u32 = 1;

/// What is around an interface; `None` when there is no such wireless interface.
pub(super) async fn networks(handle: &Nl80211Handle, name: &str) -> Result<Option<WifiNeighbours>, Nl80211Error> {
    let Some((Some(index), _)) = interface(handle, name).await? else { return Ok(None) };
    let found = collect(handle.scan().dump(index).execute().await).await?;
    let networks = found.iter().filter_map(|attributes| network(attributes)).take(MOST_NETWORKS).collect();
    // Many drivers keep no survey.
    let surveyed = collect(handle.survey().dump(Nl80211Survey::new(index).build()).execute().await).await.unwrap_or_default();
    let channels = surveyed.iter().filter_map(|attributes| channel(attributes)).take(MOST_CHANNELS).collect();
    Ok(Some(WifiNeighbours { interface: name.to_owned(), networks, channels }))
}

/// The name of the network that the interface uses.
pub(super) async fn own_name(handle: &Nl80211Handle, index: u32) -> Option<String> {
    let found = collect(handle.scan().dump(index).execute().await).await.ok()?;
    found.iter().filter_map(|attributes| network(attributes)).find(|network| network.ours)?.ssid
}

fn network(attributes: &[Nl80211Attr]) -> Option<WifiNetwork> {
    let infos = attributes.iter().find_map(|attribute| if let Nl80211Attr::Bss(infos) = attribute { Some(infos) } else { None })?;
    let mut network = WifiNetwork::default();
    for info in infos {
        match info {
            Nl80211BssInfo::Bssid(octets) => network.bssid = octets.map(|octet| format!("{octet:02x}")).join(":"),
            Nl80211BssInfo::Frequency(frequency) => network.frequency_mhz = *frequency,
            // Hundredths of a dBm.
            Nl80211BssInfo::SignalMbm(signal) => network.signal_dbm = Some(f64::from(*signal) / 100.0),
            Nl80211BssInfo::SeenMsAgo(ago) => network.heard_ms_ago = Some(*ago),
            Nl80211BssInfo::Status(status) => network.ours = *status == ASSOCIATED,
            Nl80211BssInfo::RawInformationElements(bytes) => {
                let told = elements::read(bytes);
                network = WifiNetwork {
                    ssid: told.ssid,
                    width_mhz: told.width_mhz,
                    busy_share: told.busy_share,
                    stations: told.stations,
                    ..network
                };
            }
            _ => {}
        }
    }
    (!network.bssid.is_empty() && network.frequency_mhz > 0).then_some(network)
}

fn channel(attributes: &[Nl80211Attr]) -> Option<ChannelUse> {
    let frequency = attributes.iter().find_map(|attribute| match attribute {
        Nl80211Attr::SurveyInfo(infos) => infos.iter().find_map(|info| match info {
            wl_nl80211::Nl80211SurveyInfo::Frequency(frequency) => Some(*frequency),
            _ => None,
        }),
        _ => None,
    })?;
    let mut link = demarc_model::WifiLink { frequency_mhz: Some(frequency), ..demarc_model::WifiLink::default() };
    tell_channel(&mut link, &[attributes.to_vec()]);
    let told = ChannelUse { frequency_mhz: frequency, noise_dbm: link.noise_dbm, busy_share: link.busy_share };
    (told.noise_dbm.is_some() || told.busy_share.is_some()).then_some(told)
}
