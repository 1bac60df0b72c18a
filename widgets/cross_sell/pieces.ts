// How many pieces of what was just added lie in the cart: one fewer, one more.

import { cartOf } from "../_runtime/cart.ts";
import { h } from "../_runtime/dom.ts";
import { parts } from "../_runtime/say.ts";
import type { Row } from "./buy.ts";
import css from "./pieces.css";
import de from "./pieces.de.json";
import en from "./pieces.en.json";

export { css };

/** Gives a row its number of pieces; `told` hears how many came on top, or went. */
export default function pieces(row: Row, told: (more: number) => void): void {
  const { host, item } = row;
  const texts = host.lang === "de" ? de : en;
  const cart = cartOf(host);
  const say = (text: string) => parts(host, text, { item: item.title }).join("");
  let busy = false;
  const count = h("output");
  const draw = () => {
    count.textContent = `${row.pieces}`;
    less.ariaDisabled = row.pieces > 1 ? null : "true";
  };
  const change = async (more: number) => {
    const { line } = row;
    const wanted = row.pieces + more;
    if (busy || !line || wanted < 1) return;
    busy = true;
    await row.act(async () => {
      await cart?.change(line.key, line.quantity - 1 + wanted);
      row.pieces = wanted;
      told(more);
    });
    busy = false;
    draw();
  };
  const step = (sign: string, name: string, more: number) =>
    h("button", { type: "button", "aria-label": say(name), click: () => change(more) }, sign);
  const less = step("−", texts.less, -1);
  const group = h("div.qt", { role: "group", "aria-label": say(texts.name) });
  group.append(less, count, step("+", texts.more, 1));
  row.after.push(group);
  row.actions.classList.add("n");
  const { idle } = row;
  row.idle = () => {
    idle();
    draw();
  };
}
