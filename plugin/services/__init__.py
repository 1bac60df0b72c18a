"""Use cases: they know neither Flask nor SQL nor an HTTP client."""
