"""All sicknesses, in the order in which they are looked for: what explains others comes first.

What a record cannot show is not here:

- Images of 0 to 255, or inverted: the network's first layer normalises them away, so that the
  record is that of a healthy run, and so is the result.
- A ReLU at the end that leaves some numbers above zero: half of the units are dead, as in
  healthy runs of a high rate, and the result is as good.
- Test images among the training images: the record has no image that is surely new.
- Classes of very unequal size: the batches hold as many images of each class, whatever there is.
- Labels of which a part is wrong, as after a shift by one within a batch of sorted classes: the
  signs are those of a collapse, which is what is named.
"""

from .batch_faults import IMAGES_ALIKE, NO_TRIPLETS, STRANGE_LABELS
from .collapse import BATCH_HARD_FIRST, COLLAPSE, FEW, NORM
from .lengths import BY_HEART, TOO_FEW
from .margins import NO_MARGIN, OUT_OF_SCALE
from .network_faults import DEAD
from .rates import RATE_TOO_HIGH, RATE_TOO_LOW, SUM
from .sickness import Sickness
from .step_faults import DETACHED, FROZEN, NO_ZERO_GRAD, NOT_A_NUMBER

CATALOGUE: tuple[Sickness, ...] = (
    NOT_A_NUMBER,
    DEAD,
    NO_TRIPLETS,
    IMAGES_ALIKE,
    DETACHED,
    STRANGE_LABELS,
    SUM,
    NO_ZERO_GRAD,
    NORM,
    FEW,
    OUT_OF_SCALE,
    NO_MARGIN,
    RATE_TOO_HIGH,
    BATCH_HARD_FIRST,
    FROZEN,
    COLLAPSE,
    TOO_FEW,
    RATE_TOO_LOW,
    BY_HEART,
)
