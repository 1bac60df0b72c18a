// Where the panel stands, so that it never covers what it explains.

const GAP = 12;
const WIDTH = 340;
/** From this width on there is room beside the page's middle. */
const WIDE = 720;
/** Less height than this shows nothing of use. */
const LOW = 180;
/** What is left of the panel when it is folded. */
const BAR = { width: 230, height: 54 };

export type Spot = "start" | "end" | "bar" | "away";

export interface Posture {
  readonly spot: Spot;
  /** The most height it may take. */
  readonly room: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where to stand beside `boxes`, in a window of this size; `folded` asks for the bar alone. */
export function posture(
  boxes: readonly Box[],
  width: number,
  height: number,
  folded: boolean,
): Posture {
  const free = (left: number, right: number) =>
    boxes
      .filter((box) => box.right > left && box.left < right)
      .reduce((room, box) => Math.min(room, box.top - 2 * GAP), height - 2 * GAP);
  const wide = width >= WIDE;
  const band = wide ? WIDTH : width - 2 * GAP;
  const sides: [Spot, number][] = [["start", free(GAP, GAP + band)]];
  if (wide) sides.push(["end", free(width - GAP - band, width - GAP)]);
  const [side] = folded ? [] : sides.filter(([, room]) => room >= LOW);
  if (side)
    return { spot: side[0], room: wide ? side[1] : Math.min(side[1], Math.floor(height * 0.45)) };
  const bar = free(GAP, GAP + BAR.width) >= BAR.height;
  return { spot: bar ? "bar" : "away", room: BAR.height };
}

/** What is open over the page at this moment: ours, and the dialogs of others. */
export function open(own: Element): Box[] {
  const ours = [...document.body.children].flatMap(({ shadowRoot }) =>
    shadowRoot && shadowRoot.host !== own ? [...shadowRoot.querySelectorAll(".b > :not(.sh)")] : [],
  );
  const foreign = document.querySelectorAll("dialog[open],[role=dialog],[role=alertdialog]");
  return [...ours, ...foreign]
    .map((element) => element.getBoundingClientRect())
    .filter((box) => box.width && box.height);
}
