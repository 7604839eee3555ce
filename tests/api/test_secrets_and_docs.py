"""No secret stands in any answer, and each example of docs/api.md runs."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support.doors import BODIES, operations
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE
from tests.support.program import Program, TokenMaker
from tests.support.world import World


def test_no_secret_stands_in_any_answer(reader: Program, writer: Program, world: World) -> None:
    from bilag.companies.models import Company
    from bilag.companies.secrets import opened
    from bilag.members.models import ApiToken, IdempotentAnswer

    number = world.insert_invoice({})
    world.retry(number)
    webhook = opened(Company.objects.get(pk=world.company_id).webhook_token)["token"]
    secrets = [moment.API_KEY, hub.PASSWORD, *ApiToken.objects.values_list("digest", flat=True)]
    secrets += [str(writer.token), str(reader.token)]
    document = writer.get("/company").json["setup"]
    texts: list[str] = []
    for program in (reader, writer):
        for method, path in operations():
            body = document if path.endswith("/setup") else BODIES.get(path)
            key = {"Idempotency_Key": f"{method}{path}"} if method != "GET" else {}
            answer = program.ask(method, path.replace("10042", str(number)), body, **key)
            texts.append(answer.text + str(answer.headers))
            assert (webhook in answer.text) == (program is writer and path.endswith("/company")), path
    wrong = {**document, "moment": {**document["moment"], "api_key": ["a-secret-of-a-wrong-type"]}}
    texts.append(writer.put("/setup", wrong).text)
    wrong["moment"] = {**document["moment"], "api_key": "a-secret-of-a-wrong-type", "company_id": "?"}
    texts.append(writer.put("/setup", wrong).text)
    texts.append(writer.ask("PUT", "/setup", raw=b'{"api_key": "a-secret-of-a-wrong-type"').text)
    texts += [json.dumps(row.answer) + row.digest for row in IdempotentAnswer.objects.all()]
    for secret in (*secrets, "a-secret-of-a-wrong-type"):
        assert not [text for text in texts if secret in text]
    assert not [row for row in IdempotentAnswer.objects.all() if webhook in json.dumps(row.answer)]


def examples() -> list[str]:
    text = (ROOT / "docs" / "api.md").read_text()
    return [block for block in re.findall(r"```sh\n(.*?)```", text, re.S) if "export BILAG" not in block]


def test_each_example_of_the_documentation_runs(
    world: World, make_token: TokenMaker, made_transfers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not here")
    from bilag.web.application import application

    made_transfers(150, state="needs_attention")
    outputs = []
    with running(application()) as url:
        variables = {"BILAG": url, "TOKEN": make_token("write"), "PATH": "/usr/bin:/bin", "no_proxy": "*"}
        for block in examples():
            done = subprocess.run(
                ["bash", "-euc", block],
                env=variables,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            assert done.returncode == 0, block + done.stderr
            outputs.append([json.loads(line) for line in done.stdout.replace("}{", "}\n{").splitlines() if line])
    status, asked, one, pages, saved, fault, polls = outputs
    assert status[0]["company"] == "fjell"
    assert asked[0]["accepted"] == 1
    assert one[0]["number"] == "10042"
    assert [len(page["transfers"]) for page in pages] == [100, 50]
    assert saved[0]["changed"] == []
    assert fault[0]["errors"] == [{"in": "query", "field": "limit", "detail": "give a number of at most 200"}]
    assert len(polls) == 2
    assert polls[0] == polls[1]
