// jsdom draws nothing, so it lacks what only a picture needs.

class Sheet {
  replaceSync(): void {}
}

class Watch {
  observe(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, { CSSStyleSheet: Sheet, IntersectionObserver: Watch });
