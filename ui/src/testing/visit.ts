// A visit that tests drive by hand.

import { flushSync } from "svelte";
import type { Backend, ReportChoice } from "../backend/backend";
import type { Action, Description, Start, Update } from "../generated/types";
import { VisitState } from "../visit.svelte";
import { description } from "./recording";

/** Remembers what it was asked and tells what it is told to. */
export class FakeBackend implements Backend {
  starts: Start[] = [];
  actions: Action[] = [];
  reports: ReportChoice[] = [];
  /** What fails from now on, in words. */
  failure: string | null = null;
  #listeners: ((update: Update) => void)[] = [];
  readonly #description: Description;

  constructor(changes: Partial<Description> = {}) {
    this.#description = { ...description, ...changes };
  }

  async describe(): Promise<Description> {
    return this.#description;
  }

  async startVisit(start: Start, onUpdate: (update: Update) => void): Promise<void> {
    if (this.failure) throw this.failure;
    this.starts.push(start);
    this.#listeners.push(onUpdate);
  }

  async act(action: Action): Promise<void> {
    this.actions.push(action);
  }

  async saveReport(report: ReportChoice): Promise<string | null> {
    if (this.failure) throw this.failure;
    this.reports.push(report);
    return `/home/you/demarc.${report.format}`;
  }

  /** Tells the visit started last, or an earlier one. */
  tell(update: Update, visit = this.#listeners.length - 1): void {
    this.#listeners[visit]?.(update);
    flushSync();
  }
}

/** A visit that has started and told these updates. */
export async function started(...updates: Update[]): Promise<{ visit: VisitState; backend: FakeBackend }> {
  const backend = new FakeBackend();
  const visit = new VisitState(backend);
  await visit.load();
  await visit.start({ settings: { profile: "standard", load_allowed: true, interactive: true, answers: {} }, services: [], promised: null, household: "weak-wifi" });
  for (const update of updates) backend.tell(update);
  return { visit, backend };
}
