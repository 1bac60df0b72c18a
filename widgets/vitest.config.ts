import { defineConfig } from "vitest/config";
import { cssText } from "./_build/css.mjs";

export default defineConfig({
  plugins: [cssText],
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
