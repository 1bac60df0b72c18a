// A shop of one page: routes by the history interface, everything drawn again at each.
const view = document.querySelector("#view");
const count = document.querySelector("[data-count]");

function draw() {
  const heading = document.createElement("h1");
  heading.textContent = location.pathname;
  const buy = document.createElement("button");
  buy.textContent = "In den Korb";
  buy.dataset.buy = "";
  const lines = Array.from({ length: 40 }, (_, number) => {
    const line = document.createElement("p");
    line.textContent = `Absatz ${number + 1}: ein Laden, der nie neu lädt.`;
    return line;
  });
  view.replaceChildren(heading, buy, ...lines);
}

window.route = (path) => {
  history.pushState(null, "", path);
  draw();
};
addEventListener("popstate", draw);
document.addEventListener("click", (event) => {
  if ("buy" in event.target.dataset) count.textContent = Number(count.textContent) + 1;
  const link = event.target.closest("nav a");
  if (!link) return;
  event.preventDefault();
  window.route(link.getAttribute("href"));
});
draw();
