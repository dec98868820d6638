#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used, missing_docs)]
use demarc_benchmark::{grid::Grid, visit::visit};
use demarc_model::{Position, Probe, Profile, statistics::quantile};
fn main() {
    let grid = Grid::load().unwrap();
    let limit: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let cases: Vec<_> = grid.cases().into_iter().filter(|c| format!("{:?}", c.split).to_lowercase().contains("train")).collect();
    let step = (cases.len() as f64 / limit as f64).max(1.0);
    for i in 0..limit.min(cases.len()) {
        let case = &cases[(i as f64 * step) as usize];
        let house = grid.household(case).unwrap();
        let seen = visit(house, case.seed(), Profile::Standard).unwrap();
        let Some(c) = seen.visit.of("path").find_map(|o| o.campaign()) else { continue };
        let wifi = seen.visit.network().and_then(|n| n.default_interface()).map(|i| format!("{:?}", i.kind)).unwrap_or_default();
        print!("{}\t{}", case.id, wifi);
        for lane in &c.lanes {
            if !matches!(lane.lane.probe, Probe::Echo) {
                continue;
            }
            let p = match lane.lane.position {
                Position::Gateway => "gw",
                Position::FirstHop => "first",
                Position::BorderNear => "near",
                Position::BorderFar => "far",
                Position::OnNet => "on",
                Position::OtherNetwork => "oth",
                Position::Service => "srv",
            };
            let s = lane.sorted_rtts_between(f64::NEG_INFINITY, f64::INFINITY);
            let q = |x| quantile(&s, x).unwrap_or(f64::NAN);
            // 1 s medians
            let mut meds = vec![];
            for k in 0..120 {
                let t = lane.sorted_rtts_between(k as f64 * 1000.0, (k + 1) as f64 * 1000.0);
                if let Some(m) = quantile(&t, 0.5) {
                    meds.push(m);
                }
            }
            meds.sort_by(f64::total_cmp);
            let mq = |x| quantile(&meds, x).unwrap_or(f64::NAN);
            let l = lane.loss();
            print!("\t{p}:{}:{}:{:.2}:{:.2}:{:.2}:{:.2}:{:.2}:{:.2}", l.hits, l.trials, q(0.0), q(0.05), q(0.5), q(0.9), mq(0.1), mq(0.9));
        }
        let ll = seen.visit.of("loaded-latency").find_map(|o| o.campaign());
        if let Some(ll) = ll {
            for load in &ll.loads {
                print!("\tload{:?}:{:.2}", load.load.direction, load.mbps.unwrap_or(-1.0));
            }
        }
        println!("\tplan:{:?}:{:?}", seen.visit.config.plan.down_mbps, seen.visit.config.plan.up_mbps);
    }
}
