#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::DateTime;
use demarc_model::{
    CampaignResult, Change, Config, Echo, Effect, Interface, InterfaceKind, LaneResult, LinkState, NetworkState, Observation, Outcome,
    Party, Phrase, Request, Route, Step,
};

use crate::{Action, Command, Phase, Settings, State, Wizard};

/// Answers every request with `answer` until the wizard wants nothing more; returns the requests in order.
fn run(wizard: &mut Wizard, mut commands: Vec<Command>, answer: impl Fn(&Request) -> Outcome) -> Vec<Request> {
    let mut asked = Vec::new();
    while let Some(command) = commands.pop() {
        if let Command::Perform { number, request, .. } = command {
            asked.push(request.clone());
            commands.extend(wizard.observed(number, observation(&request, answer(&request))));
        }
    }
    asked
}

fn observation(request: &Request, outcome: Outcome) -> Observation {
    let at = DateTime::parse_from_rfc3339("2026-01-01T12:00:00+01:00").unwrap();
    Observation { id: String::new(), check: String::new(), at, elapsed_ms: 1.0, request: request.clone(), outcome }
}

fn failing(_: &Request) -> Outcome {
    Outcome::Failed { why: Phrase::new("failed-timed-out") }
}

fn no_address(request: &Request) -> Outcome {
    match request {
        Request::Network => NetworkState::default().into(),
        other => failing(other),
    }
}

fn home(request: &Request) -> Outcome {
    let interface = Interface {
        name: "eth0".into(),
        kind: InterfaceKind::Wired,
        up: true,
        carrier: true,
        mtu: 1500,
        mac: None,
        addresses: vec!["192.168.1.23/24".into()],
    };
    let route = Route {
        destination: "0.0.0.0".parse().unwrap(),
        prefix_length: 0,
        gateway: "192.168.1.1".parse().ok(),
        interface: "eth0".into(),
        metric: 100,
    };
    match request {
        Request::Network => NetworkState { interfaces: vec![interface], routes: vec![route], ..NetworkState::default() }.into(),
        other => failing(other),
    }
}

/// A home whose places lose every so manieth packet; none where it is 0.
fn home_losing(request: &Request, every: usize) -> Outcome {
    let Request::Campaign(campaign) = request else { return home(request) };
    let lost = |index: usize| every > 0 && index % every == 1;
    let echoes =
        |count: usize| (0..count).map(|index| Echo { sent_ms: index as f64 * 100.0, rtt_ms: (!lost(index)).then_some(1.0) }).collect();
    let lanes = campaign.lanes.iter().map(|lane| {
        let echoes = echoes((campaign.duration_ms / lane.interval_ms.max(1)) as usize);
        LaneResult { lane: lane.clone(), echoes, kernel_timestamps: true, failure: None, refused: 0 }
    });
    CampaignResult { lanes: lanes.collect(), loads: Vec::new() }.into()
}

fn home_of_all(request: &Request) -> Outcome {
    home_losing(request, 0)
}

#[test]
fn nothing_is_asked_before_the_start() {
    let wizard = Wizard::new(Config::default(), Settings::default());
    assert_eq!(wizard.phase(), Phase::Welcome);
    assert!(wizard.visit().observations.is_empty());
}

#[test]
fn a_visit_in_which_everything_fails_still_ends_without_an_accusation() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    let commands = wizard.start();
    run(&mut wizard, commands, failing);
    let (verdict, _) = wizard.verdict().unwrap();
    assert_eq!((wizard.phase(), verdict.party), (Phase::Done, Party::Undetermined));
    assert!(wizard.complete());
}

#[test]
fn what_was_seen_is_never_told_as_not_measurable() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    let commands = wizard.start();
    run(&mut wizard, commands, |request| home_losing(request, 20));
    let checks: Vec<_> = wizard.view().steps.into_iter().flat_map(|step| step.checks).collect();
    assert!(checks.iter().any(|check| check.state == State::Noted));
    // Where a part of it was blocked, that is told, with the reason.
    for check in checks.iter().filter(|check| check.state == State::NotMeasurable && check.why.is_none()) {
        assert!(check.findings.is_empty(), "{} has seen {:?}", check.id, check.findings);
    }
}

#[test]
fn a_missing_address_is_the_cause_and_silences_the_rest() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    let commands = wizard.start();
    run(&mut wizard, commands, no_address);
    let (verdict, _) = wizard.verdict().unwrap();
    assert_eq!((verdict.party, verdict.fault), (Party::Home, Some(demarc_model::Fault::NoAddress)));
}

