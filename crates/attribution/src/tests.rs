#![allow(clippy::unwrap_used, clippy::expect_used, clippy::many_single_char_names)]

use demarc_model::{Fault, Finding, Party, PathReading, Phrase, PointReading, Position, Reading, Says, Segment, statistics::Proportion};

use crate::judge;

/// A path where each place lost `lost` of 180 probes and answered around `median` with `spread` to the 90th percentile.
fn path(wifi: bool, points: &[(Position, u64, f64, f64)]) -> Vec<Finding> {
    points
        .iter()
        .map(|&(position, lost, median, spread)| Finding {
            check: "path".into(),
            says: Says::Notes,
            segment: Segment::Access,
            fault: None,
            because: Phrase::new("point"),
            observations: Vec::new(),
            reading: Reading::Path(PathReading {
                points: vec![PointReading {
                    position,
                    name: format!("{position:?}"),
                    loss: Proportion::new(lost, 180),
                    independence: 1.0,
                    median_ms: Some(median),
                    low_ms: Some((median - spread).max(0.0)),
                    p90_ms: Some(median + spread),
                    loaded_p90_ms: None,
                    may_be_silent: matches!(position, Position::FirstHop | Position::BorderNear | Position::BorderFar),
                }],
                wifi,
                home_quiet: Some(true),
                loaded: false,
            }),
        })
        .collect()
}

/// Places nearest first, with their losses; delays are those of a healthy fibre line.
fn lossy(wifi: bool, lost: [u64; 8]) -> Vec<Finding> {
    use Position::{BorderFar, BorderNear, FirstHop, Gateway, OnNet, OtherNetwork, Service};
    let places = [
        (Gateway, 1.0),
        (FirstHop, 9.0),
        (BorderNear, 13.0),
        (OnNet, 13.2),
        (BorderFar, 18.0),
        (OtherNetwork, 19.0),
        (OtherNetwork, 21.0),
        (Service, 19.0),
    ];
    let points: Vec<_> = places.iter().zip(lost).map(|((position, median), lost)| (*position, lost, *median, 1.0)).collect();
    path(wifi, &points)
}

fn decided(findings: &[Finding]) -> (Party, Option<Segment>, f64) {
    let (verdict, _) = judge(findings);
    let sum: f64 = verdict.candidates.iter().map(|candidate| candidate.probability).sum();
    assert!((sum - 1.0).abs() < 1e-9, "candidates sum to {sum}");
    (verdict.party, verdict.segment, verdict.confidence)
}

#[test]
fn loss_is_put_where_it_begins_and_lasts() {
    let cases: [([u64; 8], Party, Option<Segment>); 9] = [
        ([0, 0, 0, 0, 0, 0, 0, 0], Party::Healthy, None),
        ([1, 0, 0, 1, 0, 0, 0, 0], Party::Healthy, None),
        ([8, 9, 7, 10, 9, 8, 9, 9], Party::Home, Some(Segment::Wiring)),
        ([0, 9, 8, 10, 7, 9, 11, 8], Party::Provider, Some(Segment::Access)),
        ([0, 0, 8, 9, 9, 8, 7, 9], Party::Provider, Some(Segment::Isp)),
        ([0, 0, 0, 0, 9, 0, 0, 8], Party::Beyond, Some(Segment::Interconnect)),
        ([0, 0, 0, 0, 0, 0, 0, 9], Party::Beyond, Some(Segment::Service)),
        // Decoys: a router that limits its answers, and one bad anchor out of three.
        ([0, 160, 0, 0, 0, 0, 0, 0], Party::Healthy, None),
        ([0, 0, 0, 0, 0, 40, 0, 0], Party::Healthy, None),
    ];
    for (lost, party, segment) in cases {
        let (decided_party, decided_segment, confidence) = decided(&lossy(false, lost));
        assert_eq!((decided_party, decided_segment), (party, segment), "lost {lost:?}, confidence {confidence}");
    }
}

