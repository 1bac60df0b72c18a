// A shop that reads from right to left: a menu that opens, a counter in the head.
const count = document.querySelector("[data-count]");
const menu = document.querySelector("nav");
document.addEventListener("click", ({ target }) => {
  if ("buy" in target.dataset) count.textContent = Number(count.textContent) + 1;
  if ("act" in target.dataset) {
    menu.hidden = !menu.hidden;
    target.setAttribute("aria-expanded", String(!menu.hidden));
  }
});
