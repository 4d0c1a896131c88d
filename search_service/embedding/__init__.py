"""Optional: the meaning of passages as vectors, for the rerank of the first hits.

Nothing here imports onnxruntime or tokenizers before an encoder is opened.
"""
