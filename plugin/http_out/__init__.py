"""Outgoing HTTP: every call to another machine goes through `HttpOut`."""

from plugin.http_out.client import HttpOut
from plugin.http_out.messages import Reply, origin_of
from plugin.http_out.waiting import retry_after

__all__ = ["HttpOut", "Reply", "origin_of", "retry_after"]
