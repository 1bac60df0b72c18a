"""Every action of the admin by keyboard alone: `make walk`, which takes minutes.

Which actions there are, the URL map says. Of all pages those are walked that together hold every
one of their forms: Tab leads to its button, what is folded is opened on the way, Enter or the
space bar presses it, and the form is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pprint import pformat

import pytest
from playwright.sync_api import Error

from tests.walk.eyes import Eyes
from tests.walk.house import House, Look
from tests.walk.test_whole import NO_FORM, endpoints
from tests.walk.wrong_values import forms

#: What the key has led to, and what a press of it would send.
HERE = """() => {
  const e = document.activeElement, form = e.form
  const presses = ['BUTTON', 'INPUT'].includes(e.tagName) && e.type === 'submit' && form
  const of = (name) => e.getAttribute('form' + name) ?? form.getAttribute(name) ?? ''
  return {
    tag: e.tagName, type: e.type ?? '', empty: 'value' in e && e.value === '',
    required: !!e.required && e.willValidate, least: Math.max(e.minLength ?? 1, 1),
    folded: e.tagName === 'SUMMARY' && !e.parentElement.open,
    // What is typed is saved, or tried out elsewhere on the page, without a press.
    tries: form && [form, document.querySelector(`[hx-post][hx-include="#${form.id}"]`)]
      .map((one) => one?.getAttribute('hx-post')).find((path) => path) || '',
    sends: presses && of('method') === 'post'
      ? new URL(of('action'), document.baseURI).pathname : '',
  }
}"""
FOCUSABLE = """() => document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]').length"""
#: What was sent has been answered: a file chooser that opens meanwhile is lost.
ANSWERED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
  () => setTimeout(done, 50))))"""
WITHOUT_SCRIPT = re.compile('class="without-script" formaction="([^"]+)"')
TYPED = {"email": "a@post.example", "number": "7", "url": "https://a.example/"}


def cover(house: House, wanted: set[str]) -> Iterator[tuple[Look, set[str]]]:
    """Yield pages that together hold a form for each of the endpoints, the fullest first."""
    held: dict[Look, set[str]] = {}
    for look in house.unlike():
        if look.language == "de" and look.status == 200:
            found = {house.endpoint(form.action, "POST") for form in forms(look)}
            # Such a button is there for who has no script, and has done its work where one runs.
            for action in WITHOUT_SCRIPT.findall(look.html):
                if f'hx-post="{action}"' not in look.html:
                    found.discard(house.endpoint(action, "POST"))
            held[look] = found & wanted
    while wanted and held:
        best = max(held, key=lambda look: len(held[look] & wanted))
        found = held.pop(best) & wanted
        if not found:
            return
        wanted = wanted - found
        yield best, found


def pressed(eyes: Eyes, house: House, wanted: set[str]) -> set[str]:
    """Walk over the page with Tab and press what sends; return the endpoints that were sent to."""
    found: set[str] = set()
    keys = eyes.page.keyboard
    # What is folded holds more than could be counted before; twice is enough for the longest.
    for step in range(2 * int(eyes.page.evaluate(FOCUSABLE)) + 20):
        keys.press("Tab")
        here = eyes.page.evaluate(HERE)
        endpoint = house.endpoint(here["sends"], "POST") if here["sends"] else ""
        if here["folded"]:
            keys.press("Enter")
        elif here["type"] == "file" and here["empty"]:
            with eyes.page.expect_file_chooser() as chooser:
                keys.press("Space")
            file = {"name": "datei.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"}
            chooser.value.set_files([file])
        elif here["required"] and here["empty"]:
            keys.type(TYPED.get(here["type"], "1" * here["least"]))
        elif house.endpoint(here["tries"], "POST") in wanted - found and here["type"] == "text":
            with eyes.page.expect_request(lambda one: one.method == "POST", timeout=5000):
                keys.type("1")
                keys.press("Tab")
            found.add(house.endpoint(here["tries"], "POST"))
        elif endpoint in wanted - found:
            with eyes.page.expect_request(lambda one: one.method == "POST", timeout=5000):
                keys.press(("Enter", "Space")[step % 2])
            eyes.page.evaluate(ANSWERED)
            found.add(endpoint)
        if wanted <= found:
            break
    return found


@pytest.mark.timeout(3600)
def test_every_action_is_reached_and_done_by_keyboard_alone(every_state: House, eyes: Eyes) -> None:
    house = every_state
    wanted = endpoints(house, "POST") - set(NO_FORM)
    walked, missed = set[str](), dict[str, set[str]]()
    for look, held in cover(house, wanted):
        eyes.show(look)
        try:
            done = pressed(eyes, house, held)
        except Error as error:
            done = set()
            missed[f"{look.name} {error.message[:200]}"] = held
        walked |= done
        if held - done:
            missed[look.name] = held - done
    assert not missed, pformat(missed)
    assert wanted - walked == set()
    assert {house.endpoint(path, "POST") for path in eyes.sent} >= wanted
