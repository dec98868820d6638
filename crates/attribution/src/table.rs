//! Every number the verdict rests on, in one place. [F] read in a public source, [K] field knowledge, [R] our rule, [B] fitted to the
//! benchmark's training split.

use demarc_model::{Fault, Segment};

/// How common each explanation is among people who ask, before anything is measured; only the ratios count [K].
pub fn prior(fault: Option<Fault>) -> f64 {
    match fault {
        None => 0.5,
        Some(Fault::WifiWeakSignal | Fault::WifiLoss | Fault::HomeCrossTraffic) => 0.03,
        Some(Fault::RouterBufferbloat) => 0.025,
        Some(Fault::AccessLoss | Fault::WifiInterference | Fault::WiringLoss) => 0.02,
        // People fill their own lines more often than their neighbours do.
        Some(Fault::AccessCongested | Fault::IspLoss | Fault::IspCongested | Fault::InterconnectLoss | Fault::InterconnectCongested) => {
            0.015
        }
        // A server seldom loses packets that the way to it does not.
        Some(Fault::ServiceLoss | Fault::BackgroundTraffic) => 0.01,
        // Routers are overloaded or lose names more often than packets.
        Some(Fault::RouterLoss) => 0.002,
        Some(_) => 0.006,
    }
}

/// How much rarer a second fault is than two independent ones would make it: people ask for help when one thing has just broken [K].
pub const SECOND_FAULT: f64 = 0.1;

/// How a fault shows on the path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Share of cases in which packets are lost.
    pub loses: f64,
    /// Share of cases in which packets are held up.
    pub delays: f64,
    /// Where that shows.
    pub shows: Shows,
}

/// Where a fault shows, which need not be where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// At the segment at fault.
    Segment,
    /// Between this computer and its router: everything this computer sends is late or lost.
    HomeLink,
    /// At the line, which somebody at home fills.
    Line,
}

impl Effect {
    /// Packets pass as ever.
    pub const NONE: Self = Self { loses: 0.0, delays: 0.0, shows: Shows::Segment };
}

/// How often a fault loses packets or holds them up, and where [K].
pub fn effect(fault: Fault) -> Effect {
    let of = |loses, delays| Effect { loses, delays, shows: Shows::Segment };
    match fault {
        Fault::WiringLoss
        | Fault::WifiLoss
        | Fault::RouterLoss
        | Fault::AccessLoss
        | Fault::IspLoss
        | Fault::InterconnectLoss
        | Fault::ServiceLoss => of(1.0, 0.1),
        Fault::AccessCongested => of(0.7, 1.0),
        Fault::IspCongested | Fault::InterconnectCongested => of(0.5, 1.0),
        Fault::WifiWeakSignal | Fault::WifiInterference | Fault::WifiCongestedChannel | Fault::WifiSlowRate => of(0.6, 0.5),
        Fault::LinkErrors | Fault::HalfDuplex | Fault::LinkFlapping | Fault::LinkSpeedLow | Fault::AccessFlapping => of(0.5, 0.0),
        Fault::RouterOverloaded => of(0.3, 0.5),
        Fault::CpuSaturated => Effect { loses: 0.0, delays: 0.7, shows: Shows::HomeLink },
        Fault::DuplicateAddress => Effect { loses: 0.8, delays: 0.0, shows: Shows::HomeLink },
        // The senders of one home slow down before they lose much.
        Fault::HomeCrossTraffic | Fault::BackgroundTraffic => Effect { loses: 0.4, delays: 0.9, shows: Shows::Line },
        // Everything measured through a tunnel is the tunnel's as much as the line's.
        Fault::VpnActive => Effect { loses: 0.4, delays: 0.5, shows: Shows::Line },
        _ => Effect::NONE,
    }
}

