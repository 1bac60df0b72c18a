"""Benchmarks: each measures the product beside its baseline, in the same run, against a budget."""
