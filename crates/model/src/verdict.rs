//! What the evidence adds up to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Fault, Party, Phrase, Says, Segment};

/// The answer of a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Verdict {
    /// Who has to act.
    pub party: Party,
    /// Where the fault is, when the evidence singles one out.
    pub segment: Option<Segment>,
    /// Which fault it is, when the evidence singles one out.
    pub fault: Option<Fault>,
    /// Probability that `party` is right, 0 to 1.
    pub confidence: f64,
    /// Every explanation considered, best first; the probabilities sum to 1.
    pub candidates: Vec<Candidate>,
    /// The smallest set of segments that holds 90 % of the probability.
    pub credible: Vec<Segment>,
    /// A second fault that is probably there besides the first, in another segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Candidate>,
    /// One plain sentence in the language of the run.
    pub summary: String,
    /// The same sentence, to be told in another language.
    pub summary_phrase: Phrase,
    /// What to do, or which test would decide, most useful first.
    pub next: Vec<NextTest>,
}

/// One explanation with its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Candidate {
    /// Who would have to act.
    pub party: Party,
    /// Where the fault would be; `None` for healthy.
    pub segment: Option<Segment>,
    /// Which fault it would be; `None` for healthy.
    pub fault: Option<Fault>,
    /// Probability, 0 to 1.
    pub probability: f64,
}

/// Something to do next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct NextTest {
    /// What to do, in the language of the run.
    pub action: String,
    /// The same, to be told in another language.
    pub action_phrase: Phrase,
    /// Segments it decides between.
    pub decides: Vec<Segment>,
}

/// A finding with the weight it had in the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Evidence {
    /// The check's id.
    pub check: String,
    /// Which way it points.
    pub says: Says,
    /// Where it points.
    pub segment: Segment,
    /// The fault it speaks for or against, when it is about one.
    pub fault: Option<Fault>,
    /// Log-odds (natural logarithm) by which this moved its segment; above 0 towards a fault there.
    pub weight: f64,
    /// What was seen, in the language of the run.
    pub because: String,
    /// The same, to be told in another language.
    pub because_phrase: Phrase,
    /// Ids of the observations it rests on.
    pub observations: Vec<String>,
}
