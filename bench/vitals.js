// Runs before a page's own scripts: keeps the figures of this visit in one place.
(() => {
  const seen = { fcp: 0, lcp: 0, shift: 0, blocked: 0, events: [], opened: 0 };
  const watch = (type, note, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
      type,
      buffered: true,
      ...more,
    });
  watch("paint", ({ name, startTime }) => {
    if (name === "first-contentful-paint") seen.fcp = startTime;
  });
  watch("largest-contentful-paint", ({ startTime }) => {
    seen.lcp = startTime;
  });
  // All of them, also those right after an input that the web vital forgives.
  watch("layout-shift", ({ value }) => {
    seen.shift += value;
  });
  watch("longtask", ({ duration }) => {
    seen.blocked += Math.max(0, duration - 50);
  });
  watch("event", ({ name, startTime, duration }) => seen.events.push([name, startTime, duration]), {
    durationThreshold: 16,
  });
  const shop = "main, header, footer, nav, .band";
  seen.covered = () =>
    [0.5, 0.85].some((height) => {
      const top = document.elementFromPoint(innerWidth / 2, innerHeight * height);
      return Boolean(top) && !top.closest(shop) && !top.matches("html, body");
    });
  // From the click on the page's heading to the paint of the popup over the page.
  seen.listen = () => {
    document.querySelector("h1").addEventListener(
      "click",
      () => {
        const began = performance.now();
        (window.peer ?? window.bleib).open("exit_intent");
        // Looked for after each frame, when nothing has to be laid out for it any more.
        const { port1, port2 } = new MessageChannel();
        const frame = () => port2.postMessage(null);
        port1.onmessage = () => {
          if (seen.covered()) seen.opened = performance.now() - began;
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      },
      { once: true },
    );
  };
  window.seen = seen;
})();
