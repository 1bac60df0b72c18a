import { beforeEach, describe, expect, it, vi } from "vitest";
import { collector, ticketOf, uuid } from "./events.ts";
import type { Life } from "./life.ts";
import { settled } from "./testing.ts";

const sent: string[] = [];
const beacon = vi.fn((_url: string, body: string) => !!sent.push(body));

beforeEach(() => {
  sent.length = 0;
  beacon.mockClear();
  Object.assign(navigator, { sendBeacon: beacon });
});

const leave = () => dispatchEvent(new Event("pagehide"));
const CAMPAIGN = { id: 3, widget: "newsletter", version: 4, settings: {} };

function life(more: Partial<Life> = {}) {
  const ending = new AbortController();
  const asked: string[] = [];
  const found = {
    api: "/v1/key/",
    preview: null,
    trial: "",
    signal: ending.signal,
    view: { began: 0, deepest: 0 },
    person: {},
    tag: document.createElement("script"),
    shop: { cart: "", campaigns: [] },
    cart: () => null,
    recall: () => undefined,
    remember: () => {},
    request: async (url: string) => {
      asked.push(url);
      return { status: 200, data: { ticket: `ticket ${asked.length}` } };
    },
    ...more,
  } as unknown as Life;
  return Object.assign(found, { asked, ending });
}

const bodies = () => sent.map((body) => JSON.parse(body));

describe("events", () => {
  it("are sent together with the ticket when the page is left, and only once", async () => {
    const page = life();
    const count = collector(page);
    count("impression", CAMPAIGN, "a");
    count("click", CAMPAIGN, "b");
    await ticketOf(page);
    expect(sent).toEqual([]);
    leave();
    leave();
    expect(beacon.mock.calls[0]?.[0]).toBe("/v1/key/events");
    const [{ ticket, test, events }, ...others] = bodies();
    expect(others).toEqual([]);
    expect([ticket, test]).toEqual(["ticket 1", false]);
    expect(events).toMatchObject([
      { kind: "impression", widget: "newsletter", campaign: 3, version: 4, arm: "a" },
      { kind: "click", arm: "b" },
    ]);
    expect(Object.keys(events[0]).sort()).toEqual(
      "arm at campaign id kind version widget".split(" "),
    );
  });

  it("of a campaign that holds somebody out are those of the whole shop, too", async () => {
    const whole = { id: 0, version: 0, holdout: 100, arms: [["-", 100]] };
    const page = life({ shop: { campaigns: [], whole } } as unknown as Partial<Life>);
    const count = collector(page);
    count("impression", CAMPAIGN, "a");
    count("withheld", { ...CAMPAIGN, holdout: 10 }, "-");
    count("withheld", { ...CAMPAIGN, id: 4, holdout: 10 }, "-");
    count("click", { ...CAMPAIGN, holdout: 10 }, "a");
    await ticketOf(page);
    leave();
    const [{ events }] = bodies();
    const of0 = (events as { campaign: number }[]).filter(({ campaign }) => campaign === 0);
    expect(of0).toMatchObject([
      { kind: "withheld", widget: "newsletter", version: 0, arm: "-" },
      { kind: "withheld", version: 0, arm: "-" },
    ]);
  });

  it("that matter go as soon as there is a ticket", async () => {
    const count = collector(life());
    count("sign_up", CAMPAIGN, "a");
    await settled();
    expect(sent).toHaveLength(1);
  });

  it("go in batches that the app accepts", async () => {
    const page = life();
    const count = collector(page);
    await ticketOf(page);
    for (let i = 0; i < 51; i++) count("click", CAMPAIGN, "a");
    await settled();
    leave();
    expect(bodies().map(({ events }) => events.length)).toEqual([50, 1]);
  });

  it("count with the ticket of the view they happened on", async () => {
    const page = life();
    const count = collector(page);
    await ticketOf(page);
    count("impression", CAMPAIGN, "a");
    page.view = { began: 1, deepest: 0 };
    await ticketOf(page);
    count("click", CAMPAIGN, "a");
    leave();
    expect(bodies().map(({ ticket, events }) => [ticket, events[0].kind])).toEqual([
      ["ticket 1", "impression"],
      ["ticket 2", "click"],
    ]);
    expect(page.asked).toEqual(["/v1/key/tickets", "/v1/key/tickets"]);
  });

  it("take the other way where the browser refuses a beacon", async () => {
    beacon.mockReturnValueOnce(false);
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
    collector(life())("add", CAMPAIGN, "a");
    await settled();
    expect(fetched).toHaveBeenCalledWith(
      "/v1/key/events",
      expect.objectContaining({ keepalive: true }),
    );
    fetched.mockRestore();
  });

  it("are marked where somebody only tries, and none at all in an editor or a preview", async () => {
    collector(life({ trial: "why" }))("add", CAMPAIGN, "a");
    await settled();
    expect(bodies()).toMatchObject([{ test: true }]);
    collector(life({ trial: "editor" }))("add", CAMPAIGN, "a");
    collector(life({ preview: "" }))("add", CAMPAIGN, "a");
    await settled();
    expect(sent).toHaveLength(1);
    expect(await ticketOf(life({ preview: "" }))).toBe("");
  });

  it("without a ticket count nowhere", async () => {
    const page = life({ request: async () => ({ status: 0, data: null }) });
    collector(page)("sign_up", CAMPAIGN, "a");
    await settled();
    leave();
    expect(sent).toEqual([]);
  });

  it("end when Bleib is stopped", async () => {
    const page = life();
    const count = collector(page);
    await ticketOf(page);
    count("impression", CAMPAIGN, "a");
    page.ending.abort();
    count("add", CAMPAIGN, "a");
    leave();
    await settled();
    expect(sent).toEqual([]);
  });
});

describe("an identifier", () => {
  it("is a random UUID of version 4", () => {
    const found = new Set(Array.from({ length: 50 }, uuid));
    expect(found.size).toBe(50);
    for (const id of found) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});
