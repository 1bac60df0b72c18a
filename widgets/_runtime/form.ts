// The sign-up: the newsletter in exchange for a voucher, or for its own sake.

import { figure } from "./claim.ts";
import type { Close, Host } from "./contract.ts";
import { button, type Exit, h, headline, icon, top } from "./dom.ts";
import css from "./form.css";
import { question } from "./question.ts";
import { parts, say } from "./say.ts";

const MAIL = "M3 5h18v14H3zl9 8 9-8";

export { css };

/** The sign-up as the content of a window. */
export async function content(host: Host, exit: Exit): Promise<Node[]> {
  const done = () => {
    exit.answered();
    host.done();
  };
  return [await signUp({ ...host, done }, exit)];
}

/** The whole sign-up, from the question to the thanks; replaces its own content as it goes. */
export async function signUp(host: Host, exit?: Exit): Promise<HTMLElement> {
  const { fields, gift, layout } = host.campaign.settings;
  const rare = fields || gift || layout;
  const more = rare ? (await import("./further.ts")).default(host) : undefined;
  const element = h("div.su");
  // A second attempt takes up the time of the first: who corrects a letter is quick, and no robot.
  const began = host.shown.then(Date.now);
  const ask = (entry: string) =>
    element.replaceChildren(...question(host, exit, entry, began, more, thank));
  const thank = (mail: string) => {
    const change = () => {
      ask(mail);
      element.querySelector<HTMLElement>(".tx")?.focus();
    };
    element.replaceChildren(...thanks(host, exit, mail, change));
    element.querySelector("h2")?.focus();
  };
  ask("");
  if (host.preview === "thanks") thank(say(host, "nl.example"));
  return element;
}

function thanks(host: Host, exit: Exit | undefined, mail: string, click: Close): Node[] {
  const text = parts(host, say(host, "ok.text"), { mail: h("b", { dir: "ltr" }, mail) });
  return [
    top(host, icon(MAIL, 28), exit?.finish),
    h(
      "div.sc",
      headline(say(host, "ok.title")),
      h("p.lead", ...text, figure(host) && ` ${say(host, "ok.voucher")}`),
      h("p.why", say(host, "ok.hint")),
    ),
    h(
      "div.ft.end",
      exit && button("p", say(host, "ok.go"), exit.finish),
      h("button.a", { click }, say(host, "ok.change")),
    ),
  ];
}
