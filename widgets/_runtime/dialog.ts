// A dialog that asks without taking over: it becomes modal only once the shopper turns to it.

import type { Close } from "./contract.ts";
import { h } from "./dom.ts";

/** How long the way out takes; the style sheet says the same. */
const LEAVE_MS = 160;

export interface Dialog {
  readonly element: HTMLDialogElement;
  /** Lets it be seen; until then it has its place and size, which takes a slow phone a while. */
  show(): void;
  /** Makes the page behind inert and dims it. */
  modal(): void;
  close(): void;
}

/**
 * Puts `content` over the page, out of sight until `show`, which neither moves focus nor locks the
 * scroll.
 * `dismissed` is called when Esc or a click beside it asks to close. With `scrim` false the page
 * stays usable until `modal` is called. After `close` it leaves and `closed` is called.
 */
export function dialog(
  root: HTMLElement,
  kind: string,
  scrim: boolean,
  content: Node,
  dismissed: Close,
  closed: Close,
): Dialog {
  const over = new AbortController();
  const { signal } = over;
  const shade = h("div.sh", { click: dismissed });
  const element = h<HTMLDialogElement>(
    `dialog.d.${kind}`,
    { open: "", "aria-labelledby": "t", tabindex: -1 },
    content,
  );
  const focused = () => (root.parentNode as ShadowRoot).activeElement as HTMLElement | null;
  let back: Element | null = null;
  let isModal = false;
  shade.hidden = true;
  element.style.visibility = "hidden";

  const modal = () => {
    if (isModal) return;
    isModal = true;
    shade.hidden = false;
    const before = focused();
    back ??= document.activeElement;
    element.classList.remove("in");
    // It was opened by its attribute, because show() would have taken the focus.
    element.removeAttribute("open");
    element.autofocus = true;
    element.showModal();
    before?.focus();
  };
  const close = () => {
    if (signal.aborted) return;
    over.abort();
    const inside = isModal || focused();
    // The page is usable at once; only the picture takes its time to go.
    if (isModal) element.close();
    element.setAttribute("open", "");
    for (const part of [element, shade]) part.classList.add("out");
    if (inside) (back as HTMLElement | null)?.focus?.({ preventScroll: true });
    setTimeout(() => {
      element.remove();
      shade.remove();
      closed();
    }, LEAVE_MS);
  };
  const on = <E extends Event>(target: EventTarget, name: string, heard: (event: E) => void) =>
    target.addEventListener(name, heard as EventListener, { signal });

  const show = () => {
    shade.hidden = !scrim;
    element.style.visibility = "";
    element.classList.add("in");
  };
  on<FocusEvent>(element, "focusin", ({ relatedTarget }) => {
    // Where the focus came from, as long as that is not in here.
    const from = relatedTarget as Element | null;
    if (!isModal && !element.contains(from)) back = from;
    if (scrim) modal();
  });
  on(element, "pointerdown", () => scrim && modal());
  on(element, "cancel", (event) => {
    event.preventDefault();
    dismissed();
  });
  // The content covers the dialog; what is left of it lies beside the visible card.
  on(element, "click", ({ target }) => target === element && isModal && dismissed());
  on<KeyboardEvent>(document, "keydown", (event) => {
    if (isModal || element.style.visibility || event.defaultPrevented) return;
    // Nobody has to look for the focus behind what covers it.
    if (event.key === "Escape") dismissed();
    else if (event.key === "Tab" && scrim) modal();
  });
  // On a phone the keyboard covers the page; the sheet stands on the keyboard instead.
  const view = visualViewport as VisualViewport;
  const follow = () => {
    const { height, offsetTop } = view;
    element.style.setProperty("--vh", `${height}px`);
    element.style.setProperty("--kb", `${innerHeight - height - offsetTop}px`);
  };
  for (const name of ["resize", "scroll"]) on(view, name, follow);
  follow();
  root.append(shade, element);
  return { element, show, modal, close };
}
