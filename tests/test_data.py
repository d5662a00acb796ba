"""The loader: four sources, every broken file named, and a default that always works."""

import functools
import gzip
import hashlib
import http.server
import socketserver
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from exercises.given import data, download, mnist
from exercises.given.embedded import embedded_digits
from exercises.given.errors import CourseError, DataError
from exercises.given.idx import decompress, parse_idx

NAMES = [file.name for file in mnist.FILES]
FALLBACK_LINE = "using the 1,797 digits inside scikit-learn instead"


def idx_bytes(array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    return header + array.tobytes()


def tiny_arrays():
    """Return three training and two test images with their labels, as MNIST's files hold them."""
    random = np.random.default_rng(0)
    return [
        random.integers(0, 256, (3, 28, 28), dtype=np.uint8),
        np.array([7, 0, 9], dtype=np.uint8),
        random.integers(0, 256, (2, 28, 28), dtype=np.uint8),
        np.array([1, 1], dtype=np.uint8),
    ]


ARRAYS = tiny_arrays()
PLAIN = [idx_bytes(array) for array in ARRAYS]
BLOBS = [gzip.compress(plain) for plain in PLAIN]
FILES = tuple(
    mnist.MnistFile(name, array.ndim, hashlib.sha256(plain).hexdigest())
    for name, array, plain in zip(NAMES, ARRAYS, PLAIN, strict=True)
)


def fill(folder, *, zipped=True):
    folder.mkdir(parents=True, exist_ok=True)
    for name, plain, blob in zip(NAMES, PLAIN, BLOBS, strict=True):
        if zipped:
            (folder / f"{name}.gz").write_bytes(blob)
        else:
            (folder / name).write_bytes(plain)
    return folder


def assert_is_tiny(digits):
    assert torch.equal(digits.train_labels, torch.tensor([7, 0, 9]))
    assert torch.equal(digits.test_labels, torch.tensor([1, 1]))
    expected = torch.from_numpy(ARRAYS[0].astype(np.float32) / 255)[:, None]
    torch.testing.assert_close(digits.train_images, expected)
    assert digits.test_images.shape == (2, 1, 28, 28)
    assert not digits.is_embedded


@pytest.fixture
def server(monkeypatch):
    """Serve `server.pages` (path -> bytes) on this machine; `server.asked` lists the requests."""
    pages, asked = {}, []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # the library's name
            asked.append(self.path)
            if self.path not in pages:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(pages[self.path])))
            self.end_headers()
            self.wfile.write(pages[self.path])

        def log_message(self, *arguments):
            """Keep the test's output free of the server's log."""

    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{running.server_port}"
        yield SimpleNamespace(pages=pages, asked=asked, url=url)
        running.shutdown()
        thread.join()


def serve_files(server, folder="", blobs=BLOBS):
    for name, blob in zip(NAMES, blobs, strict=True):
        server.pages[f"{folder}/{name}.gz"] = blob


@pytest.fixture
def cache(monkeypatch, tmp_path, server):
    """Make load_digits expect the tiny files, an empty cache, and the test's server as mirror."""
    for module, name in (
        (data.mnist, "read_folder"),
        (data.mnist, "missing_files"),
        (data.download, "download"),
        (data.download, "store"),
    ):
        whole = getattr(module, name)
        monkeypatch.setattr(module, name, functools.partial(whole, files=FILES))
    folder = tmp_path / "cache" / "mnist"
    monkeypatch.setattr(data, "cache_folder", lambda: folder)
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("MNIST_MIRROR", server.url)
    return folder


# Reading files


