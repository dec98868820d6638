// A visit told from memory, so that screens can be worked on without the application. `?home=undecided` and `?home=healthy` tell others;
// `?upto=N` stops after N updates.

import type { Update } from "../generated/types";
import { description, recordings } from "../testing/recording";
import type { Backend } from "./backend";

const wanted = new URLSearchParams(location.search);
const pace = Number(wanted.get("pace") ?? 30);

export const backend: Backend = {
  describe: async () => description,
  startVisit: async (_start, onUpdate) => {
    const updates: Update[] = recordings[wanted.get("home") ?? "access-loss"]?.() ?? [];
    for (const update of updates.slice(0, Number(wanted.get("upto") ?? updates.length))) {
      onUpdate(update);
      if (pace > 0) await new Promise((resolve) => setTimeout(resolve, pace));
    }
  },
  act: async () => {},
  saveReport: async ({ format }) => `/home/you/Documents/demarc-2026-11-23.${format}`,
};
