"""When the law asks for a hallmark: one table, read by the server and by the page's script."""

import json
import subprocess
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from catalog import hallmarks
from tests import factories as make
from tests.conftest import started
from tests.services import programs

TABLE = Path(__file__).with_name("hallmarks.json")
CASES = json.loads(TABLE.read_text(encoding="utf-8"))
SCRIPT = """
import { readFileSync } from 'node:fs';
import { readMark } from '%(script)s';
const answers = JSON.parse(readFileSync('%(table)s')).map(({ fineness, weight, marked }) => {
  const { state, metals, limit = null } = readMark(fineness, weight, marked);
  return { fineness, weight, marked, state, metals, limit };
});
console.log(JSON.stringify(answers));
"""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_server_reads_the_table(case: dict[str, object]) -> None:
    reading = hallmarks.read(case["fineness"], case["weight"], marked=bool(case["marked"]))  # type: ignore[arg-type]
    told = (reading.state, list(reading.metals), reading.limit)
    assert told == (case["state"], case["metals"], case["limit"])
    assert reading.title
    assert "%(" not in reading.sentence


def test_the_script_reads_the_same_table(tmp_path: Path) -> None:
    with started(node_program) as node:
        script = Path(settings.BASE_DIR) / "static/js/workshop/hallmark-helper.js"
        module = tmp_path / "hallmark-helper.mjs"
        module.write_bytes(script.read_bytes())
        told = tmp_path / "table.mjs"
        told.write_text(SCRIPT % {"script": module, "table": TABLE})
        done = subprocess.run([node, told], capture_output=True, text=True, check=True, timeout=30)
    assert json.loads(done.stdout) == CASES


def node_program() -> AbstractContextManager[Path]:
    return nullcontext(programs.find(programs.NODE, package="nodejs"))


def test_the_words_are_in_grams() -> None:
    reading = hallmarks.read({"silver": 925}, 11_200, marked=False)
    assert reading.sentence == "It weighs 11.2 g; silver from 7.78 g must be marked."


@pytest.mark.django_db
def test_plating_does_not_make_a_metal() -> None:
    ring = make.make_piece(weight=9_000)
    gold = make.make_material(metal="gold", fineness=750)
    row = ring.piece_materials.create(material=gold, role="plating")
    assert hallmarks.of_piece(ring, [row]).state == "none"
    row.role = "metal"
    assert hallmarks.of_piece(ring, [row]).state == "must"


@pytest.mark.django_db
def test_the_metal_alone_is_weighed_where_it_is_said() -> None:
    ring = make.make_piece(weight=9_000, metal_weight=7_000)
    silver = make.make_material(metal="silver")
    row = ring.piece_materials.create(material=silver, role="metal")
    assert hallmarks.of_piece(ring, [row]).state == "free"


@pytest.mark.django_db
def test_the_notice_is_shown_with_each_piece_of_precious_metal(client: Client) -> None:
    plain, precious = make.make_piece(), make.make_piece()
    precious.piece_materials.create(material=make.make_material(metal="silver"), role="metal")
    notice = reverse("help", args=["hallmarks"])
    about = [client.get(piece.get_absolute_url()).content.decode() for piece in (plain, precious)]
    assert ["dealer’s notice" in page for page in about] == [False, True]
    assert f'href="{notice}"' in about[1]
    text = client.get(notice).content.decode()
    assert "375 · 585 · 750 · 916 · 990 · 999" in text
    assert "7.78 g" in text
