//! What a person sees of a visit, as data: the window, the terminal and the tests show the same.

use std::collections::BTreeMap;

use demarc_model::{Bounds, Change, Comparison, Evidence, Finding, Phrase, Profile, Segment, Step, Verdict};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the user chose before the visit starts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// How thorough the visit is.
    pub profile: Profile,
    /// Whether tests may fill the line.
    pub load_allowed: bool,
    /// Whether the wizard stops to ask (in the window) or takes an unanswered question as skipped (in a terminal).
    pub interactive: bool,
    /// Answers given beforehand, by question id.
    #[ts(type = "Record<string, string>")]
    pub answers: BTreeMap<String, String>,
}

/// What the user does during a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Action {
    /// Answers the question on the page.
    Answer {
        /// Question id.
        question: String,
        /// One of the question's options.
        value: String,
    },
    /// Stops measuring; what was measured stays.
    Cancel,
    /// Goes on where the visit was stopped.
    Resume,
    /// "I changed something": measures again from this step on, and from the start where the step is in the home, since another link
    /// may be in use now.
    CheckAgain {
        /// First step measured again.
        from: Step,
        /// What was changed, where the user says so; then everything is measured again and compared.
        #[serde(default)]
        change: Option<Change>,
    },
    /// Ends the visit here with what is known.
    Conclude,
    /// Reads a modem's page that the user saved or pasted, at most 1 MiB of it.
    ModemPage {
        /// The page, as HTML or as text.
        text: String,
    },
    /// Shows the signal of the Wi-Fi while the user walks around the home, or stops showing it. It is no part of the visit.
    Walk {
        /// Whether to show it.
        on: bool,
    },
}

/// Everything on the screen at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct View {
    /// Where the visit stands.
    pub phase: Phase,
    /// The step being measured.
    pub current: Option<Step>,
    /// The wizard's steps in order.
    pub steps: Vec<StepView>,
    /// The path picture, nearest part first.
    pub parts: Vec<PartView>,
    /// A question that holds the visit up.
    pub question: Option<QuestionView>,
    /// The most that is still to come.
    pub remaining: Bounds,
    /// Share of the visit's checks that are finished, 0 to 1.
    pub progress: f64,
    /// The answer, once there is one.
    pub verdict: Option<Verdict>,
    /// What the answer rests on, heaviest first.
    pub evidence: Vec<Evidence>,
    /// What a change in the home did, once both looks are there.
    pub comparison: Option<Comparison>,
    /// Whether a modem's page that was given held values; `None` where none was given.
    pub modem_page: Option<bool>,
    /// Whether the signal of the Wi-Fi is shown now; `None` while it cannot be, on a cable or while checks are running.
    pub walking: Option<bool>,
}

/// Where a visit stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing has been sent.
    #[default]
    Welcome,
    /// Checks are running.
    Measuring,
    /// A question holds the visit up.
    Asking,
    /// Stopped by the user; can go on.
    Stopped,
    /// The verdict is there.
    Done,
}

/// One step of the wizard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StepView {
    /// Which step.
    pub step: Step,
    /// Where it stands.
    pub state: State,
    /// Its checks in order.
    pub checks: Vec<CheckView>,
}

/// One check on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CheckView {
    /// The check's id; its name is the message `check-<id>`, why it matters `check-<id>-why`, what good would be `check-<id>-good`.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// Why it does not apply, is blocked or failed.
    pub why: Option<Phrase>,
    /// What it found.
    pub findings: Vec<Finding>,
    /// Ids of its observations.
    pub observations: Vec<String>,
}

/// Where a step, a check or a part of the path stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not looked at yet.
    #[default]
    NotYet,
    /// Being looked at.
    Testing,
    /// Nothing wrong found.
    Clear,
    /// Something may be wrong.
    Suspicious,
    /// At fault.
    Fault,
    /// Something was seen that speaks for nobody and against nobody.
    Noted,
    /// Could not be measured.
    NotMeasurable,
    /// Does not exist here (no Wi-Fi in use).
    NotApplicable,
}

/// One part of the path picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PartView {
    /// Which part.
    pub part: Part,
    /// Segments it stands for.
    pub segments: Vec<Segment>,
    /// Where it stands.
    pub state: State,
    /// Its figure, once measured ("1.2 ms, 0 % lost").
    pub figure: Option<Phrase>,
}

/// Part of the path picture; the demarc stands between `Router` and `Line`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// This computer.
    Computer,
    /// Cable or Wi-Fi.
    HomeLink,
    /// The home gateway.
    Router,
    /// The access line.
    Line,
    /// The provider's network.
    Provider,
    /// The border and other networks.
    Networks,
    /// The service.
    Service,
}

impl Part {
    /// Every part in path order with the segments it stands for.
    pub const ALL: [(Self, &'static [Segment]); 7] = [
        (Self::Computer, &[Segment::Device]),
        (Self::HomeLink, &[Segment::Wiring, Segment::Wifi]),
        (Self::Router, &[Segment::Router]),
        (Self::Line, &[Segment::Access]),
        (Self::Provider, &[Segment::Isp]),
        (Self::Networks, &[Segment::Interconnect]),
        (Self::Service, &[Segment::Service]),
    ];
}

/// A question on the page. Its words are the messages `question-<id>` and `question-<id>-<option>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct QuestionView {
    /// Question id.
    pub id: String,
    /// Options, the recommended one first.
    pub options: Vec<String>,
    /// What going on would cost, for a question about a costly test.
    pub cost: Option<Bounds>,
    /// The step it belongs to.
    pub step: Option<Step>,
}
