// <bleib-shipment shop="KEY">: the shipment status in any page, wherever a tag can be written.

const script = document.currentScript as HTMLScriptElement;

customElements.define(
  "bleib-shipment",
  class extends HTMLElement {
    /** Becomes a place of the widget, and brings the loader where the page has none. */
    connectedCallback(): void {
      const [shop, order] = ["shop", "order"].map((name) => this.getAttribute(name));
      this.style.display ||= "block";
      Object.assign(this.dataset, { bleib: "shipment_status" }, order && { order });
      if (!shop || document.querySelector("script[data-shop]")) return;
      const loader = document.createElement("script");
      loader.async = true;
      loader.dataset.shop = shop;
      loader.src = script.src.replace(/[^/]*$/, "bleib.js");
      document.head.append(loader);
    }
  },
);
