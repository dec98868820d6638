import { describe, expect, it } from "vitest";
import { accessLoss, evidence, finished, healthy, undecided } from "./testing/recording";
import { accused, bySegment, focusOf, ruledOut, strength, weighed } from "./verdict";

describe("a verdict", () => {
  const accuses = evidence("path", "access", 5, "a");
  const clearsRouter = evidence("path", "router", -4, "b");
  const clearsLine = evidence("trace", "access", -0.5, "c");
  const accusesService = evidence("service", "service", 2, "d");
  const note = { ...evidence("clock", "device", 9, "e"), says: "notes" as const };

  it("is supported by what accuses its segment or clears others, heaviest first, and opposed by the rest", () => {
    const { supporting, opposing } = weighed(accessLoss, [clearsLine, clearsRouter, accuses, accusesService, note]);
    expect(supporting).toEqual([accuses, clearsRouter]);
    expect(opposing).toEqual([accusesService, clearsLine]);
  });

  it("is not opposed by the absence of other faults in the same place", () => {
    const clear = { ...clearsLine, fault: "access-down" as const };
    expect(weighed(accessLoss, [accuses, clear])).toEqual({ supporting: [accuses], opposing: [] });
    expect(weighed(accessLoss, [accuses, { ...clear, fault: "access-loss" }]).opposing).toHaveLength(1);
  });

  it("rests neither on settings elsewhere nor on what hardly moved it, and its own fault comes first", () => {
    const login = { ...evidence("portal", "device", -2, "f"), fault: "captive-portal" as const };
    const filler = evidence("trace", "isp", -0.1, "g");
    const own = { ...evidence("trace", "access", 1, "h"), fault: "access-loss" as const };
    const other = { ...evidence("trace", "access", 9, "i"), fault: "access-down" as const };
    expect(weighed(accessLoss, [login, filler, other, own])).toEqual({ supporting: [own, other], opposing: [] });
  });

  it("is not opposed by a second fault, nor by what clears", () => {
    const also = { party: "beyond" as const, segment: "service" as const, fault: null, probability: 0.8 };
    expect(weighed({ ...accessLoss, also }, [accusesService]).opposing).toEqual([]);
    expect(weighed(accessLoss, [{ ...clearsRouter, weight: 1 }]).opposing).toEqual([]);
  });

  it("tells a sentence once though it is a sign of several faults", () => {
    const weak = { ...accuses, fault: "access-flapping" as const, weight: 4 };
    expect(weighed(accessLoss, [accuses, weak]).supporting).toEqual([accuses]);
  });

  it("of a healthy path is supported by whatever clears", () => {
    const { supporting, opposing } = weighed(healthy, [clearsLine, accusesService]);
    expect(supporting).toEqual([clearsLine]);
    expect(opposing).toEqual([accusesService]);
  });

  it("singles out the parts it accuses", () => {
    expect(focusOf(accessLoss, finished(accessLoss).parts)).toEqual(["line"]);
    expect(focusOf(undecided, finished(undecided).parts)).toEqual(["router", "line"]);
    expect(focusOf({ ...accessLoss, segment: null, credible: ["isp", "router"] }, finished(accessLoss).parts)).toEqual(["provider"]);
  });

  it("rules out what was measured and is not among the likely places", () => {
    expect(ruledOut(undecided, finished(undecided).parts).map(({ part }) => part)).toEqual(["computer", "home-link", "provider", "networks", "service"]);
    expect(accused(healthy)).toEqual([]);
  });

  it("adds up the explanations of one segment", () => {
    const candidates = [...accessLoss.candidates, { party: "provider" as const, segment: "access" as const, fault: "access-down" as const, probability: 0.01 }];
    expect(bySegment({ ...accessLoss, candidates })[0]?.probability).toBeCloseTo(0.98);
  });

  it("says how much a piece of evidence weighs", () => {
    expect([accuses, accusesService, clearsLine].map(strength)).toEqual(["strong", "clear", "slight"]);
  });
});
