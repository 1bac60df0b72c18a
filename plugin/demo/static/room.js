// Keeps the back room's log fresh while the page is looked at.
(() => {
  const list = document.querySelector("[data-log]");
  if (!list) return;
  const clock = new Intl.DateTimeFormat("de-DE", { timeStyle: "medium", timeZone: "Europe/Berlin" });
  const write = (row) => {
    const item = document.createElement("li");
    item.dataset.id = row.id;
    const [time, outcome, rest] = ["time", "b", "span"].map((name) => document.createElement(name));
    time.textContent = clock.format(new Date(row.at));
    outcome.textContent = row.outcome;
    rest.textContent = row.rest;
    item.append(time, ` ${row.line} `, outcome, " ", rest);
    list.append(item);
  };
  const look = async () => {
    if (document.hidden) return;
    const last = Number(list.lastElementChild?.dataset.id ?? 0);
    const rows = await fetch(`/hinterzimmer/log?after=${last}`).then((answer) => answer.json());
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    for (const row of rows) write(row);
    if (rows.length && atEnd) list.scrollTop = list.scrollHeight;
  };
  list.scrollTop = list.scrollHeight;
  setInterval(() => look().catch(() => undefined), 2000);
})();
