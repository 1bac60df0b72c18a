// The one script of a shop's page: reads the configuration and brings widgets in when needed.

import type { Consent } from "./consent.ts";
import type { CartHook, ShopConfig } from "./contract.ts";
import type { Person, Waiting } from "./life.ts";
import { type Files, live } from "./page.ts";
import { request } from "./request.ts";
import { fileName, shaped } from "./shape.ts";
import { language } from "./texts.ts";

interface Given {
  cart?: CartHook | null | undefined;
  why?: unknown;
  twice?: boolean;
}

/** The longest wait for the page to be there, in milliseconds. */
const PAGE_MS = 4000;

/** An address that names a host and nothing else. */
const ORIGIN = /^https?:\/\/[\w.:-]+$/;

const page = window as unknown as { bleib?: Given; Shopify?: { designMode?: boolean } };

async function configured(url: string): Promise<ShopConfig | null> {
  const inlined = document.getElementById("bleib-config")?.textContent;
  // No limit of time: nobody waits for it, and a timer would cost a slow phone two milliseconds.
  return shaped(inlined ? JSON.parse(inlined) : (await request(url, 0)).data);
}

function run(tag: HTMLScriptElement, given: Given): void {
  const { dataset } = tag;
  const { app = "", files, preview = null, shop } = dataset;
  const key = encodeURIComponent(`${shop}`);
  // A platform that ships the loader in a package may have nothing else of ours beside it.
  // By hand: to take an address apart, or to search it backwards, costs a slow phone half a
  // millisecond.
  const [address] = tag.src.split("?") as [string];
  const own = address.slice(0, address.lastIndexOf("/") + 1);
  const base = ORIGIN.test(app) ? `${app}/static/v1/` : own;
  const root = `${base}../../v1/`;
  const beside = JSON.parse(files ?? "{}") as Files;
  const ending = new AbortController();
  const { signal } = ending;
  const landing = location.search;
  const why = landing.includes("bleib=why") ? "why" : "";
  let open: ((what: unknown) => unknown) | undefined;

  const life = {
    tag,
    signal,
    preview,
    landing,
    request,
    files: files ? own : base,
    api: `${root}${key}/`,
    trial: page.Shopify?.designMode ? "editor" : why,
    person: {} as Person,
    states: {},
    closers: {} as Waiting["closers"],
    told: [],
    consent: (told) => {
      life.told.push(told);
    },
    cart: () => bleib.cart as CartHook | null,
    // The first one that is to be seen: a page may have another in a drawer that is still shut.
    placement: ({ widget, settings }) => {
      const at = settings.at ?? `[data-bleib=${widget}]`;
      const all = [...document.querySelectorAll<HTMLElement>(at as string)];
      return (all.find((one) => one.offsetParent) || all[0]) as HTMLElement;
    },
  } as Partial<Waiting> as Waiting & { shop?: ShopConfig };

  const closeAll = (end?: boolean) => {
    for (const close of Object.values(life.closers)) close(end);
  };
  const bleib = {
    cart: given.cart,
    consent: (told?: unknown) => life.consent((told ?? {}) as Consent),
    identify: (told: Person) => void Object.assign(life.person, told),
    /** Opens a widget because the shopper asked for it, for instance from a link of the theme. */
    open: (what: unknown) => open?.(what),
    close: () => closeAll(),
    on: (kind: string, listener: (detail: unknown) => unknown) => {
      const heard = (event: Event) => listener((event as CustomEvent).detail);
      document.addEventListener(`bleib:${kind}`, heard, { signal });
      return () => document.removeEventListener(`bleib:${kind}`, heard);
    },
    /** Why each campaign of the page is, or is not, to be seen. */
    why: async () => {
      const file = beside.why ?? life.shop?.why;
      return file ? (await import(life.files + fileName(file))).default(life) : [];
    },
    stop: () => {
      closeAll(true);
      ending.abort();
    },
  };
  page.bleib = bleib;
  bleib.on("consent", bleib.consent);

  const main = async () => {
    const found = await configured(`${root}config/${key}`);
    // The page comes first, and its style sheets tell us how the shop looks. A page that hangs on
    // something else is not waited for.
    if (document.readyState !== "complete")
      await new Promise((done) => {
        addEventListener("load", done);
        setTimeout(done, PAGE_MS);
      });
    if (!found || signal.aborted) return;
    Object.assign(life, { shop: found, lang: language(found, tag) });
    open = live(life, beside);
    if (why) await bleib.why();
  };
  main().catch(() => {});
}

try {
  const given = page.bleib ?? {};
  const tag = (document.currentScript ??
    document.querySelector("script[data-shop][src*='/bleib.js']")) as HTMLScriptElement | null;
  if (given.why) {
    // A second tag on the page finds the first one at work and leaves it alone.
    if (!given.twice) console.warn("Bleib: second tag");
    given.twice = true;
  } else if (tag) run(tag, given);
} catch {
  // A page that Bleib cannot work on stays as it is.
}
