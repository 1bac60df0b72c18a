// The admin's half of App Bridge: fetches a session token for the app inside, and for nobody else.
(() => {
  const inside = document.getElementById("app");
  const app = new URL(inside.src).origin;
  window.addEventListener("message", async (event) => {
    if (event.origin !== app || event.source !== inside.contentWindow) return;
    const { ask, number } = event.data ?? {};
    if (ask !== "id_token") return;
    const answer = await fetch(inside.dataset.tokens, { method: "POST" });
    const token = answer.ok ? (await answer.json()).id_token : null;
    inside.contentWindow.postMessage({ answer: "id_token", number, token }, app);
  });
})();
