// When a parcel will be there, told in the working days of the shop.

import type { Host } from "../_runtime/contract.ts";
import { day } from "../_runtime/dates.ts";
import { say } from "../_runtime/say.ts";

/** Ordered before the hour it leaves the same day, and takes so many working days. */
export interface Delivery {
  readonly cutoff: string;
  readonly min_days: number;
  readonly max_days: number;
}

/** The working day that lies so many after a calendar date; of none, the date itself or the next. */
function workday(from: string, days: number): string {
  const date = new Date(from);
  const free = () => date.getUTCDay() % 6 === 0;
  for (let left = days; left > 0 || free(); ) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (!free()) left--;
  }
  return date.toISOString().slice(0, 10);
}

/** Until when to order, and when it will then be there. Public holidays are not known. */
export function arrival(host: Host, { cutoff, min_days, max_days }: Delivery): string {
  const german = host.lang === "de";
  // Swedish writes a moment as "2026-11-21 09:00:00".
  const [today = "", time = ""] = new Date()
    .toLocaleString("sv", { timeZone: host.shop.zone })
    .split(" ");
  const leaves = workday(today, time < cutoff || workday(today, 0) > today ? 0 : 1);
  const first = day(host, workday(leaves, min_days));
  const last = day(host, workday(leaves, max_days));
  return say(host, leaves === today ? "obj.time" : "obj.time_later", {
    hour: new Intl.DateTimeFormat(german ? "de" : "en-GB", {
      hour: "numeric",
      hour12: !german,
      timeZone: "UTC",
      ...(!cutoff.endsWith(":00") && { minute: "2-digit" }),
    }).format(new Date(`${today}T${cutoff}Z`)),
    by: day(host, leaves),
    when: say(host, first === last ? "obj.on_day" : "obj.between", { day: first, last }),
  });
}
