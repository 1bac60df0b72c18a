"""Payloads for the browser, and the watch that tells whether one of them ran."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

#: Short enough for a headline of sixty characters.
PAYLOADS = {
    "tag": '"><img src=x onerror=alert(1)>',
    "script": "</script><script>alert(1)</script>",
    "attribute": "' onfocus=alert(1) autofocus tabindex=1 x='",
    "address": "javascript:alert(1)",
    "comment": "--><svg/onload=alert(1)><!--",
    "template": "{{constructor.constructor('alert(1)')()}}${alert(1)}",
}
#: Two rounds are enough where length does not matter: an address must be one from its beginning.
ROUNDS = {"address": PAYLOADS["address"], "all": " ".join(PAYLOADS.values())}
#: Runs in every frame before anything else: what a payload calls leaves a line in the console.
_WATCH = "window.alert = window.__hit = (x) => console.log('RAN ' + x)"
#: Everything in the page and in shadow roots that would run on a click, a load or a hover.
_LATENT = r"""() => {
  const found = []
  const look = (root) => root.querySelectorAll('*').forEach((one) => {
    for (const { name, value } of one.attributes) {
      if (/^on/i.test(name)) found.push(one.tagName + ' ' + name)
      const bare = value.replace(/[\x00-\x20]/g, '').toLowerCase()
      const leads = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data'].includes(name)
      const runs = /^(javascript|vbscript|data:text)/.test(bare)
      if (leads && runs) found.push(one.tagName + ' ' + value)
      if (name === 'srcdoc') found.push('srcdoc')
    }
    if (one.tagName === 'SCRIPT' && /alert\(1\)|__hit\(/.test(one.textContent)
        && one.type !== 'application/json') found.push('script')
    if (one.shadowRoot) look(one.shadowRoot)
  })
  look(document)
  return found
}"""


class Watch:
    """A browser without content security policy: what is left is the escaping alone."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.ran: list[str] = []
        self.context: BrowserContext = browser.new_context(bypass_csp=True, **options)
        self.context.add_init_script(_WATCH)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self._note(said.text))
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    def _note(self, text: str) -> None:
        if text.startswith("RAN "):
            self.ran.append(self.page.url)

    def open(self, url: str) -> None:
        """Open a page and let everything on it load."""
        self.page.goto(url, wait_until="load")
        self.page.evaluate("() => new Promise((done) => setTimeout(done, 30))")

    def show(self, html: str) -> None:
        """Show a document as a mail program would that forbids nothing."""
        self.page.set_content(html, wait_until="load")

    def latent(self) -> list[str]:
        """Return what would run later, in every frame."""
        return [str(item) for frame in self.page.frames for item in frame.evaluate(_LATENT)]

    def clean(self) -> bool:
        """Tell whether nothing ran and nothing would."""
        return self.ran == [] and self.latent() == []
