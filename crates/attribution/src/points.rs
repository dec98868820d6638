//! The readings of the path, gathered and put in order.

use demarc_model::{Finding, PointReading, Position, Reading, Segment};

/// Every probed place that answered, with what lies before it.
#[derive(Debug, Default)]
pub struct Points {
    /// The places, in no particular order; one place may stand here several times, measured at different times.
    pub all: Vec<PointReading>,
    /// Whether the home link is Wi-Fi.
    pub wifi: bool,
}

impl Points {
    /// Gathers the path readings of findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut points = Self::default();
        for finding in findings {
            if let Reading::Path(path) = &finding.reading {
                points.wifi |= path.wifi;
                points.all.extend(path.points.iter().filter(|point| point.loss.trials > 0).cloned());
            }
        }
        points
    }

    /// The kind of home link that these readings did not use.
    pub fn absent_link(&self) -> Segment {
        if self.wifi { Segment::Wiring } else { Segment::Wifi }
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
    pub fn is_behind(&self, position: Position, segment: Segment) -> bool {
        match segment {
            Segment::Device | Segment::Wiring | Segment::Wifi => true,
            Segment::Router => position != Position::Gateway,
            _ => self.crosses(position, segment),
        }
    }

    /// Whether no reading says anything about a segment.
    pub fn crossed_by_nobody(&self, segment: Segment) -> bool {
        !self.all.iter().any(|point| self.crosses(point.position, segment))
    }

    /// Readings at these positions.
    pub fn at<'a>(&'a self, positions: &'a [Position]) -> impl Iterator<Item = &'a PointReading> {
        self.all.iter().filter(|point| positions.contains(&point.position))
    }
}
