// Asks once, when a shopper is about to leave: in the frame and with the content of its campaign.

import type { Close, Host } from "../_runtime/contract.ts";
import { type Dialog, dialog } from "../_runtime/dialog.ts";
import { type Exit, h, mount } from "../_runtime/dom.ts";
import { frameOf, isLow, isWide, lowerEdge } from "./frames.ts";
import { content as message } from "./message.ts";
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
  question: () => import("./question.ts"),
  basket: () => import("./basket.ts"),
};

/** How the one that is open is closed. */
let shown: Close | undefined;

/** Opens the window; returns how it is closed, or nothing where there is nothing to show. */
export default async function start(host: Host): Promise<Close | undefined> {
  const { content, frame: wanted, picture, ends, teaser } = host.campaign.settings;
  const kind = `${content}`;
  const barred = wanted === "bar" || isLow();
  const [module, extras] = await Promise.all([
    CONTENTS[kind]?.() ?? ({ content: message } as Content),
    barred || picture || ends || teaser ? import("./extras.ts") : undefined,
  ]);
  let root: HTMLElement | undefined;
  let box: Dialog | undefined;

  const gone = () => (root?.getRootNode() as ShadowRoot | undefined)?.host.remove();
  // `asked`: the shopper came back to it, so it begins where it is of use, and may take the focus.
  const draw = async (asked: boolean): Promise<unknown> => {
    const frame = frameOf(wanted, barred && extras?.free(lowerEdge()));
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
    const nodes = frame && (await module.content(host, { finish, refuse, answered: answer, bar }));
    if (!nodes || host.signal.aborted) return undefined;
    const full = nodes.length > 1 ? h("div.su", ...nodes) : (nodes[0] as HTMLElement);
    const find = (part: string) => full.querySelector<HTMLElement>(part);
    const end = () => extras?.countdown(host);
    const short = !asked && isShort(host, kind, frame);
    const first =
      short &&
      nudge(host, full, end(), bar, refuse, () => {
        host.event("open");
        accept();
      });
    if (!bar) find(".lead")?.after(extras?.picture(host) ?? "");
    find(".cl,.lead")?.after(end() ?? "");
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
    // One at a time, whoever asked for it.
    if (!asked) shown?.();
    root ??= mount(host, document.body, [module.css ?? "", css, extras?.css ?? ""]);
    const scrim = frame === "c" || (frame === "t" && !short);
    box = dialog(root, `${frame}.${kind}`, scrim, first || full, refuse, left);
    if (asked) accept();
    return box;
  };
  const reopen = () => {
    host.event("teaser");
    draw(true);
  };
  if (!(await draw(false))) return undefined;
  host.event("impression");
  shown = () => (root?.querySelector("dialog") ? box?.close() : gone());
  return shown;
}
