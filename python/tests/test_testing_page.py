"""What `docs/python/testing.md` shows is run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tidegate

PAGE = Path(__file__).resolve().parents[2] / "docs/python/testing.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS, ids=range(1, len(BLOCKS) + 1))
def test_runs_as_it_stands(text: str, tmp_path: Path) -> None:
    program = tmp_path / "test_shown.py"
    program.write_text(text)
    as_tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if "def test_" in text else []
    done = subprocess.run(
        [sys.executable, *as_tests, str(program)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(tidegate.__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout if as_tests else "Once upon a time" in done.stdout
