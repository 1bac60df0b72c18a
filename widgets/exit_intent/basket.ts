// The content that lets a shopper take the cart along, and the one that puts it in again.

import { cartLink, cartOf } from "../_runtime/cart.ts";
import type { Cart, CartHook, CartItem, Host } from "../_runtime/contract.ts";
import { day } from "../_runtime/dates.ts";
import { address, button, type Exit, h, headline, icon, top } from "../_runtime/dom.ts";
import { busy, complain, failure, field, forgive, ICONS, label, note } from "../_runtime/field.ts";
import { css as fields } from "../_runtime/form.ts";
import { mailProblem } from "../_runtime/question.ts";
import { money, say } from "../_runtime/say.ts";
import own from "./basket.css";

/** A kept cart: its link, and the link as a square code of so many modules. */
interface Kept {
  readonly link: string;
  readonly qr: string;
  readonly size: number;
}

interface Piece {
  readonly variant: string;
  readonly quantity: number;
  readonly title: string;
}

const LINK = "M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-2 2m2 4a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l2-2";
const DAYS = 14;

export const css = fields + own;

/** Draws what is in the cart with the ways to take it along; null without anything in it. */
export async function content(host: Host, exit: Exit): Promise<Node[] | null> {
  const cart = cartOf(host);
  const [, token] = /^#bleib-cart=\d+\.([\w-]+)$/.exec(location.hash) ?? [];
  if (!cart) return null;
  if (token) return restore(host, exit, cart, token);
  // A preview shows a cart of its own.
  const { preview, campaign } = host;
  const read =
    preview === null ? await cart.read().catch(() => undefined) : (campaign.sample as Cart);
  const items = read?.items?.filter(({ variant }) => variant) ?? [];
  if (!items.length) return null;
  const { data } = await host.api("carts", {
    id: host.uuid(),
    items: items.map(({ variant, product_id, quantity }) => ({
      variant,
      product: `${product_id}`,
      quantity,
    })),
    lang: host.lang,
  });
  const kept = data as Kept | null;
  if (!kept?.link) return null;
  const card = h("div.su");
  const thank = () => {
    const until = new Date(Date.now() + DAYS * 864e5).toISOString();
    const words = say(host, "save.ok.lead", { day: day(host, until) });
    const title = headline(say(host, "save.ok"));
    card.replaceChildren(
      top(host, icon(ICONS.check, 28), exit.finish),
      h("div.sc", title, h("p.lead", words)),
      h("div.ft", h("div.bs", button("p", say(host, "ok.go"), exit.finish))),
    );
    title.focus();
  };
  card.append(
    top(host, headline(say(host, "save.title")), exit.refuse),
    h(
      "div.sc",
      h("p.lead", say(host, "save.lead")),
      summary(host, items),
      h("div.two", square(host, kept), form(host, exit, kept.link, thank)),
    ),
    h("div.ft.end2", h("p.why", say(host, "save.note")), button("s", say(host, "no"), exit.refuse)),
  );
  if (preview === "thanks") thank();
  return [card];
}

function summary(host: Host, items: readonly CartItem[]): HTMLElement {
  const pieces = items.reduce((sum, { quantity }) => sum + quantity, 0);
  const amount = items.reduce((sum, { price, quantity }) => sum + Number(price) * quantity, 0);
  const worth = amount >= 0 && money(host, { amount: `${amount}`, currency: host.shop.currency });
  const names = items.map(
    ({ title, quantity }) => title && (quantity > 1 ? `${quantity} × ` : "") + title,
  );
  const pictures = items.slice(0, 3).map(({ image }) => {
    const src = address(image);
    return src && h("img", { src, alt: "" });
  });
  return h(
    "div.sum",
    ...pictures,
    h(
      "div",
      h(
        "p.name",
        say(host, pieces > 1 ? "save.count" : "save.one", { count: `${pieces}` }),
        worth && `, ${worth}`,
      ),
      h("p.why", names.filter(Boolean).join(", ")),
    ),
  );
}

function square(host: Host, { qr, size }: Kept): HTMLElement {
  const code = icon(qr, 148);
  // Readers need four light modules around it.
  code.setAttribute("viewBox", `-4 -4 ${size + 8} ${size + 8}`);
  return h("div.qr", code, h("p.why", say(host, "save.camera")));
}

