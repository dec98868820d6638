//! From findings to a verdict: every explanation of at most two faults is weighed against "nothing is at fault", and the answer is the
//! probability of each. A verdict that the evidence does not carry is not given; then the test that would decide is named.
//!
//! The verdict is a pure function of the findings. Every number it uses stands in [`table`](mod@table) with its source.

mod delay;
mod fitted;
mod guard;
mod hypothesis;
mod loss;
mod next;
mod numbers;
mod path;
mod points;
mod signs;
mod table;

use demarc_model::{Candidate, Evidence, Fault, Finding, Party, Phrase, Reading, Says, Segment, Verdict};

use crate::{
    hypothesis::{Case, Explained, Posterior},
    next::Decided,
};

/// Weighs findings. Sentences are phrases; the texts in the result are empty until somebody renders them.
pub fn judge(findings: &[Finding]) -> (Verdict, Vec<Evidence>) {
    let case = Case::of(findings);
    let explained = case.explained();
    (verdict(&case, &explained, fitted::TEMPERATURE), evidence(findings, &case, &explained))
}

/// The verdict alone, at another temperature than the fitted one: what fitting it needs.
pub fn judge_at(findings: &[Finding], temperature: f64) -> Verdict {
    let case = Case::of(findings);
    verdict(&case, &case.explained(), temperature)
}

/// Temperature scaling (Guo 2017) of what the evidence did to the prior probabilities: above 1 it counts for less, below 1 for more. The
/// prior is left alone, so that nothing measured stays nothing known.
fn scaled(posterior: &Posterior, temperature: f64) -> Posterior {
    let prior = Case::of(&[]).explained().posterior;
    let scale = |((fault, probability), (_, before)): (&(Option<Fault>, f64), (_, f64))| {
        (*fault, before * (probability / before).powf(1.0 / temperature))
    };
    let mut scaled: Posterior = posterior.iter().zip(prior).map(scale).collect();
    let total: f64 = scaled.iter().map(|(_, probability)| probability).sum();
    for (_, probability) in &mut scaled {
        *probability /= total;
    }
    scaled
}

/// Each finding with the log-odds by which it moved its segment: with it against without it. Where others say the same, leaving one out
/// moves nothing; then it is the mean of that and of what it moves when those others are left out.
fn evidence(findings: &[Finding], case: &Case<'_>, explained: &Explained) -> Vec<Evidence> {
    let accuses = |finding: &Finding| matches!(finding.reading, Reading::Sign { log_likelihood_ratio } if log_likelihood_ratio > 0.0);
    let moved = |index: usize, finding: &Finding| {
        let last = log_odds(explained, finding) - log_odds(&case.explained_without(&[index]), finding);
        if last >= table::NOTEWORTHY || !accuses(finding) {
            return last;
        }
        let says_same = |other: &Finding| matches!(other.reading, Reading::Path(_)) || (accuses(other) && other.segment == finding.segment);
        let others: Vec<usize> = (0..findings.len()).filter(|other| *other != index && says_same(&findings[*other])).collect();
        let none = [others.as_slice(), &[index]].concat();
        let first = log_odds(&case.explained_without(&others), finding) - log_odds(&case.explained_without(&none), finding);
        0.5 * (last + first)
    };
    let mut evidence: Vec<Evidence> = findings
        .iter()
        .enumerate()
        .map(|(index, finding)| {
            let weight = if finding.reading == Reading::None { 0.0 } else { moved(index, finding) / fitted::TEMPERATURE };
            let (says, weight) = direction(finding, weight);
            Evidence {
                check: finding.check.clone(),
                says,
                segment: finding.segment,
                fault: finding.fault,
                weight: (weight * 100.0).round() / 100.0,
                because: String::new(),
                because_phrase: finding.because.clone(),
                observations: finding.observations.clone(),
            }
        })
        .collect();
    evidence.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    evidence
}

/// What a finding says in the end. A reading of the path has no opinion of its own: its weight is its opinion. A sign keeps the
/// direction it was given, unless another cause explains it: then it is a note.
fn direction(finding: &Finding, weight: f64) -> (Says, f64) {
    match &finding.reading {
        Reading::None => (Says::Notes, 0.0),
        Reading::Path(_) if weight >= table::NOTEWORTHY => (Says::Accuses, weight),
        Reading::Path(path) if weight <= -table::NOTEWORTHY && path.points.iter().all(|point| point.loss.share() < table::NOTICED_LOSS) => {
            (Says::Clears, weight)
        }
        Reading::Path(_) => (Says::Notes, weight),
        Reading::Sign { .. } if finding.says == Says::Accuses && weight < table::NOTEWORTHY => (Says::Notes, weight.max(0.0)),
        Reading::Sign { .. } if finding.says == Says::Clears => (Says::Clears, weight.min(0.0)),
        Reading::Sign { .. } => (finding.says, weight),
    }
}

/// Log-odds that the finding's segment is at fault, kept within what is worth telling apart.
fn log_odds(explained: &Explained, finding: &Finding) -> f64 {
    let bounded = explained.involved[finding.segment as usize].clamp(1e-6, 1.0 - 1e-6);
    (bounded / (1.0 - bounded)).ln()
}

