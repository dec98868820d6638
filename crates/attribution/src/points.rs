//! The readings of the path, gathered and put in order.

use demarc_model::{Finding, PointReading, Position, Reading, Segment};

use crate::table;

/// How many segments there are.
pub const SEGMENTS: usize = Segment::ALL.len();

/// A set of segments, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Segments(u8);

impl Segments {
    /// The segments for which `belongs` holds.
    pub fn which(belongs: impl Fn(Segment) -> bool) -> Self {
        Self(Segment::ALL.iter().filter(|segment| belongs(**segment)).fold(0, |set, segment| set | 1 << *segment as u8))
    }

    /// Whether a segment is in the set.
    pub fn contains(self, segment: Segment) -> bool {
        self.0 & 1 << segment as u8 != 0
    }

    /// The segments of this set in the order of the path.
    pub fn iter(self) -> impl Iterator<Item = Segment> {
        Segment::ALL.into_iter().filter(move |segment| self.contains(*segment))
    }
}

/// One probed place that answered, and the finding that tells of it.
#[derive(Debug)]
pub struct Point<'a> {
    /// Index of the finding.
    pub finding: usize,
    /// What was seen there.
    pub reading: &'a PointReading,
}

/// Every probed place that answered.
#[derive(Debug, Default)]
pub struct Points<'a> {
    /// The places, in no particular order; one place may stand here several times, measured at different times.
    pub all: Vec<Point<'a>>,
    /// Whether the home link is Wi-Fi.
    pub wifi: bool,
    /// Whether nobody at home used the line, where its counters tell.
    pub home_quiet: Option<bool>,
}

impl<'a> Points<'a> {
    /// Gathers the path readings of findings.
    pub fn of(findings: &'a [Finding]) -> Self {
        let mut points = Self::default();
        for (finding, Finding { reading, .. }) in findings.iter().enumerate() {
            if let Reading::Path(path) = reading {
                points.wifi |= path.wifi;
                // One look that saw traffic is enough; a quiet one is not if another was not.
                points.home_quiet = [path.home_quiet, points.home_quiet].into_iter().flatten().reduce(|one, other| one && other);
                let answered = path.points.iter().filter(|point| point.loss.trials > 0);
                points.all.extend(answered.map(|reading| Point { finding, reading }));
            }
        }
        points
    }

    /// Whether the way beyond the home was looked at: else nothing can be said of it, good or bad.
    pub fn see_the_path(&self) -> bool {
        self.all.iter().any(|point| point.reading.position != Position::Gateway && point.reading.loss.trials >= table::FEWEST_TO_THE_PATH)
    }

    /// The kind of home link that these readings used.
    pub fn used_link(&self) -> Segment {
        if self.wifi { Segment::Wifi } else { Segment::Wiring }
    }

    /// The kind of home link that these readings did not use.
    pub fn absent_link(&self) -> Segment {
        if self.wifi { Segment::Wiring } else { Segment::Wifi }
    }

    /// Segments that packets to a place pass through.
    pub fn crossed(&self, position: Position) -> Segments {
        Segments::which(|segment| self.crosses(position, segment))
    }

    /// Whether packets to a place pass through a segment.
    pub fn crosses(&self, position: Position, segment: Segment) -> bool {
        let depth = match position {
            Position::Gateway => 1,
            Position::FirstHop => 3,
            Position::BorderNear | Position::OnNet | Position::OtherNetwork => 4,
            Position::BorderFar => 5,
            Position::Service => 6,
        };
        let place = match segment {
            Segment::Device => return false,
            Segment::Wiring => return !self.wifi,
            Segment::Wifi => return self.wifi,
            Segment::Router => 2,
            Segment::Access => 3,
            Segment::Isp => 4,
            Segment::Interconnect => 5,
            Segment::Service => 6,
        };
        depth >= place
    }

    /// Whether an answer from a place proves that packets get through a segment. An answering gateway proves that much of itself.
    pub fn is_behind(position: Position, segment: Segment, crossed: Segments) -> bool {
        match segment {
            Segment::Device | Segment::Wiring | Segment::Wifi => true,
            Segment::Router => position != Position::Gateway,
            _ => crossed.contains(segment),
        }
    }

    /// Readings at these positions.
    pub fn at<'b>(&'b self, positions: &'b [Position]) -> impl Iterator<Item = &'b PointReading> {
        self.all.iter().map(|point| point.reading).filter(|reading| positions.contains(&reading.position))
    }
}
