"""The demo shop: a Shopify-compatible platform and storefront on loopback, in its own process."""
