"""From a question to ranked hits: the query tree, candidates, ranking, facets and the answer.

It reads what `index` wrote and knows nothing of how it was written, nor of any protocol.
"""
