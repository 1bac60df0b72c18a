// Lets the real loader draw one config after the other, and notes whatever runs that must not.
window.hits = [];
window.__hit = (number) => window.hits.push(number);
addEventListener("message", ({ data }) => data?.hit && window.hits.push(data.hit));

const tick = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  });

function* everything(root) {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}

// What would run at a click, or what can only have come from text that was taken for markup.
const SCHEME = /^[\s\0-\x1f]*(javascript|vbscript|data:text|data:image\/svg)/i;
function suspicious(element) {
  if (element.matches("script, iframe, object, embed, base, meta, link")) return true;
  return [...element.attributes].some(
    ({ name, value }) =>
      name.startsWith("on") ||
      name === "srcdoc" ||
      (/^(href|src|action|formaction|data|poster|xlink:href)$/.test(name) && SCHEME.test(value)),
  );
}

function clear() {
  window.bleib?.stop();
  delete window.bleib;
  for (const old of document.querySelectorAll("#bleib-config, script[data-shop]")) old.remove();
  for (const old of document.querySelectorAll("body *")) if (old.shadowRoot) old.remove();
}

// Draws a config in the preview, where no trigger is waited for; tells how much was to be seen.
window.draw = async (config, source, wanted) => {
  clear();
  const data = document.createElement("script");
  data.id = "bleib-config";
  data.type = "application/json";
  data.textContent = config;
  const tag = document.createElement("script");
  tag.src = source;
  tag.dataset.shop = "uferhaus";
  tag.dataset.preview = "";
  tag.dataset.lang = "de";
  document.body.append(data, tag);
  // A busy machine gets its time; a config that cannot be drawn is not waited for.
  const end = performance.now() + (wanted ? 5000 : 15);
  let hosts = [];
  while (hosts.length < Math.max(wanted, 1) && performance.now() < end) {
    await tick();
    hosts = [...document.body.querySelectorAll("*")].filter((one) => one.shadowRoot);
  }
  const bad = hosts.flatMap((host) => [...everything(host.shadowRoot)]).filter(suspicious);
  return { drawn: hosts.length, bad: bad.map((one) => one.outerHTML.slice(0, 200)) };
};

// The control: the same strings where careless code puts them. Most of them must run here.
window.sink = (text) => {
  const frame = document.createElement("iframe");
  // To be seen, if barely: what waits for focus or an animation runs nowhere else.
  frame.style.cssText = "position:fixed;inset:0 auto auto 0;width:60px;height:60px;opacity:.01";
  const call = "window.__hit=(n)=>parent.__hit(n);";
  const inner = text.replaceAll("</script", "<\\/script");
  const page = [
    `<script>${call}</script><div>${text}</div>`,
    `<script>${call}</script><p title="${text}">x</p>`,
    `<script>${call}</script><p title='${text}'>x</p>`,
    `<script>${call}</script><textarea>${text}</textarea>`,
    `<script>${call}</script><title>${text}</title>`,
    `<script>${call}</script><!--${text}-->`,
    `<script>${call}</script><style>${text}</style>`,
    `<script>${call}</script><template>${text}</template>`,
    `<script>${call}</script><noscript>${text}</noscript>`,
    `<script>${call}</script><select><option>${text}</select>`,
    `<script>${call};var a="${inner}"</script>`,
    `<script>${call};try{setTimeout(\`${inner}\`)}catch{}</script>`,
    `<script>${call}</script><script>${inner}</script>`,
  ];
  const frames = page.map((html) => {
    const one = frame.cloneNode();
    one.srcdoc = html;
    return one;
  });
  const link = frame.cloneNode();
  link.srcdoc = `<script>${call}</script><a>x</a>`;
  link.onload = () => {
    link.onload = null;
    const anchor = link.contentDocument.querySelector("a");
    anchor.setAttribute("href", text);
    if (/^\W*j/i.test(text)) anchor.click();
  };
  document.body.append(...frames, link);
  return [...frames, link];
};
