// The door between the screens and whoever measures: the application itself, or a recording.

import type { Action, Description, ReportChoice, Start, Update } from "../generated/types";

export interface Backend {
  /** What the welcome page offers. Sends nothing. */
  describe(): Promise<Description>;
  /** Starts a visit, ending one that is under way. Updates arrive until the next start. */
  startVisit(start: Start, onUpdate: (update: Update) => void): Promise<void>;
  /** Does something in the visit that is under way. */
  act(action: Action): Promise<void>;
  /** Asks where to save the report and saves it there; the path, or null when the user changed their mind. */
  saveReport(report: ReportChoice): Promise<string | null>;
}

export type { ReportChoice };
export type Format = ReportChoice["format"];
export type Redaction = ReportChoice["redaction"];
