import { beforeEach, describe, expect, it, vi } from "vitest";
import { collector, uuid } from "./events.ts";

const sent: string[] = [];
const beacon = vi.fn((_url: string, body: string) => !!sent.push(body));

beforeEach(() => {
  sent.length = 0;
  beacon.mockClear();
  Object.assign(navigator, { sendBeacon: beacon });
});

const leave = () => dispatchEvent(new Event("pagehide"));
const life = () => new AbortController();

describe("events", () => {
  it("are sent together when the page is left, and only once", () => {
    const count = collector("/events", life().signal);
    count("impression", "newsletter", 3);
    count("click", "newsletter", 3);
    expect(sent).toEqual([]);
    leave();
    leave();
    expect(sent).toHaveLength(1);
    const { events } = JSON.parse(sent[0] ?? "");
    expect(events.map((one: { kind: string }) => one.kind)).toEqual(["impression", "click"]);
    expect(events[0]).toMatchObject({ widget: "newsletter", campaign: 3 });
  });

  it("that matter go at once", () => {
    const count = collector("/events", life().signal);
    count("sign_up", "newsletter", 3);
    expect(sent).toHaveLength(1);
  });

  it("go in batches that the app accepts", () => {
    const count = collector("/events", life().signal);
    for (let i = 0; i < 51; i++) count("click", "cross_sell", 1);
    leave();
    expect(sent.map((body) => JSON.parse(body).events.length)).toEqual([50, 1]);
  });

  it("take the other way where the browser refuses a beacon", () => {
    beacon.mockReturnValueOnce(false);
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
    collector("/events", life().signal)("add", "cross_sell", 1);
    expect(fetched).toHaveBeenCalledWith("/events", expect.objectContaining({ keepalive: true }));
    fetched.mockRestore();
  });

  it("end when Bleib is stopped", () => {
    const stop = life();
    const count = collector("/events", stop.signal);
    count("impression", "newsletter", 3);
    stop.abort();
    count("add", "newsletter", 3);
    leave();
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
