"""What to do about errors that PyTorch, NumPy and Python raise often, told by their messages."""

import re

IN_PLACE = (
    "A line such as x *= 2 or x[i] = ... changes numbers that the gradient still needs. Make a new "
    "tensor instead: x = x * 2, torch.where(...), torch.stack(...)."
)
DTYPE = (
    "One of the tensors has another dtype, often float64 from NumPy or int64 from labels. Convert "
    "it: new.to(x.dtype), or .float()."
)
DEVICE = "Make new tensors where the arguments are: torch.zeros(..., device=x.device)."
PAIR = (
    "With dim, max and min return two things: the values and where they are. Take .values, or use "
    "amax and amin."
)
MASK = (
    "Truth values cannot be subtracted, and ~ turns only truth values round. Use ~mask for masks, "
    "and mask.float() (in NumPy mask.astype(float)) for arithmetic."
)
ONE_TRUTH = (
    "if, and, or, not ask for a single truth value, and an array has many. Use &, |, ~, "
    "torch.where, or any() and all()."
)
LENGTH = "What can be looped over need not have a length: count while you loop."
NUMPY = (
    "NumPy knows nothing of gradients. Stay with tensors up to the result; detach() would silence "
    "the error and lose the gradient."
)
SCALAR = "item() and float() take a single number: reduce with mean() first."
BROADCAST = (
    "Shapes are lined up from the right, and each size must be equal or 1. Print both shapes; "
    "x[:, None] and y[None] give every pair of rows."
)
PRODUCT = "In a matrix product the inner sizes must be equal: (n, d) @ (d, m). Did you forget .T?"
NOTHING = "There is nothing to take the maximum, the minimum or a stack of. Ask first."
SUPER = "Call super().__init__() in the first line of __init__."
FLOATS = "A mean needs floating-point numbers: call .float() first."
CHANNELS = (
    "The layer expects another number of channels. Axis 0 is the batch, axis 1 the channels; which "
    "layer comes first decides how many there are."
)
FIXED_SIZE = (
    "The sizes are right for one size of images only. Let the last step work for any height and "
    "width, such as a mean over both axes."
)
NONE = "Something is None here, often the result of a function or method without return."

# The first that is found in "Error: message" counts.
ADVICE = (
    (r"modified by an inplace operation|used in an in-place operation", IN_PLACE),
    (r"same device|is not on the expected device|device type", DEVICE),
    (r"return_types\.(max|min|topk|sort|median|mode)", PAIR),
    (r"expected scalar type|[Ff]ound dtype|same dtype|result type .* can't be cast", DTYPE),
    (r"boolean (negative|subtract)|bool tensor|operator\.invert|bitwise_not", MASK),
    (r"ambiguous", ONE_TRUTH),
    (r"has no len\(\)", LENGTH),
    (r"numpy\(\) on Tensor that requires grad", NUMPY),
    (r"converted to (Python s|S)calar", SCALAR),
    (r"must match the size of tensor|could not be broadcast|Shape mismatch", BROADCAST),
    (r"shapes cannot be multiplied|matmul: Input operand", PRODUCT),
    (r"non-empty TensorList|numel\(\) == 0|zero-size array|non-zero size", NOTHING),
    (r"before Module\.__init__\(\)", SUPER),
    (r"could not infer output dtype", FLOATS),
    (r"to have \d+ channels|running_mean should", CHANNELS),
    (r"is invalid for input of size|cannot reshape|Output size is too small", FIXED_SIZE),
    (r"'NoneType'", NONE),
)


def advice_on(error: str, message: str) -> str:
    """Return what to do about an error; "" if it is not a known one."""
    text = f"{error}: {message}"
    return next((advice for pattern, advice in ADVICE if re.search(pattern, text)), "")
