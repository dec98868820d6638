import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { State } from "../generated/types";
import { figuresOf } from "../live";
import { campaign, checkWith, finding, observation, partsWith, phrase } from "../testing/recording";
import { violations } from "../testing/axe";
import CheckRow from "./CheckRow.svelte";
import LatencyChart from "./LatencyChart.svelte";
import Question from "./Question.svelte";
import RateChart from "./RateChart.svelte";
import Spine from "./Spine.svelte";

const states: [State, string][] = [
  ["not-yet", "not yet"],
  ["testing", "testing"],
  ["clear", "clear"],
  ["suspicious", "suspicious"],
  ["fault", "at fault"],
  ["noted", "noted"],
  ["not-measurable", "not measurable"],
  ["not-applicable", "not in use"],
];

describe("the path picture", () => {
  it.each(states)("says %s in a word and by a shape of its own", (state, word) => {
    const shapes = states.map(([other]) => {
      const { container, unmount } = render(Spine, { parts: partsWith({ line: other }) });
      const part = container.querySelector('[data-part="line"]')!;
      const drawing = { word: part.querySelector(".word")?.textContent, shape: part.querySelector("svg")?.innerHTML };
      unmount();
      return { state: other, ...drawing };
    });
    const own = shapes.find((shape) => shape.state === state)!;
    expect(own.word).toBe(word);
    expect(shapes.filter(({ shape }) => shape === own.shape)).toHaveLength(1);
  });

  it("names every part in path order under whoever answers for it", () => {
    render(Spine, { parts: partsWith({}) });
    const parts = (owner: string) => within(screen.getByRole("list", { name: owner })).getAllByRole("listitem").map((item) => item.querySelector(".name")?.textContent);
    expect(parts("Your side")).toEqual(["This computer", "Home link", "Router"]);
    expect(parts("Your provider")).toEqual(["Line", "Provider"]);
    expect(parts("Beyond your provider")).toEqual(["Other networks", "Service"]);
  });

  it("lets everything but the faulty part recede", () => {
    const { container } = render(Spine, { parts: partsWith({ line: "fault" }), focus: ["line"] });
    expect(container.querySelectorAll(".receding")).toHaveLength(6);
    expect(container.querySelector('[data-part="line"]')?.classList.contains("receding")).toBe(false);
  });
});

describe("a question", () => {
  const question = { id: "load-test", options: ["yes", "no"], cost: { time_ms: 24_000, bytes: 200_000_000 }, step: "path" as const };

  it("tells what going on costs, in time and data", () => {
    render(Question, { question, onanswer: () => {} });
    expect(screen.getByText("Takes up to 24 s and up to 200 MB of data.")).toBeTruthy();
  });

  it("offers the recommended answer first and passes on the one chosen", async () => {
    const onanswer = vi.fn();
    render(Question, { question, onanswer });
    const [first, second] = screen.getAllByRole("button");
    expect(first?.classList.contains("primary")).toBe(true);
    await userEvent.click(second!);
    expect(onanswer).toHaveBeenCalledWith("no");
  });
});

describe("a check's row", () => {
  const check = checkWith("gateway", "suspicious", [finding("gateway", "clears", "router", "All answered."), finding("gateway", "accuses", "router", "The router is slow.")], ["o1"]);

  it("shows what counts most while it is closed", () => {
    render(CheckRow, { check });
    expect(screen.getByText("The router is slow.")).toBeTruthy();
    expect(screen.queryByText("All answered.")).toBeNull();
  });

  it("opens and closes by keyboard, with everything that was seen", async () => {
    const ontoggle = vi.fn();
    const { container } = render(CheckRow, { check, observations: [observation("o1", "gateway")], ontoggle });
    const button = screen.getByRole("button");
    button.focus();
    await userEvent.keyboard("{Enter}");
    expect(button.getAttribute("aria-expanded")).toBe("true");
    expect(screen.getByText("All answered.")).toBeTruthy();
    expect(container.querySelector("pre")?.textContent).toContain("more");
    await userEvent.keyboard("{Enter}");
    expect(button.getAttribute("aria-expanded")).toBe("false");
    expect(ontoggle.mock.calls).toEqual([[true], [false]]);
  });

  it("says why there is no answer", () => {
    render(CheckRow, { check: { ...checkWith("clock", "not-measurable"), why: phrase("No time server answered.") } });
    expect(screen.getByText("No time server answered.")).toBeTruthy();
  });

  it("shows its figures while it runs", () => {
    const { container } = render(CheckRow, { check: checkWith("path", "testing"), live: figuresOf(campaign()) });
    expect(container.querySelector("[data-chart=latency]")).toBeTruthy();
    expect(container.querySelector("[data-chart=rate]")).toBeTruthy();
  });
});

describe("the charts", () => {
  it("draw three places on one axis, a tick for each loss and a band for each load", () => {
    const { container } = render(LatencyChart, { figures: figuresOf(campaign()) });
    const lostOnes = campaign()
      .lanes.filter(({ lane }) => ["gateway", "first-hop", "service"].includes(lane.position))
      .flatMap(({ echoes }) => echoes)
      .filter(({ rtt_ms }) => rtt_ms === null).length;
    expect(container.querySelectorAll("path.line")).toHaveLength(3);
    expect(container.querySelectorAll(".loss")).toHaveLength(lostOnes);
    expect(container.querySelectorAll(".band")).toHaveLength(2);
  });

  it("can be read as tables", async () => {
    const figures = figuresOf(campaign());
    const { container } = render(LatencyChart, { figures });
    expect(within(container.querySelector("table")!).getAllByRole("row", { hidden: true })).toHaveLength(1 + figures.series.length);
    render(RateChart, { figures });
    expect(screen.getByRole("img", { name: /download: .* Mbit\/s on average/ })).toBeTruthy();
    expect(await violations(false)).toEqual([]);
  });
});
