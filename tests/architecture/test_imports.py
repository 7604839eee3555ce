"""The structure of the code: no import circles, no imports of tasks, and imports inside functions only with a reason."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
LAZY = {
    "bilag.cli": "a command pays only for what it uses: `bilag --help` needs neither Django nor a database",
    "bilag.web.application": "models can be imported only after Django is set up, and the application sets it up",
    "bilag.service.doctor": "the settings cannot be loaded in an environment that is wrong, which it is there to say",
    "bilag.service.traces": "OpenTelemetry is an extra, and imported only where traces are wanted",
    "bilag.service.worker": "models can be imported only after Django is set up, and the worker sets it up",
}
"""Where imports inside functions are allowed, and why."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """All imports of the product and of the sandbox, those inside functions included."""
    return grimp.build_graph("bilag", "bilag_sandbox", cache_dir=None)


def test_no_module_is_part_of_an_import_circle(graph: grimp.ImportGraph) -> None:
    sorter = graphlib.TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    )
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        pytest.fail("import circle: " + " -> ".join(error.args[1]))


def test_every_folder_of_code_is_a_package() -> None:
    """A folder without `__init__.py` is invisible to import-linter and to the tests here."""
    folders = {path.parent for path in SOURCE.rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_nobody_imports_tasks(graph: grimp.ImportGraph) -> None:
    importers = {
        f"{importer} -> {module}"
        for module in graph.modules
        if module.endswith(".tasks")
        for importer in graph.find_modules_that_directly_import(module)
    }
    assert importers == set(), "enqueue jobs by task name (bilag/jobs/defer.py)"


def test_imports_inside_functions_have_a_reason() -> None:
    found = [
        f"{module}: line {line} imports {name}"
        for module, line, name in _imports_inside_functions()
        if not any(module == lazy or module.startswith(f"{lazy}.") for lazy in LAZY)
    ]
    assert found == []


def _imports_inside_functions() -> Iterator[tuple[str, int, str]]:
    """Module, line and name of each import of our own modules that does not stand at the top of its file."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                name = node.module if isinstance(node, ast.ImportFrom) else None
                if name and name.split(".")[0] in ("bilag", "bilag_sandbox"):
                    yield module, node.lineno, name
