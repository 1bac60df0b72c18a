// What a page gains with JavaScript: fewer presses, focus where it helps. Nothing needs it, except
// inside a platform's admin: there is no cookie there, so every request brings a token.
(() => {
  "use strict";
  const frame = document.querySelector('meta[name="bleib-frame"]');

  // A choice that only shows something else takes effect at once.
  document.addEventListener("change", (event) => {
    const within = event.target.closest("[data-submits]");
    const form = within && (within.form || within);
    if (form) form.requestSubmit();
    // What is saved while the scene changes comes back in the new scene.
    const { name, value } = event.target;
    const carried = event.target.closest(".scene") && document.querySelector(`#draft [name="${name}"]`);
    if (carried) carried.value = value;
  });

  // What was typed and not yet sent is saved first; what was pressed for happens with the answer.
  const draft = () => document.getElementById("draft");
  const typed = () =>
    [...(draft()?.querySelectorAll("input:not([type=radio], [type=checkbox], [type=hidden]), textarea") ?? [])]
      .some((field) => field.value !== field.defaultValue);
  document.addEventListener("change", (event) => {
    const scene = event.target.closest(".scene");
    const carried = scene && draft()?.elements[event.target.name];
    if (!carried || !typed()) return;
    event.stopImmediatePropagation();
    carried.value = event.target.value;
    draft().requestSubmit();
  }, true);
  let next = "";
  let going = false;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#editor a[href]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!link || !plain || link.target || link.getAttribute("href")[0] === "#" || going || !typed()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    next = link.getAttribute("href");
    draft().requestSubmit();
  }, true);
  const goOn = () => {
    const link = next && [...document.querySelectorAll("#editor a[href]")].find((one) => one.getAttribute("href") === next);
    const to = next;
    next = "";
    if (!to || !draft() || document.getElementById("problems")) return;
    going = true;
    if (link) link.click();
    else location.assign(to);
    going = false;
  };

  // The button says what it does while the server works, and keeps its width.
  document.addEventListener("submit", (event) => {
    const words = event.target.dataset.busy;
    const button = event.target.querySelector("button");
    if (!words || !button) return;
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = words;
    button.setAttribute("aria-disabled", "true");
  });

  // What was refused is read first; after an automatic save the focus stays where it was.
  const begin = () => {
    const problems = document.getElementById("problems");
    if (problems) problems.focus();
    return Boolean(problems);
  };
  begin();
  // What comes in or goes away above the field somebody is in does not move it: the page is scrolled
  // by as much, before anything is painted. A list that is unfolded around it stays so.
  let stood = null;
  const keepPlace = () => {
    const field = stood && (stood.field.isConnected ? stood.field : document.getElementById(stood.field.id));
    if (!field) return;
    for (const fold of stood.folds) fold.open = true;
    window.scrollBy({ top: field.getBoundingClientRect().top - stood.top, behavior: "instant" });
  };
  const placed = new MutationObserver(keepPlace);
  document.addEventListener("htmx:before:swap", () => {
    const field = document.activeElement;
    const { top, bottom } = field.getBoundingClientRect();
    const seen = field.closest("#draft") && bottom > 0 && top < window.innerHeight;
    stood = seen ? { field, top, folds: [...document.querySelectorAll("#editor details[open]")].filter((fold) => fold.contains(field)) } : null;
    if (stood) placed.observe(document.body, { attributes: true, childList: true, subtree: true });
  });
  document.addEventListener("htmx:after:swap", (event) => {
    keepPlace();
    placed.disconnect();
    const said = document.getElementById("said");
    const state = document.querySelector("#editor .state");
    if (said && state && said.textContent !== state.textContent) said.textContent = state.textContent;
    goOn();
    if (event.detail.ctx.target === document.body) arrive(event.detail.ctx.text || "");
  });

  // A text area grows with its text.
  const grow = (area) => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  document.addEventListener("input", (event) => {
    const { target } = event;
    next = "";
    if (target instanceof HTMLTextAreaElement) grow(target);
    // A slider says where it stands; a picked colour is written into its field.
    const told = target.type === "range" && target.parentElement.querySelector("output");
    if (told) told.value = target.value;
    // How much of a field's length is used, once most of it is.
    const used = target.dataset.most && target.parentElement.querySelector("[data-used]");
    if (used) {
      used.hidden = target.value.length < target.dataset.most * 0.6;
      used.textContent = used.dataset.used.replace("#", target.value.length);
      // Read out when little is left and when it is too much, not with each letter.
      const left = target.dataset.most - target.value.length;
      const end = left < 0 ? "over" : left < target.dataset.most * 0.1 ? "near" : "";
      if (end && end !== used.dataset.end) document.getElementById("said").textContent = used.textContent;
      used.dataset.end = end;
    }
    const field = target.dataset.for && document.getElementById(target.dataset.for);
    if (field) field.value = target.value;
  });

  // A value is copied by one press, and the button says so.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const words = document.getElementById(button.dataset.copies);
    getSelection().selectAllChildren(words);
    navigator.clipboard?.writeText(words.textContent).then(() => {
      button.textContent = button.dataset.copied;
    }, () => {});
  });

  // A whole page took the place of another one: what the browser does on a visit is done here.
  const arrive = (text) => {
    const language = /<html lang="([a-z-]+)"/.exec(text);
    if (language) document.documentElement.lang = language[1];
    if (location.hash || begin()) return;
    window.scrollTo(0, 0);
    const main = document.getElementById("main");
    if (main) main.focus({ preventScroll: true });
  };

  // Two minutes before the session ends the page says so; one press begins it anew. What is
  // typed stays where it is, and the other windows of this browser hear of it.
  let reach = (address, options) => fetch(address, options);
  const stay = document.getElementById("stay");
  if (stay) {
    const SOON = 120000;
    const others = new BroadcastChannel("bleib-stay");
    let ends = Date.now() + 1000 * stay.dataset.left;
    const show = (name) => {
      if (stay.dataset.shown === name) return;
      stay.dataset.shown = name;
      const piece = document.getElementById(`stay-${name}`);
      stay.replaceChildren(...(piece ? [piece.content.cloneNode(true)] : []));
    };
    const look = () => {
      const left = ends - Date.now();
      show(left > SOON ? "" : left > 0 ? "soon" : "over");
    };
    const renewed = ({ left, csrf_token }) => {
      ends = Date.now() + 1000 * left;
      stay.dataset.csrf = csrf_token;
      for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = csrf_token;
      look();
    };
    others.addEventListener("message", ({ data }) => renewed(data));
    stay.addEventListener("click", async ({ target }) => {
      if (target.tagName !== "BUTTON") return;
      const body = new URLSearchParams({ csrf_token: stay.dataset.csrf });
      const answer = await reach(stay.dataset.to, { method: "POST", body }).catch(() => null);
      if (!answer) return;
      if (!answer.ok) return void (ends = 0, look());
      const now = await answer.json();
      renewed(now);
      others.postMessage(now);
    });
    look();
    setInterval(look, 5000);
    document.addEventListener("visibilitychange", look);
  }

  if (!frame) return;

  // Shopware puts an error in our place unless we say within seconds that we are there.
  if (window.parent !== window) window.parent.postMessage("sw-app-loaded", "*");

  // Shopify's script gives out tokens; elsewhere the server hands on the next one of ours.
  let held = frame.content;
  // Where none is given out, the server is asked all the same: it says what to do now.
  const token = async () => (window.shopify ? window.shopify.idToken().catch(() => "") : held);
  const send = async (address, options) => {
    const headers = new Headers(options.headers);
    headers.set("Authorization", `Bearer ${await token()}`);
    const answer = await fetch(address, { ...options, headers });
    held = answer.headers.get("Bleib-Frame-Token") || held;
    return answer;
  };
  const ask = async (address, options = {}) => {
    const answer = await send(address, options);
    const again = answer.headers.has("X-Shopify-Retry-Invalid-Session-Request");
    return again ? send(address, options) : answer;
  };
  reach = ask;
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.fetch = ask;
  });

  // What brought us here is used up: it does not stay in the address.
  const address = new URL(location.href);
  address.searchParams.delete("id_token");
  address.searchParams.delete("bounced");
  history.replaceState(history.state, "", address);

  // A file is fetched like everything else, then handed to the browser.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[download]");
    if (!link || link.protocol === "blob:") return;
    event.preventDefault();
    const answer = await ask(link.href);
    if (!answer.ok) return;
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
    const copy = document.createElement("a");
    copy.href = URL.createObjectURL(await answer.blob());
    copy.download = name ? name[1] : "";
    copy.click();
    setTimeout(() => URL.revokeObjectURL(copy.href), 60000);
  });
})();
