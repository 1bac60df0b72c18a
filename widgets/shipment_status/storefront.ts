// Answers where an order is: by the link of the mail, or by order number and one more thing.

import type { Close, Host } from "../_runtime/contract.ts";
import { button, h } from "../_runtime/dom.ts";
import { busy, complain, failure, field, forgive, ICONS, note } from "../_runtime/field.ts";
import { place } from "../_runtime/place.ts";
import { merchant, say } from "../_runtime/say.ts";
import { type Order, orderFrom, result } from "./result.ts";
import css from "./style.css";

/** Draws the order of the link, else the question which order is meant. */
export default async function start(host: Host): Promise<Close | undefined> {
  const page = h("div.page");
  const below = h("div", { "data-place": "status" });
  below.style.marginTop = "40px";
  const show = (order: Order | null) => {
    page.replaceChildren(...(order ? result(host, order, () => go(null)) : lookUp(host, go)));
    const products = `${order?.products ?? ""}`;
    Object.assign(below.dataset, { products, bleib: products && "cross_sell" });
  };
  const go = (order: Order | null) => {
    show(order);
    page.querySelector<HTMLElement>("h2")?.focus();
  };
  show(await linked(host));
  const close = place(host, [css], page);
  host.placement?.append(below);
  host.signal.addEventListener("abort", () => below.remove());
  return close;
}

async function linked(host: Host): Promise<Order | null> {
  const { preview, lang } = host;
  const token =
    preview === null ? new URLSearchParams(location.search).get("d") : preview !== "form" && "-";
  if (!token) return null;
  const { data } = await host.api(`shipments/${encodeURIComponent(token)}?lang=${lang}`);
  return orderFrom(data, lang);
}

function lookUp(host: Host, go: (order: Order | null) => void): Node[] {
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
    const { data } = await host.api("shipments/lookup", body);
    const known = orderFrom(data, host.lang);
    if (known) {
      host.event("open");
      go(known);
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
