"""The published sets of four IDX files each: where they come from, and how they are recognised."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from .idx import decompress, parse_idx

DIGIT_NAMES = tuple(map(str, range(10)))


@dataclass(frozen=True)
class IdxFile:
    """One published file: its name, axes, and SHA-256, of its decompressed bytes or of the .gz."""

    name: str
    ndim: int
    sha256: str
    is_of_gzip: bool = False


@dataclass(frozen=True)
class PublishedSet:
    """Four files (training images, their labels, test images, their labels), and the mirrors."""

    title: str
    files: tuple[IdxFile, ...]
    class_names: tuple[str, ...]
    mirrors: tuple[str, ...] = ()
    folder: Path | None = None


def files_of(*sha256: str, is_of_gzip: bool = False) -> tuple[IdxFile, ...]:
    """Return the four files, under the names that all these sets share."""
    parts = (("images", 3), ("labels", 1))
    named = [(f"{half}-{what}-idx{n}-ubyte", n) for half in ("train", "t10k") for what, n in parts]
    return tuple(
        IdxFile(name, ndim, digest, is_of_gzip)
        for (name, ndim), digest in zip(named, sha256, strict=True)
    )


PUBLISHED = {
    "mnist": PublishedSet(
        "MNIST",
        files_of(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
        DIGIT_NAMES,
        folder=Path(__file__).parent / "mnist",
    ),
    # "Fashion-MNIST: a Novel Image Dataset" (Xiao et al., 2017).
    "fashion-mnist": PublishedSet(
        "Fashion-MNIST",
        files_of(
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            is_of_gzip=True,
        ),
        (
            "T-shirt", "trouser", "pullover", "dress", "coat",
            "sandal", "shirt", "sneaker", "bag", "ankle boot",
        ),
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ),
    ),
    # "Deep Learning for Classical Japanese Literature" (Clanuwat et al., 2018).
    "kmnist": PublishedSet(
        "Kuzushiji-MNIST",
        files_of(
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            is_of_gzip=True,
        ),
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        mirrors=(
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        ),
    ),
}  # fmt: skip


def read_published(folder: Path, files: Sequence[IdxFile]) -> list[np.ndarray]:
    """Return the arrays of the gzipped files in a folder.

    Raises DataError that names the first file that is missing or is not the published one.
    """
    return [checked_array(_bytes_of(folder / f"{file.name}.gz"), file, folder) for file in files]


def checked_array(data: bytes, file: IdxFile, where: Path | str) -> np.ndarray:
    """Return the array inside the gzipped bytes of a published file.

    Raises DataError if it is cut short, is no IDX file, or has another checksum.
    """
    name = f"{str(where).rstrip('/')}/{file.name}.gz"
    plain = decompress(data, name)
    array = parse_idx(plain, name, file.ndim)
    found = hashlib.sha256(data if file.is_of_gzip else plain).hexdigest()
    if found != file.sha256:
        raise DataError(
            f"{name}: not the published file. Expected SHA-256 {file.sha256}, found {found}. "
            "Fetch it again."
        )
    return array


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}. Fetch it again.") from error
