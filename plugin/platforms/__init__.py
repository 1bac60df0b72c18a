"""The edge to the shop platforms: one module or package each."""
