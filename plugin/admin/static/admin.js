// What a page gains with JavaScript: fewer presses, focus where it helps. Nothing needs it.
(() => {
  "use strict";
  const said = document.getElementById("said");

  // A choice that only shows something else takes effect at once.
  document.addEventListener("change", (event) => {
    const within = event.target.closest("[data-submits]");
    const form = within && (within.form || within);
    if (form) form.requestSubmit();
  });

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
  const problems = document.getElementById("problems");
  if (problems) problems.focus();
  document.addEventListener("htmx:after:swap", () => {
    const state = document.querySelector("#editor .state");
    if (said && state && said.textContent !== state.textContent) said.textContent = state.textContent;
  });

  // A text area grows with its text.
  const grow = (area) => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement) grow(event.target);
  });
})();
