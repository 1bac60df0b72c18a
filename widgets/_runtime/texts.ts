// Chooses the language of the page and the form of address of the shop.

import type { ShopConfig } from "./contract.ts";

/** The language to speak: of the tag, else of the page, else the first one the shop knows. */
export function language(shop: ShopConfig, tag: HTMLElement): string {
  const wanted = ` ${tag.dataset.lang} ${document.documentElement.lang} ${shop.languages} en`;
  // Letters are made small first: a search that ignores their size costs a slow phone more.
  return (/[ ,](de|en)/.exec(wanted.toLowerCase()) as unknown as [string, string])[1];
}

/** The text file for a language; only German knows forms of address. */
export function variant(
  texts: Readonly<Record<string, string>>,
  lang: string,
  address: string,
): string | undefined {
  return texts[lang === "de" ? `de-${address}` : lang] ?? Object.values(texts)[0];
}
