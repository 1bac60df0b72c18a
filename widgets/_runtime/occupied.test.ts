import { expect, it, vi } from "vitest";
import { occupied } from "./occupied.ts";

it("in a tab that nobody looks at, or that is prepared only, nothing may come up", () => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  expect(occupied()).toBe("hidden");
});
