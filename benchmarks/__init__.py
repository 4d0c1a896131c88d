"""Measures of what the service promises: plans, relevance and latency, on the real code."""
