//! What a scenario does to a lab: each action's deed, what undoes it, and when both are due.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::scenario::Action;
use super::services::{Host, Services};
use super::topology::Impairments;
use super::{Daemon, Lab, run, transfer};

/// No action lasts or repeats beyond this; a run of Demarc does not either.
const LONGEST: f64 = 90.0;
/// Longest run of a program that an action names.
const LONGEST_PROGRAM: Duration = Duration::from_secs(10);

/// What runs in the nodes. Dropping it ends it all.
#[derive(Debug, Default)]
pub struct Running {
    /// Hosts by node.
    pub hosts: Vec<(String, Host)>,
    /// Programs by node.
    pub daemons: Vec<Daemon>,
    /// Transfers by the number of their action.
    transfers: BTreeMap<usize, transfer::UnderWay>,
    /// What links were like, by the number of the action that changed them.
    before: BTreeMap<usize, Impairments>,
}

/// An action's beginning or end.
#[derive(Debug)]
struct Cue<'a> {
    at: Duration,
    number: usize,
    action: &'a Action,
    begins: bool,
}

impl Lab {
    /// Does what is to be done before a visit.
    pub(super) fn prepare(&self) -> Result<()> {
        let mut untimed = self.scenario.actions.iter().enumerate().filter(|(_, action)| action.at_s.is_none());
        untimed.try_for_each(|(number, action)| self.perform(number, action))
    }

    /// Does what is to be done during a visit, until the other end of `ended` is dropped.
    pub(super) fn play(&self, began: Instant, ended: &Receiver<()>) -> Result<()> {
        for cue in cues(&self.scenario.actions) {
            match ended.recv_timeout(cue.at.saturating_sub(began.elapsed())) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            if cue.begins { self.perform(cue.number, cue.action)? } else { self.undo(cue.number, cue.action)? }
        }
        Ok(())
    }

    fn perform(&self, number: usize, action: &Action) -> Result<()> {
        if let (Some(link), Some(figures)) = (&action.link, &action.figures) {
            let mut before = None;
            self.emulator.change(link, |now| figures.over(*before.insert(now)));
            self.running().before.extend(before.map(|before| (number, before)));
            return Ok(());
        }
        let node = action.node.as_ref().context("an action needs a node, or a link with figures")?;
        if let Some(rules) = &action.nft {
            self.namespaces.nft(node, rules)
        } else if let Some(commands) = &action.ip {
            self.namespaces.ip(node, commands)
        } else if let Some(assignment) = &action.sysctl {
            self.namespaces.sysctl(node, assignment)
        } else if let Some(interface) = &action.carrier_off {
            self.namespaces.ip(node, &format!("link set {interface} carrier off\n"))
        } else if let Some([program, arguments @ ..]) = action.run.as_deref() {
            let mut command = self.command(node, program);
            command.args(arguments);
            let finished = run(command, LONGEST_PROGRAM)?;
            ensure!(finished.status.success(), "{program} on {node}: {}", finished.stderr.trim());
            Ok(())
        } else if let Some(transfer) = &action.transfer {
            let under_way = transfer.start(&self.namespaces.name(node))?;
            self.running().transfers.insert(number, under_way);
            Ok(())
        } else if let Some(service) = &action.stop {
            self.stop(node, service)
        } else if let Some(names) = &action.names {
            // Neither has to be there before.
            let _ = self.stop(node, "dns");
            let host = Host::start(self.namespaces.name(node), Services { names: Some(names.clone()), ..Services::default() })?;
            self.running().hosts.push((node.clone(), host));
            Ok(())
        } else {
            bail!("an action on {node} needs one of nft, ip, sysctl, carrier_off, run, transfer, stop and names")
        }
    }

    fn undo(&self, number: usize, action: &Action) -> Result<()> {
        if let Some(link) = &action.link {
            let before = self.running().before.remove(&number);
            self.emulator.change(link, |now| before.unwrap_or(now));
            return Ok(());
        }
        drop(self.running().transfers.remove(&number));
        let Some(node) = &action.node else { return Ok(()) };
        if let Some(rules) = &action.nft {
            for table in rules.lines().filter_map(|line| line.trim().strip_prefix("table ")?.strip_suffix('{')) {
                self.namespaces.nft(node, &format!("delete table {table}\n"))?;
            }
        }
        if let Some(commands) = &action.ip_back {
            self.namespaces.ip(node, commands)?;
        }
        if let Some(interface) = &action.carrier_off {
            self.namespaces.ip(node, &format!("link set {interface} carrier on\n"))?;
        }
        Ok(())
    }

    /// Ends a service: `dns` or `web`.
    fn stop(&self, node: &str, service: &str) -> Result<()> {
        let mut running = self.running();
        let before = (running.daemons.len(), running.hosts.len());
        match service {
            "dns" => running.daemons.retain(|daemon| daemon.node != node || daemon.program != "dnsmasq"),
            "web" => running.hosts.retain(|(at, _)| at != node),
            _ => bail!("{service} cannot be stopped; dns and web can"),
        }
        ensure!((running.daemons.len(), running.hosts.len()) != before, "{node} has no {service}");
        Ok(())
    }
}

/// Beginnings and ends of the timed actions, in order.
fn cues(actions: &[Action]) -> Vec<Cue<'_>> {
    let mut cues = Vec::new();
    for (number, action) in actions.iter().enumerate() {
        let Some(first) = action.at_s else { continue };
        let mut at = first.clamp(0.0, LONGEST);
        while at <= LONGEST {
            cues.push(Cue { at: Duration::from_secs_f64(at), number, action, begins: true });
            if let Some(length) = action.for_s {
                let end = (at + length).clamp(at, LONGEST);
                cues.push(Cue { at: Duration::from_secs_f64(end), number, action, begins: false });
            }
            match action.every_s {
                Some(period) => at += period.max(0.5),
                None => break,
            }
        }
    }
    cues.sort_by_key(|cue| cue.at);
    cues
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_repeat_and_end_in_order_and_not_for_ever() {
        let flap = Action { at_s: Some(4.0), for_s: Some(1.5), every_s: Some(40.0), ..Action::default() };
        let change = Action { at_s: Some(5.0), ..Action::default() };
        let actions = [Action::default(), flap, change];
        let told: Vec<(f64, usize, bool)> = cues(&actions).iter().map(|cue| (cue.at.as_secs_f64(), cue.number, cue.begins)).collect();
        let expected =
            [(4.0, 1, true), (5.0, 2, true), (5.5, 1, false), (44.0, 1, true), (45.5, 1, false), (84.0, 1, true), (85.5, 1, false)];
        assert_eq!(told, expected);
    }
}
