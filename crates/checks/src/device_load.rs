//! Is this computer itself too busy for a fair test?

use demarc_model::{Fault, Finding, HostLoad, Observation, Phrase, Profile, Request, Segment, Step, Visit};

use crate::{
    Check, Plan,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "device-load",
    step: Step::Device,
    needs: &["addresses"],
    faults: &[Fault::CpuSaturated, Fault::MemoryPressure, Fault::BackgroundTraffic],
    plan,
    interpret,
};

/// Share of all cores in use, 0 to 100: above the first it is worth knowing, above the second packets wait for the processor.
const CPU_BUSY: f64 = 75.0;
const CPU_SATURATED: f64 = 90.0;
/// Share of the memory still available, below which programs wait for the disk once they swap.
const MEMORY_SHORT: f64 = 0.05;
const MEMORY_GONE: f64 = 0.02;
/// Share of its highest frequency, 0 to 100, below which a hot processor is held back.
const HELD_BACK: f64 = 70.0;
/// Share of the time, 0 to 100, that work waited for memory, and swapping in bytes a second, that are worth knowing together.
const WAITS: f64 = 10.0;
const SWAPS: f64 = 1e6;
/// Share of the traffic that a program moves when it is named for it.
const NAMED: f64 = 0.5;
/// Traffic in bytes a second that is worth knowing (`SamKnows` defers its tests above it).
const TRAFFIC_NOTABLE: f64 = 25_000.0;
/// Traffic in bytes a second that disturbs where the line's rate is not known.
const TRAFFIC_MUCH: f64 = 1_000_000.0;
/// Share of the promised rate that disturbs, and that leaves little for anything else.
const LINE_SHARED: f64 = 0.4;
const LINE_TAKEN: f64 = 0.7;

fn plan(visit: &Visit) -> Plan {
    Plan::Ask(vec![Request::Host { for_ms: if visit.profile == Profile::Quick { 1_500 } else { 3_000 } }])
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let judge = |seen| {
        let load = Observation::host(seen)?;
        Some([Some(processor(load, seen)), memory(load, seen), traffic(visit, load, seen), heat(load, seen), waits(load, seen)].into_iter().flatten())
    };
    visit.of(CHECK.id).filter_map(judge).flatten().collect()
}

fn processor(load: &HostLoad, seen: &Observation) -> Finding {
    let because = match load.busiest.first() {
        Some(busiest) if load.cpu_percent > CPU_BUSY => {
            Phrase::new("device-load-cpu-by").text("program", &busiest.name).number("share", busiest.cpu_percent, 0)
        }
        _ if load.cpu_percent > CPU_BUSY => Phrase::new("device-load-cpu"),
        _ => Phrase::new("device-load-cpu-clear"),
    };
    let because = because.number("percent", load.cpu_percent, 0);
    if load.cpu_percent > CPU_SATURATED {
        accuse(Fault::CpuSaturated, STRONG, because, [seen])
    } else if load.cpu_percent > CPU_BUSY {
        note(Segment::Device, because, [seen])
    } else {
        clear(Fault::CpuSaturated, STRONG, because, [seen])
    }
}

/// A processor that is held back for heat. By itself it is worth knowing; what it makes slow shows in the load.
fn heat(load: &HostLoad, seen: &Observation) -> Option<Finding> {
    let heat = load.thermal?;
    let slowed = heat.slowed_times.unwrap_or(0);
    let at_limit = heat.celsius.zip(heat.limit_celsius).is_some_and(|(celsius, limit)| celsius >= limit);
    let held_back = heat.frequency_percent.is_some_and(|percent| percent < HELD_BACK);
    let id = match heat.celsius {
        _ if slowed == 0 && !(at_limit && held_back) => return None,
        Some(_) => "device-load-heat-degrees",
        None => "device-load-heat",
    };
    let because = Phrase::new(id)
        .number("times", f64::from(slowed), 0)
        .number("celsius", heat.celsius.unwrap_or(0.0), 0)
        .number("frequency", heat.frequency_percent.unwrap_or(100.0), 0);
    Some(if load.cpu_percent > CPU_BUSY {
        accuse(Fault::CpuSaturated, FAIR, because, [seen])
    } else {
        note(Segment::Device, because, [seen])
    })
}

/// Work that waits for memory: the system counts it even where some memory looks free.
fn waits(load: &HostLoad, seen: &Observation) -> Option<Finding> {
    let swapped = load.swapped_bytes_per_s.unwrap_or(0.0);
    let percent = load.pressure?.memory_percent?;
    let because = Phrase::new("device-load-memory-waits").number("percent", percent, 0).number("swapped", swapped / 1e6, 1);
    (percent > WAITS && swapped > SWAPS).then(|| note(Segment::Device, because, [seen]))
}

fn memory(load: &HostLoad, seen: &Observation) -> Option<Finding> {
    if load.memory_total_bytes == 0 {
        return None;
    }
    let share = load.memory_available_bytes as f64 / load.memory_total_bytes as f64;
    let because = |id: &str| {
        Phrase::new(id)
            .number("percent", share * 100.0, 0)
            .number("available", load.memory_available_bytes as f64 / 1e9, 1)
            .number("total", load.memory_total_bytes as f64 / 1e9, 1)
    };
    Some(if share >= MEMORY_SHORT {
        clear(Fault::MemoryPressure, STRONG, because("device-load-memory-clear"), [seen])
    } else if load.swap_used_bytes == 0 {
        note(Segment::Device, because("device-load-memory-short"), [seen])
    } else {
        let strength = if share < MEMORY_GONE { STRONG } else { FAIR };
        accuse(Fault::MemoryPressure, strength, because("device-load-memory"), [seen])
    })
}

fn traffic(visit: &Visit, load: &HostLoad, seen: &Observation) -> Option<Finding> {
    let interface = &visit.network()?.router_interface()?.name;
    let traffic = load.traffic.iter().find(|traffic| &traffic.interface == interface)?;
    let (down, up) = (traffic.received_bytes_per_s, traffic.sent_bytes_per_s);
    let plan = &visit.config.plan;
    // How much of the line each direction takes, in shares of the promise or of what is much on any line.
    let taken = |rate: f64, promised: Option<f64>| match promised.filter(|mbps| *mbps > 0.0) {
        Some(mbps) => rate * 8e-6 / mbps / LINE_SHARED,
        None => rate / TRAFFIC_MUCH,
    };
    let taken = taken(down, plan.down_mbps).max(taken(up, plan.up_mbps));
    let program = load.talkers.first().filter(|program| program.received_bytes_per_s + program.sent_bytes_per_s > NAMED * (down + up));
    let because = |id: &str| {
        let id = if program.is_some() { format!("{id}-by") } else { id.to_owned() };
        let program = program.map_or("", |program| program.name.as_str());
        Phrase::new(id).number("down", down * 8e-6, 2).number("up", up * 8e-6, 2).text("program", program)
    };
    let quiet = Phrase::new("device-load-traffic-clear").number("down", down * 8e-6, 2).number("up", up * 8e-6, 2);
    Some(if taken > 1.0 {
        let strength = if taken > LINE_TAKEN / LINE_SHARED { STRONG } else { FAIR };
        accuse(Fault::BackgroundTraffic, strength, because("device-load-traffic"), [seen])
    } else if down + up > TRAFFIC_NOTABLE {
        note(Segment::Device, because("device-load-traffic-some"), [seen])
    } else {
        clear(Fault::BackgroundTraffic, if down + up < TRAFFIC_NOTABLE / 2.0 { FAIR } else { WEAK }, quiet, [seen])
    })
}
