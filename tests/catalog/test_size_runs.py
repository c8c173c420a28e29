"""Runs of sizes as makers say them: one table, read by the server and by the page's script."""

import json
import subprocess
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from django.conf import settings

from catalog import ring_sizes, size_runs
from catalog.size_runs import NotARun, read, words_for
from tests.conftest import started
from tests.services import programs

TABLE = Path(__file__).with_name("size_runs.json")
CASES = json.loads(TABLE.read_text(encoding="utf-8"))
SCRIPT = """
import { readFileSync } from 'node:fs';
import { readRun, NotARun } from '%(script)s';
const answers = JSON.parse(readFileSync('%(table)s')).map(({ text, ring }) => {
  try {
    const { sizes, labels, names } = readRun(text, ring);
    return { text, ring, sizes, labels, names };
  } catch (error) {
    if (error instanceof NotARun) return { text, ring, wrong: error.message };
    throw error;
  }
});
console.log(JSON.stringify(answers));
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"] or "nothing")
def test_the_server_reads_the_table(case: dict[str, object]) -> None:
    text, ring = str(case["text"]), bool(case["ring"])
    if "wrong" in case:
        with pytest.raises(NotARun) as refusal:
            read(text, ring=ring)
        assert refusal.value.code == case["wrong"]
        return
    run = read(text, ring=ring)
    assert list(run.sizes) == case["sizes"]
    assert list(run.labels) == case["labels"]
    assert run.names == case["names"]


def test_the_script_reads_the_same_table(tmp_path: Path) -> None:
    with started(node_program) as node:
        script = Path(settings.BASE_DIR) / "static/js/workshop/size-run.js"
        module = tmp_path / "size-run.mjs"
        module.write_bytes(script.read_bytes())
        told = tmp_path / "table.mjs"
        told.write_text(SCRIPT % {"script": module, "table": TABLE})
        done = subprocess.run([node, told], capture_output=True, text=True, check=True, timeout=30)
    assert json.loads(done.stdout) == CASES


def node_program() -> AbstractContextManager[Path]:
    return nullcontext(programs.find(programs.NODE, package="nodejs"))


def test_each_refusal_has_its_words() -> None:
    assert {case["wrong"] for case in CASES if "wrong" in case} == set(size_runs.REFUSALS)


def test_what_was_understood_is_said_back() -> None:
    assert read("50-52 mm", ring=True).said == "3 sizes: 50, 51, 52 mm."
    assert read("54", ring=True).said == "One size: 54 mm."
    assert read("US 6 to 7", ring=True).said == (
        "2 sizes: US 6, 7. Around the inside that is 51.8 to 54.35 mm."
    )


@pytest.mark.parametrize("scale", ["us", "uk", "jp"])
def test_a_size_read_is_the_size_shown(scale: str) -> None:
    ends = {"us": "US 3 to 13 in quarters", "uk": "UK F to Z in halves", "jp": "JP 1-30"}
    run = read(ends[scale], ring=True)
    shown = [getattr(ring_sizes, scale)(size) for size in run.sizes]
    assert len(set(shown)) == len(run.sizes)
    assert f"{scale.upper()} {shown[0]}, {shown[1]} … {shown[-1]}" == run.names


@pytest.mark.parametrize(
    ("sizes", "ring", "words"),
    [
        ([5000, 5100, 5200], True, "50–52"),
        ([5000, 5200], True, "50, 52"),
        ([5000, 5100, 5200, 5400, 5500], True, "50–52, 54, 55"),
        ([4925, 5053], True, "49.25, 50.53"),
        ([42_000, 43_000, 44_000], False, "42–44 cm"),
        ([40_000, 45_000], False, "40, 45 cm"),
        ([2_400], False, "24 mm"),
        ([], True, ""),
    ],
)
def test_sizes_are_said_in_words_that_read_as_the_same(
    sizes: list[int], ring: bool, words: str
) -> None:
    assert words_for(sizes, ring=ring) == words
    if sizes:
        assert list(read(words, ring=ring).sizes) == sizes