fn verdict(case: &Case<'_>, explained: &Explained, temperature: f64) -> Verdict {
    let points = &case.points;
    let posterior = &guard::apply(scaled(&explained.posterior, temperature), points);
    let mut candidates: Vec<Candidate> = posterior.iter().map(|(fault, probability)| candidate(*fault, *probability)).collect();
    candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let share = |belongs: &dyn Fn(&Candidate) -> bool| candidates.iter().filter(|c| belongs(c)).map(|c| c.probability).sum::<f64>();
    let best = |party: Party| (share(&|candidate| candidate.party == party), party);
    let (probability, party) = [Party::Healthy, Party::Home, Party::Provider, Party::Beyond]
        .map(best)
        .into_iter()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((0.0, Party::Undetermined));
    let segments = segments_by_probability(&candidates);
    let commits = match party {
        Party::Provider | Party::Beyond => probability >= table::ACCUSES,
        // A path that nobody looked at is not a healthy one.
        Party::Healthy => probability >= table::COMMITS && points.see_the_path(),
        Party::Home | Party::Undetermined => probability >= table::COMMITS,
    };
    let segment = segments
        .first()
        .filter(|(segment, share)| commits && segment.party() == party && *share >= table::NAMES)
        .map(|(segment, _)| *segment);
    let fault = candidates
        .first()
        .filter(|best| segment.is_some() && best.segment == segment && best.probability >= table::NAMES)
        .and_then(|best| best.fault);
    let credible = credible(&segments, share(&|candidate| candidate.fault.is_none()));
    let party = if commits { party } else { Party::Undetermined };
    // The sentence stands beside the party's probability, so it names a fault only when that is about as probable.
    let told = fault.filter(|_| candidates.first().is_some_and(|best| best.probability >= table::TELLS * probability));
    let summary_phrase = summary(party, segment, told, &credible);
    let also = also(segment, explained);
    let likeliest =
        candidates.iter().find(|candidate| segment.is_some() && candidate.segment == segment).and_then(|candidate| candidate.fault);
    let decided = Decided { party, segment, fault: fault.or(likeliest), also: also.as_ref().and_then(|also| also.fault) };
    let next = next::tests(decided, posterior, points);
    Verdict { party, segment, fault, confidence: probability, candidates, credible, also, summary: String::new(), summary_phrase, next }
}

fn candidate(fault: Option<Fault>, probability: f64) -> Candidate {
    let segment = fault.map(Fault::segment);
    Candidate { party: segment.map_or(Party::Healthy, Segment::party), segment, fault, probability }
}

/// The fault that is there besides one of the named segment, when it is likelier than not given that; where none is named, besides
/// whatever else is there.
fn also(named: Option<Segment>, explained: &Explained) -> Option<Candidate> {
    let first = |fault: Fault| named.is_none_or(|named| fault.segment() == named);
    let of_first: f64 = explained.posterior.iter().filter(|(fault, _)| fault.is_some_and(first)).map(|(_, probability)| probability).sum();
    let beside = || explained.pairs.iter().filter(|pair| first(pair.leading));
    let best = beside().max_by(|one, other| one.probability.total_cmp(&other.probability))?;
    let second: f64 = beside().filter(|pair| pair.second.segment() == best.second.segment()).map(|pair| pair.probability).sum();
    (second >= table::NAMES * of_first && of_first > 0.0).then(|| candidate(Some(best.second), second))
}

fn segments_by_probability(candidates: &[Candidate]) -> Vec<(Segment, f64)> {
    let share =
        |segment| candidates.iter().filter(|candidate| candidate.segment == Some(segment)).map(|candidate| candidate.probability).sum();
    let mut segments: Vec<(Segment, f64)> = Segment::ALL.into_iter().map(|segment| (segment, share(segment))).collect();
    segments.sort_by(|a, b| b.1.total_cmp(&a.1));
    segments
}

/// The fewest segments that hold, with "healthy", 90 % of the probability.
fn credible(segments: &[(Segment, f64)], healthy: f64) -> Vec<Segment> {
    let mut held = healthy;
    let mut credible = Vec::new();
    for (segment, share) in segments {
        if held >= table::CREDIBLE {
            break;
        }
        held += share;
        credible.push(*segment);
    }
    credible
}

fn summary(party: Party, segment: Option<Segment>, fault: Option<Fault>, credible: &[Segment]) -> Phrase {
    match (party, segment, fault) {
        (Party::Healthy, _, _) => Phrase::new("verdict-healthy"),
        (Party::Undetermined, _, _) => match credible {
            [first, second] => Phrase::new("verdict-between").text("first", first.id()).text("second", second.id()),
            _ => Phrase::new("verdict-undetermined"),
        },
        (_, _, Some(fault)) => Phrase::new(format!("verdict-{}", fault.id())),
        (_, Some(segment), None) => Phrase::new("verdict-segment").text("segment", segment.id()),
        (party, None, None) => Phrase::new("verdict-party").text("party", party.id()),
    }
}

#[cfg(test)]
mod tests;
