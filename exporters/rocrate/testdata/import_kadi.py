"""Imports .eln files with the code of kadi-apy.

usage: import_kadi.py CRATE.eln...

The server is stood in for by a manager that remembers what it is told. Prints one JSON
object a crate: the records that were made, or why the import failed.
"""

import json
import sys

from kadi_apy.lib import imports


class Answer:
    status_code = 201

    def __init__(self, id):
        self.id = id

    def json(self):
        return {"id": self.id}


class Record:
    def __init__(self, metadata):
        self.metadata = metadata
        self.files = []
        self.extras = []
        self.collections = []

    def add_collection_link(self, collection):
        self.collections.append(collection)

    def upload_file(self, path, name, description):
        with open(path, "rb") as f:
            self.files.append({"name": name, "size": len(f.read()), "description": description})

    def edit(self, **values):
        self.extras = values.get("extras", [])


class Manager:
    def __init__(self):
        self.records = []

    def _post(self, path, json):
        self.records.append(Record(json))
        return Answer(len(self.records) - 1)

    def record(self, id):
        return self.records[id]


def main():
    for crate in sys.argv[1:]:
        manager = Manager()
        out = {"crate": crate, "refused": "", "records": []}
        try:
            imports.import_eln(manager, crate)
        except Exception as e:
            out["refused"] = f"{type(e).__name__}: {e}"
        for r in manager.records:
            out["records"].append({
                "title": r.metadata["title"], "description": r.metadata.get("description"), "tags": r.metadata.get("tags"),
                "files": sorted(r.files, key=lambda f: f["name"]), "extras": r.extras,
            })
        print(json.dumps(out))


main()
