// When a shopper seems about to leave: on a desktop and on a phone, without any trap.

export interface Trigger {
  readonly desktop: boolean;
  readonly phone: boolean;
  /** Seconds since the page began before anything may open. */
  readonly min_seconds: number;
}

/** A pointer that comes back within this time did not leave. */
const GRACE_MS = 150;
/** Away from the tab for less than this is a glance, not a departure. */
const AWAY_MS = 2000;
/** A thumb that rested this long begins anew: what it did before is no part of the flick. */
const REST_MS = 200;

/** Calls `soon` when an exit becomes likely and `fire` at an exit, until `signal` aborts. */
export function arm(
  trigger: Trigger,
  soon: () => void,
  fire: () => void,
  signal: AbortSignal,
): void {
  const ripe = () => performance.now() >= trigger.min_seconds * 1000;
  const attempt = () => {
    if (ripe() && !signal.aborted && !document.hidden) fire();
  };
  const small = innerWidth < 720 || matchMedia("(pointer:coarse)").matches;
  if (trigger.desktop && innerWidth >= 720) armPointer(soon, attempt, signal);
  if (trigger.phone && small) armTouch(soon, attempt, signal);
}

function armPointer(soon: () => void, attempt: () => void, signal: AbortSignal): void {
  let y = 0;
  let at = 0;
  let speed = 0;
  let grace: ReturnType<typeof setTimeout> | undefined;
  const measure = (event: MouseEvent) => {
    const elapsed = event.timeStamp - at;
    // A pointer that rested has no direction: the first move after a pause only sets the mark.
    if (elapsed > 0) speed = elapsed > 300 ? 0 : (event.clientY - y) / elapsed;
    y = event.clientY;
    at = event.timeStamp;
  };
  const options = { signal, passive: true };
  document.addEventListener(
    "mousemove",
    (event) => {
      measure(event);
      if (speed < 0 && y < innerHeight / 3) soon();
    },
    options,
  );
  document.addEventListener(
    "mouseout",
    (event) => {
      if (event.relatedTarget || event.clientY > 4) return;
      measure(event);
      if (speed < -0.1) grace = setTimeout(attempt, GRACE_MS);
    },
    options,
  );
  document.addEventListener("mouseover", () => clearTimeout(grace), options);
}

function armTouch(soon: () => void, attempt: () => void, signal: AbortSignal): void {
  let deepest = 0;
  let last = scrollY;
  let turnY = last;
  let turnAt = 0;
  let at = 0;
  addEventListener(
    "scroll",
    (event) => {
      const y = scrollY;
      deepest = Math.max(deepest, y);
      if (y >= last || event.timeStamp - at > REST_MS) {
        turnY = y;
        turnAt = event.timeStamp;
      }
      last = y;
      at = event.timeStamp;
      if (deepest < innerHeight * 0.7) return;
      soon();
      const way = turnY - y;
      // One flick of the thumb upwards: a third of the screen, faster than anyone reads.
      if (way > innerHeight / 3 && way / (event.timeStamp - turnAt) > 0.8) attempt();
    },
    { signal, passive: true },
  );
  let left = 0;
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.hidden) left = performance.now();
      else if (left && performance.now() - left > AWAY_MS) {
        soon();
        setTimeout(attempt, 500);
      }
    },
    { signal },
  );
}
