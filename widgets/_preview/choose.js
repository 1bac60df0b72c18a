// Shows on a preview page what its links ask for: design, language, form of address, look, state.
(() => {
  const asked = new URLSearchParams(location.search);
  const html = document.documentElement;
  const inline = document.getElementById("bleib-config");
  const config = JSON.parse(inline.textContent);
  const of = (name, first) => asked.get(name) ?? first;

  const [first] = config.campaigns;
  const known = config.campaigns.some((campaign) => campaign.design === asked.get("design"));
  const design = known ? asked.get("design") : first.design;
  config.campaigns = config.campaigns.filter((campaign) => campaign.design === design);
  config.address = of("address", config.address);
  inline.textContent = JSON.stringify(config);
  html.lang = of("lang", "de");
  html.dir = of("dir", "ltr");
  html.dataset.look = of("look", "amsel");

  const now = { design, address: config.address, lang: html.lang, dir: html.dir, look: html.dataset.look };
  for (const link of document.querySelectorAll("nav a")) {
    const [[name, value]] = new URL(link.href).searchParams;
    const query = new URLSearchParams(asked);
    query.set(name, value);
    link.search = query;
    if ((now[name] ?? of(name, "")) === value) link.setAttribute("aria-current", "true");
  }

  const tag = document.createElement("script");
  tag.src = "../../static/v1/bleib.js";
  tag.dataset.shop = "preview";
  tag.dataset.preview = of("state", "");
  document.body.append(tag);
})();
