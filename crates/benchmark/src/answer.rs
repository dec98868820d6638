//! What somebody says about a household, in the form that is scored.

use demarc_model::{Candidate, Fault, Party, Segment, Verdict};

/// The parties in the order of every table and list of probabilities.
pub const PARTIES: [Party; 4] = [Party::Home, Party::Provider, Party::Beyond, Party::Healthy];

/// One contestant's answer to one household.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Probability of each of [`PARTIES`]; they sum to 1.
    pub parties: [f64; 4],
    /// The most probable party.
    pub party: Party,
    /// Probability of that party.
    pub confidence: f64,
    /// The most probable segment, `None` where "healthy" is more probable than each.
    pub segment: Option<Segment>,
    /// The most probable fault, `None` where "healthy" is more probable than each.
    pub fault: Option<Fault>,
    /// The party that is told to the user; `None` where the answer is "cannot tell".
    pub committed: Option<Party>,
    /// Explanations by segment (`None` is "healthy") that are not ruled out at 90 %; empty for who does not tell.
    pub credible: Vec<Option<Segment>>,
}

impl Answer {
    /// An answer with these probabilities.
    pub fn new(parties: [f64; 4], segment: Option<Segment>, fault: Option<Fault>, committed: Option<Party>) -> Self {
        let (party, confidence) = PARTIES.into_iter().zip(parties).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((Party::Healthy, 0.0));
        Self { parties, party, confidence, segment, fault, committed, credible: Vec::new() }
    }

    /// The engine's answer.
    pub fn of(verdict: &Verdict) -> Self {
        let share = |belongs: &dyn Fn(Party, Option<Segment>) -> bool| -> f64 {
            verdict.candidates.iter().filter(|c| belongs(c.party, c.segment)).map(|c| c.probability).sum()
        };
        let parties = PARTIES.map(|wanted| share(&|party, _| party == wanted));
        let healthy = (None, share(&|party, _| party == Party::Healthy));
        let segment = Segment::ALL
            .into_iter()
            .map(|wanted| (Some(wanted), share(&|_, segment| segment == Some(wanted))))
            .fold(healthy, |best, next| if next.1 > best.1 { next } else { best })
            .0;
        let fault = verdict.candidates.iter().max_by(|a, b| a.probability.total_cmp(&b.probability)).and_then(|best| best.fault);
        let committed = Some(verdict.party).filter(|party| *party != Party::Undetermined);
        Self { credible: credible(verdict), ..Self::new(parties, segment, fault, committed) }
    }
}

/// The verdict's credible segments, and "healthy" where the segments more probable than it do not hold 90 % by themselves. The verdict
/// counts "healthy" in whatever its probability, so that taking it as a member would cover every healthy home.
fn credible(verdict: &Verdict) -> Vec<Option<Segment>> {
    let share = |segment: Option<Segment>| -> f64 {
        let belongs = |candidate: &&Candidate| candidate.segment == segment;
        verdict.candidates.iter().filter(belongs).map(|candidate| candidate.probability).sum()
    };
    let healthy = share(None);
    let before: f64 = Segment::ALL.into_iter().map(|segment| share(Some(segment))).filter(|held| *held > healthy).sum();
    let segments = verdict.credible.iter().copied().map(Some);
    segments.chain((before < 0.9).then_some(None)).collect()
}
