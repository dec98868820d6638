// The arithmetic of a chart: round ticks, and labels that do not lie on each other.

/** Ticks from zero to at least `most`, at round steps, about `count` of them. The last one is the top of the axis. */
export function ticks(most: number, count = 4): number[] {
  const rough = Math.max(most, Number.EPSILON) / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= rough * 0.999) ?? 10 * magnitude;
  return Array.from({ length: Math.max(1, Math.ceil(most / step - 1e-9)) + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Moves labels apart to at least `gap`, between `top` and `bottom`, keeping their order. Positions are from the top. */
export function apart(wanted: number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, index) => index).sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  const placed = [...wanted];
  let least = top;
  for (const index of order) {
    placed[index] = Math.max(least, wanted[index] ?? 0);
    least = (placed[index] ?? 0) + gap;
  }
  let most = bottom;
  for (const index of order.reverse()) {
    placed[index] = Math.min(most, placed[index] ?? 0);
    most = (placed[index] ?? 0) - gap;
  }
  return placed;
}

/** At most `count` points: the slowest answer of each stretch, so that no spike is lost. Losses break the line. */
export function thinned<P extends { at: number; rtt: number | null }>(points: P[], count: number): P[] {
  if (points.length <= count) return points;
  const width = Math.ceil(points.length / count);
  const kept: P[] = [];
  for (let start = 0; start < points.length; start += width) {
    const stretch = points.slice(start, start + width);
    const answered = stretch.filter((point) => point.rtt !== null);
    const slowest = answered.reduce<P | undefined>((most, point) => (most && (most.rtt ?? 0) >= (point.rtt ?? 0) ? most : point), undefined);
    kept.push(slowest ?? (stretch[0] as P));
  }
  return kept;
}
