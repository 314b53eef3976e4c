"""The store in a bucket, on a real server of the S3 protocol; and a configuration that is whole or refused."""

import contextlib
import io
import logging
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config as Client
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

import config
from programme.core import storage
from programme.core.clock import now
from programme.core.storage import sweep
from programme.core.storage.s3 import BucketStore
from programme.core.unit_of_work import unit_of_work

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
KEY = "aa/" + "0" * 40


@pytest.fixture(scope="module")
def server():
    """The S3 protocol on loopback, with one bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    _host, port = running.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="x", aws_secret_access_key="y", region_name="eu-west-3",
        config=Client(s3={"addressing_style": "path"}),
    )  # fmt: skip
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):  # It forgets nothing while the suite runs.
        client.create_bucket(Bucket="programme", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    yield address
    client.close()
    running.stop()


def opened(server, prefix=""):
    return BucketStore(f"s3://programme{prefix}", endpoint=server, region="eu-west-3", access_key="x", secret_key="y")


def test_what_is_put_is_read_listed_and_removed(server):
    store = opened(server, "/trial")
    store.put(KEY, PDF)
    assert store.read(KEY) == PDF
    ((key, at),) = store.objects()
    assert key == KEY
    assert abs(now() - at) < timedelta(days=400)  # The server's own clock.
    store.delete([KEY, "aa/none"])
    assert list(store.objects()) == []
    with pytest.raises(FileNotFoundError):
        store.read(KEY)
    store.probe()


def test_a_prefix_is_a_store_of_its_own(server):
    one, other = opened(server, "/one"), opened(server, "/other/")
    one.put(KEY, b"1")
    other.put(KEY, b"2")
    assert (one.read(KEY), other.read(KEY)) == (b"1", b"2")
    assert [key for key, _at in one.objects()] == [KEY]
    for each in (one, other):
        each.delete([KEY])


def test_five_megabytes_come_back_byte_for_byte(server):
    data = bytes(range(256)) * 20_000
    store = opened(server, "/large")
    store.put(KEY, data)
    assert store.read(KEY) == data
    store.delete([KEY])


def test_a_bucket_that_is_not_there_is_a_fault(server):
    store = BucketStore("s3://none-such", endpoint=server, region="eu-west-3", access_key="x", secret_key="y")
    for act in (lambda: store.put(KEY, PDF), store.probe, lambda: list(store.objects())):
        with pytest.raises(OSError):
            act()


@pytest.fixture
def bucket(app, db, server, monkeypatch):
    """The instance keeps its files in the bucket."""
    for name, value in {
        "STORAGE_URL": "s3://programme/app", "S3_ENDPOINT": server, "S3_REGION": "eu-west-3", "S3_ACCESS_KEY_ID": "x",
        "S3_SECRET_ACCESS_KEY": "y",
    }.items():  # fmt: skip
        monkeypatch.setitem(app.config, name, value)
    app.extensions.pop("programme_store", None)
    with app.test_request_context("/"):
        yield storage.store()
        storage.store().delete([key for key, _at in storage.store().objects()])
    app.extensions.pop("programme_store", None)


@pytest.mark.db
def test_an_upload_goes_to_the_bucket_and_comes_back(bucket):
    written = storage.write(io.BytesIO(PDF), "a.pdf")
    with unit_of_work():
        row = storage.keep(written, by=None)
    assert isinstance(bucket, BucketStore)
    answer = storage.answer(row)
    answer.direct_passthrough = False
    assert answer.get_data() == PDF


@pytest.mark.db
def test_the_sweep_of_a_bucket_leaves_what_a_row_names(bucket):
    kept, lost = (storage.write(io.BytesIO(PDF), "a.pdf") for _ in range(2))
    bucket.put("other/thing", b"not ours")
    with unit_of_work():
        storage.keep(kept, by=None)
    assert sweep.sweep() == 0, "younger than a day"
    assert sweep.sweep(timedelta(days=-1)) == 1
    assert sorted(key for key, _at in bucket.objects()) == sorted([kept.key, "other/thing"])
    assert lost.key not in {key for key, _at in bucket.objects()}


def test_a_bucket_that_does_not_answer_is_a_sentence(app, monkeypatch):
    for name, value in {
        "STORAGE_URL": "s3://programme/stopped", "S3_ENDPOINT": "http://127.0.0.1:9", "S3_REGION": "eu-west-3",
        "S3_ACCESS_KEY_ID": "x", "S3_SECRET_ACCESS_KEY": "y",
    }.items():  # fmt: skip
        monkeypatch.setitem(app.config, name, value)
    with app.test_request_context("/"), pytest.raises(storage.StoreFailing, match="ne répond pas"):
        storage.write(io.BytesIO(PDF), "a.pdf")


WHOLE = {"STORAGE_URL": "s3://seau/p", "S3_REGION": "r", "S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "s"}


def test_a_store_that_is_wholly_configured_starts():
    type("Whole", (config.Config,), WHOLE).check()
    config.Config.check()


@pytest.mark.parametrize("name", WHOLE)
def test_half_a_store_is_refused_by_name(name):
    half = type("Half", (config.Config,), WHOLE | {name: ""})
    with pytest.raises(config.MissingSetting, match=name if name != "STORAGE_URL" else "sans STORAGE_URL"):
        half.check()


@pytest.mark.parametrize("address", ["seau", "https://seau", "s3://", "s3://Seau", "s3://seau/../x y", "s3:/seau"])
def test_an_address_that_is_no_bucket_is_refused(address):
    with pytest.raises(config.MissingSetting, match="s3://seau/prefixe"):
        type("Wrong", (config.Config,), WHOLE | {"STORAGE_URL": address}).check()
