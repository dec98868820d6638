//! Rules that keep a verdict from accusing beyond what one visit can show. Probability above a cap goes to the explanations that the
//! rule says are not excluded.

use demarc_model::{Fault, Party, Position, Segment};

use crate::{
    hypothesis::Posterior,
    points::Points,
    table::{self, Effect},
};

/// Applies every guard.
pub fn apply(mut posterior: Posterior, points: &Points<'_>) -> Posterior {
    let home_seen = points.at(&[Position::Gateway]).any(|point| point.loss.trials >= table::FEWEST_TO_ROUTER);
    let at_home = |fault: Fault| fault.segment().party() == Party::Home;
    let on_path = |fault: Fault| table::effect(fault) != Effect::NONE;
    if !home_seen {
        let home = if points.wifi { Fault::WifiLoss } else { Fault::WiringLoss };
        cap(&mut posterior, table::CAP_HOME_UNSEEN, |fault| on_path(fault) && !at_home(fault), home);
        cap(&mut posterior, table::CAP_HOME_UNSEEN, |fault| on_path(fault) && at_home(fault), Fault::AccessLoss);
    }
    if points.home_quiet != Some(true) {
        let most = if points.home_quiet == Some(false) { table::CAP_LINE_USED } else { table::CAP_LINE_SHARED };
        cap(&mut posterior, most, |fault| fault == Fault::AccessCongested, Fault::HomeCrossTraffic);
    }
    if points.home_quiet.is_none() {
        cap(&mut posterior, table::CAP_OTHERS_UNTOLD, |fault| fault == Fault::HomeCrossTraffic, Fault::AccessCongested);
    }
    if points.wifi {
        let provider = |fault: Fault| on_path(fault) && fault.segment().party() == Party::Provider;
        let most = if clean(points) { table::CAP_PROVIDER_ON_CLEAN_WIFI } else { table::CAP_PROVIDER_ON_WIFI };
        cap(&mut posterior, most, provider, Fault::WifiLoss);
    }
    if !contrast(points) {
        let border = |fault: Fault| on_path(fault) && fault.segment() == Segment::Interconnect;
        cap(&mut posterior, table::CAP_BORDER_WITHOUT_CONTRAST, border, Fault::IspLoss);
    }
    posterior
}

/// Whether the router was probed enough over the radio, and answered so well, that the radio is hardly what is at fault.
fn clean(points: &Points<'_>) -> bool {
    points.at(&[Position::Gateway]).any(|point| {
        point.loss.wilson95().1 <= table::CLEAN_WIFI_LOSS && point.p90_ms.is_some_and(|p90_ms| p90_ms <= table::CLEAN_WIFI_P90_MS)
    })
}

/// Whether the provider's own network and at least two other networks were measured and lost next to nothing.
fn contrast(points: &Points<'_>) -> bool {
    let good = |positions: &[Position]| points.at(positions).filter(|point| point.loss.share() < table::NOTICED_LOSS).count();
    good(&[Position::OnNet, Position::BorderNear]) >= 1 && good(&[Position::OtherNetwork]) >= 2
}

/// Lowers those explanations together to at most `most` and gives the rest to `instead`.
fn cap(posterior: &mut Posterior, most: f64, belongs: impl Fn(Fault) -> bool, instead: Fault) {
    let held: f64 = posterior.iter().filter(|(fault, _)| fault.is_some_and(&belongs)).map(|(_, probability)| probability).sum();
    if held <= most {
        return;
    }
    for (fault, probability) in posterior.iter_mut() {
        if fault.is_some_and(&belongs) {
            *probability *= most / held;
        } else if *fault == Some(instead) {
            *probability += held - most;
        }
    }
}
