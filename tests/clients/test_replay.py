"""Recorded exchanges of all providers through the OpenAI SDKs: the score of `scripts/replay.sh` has no unknown failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.run import run
from support.recordings import SHARED


@pytest.mark.timeout(600)
@pytest.mark.skipif(not SHARED.exists(), reason="no shared recordings")
def test_recorded_exchanges_keep_their_meaning(tmp_path: Path) -> None:
    report, _ = run(tmp_path, [])
    print(report.table())
    assert report.outcomes
    assert report.is_good, "\n".join([*report.notes(), *report.details()])
