// Asks once, when a shopper is about to leave: in the frame and with the content of its campaign.

import type { Close, Host } from "../_runtime/contract.ts";
import { type Dialog, dialog } from "../_runtime/dialog.ts";
import { type Exit, h, mount } from "../_runtime/dom.ts";
import { type Frame, frameOf, isLow, isWide, lowerEdge } from "./frames.ts";
import { isShort, nudge } from "./nudge.ts";
import css from "./style.css";

/** What the module of a content offers. */
interface Content {
  readonly css?: string;
  /** Draws it, with a heading of the id "t"; null where there is nothing to show. */
  content(host: Host, exit: Exit): Node[] | null | Promise<Node[] | null>;
}

const CONTENTS: Readonly<Record<string, () => Promise<Content>>> = {
  sign_up: () => import("../_runtime/form.ts"),
  message: () => import("./message.ts"),
  question: () => import("./question.ts"),
  basket: () => import("./basket.ts"),
};

/** How the one that is open is closed. */
let shown: Close | undefined;

/** A task of its own, so that a click or a paint need not wait for all of it. */
const pause = () => new Promise((done) => setTimeout(done));

/**
 * Draws the window and opens it once it may be shown; returns how it is closed, or nothing where
 * there is nothing to show.
 */
export default async function start(host: Host): Promise<Close | undefined> {
  const { content, frame: wanted, picture, ends, teaser } = host.campaign.settings;
  const kind = `${content}`;
  const barred = wanted === "bar" || isLow();
  const [module, extras] = await Promise.all([
    (CONTENTS[kind] ?? CONTENTS.message)?.(),
    barred || picture || ends || teaser ? import("./extras.ts") : undefined,
  ]);
  let root: HTMLElement | undefined;
  let box: Dialog | undefined;
  let placed: Frame | undefined;

  const where = () => frameOf(wanted, barred && extras?.free(lowerEdge()));
  const gone = () => {
    (root?.parentNode as ShadowRoot | undefined)?.host.remove();
    root = undefined;
  };
  // `asked`: the shopper came back to it, so it begins where it is of use, and may take the focus.
  const draw = async (asked: boolean): Promise<Close | undefined> => {
    const frame = where();
    placed = frame;
    if (frame && !root) {
      await pause();
      root = mount(host, document.body, [module?.css ?? "", css, extras?.css ?? ""]);
      await pause();
      // What lies in the cart by then is what is told.
      if (kind === "basket") await host.shown;
    }
    const bar = frame === "w";
    let answered = false;
    let refused = false;
    const finish = () => box?.close();
    const refuse = () => {
      if (refused) return;
      // Closing after an answer is no refusal; who came back has refused once already.
      refused = !answered;
      if (refused && !asked) {
        host.event("dismissal");
        host.refuse();
      }
      finish();
    };
    const answer = () => {
      answered = true;
    };
    const nodes = frame && (await module?.content(host, { finish, refuse, answered: answer, bar }));
    if (!nodes || !root || host.signal.aborted) {
      gone();
      return undefined;
    }
    const full = nodes.length > 1 ? h("div.su", ...nodes) : (nodes[0] as HTMLElement);
    const find = (part: string) => full.querySelector<HTMLElement>(part);
    extras?.furnish(host, full, bar);
    const short = !asked && isShort(host, kind, frame);
    const first =
      short &&
      nudge(host, full, extras?.countdown(host), bar, refuse, () => {
        host.event("open");
        accept();
      });
    const accept = () => {
      const { element, modal } = box as Dialog;
      // A bar grows where there is room for its form; everything else goes on as a sheet.
      const stays = frame === "n" || (bar && kind === "sign_up" && isWide());
      if (bar && !stays) element.className = `d t ${kind}`;
      element.replaceChildren(full);
      if (!stays) modal();
      (find(".tx") ?? find("h2"))?.focus();
    };
    const left = () => {
      if (refused && teaser && root)
        extras?.teaser(host, root, `${find("h2")?.textContent}`, asked, reopen, gone);
      else gone();
    };
    const scrim = frame === "c" || (frame === "t" && !short);
    box = dialog(root, `${frame}.${kind}`, scrim, first || full, refuse, left);
    // A preview of what comes after the bar.
    if (bar && !short && !asked && kind !== "message") accept();
    return accept;
  };
  const reopen = async () => {
    host.event("teaser");
    const accept = await draw(true);
    box?.show();
    accept?.();
  };
  let drawn = await draw(false);
  await host.shown;
  // Meanwhile a phone may have been turned, or the page have got another body.
  if (where() !== placed || root?.isConnected === false) {
    gone();
    drawn = await draw(false);
  }
  if (!drawn) return undefined;
  // One at a time, whoever asked for it.
  shown?.();
  box?.show();
  host.event("impression");
  shown = () => (root?.querySelector("dialog") ? box?.close() : gone());
  return shown;
}
