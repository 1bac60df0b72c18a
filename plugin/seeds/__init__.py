"""A demo shop with a past: ninety days of visitors, sign-ups, vouchers, orders and tests.

Whatever Bleib does by itself is done by its own services, under a clock set back; only what a
browser would have reported, and what the shop would have sold, is made up here.
"""
