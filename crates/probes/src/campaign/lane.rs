//! One place probed at an even pace: who was answered when, and who was given up.

use std::{
    collections::{BTreeSet, VecDeque},
    io,
    time::{Duration, Instant},
};

use demarc_model::{Echo, Lane, LaneResult, LiveSample, LiveSink, Probe, Request};

use super::series::{Answer, Fate, Series};
use crate::bounded::milliseconds;

/// A probe without an answer for this long is lost.
const LONGEST_WAIT: Duration = Duration::from_millis(Request::ANSWER_GRACE_MS);

/// When a lane's probes leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    interval: Duration,
    /// Of the first probe after the campaign's start.
    offset: Duration,
    duration: Duration,
}

impl Pace {
    /// Lane `index` of `lanes`: each starts at another part of its interval, so that they do not all send at once.
    pub(super) fn of(lane: &Lane, index: usize, lanes: usize, duration_ms: u32) -> Self {
        let shortest_ms = match lane.probe {
            Probe::Echo => 20,
            Probe::TcpConnect { .. } => 200,
            Probe::HopLimited { .. } => 1_000,
        };
        let interval = Duration::from_millis(u64::from(lane.interval_ms.max(shortest_ms)));
        let duration = Duration::from_millis(u64::from(duration_ms));
        let share = index as f64 / lanes.max(1) as f64;
        Self { interval, offset: interval.min(duration).mul_f64(share), duration }
    }

    /// When probe number `slot` of the schedule leaves after the start; `None` when the schedule is over.
    fn due(&self, slot: u32) -> Option<Duration> {
        self.interval.checked_mul(slot).map(|after| after + self.offset).filter(|due| *due < self.duration)
    }

    /// The first slot after `slot` that has not passed: what was missed while the computer was busy is not made up for.
    fn following(&self, slot: u32, elapsed: Duration) -> u32 {
        let passed = elapsed.saturating_sub(self.offset).div_duration_f64(self.interval).ceil();
        (slot + 1).max(passed as u32)
    }
}

/// Probes one place until its schedule is over and every probe is answered or given up.
pub(super) async fn run(
    index: usize,
    lane: Lane,
    series: Result<Box<dyn Series>, String>,
    pace: Pace,
    started: Instant,
    live: &LiveSink,
) -> LaneResult {
    let mut series = match series {
        Ok(series) => series,
        Err(failure) => return LaneResult { lane, echoes: Vec::new(), kernel_timestamps: false, failure: Some(failure), refused: 0 },
    };
    let mut record = Record {
        index,
        lane: &lane,
        live,
        echoes: Vec::new(),
        under_way: VecDeque::new(),
        refused: BTreeSet::new(),
        any_left: false,
        error: None,
    };
    let mut slot = 0;
    loop {
        let send_at = pace.due(slot).map(|due| started + due);
        let give_up_at = record.under_way.front().map(|(_, deadline)| *deadline);
        let Some(wake) = [send_at, give_up_at].into_iter().flatten().min() else { break };
        tokio::select! {
            biased;
            answer = series.answer() => record.answered(answer),
            () = tokio::time::sleep_until(wake.into()) => {
                let now = Instant::now();
                record.give_up(now);
                if send_at.is_some_and(|due| due <= now) {
                    record.send(series.as_mut(), started);
                    slot = pace.following(slot, started.elapsed());
                }
            }
        }
    }
    let Record { echoes, refused, any_left, error, .. } = record;
    let kernel_timestamps = series.kernel_timestamps();
    // What never left cannot have been lost.
    let left = |(number, echo)| (!u16::try_from(number).is_ok_and(|number| refused.contains(&number))).then_some(echo);
    let refusals = u32::try_from(refused.len()).unwrap_or(u32::MAX);
    if let Some(error) = error.filter(|_| !any_left) {
        return LaneResult { failure: Some(unsent(&error)), lane, echoes: Vec::new(), kernel_timestamps, refused: refusals };
    }
    let echoes = echoes.into_iter().enumerate().filter_map(left).collect();
    LaneResult { lane, echoes, kernel_timestamps, failure: None, refused: refusals }
}

