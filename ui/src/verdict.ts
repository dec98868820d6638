// What a verdict page says, drawn from the record: what speaks for the answer, what against it, what is left.

import type { Evidence, Part, Party, PartView, Segment, State, Step, Verdict } from "./generated/types";

const partyOf: Record<Segment, Party> = {
  device: "home",
  wiring: "home",
  wifi: "home",
  router: "home",
  access: "provider",
  isp: "provider",
  interconnect: "beyond",
  service: "beyond",
};

/** The step of the visit that looks at a segment. */
export function stepOf(segment: Segment): Step {
  return segment === "device" || segment === "wiring" || segment === "wifi" || segment === "router" ? segment : "path";
}

/** Segments that the verdict accuses. */
export function accused(verdict: Verdict): Segment[] {
  if (verdict.segment) return [verdict.segment];
  return verdict.credible.filter((segment) => verdict.party === "undetermined" || partyOf[segment] === verdict.party);
}

/** Natural logarithm of the odds below which a finding moved nothing worth telling. */
const leastWeight = 0.3;

/** Whether a finding moved the answer towards a fault. */
export function accuses({ says, weight }: Evidence): boolean {
  return says === "accuses" && weight >= leastWeight;
}

/** Evidence in the order given, each sentence once: one observation may be a sign of several faults. */
function told(evidence: Evidence[]): Evidence[] {
  const sentence = ({ because_phrase }: Evidence) => JSON.stringify(because_phrase);
  return evidence.filter((item, index) => evidence.findIndex((other) => sentence(other) === sentence(item)) === index);
}

/**
 * Evidence for and against the verdict, heaviest first. For a fault speaks what accuses its place, then readings of the path that clear the
 * others; settings in order elsewhere are no reasons. For a healthy path speaks whatever clears. That the accused shows no other fault, and
 * a second fault, speak neither for nor against.
 */
export function weighed(verdict: Verdict, evidence: Evidence[]): { supporting: Evidence[]; opposing: Evidence[] } {
  const suspects = verdict.party === "healthy" ? [] : accused(verdict);
  const heaviest = evidence.toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  const here = ({ segment }: Evidence) => suspects.includes(segment);
  const clears = ({ says, weight }: Evidence) => says === "clears" && weight <= -leastWeight;
  const supports = (item: Evidence) => (here(item) ? accuses(item) : clears(item) && (verdict.party === "healthy" || item.fault === null));
  const opposes = (item: Evidence) =>
    here(item)
      ? clears(item) && (verdict.fault === null || item.fault === null || item.fault === verdict.fault)
      : accuses(item) && item.segment !== verdict.also?.segment;
  // What is about the accused fault before what is about the place, and readings of the path before settings that are in order.
  const rank = (item: Evidence) => (here(item) ? 0 : 2) + (item.fault === null || item.fault === verdict.fault ? 0 : 1);
  return {
    supporting: told(heaviest.filter(supports).sort((one, other) => rank(one) - rank(other))),
    opposing: told(heaviest.filter(opposes)),
  };
}

/** How much a piece of evidence moved the answer, in a word. */
export function strength({ weight }: Evidence): "strong" | "clear" | "slight" {
  const size = Math.abs(weight);
  return size >= 3 ? "strong" : size >= 1 ? "clear" : "slight";
}

/** Parts of the path that stand out on a verdict page. */
export function focusOf(verdict: Verdict, parts: PartView[]): Part[] {
  const suspects = accused(verdict);
  return parts.filter((part) => part.segments.some((segment) => suspects.includes(segment))).map(({ part }) => part);
}

/** Probability of each segment, likeliest first; healthy as null. */
export function bySegment(verdict: Verdict): { segment: Segment | null; probability: number }[] {
  const sums = new Map<Segment | null, number>();
  for (const { segment, probability } of verdict.candidates) sums.set(segment, (sums.get(segment) ?? 0) + probability);
  return [...sums].map(([segment, probability]) => ({ segment, probability })).sort((one, other) => other.probability - one.probability);
}

/** Parts that were measured and are out of the question. */
export function ruledOut(verdict: Verdict, parts: PartView[]): PartView[] {
  const cleared: State = "clear";
  return parts.filter((part) => part.state === cleared && !part.segments.some((segment) => verdict.credible.includes(segment)));
}
