// The question of the sign-up: title, claim, entries, and what happens when it is sent.

import { claim, figure } from "./claim.ts";
import type { Answer, Host } from "./contract.ts";
import { address, button, type Exit, h, headline, top } from "./dom.ts";
import { busy, complain, failure, field, forgive, ICONS, label, note } from "./field.ts";
import type { Further } from "./further.ts";
import { merchant, say } from "./say.ts";

/** Title and first sentence, of the merchant or else ours. */
function opening(host: Host, bar?: boolean): [title: HTMLElement, lead: HTMLElement] {
  const { title, lead, newsletter_name: name } = host.campaign.settings;
  const value = figure(host);
  const plain = merchant(host, name) || say(host, "nl.title_plain");
  return [
    headline(
      // A bar has room for one line, and that has to say what is given.
      (!(bar && value) && merchant(host, title)) ||
        (value ? say(host, bar ? "nl.bar" : "nl.title", { value }) : plain),
    ),
    h("p.lead", merchant(host, lead) || say(host, value ? "nl.lead" : "nl.plain", { value })),
  ];
}

function tick(id: string, text: string, reason: string) {
  const input = h<HTMLInputElement>("input", {
    type: "checkbox",
    id,
    "aria-describedby": `${id}-why`,
  });
  const why = h("p.why", { id: `${id}-why` }, reason);
  return { input, row: h("div.tk", input, h("label", { for: id }, text), why) };
}

/** What is wrong with an address, or an empty string. */
export function mailProblem(host: Host, mail: string): string {
  const [, part] = /^[^\s@]+@([^\s@.]+)\.?$/.exec(mail) ?? [];
  if (part) return say(host, "err.mail", { part });
  if (/^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(mail)) return "";
  return say(host, mail ? "err.form" : "err.empty");
}

/** The entries of a sign-up and what they say together. */
function entries(host: Host, value: string, began: Promise<number>, more?: Further) {
  const { settings, id: campaign, version } = host.campaign;
  const offer = figure(host);
  const name = merchant(host, settings.newsletter_name) || say(host, "nl.name");
  const words = { name, shop: host.shop.name };
  const id = host.uuid();
  const mail = field("mail", say(host, "nl.mail"), {
    type: "email",
    autocomplete: "email",
    enterkeyhint: "send",
    placeholder: say(host, "nl.example"),
    value,
    dir: "ltr",
  });
  // People do not see this field; what fills it in is not one.
  const trap = h<HTMLInputElement>("input.hp", {
    name: "website",
    tabindex: -1,
    autocomplete: "off",
    "aria-hidden": true,
  });
  const letter = tick(
    "letter",
    say(host, "nl.tick1", words),
    say(host, offer ? "nl.tick1.why" : "nl.tick1.plain"),
  );
  const personal = settings.personalised
    ? tick("personal", say(host, "nl.tick2"), say(host, offer ? "nl.tick2.why" : "nl.tick2.plain"))
    : null;
  const body = async (email: string) => ({
    id,
    email,
    campaign,
    version,
    purposes: ["newsletter", ...(personal?.input.checked ? ["personalised"] : [])],
    // Without the query: it may carry what is nobody's business.
    page: location.origin + location.pathname,
    lang: host.lang,
    elapsed: Date.now() - (await began),
    website: trap.value,
    fields: more?.values(),
  });
  const send = button("p", say(host, "nl.send", words));
  send.type = "submit";
  return {
    mail,
    letter,
    rows: [more?.gift, mail.row, ...(more?.rows ?? ""), letter.row, personal?.row, trap],
    send,
    body,
  };
}

function foot(host: Host, refuse: Node | undefined, send: Node): HTMLElement {
  const href = address(host.shop.privacy);
  const privacy = href && h("a", { href, target: "_blank", rel: "noopener" }, say(host, "privacy"));
  return h("div.ft", h("div.bs", refuse, send), h("p.why", `${say(host, "nl.next")} `, privacy));
}

/** Title and form, first to be seen at `began`; `thank` is called with the address once the app has taken it. */
export function question(
  host: Host,
  exit: Exit | undefined,
  value: string,
  began: Promise<number>,
  more: Further | undefined,
  thank: (mail: string) => void,
): Node[] {
  const [title, lead] = opening(host, exit?.bar);
  const { mail, letter, rows, send, body } = entries(host, value, began, more);
  const refuse = exit && button("s", say(host, "no"), exit.refuse);
  const submit = (event: Event) => {
    event.preventDefault();
    busy(host, send, "busy", attempt);
  };
  const form = h(
    "form",
    { novalidate: "", submit },
    h("div.sc", lead, claim(host), ...rows),
    foot(host, refuse, send),
  );
  const fail = () => {
    const box = note("warn", ICONS.clock, failure(host));
    form.firstElementChild?.prepend(box);
    box.scrollIntoView({ block: "nearest" });
    label(send, say(host, "retry"));
    if (refuse) label(refuse, say(host, "close"));
  };
  const reject = (address: string, unticked: string) => {
    if (address) complain(mail.input, address);
    if (unticked) complain(letter.input, unticked);
    (address ? mail : letter).input.focus();
  };
  const attempt = async () => {
    forgive(form);
    const email = mail.input.value.trim();
    const problem = mailProblem(host, email);
    const unticked = letter.input.checked ? "" : say(host, "err.tick");
    if (problem || unticked) return reject(problem, unticked);
    const sent = await body(email);
    const answer = await host.api("subscriptions", sent);
    const { status } =
      answer.status === 202
        ? answer
        : await import("./pow.ts")
            .then((pow) => pow.default(host, sent, answer, reject))
            .catch(() => 0 as unknown as Answer);
    if (status === 202) {
      host.event("sign_up");
      host.done();
      return thank(email);
    }
    // The button gets its own label back first, and then another one.
    if (status !== 422) setTimeout(fail);
  };
  if (host.preview === "error") complain(mail.input, say(host, "err.empty"));
  if (/^(failure|offline)$/.test(host.preview ?? "")) fail();
  return [top(host, title, exit?.refuse), form];
}
