import { defineConfig } from "vitest/config";
import { cssText } from "./build.mjs";

export default defineConfig({
  plugins: [cssText.vite],
  test: {
    environment: "jsdom",
    // One jsdom for all files: starting it takes longer than the tests.
    isolate: false,
    fileParallelism: false,
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**"],
    setupFiles: ["_runtime/testing-setup.ts"],
  },
});
