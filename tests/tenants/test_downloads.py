"""Few large files are made at a time: sign-ins find a thread of the server free."""

from collections.abc import Iterator

import pytest

from tenants.downloads import LimitedDownload
from tenants.rate_limits import TooManyRequestsError


def make(*, fails: bool = False) -> LimitedDownload:
    def chunks() -> Iterator[bytes]:
        yield b"a"
        if fails:
            raise OSError("gone")
        yield b"b"

    return LimitedDownload(chunks())


def test_a_third_download_waits_its_turn() -> None:
    """A developer's exports took every thread of the installation for as long as they were made, read or not."""
    first, second = make(), make()
    with pytest.raises(TooManyRequestsError) as refused:
        make()
    assert int(refused.value.headers["Retry-After"]) > 0
    assert b"".join(first) == b"ab"
    third = make()
    with pytest.raises(TooManyRequestsError):
        make()
    second.close()
    second.close()
    fourth = make(fails=True)
    with pytest.raises(TooManyRequestsError):
        make()
    with pytest.raises(OSError, match="gone"):
        list(fourth)
    make().close()
    # Nobody has read it.
    del third
    held = [make(), make()]
    assert len(held) == 2
