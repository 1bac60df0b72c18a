import { defineConfig } from "vitest/config";
import { cssText } from "./build.mjs";

export default defineConfig({
  plugins: [cssText.vite],
  test: { environment: "jsdom", include: ["**/*.test.ts"], exclude: ["node_modules/**"] },
});
