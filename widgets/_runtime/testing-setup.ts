// jsdom draws nothing, so it lacks what only a picture needs.

class Sheet {
  replaceSync(): void {}
}

class Watch {
  observe(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, { CSSStyleSheet: Sheet, IntersectionObserver: Watch });

// jsdom has dialogs, but does not open them.
HTMLDialogElement.prototype.showModal = function showModal() {
  this.setAttribute("open", "");
};
HTMLDialogElement.prototype.close = function close() {
  this.removeAttribute("open");
};