/// Shares of loss that a lossy stretch may have, equally likely; log-spaced from what people begin to notice [K].
pub const LOSS_RATES: [f64; 16] = [0.009, 0.011, 0.014, 0.018, 0.022, 0.028, 0.036, 0.047, 0.06, 0.08, 0.1, 0.13, 0.17, 0.25, 0.4, 0.6];
/// Loss of a path without fault [K].
pub const BACKGROUND_LOSS: f64 = 0.0008;
/// The same where the home link is Wi-Fi [K].
pub const BACKGROUND_LOSS_WIFI: f64 = 0.002;
/// Shares that a line without fault loses by nature, with how many lines do: radio and satellites lose a little at all times [K].
pub const NATURAL_LOSS: [(f64, f64); 3] = [(0.83, 0.0), (0.11, 0.004), (0.06, 0.01)];
/// The same concentration for a path without fault: stray losses do not come in heaps [K].
pub const BACKGROUND_CONCENTRATION: f64 = 2000.0;
/// Concentration of the beta-binomial: how alike the shares of two places on one lossy path are [K].
pub const LOSS_CONCENTRATION: f64 = 200.0;
/// Probability that a router limits or drops its own answers [K].
pub const ROUTER_SILENCE: f64 = 0.2;
/// The same for a home gateway [K].
pub const GATEWAY_SILENCE: f64 = 0.01;
/// Probability that an anchor has trouble of its own [K].
pub const ANCHOR_SILENCE: f64 = 0.04;

/// A log-normal distribution of milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogNormal {
    /// Median in milliseconds.
    pub median: f64,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

impl LogNormal {
    /// Log of the density at `x` milliseconds over `ln x` (the factor `1/x` cancels in ratios).
    pub fn log_density(self, x: f64) -> f64 {
        let z = (x / self.median).ln() / self.sigma;
        -0.5 * z * z - self.sigma.ln()
    }
}

/// What a stretch adds to the round trips of `share` of the cases: to their median, and to the width between their 5th and 90th
/// percentile, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    pub share: f64,
    pub added: LogNormal,
    pub width: LogNormal,
}

const fn delay(share: f64, added: (f64, f64), width: (f64, f64)) -> Delay {
    Delay { share, added: LogNormal { median: added.0, sigma: added.1 }, width: LogNormal { median: width.0, sigma: width.1 } }
}

const AT_HOME: &[Delay] = &[delay(1.0, (0.8, 0.9), (0.8, 1.0))];
const OVER_WIFI: &[Delay] = &[delay(1.0, (3.3, 0.6), (3.5, 0.7))];
/// Glass and copper; radio to a mast or to satellites in low orbit; a satellite that stands still.
const ON_THE_LINE: &[Delay] =
    &[delay(0.62, (8.0, 0.8), (0.8, 1.1)), delay(0.33, (40.0, 0.4), (12.0, 0.45)), delay(0.05, (590.0, 0.15), (20.0, 0.8))];
const IN_A_NETWORK: &[Delay] = &[delay(1.0, (4.0, 1.0), (0.5, 1.2))];
/// Borders span oceans.
const ACROSS_BORDERS: &[Delay] = &[delay(1.0, (12.0, 1.2), (0.6, 1.3))];
const TO_A_SERVER: &[Delay] = &[delay(1.0, (1.5, 1.1), (0.5, 1.2))];

/// Delay of a stretch without fault; widths fitted to the benchmark's training split and widened by half [B].
pub fn normal_delay(segment: Segment) -> &'static [Delay] {
    match segment {
        Segment::Device | Segment::Wiring | Segment::Router => AT_HOME,
        Segment::Wifi => OVER_WIFI,
        Segment::Access => ON_THE_LINE,
        Segment::Isp => IN_A_NETWORK,
        Segment::Interconnect => ACROSS_BORDERS,
        Segment::Service => TO_A_SERVER,
    }
}

