//! From the state of a visit to what a person sees of it.

use demarc_model::{Bounds, Evidence, Phrase, Reading, Says, Segment, Step, Verdict};

use crate::{
    CheckView, Part, PartView, Phase, State, StepView, View, Wizard,
    schedule::{self, Progress, Work},
};

/// Everything on the screen now.
pub fn view(wizard: &Wizard) -> View {
    let current = match wizard.phase {
        Phase::Welcome | Phase::Done => None,
        _ => schedule::current_step(&wizard.works),
    };
    let finished = wizard.works.iter().filter(|work| work.finished()).count();
    View {
        phase: wizard.phase,
        current,
        steps: Step::ALL.into_iter().map(|step| step_view(wizard, step)).collect(),
        parts: Part::ALL.into_iter().map(|(part, segments)| part_view(wizard, part, segments)).collect(),
        question: wizard.question.clone(),
        remaining: remaining(wizard),
        progress: finished as f64 / wizard.works.len().max(1) as f64,
        verdict: wizard.verdict.as_ref().map(|(verdict, _)| verdict.clone()),
        evidence: wizard.verdict.as_ref().map(|(_, evidence)| evidence.clone()).unwrap_or_default(),
        comparison: wizard.comparison().cloned(),
        modem_page: wizard.modem_page,
        walking: wizard.walking(),
    }
}

fn step_view(wizard: &Wizard, step: Step) -> StepView {
    let works: Vec<&Work> = wizard.works.iter().filter(|work| work.check.step == step).collect();
    let checks: Vec<CheckView> = works.iter().map(|work| check_view(wizard, work)).collect();
    let any = |state: State| checks.iter().any(|check| check.state == state);
    let state = if checks.iter().all(|check| check.state == State::NotApplicable) {
        State::NotApplicable
    } else if any(State::Testing) || (any(State::NotYet) && !checks.iter().all(|check| check.state == State::NotYet)) {
        State::Testing
    } else {
        [State::NotYet, State::Fault, State::Suspicious, State::Clear, State::Noted]
            .into_iter()
            .find(|state| any(*state))
            .unwrap_or(State::NotMeasurable)
    };
    StepView { step, state, checks }
}

fn check_view(wizard: &Wizard, work: &Work) -> CheckView {
    let state = match work.progress {
        // A check that never ran before the visit ended was not measured.
        Progress::Waiting | Progress::Running if wizard.phase == Phase::Done => State::NotMeasurable,
        Progress::Waiting => State::NotYet,
        Progress::Running => State::Testing,
        Progress::NotApplicable => State::NotApplicable,
        Progress::Blocked => State::NotMeasurable,
        Progress::Measured => found(wizard, work),
    };
    CheckView {
        id: work.check.id.to_owned(),
        state,
        why: work.why.clone(),
        findings: work.findings.clone(),
        observations: wizard.visit.of(work.check.id).map(|observation| observation.id.clone()).collect(),
    }
}

/// What a check's findings amount to. Before the verdict a sign is suspicious at most; the verdict alone finds fault.
fn found(wizard: &Wizard, work: &Work) -> State {
    if let Some((verdict, evidence)) = &wizard.verdict {
        let own = || evidence.iter().filter(|item| item.check == work.check.id && item.says == Says::Accuses);
        let here = verdict.segment.is_some_and(|segment| step_of(segment) == work.check.step);
        let accuses_found = own().any(|item| verdict.segment == Some(item.segment));
        let shows_loss = work.findings.iter().any(|finding| looks_bad(&finding.reading));
        return if here && accuses_found {
            State::Fault
        } else if own().any(|item| verdict.segment != Some(item.segment)) {
            State::Suspicious
        } else if accuses_found || shows_loss || !says_something(work) {
            // What lies behind the fault shows its loss too, so nothing can be said of it.
            seen(work)
        } else {
            State::Clear
        };
    }
    if !says_something(work) {
        return seen(work);
    }
    let accuses = |work: &Work| work.findings.iter().any(|finding| finding.says == Says::Accuses || looks_bad(&finding.reading));
    if accuses(work) { State::Suspicious } else { State::Clear }
}

/// What nothing can be said of was seen all the same, unless it was not.
const fn seen(work: &Work) -> State {
    if work.findings.is_empty() { State::NotMeasurable } else { State::Noted }
}

/// Whether a check found anything that clears or accuses, and not just something to note.
fn says_something(work: &Work) -> bool {
    work.findings.iter().any(|finding| finding.says != Says::Notes || matches!(finding.reading, Reading::Path(_)))
}

/// Loss that people would notice, for a first impression before the verdict.
fn looks_bad(reading: &Reading) -> bool {
    match reading {
        Reading::Path(path) => path.points.iter().any(|point| !point.may_be_silent && point.loss.wilson95().0 > 0.005),
        _ => false,
    }
}

/// The step that looks at a segment.
const fn step_of(segment: Segment) -> Step {
    match segment {
        Segment::Device => Step::Device,
        Segment::Wiring => Step::Wiring,
        Segment::Wifi => Step::Wifi,
        Segment::Router => Step::Router,
        Segment::Access | Segment::Isp | Segment::Interconnect | Segment::Service => Step::Path,
    }
}

