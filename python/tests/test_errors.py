"""Errors go to other processes whole, as `multiprocessing` and `concurrent.futures` send them."""

from __future__ import annotations

import pickle

import pytest
import tidegate

ERRORS = [
    tidegate.TidegateError("words"),
    tidegate.ConfigurationError("words"),
    tidegate.GatewayConnectionError("words", may_have_run=True),
    tidegate.GatewayTimeoutError("words", may_have_run=False),
    tidegate.GatewayResponseError("words", request_id="7"),
    tidegate.GatewayStreamError("words", code="stream_interrupted", request_id="7"),
    tidegate.GatewayStatusError(
        "words",
        status=429,
        method="POST",
        url="http://gateway/x",
        body={"detail": "words"},
        request_id="7",
        retry_after=2.0,
    ),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_travels(error: tidegate.TidegateError) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error)
    assert (str(arrived), arrived.args, vars(arrived)) == (str(error), error.args, vars(error))
