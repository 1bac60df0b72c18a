// Stands in for App Bridge in the demo: asks the admin around this page for session tokens.
(() => {
  const script = document.currentScript;
  const admin = new URL(script.src).origin;
  const query = new URLSearchParams(location.search);
  const waiting = new Map();
  window.addEventListener("message", (event) => {
    if (event.origin !== admin || event.source !== window.parent) return;
    const { answer, number, token, go } = event.data ?? {};
    if (go) follow(new URL(go, location.href));
    if (answer !== "id_token" || !waiting.has(number)) return;
    const { resolve, reject } = waiting.get(number);
    waiting.delete(number);
    if (token) resolve(token);
    else reject(new Error("The admin gives out no token"));
  });
  const idToken = () =>
    new Promise((resolve, reject) => {
      const number = crypto.randomUUID();
      waiting.set(number, { resolve, reject });
      window.parent.postMessage({ ask: "id_token", number }, admin);
    });
  window.shopify = {
    config: { apiKey: script.dataset.apiKey, shop: query.get("shop"), host: query.get("host") },
    idToken,
  };
  // The menu of the page stands in the admin; who follows it there is led on here.
  const follow = async (address) => {
    if (address.origin !== location.origin) return;
    address.searchParams.set("id_token", await idToken());
    location.assign(address);
  };
  const tell = () => {
    const links = [...document.querySelectorAll("s-app-nav s-link:not([rel=home])")];
    const menu = links.map((link) => ({
      text: link.textContent,
      href: link.getAttribute("href"),
      open: "open" in link.dataset,
    }));
    if (menu.length) window.parent.postMessage({ menu }, admin);
  };
  document.addEventListener("DOMContentLoaded", tell);
  document.addEventListener("htmx:after:swap", tell);
  const back = query.get("shopify-reload");
  if (back === null) return;
  const address = new URL(back, location.origin);
  if (address.origin !== location.origin) return;
  idToken().then((token) => {
    address.searchParams.set("id_token", token);
    location.replace(address);
  });
})();
