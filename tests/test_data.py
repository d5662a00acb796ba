"""The published sets: MNIST is here, others are downloaded once, and every broken file is named."""

import gzip
import hashlib
import http.server
import socketserver
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from exercises.given.data import download, load_images, published
from exercises.given.data.idx import decompress, parse_idx
from exercises.given.errors import DataError
from tests.few_digits import idx_bytes

MNIST = published.PUBLISHED["mnist"]
NAMES = [file.name for file in MNIST.files]


def tiny_arrays():
    """Return six training and six test images with their labels, as MNIST's files hold them."""
    random = np.random.default_rng(0)
    return [
        random.integers(0, 256, (6, 28, 28), dtype=np.uint8),
        np.array([7, 0, 9, 7, 0, 9], dtype=np.uint8),
        random.integers(0, 256, (6, 28, 28), dtype=np.uint8),
        np.array([0, 0, 7, 7, 9, 9], dtype=np.uint8),
    ]


ARRAYS = tiny_arrays()
PLAIN = [idx_bytes(array) for array in ARRAYS]
BLOBS = [gzip.compress(plain) for plain in PLAIN]
FILES = published.files_of(*(hashlib.sha256(plain).hexdigest() for plain in PLAIN))
FILES_BY_GZIP = published.files_of(
    *(hashlib.sha256(blob).hexdigest() for blob in BLOBS), is_of_gzip=True
)


