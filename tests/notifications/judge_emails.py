"""`make email-clients`: caniemail.com's lists judge the HTML of every email, for the clients that offices use.

Not a test of each run: pytest collects it only when it is named. caniemail comes from the npm registry on first use; without npm
it is skipped. What a client does not draw must be in `DOES_WITHOUT`, with what its reader sees instead.
"""

import json
import subprocess
from pathlib import Path

from tests.notifications.test_layout import rendered
from tests.support.npm import installed
from tests.support.paths import ROOT

FOLDER = ROOT / ".caniemail"
VERSION = "caniemail@2.0.2"
CLIENTS = (
    "gmail.android", "gmail.desktop-webmail", "gmail.ios", "outlook.windows", "outlook.outlook-com", "outlook.macos",
    "outlook.ios", "outlook.android", "apple-mail.ios", "apple-mail.macos", "samsung-email.android",
    "yahoo.desktop-webmail",
)  # fmt: skip
"""Not Windows Mail, which Microsoft ended in 2024. Of Thunderbird the lists lack too much; it draws as Firefox does."""
DOES_WITHOUT = {
    "<body> element": "the table inside has the same background",
    "@media": "the light colours, and the margins of a desk",
    "Attribute selector": "nothing: only Outlook on the web knows what it selects",
    "border-radius": "square corners",
    "color-scheme CSS property": "the client's own choice of colours",
    "color-scheme meta tag": "the client's own choice of colours",
    "max-height property": "nothing: `mso-hide:all` hides the preview there",
    "overflow": "nothing: `mso-hide:all` hides the preview there",
    "white-space": "an amount may break",
    "word-break": "a long address may be cut",
}
SCRIPT = """
import { caniemail } from 'caniemail'
import fs from 'fs'
const found = []
for (const file of process.argv.slice(3)) for (const client of process.argv[2].split(',')) {
  const { issues } = caniemail({ clients: [client], html: fs.readFileSync(file, 'utf8') })
  for (const list of issues.errors.values()) for (const one of list) found.push([file.split('/').pop(), client, one.title])
}
console.log(JSON.stringify(found))
"""


def judge_all(migrated: None, tmp_path: Path) -> None:
    installed(FOLDER, VERSION, "caniemail")
    (FOLDER / "judge.mjs").write_text(SCRIPT)
    files = []
    for name, page in rendered().items():
        file = tmp_path / f"{name.replace(' ', '-')}.html"
        file.write_text(page)
        files.append(str(file))
    command = ["node", str(FOLDER / "judge.mjs"), ",".join(CLIENTS), *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = [tuple(one) for one in json.loads(done.stdout)]
    wrong = sorted(
        {
            f"{email}: {client} does not know: {title}"
            for email, client, title in found
            if title.strip() not in DOES_WITHOUT
        }
    )
    assert wrong == []
    unused = set(DOES_WITHOUT) - {title.strip() for _email, _client, title in found}
    assert unused == set(), "no email needs these any more"
