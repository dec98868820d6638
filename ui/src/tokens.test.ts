import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/tokens.css", "utf8");
const [light, dark] = css.split("@media (prefers-color-scheme: dark)").map((part) => Object.fromEntries([...part.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value])));

type Rgb = [number, number, number];

/** Linear light, 0 to 1. */
const linear = (hex: string): Rgb =>
  [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)) as Rgb;

/** Contrast as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [darker, lighter] = [one, other].map((hex) => linear(hex).reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index]!, 0)).sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** What a dichromat sees, in linear light (Viénot, Brettel and Mollon 1999). */
const sight: Record<string, (rgb: Rgb) => Rgb> = {
  "normal sight": (rgb) => rgb,
  protanopia: ([r, g, b]) => [0.1124 * r + 0.8876 * g, 0.1124 * r + 0.8876 * g, 0.004 * r - 0.004 * g + b],
  deuteranopia: ([r, g, b]) => [0.2927 * r + 0.7073 * g, 0.2927 * r + 0.7073 * g, -0.0223 * r + 0.0223 * g + b],
};

/** Distance in CIE L*a*b* (1976); about 2 is just noticeable side by side. */
function distance(one: Rgb, other: Rgb): number {
  const lab = ([r, g, b]: Rgb) => {
    const xyz = [(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089];
    const [x, y, z] = xyz.map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)) as Rgb;
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  return Math.hypot(...lab(one).map((value, index) => value - lab(other)[index]!));
}

describe.each([
  ["light", { ...light }],
  ["dark", { ...light, ...dark }],
])("in the %s scheme", (_, tokens) => {
  const color = (name: string): string => tokens[name] ?? "#000000";

  it.each(["ink", "ink-soft", "accent", "clear", "suspicious", "fault", "information", "part-router", "part-provider", "part-service"])("text in %s is readable", (name) => {
    for (const ground of ["ground", "surface", "sunken", "accent-soft"]) {
      if (ground === "accent-soft" && name.startsWith("part-")) continue;
      expect(contrast(color(name), color(ground)), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each([
    ["on-accent", "accent"],
    ["suspicious", "suspicious-soft"],
    ["ink", "suspicious-soft"],
    ["clear", "clear-soft"],
    ["ink", "fault-soft"],
  ])("%s on %s is readable", (text, ground) => {
    expect(contrast(color(text), color(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["edge", "clear-mark", "suspicious-mark", "fault-mark", "accent"])("marks in %s stand out", (name) => {
    for (const ground of ["ground", "surface"]) expect(contrast(color(name), color(ground)), `${name} on ${ground}`).toBeGreaterThanOrEqual(3);
  });

  it.each(["clear-mark", "fault-mark"])("the sign inside %s stands out", (name) => {
    expect(contrast(color("on-mark"), color(name))).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.keys(sight))("no two states and no two lines look alike with %s", (eye) => {
    const seen = (name: string): Rgb => sight[eye]!(linear(color(name)));
    for (const group of [
      ["clear-mark", "suspicious-mark", "fault-mark"],
      ["part-router", "part-provider", "part-service"],
    ]) {
      for (const [index, one] of group.entries()) {
        for (const other of group.slice(index + 1)) expect(distance(seen(one), seen(other)), `${one} and ${other}`).toBeGreaterThan(15);
      }
    }
  });
});