fn part_view(wizard: &Wizard, part: Part, segments: &[Segment]) -> PartView {
    let figure = figure(wizard, segments);
    let state = match &wizard.verdict {
        Some((verdict, evidence)) => judged(verdict, evidence, segments, figure.is_some()),
        None => measured(wizard, segments),
    };
    PartView { part, segments: segments.to_vec(), state, figure }
}

fn judged(verdict: &Verdict, evidence: &[Evidence], segments: &[Segment], answered: bool) -> State {
    let concerns = |segment: &Segment| segments.contains(segment);
    // Where too little was measured nothing is ruled out, and nothing stands out either.
    let stands_out = verdict.segment.is_none() && evidence.iter().any(|item| item.says == Says::Accuses);
    if verdict.segment.as_ref().is_some_and(concerns) {
        State::Fault
    } else if verdict.also.as_ref().is_some_and(|also| also.segment.as_ref().is_some_and(concerns))
        || stands_out && verdict.credible.iter().any(concerns)
    {
        State::Suspicious
    } else if answered || evidence.iter().any(|item| concerns(&item.segment) && item.says == Says::Clears) {
        State::Clear
    } else {
        State::NotMeasurable
    }
}

fn measured(wizard: &Wizard, segments: &[Segment]) -> State {
    let works: Vec<&Work> =
        wizard.works.iter().filter(|work| segments.iter().any(|segment| step_of(*segment) == work.check.step)).collect();
    let concerns = |work: &&Work| work.findings.iter().any(|finding| segments.contains(&finding.segment));
    if works.iter().any(|work| work.progress == Progress::Running) {
        State::Testing
    } else if works.iter().any(|work| found(wizard, work) == State::Suspicious && concerns(work)) {
        State::Suspicious
    } else if works.iter().any(|work| work.progress == Progress::Measured && concerns(work)) {
        State::Clear
    } else if works.iter().all(|work| work.progress == Progress::NotApplicable) {
        State::NotApplicable
    } else if works.iter().all(|work| work.finished()) {
        State::NotMeasurable
    } else {
        State::NotYet
    }
}

/// Median and loss of the place that shows a part's far end.
fn figure(wizard: &Wizard, segments: &[Segment]) -> Option<Phrase> {
    let findings = || wizard.works.iter().rev().flat_map(|work| work.findings.iter());
    let point = findings().filter(|finding| segments.contains(&finding.segment)).find_map(|finding| match &finding.reading {
        Reading::Path(path) => path.points.first(),
        _ => None,
    })?;
    let loss = point.loss.share() * 100.0;
    Some(Phrase::new("part-figure").number("median", point.median_ms?, 1).number("loss", loss, 1))
}

/// The most that is still to come: what can be planned now, step after step.
fn remaining(wizard: &Wizard) -> Bounds {
    let mut remaining = Bounds::default();
    for step in Step::ALL {
        let unfinished = wizard.works.iter().filter(|work| !work.finished() && work.check.step == step);
        let each: Vec<Bounds> = unfinished.map(|work| schedule::planned(work.check, &wizard.visit)).collect();
        // Checks of the home run side by side; those of the path build on one another.
        let times = each.iter().map(|bounds| bounds.time_ms);
        remaining.time_ms += if step == Step::Path { times.sum::<u64>() } else { times.max().unwrap_or(0) };
        remaining.bytes += each.iter().map(|bounds| bounds.bytes).sum::<u64>();
    }
    remaining
}

#[cfg(test)]
mod tests {
    use demarc_model::{Candidate, Party, Phrase};

    use super::*;

    fn undecided(says: Says) -> [State; 2] {
        let finding = Evidence {
            check: "addresses".to_owned(),
            says,
            segment: Segment::Device,
            fault: None,
            weight: 0.0,
            because: String::new(),
            because_phrase: Phrase::new("path-no-route"),
            observations: Vec::new(),
        };
        let verdict = Verdict {
            party: Party::Undetermined,
            segment: None,
            fault: None,
            confidence: 0.5,
            candidates: Vec::new(),
            credible: vec![Segment::Device, Segment::Access],
            also: None,
            summary: String::new(),
            summary_phrase: Phrase::new("verdict-undetermined"),
            next: Vec::new(),
        };
        [Segment::Device, Segment::Access].map(|segment| judged(&verdict, std::slice::from_ref(&finding), &[segment], false))
    }

    #[test]
    fn nothing_is_suspicious_where_nothing_accuses() {
        assert_eq!(undecided(Says::Clears), [State::Clear, State::NotMeasurable]);
        assert_eq!(undecided(Says::Accuses), [State::Suspicious, State::Suspicious]);
    }

    #[test]
    fn the_part_of_a_second_fault_is_suspicious_and_the_others_are_not() {
        let also = Candidate { party: Party::Provider, segment: Some(Segment::Isp), fault: None, probability: 0.8 };
        let verdict = Verdict {
            party: Party::Home,
            segment: Some(Segment::Wifi),
            fault: None,
            confidence: 0.9,
            candidates: Vec::new(),
            credible: vec![Segment::Wifi],
            also: Some(also),
            summary: String::new(),
            summary_phrase: Phrase::new("verdict-segment"),
            next: Vec::new(),
        };
        let state = |segment| judged(&verdict, &[], &[segment], true);
        assert_eq!([Segment::Wifi, Segment::Isp, Segment::Access].map(state), [State::Fault, State::Suspicious, State::Clear]);
    }
}
