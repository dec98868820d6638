import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import App from "../App.svelte";
import type { Update, View } from "../generated/types";
import { accessLoss, emptyView, finished, healthy, runOf, underWay, undecided } from "../testing/recording";
import { violations } from "../testing/axe";
import { FakeBackend, started } from "../testing/visit";
import { VisitState } from "../visit.svelte";

const view = (value: View): Update => ({ kind: "view", value });
const question = { id: "load", options: ["yes", "no"], cost: { time_ms: 24_000, bytes: 2e8 }, step: "path" as const };

/** A window with a visit that has told these updates. */
async function shown(...updates: Update[]) {
  const { visit, backend } = await started(...updates);
  render(App, { visit });
  await waitFor(() => expect(visit.description).not.toBeNull());
  return { visit, backend, user: userEvent.setup() };
}

/** A window in which nothing has started. */
async function welcome(backend = new FakeBackend()) {
  render(App, { visit: new VisitState(backend) });
  await screen.findByRole("heading", { level: 1 });
  return { backend, user: userEvent.setup() };
}

const title = () => screen.getByRole("heading", { level: 1 }).textContent;
const button = (name: string | RegExp) => screen.getByRole("button", { name });

describe("the welcome page", () => {
  it("starts with every question unanswered", async () => {
    const { backend, user } = await welcome();
    await user.click(button("Start"));
    expect(backend.starts).toEqual([
      { settings: { profile: "standard", load_allowed: true, interactive: true, answers: {} }, services: [], promised: null, language: "en", household: null },
    ]);
  });

  it("passes on what was answered", async () => {
    const { backend, user } = await welcome();
    await user.click(screen.getByRole("radio", { name: "Videos stop and load" }));
    await user.type(screen.getByLabelText("With what?"), "https://video.example/watch");
    await user.type(screen.getByLabelText("Down"), "50");
    await user.selectOptions(screen.getByLabelText("Whose router is it?"), "mine");
    await user.click(screen.getByRole("radio", { name: /Quick/ }));
    await user.click(screen.getByRole("checkbox"));
    await user.selectOptions(screen.getByLabelText("Simulated home"), "access-loss");
    await user.click(button("Try it on a simulated home"));
    expect(backend.starts).toEqual([
      {
        settings: { profile: "quick", load_allowed: false, interactive: true, answers: { symptom: "buffering", "router-owner": "mine" } },
        services: ["video.example"],
        promised: { down_mbps: 50, up_mbps: null },
        language: "en",
        household: "access-loss",
      },
    ]);
  });

  it("tells what each choice takes", async () => {
    const { user } = await welcome();
    expect(screen.getByRole("radio", { name: /up to 4 min, 250 MB/ })).toBeTruthy();
    await user.click(screen.getByRole("checkbox"));
    expect(screen.getByRole("radio", { name: /up to 4 min, 3 MB/ })).toBeTruthy();
  });

  it("does not start with what cannot be an address", async () => {
    const { user } = await welcome();
    await user.type(screen.getByLabelText("With what?"), "not a host");
    expect(button("Start").hasAttribute("disabled")).toBe(true);
    expect(screen.getByText(/This is not an address/)).toBeTruthy();
  });

  it("says why the configuration is not used", async () => {
    await welcome(new FakeBackend({ problem: "line 2: there is no key `down_mpbs`" }));
    expect(screen.getByRole("alert").textContent).toContain("down_mpbs");
  });

  it("says why a visit does not start", async () => {
    const { backend, user } = await welcome();
    backend.failure = "There is no simulated home of this name.";
    await user.click(button("Start"));
    expect((await screen.findByRole("alert")).textContent).toContain("no simulated home");
  });
});

describe("a visit", () => {
  it("follows the measuring until the user looks elsewhere", async () => {
    const { backend, user } = await shown(view(emptyView()));
    await waitFor(() => expect(title()).toBe("This computer"));
    backend.tell(view({ ...underWay(), current: "router" }));
    expect(title()).toBe("Router");
    await user.click(button(/^This computer/));
    backend.tell(view(underWay()));
    expect(title()).toBe("This computer");
    await user.click(button("Go to Line and beyond"));
    expect(title()).toBe("Line and beyond");
  });

  it("stays where a row was opened", async () => {
    const { backend, user } = await shown(view({ ...underWay(), current: "router" }));
    await user.click(screen.getAllByRole("button", { expanded: false })[0]!);
    backend.tell(view(underWay()));
    expect(title()).toBe("Router");
  });

  it("asks on the page the question belongs to and passes on the answer", async () => {
    const { backend, user } = await shown(view({ ...underWay(), phase: "asking", question }));
    const card = screen.getByRole("region", { name: "May the line be filled now?" });
    expect(card.textContent).toContain("up to 24 s and up to 200 MB");
    await user.click(within(card).getByRole("button", { name: "Fill the line" }));
    expect(backend.actions).toEqual([{ kind: "answer", question: "load", value: "yes" }]);
  });

  it("can be stopped, and then taken up or ended", async () => {
    const { backend, user } = await shown(view(underWay()));
    await user.click(button("Stop"));
    backend.tell(view({ ...underWay(), phase: "stopped" }));
    expect(screen.getByRole("region", { name: "Stopped" })).toBeTruthy();
    await user.click(button("Go on"));
    await user.click(button("End here"));
    expect(backend.actions.map(({ kind }) => kind)).toEqual(["cancel", "resume", "conclude"]);
  });

  it("is not mixed up with an earlier one", async () => {
    const { visit, backend } = await shown(view(emptyView()));
    await visit.start({ settings: { profile: "quick", load_allowed: false, interactive: true, answers: {} }, services: [], promised: null, household: null });
    backend.tell(view(finished(accessLoss)), 0);
    expect(visit.view).toBeNull();
  });

  it("checks a step again when the user changed something", async () => {
    const { backend, user } = await shown(view(finished(accessLoss)));
    await user.click(button(/^Wi-Fi/));
    await user.click(button("I changed something, check again"));
    expect(backend.actions).toEqual([{ kind: "check-again", from: "wifi", change: null }]);
  });

  it("names a step that does not apply", async () => {
    const { user } = await shown(view(underWay()));
    await user.click(button(/^Cable/));
    expect(screen.getByText("This computer does not reach its router by cable.")).toBeTruthy();
  });
});

