// Who has the floor: a consent banner, a dialog, another popup, or the shopper's own typing.

/** The banners of the consent tools that we know, by what they call themselves. */
const BANNERS =
  "#usercentrics-root,#usercentrics-cmp-ui,#CybotCookiebotDialog,.cmplz-cookiebanner,#onetrust-banner-sdk,#cmpbox,.cookie-permission-container,#shopify-pc__banner,[id*=cookie][class*=banner]";
const DIALOGS = "dialog[open],[aria-modal=true],[role=dialog],[role=alertdialog]";
const FIELDS = "input,select,textarea,[contenteditable]";
/** Where overlays lie, in shares of the window: the middle, the lower edge, the lower corners. */
const POINTS = [
  [0.5, 0.5],
  [0.5, 0.9],
  [0.1, 0.8],
  [0.9, 0.8],
] as const;
/** What covers less of the window, or lies deeper, belongs to the page. */
const LARGE = 0.12;
const HIGH = 100;

function visible(element: Element): boolean {
  const { width, height, top, bottom, left, right } = element.getBoundingClientRect();
  const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  const { visibility, opacity } = getComputedStyle(element);
  return !!width && !!height && inside && visibility === "visible" && +opacity > 0;
}

// The element at a point, looked for inside shadow roots as well.
function topmost(x: number, y: number): Element | null {
  let root: DocumentOrShadowRoot = document;
  let found: Element | null = null;
  for (;;) {
    const next: Element | null = root.elementFromPoint(x, y);
    if (!next || next === found) return found;
    found = next;
    if (!next.shadowRoot) return found;
    root = next.shadowRoot;
  }
}

const parent = (element: Element) =>
  element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;

function overlay(element: Element): boolean {
  const { position, zIndex } = getComputedStyle(element);
  const { width, height } = element.getBoundingClientRect();
  const share = (width * height) / (innerWidth * innerHeight);
  return position === "fixed" && +zIndex >= HIGH && share >= LARGE;
}

/** What stands in the way of an interruption: "hidden", "field", "consent", "dialog", "overlay" or "". */
export function occupied(): string {
  // A tab behind another one, and a page that is only prepared.
  if (document.hidden) return "hidden";
  const view = window.visualViewport;
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  if (active?.matches(FIELDS) || (view && view.height * view.scale < innerHeight * 0.75))
    return "field";
  const shown = (selector: string) => [...document.querySelectorAll(selector)].some(visible);
  if (shown(BANNERS)) return "consent";
  if (shown(DIALOGS)) return "dialog";
  let found = "";
  for (const [x, y] of POINTS) {
    let element = topmost(x * innerWidth, y * innerHeight);
    for (; element; element = parent(element)) {
      if (element.matches(BANNERS)) return "consent";
      if (overlay(element)) found = "overlay";
    }
  }
  return found;
}
