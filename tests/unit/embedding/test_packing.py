import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from search_service.embedding.packing import pack, unpack

VECTORS = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 400)),
    elements=st.floats(-1, 1, width=16, allow_subnormal=False),
)


@given(VECTORS)
def test_a_vector_keeps_its_direction_in_a_byte_for_each_dimension(vectors: np.ndarray) -> None:
    packed = pack(vectors)
    back = unpack(packed)

    assert {len(row) for row in packed} == {vectors.shape[1]}
    for before, after in zip(vectors, back, strict=True):
        length = np.linalg.norm(before)
        # Half a step in each dimension, the largest being 127 of them.
        lost = np.sqrt(len(before)) * 0.5 / 127 * np.abs(before).max()
        if length > 0 and lost < length / 2:
            assert np.linalg.norm(before / length - after) <= 2 * lost / length + 1e-5


def test_a_vector_of_nothing_stays_one() -> None:
    assert unpack(pack(np.zeros((1, 3), np.float32))).tolist() == [[0.0, 0.0, 0.0]]
