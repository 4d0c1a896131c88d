"""The constants of BM25F, which what is stored and what is asked must agree on.

Robertson, Zaragoza, Taylor: Simple BM25 extension to multiple weighted fields (CIKM 2004). Values
and evidence: ARCHITECTURE.md, "Ranking".
"""

K1 = 1.2
TITLE_WEIGHT = 4.0
TITLE_B = 0.5
BODY_B = 0.75
# Occurrences in one passage that count; what ts_rank can be read back to.
MAX_FREQUENCY = 64

# A posting is one whole number of 64 bits, so that descending order is best first: t / (t + k1) in
# steps, then the passage's key: 32 bits of the material's id and 16 of its ordinal in it.
SATURATION_STEPS = 32767
KEY_BITS = 48
ORDINAL_BITS = 16