/// Whether a firewall of this computer kept a packet from leaving: that is what the kernel answers when a rule drops it on its way out.
pub(super) fn refused_here(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

/// Why a lane sent nothing at all.
pub(super) fn unsent(error: &io::Error) -> String {
    if refused_here(error) {
        return "A firewall on this computer does not let probes out. Allow outgoing pings (ICMP echo) in it, then check again.".to_owned();
    }
    format!("This computer could not send probes there ({error}). Check that it is connected and that no firewall on it stops pings.")
}

struct Record<'a> {
    index: usize,
    lane: &'a Lane,
    live: &'a LiveSink,
    echoes: Vec<Echo>,
    /// Numbers of the probes that may still be answered and until when, in the order sent.
    under_way: VecDeque<(u16, Instant)>,
    /// Numbers of the probes that this computer's own firewall held back.
    refused: BTreeSet<u16>,
    /// Whether any probe left this computer.
    any_left: bool,
    error: Option<io::Error>,
}

impl Record<'_> {
    fn send(&mut self, series: &mut dyn Series, started: Instant) {
        let Ok(number) = u16::try_from(self.echoes.len()) else { return };
        let now = Instant::now();
        self.echoes.push(Echo { sent_ms: milliseconds(now.duration_since(started)), rtt_ms: None });
        self.under_way.push_back((number, now + LONGEST_WAIT));
        match series.send(number) {
            Ok(()) => {}
            Err(error) => self.answered(Answer { number, fate: Fate::Unsent(error) }),
        }
    }

    fn answered(&mut self, answer: Answer) {
        let Some(place) = self.under_way.iter().position(|(number, _)| *number == answer.number) else { return };
        self.under_way.remove(place);
        match answer.fate {
            Fate::Back(rtt) => {
                self.any_left = true;
                if let Some(echo) = self.echoes.get_mut(usize::from(answer.number)) {
                    echo.rtt_ms = Some(milliseconds(rtt));
                }
            }
            Fate::Unsent(error) => {
                let held_back = refused_here(&error);
                self.error = Some(error);
                if held_back {
                    self.refused.insert(answer.number);
                    return;
                }
            }
        }
        self.tell(answer.number);
    }

    fn give_up(&mut self, now: Instant) {
        while let Some((number, _)) = self.under_way.front().copied().filter(|(_, deadline)| *deadline <= now) {
            self.under_way.pop_front();
            self.any_left = true;
            self.tell(number);
        }
    }

    fn tell(&self, number: u16) {
        let Some(echo) = self.echoes.get(usize::from(number)) else { return };
        (self.live)(LiveSample::Echo {
            lane: u32::try_from(self.index).unwrap_or(u32::MAX),
            position: self.lane.position,
            name: self.lane.name.clone(),
            sent_ms: echo.sent_ms,
            rtt_ms: echo.rtt_ms,
        });
    }
}

#[cfg(test)]
mod tests {
    use demarc_model::Position;

    use super::*;

    fn lane(probe: Probe, interval_ms: u32) -> Lane {
        let address = std::net::Ipv4Addr::LOCALHOST.into();
        Lane { position: Position::Gateway, name: String::new(), address, probe, interval_ms }
    }

    fn dues(pace: Pace) -> Vec<u128> {
        (0..).map_while(|slot| pace.due(slot)).map(|due| due.as_millis()).collect()
    }

    #[test]
    fn lanes_take_turns_within_their_interval() {
        let of = |index| dues(Pace::of(&lane(Probe::Echo, 100), index, 4, 300));
        assert_eq!([of(0), of(1), of(3)], [vec![0, 100, 200], vec![25, 125, 225], vec![75, 175, 275]]);
    }

    #[test]
    fn no_lane_probes_faster_than_its_kind_may() {
        let sent = |probe| dues(Pace::of(&lane(probe, 0), 0, 1, 1_000)).len();
        assert_eq!(sent(Probe::Echo), 50);
        assert_eq!(sent(Probe::TcpConnect { port: 443 }), 5);
        assert_eq!(sent(Probe::HopLimited { ttl: 1 }), 1);
    }

    #[test]
    fn a_short_campaign_still_probes_every_lane() {
        assert_eq!(dues(Pace::of(&lane(Probe::HopLimited { ttl: 1 }, 1_000), 15, 16, 200)).len(), 1);
    }

    #[test]
    fn probes_missed_while_the_computer_slept_are_not_made_up_for() {
        let pace = Pace::of(&lane(Probe::Echo, 100), 0, 1, 10_000);
        assert_eq!(pace.following(0, Duration::from_millis(3)), 1);
        assert_eq!(pace.following(0, Duration::from_millis(730)), 8);
    }
}