describe("the result", () => {
  it("is one sentence with its confidence, three reasons, what speaks against it and what to do first", async () => {
    await shown(view(finished(accessLoss)));
    expect(title()).toContain("your provider’s side");
    expect(screen.getByText(/very likely \(97 %\)/)).toBeTruthy();
    expect(within(screen.getByRole("region", { name: "Why" })).getAllByRole("listitem")).toHaveLength(3);
    expect(within(screen.getByRole("region", { name: "What speaks against it" })).getAllByRole("listitem")).toHaveLength(1);
    expect(screen.getByRole("region", { name: "Do this first" }).textContent).toContain("support");
  });

  it("leads from a reason to its check", async () => {
    const { visit, user } = await shown(view(finished(accessLoss)));
    await user.click(within(screen.getByRole("region", { name: "Why" })).getAllByRole("button")[0]!);
    expect([visit.page, visit.opened]).toEqual(["path", "path"]);
    expect(screen.getAllByRole("button", { expanded: true })).toHaveLength(1);
  });

  it("is a page of its own when undecided, with the test that decides", async () => {
    const { backend, user } = await shown(view(finished(undecided)));
    expect(within(screen.getByRole("region", { name: "What is left" })).getAllByRole("listitem").map((item) => item.textContent)).toEqual([
      expect.stringContaining("The line"),
      expect.stringContaining("The router"),
      expect.stringContaining("Nothing at fault"),
    ]);
    expect(screen.queryByText(/very likely/)).toBeNull();
    expect(within(screen.getByRole("region", { name: "What is ruled out" })).getAllByRole("listitem")).toHaveLength(5);
    await user.click(button("I did this, check again"));
    expect(backend.actions).toEqual([{ kind: "check-again", from: "router", change: null }]);
  });

  it("is told to those who listen", async () => {
    await shown(view(underWay()), view(finished(healthy)));
    expect(document.querySelector('[aria-live="polite"]')?.textContent).toBe("Nothing on the path shows a fault right now.");
  });
});

describe("the report", () => {
  it("is saved as chosen and shows where it lies", async () => {
    const { backend, user } = await shown({ kind: "finished", value: runOf(accessLoss) }, view(finished(accessLoss)));
    await user.click(button("Save or share"));
    await user.click(screen.getByRole("radio", { name: /For a forum/ }));
    await user.click(screen.getByRole("radio", { name: /Plain text/ }));
    await user.click(button(/^Save …/));
    expect(backend.reports).toEqual([{ format: "text", redaction: "public", language: "en" }]);
    expect(screen.getByRole("status").textContent).toContain("/home/you/demarc.text");
  });

  it("says why it was not saved", async () => {
    const { backend, user } = await shown({ kind: "finished", value: runOf(accessLoss) }, view(finished(accessLoss)));
    backend.failure = "The folder cannot be written; choose another one.";
    await user.click(button("Save or share"));
    await user.click(button(/^Save …/));
    expect(screen.getByRole("alert").textContent).toBe("The folder cannot be written; choose another one.");
  });
});

describe("every screen passes an accessibility audit", () => {
  it("welcome", async () => {
    await welcome();
    expect(await violations()).toEqual([]);
  });

  it.each<[string, Update[], string | null]>([
    ["a step under way", [view(underWay())], null],
    ["a question", [view({ ...underWay(), phase: "asking", question })], null],
    ["a stopped visit", [view({ ...underWay(), phase: "stopped" })], null],
    ["a step that does not apply", [view(underWay())], "wiring"],
    ["a verdict", [view(finished(accessLoss))], null],
    ["a healthy verdict", [view(finished(healthy))], null],
    ["an undecided verdict", [view(finished(undecided))], null],
    ["a step with its record", [{ kind: "finished", value: runOf(accessLoss) }, view(finished(accessLoss))], "path"],
    ["the report", [view(finished(accessLoss))], "report"],
  ])("%s", async (_, updates, page) => {
    const { visit, user } = await shown(...updates);
    if (page) visit.open(page as "report", "path");
    await user.tab();
    expect(await violations()).toEqual([]);
  });
});
