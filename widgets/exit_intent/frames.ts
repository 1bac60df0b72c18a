// Which frame a window gets: the merchant's choice, as far as the screen and the page allow it.

/** From this width on there is room for a card. */
const WIDE = 720;
/** A phone on its side has no room for a sheet that leaves the page usable. */
const LOW = 420;

/** c: a card in the middle, n: a card in the corner, t: a sheet at the bottom, w: a slim bar. */
export type Frame = "c" | "n" | "t" | "w";

export const isWide = () => innerWidth >= WIDE;
export const isLow = () => innerHeight < LOW;

/** The frame to use now; nothing where there is no room. `bar` says whether a bar has some. */
export function frameOf(wanted: unknown, bar?: boolean): Frame | undefined {
  if (bar) return "w";
  if (isLow()) return undefined;
  if (!isWide() || wanted === "sheet") return "t";
  return wanted === "modal" ? "c" : "n";
}

/** Where a bar would lie. */
export const lowerEdge = () => ({
  left: 0,
  right: innerWidth,
  top: innerHeight - (isWide() ? 73 : 180),
  bottom: innerHeight,
});
