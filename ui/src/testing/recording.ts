// Visits as the engine would tell them, for component tests and for working on screens.

import type {
  CampaignResult,
  CheckView,
  Description,
  Evidence,
  Finding,
  Lane,
  LaneResult,
  Observation,
  Part,
  PartView,
  Phrase,
  Position,
  Run,
  Segment,
  State,
  Step,
  Update,
  Verdict,
  View,
} from "../generated/types";

export const description: Description = {
  version: "0.1.0",
  languages: ["en"],
  language: "en",
  services: [{ name: "Wikipedia", host: "www.wikipedia.org" }],
  contacts: ["1.1.1.1", "8.8.8.8", "9.9.9.9", "speed.cloudflare.com", "pool.ntp.org"],
  promised: { down_mbps: null, up_mbps: null },
  households: ["healthy", "weak-wifi", "bad-cable", "bufferbloat", "access-loss", "congested-interconnect"],
  symptoms: ["buffering", "slow", "drops", "offline", "lag"],
  profiles: [
    { profile: "quick", quiet: { time_ms: 45_000, bytes: 700_000 }, loaded: { time_ms: 45_000, bytes: 40_000_000 } },
    { profile: "standard", quiet: { time_ms: 240_000, bytes: 3_000_000 }, loaded: { time_ms: 240_000, bytes: 250_000_000 } },
    { profile: "thorough", quiet: { time_ms: 900_000, bytes: 12_000_000 }, loaded: { time_ms: 900_000, bytes: 1_200_000_000 } },
  ],
  problem: null,
};

const layout: [Part, Segment[]][] = [
  ["computer", ["device"]],
  ["home-link", ["wiring", "wifi"]],
  ["router", ["router"]],
  ["line", ["access"]],
  ["provider", ["isp"]],
  ["networks", ["interconnect"]],
  ["service", ["service"]],
];

const checksOf: [Step, string[]][] = [
  ["device", ["addresses", "resolvers", "host-load", "vpn-proxy", "clock"]],
  ["wiring", ["cable"]],
  ["wifi", ["wifi"]],
  ["router", ["gateway", "router-dns"]],
  ["path", ["trace", "path", "service", "loaded-latency"]],
];

export const phrase = (id: string, args: NonNullable<Phrase["args"]> = {}): Phrase => ({ id, args });

export function partsWith(states: Partial<Record<Part, State>>, figures: Partial<Record<Part, string>> = {}): PartView[] {
  return layout.map(([part, segments]) => ({
    part,
    segments,
    state: states[part] ?? "not-yet",
    figure: figures[part] === undefined ? null : phrase(figures[part]),
  }));
}

export function checkWith(id: string, state: State, findings: Finding[] = [], observations: string[] = []): CheckView {
  return { id, state, why: null, findings, observations };
}

export function finding(check: string, says: Finding["says"], segment: Segment, because: string): Finding {
  return { check, says, segment, fault: null, because: phrase(because), reading: { kind: "none" }, observations: [] };
}

export function emptyView(): View {
  return {
    phase: "measuring",
    current: "device",
    steps: checksOf.map(([step, ids]) => ({ step, state: "not-yet", checks: ids.map((id) => checkWith(id, "not-yet")) })),
    parts: partsWith({}),
    question: null,
    remaining: { time_ms: 120_000, bytes: 240_000_000 },
    progress: 0,
    verdict: null,
    evidence: [],
    comparison: null,
    modem_page: null,
    walking: null,
  };
}

/** A view with some checks and parts changed. */
function changed(view: View, checks: Record<string, CheckView>, rest: Partial<View>): View {
  const steps = view.steps.map((step) => {
    const next = step.checks.map((check) => checks[check.id] ?? check);
    const states = next.map(({ state }) => state);
    const order: State[] = ["testing", "fault", "suspicious", "not-yet", "not-measurable", "clear", "noted", "not-applicable"];
    const state = order.find((candidate) => states.includes(candidate)) ?? "not-yet";
    return { ...step, checks: next, state: state === "not-yet" && states.some((one) => one !== "not-yet") ? ("testing" as State) : state };
  });
  return { ...view, steps, ...rest };
}

// Small, seeded, and good enough to look like a network.
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const lanes: [Position, string, number, number][] = [
  ["gateway", "192.168.1.1", 1.2, 0],
  ["first-hop", "203.0.113.1", 11, 0.03],
  ["on-net", "203.0.113.80", 14, 0.028],
  ["other-network", "198.51.100.20", 19, 0.03],
  ["service", "video.example", 23, 0.026],
];