#[test]
fn the_home_is_looked_at_together_and_the_path_after_it() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    let mut waiting = wizard.start();
    let mut together = 0;
    while let Some(Command::Perform { number, request, check }) = waiting.pop() {
        let step = demarc_checks::check(check).unwrap().step;
        let home: Vec<_> =
            waiting.iter().filter_map(|command| if let Command::Perform { check, .. } = command { Some(*check) } else { None }).collect();
        let of_home = |check: &&str| demarc_checks::check(check).unwrap().step < Step::Path;
        together = together.max(home.iter().filter(|check| of_home(check)).count());
        assert!(step < Step::Path || !home.iter().any(of_home), "{check} runs beside {home:?}");
        waiting.extend(wizard.observed(number, observation(&request, home_of_all(&request))));
    }
    assert!(together >= 6, "{together} at most ran side by side");
    assert_eq!(wizard.phase(), Phase::Done);
}

#[test]
fn a_second_look_is_compared_with_the_first_and_a_third_without_a_change_keeps_that() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    let commands = wizard.start();
    run(&mut wizard, commands, |request| home_losing(request, 20));
    assert!(wizard.view().comparison.is_none());
    let commands = wizard.act(Action::CheckAgain { from: Step::Wiring, change: Some(Change::OtherCable) });
    assert!(wizard.comparison().is_none(), "there is nothing to compare before the second look is over");
    run(&mut wizard, commands, home_of_all);
    let compared = wizard.comparison().unwrap().clone();
    assert_eq!(compared.effect, Effect::Relieved);
    assert_eq!(wizard.verdict().unwrap().0.party, Party::Home, "what the change took away was at home");
    assert!(wizard.observations().count() > wizard.visit().observations.len(), "the record holds both looks");
    let commands = wizard.act(Action::CheckAgain { from: Step::Device, change: None });
    run(&mut wizard, commands, home_of_all);
    assert_eq!(wizard.comparison().unwrap().effect, Effect::Relieved);
    let ids: std::collections::BTreeSet<_> = wizard.observations().map(|observation| &observation.id).collect();
    assert_eq!(ids.len(), wizard.observations().count(), "observation ids stay unique over both looks");
}

#[test]
fn a_cancelled_visit_keeps_what_it_measured_and_goes_on_where_it_stopped() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    let commands = wizard.start();
    let Command::Perform { number, request, .. } = &commands[0] else { unreachable!() };
    wizard.observed(*number, observation(request, home(request)));
    assert_eq!(wizard.act(Action::Cancel), [Command::StopAll]);
    assert_eq!(wizard.phase(), Phase::Stopped);
    let kept = wizard.visit().observations.len();
    assert!(wizard.observed(9_999, observation(request, home(request))).is_empty(), "a late answer is not wanted");
    let commands = wizard.act(Action::Resume);
    assert_eq!(wizard.visit().observations.len(), kept);
    let asked = run(&mut wizard, commands, home);
    assert!(!asked.contains(&Request::Network), "what was measured is not measured again");
    assert_eq!(wizard.phase(), Phase::Done);
}

#[test]
fn checking_again_measures_the_step_and_everything_behind_it() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    let commands = wizard.start();
    run(&mut wizard, commands, home);
    let commands = wizard.act(Action::CheckAgain { from: Step::Path, change: None });
    assert_eq!(wizard.phase(), Phase::Measuring);
    let asked = run(&mut wizard, commands, home);
    assert!(!asked.contains(&Request::Network) && asked.iter().any(|request| matches!(request, Request::Campaign(_))));
    let commands = wizard.act(Action::CheckAgain { from: Step::Wifi, change: None });
    assert!(run(&mut wizard, commands, home).contains(&Request::Network), "another link may be in use now");
    let ids: std::collections::BTreeSet<_> = wizard.visit().observations.iter().map(|observation| &observation.id).collect();
    assert_eq!(ids.len(), wizard.visit().observations.len(), "observation ids stay unique");
}

#[test]
fn an_interactive_visit_stops_at_a_fault_in_the_home_and_asks_once() {
    let mut wizard = Wizard::new(Config::default(), Settings { interactive: true, ..Settings::default() });
    let commands = wizard.start();
    run(&mut wizard, commands, no_address);
    assert_eq!(wizard.phase(), Phase::Asking);
    let question = wizard.view().question.unwrap();
    assert_eq!((question.id.as_str(), question.step), ("found-fault", Some(Step::Device)));
    assert!(wizard.act(Action::Answer { question: "found-fault".into(), value: "nonsense".into() }).is_empty());
    let commands = wizard.act(Action::Answer { question: "found-fault".into(), value: "continue".into() });
    run(&mut wizard, commands, no_address);
    assert_eq!(wizard.phase(), Phase::Done);
}