function form(host: Host, exit: Exit, link: string, thank: () => void): HTMLElement {
  const began = Date.now();
  const mail = field("mail", say(host, "save.label"), {
    type: "email",
    autocomplete: "email",
    enterkeyhint: "send",
    placeholder: say(host, "nl.example"),
    "aria-describedby": "mail-why",
    dir: "ltr",
  });
  const trap = h<HTMLInputElement>("input.hp", {
    tabindex: -1,
    autocomplete: "off",
    "aria-hidden": true,
  });
  const taken = () => {
    host.event("saved");
    exit.answered();
  };
  const send = button("p", say(host, "save.send"));
  send.type = "submit";
  const shares = innerWidth < 720 && !!navigator.share;
  const give = button("s", say(host, shares ? "save.share" : "save.copy"), async () => {
    try {
      if (shares) await navigator.share({ url: link });
      else await navigator.clipboard.writeText(link);
      label(give, say(host, shares ? "save.share" : "save.copied"));
      taken();
    } catch {
      // Closing the device's own sheet is no mistake; what cannot be copied can be read.
      if (!shares)
        give.before(
          h("input.tx", { readonly: "", value: link, "aria-label": say(host, "save.copy") }),
        );
    }
  });
  give.prepend(icon(LINK));
  give.lastElementChild?.setAttribute("aria-live", "polite");
  const attempt = async () => {
    forgive(element);
    const email = mail.input.value.trim();
    const reject = (problem: string) => {
      complain(mail.input, problem);
      mail.input.focus();
    };
    const problem = mailProblem(host, email);
    if (problem) return reject(problem);
    const { status } = await host.api(`carts/${link.replace(/.*\//, "")}/mail`, {
      email,
      website: trap.value,
      elapsed: Date.now() - began,
    });
    if (status === 202) {
      taken();
      thank();
    } else if (status === 422) reject(say(host, "err.form"));
    else element.prepend(note("warn", ICONS.clock, failure(host)));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    busy(host, send, "busy", attempt);
  };
  const element = h(
    "form",
    { novalidate: "", submit },
    mail.row,
    trap,
    h("p.why", { id: "mail-why" }, say(host, "save.mail")),
    h("div.bs", give, send),
  );
  return element;
}

/** Asks once whether the cart of a link shall be put in; names what can no longer be had. */
async function restore(
  host: Host,
  exit: Exit,
  cart: CartHook,
  token: string,
): Promise<Node[] | null> {
  const { data } = await host.api(`carts/${token}`);
  const items = (data as { items?: readonly Piece[] } | null)?.items;
  // So that neither a bookmark nor the next page asks again.
  history.replaceState(history.state, "", location.pathname + location.search);
  if (!items) return null;
  const pieces = items.reduce((sum, { quantity }) => sum + quantity, 0);
  const card = h("div.su");
  const put = async () => {
    const missing: string[] = [];
    for (const { variant, quantity, title } of items) {
      const line = await cart.add(variant, {}).catch(() => undefined);
      if (!line) missing.push(title || say(host, "save.piece"));
      else if (quantity > 1) await cart.change(line.key, line.quantity + quantity - 1);
    }
    exit.answered();
    document.dispatchEvent(new CustomEvent("bleib:cart"));
    const way = cartLink();
    const heading = headline(say(host, "save.back"));
    card.replaceChildren(
      top(host, heading, exit.finish),
      h(
        "div.sc",
        missing.length > 0 && h("p.lead", say(host, "save.gone", { items: missing.join(", ") })),
      ),
      h(
        "div.ft",
        h(
          "div.bs",
          button("s", say(host, "ok.go"), exit.finish),
          way && h("a.bt.p", { href: way }, h("span", say(host, "to_cart"))),
        ),
      ),
    );
    heading.focus();
  };
  const go = button("p", say(host, "save.put"), () => busy(host, go, "busy", put));
  card.append(
    top(
      host,
      headline(say(host, pieces > 1 ? "save.ask" : "save.ask_one", { count: `${pieces}` })),
      exit.refuse,
    ),
    h(
      "div.sc",
      h(
        "p.lead",
        items
          .map(({ title }) => title)
          .filter(Boolean)
          .join(", "),
      ),
    ),
    h("div.ft", h("div.bs", button("s", say(host, "no"), exit.refuse), go)),
  );
  return [card];
}
