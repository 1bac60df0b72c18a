// The admin's half of App Bridge: fetches a session token for the app inside, and for nobody else.
(() => {
  const inside = document.getElementById("app");
  const app = new URL(inside.src).origin;
  const list = document.getElementById("app-menu");
  const draw = (menu) =>
    list.replaceChildren(
      ...menu.map(({ text, href, open }) => {
        const [line, link] = [document.createElement("li"), document.createElement("a")];
        link.textContent = text;
        link.href = location.pathname;
        if (open) link.setAttribute("aria-current", "page");
        link.addEventListener("click", (event) => {
          event.preventDefault();
          inside.contentWindow.postMessage({ go: href }, app);
        });
        line.append(link);
        return line;
      }),
    );
  window.addEventListener("message", async (event) => {
    if (event.origin !== app || event.source !== inside.contentWindow) return;
    const { ask, number, menu } = event.data ?? {};
    if (menu) draw(menu);
    if (ask !== "id_token") return;
    const answer = await fetch(inside.dataset.tokens, { method: "POST" });
    const token = answer.ok ? (await answer.json()).id_token : null;
    inside.contentWindow.postMessage({ answer: "id_token", number, token }, app);
  });
})();
