// The theme's own few lines: quantity buttons, adding without leaving the page, a cart that refreshes.
(() => {
  const json = (path, body) =>
    fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))));

  const refresh = async () => {
    const wanted = document.activeElement?.dataset?.focus;
    const page = await fetch("/cart").then((answer) => answer.text());
    const fresh = new DOMParser().parseFromString(page, "text/html");
    for (const part of document.querySelectorAll("[data-part]")) {
      const found = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (found) part.replaceWith(document.importNode(found, true));
    }
    if (wanted) document.querySelector(`[data-focus="${CSS.escape(wanted)}"]`)?.focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-change]")) {
      event.preventDefault();
      const quantity = Number(event.submitter.value);
      json("/cart/change.js", { id: form.elements.key.value, quantity })
        .then((cart) => {
          document.dispatchEvent(new CustomEvent("cart:changed", { detail: cart }));
          return refresh();
        })
        .catch(() => location.reload());
    }
    if (form.matches("[data-add]")) {
      event.preventDefault();
      const said = document.querySelector("[data-added]");
      json("/cart/add.js", { id: Number(form.elements.id.value), quantity: Number(form.elements.quantity.value) || 1 })
        .then(() => refresh())
        .then(() => {
          said.textContent = "";
          said.insertAdjacentText("beforeend", `${said.dataset.text} `);
          const link = document.createElement("a");
          link.href = "/cart";
          link.textContent = document.querySelector('.tools a[href="/cart"]').textContent;
          said.append(link);
        })
        .catch(() => form.submit());
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-less], [data-more]");
    if (!button) return;
    const field = button.parentElement.querySelector("input");
    const step = "more" in button.dataset ? 1 : -1;
    field.value = String(Math.min(99, Math.max(1, (Number(field.value) || 1) + step)));
  });

  document.addEventListener("bleib:cart", () => {
    refresh().catch(() => undefined);
  });
})();
