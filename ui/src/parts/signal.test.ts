import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { type Figures, noFigures, withSample } from "../live";
import { violations } from "../testing/axe";
import SignalMeter from "./SignalMeter.svelte";

/** Looks five a second, at these strengths, three seconds each. */
function looks(...strengths: (number | null)[]): Figures {
  const each = strengths.flatMap((dbm) => Array.from({ length: 15 }, () => dbm));
  return each.reduce((figures, dbm, index) => withSample(figures, { kind: "signal", at_ms: index * 200, dbm, mbps: 100 }), noFigures);
}

describe("the signal while walking around", () => {
  it("is shown on request, in figures and words, and stops on request", async () => {
    const onwalk = vi.fn();
    const { rerender } = render(SignalMeter, { figures: noFigures, walking: false, onwalk });
    await userEvent.click(screen.getByRole("button", { name: "Show the signal" }));
    expect(onwalk).toHaveBeenLastCalledWith(true);
    await rerender({ figures: looks(-52), walking: true, onwalk });
    expect(screen.getByText("-52 dBm: good").getAttribute("aria-live")).toBe("polite");
    expect(document.querySelector("[data-strength]")?.getAttribute("data-strength")).toBe("good");
    expect(await violations(false)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Stop showing it" }));
    expect(onwalk).toHaveBeenLastCalledWith(false);
  });

  it("compares two places", async () => {
    const onwalk = vi.fn();
    const { rerender } = render(SignalMeter, { figures: looks(-45), walking: true, onwalk });
    await userEvent.click(screen.getByRole("button", { name: /by the router/ }));
    await rerender({ figures: looks(-45, -80), walking: true, onwalk });
    await userEvent.click(screen.getByRole("button", { name: /where it is slow/ }));
    expect(document.querySelector("[data-apart]")?.getAttribute("data-apart")).toBe("far");
  });

  it("says where there is no connection", async () => {
    render(SignalMeter, { figures: looks(-60, null), walking: true, onwalk: vi.fn() });
    expect(screen.getAllByText("No connection here.").length).toBeGreaterThan(0);
    expect(screen.getByRole("button", { name: /by the router/ }).hasAttribute("disabled")).toBe(true);
  });
});
