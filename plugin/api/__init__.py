"""HTTP in: install, webhooks, storefront, mail links, health."""