#[test]
fn a_provider_is_never_accused_with_certainty_over_wifi_alone() {
    let (party, _, confidence) = decided(&lossy(true, [0, 9, 8, 10, 7, 9, 11, 8]));
    assert!(party != Party::Provider || confidence <= 0.7 + 1e-9, "{party:?} {confidence}");
}

#[test]
fn without_a_reading_of_the_router_nobody_behind_it_is_accused() {
    let all = lossy(false, [0, 9, 8, 10, 7, 9, 11, 8]);
    assert_eq!(decided(&all[1..]).0, Party::Undetermined);
}

#[test]
fn delay_is_put_where_it_begins_and_lasts() {
    use Position::{BorderFar, BorderNear, FirstHop, Gateway, OnNet, OtherNetwork, Service};
    let at = |gateway: f64, access: f64, isp: f64, border: f64, service: f64, spreads: [f64; 5]| {
        let (a, b, c, d, e) =
            (gateway, gateway + access, gateway + access + isp, gateway + access + isp + border, gateway + access + isp + border + service);
        path(
            false,
            &[
                (Gateway, 0, a, spreads[0]),
                (FirstHop, 0, b, spreads[1]),
                (BorderNear, 0, c, spreads[2]),
                (OnNet, 0, c, spreads[2]),
                (BorderFar, 0, d, spreads[3]),
                (OtherNetwork, 0, c + 8.0, spreads[2]),
                (OtherNetwork, 0, c + 9.0, spreads[2]),
                (Service, 0, e, spreads[4]),
            ],
        )
    };
    let steady = [0.4, 1.5, 1.8, 2.0, 2.2];
    assert_eq!(decided(&at(1.0, 8.0, 5.0, 10.0, 1.0, steady)).0, Party::Healthy);
    // Far away, or over a satellite, is not a fault.
    assert_eq!(decided(&at(1.0, 8.0, 5.0, 90.0, 1.0, steady)).0, Party::Healthy, "another continent");
    assert_eq!(decided(&at(1.0, 45.0, 5.0, 10.0, 1.0, [0.4, 9.0, 9.0, 9.5, 10.0])).0, Party::Healthy, "low orbit");
    assert_eq!(decided(&at(1.0, 590.0, 5.0, 10.0, 1.0, [0.4, 14.0, 14.5, 14.5, 15.0])).0, Party::Healthy, "geostationary orbit");
    // A queue at the line may be filled by another device at home: from one computer nobody can tell.
    assert_ne!(decided(&at(1.0, 110.0, 5.0, 10.0, 1.0, [0.4, 60.0, 61.0, 61.0, 62.0])).0, Party::Provider, "queue at the line");
    let cases = [
        (at(1.0, 8.0, 95.0, 10.0, 1.0, [0.4, 1.5, 30.0, 30.5, 31.0]), Party::Provider, Segment::Isp),
        (at(1.0, 8.0, 95.0, 10.0, 1.0, steady), Party::Provider, Segment::Isp),
        (at(1.0, 8.0, 5.0, 80.0, 1.0, [0.4, 1.5, 1.8, 30.0, 31.0]), Party::Beyond, Segment::Interconnect),
    ];
    for (findings, party, segment) in cases {
        let (decided_party, decided_segment, confidence) = decided(&findings);
        assert_eq!(
            (decided_party, decided_segment),
            (party, Some(segment)),
            "confidence {confidence}: {:#?}",
            &judge(&findings).0.candidates[..5]
        );
    }
}

#[test]
fn a_router_slow_at_answering_is_no_fault() {
    let mut findings = lossy(false, [0; 8]);
    if let Reading::Path(path) = &mut findings[1].reading {
        path.points[0].median_ms = Some(180.0);
        path.points[0].p90_ms = Some(260.0);
    }
    assert_eq!(decided(&findings).0, Party::Healthy);
}

#[test]
fn nothing_measured_is_undetermined_not_healthy() {
    assert_eq!(decided(&[]).0, Party::Undetermined);
}

