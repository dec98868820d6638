import { describe, expect, it } from "vitest";
import type { LiveSample } from "./generated/types";
import { drawn, figuresOf, lost, median, noFigures, slowest, withSample } from "./live";
import { apart, thinned, ticks } from "./parts/chart";
import { campaign, live } from "./testing/recording";

const echo = (sent_ms: number, rtt_ms: number | null): LiveSample => ({ kind: "echo", lane: 0, position: "gateway", name: "router", sent_ms, rtt_ms });
const rate = (at_ms: number, mbps: number): LiveSample => ({ kind: "rate", direction: "down", at_ms, mbps });

describe("live figures", () => {
  it("grow into the same lines as the record", () => {
    const samples = live().flatMap((update) => (update.kind === "live" ? [update.value.sample] : []));
    const grown = samples.reduce(withSample, noFigures);
    expect(grown.series).toEqual(figuresOf(campaign()).series.map((line) => ({ ...line, probe: null })));
    expect(grown.transfers.map(({ direction, rates }) => [direction, rates.length])).toEqual([
      ["down", 12],
      ["up", 12],
    ]);
  });

  it("begin anew with a new campaign", () => {
    const figures = [echo(0, 1), echo(9_000, 1), echo(0, 2)].reduce(withSample, noFigures);
    expect(figures.series.map(({ points }) => points)).toEqual([[{ at: 0, rtt: 2 }]]);
  });

  it("tell two transfers apart by the pause between them", () => {
    const figures = [rate(0, 1), rate(250, 2), rate(9_000, 3)].reduce(withSample, noFigures);
    expect(figures.transfers.map(({ from, to }) => [from, to])).toEqual([
      [0, 250],
      [9_000, 9_000],
    ]);
  });

  it("are summed up without what was lost", () => {
    const line = [echo(0, 3), echo(1, null), echo(2, 1), echo(3, 2)].reduce(withSample, noFigures).series[0]!;
    expect([median(line), slowest(line), lost(line)]).toEqual([2, 3, 1]);
    expect(median({ ...line, points: [] })).toBeNull();
  });

  it("draw one line for each part that was probed", () => {
    expect(drawn(figuresOf(campaign()).series).map(({ part, line }) => [part, line.position])).toEqual([
      ["router", "gateway"],
      ["provider", "first-hop"],
      ["service", "service"],
    ]);
  });
});

describe("a chart", () => {
  it.each([
    [0, [0, 0]],
    [10, [0, 2.5, 5, 7.5, 10]],
    [73, [0, 20, 40, 60, 80]],
    [0.9, [0, 0.25, 0.5, 0.75, 1]],
  ])("up to %f has round ticks from zero", (most, expected) => {
    if (most === 0) expect(ticks(most).length).toBeGreaterThan(1);
    else expect(ticks(most)).toEqual(expected);
  });

  it("keeps its labels apart and inside", () => {
    expect(apart([50, 52, 10], 20, 0, 100)).toEqual([50, 70, 10]);
    expect(apart([98, 99], 20, 0, 100)).toEqual([80, 100]);
  });

  it("keeps every spike when it is thinned", () => {
    const points = Array.from({ length: 1000 }, (_, at) => ({ at, rtt: at === 501 ? 90 : 1 }));
    const kept = thinned(points, 100);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(kept.some(({ rtt }) => rtt === 90)).toBe(true);
  });
});