#[test]
fn concluding_early_gives_a_verdict_from_what_is_known() {
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    wizard.start();
    let commands = wizard.act(Action::Conclude);
    assert_eq!(commands, [Command::StopAll, Command::Finish]);
    assert!(!wizard.complete());
    assert_eq!(wizard.verdict().unwrap().0.party, Party::Undetermined);
}

/// A cable that runs at 100 Mbit/s between gigabit ends.
fn home_with_a_bad_cable(request: &Request) -> Outcome {
    match request {
        Request::Link { interface } => LinkState {
            interface: interface.clone(),
            carrier: true,
            speed_mbps: Some(100),
            fastest_own_mbps: Some(1_000),
            fastest_partner_mbps: Some(1_000),
            ..LinkState::default()
        }
        .into(),
        other => home_of_all(other),
    }
}

#[test]
fn wires_are_tested_only_where_the_user_agrees_and_with_nothing_beside_it() {
    let is_test = |request: &Request| matches!(request, Request::CableTest { .. });
    let mut wizard = Wizard::new(Config::default(), Settings { interactive: false, ..Settings::default() });
    let commands = wizard.start();
    assert!(!run(&mut wizard, commands, home_with_a_bad_cable).iter().any(is_test), "nobody was asked");

    for (answer, tested) in [("no", 0), ("yes", 1)] {
        let mut wizard = Wizard::new(Config::default(), Settings { interactive: true, ..Settings::default() });
        let commands = wizard.start();
        assert!(!run(&mut wizard, commands, home_with_a_bad_cable).iter().any(is_test));
        let question = wizard.view().question.expect("a question");
        assert_eq!((question.id.as_str(), question.options.first().map(String::as_str)), ("cable-test", Some("no")));
        let commands = wizard.act(Action::Answer { question: question.id, value: answer.to_owned() });
        let tests = commands.iter().filter(|command| matches!(command, Command::Perform { request, .. } if is_test(request))).count();
        let others = commands.iter().filter(|command| matches!(command, Command::Perform { .. })).count() - tests;
        assert_eq!((tests, others), (tested, 0), "the link goes down: nothing else may be measured meanwhile");
    }

    let mut wizard = Wizard::new(Config::default(), Settings { interactive: true, ..Settings::default() });
    let commands = wizard.start();
    run(&mut wizard, commands, home_of_all);
    assert!(wizard.view().question.is_none_or(|question| question.id != "cable-test"), "a good cable gives no reason to ask");
}

/// The signal is shown on request while nothing is measured, and is no part of the visit.
#[test]
fn walking_around_is_beside_the_visit() {
    let on_wifi = |request: &Request| match home(request) {
        Outcome::Measured { measurement: demarc_model::Measurement::Network(mut network) } => {
            network.interfaces[0].kind = InterfaceKind::Wifi;
            network.into()
        }
        other => other,
    };
    let mut wizard = Wizard::new(Config::default(), Settings::default());
    assert_eq!((wizard.view().walking, wizard.act(Action::Walk { on: true })), (None, vec![]), "nothing is known yet");
    let commands = wizard.start();
    run(&mut wizard, commands, on_wifi);
    assert_eq!((wizard.phase(), wizard.view().walking), (Phase::Done, Some(false)));
    let before = wizard.observations().count();
    let commands = wizard.act(Action::Walk { on: true });
    let [Command::Perform { number, request: Request::WifiWatch { .. }, .. }] = commands[..] else { panic!("{commands:?}") };
    assert_eq!((wizard.view().walking, wizard.act(Action::Walk { on: true })), (Some(true), vec![]), "once is enough");
    let request = Request::WifiWatch { interface: "eth0".into(), for_ms: 1 };
    assert_eq!(wizard.observed(number, observation(&request, failing(&request))), []);
    assert_eq!((wizard.view().walking, wizard.observations().count()), (Some(false), before), "it ended by itself");
    wizard.act(Action::Walk { on: true });
    assert_eq!(wizard.act(Action::Walk { on: false }), [Command::StopAll]);
    assert_eq!(wizard.view().walking, Some(false));
    assert_eq!(wizard.phase(), Phase::Done);
}
