// The panel stands beside what it explains, whatever is open.

import { expect, it } from "vitest";
import { posture } from "./why-place.ts";

const box = (left: number, top: number, width: number, height: number) => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});
const spot = (boxes: Parameters<typeof posture>[0], width = 1280, height = 800, folded = false) =>
  posture(boxes, width, height, folded).spot;

it("stands at the start while nothing is open", () => {
  expect(posture([], 1280, 800, false)).toEqual({ spot: "start", room: 776 });
});

it("leaves the middle to a window in the middle", () => {
  expect(spot([box(366, 100, 548, 600)])).toBe("start");
});

it("gets shorter above a bar, and changes sides where one is taken", () => {
  expect(posture([box(0, 727, 1280, 73)], 1280, 800, false)).toEqual({ spot: "start", room: 703 });
  expect(spot([box(24, 100, 392, 600)])).toBe("end");
});

it("folds on a phone whose sheet needs the room, and goes where not even a bar is free", () => {
  expect(posture([], 375, 812, false)).toEqual({ spot: "start", room: 365 });
  expect(posture([box(0, 500, 375, 312)], 375, 812, false).room).toBe(365);
  expect(spot([box(0, 120, 375, 692)], 375, 812)).toBe("bar");
  expect(spot([box(0, 10, 375, 802)], 375, 812)).toBe("away");
});

it("folds when the merchant says so", () => {
  expect(spot([], 1280, 800, true)).toBe("bar");
});