def fill(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, blob in zip(NAMES, BLOBS, strict=True):
        (folder / f"{name}.gz").write_bytes(blob)
    return folder


def assert_is_tiny(images):
    assert torch.equal(images.train_labels, torch.tensor([7, 0, 9, 7, 0, 9]))
    expected = torch.from_numpy(ARRAYS[0].astype(np.float32) / 255)[:, None]
    torch.testing.assert_close(images.train_images, expected)
    assert images.test_images.shape == (6, 1, 28, 28)


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


@pytest.fixture(params=["fashion-mnist", "kmnist"])
def cache(request, monkeypatch, tmp_path, server):
    """Make a downloaded set expect the tiny files, an empty cache, and the test's server."""
    name = request.param
    tiny = replace(published.PUBLISHED[name], files=FILES_BY_GZIP)
    monkeypatch.setitem(published.PUBLISHED, name, tiny)
    monkeypatch.setattr(download, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("COURSE_MIRROR", server.url)
    return SimpleNamespace(name=name, folder=tmp_path / "cache" / name)


# Reading files


def test_mnist_is_here_whole_and_needs_nothing(monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", None)
    monkeypatch.setattr(download, "cache_folder", None)
    images = load_images()
    assert images.train_images.shape == (60_000, 1, 28, 28)
    assert images.test_images.shape == (10_000, 1, 28, 28)
    assert images.train_images.dtype == torch.float32
    assert (images.train_images.min(), images.train_images.max()) == (0, 1)
    assert images.train_labels.dtype == torch.int64
    assert images.classes == tuple(range(10))
    assert images.class_names == tuple("0123456789")
    assert torch.bincount(images.test_labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip


def test_a_notice_lies_beside_the_files_of_mnist():
    notice = (MNIST.folder / "NOTICE.md").read_text(encoding="utf-8")
    for word in ("Yann LeCun", "Corinna Cortes", "Christopher J. C. Burges", "by-sa/3.0"):
        assert word in notice


def test_a_gzip_file_that_is_cut_short_anywhere_is_named():
    blob = BLOBS[1]
    for length in range(len(blob)):
        with pytest.raises(DataError, match=r"here/train-labels.*\.gz"):
            published.checked_array(blob[:length], FILES[1], "here")


def test_damaged_gzip_data_is_named():
    blob = bytearray(BLOBS[0])
    blob[len(blob) // 2] ^= 0xFF
    with pytest.raises(DataError, match=r"images\.gz"):
        decompress(bytes(blob), "images.gz")


def test_a_wrong_magic_number_says_what_was_expected_and_found():
    with pytest.raises(
        DataError,
        match=r"labels.*00000801 .unsigned bytes, 1 axis.*00000803 .unsigned byte, 3 axes",
    ):
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
        published.read_published(tmp_path, FILES)
    message = str(caught.value)
    assert str(path) in message
    assert f"Expected SHA-256 {FILES[1].sha256}" in message
    assert f"found {hashlib.sha256(other).hexdigest()}" in message


def test_a_checksum_may_be_of_the_gzip_file(tmp_path):
    found = published.read_published(fill(tmp_path), FILES_BY_GZIP)
    np.testing.assert_array_equal(found[0], ARRAYS[0])
    again = gzip.compress(PLAIN[1], 1, mtime=9)
    with pytest.raises(DataError, match=hashlib.sha256(again).hexdigest()):
        published.checked_array(again, FILES_BY_GZIP[1], tmp_path)


def test_a_missing_file_is_named(tmp_path):
    (fill(tmp_path) / f"{NAMES[2]}.gz").unlink()
    with pytest.raises(DataError, match=f"{NAMES[2]}.gz: No such file"):
        published.read_published(tmp_path, FILES)


def test_the_published_checksums_are_those_of_the_course():
    assert [file.sha256[:8] for file in MNIST.files] == [
        "ba891046",
        "65a50cbb",
        "0fa7898d",
        "ff7bcfd4",
    ]
    for one in published.PUBLISHED.values():
        assert all(len(file.sha256) == 64 for file in one.files)
        assert len(set(one.class_names)) == 10


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
    found = published.read_published(tmp_path / "new" / "folder", FILES)
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


# A set by its name


def test_the_second_call_uses_the_cache_and_no_network(cache, server):
    serve_files(server, f"/{cache.name}")
    images = load_images(cache.name)
    assert_is_tiny(images)
    assert images.names_of(images.classes)[0] == published.PUBLISHED[cache.name].class_names[0]
    assert len(server.asked) == 4
    assert_is_tiny(load_images(cache.name))
    assert len(server.asked) == 4


def test_a_broken_cached_copy_is_fetched_again(cache, server, capsys):
    serve_files(server, f"/{cache.name}")
    fill(cache.folder)
    (cache.folder / f"{NAMES[0]}.gz").write_bytes(BLOBS[0][:50])
    assert_is_tiny(load_images(cache.name))
    assert NAMES[0] in capsys.readouterr().err
    assert (cache.folder / f"{NAMES[0]}.gz").read_bytes() == BLOBS[0]


def test_an_incomplete_cache_is_fetched_again(cache, server):
    serve_files(server, f"/{cache.name}")
    (fill(cache.folder) / f"{NAMES[1]}.gz").unlink()
    assert_is_tiny(load_images(cache.name))
    assert (cache.folder / f"{NAMES[1]}.gz").exists()


def test_an_unwritable_cache_costs_a_line_and_not_the_data(
    cache, server, monkeypatch, tmp_path, capsys
):
    serve_files(server, f"/{cache.name}")
    file = tmp_path / "a file"
    file.write_text("no folder")
    monkeypatch.setattr(download, "cache_folder", lambda: file)
    assert_is_tiny(load_images(cache.name))
    assert "cannot be kept" in capsys.readouterr().err


def test_a_set_that_cannot_be_downloaded_says_where_it_was_looked_for_and_what_to_do(cache, server):
    with pytest.raises(DataError) as caught:
        load_images(cache.name)
    message = str(caught.value)
    assert published.PUBLISHED[cache.name].title in message
    assert f"{server.url}/{cache.name}/{NAMES[0]}.gz" in message
    assert "--data FOLDER" in message
    assert not cache.folder.exists()


def test_a_name_that_is_neither_a_set_nor_a_folder_lists_the_sets(tmp_path):
    with pytest.raises(DataError, match=r"no such folder.*mnist, fashion-mnist, kmnist"):
        load_images(tmp_path / "nowhere")
    (tmp_path / "images.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"images\.zip: a file\. Unpack it"):
        load_images(tmp_path / "images.zip")
