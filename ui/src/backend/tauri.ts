// The application itself. The only file that knows Tauri.

import { Channel, invoke } from "@tauri-apps/api/core";
import type { Description, Update } from "../generated/types";
import type { Backend } from "./backend";

export const backend: Backend = {
  describe: () => invoke<Description>("describe"),
  startVisit: (start, onUpdate) => invoke("start_visit", { start, updates: new Channel<Update[]>((frame) => frame.forEach(onUpdate)) }),
  act: (action) => invoke("act", { action }),
  saveReport: (report) => invoke<string | null>("save_report", { report }),
};
