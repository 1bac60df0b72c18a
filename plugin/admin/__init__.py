"""The merchant's pages: server-rendered, htmx, no single-page app."""