export function campaign(seconds = 20): CampaignResult {
  const next = chance(7);
  return {
    lanes: lanes.map(([position, name, base, loss], index): LaneResult => {
      const lane: Lane = { position, name, address: `192.0.2.${index + 1}`, probe: { kind: "echo" }, interval_ms: 100 };
      const echoes = Array.from({ length: seconds * 10 }, (_, count) => {
        const sent_ms = count * 100 + index * 7;
        const loaded = sent_ms > 8_000 && sent_ms < 14_000 && position !== "gateway";
        const rtt = base + next() ** 6 * base * 1.5 + (loaded ? 18 + next() * 12 : 0);
        return { sent_ms, rtt_ms: next() < loss ? null : Math.round(rtt * 100) / 100 };
      });
      return { lane, echoes, kernel_timestamps: true };
    }),
    loads: (["down", "up"] as const).map((direction, index) => ({
      load: { peer: "http://192.0.2.9/", direction, start_ms: 8_000 + index * 3_000, duration_ms: 3_000, connections: 4, max_bytes: 1e8 },
      bytes: 21_000_000,
      began_ms: 8_000 + index * 3_000,
      ended_ms: 11_000 + index * 3_000,
      rates: Array.from({ length: 12 }, (_, count) => ({
        at_ms: 8_250 + index * 3_000 + count * 250,
        mbps: (index ? 11 : 48) * Math.min(1, 0.3 + count * 0.25) * (0.94 + next() * 0.08),
      })),
      mbps: index ? 11 : 48,
    })),
  };
}

export function observation(id: string, check: string): Observation {
  return {
    id,
    check,
    at: "2026-11-23T10:04:10+01:00",
    elapsed_ms: 20_310,
    request: { kind: "campaign", lanes: [], duration_ms: 20_000, loads: [] },
    outcome: "measured",
    measurement: { campaign: campaign() },
  };
}

export function evidence(check: string, segment: Segment, weight: number, because: string): Evidence {
  return { check, says: weight > 0 ? "accuses" : "clears", segment, fault: null, weight, because: "", because_phrase: phrase(because), observations: [] };
}

export const accessLoss: Verdict = {
  party: "provider",
  segment: "access",
  fault: "access-loss",
  confidence: 0.97,
  candidates: [
    { party: "provider", segment: "access", fault: "access-loss", probability: 0.97 },
    { party: "home", segment: "router", fault: "router-loss", probability: 0.02 },
    { party: "healthy", segment: null, fault: null, probability: 0.01 },
  ],
  credible: ["access"],
  summary: "",
  summary_phrase: phrase("The fault is on your provider’s side: the line between your home and the provider loses 1 packet in 40."),
  next: [
    { action: "", action_phrase: phrase("Send the report to your provider’s support and ask for the line to be measured."), decides: [] },
    { action: "", action_phrase: phrase("Connect this computer straight to the modem and check again: it would rule out the router."), decides: ["router", "access"] },
  ],
};

export const undecided: Verdict = {
  ...accessLoss,
  party: "undetermined",
  segment: null,
  fault: null,
  confidence: 0.55,
  candidates: [
    { party: "provider", segment: "access", fault: "access-loss", probability: 0.55 },
    { party: "home", segment: "router", fault: "router-loss", probability: 0.38 },
    { party: "healthy", segment: null, fault: null, probability: 0.07 },
  ],
  credible: ["access", "router"],
  summary_phrase: phrase("Undecided between the line and the router."),
  next: [
    { action: "", action_phrase: phrase("Connect this computer to the router by cable, then check again."), decides: ["router", "access"] },
    { action: "", action_phrase: phrase("Repeat the visit in the evening, when the trouble is there."), decides: [] },
  ],
};

export const healthy: Verdict = {
  ...accessLoss,
  party: "healthy",
  segment: null,
  fault: null,
  confidence: 0.96,
  candidates: [
    { party: "healthy", segment: null, fault: null, probability: 0.96 },
    { party: "beyond", segment: "service", fault: "service-slow", probability: 0.04 },
  ],
  credible: [],
  summary_phrase: phrase("Nothing on the path shows a fault right now."),
  next: [{ action: "", action_phrase: phrase("Repeat the visit while the trouble is there."), decides: [] }],
};

const reasons: Evidence[] = [
  evidence("path", "access", 5.2, "Of 600 packets to the first hop behind the line 17 were lost (1 in 35); to the router none of 600."),
  evidence("path", "router", -4.1, "The router answered all of 600 packets, in 1.2 ms; below 5 ms is good."),
  evidence("service", "service", -1.6, "Three services in different networks lose alike, so it is none of them."),
  evidence("gateway", "wifi", -0.8, "The Wi-Fi signal is strong (-52 dBm; -67 or better is good)."),
  evidence("trace", "access", -0.6, "Two of the hops behind the line answered everything in the trace."),
];

const loads: Partial<Record<Part, State>> = { computer: "clear", "home-link": "clear", router: "clear" };

