"""A thread that ends with a database connection takes it along: what another thread does gives its own back."""

import ast

from tests.support.paths import ROOT

OTHERWISE = {
    "platforms/conformance/vouchers.py": "the kit has no database",
    "web/probes.py": "one thread for the life of the process, which closes its connection itself",
    "web/setup_pages/streaming.py": "a generator runs in pieces, and the last thing that its thread does is to close",
}


def test_work_for_a_thread_gives_its_connection_back() -> None:
    begun = 0
    for file in sorted((ROOT / "src" / "bilag").rglob("*.py")):
        text = file.read_text()
        place = str(file.relative_to(ROOT / "src" / "bilag"))
        if "ThreadPoolExecutor" not in text or place in OTHERWISE:
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("submit", "map")
            ):
                begun += 1
                assert "giving_back(" in ast.unparse(node), f"{place}:{node.lineno} {ast.unparse(node)}"
    assert begun >= 5
