"""Imports .eln files with the parser of SampleDB.

usage: import_sampledb.py FOLDER CRATE.eln...

FOLDER holds the unpacked source of SampleDB. Its parser runs as it is; what it imports
besides (database, web framework) is stood in for, because the parser itself uses none of it.
Of its units, a table of codes is missing in the source package; Pint reads them, as there.
Prints one JSON object a crate: what became of it, or why it was refused.
"""

import importlib
import importlib.abc
import importlib.machinery
import json
import sys
import types

import pint

REAL = {"errors", "utils", "eln_import"}


class Loose(type):
    """The type of classes in which every name is a class of the same kind."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = Loose(name, (), {})
        setattr(cls, name, value)
        return value


class Anything(types.ModuleType):
    """A module in which every name is such a class."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = Loose(name, (), {})
        setattr(self, name, value)
        return value


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for what is not installed and for SampleDB besides its parser."""

    names = {"flask", "flask_babel", "flask_login", "minisign", "pytz", "requests"}

    def find_spec(self, name, path=None, target=None):
        parts = name.split(".")
        ours = parts[0] in self.names
        rest = parts[0] == "sampledb" and parts[1:2] != ["logic"] and len(parts) > 1
        logic = parts[:2] == ["sampledb", "logic"] and len(parts) > 2 and parts[2] not in REAL
        if ours or rest or logic:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return Anything(spec.name)

    def exec_module(self, module):
        return None


def package(name, folder):
    module = types.ModuleType(name)
    module.__path__ = [folder]
    sys.modules[name] = module


def load(folder):
    sys.meta_path.insert(0, StandIns())
    package("sampledb", folder + "/sampledb")
    package("sampledb.logic", folder + "/sampledb/logic")
    units = importlib.import_module("sampledb.logic.units")
    units.ureg = pint.UnitRegistry()
    units.ureg.load_definitions(folder + "/sampledb/logic/unit_definitions.txt")
    units.get_unit_for_un_cefact_code = lambda code: None  # ours are addresses
    parser = importlib.import_module("sampledb.logic.eln_import")
    parser.gettext = lambda text, **values: text % values
    parser.flask.current_app = types.SimpleNamespace(
        config={"ENABLE_NUMERIC_TAGS": False, "ELN_FILE_IMPORT_ALLOW_HTTP": False})
    for name in ("SAMPLE_CREATION", "MEASUREMENT", "SIMULATION"):
        setattr(parser.ActionType, name, name.lower())
    return parser


def upload(parser, data):
    """Lets the parser find an upload in what is no database."""
    found = types.SimpleNamespace(first=lambda: types.SimpleNamespace(binary_data=data))
    query = types.SimpleNamespace(filter_by=lambda id: found)
    parser.eln_imports = types.SimpleNamespace(ELNImport=types.SimpleNamespace(query=query))


def main():
    parser = load(sys.argv[1])
    for crate in sys.argv[2:]:
        with open(crate, "rb") as f:
            upload(parser, f.read())
        out = {"crate": crate, "refused": "", "objects": []}
        try:
            parsed = parser.parse_eln_file(1)
        except Exception as e:
            out["refused"] = f"{type(e).__name__}: {e}" + (f" ({e.__cause__})" if e.__cause__ else "")
            print(json.dumps(out))
            continue
        out["users"] = [user.name for user in parsed.users]
        for o in parsed.objects:
            version = o.versions[0]
            out["objects"].append({
                "name": o.name, "type": o.type, "url": o.url, "user": version.user_id,
                "files": sorted(f.name for f in o.files),
                "tags": version.data.get("tags", {}).get("tags", []),
                "session": sorted(version.data.get("session", {})),
                "activity": version.data.get("activity_1", {}),
            })
        print(json.dumps(out))


main()
