// Every sentence the window shows, from the same files the command line and the report speak from.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import type { Phrase } from "./generated/types";

const sources = import.meta.glob<string>("../../locales/*/*.ftl", { query: "?raw", import: "default", eager: true });

/** The language every message exists in. */
const fallback = "en";

/** One bundle a language. */
const bundles = new Map<string, FluentBundle>();
for (const [path, text] of Object.entries(sources)) {
  const language = path.split("/").at(-2) ?? fallback;
  const bundle = bundles.get(language) ?? new FluentBundle(language, { useIsolating: false });
  bundle.addResource(new FluentResource(text));
  bundles.set(language, bundle);
}

let language = $state(fallback);

/** The language on the screen. */
export function currentLanguage(): string {
  return language;
}

/** Speaks another language from now on; one that is not known is not spoken. */
export function speak(wanted: string): void {
  if (!bundles.has(wanted)) return;
  language = wanted;
  document.documentElement.lang = wanted;
}

/** The sentence of a phrase; its id where no language has it. */
export function say(phrase: Phrase): string {
  return text(phrase.id, phrase.args);
}

/** The sentence of a message; its id where no language has it. */
export function text(id: string, args: Record<string, FluentVariable> = {}): string {
  for (const bundle of [bundles.get(language), bundles.get(fallback)]) {
    const pattern = bundle?.getMessage(id)?.value;
    // Errors are collected so that a missing value is shown by its name instead of thrown.
    if (bundle && pattern) return bundle.formatPattern(pattern, args, []);
  }
  return id;
}

/** Whether there is such a message. */
export function knows(id: string): boolean {
  return [language, fallback].some((name) => bundles.get(name)?.getMessage(id)?.value != null);
}

/** A duration as a person would say it: "45 s", "4 min". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return seconds < 100 ? text("window-seconds", { count: seconds }) : text("window-minutes", { count: Math.round(seconds / 60) });
}

/** An amount of data: "300 kB", "25 MB", "1.2 GB". */
export function amount(bytes: number): string {
  if (bytes < 1e6) return text("window-kilobytes", { count: Math.ceil(bytes / 1000) });
  if (bytes < 1e9) return text("window-megabytes", { count: Math.ceil(bytes / 1e6) });
  return text("window-gigabytes", { count: Math.round(bytes / 1e8) / 10 });
}

/** A number as the language writes it. */
export function number(value: number, decimals: number): string {
  return new Intl.NumberFormat(currentLanguage(), { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}

/** A probability in words and as a number: "very likely (97 %)". */
export function likelihood(probability: number): string {
  const percent = Math.min(99, Math.max(1, Math.round(probability * 100)));
  const word = probability >= 0.95 ? "very" : probability >= 0.75 ? "likely" : probability >= 0.5 ? "rather" : "possible";
  return text(`window-likelihood-${word}`, { percent });
}
