// The window's state: the visit as it was last told, the page that is open, and what the user chose.

import type { Backend, ReportChoice } from "./backend/backend";
import type { Action, CheckView, Description, Phrase, Run, Start, Step, StepView, Update, View } from "./generated/types";
import { type Figures, noFigures, withSample } from "./live";
import { currentLanguage, say, speak, text } from "./words.svelte";

export type Page = "welcome" | Step | "result" | "report";

export class VisitState {
  description = $state.raw<Description | null>(null);
  view = $state.raw<View | null>(null);
  /** The record, once the verdict is there. */
  run = $state.raw<Run | null>(null);
  /** Figures of running checks, by check. */
  live = $state.raw<Record<string, Figures>>({});
  page = $state<Page>("welcome");
  /** The row that is open when its page opens. */
  opened = $state<string | null>(null);
  /** The simulated home of this visit. */
  household = $state<string | null>(null);
  /** Why the last thing asked for did not happen. */
  problem = $state<string | null>(null);
  /** Where the last report lies. */
  saved = $state<string | null>(null);
  /** Told to those who listen instead of look. */
  announcement = $state("");

  readonly #backend: Backend;
  /** Whether the page follows the measuring; ends when the user looks at something else. */
  following = $state(true);
  /** Counts visits, so that a late update of an earlier one is not taken for this one's. */
  #visit = 0;
  #samples: { check: string; sample: Parameters<typeof withSample>[1] }[] = [];

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Whether checks are running or a question waits. */
  get busy(): boolean {
    return this.view?.phase === "measuring" || this.view?.phase === "asking";
  }

  get started(): boolean {
    return this.view !== null;
  }

  step(step: Step): StepView | undefined {
    return this.view?.steps.find((candidate) => candidate.step === step);
  }

  async load(): Promise<void> {
    await this.#try(async () => {
      this.description = await this.#backend.describe();
      speak(this.description.language);
    });
  }

  async start(choice: Omit<Start, "language">): Promise<void> {
    const visit = ++this.#visit;
    this.view = null;
    this.household = choice.household;
    this.#forget();
    this.following = true;
    await this.#try(() =>
      this.#backend.startVisit({ ...choice, language: currentLanguage() }, (update) => {
        if (visit === this.#visit) this.#receive(update);
      }),
    );
  }

  async act(action: Action): Promise<void> {
    if (action.kind === "check-again" || action.kind === "resume") {
      this.#forget();
      this.following = true;
    }
    await this.#try(() => this.#backend.act(action));
  }

  async save(report: Omit<ReportChoice, "language">): Promise<void> {
    this.saved = null;
    await this.#try(async () => {
      this.saved = await this.#backend.saveReport({ ...report, language: currentLanguage() });
    });
  }

  /** Opens a page because the user asked for it. */
  open(page: Page, check: string | null = null): void {
    this.opened = check;
    this.page = page;
    this.following = page === this.view?.current;
  }

  /** The user reads something on this page: it stays. */
  stay(): void {
    this.following = false;
  }

  #receive(update: Update): void {
    switch (update.kind) {
      case "view":
        this.#show(update.value);
        break;
      case "live":
        if (this.#samples.push(update.value) === 1) requestAnimationFrame(() => this.#draw());
        break;
      case "finished":
        this.run = update.value;
        break;
    }
  }

  #show(view: View): void {
    const before = this.view;
    this.view = view;
    const answered = view.phase === "done" && before?.phase !== "done";
    const asked = view.question !== null && view.question.id !== before?.question?.id;
    if (answered) {
      this.page = "result";
      this.following = false;
      this.announcement = view.verdict ? say(view.verdict.summary_phrase) : "";
    } else if (asked && view.question) {
      this.page = view.question.step ?? view.current ?? this.page;
      this.announcement = text(`question-${view.question.id}`);
    } else if (view.current && (this.following || this.page === "welcome") && this.page !== view.current) {
      this.page = view.current;
      this.opened = null;
      this.announcement = text("window-now-measuring", { step: text(`step-${view.current}`) });
    } else if (view.phase === "stopped" && before?.phase !== "stopped") {
      this.announcement = text("window-stopped");
    }
  }

  /** Takes in every sample since the last frame at once. */
  #draw(): void {
    const live = { ...this.live };
    for (const { check, sample } of this.#samples) live[check] = withSample(live[check] ?? noFigures, sample);
    this.#samples = [];
    this.live = live;
  }

  #forget(): void {
    this.run = null;
    this.live = {};
    this.saved = null;
    this.#samples = [];
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await work();
    } catch (error) {
      this.problem = isPhrase(error) ? say(error) : error instanceof Error ? error.message : String(error);
    }
  }
}

/** The application's errors are sentences without a language. */
function isPhrase(error: unknown): error is Phrase {
  return typeof error === "object" && error !== null && "id" in error && typeof error.id === "string";
}

/** The record's observations of one check. */
export function observationsOf(run: Run | null, check: CheckView): Run["observations"] {
  return run?.observations.filter((observation) => check.observations.includes(observation.id)) ?? [];
}
