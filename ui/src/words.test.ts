import { describe, expect, it } from "vitest";
import { amount, currentLanguage, duration, knows, likelihood, say, speak, text } from "./words.svelte";

describe("words", () => {
  it("come from the shared message files", () => {
    expect(text("state-clear")).toBe("clear");
    expect(text("window-of", { count: 3, total: 10 })).toBe("3 of 10");
  });

  it("show an unknown message as its id, and never throw over a missing value", () => {
    expect(say({ id: "no-such-message" })).toBe("no-such-message");
    expect(text("window-of")).toContain("count");
    expect(knows("no-such-message")).toBe(false);
  });

  it("stay in a language that is spoken", () => {
    speak("tlh");
    expect(currentLanguage()).toBe("en");
  });

  it.each([
    [400, "1 s"],
    [45_000, "45 s"],
    [240_000, "4 min"],
  ])("say %i ms as %s", (milliseconds, words) => expect(duration(milliseconds)).toBe(words));

  it.each([
    [0, "0 kB"],
    [700_000, "700 kB"],
    [24_300_000, "25 MB"],
    [1_200_000_000, "1.2 GB"],
  ])("say %i bytes as %s", (bytes, words) => expect(amount(bytes)).toBe(words));

  it.each([
    [1, "very likely (99 %)"],
    [0.97, "very likely (97 %)"],
    [0.8, "likely (80 %)"],
    [0.55, "more likely than anything else (55 %)"],
    [0.2, "possible (20 %)"],
  ])("are never more certain than %f", (probability, words) => expect(likelihood(probability)).toBe(words));
});

/** Message ids that the sources spell out. Ids put together at run time are held by the screens' tests. */
const sources = import.meta.glob<string>(["./**/*.svelte", "./**/*.ts", "!./**/*.test.ts", "!./testing/**"], { query: "?raw", import: "default", eager: true });
const asked = Object.values(sources).flatMap((source) => [...source.matchAll(/\btext\(\s*"([a-z0-9-]+)"/g)].map(([, id]) => id ?? ""));

it.each([...new Set(asked)].sort())("%s is a message", (id) => expect(knows(id)).toBe(true));
