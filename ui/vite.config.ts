import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // The words lie beside the window, where the command line and the report read them too.
  server: { fs: { allow: [".."] }, port: 5173, strictPort: true },
  build: { target: "es2022", outDir: mode === "replay" ? "dist-replay" : "dist", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], setupFiles: ["src/testing/setup.ts"] },
  // Component tests need Svelte's client build, not its server build.
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
}));
