"""What product marketing learns from search and tunes in it.

Synonyms, pins and weights are changed through a gate that tries them on the judged queries first.
"""