/// What a queue adds [B].
pub const HELD_UP: &[Delay] = &[delay(1.0, (80.0, 0.9), (40.0, 0.9))];
/// What a detour, or a queue that is always full, adds [K].
pub const HELD_UP_STEADILY: &[Delay] = &[delay(1.0, (80.0, 0.6), (1.5, 1.5))];
/// Differences below this are noise, in milliseconds [R].
pub const LEAST_MS: f64 = 0.3;
/// Share of delaying faults whose delay is steady [K].
pub const STEADY_DELAY_SHARE: f64 = 0.3;
/// What an answer from behind a fault says against a fault that lets nothing through, in log-odds [R].
pub const ANSWERED_BEHIND: f64 = -10.0;
/// What a sign loses, in log-odds, when it speaks for a deeper cause that shows no sign of its own [R].
pub const EXPLAINED_DISCOUNT: f64 = 4.0;
/// What readings over one kind of home link say against a fault of the other kind, in log-odds [R].
pub const ABSENT_LINK: f64 = -12.0;
/// Most that delays may say for a fault at one stretch, in log-odds [R].
pub const MOST_DELAY_RATIO: f64 = 12.0;
/// Most that delays may say against a fault, in log-odds [R].
pub const LEAST_DELAY_RATIO: f64 = -8.0;

/// Most confidence in a provider's fault while the home link is Wi-Fi and was not compared with a cable [R].
pub const CAP_PROVIDER_ON_WIFI: f64 = 0.7;
/// The same where the radio was seen to be clean: in the training split such verdicts were right in 96 of 100 homes [B].
pub const CAP_PROVIDER_ON_CLEAN_WIFI: f64 = 0.95;
/// What clean means: at most this share lost, by the upper end of the 95 % interval [R], and nine in ten answers within this time [R].
pub const CLEAN_WIFI_LOSS: f64 = 0.015;
/// See [`CLEAN_WIFI_LOSS`].
pub const CLEAN_WIFI_P90_MS: f64 = 20.0;
/// Most confidence in a crowded line while other devices at home may be filling it, no router having told that they are quiet, and in such
/// devices while no router told of them [R].
pub const CAP_LINE_SHARED: f64 = 0.64;
/// See [`CAP_LINE_SHARED`]; below what names a party.
pub const CAP_OTHERS_UNTOLD: f64 = 0.55;
/// The same for a crowded line where the router told that the home used it meanwhile [R].
pub const CAP_LINE_USED: f64 = 0.4;
/// Most confidence in a fault at a border unless the provider's own network and two other networks were seen to be good [R].
pub const CAP_BORDER_WITHOUT_CONTRAST: f64 = 0.65;
/// Most confidence in loss or delay on either side of the line while no reading of the router tells the sides apart [R].
pub const CAP_HOME_UNSEEN: f64 = 0.55;

/// Probability that trouble goes away when the thing at fault is taken out of the way [K].
pub const RELIEVED: f64 = 0.9;
/// The same by itself, whatever was changed [K].
pub const RELIEVED_BY_CHANCE: f64 = 0.1;

/// A party is named from this probability on; below it the answer is "cannot tell" [R].
pub const COMMITS: f64 = 0.6;
/// The same for anybody beyond the home, up to rounding: a wrong accusation is worse than none [R].
pub const ACCUSES: f64 = 0.7 - 1e-9;
/// A segment or fault is named from this probability on [R].
pub const NAMES: f64 = 0.5;
/// The sentence names the fault when it holds this share of its party's probability [R].
pub const TELLS: f64 = 0.8;
/// `credible` holds this much of the probability [R].
pub const CREDIBLE: f64 = 0.9;
/// A weight below this, in log-odds, moves nobody [R].
pub const NOTEWORTHY: f64 = 0.3;
/// A place that lost more than this share clears nobody, whatever it did to the weights; nor is it good beside a bad border [R].
pub const NOTICED_LOSS: f64 = 0.01;
/// Two lossy stretches are told apart when they explain the counts so much better than either alone, in log-odds [R].
pub const BOTH_LOSE: f64 = 2.0;
/// Fewest probes to the router that count as having seen it [R].
pub const FEWEST_TO_ROUTER: u64 = 20;
/// Fewest probes to a place beyond the router that count as having looked at the path [R].
pub const FEWEST_TO_THE_PATH: u64 = 20;
/// Fewest probes whose delays count [R].
pub const FEWEST_DELAYS: u64 = 5;
/// A segment less likely than this is not in doubt [R].
pub const WORTH_DECIDING: f64 = 0.05;
/// Information below this, in nats, is not worth anybody's time [R].
pub const WORTH_DOING: f64 = 0.03;
