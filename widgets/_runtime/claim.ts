// The claim: what is given, with every condition beside it.

import type { Host } from "./contract.ts";
import { h } from "./dom.ts";
import { merchant, money, say } from "./say.ts";

interface Voucher {
  readonly enabled: boolean;
  readonly kind: "amount" | "percent";
  readonly value: string;
  readonly minimum: string | null;
  readonly days: number;
  readonly exclusions: unknown;
}

const voucherOf = (host: Host) => {
  const voucher = host.campaign.settings.voucher as Voucher | undefined;
  return voucher?.enabled && voucher;
};
const sum = (host: Host, amount: string) =>
  money(host, { amount, currency: host.shop.currency }, true);

/** "5 €" or "10 %"; an empty string where no voucher is given. */
export function figure(host: Host): string {
  const voucher = voucherOf(host);
  if (!voucher) return "";
  return voucher.kind === "percent"
    ? (+voucher.value / 100).toLocaleString(host.lang, {
        style: "percent",
        maximumFractionDigits: 2,
      })
    : sum(host, voucher.value);
}

/** The box with the figure and its conditions; nothing where no voucher is given. */
export function claim(host: Host): HTMLElement | undefined {
  const voucher = voucherOf(host);
  if (!voucher) return undefined;
  const { minimum, days, exclusions } = voucher;
  const what = merchant(host, exclusions);
  // One condition per line; one that begins with a comma goes on in the line before.
  const conditions = [
    minimum && +minimum ? say(host, "cond.min", { min: sum(host, minimum) }) : "",
    say(host, "cond.first"),
    say(host, "cond.days", { days: `${days}` }),
    what && say(host, "cond.excluded", { what }),
  ];
  const lines = conditions.filter(Boolean).join("\n").replaceAll("\n,", ",").split("\n");
  const first = say(host, "cond.first");
  const rows = lines.map((line) => h(line === first ? "li.first" : "li", line));
  return h("div.cl", h("p.fig", figure(host)), h("ul", ...rows));
}