#[test]
fn a_guard_does_not_turn_evidence_around() {
    let (_, evidence) = judge(&lossy(true, [0, 9, 8, 10, 7, 9, 11, 8]));
    assert!(evidence.iter().all(|item| item.says != Says::Clears || item.weight <= 0.0), "{evidence:#?}");
}

#[test]
fn weights_are_what_moved_the_verdict() {
    let (_, evidence) = judge(&lossy(false, [0, 9, 8, 10, 7, 9, 11, 8]));
    assert!(evidence.windows(2).all(|pair| pair[0].weight.abs() >= pair[1].weight.abs()));
    assert!(evidence.iter().any(|item| item.says == Says::Accuses && item.weight > 0.0));
}

#[test]
fn two_lossy_stretches_are_told_apart() {
    let findings = lossy(false, [12, 40, 38, 43, 41, 39, 40, 42]);
    let (verdict, _) = judge(&findings);
    // What is at home leads: it can be mended at once.
    assert_eq!(verdict.segment, Some(Segment::Wiring), "{:#?}", &verdict.candidates[..4]);
    let also = verdict.also.expect("a second fault");
    assert_eq!(also.segment, Some(Segment::Access));
    let single = judge(&lossy(false, [0, 40, 38, 43, 41, 39, 40, 42])).0;
    assert_eq!(single.also, None);
}

#[test]
fn the_next_test_is_the_one_that_tells_most() {
    // Loss of the home link and the line cannot be told apart while the router does not answer.
    let all = lossy(true, [0, 9, 8, 10, 7, 9, 11, 8]);
    let (verdict, _) = judge(&all[1..]);
    assert_eq!(verdict.party, Party::Undetermined);
    assert_eq!(verdict.next[0].action_phrase.id, "next-use-cable", "{:#?}", verdict.next);
    assert!(verdict.next[0].decides.contains(&Segment::Wifi));
}

/// Two findings of one check, from the same observation, about a router and a provider.
fn alternatives(router: f64, provider: f64) -> Vec<Finding> {
    [(Fault::RouterDnsFailing, router), (Fault::IspDnsFailing, provider)]
        .map(|(fault, log_likelihood_ratio)| Finding {
            check: "router-dns".into(),
            says: Says::Accuses,
            segment: fault.segment(),
            fault: Some(fault),
            because: Phrase::new("one-or-the-other"),
            observations: vec!["o1".into()],
            reading: Reading::Sign { log_likelihood_ratio },
        })
        .to_vec()
}

#[test]
fn one_or_the_other_is_neither_both_nor_one_of_them() {
    let (verdict, evidence) = judge(&alternatives(7.0, 7.0));
    assert_eq!(verdict.party, Party::Undetermined, "{:#?}", &verdict.candidates[..3]);
    assert_eq!(verdict.also, None);
    assert!(evidence.iter().all(|item| item.says == Says::Accuses && item.weight > 0.3), "{evidence:#?}");
    let leaning = judge(&alternatives(7.0, 7.2)).0;
    assert_eq!(leaning.party, Party::Undetermined, "{:#?}", &leaning.candidates[..3]);
}

#[test]
fn a_clear_home_alone_is_no_healthy_path_and_a_doubt_about_it_is_decided_by_a_test() {
    let of_router = |lost| judge(&path(false, &[(Position::Gateway, lost, 1.0, 1.0)])).0;
    let clear = of_router(0);
    assert_eq!((clear.party, clear.next[0].action_phrase.id.as_str()), (Party::Undetermined, "next-go-on"));
    for lost in 1..=10 {
        let verdict = of_router(lost);
        let stands_out = verdict.candidates[0].segment.is_some();
        assert!(verdict.party != Party::Healthy, "{lost} lost");
        assert_eq!(verdict.party == Party::Undetermined && !stands_out, verdict.next[0].action_phrase.id == "next-go-on", "{lost} lost");
    }
}
