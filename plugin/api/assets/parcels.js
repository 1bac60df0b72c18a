// Keeps the page of an order up to date without a reload, and offers to print it.
// The page is whole without this: it is drawn by the server, and its forms are plain forms.
(() => {
  const OFTEN = 60_000;
  const SELDOM = 900_000;
  const bo = document.querySelector(".bo");
  if (!bo) return;
  let wait = OFTEN;
  let last = Date.now();
  let timer = 0;

  const order = () => bo.querySelector(".order");
  /** Somebody writes or chooses: what they began must not go. */
  const busy = () =>
    bo.querySelector("details[open]") ||
    [...bo.querySelectorAll("input,textarea")].some(
      (one) =>
        one === document.activeElement ||
        one.checked !== one.defaultChecked ||
        one.value !== one.defaultValue,
    );
  const printable = () => {
    const button = bo.querySelector(".print");
    if (!button) return;
    button.hidden = false;
    button.onclick = () => print();
  };
  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("role", "status");
  bo.after(said);

  const place = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".bo");
    if (!fresh) return;
    const [before, after] = [bo, fresh].map((one) => one.querySelector("h1")?.textContent);
    const focused = bo.contains(document.activeElement);
    bo.replaceChildren(...fresh.childNodes);
    if (focused) order()?.focus();
    if (after && after !== before) {
      document.title = document.title.replace(before, after);
      said.textContent = after;
    }
    printable();
  };
  const look = async () => {
    last = Date.now();
    const url = new URL(location.href);
    url.hash = "";
    url.searchParams.set("seen", order()?.dataset.seen ?? "");
    try {
      const answer = await fetch(url, { cache: "no-store", headers: { Accept: "text/html" } });
      if (answer.status === 200 && !busy()) place(await answer.text());
      wait = answer.ok ? OFTEN : Math.min(wait * 2, SELDOM);
    } catch {
      wait = Math.min(wait * 2, SELDOM);
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden && order()?.dataset.moving)
      timer = setTimeout(look, Math.max(0, last + wait - Date.now()));
  };
  document.addEventListener("visibilitychange", plan);
  printable();
  plan();
})();