/** The last view of a visit that ends with this verdict. */
export function finished(verdict: Verdict): View {
  const states: Partial<Record<Part, State>> =
    verdict.party === "healthy"
      ? { ...loads, line: "clear", provider: "clear", networks: "clear", service: "clear" }
      : verdict.party === "undetermined"
        ? { ...loads, router: "suspicious", line: "suspicious", provider: "clear", networks: "clear", service: "clear" }
        : { ...loads, line: "fault", provider: "clear", networks: "clear", service: "clear" };
  const seen: Record<string, CheckView> = {};
  for (const [, ids] of checksOf) for (const id of ids) seen[id] = checkWith(id, id === "cable" ? "not-applicable" : "clear");
  seen["path"] = checkWith("path", "fault", [finding("path", "accuses", "access", reasons[0]?.because_phrase.id ?? "")], ["o7"]);
  seen["clock"] = { ...checkWith("clock", "not-measurable"), why: phrase("No time server answered.") };
  return changed(emptyView(), seen, {
    phase: "done",
    current: null,
    progress: 1,
    remaining: { time_ms: 0, bytes: 0 },
    parts: partsWith(states, { "home-link": "-52 dBm", router: "1.2 ms, 0 % lost", line: "11 ms, 2.8 % lost", service: "23 ms, 2.6 % lost" }),
    verdict,
    evidence: reasons,
  });
}

export function runOf(verdict: Verdict): Run {
  return {
    schema: "demarc.run/1",
    started: "2026-11-23T10:04:00+01:00",
    ended: "2026-11-23T10:06:00+01:00",
    profile: "standard",
    version: "0.1.0",
    verdict,
    evidence: reasons,
    observations: [observation("o7", "path")],
    environment: { system: "Debian", system_version: "12", services: ["video.example"], answers: {}, language: "en", incomplete: false },
  };
}

/** A visit under way: the path is being measured and its figures arrive. */
export function underWay(): View {
  const done = (id: string, says: Finding["says"], segment: Segment, because: string, state: State = "clear") => checkWith(id, state, [finding(id, says, segment, because)]);
  return changed(
    emptyView(),
    {
      addresses: done("addresses", "clears", "device", "This computer has an address and a way out (192.168.1.20 through wlan0)."),
      resolvers: done("resolvers", "clears", "device", "Names are asked of the router at 192.168.1.1."),
      "host-load": done("host-load", "accuses", "device", "This computer is busy: 78 % of its processor is in use; below 30 % is good.", "suspicious"),
      "vpn-proxy": done("vpn-proxy", "clears", "device", "No VPN and no proxy is in the way."),
      clock: { ...checkWith("clock", "not-measurable"), why: phrase("No time server answered.") },
      cable: { ...checkWith("cable", "not-applicable"), why: phrase("This computer does not use a cable.") },
      wifi: done("wifi", "clears", "wifi", "The signal is strong (-52 dBm; -67 or better is good)."),
      gateway: done("gateway", "clears", "router", "The router answers in 1.2 ms and loses nothing."),
      "router-dns": done("router-dns", "clears", "router", "The router finds names in 14 ms."),
      trace: done("trace", "clears", "isp", "Nine hops lead to the service; all but two answer."),
      path: checkWith("path", "testing"),
    },
    {
      current: "path",
      progress: 0.66,
      parts: partsWith({ ...loads, line: "testing", provider: "testing", networks: "testing", service: "testing" }, { "home-link": "-52 dBm", router: "1.2 ms, 0 % lost" }),
      remaining: { time_ms: 74_000, bytes: 210_000_000 },
    },
  );
}

export function live(seconds = 20): Update[] {
  const { lanes, loads } = campaign(seconds);
  const echoes = lanes.flatMap(({ lane, echoes }, index) =>
    echoes.map((echo) => ({ at: echo.sent_ms, sample: { kind: "echo" as const, lane: index, position: lane.position, name: lane.name, ...echo } })),
  );
  const rates = loads.flatMap(({ load, rates }) => rates.map((rate) => ({ at: rate.at_ms, sample: { kind: "rate" as const, direction: load.direction, ...rate } })));
  return [...echoes, ...rates]
    .sort((one, other) => one.at - other.at)
    .map(({ sample }) => ({ kind: "live", value: { check: "path", sample } }));
}

function visit(verdict: Verdict): Update[] {
  const way = underWay();
  const asking: View = {
    ...way,
    phase: "asking",
    question: { id: "load", options: ["yes", "no"], cost: { time_ms: 24_000, bytes: 200_000_000 }, step: "path" },
  };
  const walk = way.steps.map(({ step }, index): Update => ({
    kind: "view",
    value: { ...way, current: step, progress: index / 8, steps: way.steps.map((view, other) => (other < index ? view : other === index ? { ...view, state: "testing" } : (emptyView().steps[other] ?? view))) },
  }));
  return [{ kind: "view", value: emptyView() }, ...walk, { kind: "view", value: asking }, { kind: "view", value: way }, ...live(), { kind: "finished", value: runOf(verdict) }, { kind: "view", value: finished(verdict) }];
}

export const recordings: Record<string, () => Update[]> = {
  "access-loss": () => visit(accessLoss),
  undecided: () => visit(undecided),
  healthy: () => visit(healthy),
};
