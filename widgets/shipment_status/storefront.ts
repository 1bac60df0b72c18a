// Answers where an order is: by the link of the mail, or by order number and one more thing.

import type { Close, Host } from "../_runtime/contract.ts";
import { button, h } from "../_runtime/dom.ts";
import { busy, complain, failure, field, forgive, ICONS, note } from "../_runtime/field.ts";
import { place } from "../_runtime/place.ts";
import { merchant, say } from "../_runtime/say.ts";
import { type Order, orderFrom } from "./answer.ts";
import css from "./style.css";

type Ask = () => Promise<Order | null>;
type Found = (order: Order, ask: Ask) => Promise<unknown>;

/** Draws the order of the link, else the question which order is meant. */
export default async function start(host: Host): Promise<Close | undefined> {
  const page = h("div.page");
  const below = h("div", { "data-place": "status" });
  below.style.marginTop = "40px";
  let end: () => void = () => {};
  const title = () => page.querySelector<HTMLElement>("h2")?.focus();
  const goesWith = (order?: Order) => {
    const products = `${order?.products ?? ""}`;
    Object.assign(below.dataset, { products, bleib: products && "cross_sell" });
  };
  const look = () => {
    end();
    goesWith();
    page.className = "page";
    page.replaceChildren(...lookUp(host, found));
  };
  const other = () => {
    look();
    title();
  };
  const showing = () => import("./order.ts");
  const found: Found = async (order, ask) => {
    end = (await showing()).show(host, page, order, { ask, other, shown: goesWith });
    title();
  };
  const ask = linked(host);
  const first = await ask?.();
  const drawn = first && (await showing());
  if (!drawn) look();
  const close = place(host, [css], page);
  if (ask && drawn) end = drawn.show(host, page, first, { ask, other, shown: goesWith });
  host.placement?.append(below);
  host.signal.addEventListener("abort", () => below.remove());
  return close;
}

function linked({ preview, lang, placement, api }: Host): Ask | undefined {
  const named = placement?.dataset.order ?? new URLSearchParams(location.search).get("d");
  const token = preview === null ? named : preview !== "form" && "-";
  if (!token) return;
  const path = `shipments/${encodeURIComponent(token)}?lang=${lang}`;
  return async () => orderFrom((await api(path)).data, lang);
}

function lookUp(host: Host, found: Found): Node[] {
  const [number, proof] = (["order", "proof"] as const).map((id) =>
    field(id, say(host, id), { dir: "auto", autocapitalize: "off" }),
  ) as [ReturnType<typeof field>, ReturnType<typeof field>];
  const send = button("p", say(host, "look.send"));
  const ask = async () => {
    forgive(form);
    const empty = [number, proof].filter(({ input }) => !input.value.trim());
    for (const { input } of empty) complain(input, say(host, `${input.id}_err`));
    if (empty[0]) return empty[0].input.focus();
    const [order, second] = [number.input.value.trim(), proof.input.value.trim()];
    const body = {
      order,
      [second.includes("@") ? "email" : "postcode"]: second,
      lang: host.lang,
    };
    const look = async () => (await host.api("shipments/lookup", body)).data;
    const data = await look();
    const known = orderFrom(data, host.lang);
    if (known) {
      host.event("open");
      await found(known, async () => orderFrom(await look(), host.lang));
    } else if ((data as { found?: unknown } | null)?.found === false) {
      form.append(note("info", ICONS.info, say(host, "st.none")));
    } else form.append(note("warn", ICONS.clock, failure(host)));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    busy(host, send, "busy", ask);
  };
  const form = h("form", { novalidate: "", submit }, number.row, proof.row, send);
  send.type = "submit";
  const title = merchant(host, host.campaign.settings.title) || say(host, "look.title");
  return [
    h("h2", { id: "t", tabindex: -1 }, title),
    h("p.lead", say(host, "look.lead")),
    form,
    h("p.why", say(host, "look.hint")),
  ];
}
