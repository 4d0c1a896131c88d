"""What is learned from use, and what product marketing tunes in search.

Searches, the hits that were opened, what was not found; synonyms, pins and weights, which are
changed through a gate that tries them on the judged queries first.
"""
