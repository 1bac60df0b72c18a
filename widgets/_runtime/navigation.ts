// Tells when a single-page shop has gone to another page, and when the browser brings one back or
// shows one that it had prepared.

import { tools } from "./sensors.ts";

/**
 * Calls `changed` after each change of the path, until `signal` aborts; afterwards only where the
 * shop goes on through what we have wrapped.
 */
export function onRoute(changed: () => void, signal: AbortSignal): void {
  const { navigation } = window as { navigation?: EventTarget };
  // Choosing a colour changes the query, an anchor the hash: neither is another page.
  let last = location.pathname;
  const look = () => {
    if (last !== location.pathname) {
      last = location.pathname;
      changed();
    }
  };
  const [on] = tools(signal);
  on<PageTransitionEvent>(window, "pageshow", ({ persisted }) => persisted && changed());
  on(document, "prerenderingchange", changed);
  if (navigation) {
    on(navigation, "currententrychange", look);
    return;
  }
  on(window, "popstate", look);
  for (const name of ["pushState", "replaceState"] as const) {
    const before = history[name];
    const wrapped: History[typeof name] = (...to) => {
      before.apply(history, to);
      look();
    };
    history[name] = wrapped;
    signal.addEventListener("abort", () => {
      // Whoever wrapped it after us keeps what they built on; ours does nothing any more.
      if (history[name] === wrapped) history[name] = before;
    });
  }
}
