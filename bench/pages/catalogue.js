// A shop with a long shelf: three hundred products, a filter, a counter in the head.
const grid = document.querySelector(".grid");
const count = document.querySelector("[data-count]");
for (let number = 1; number <= 300; number += 1) {
  const item = document.createElement("li");
  const picture = new Image(320, 320);
  picture.loading = number > 12 ? "lazy" : "eager";
  picture.src = `/bench-pages/product.svg?${number % 40}`;
  picture.alt = `Artikel ${number}`;
  const name = document.createElement("h2");
  name.textContent = `Artikel ${number}`;
  const price = document.createElement("p");
  price.textContent = `${number % 90},90 €`;
  const buy = document.createElement("button");
  buy.textContent = "In den Korb";
  buy.dataset.buy = number;
  item.append(picture, name, price, buy);
  grid.append(item);
}
document.addEventListener("click", ({ target }) => {
  if (target.dataset.buy) count.textContent = Number(count.textContent) + 1;
  if ("act" in target.dataset) {
    for (const [index, item] of [...grid.children].entries()) item.hidden = index % 90 > 20;
    document.querySelector("[data-shown]").textContent = "gefiltert";
  }
});
