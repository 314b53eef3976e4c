"""The store in a bucket that speaks the S3 protocol, through a library."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any

_STEP = "10s"
_TRIES = timedelta(seconds=20)
_BATCH = 500


class BucketStore:
    """Files in a bucket, under a prefix. A PUT that is answered is durable there: no rename, no half file."""

    def __init__(self, address: str, *, endpoint: str, region: str, access_key: str, secret_key: str) -> None:
        from obstore.store import S3Store  # Only an instance with a bucket pays for it.

        bucket, _slash, prefix = address.removeprefix("s3://").partition("/")
        options: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
        self._store = S3Store(
            bucket, prefix=prefix.strip("/") or None, region=region, access_key_id=access_key,
            secret_access_key=secret_key, virtual_hosted_style_request=False,
            client_options={
                "timeout": _STEP, "connect_timeout": _STEP, "allow_http": endpoint.startswith("http://"),
            },
            retry_config={"max_retries": 3, "retry_timeout": _TRIES}, **options,
        )  # fmt: skip

    def put(self, key: str, data: bytes | IO[bytes]) -> None:
        """Keep bytes, or what a file holds.

        Raises:
            OSError: the bucket does not answer or refuses.
        """
        with _Faults():
            self._store.put(key, data)

    def read(self, key: str) -> bytes:
        """The bytes.

        Raises:
            FileNotFoundError: there is no such object.
            OSError: the bucket does not answer or refuses.
        """
        with _Faults():
            return bytes(self._store.get(key).bytes())

    def delete(self, keys: list[str]) -> None:
        """Remove objects; those already gone are no fault.

        Raises:
            OSError: the bucket does not answer or refuses.
        """
        with _Faults():
            self._store.delete(keys)

    def objects(self) -> Iterator[tuple[str, datetime]]:
        """Each key and when it was written.

        Raises:
            OSError: the bucket does not answer or refuses.
        """
        with _Faults():
            for batch in self._store.list(chunk_size=_BATCH):
                for each in batch:
                    yield str(each["path"]), each["last_modified"]

    def probe(self) -> None:
        """Ask the bucket for one name.

        Raises:
            OSError: the bucket does not answer or refuses.
        """
        with _Faults():
            next(iter(self._store.list(chunk_size=1)), None)


class _Faults:
    """The library's faults as OSError, which is what a disk raises: callers know one kind."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        from obstore.exceptions import BaseError  # As above.

        if isinstance(fault, BaseError):
            raise OSError(f"the bucket failed: {str(fault)[:500]}") from fault
