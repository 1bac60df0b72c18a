// ouibounce tells the exit, a11y-dialog shows the newsletter form.
const element = document.querySelector("#peer");
const dialog = new A11yDialog(element);
document.querySelector("[data-peer-close]").addEventListener("click", () => dialog.hide());
element.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  dialog.hide();
});
ouibounce(false, { aggressive: true, timer: 0, callback: () => dialog.show() });
window.peer = { open: () => dialog.show() };
