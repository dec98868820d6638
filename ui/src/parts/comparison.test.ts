import { render, screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { Comparison, Look } from "../generated/types";
import { violations } from "../testing/axe";
import { phrase } from "../testing/recording";
import BeforeAfter from "./BeforeAfter.svelte";

const look = (link: Look["link"], lost: number): Look => ({
  at: null,
  link,
  link_mbps: null,
  signal_dbm: null,
  damaged: null,
  router: { loss: { hits: lost, trials: 200 }, independence: 1, median_ms: 3.2, p90_ms: 8.5 },
  service: null,
});

const relieved: Comparison = {
  change: "cable-instead-of-wifi",
  noticed: true,
  effect: "relieved",
  before: look("wifi", 12),
  after: look("wired", 0),
  summary: "",
  summary_phrase: phrase("comparison-relieved", { change: "cable-instead-of-wifi", trouble: "loss-of-router", before: 6, after: 0 }),
  earlier: [],
};

describe("two looks side by side", () => {
  it("say what was there before and after, and leave out what neither shows", async () => {
    render(BeforeAfter, { comparison: relieved });
    const cells = (name: RegExp) => within(screen.getByRole("row", { name })).getAllByRole("cell").map((cell) => cell.textContent);
    const [before, after] = cells(/Lost on the way to the router/);
    expect([before?.includes("6"), after?.includes("6")]).toEqual([true, false]);
    expect(screen.queryByText(/dBm/)).toBeNull();
    expect(screen.getByText(/noticed|by itself/i)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it("never put an effect's word where nothing can be said", () => {
    render(BeforeAfter, { comparison: { ...relieved, effect: "unclear", summary_phrase: phrase("comparison-unclear", { change: "other-cable" }) } });
    expect(document.querySelector("[data-effect]")?.getAttribute("data-effect")).toBe("unclear");
  });
});
