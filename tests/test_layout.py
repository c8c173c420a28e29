"""The house's order, kept by machine: see docs/architecture.md."""

import ast
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[1]
# Each may import what stands to the right of it, and the leaves of shop/.
APPS = ["orders", "catalog", "designers"]
FOLDERS = {
    "shop": ROOT / "shop",
    "designers": ROOT / "designers",
    "catalog": ROOT / "collections" / "catalog",
    "orders": ROOT / "orders",
    "sandbox": ROOT / "sandbox",
}
# Names that say which drawer code lies in, not what it is about.
DRAWERS = {"utils", "helpers", "common", "core", "services", "selectors", "managers", "signals"}
# Their hundreds are per cent of a picture and hundredths of a millimetre.
NO_MONEY = ("shop.images", "catalog.admin.photo", "catalog.ring_sizes", "orders.admin.jobs")
TEMPLATES = sorted(
    path for folder in ("templates", "sandbox") for path in (ROOT / folder).rglob("*.html")
)


def modules() -> Iterator[tuple[str, Path]]:
    """The name and file of every module of the shop and its stand-in."""
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            yield ".".join(parts).removesuffix(".__init__"), path


MODULES = dict(modules())


def imports(path: Path) -> set[str]:
    """What a file imports, wherever in it: modules, and the names taken from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


IMPORTS = {name: imports(path) for name, path in MODULES.items()}


def package(name: str) -> str:
    return name.split(".")[0]


def apps_behind(module: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The apps that importing this module of shop/ would import."""
    if module in seen:
        return set()
    found: set[str] = set()
    for name in IMPORTS.get(module, set()):
        if package(name) in APPS:
            found.add(package(name))
        elif package(name) == "shop":
            found |= apps_behind(name, seen | {module})
    return found


def test_collections_is_a_folder_not_a_package() -> None:
    assert not (ROOT / "collections" / "__init__.py").exists()
    assert not (ROOT / "tests" / "collections").exists()


def test_pythons_own_collections_stay_in_sight() -> None:
    code = "import collections, catalog; print(collections.OrderedDict.__name__, catalog.__file__)"
    answer = subprocess.run(
        [sys.executable, "-c", f"import shop; {code}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith("OrderedDict")


@pytest.mark.parametrize("app", APPS)
def test_apps_import_downwards_only(app: str) -> None:
    above = set(APPS[: APPS.index(app)])
    wrong = {
        f"{module} imports {name}"
        for module in MODULES
        if package(module) == app
        for name in IMPORTS[module]
        if package(name) in above
    }
    assert not wrong


def test_apps_import_only_the_leaves_of_shop() -> None:
    wrong = {
        f"{module} imports {name}, which imports {apps_behind(name)}"
        for module in MODULES
        if package(module) in APPS
        for name in IMPORTS[module]
        if package(name) == "shop" and apps_behind(name)
    }
    assert not wrong


def test_stripe_is_imported_in_one_place() -> None:
    importing = {name for name, names in IMPORTS.items() if "stripe" in map(package, names)}
    assert importing <= {"orders.payments"}


def test_shop_and_stand_in_know_nothing_of_each_other() -> None:
    wrong = {
        f"{module} imports {name}"
        for module, names in IMPORTS.items()
        for name in names
        if "sandbox" in (package(module), package(name))
        and package(module) != package(name)
        and package(name) in FOLDERS
    }
    assert not wrong


def test_modules_are_named_for_what_they_are_about() -> None:
    assert not {name for name in MODULES if DRAWERS & set(name.split("."))}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_keep_to_the_strict_csp(path: Path) -> None:
    if "mail" in path.parts:
        return  # mail programs know nothing but inline styles
    text = re.sub(
        r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", "", path.read_text(), flags=re.S
    )
    assert not re.search(r"<style\b", text), "a style element"
    assert not re.search(r"\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"<[^>{]*\son[a-z]+\s*=\s*[\"']", text), "an event handler"
    assert not re.search(r"javascript:", text, re.I), "a javascript: address"
    for script in re.findall(r"<script\b[^>]*>", text):
        # Data for search engines is no script and is never run.
        assert "src=" in script or "application/ld+json" in script, f"an inline script: {script}"
    for address in re.findall(
        r"<(?:script|link|img|source)\b[^>]*(?:src|href)=\"(https?:)?//", text
    ):
        pytest.fail(f"something loaded from elsewhere: {address}//")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_name_static_files_that_exist(path: Path) -> None:
    """One that does not would be a 500 in a real shop, where files are named by their content."""
    if "sandbox" in path.parts:
        return
    for name in re.findall(r"{% static [\"']([^\"']+)[\"']", path.read_text()):
        assert finders.find(name), name


def test_vendored_files_are_what_their_makers_published() -> None:
    folder = ROOT / "static" / "vendor"
    sums = {}
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split(maxsplit=1)
        sums[name] = digest
    files = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert files == sums


def of_money(name: str) -> bool:
    return package(name) != "sandbox" and not name.startswith(NO_MONEY)


@pytest.mark.parametrize("name", [name for name in MODULES if of_money(name)])
def test_money_never_passes_through_a_float(name: str) -> None:
    """``shop/money.py`` alone knows how many minor units a major one has."""
    tree = ast.parse(MODULES[name].read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv):
            for side in (node.left, node.right):
                hundred = isinstance(side, ast.Constant) and side.value in (100, 100.0)
                assert not hundred, f"line {node.lineno}: a hundred by hand"
        if package(name) == "orders" or name == "shop.money":
            is_float = isinstance(node, ast.Name) and node.id == "float"
            assert not is_float, "a float where only integers may be"
