"""Validates crates with roc-validator at "required", without a network.

usage: validate.py CONTEXT.json CRATE...

Prints one JSON object a crate: whether it is valid, and what is wrong with it. The
context of RO-Crate 1.2 comes from the file; any other address cannot be had.
"""

import json
import pathlib
import sys
import tempfile

from rocrate_validator import services
from rocrate_validator.utils import document_loader, http

ADDRESS = "https://w3id.org/ro/crate/1.2/context"


class Answer:
    """An HTTP response with the context in it."""

    status_code = 200
    headers = {"Content-Type": "application/ld+json"}

    def __init__(self, text):
        self.text = text
        self.content = text.encode()

    def json(self):
        return json.loads(self.text)

    def raise_for_status(self):
        return None


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        context = f.read()

    def fetch(url):
        if url != ADDRESS:
            raise RuntimeError("no network: " + url)
        return json.loads(context)

    def get(self, url, **_):
        if url != ADDRESS:
            raise RuntimeError("no network: " + url)
        return Answer(context)

    document_loader._fetch_json_ld = fetch
    http.HttpRequester.get = get
    with tempfile.TemporaryDirectory() as cache:
        for crate in sys.argv[2:]:
            result = services.validate({
                "rocrate_uri": crate,
                "profile_identifier": "ro-crate-1.2",
                "requirement_severity": "REQUIRED",
                "offline": True,
                "cache_path": pathlib.Path(cache) / "http",
            })
            issues = [f"{i.check.identifier}: {i.message}" for i in result.get_issues()]
            print(json.dumps({"crate": crate, "valid": result.passed(), "issues": issues}))


main()
