//! Rules that keep a verdict from accusing beyond what one visit can show. Probability above a cap goes to the explanations that the
//! rule says are not excluded.

use demarc_model::{Fault, Party, Position, Segment};

use crate::{Posterior, hypothesis::Hypothesis, points::Points, table};

/// Applies every guard.
pub fn apply(mut posterior: Posterior, points: &Points) -> Posterior {
    let home_seen = points.at(&[Position::Gateway]).any(|point| point.loss.trials >= 20);
    let on_path = |hypothesis: &Hypothesis| {
        hypothesis.fault.is_some_and(|fault| {
            let effect = table::effect(fault);
            effect.loses + effect.delays > 0.0
        })
    };
    let loss_or_delay = |hypothesis: &Hypothesis| on_path(hypothesis) && hypothesis.party() != Party::Home;
    if !home_seen {
        let home = if points.wifi { Fault::WifiLoss } else { Fault::WiringLoss };
        cap(&mut posterior, table::CAP_HOME_UNSEEN, loss_or_delay, home);
        cap(
            &mut posterior,
            table::CAP_HOME_UNSEEN,
            |hypothesis| on_path(hypothesis) && hypothesis.party() == Party::Home,
            Fault::AccessLoss,
        );
    }
    if points.wifi {
        let provider = |hypothesis: &Hypothesis| loss_or_delay(hypothesis) && hypothesis.party() == Party::Provider;
        cap(&mut posterior, table::CAP_PROVIDER_ON_WIFI, provider, Fault::WifiLoss);
    }
    if !contrast(points) {
        let border =
            |hypothesis: &Hypothesis| loss_or_delay(hypothesis) && hypothesis.fault.map(Fault::segment) == Some(Segment::Interconnect);
        cap(&mut posterior, table::CAP_BORDER_WITHOUT_CONTRAST, border, Fault::IspLoss);
    }
    posterior
}

/// Whether the provider's own network and at least two other networks were measured and lost next to nothing.
fn contrast(points: &Points) -> bool {
    let good = |positions: &[Position]| points.at(positions).filter(|point| point.loss.share() < 0.01).count();
    good(&[Position::OnNet, Position::BorderNear]) >= 1 && good(&[Position::OtherNetwork]) >= 2
}

/// Lowers those explanations together to at most `most` and gives the rest to `instead`.
fn cap(posterior: &mut Posterior, most: f64, belongs: impl Fn(&Hypothesis) -> bool, instead: Fault) {
    let held: f64 = posterior.iter().filter(|(hypothesis, _)| belongs(hypothesis)).map(|(_, probability)| probability).sum();
    if held <= most {
        return;
    }
    for (hypothesis, probability) in posterior.iter_mut() {
        if belongs(hypothesis) {
            *probability *= most / held;
        } else if hypothesis.fault == Some(instead) {
            *probability += held - most;
        }
    }
}
