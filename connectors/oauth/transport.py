"""The transport by which Authlib's httpx client reaches providers: checked addresses, time-outs, bounded answers."""

import httpx

from connectors.oauth.calls import call

# The body is what came over the wire, whatever these say: nothing is unpacked (`common.http`).
_ENCODING_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


class CheckedTransport(httpx.BaseTransport):
    """Sends what httpx has composed through `call`; raises `AppError` as that does."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = call(request.method, str(request.url), headers=request.headers, content=request.read())
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in _ENCODING_HEADERS}
        return httpx.Response(answer.status, headers=headers, content=answer.body)