@pytest.mark.parametrize("zipped", [True, False])
def test_plain_and_gzipped_files_are_read(tmp_path, zipped):
    for found, expected in zip(
        mnist.read_folder(fill(tmp_path, zipped=zipped), files=FILES), ARRAYS, strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_a_gzip_file_that_is_cut_short_anywhere_is_named():
    blob = BLOBS[1]
    for length in range(len(blob)):
        with pytest.raises(DataError, match=r"labels\.gz"):
            mnist.checked_array(blob[:length], "labels.gz", FILES[1])


def test_damaged_gzip_data_is_named():
    blob = bytearray(BLOBS[0])
    blob[len(blob) // 2] ^= 0xFF
    with pytest.raises(DataError, match=r"images\.gz"):
        decompress(bytes(blob), "images.gz")


def test_a_wrong_magic_number_says_what_was_expected_and_found():
    with pytest.raises(DataError, match=r"labels.*00000801.*00000803"):
        parse_idx(PLAIN[0], "labels", 1)
    with pytest.raises(DataError, match="3c68746d"):
        parse_idx(b"<html>no such page", "labels", 1)
    with pytest.raises(DataError, match="an empty file"):
        parse_idx(b"", "labels", 1)


def test_a_header_that_is_cut_short_is_an_error():
    with pytest.raises(DataError, match="header"):
        parse_idx(PLAIN[0][:9], "images", 3)


@pytest.mark.parametrize("change", [-1, 1])
def test_another_length_than_the_header_promises_is_an_error(change):
    whole = PLAIN[1]
    changed = whole[:-1] if change < 0 else whole + b"\0"
    with pytest.raises(DataError, match=rf"promises {len(whole)} bytes, found {len(changed)}"):
        parse_idx(changed, "labels", 1)


def test_a_wrong_checksum_says_what_was_expected_and_found(tmp_path):
    fill(tmp_path)
    other = idx_bytes(np.array([1, 2, 3], dtype=np.uint8))
    path = tmp_path / f"{NAMES[1]}.gz"
    path.write_bytes(gzip.compress(other))
    with pytest.raises(DataError) as caught:
        mnist.read_folder(tmp_path, files=FILES)
    message = str(caught.value)
    assert str(path) in message
    assert f"Expected SHA-256 {FILES[1].sha256}" in message
    assert f"found {hashlib.sha256(other).hexdigest()}" in message


def test_a_missing_file_is_named(tmp_path):
    (fill(tmp_path) / f"{NAMES[2]}.gz").unlink()
    assert mnist.missing_files(tmp_path, files=FILES) == [NAMES[2]]
    with pytest.raises(DataError, match=NAMES[2]):
        mnist.read_folder(tmp_path, files=FILES)


def test_the_published_checksums_are_those_of_the_course():
    assert [file.sha256[:8] for file in mnist.FILES] == [
        "ba891046",
        "65a50cbb",
        "0fa7898d",
        "ff7bcfd4",
    ]
    assert all(len(file.sha256) == 64 for file in mnist.FILES)


# Downloading and storing


def test_files_are_downloaded_from_a_mirror(server):
    serve_files(server)
    blobs, arrays = download.download([server.url], files=FILES)
    assert blobs == BLOBS
    for found, expected in zip(arrays, ARRAYS, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("first_gives", ["404", "corrupted bytes", "another file", "a page"])
def test_the_second_mirror_is_used_when_the_first_fails(server, first_gives):
    if first_gives == "corrupted bytes":
        serve_files(server, "/first", [blob[:-9] for blob in BLOBS])
    elif first_gives == "another file":
        serve_files(server, "/first", [BLOBS[1], BLOBS[3], BLOBS[0], BLOBS[0]])
    elif first_gives == "a page":
        serve_files(server, "/first", [b"<html>please log in</html>"] * 4)
    serve_files(server, "/second")
    mirrors = [f"{server.url}/first/", f"{server.url}/second/"]
    assert download.download(mirrors, files=FILES)[0] == BLOBS
    assert len(server.asked) == 8


def test_all_mirrors_failing_is_one_error_that_names_them(server):
    mirrors = [f"{server.url}/first", f"{server.url}/second"]
    with pytest.raises(DataError) as caught:
        download.download(mirrors, files=FILES)
    for mirror in mirrors:
        assert f"{mirror}/{NAMES[0]}.gz" in str(caught.value)


def test_a_mirror_that_hangs_up_early_is_an_error(server, monkeypatch):
    class HalfHandler(socketserver.StreamRequestHandler):
        def handle(self):
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")

    with pytest.raises(DataError):
        download_from(HalfHandler)


def test_a_mirror_that_does_not_speak_http_is_an_error(server):
    class GarbageHandler(socketserver.StreamRequestHandler):
        def handle(self):
            self.rfile.readline()
            self.wfile.write(b"SSH-2.0-not a web server\r\n\r\n")

    with pytest.raises(DataError):
        download_from(GarbageHandler)


def test_a_mirror_that_is_no_web_address_is_an_error():
    with pytest.raises(DataError):
        download.download(["no web address"], files=FILES)


def download_from(handler):
    """Download from a server of one's own making."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            port = running.server_address[1]
            download.download([f"http://127.0.0.1:{port}"], files=FILES)
        finally:
            running.shutdown()
            thread.join()


def test_stored_files_can_be_read_again(tmp_path):
    download.store(tmp_path / "new" / "folder", BLOBS, files=FILES)
    found = mnist.read_folder(tmp_path / "new" / "folder", files=FILES)
    np.testing.assert_array_equal(found[0], ARRAYS[0])
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 4


def test_storing_leaves_nothing_half_written_when_writing_fails(tmp_path, monkeypatch):
    def write_half(path, blob):
        with path.open("wb") as file:
            file.write(blob[: len(blob) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", write_half)
    with pytest.raises(OSError, match="No space"):
        download.store(tmp_path, BLOBS, files=FILES)
    assert list(tmp_path.iterdir()) == []


# Choosing a source


@pytest.mark.parametrize("way", ["argument", "environment"])
def test_a_named_folder_is_read(cache, tmp_path, monkeypatch, server, way):
    folder = fill(tmp_path / "mine")
    if way == "environment":
        monkeypatch.setenv("MNIST_DIR", str(folder))
    digits = data.load_digits(folder if way == "argument" else None)
    assert_is_tiny(digits)
    assert str(folder) in digits.source
    assert server.asked == []


def test_a_named_folder_with_a_missing_file_is_an_error_and_no_fallback(
    cache, tmp_path, monkeypatch, server
):
    serve_files(server)
    folder = fill(tmp_path / "mine")
    (folder / f"{NAMES[3]}.gz").unlink()
    monkeypatch.setenv("MNIST_DIR", str(folder))
    with pytest.raises(DataError, match=NAMES[3]):
        data.load_digits()
    assert server.asked == []
    assert issubclass(DataError, CourseError)


def test_the_named_folder_goes_before_the_environment(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "nowhere"))
    assert_is_tiny(data.load_digits(fill(tmp_path / "mine")))


def test_the_second_call_uses_the_cache_and_no_network(cache, server):
    serve_files(server)
    assert_is_tiny(data.load_digits())
    assert len(server.asked) == 4
    assert_is_tiny(data.load_digits())
    assert len(server.asked) == 4


def test_a_broken_cached_copy_is_fetched_again(cache, server, capsys):
    serve_files(server)
    fill(cache)
    (cache / f"{NAMES[0]}.gz").write_bytes(BLOBS[0][:50])
    assert_is_tiny(data.load_digits())
    assert NAMES[0] in capsys.readouterr().err
    assert (cache / f"{NAMES[0]}.gz").read_bytes() == BLOBS[0]


def test_an_incomplete_cache_is_fetched_again(cache, server):
    serve_files(server)
    (fill(cache) / f"{NAMES[1]}.gz").unlink()
    assert_is_tiny(data.load_digits())
    assert (cache / f"{NAMES[1]}.gz").exists()


def test_an_unwritable_cache_costs_a_line_and_not_the_data(
    cache, server, monkeypatch, tmp_path, capsys
):
    serve_files(server)
    file = tmp_path / "a file"
    file.write_text("no folder")
    monkeypatch.setattr(data, "cache_folder", lambda: file / "mnist")
    assert_is_tiny(data.load_digits())
    assert "cannot be kept" in capsys.readouterr().err


def test_without_any_source_the_embedded_digits_are_used_and_one_line_says_so(cache, capsys):
    digits = data.load_digits()
    assert digits.is_embedded
    assert len(digits.train_images) == 1_347
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert FALLBACK_LINE in lines[0]
    assert not cache.exists()


# The embedded digits


def test_the_embedded_digits_keep_the_course_s_shapes_and_ranges():
    digits = data.load_embedded()
    assert digits.is_embedded
    for images, labels, n in (
        (digits.train_images, digits.train_labels, 1_347),
        (digits.test_images, digits.test_labels, 450),
    ):
        assert images.shape == (n, 1, 28, 28)
        assert images.dtype == torch.float32
        assert images.min() == 0
        assert 0.9 < images.max() <= 1
        assert labels.shape == (n,)
        assert labels.dtype == torch.int64
        assert sorted(set(labels.tolist())) == list(range(10))


def test_the_embedded_digits_have_a_blank_border_like_those_of_mnist():
    train_images, _, test_images, _ = embedded_digits()
    for images in (train_images, test_images):
        inner = images[:, 4:-4, 4:-4].astype(np.int64).sum()
        assert images.astype(np.int64).sum() == inner > 0


def test_the_embedded_digits_are_the_same_every_time():
    for one, other in zip(embedded_digits(), embedded_digits(), strict=True):
        np.testing.assert_array_equal(one, other)
