// Figures that arrive while a check runs, and the same figures once they are part of the record, in the shape the charts draw.

import type { CampaignResult, Direction, LiveSample, Position, Probe } from "./generated/types";

/** One probed place over time. */
export interface Series {
  /** Its number in the campaign: a place may be probed in more than one way. */
  lane: number;
  position: Position;
  name: string;
  /** How it is probed, once the record says so. */
  probe: Probe["kind"] | null;
  /** `at` in milliseconds since the campaign's start; `rtt` in milliseconds, null when lost. */
  points: { at: number; rtt: number | null }[];
}

/** One transfer over time. */
export interface Transfer {
  direction: Direction;
  /** Milliseconds since the campaign's start. */
  from: number;
  to: number;
  /** Mbit/s at the end of each interval. */
  rates: { at: number; mbps: number }[];
}

/** What a campaign showed so far. */
export interface Figures {
  series: Series[];
  transfers: Transfer[];
  /** Hops that answered a trace. */
  hops: number | null;
  /** A radio link over time: milliseconds, dBm (null without a connection), Mbit/s. */
  signal: { at: number; dbm: number | null; mbps: number | null }[];
}

export const noFigures: Figures = { series: [], transfers: [], hops: null, signal: [] };

/** Most looks at a signal kept: two minutes of five a second. */
const MOST_SIGNALS = 600;

/** Most points kept for one line: more than the pixels it is drawn on. */
const MOST_POINTS = 20_000;

/** A gap this long between two rates, in milliseconds, means another transfer. */
const TRANSFER_GAP = 2_500;

/** The figures with one more sample. Lines that did not change stay the same objects. */
export function withSample(figures: Figures, sample: LiveSample): Figures {
  switch (sample.kind) {
    case "echo": {
      const point = { at: sample.sent_ms, rtt: sample.rtt_ms };
      const index = figures.series.findIndex((line) => line.lane === sample.lane);
      const known = figures.series[index];
      // A campaign that begins anew starts the line anew.
      const restarted = known !== undefined && point.at + 5_000 < (known.points.at(-1)?.at ?? 0);
      const points = known && !restarted ? [...known.points.slice(-MOST_POINTS), point] : [point];
      const line = { lane: sample.lane, position: sample.position, name: sample.name, probe: null, points };
      const series = known ? figures.series.with(index, line) : [...figures.series, line];
      return { ...figures, series };
    }
    case "rate": {
      const rate = { at: sample.at_ms, mbps: sample.mbps };
      const index = figures.transfers.findLastIndex((transfer) => transfer.direction === sample.direction);
      const last = figures.transfers[index];
      if (last && rate.at >= last.to && rate.at - last.to < TRANSFER_GAP) {
        return { ...figures, transfers: figures.transfers.with(index, { ...last, to: rate.at, rates: [...last.rates, rate] }) };
      }
      return { ...figures, transfers: [...figures.transfers, { direction: sample.direction, from: rate.at, to: rate.at, rates: [rate] }] };
    }
    case "signal": {
      const look = { at: sample.at_ms, dbm: sample.dbm, mbps: sample.mbps };
      const restarted = look.at < (figures.signal.at(-1)?.at ?? 0);
      return { ...figures, signal: restarted ? [look] : [...figures.signal.slice(1 - MOST_SIGNALS), look] };
    }
    case "hops":
      return { ...figures, hops: sample.answered };
  }
}

/** The figures of a campaign in the record. */
export function figuresOf(campaign: CampaignResult): Figures {
  return {
    series: campaign.lanes.map(({ lane, echoes }, index) => ({
      lane: index,
      probe: lane.probe.kind,
      position: lane.position,
      name: lane.name,
      points: echoes.map((echo) => ({ at: echo.sent_ms, rtt: echo.rtt_ms })),
    })),
    transfers: campaign.loads
      .filter((load) => load.rates.length > 0)
      .map((load) => ({
        direction: load.load.direction,
        from: load.began_ms,
        to: load.ended_ms,
        rates: load.rates.map((rate) => ({ at: rate.at_ms, mbps: rate.mbps })),
      })),
    hops: null,
    signal: [],
  };
}

/** Parts of the path that have a line of their own in a chart. */
export type Drawn = "router" | "provider" | "service";

const drawnAs: [Drawn, Position[]][] = [
  ["router", ["gateway"]],
  ["provider", ["first-hop", "on-net", "border-near"]],
  ["service", ["service", "other-network", "border-far"]],
];

/** The lines worth drawing: one for the router, one for the provider, one for the service. The table holds all. */
export function drawn(series: Series[]): { part: Drawn; line: Series }[] {
  return drawnAs.flatMap(([part, positions]) => {
    const answering = (line: Series) => line.points.some((point) => point.rtt !== null);
    const candidates = positions.flatMap((position) => series.filter((line) => line.position === position));
    const line = candidates.find(answering) ?? candidates[0];
    return line ? [{ part, line }] : [];
  });
}

/** Median round-trip time of the answers, in milliseconds. */
export function median(line: Series): number | null {
  const answers = line.points.flatMap((point) => point.rtt ?? []).sort((one, other) => one - other);
  if (answers.length === 0) return null;
  const middle = answers.length >> 1;
  return answers.length % 2 === 1 ? (answers[middle] ?? null) : ((answers[middle - 1] ?? 0) + (answers[middle] ?? 0)) / 2;
}

/** Slowest answer, in milliseconds. */
export function slowest(line: Series): number | null {
  const answers = line.points.flatMap((point) => point.rtt ?? []);
  return answers.length > 0 ? answers.reduce((most, rtt) => Math.max(most, rtt), 0) : null;
}

/** Lost probes. */
export function lost(line: Series): number {
  return line.points.filter((point) => point.rtt === null).length;
}
