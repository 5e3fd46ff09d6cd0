"""Makes HDF5 files of many sorts with h5py, and for each a JSON file of what h5py reads in it.

Usage: python h5py_files.py FOLDER         many files, some of megabytes
       python h5py_files.py --small FOLDER the small file of the newest format that is kept in testdata
"""

import hashlib
import json
import os
import random
import sys

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

VERSIONS = [("earliest", "latest"), ("earliest", "v108"), ("v108", "v108"), ("v110", "v110"),
            ("v112", "v112"), ("v114", "v114"), ("v108", "latest"), ("latest", "latest")]


def plain(value, dtype=None):
    """Returns a value in the form that the test compares."""
    if isinstance(value, h5py.Empty):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return plain(value[()], value.dtype)
        return [plain(v, value.dtype if v.__class__ is not np.ndarray else v.dtype) for v in value]
    dtype = dtype if dtype is not None else getattr(value, "dtype", None)
    if dtype is not None and h5py.check_enum_dtype(dtype):
        names = {v: k for k, v in h5py.check_enum_dtype(dtype).items()}
        return names.get(int(value), int(value))
    if isinstance(value, np.void) and value.dtype.names:
        return {"compound": [[n, plain(value[n], value.dtype[n])] for n in value.dtype.names]}
    if isinstance(value, np.void):
        b = bytes(value)
        return {"_bytes_len": len(b), "sha256": hashlib.sha256(b).hexdigest()}
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return {"int": str(int(value))}
    if isinstance(value, (complex, np.complexfloating)):
        return {"compound": [["r", plain(value.real)], ["i", plain(value.imag)]]}
    if isinstance(value, (float, np.floating)):
        return {"float": repr(float(value))}
    raise TypeError(repr(value))


def element(dtype):
    """Returns the name of the element type of pixels."""
    if h5py.check_enum_dtype(dtype):
        return h5py.check_enum_dtype(dtype) and np.dtype(dtype.str).name
    if dtype.kind == "f" and dtype.itemsize == 2:
        return "float32"
    if dtype.kind in "iufbc" and dtype.itemsize <= (16 if dtype.kind == "c" else 8):
        return dtype.newbyteorder("=").name
    return ""


def digest(array):
    kind = element(array.dtype)
    array = np.ascontiguousarray(array.astype(np.dtype(kind).newbyteorder("<")))
    return hashlib.sha256(array.tobytes()).hexdigest()


def describe(f, rnd, unreadable):
    """Returns what h5py says about all objects of a file."""
    entries = []
    seen = set()

    def attributes(o):
        out = {}
        for name in o.attrs:
            kind = o.attrs.get_id(name).dtype
            out[name] = plain(o.attrs[name], kind if h5py.check_enum_dtype(kind) else None)
            if h5py.check_enum_dtype(kind) and isinstance(o.attrs[name], np.ndarray):
                out[name] = [plain(v, kind) for v in o.attrs[name]]
        return out

    def visit(path, o):
        address = h5py.h5o.get_info(o.id).addr
        if address in seen:
            return
        seen.add(address)
        e = {"path": path, "attrs": attributes(o)}
        if isinstance(o, h5py.Dataset):
            e["kind"] = "dataset"
            dataset(e, o, path)
        elif isinstance(o, h5py.Datatype):
            e["kind"] = "type"
        else:
            e["kind"] = "group"
            e["names"] = sorted(o.keys(), key=lambda n: n.encode())
            for name in o:
                link = o.get(name, getlink=True)
                if isinstance(link, h5py.HardLink):
                    visit(path.rstrip("/") + "/" + name, o[name])
        entries.append(e)

    def dataset(e, o, path):
        if o.shape is None:
            e["null"] = True
            return
        e["shape"] = list(o.shape)
        if path in unreadable:
            e["error"] = unreadable[path]
            return
        kind = element(o.dtype)
        if kind:
            e["element"] = kind
            whole = o[()]
            e["sha256"] = digest(np.asarray(whole))
            e["regions"] = []
            for _ in range(4):
                if not all(o.shape):
                    break
                start = [rnd.randrange(n) for n in o.shape]
                step = [rnd.choice([1, 1, 2, 3, 7]) for n in o.shape]
                count = [rnd.randint(1, (n - s - 1) // p + 1) for n, s, p in zip(o.shape, start, step)]
                part = np.asarray(whole)[tuple(slice(s, s + c * p, p) for s, c, p in zip(start, count, step))]
                e["regions"].append({"start": start, "count": count, "step": step, "sha256": digest(part)})
        elif h5py.check_vlen_dtype(o.dtype) and o.size:
            e["lengths"] = [len(v) for v in np.atleast_1d(np.asarray(o[()], dtype=object)).ravel()] if o.shape else [len(o[()])]
        if o.size * max(1, o.dtype.itemsize) <= 20000:
            value = o[()]
            if h5py.check_enum_dtype(o.dtype) and o.shape:
                e["value"] = np.vectorize(lambda v: plain(v, o.dtype), otypes=[object])(value).tolist()
            else:
                e["value"] = plain(value, o.dtype if h5py.check_enum_dtype(o.dtype) else None)

    visit("/", f["/"])
    return entries


NUMBERS = ["u1", "i1", "<u2", ">u2", "<i2", ">i2", "<u4", ">i4", "<u8", ">u8", "<i8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "?"]


def numbers(rnd, dtype, shape):
    dtype = np.dtype(dtype)
    gen = np.random.default_rng(rnd.randrange(1 << 30))
    if dtype.kind == "b":
        return gen.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "ui":
        info = np.iinfo(dtype)
        return gen.integers(info.min, info.max, shape, dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)
    if dtype.kind == "c":
        return (gen.standard_normal(shape) + 1j * gen.standard_normal(shape)).astype(dtype)
    return (gen.standard_normal(shape) * 100).astype(dtype)


COLOUR = h5py.enum_dtype({"RED": 3, "GREEN": -4, "BLUE": 5}, basetype="i2")
RECORD = np.dtype([("a", "<i4"), ("text", "S7"), ("b", [("x", ">f8"), ("y", "u1", (2, 3))])])
TEXTS = ["", "a", "grüße", "µm", "x" * 300, "two words"]


def attribute(rnd, o, i):
    name = rnd.choice(["attr", "größe", "a long name of an attribute", "α"]) + str(i)
    kind = rnd.randrange(12)
    shape = rnd.choice([(), (1,), (3,), (2, 3), (0,)])
    if kind < 4:
        o.attrs[name] = numbers(rnd, rnd.choice(NUMBERS), shape)
    elif kind == 4:
        o.attrs[name] = rnd.choice(TEXTS)
    elif kind == 5:
        o.attrs.create(name, [rnd.choice(TEXTS) for _ in range(3)], dtype=h5py.string_dtype())
    elif kind == 6:
        o.attrs[name] = np.bytes_(rnd.choice(["abc", "x" * 50, "y"]))
    elif kind == 7:
        o.attrs[name] = h5py.Empty("f4")
    elif kind == 8:
        o.attrs.create(name, [3, -4, 5], dtype=COLOUR)
    elif kind == 9:
        o.attrs[name] = np.array((1, b"abc", (2.5, [[1, 2, 3], [4, 5, 6]])), dtype=RECORD)
    elif kind == 10:
        o.attrs[name] = np.void(os.urandom(0) + bytes(range(rnd.randint(1, 40))))
    else:
        o.attrs[name] = numbers(rnd, "<c16", shape)


def filters(rnd):
    out = {}
    if rnd.random() < 0.5:
        out["shuffle"] = True
    pick = rnd.random()
    if pick < 0.35:
        out["compression"] = "gzip"
        out["compression_opts"] = rnd.randint(1, 9)
    elif pick < 0.6:
        out["compression"] = "lzf"
    if rnd.random() < 0.3:
        out["fletcher32"] = True
    return out


def array(rnd, g, name):
    """Adds a dataset of numbers of any layout."""
    dtype = rnd.choice(NUMBERS + ["<c8", ">c16"])
    rank = rnd.randint(0, 4)
    shape = tuple(rnd.choice([1, 2, 5, 8, 13]) for _ in range(rank))
    data = numbers(rnd, dtype, shape)
    if rank == 0 or rnd.random() < 0.2:
        return g.create_dataset(name, data=data)
    chunks = tuple(rnd.randint(1, n) for n in shape)
    if rnd.random() < 0.2:
        chunks = shape
    limit = rnd.choice(["fixed", "larger", "one", "last", "several", "all"])
    most = {"fixed": shape, "larger": tuple(n + 7 for n in shape), "one": (None,) + shape[1:],
            "last": shape[:-1] + (None,), "several": (None,) + shape[1:-1] + (None,), "all": (None,) * rank}[limit]
    if len(most) != rank:
        most = (None,)
    kw = filters(rnd)
    if rnd.random() < 0.4:
        kw["fillvalue"] = numbers(rnd, dtype, ())[()]
    d = g.create_dataset(name, shape, dtype=dtype, chunks=chunks, maxshape=most, **kw)
    way = rnd.random()
    if way < 0.6:
        d[...] = data
    elif way < 0.9:  # only a part
        part = tuple(slice(rnd.randrange(n), None) for n in shape)
        d[part] = data[part]
    if limit != "fixed" and rnd.random() < 0.5:
        if limit in ("one", "several", "all"):
            d.resize(shape[0] + rnd.randint(-min(1, shape[0] - 1), 20), axis=0)
        if limit in ("last", "several", "all"):
            d.resize(shape[-1] + rnd.randint(0, 9), axis=rank - 1)
        if limit == "larger":
            d.resize(tuple(n + rnd.randint(0, 7) for n in shape))
    return d


def odd(rnd, g, name):
    """Adds a dataset of something else than numbers."""
    kind = rnd.randrange(9)
    chunked = {"chunks": (2,), "compression": rnd.choice(["gzip", "lzf", None])} if rnd.random() < 0.5 else {}
    if kind == 0:
        return g.create_dataset(name, data=np.array([rnd.choice(TEXTS) for _ in range(4)], dtype=object),
                                dtype=h5py.string_dtype(), **chunked)
    if kind == 1:
        return g.create_dataset(name, data=np.array([b"abc", b"", b"longer text"], dtype="S11"), **chunked)
    if kind == 2:
        d = g.create_dataset(name, (5,), dtype=h5py.vlen_dtype(np.dtype("<u4")), **chunked)
        for i in range(4):
            d[i] = np.arange(rnd.choice([0, 1, 5, 3000]), dtype="u4")
        return d
    if kind == 3:
        d = g.create_dataset(name, (3,), dtype=RECORD, **chunked)
        d[1] = (7, b"seven", (0.5, [[1, 2, 3], [4, 5, 6]]))
        return d
    if kind == 4:
        return g.create_dataset(name, data=np.array([3, -4, 5, 3], dtype="i2"), dtype=COLOUR, **chunked)
    if kind == 5:
        return g.create_dataset(name, data=np.array([b"\x01\x02\x03"] * 3, dtype="V3"), **chunked)
    if kind == 6:
        return g.create_dataset(name, data=h5py.Empty("i4"))
    if kind == 7:
        return g.create_dataset(name, data=rnd.choice(TEXTS))
    return g.create_dataset(name, data=numbers(rnd, "<f8", (3,)).astype(np.longdouble), **chunked)


def tree(rnd, g, depth, count):
    for i in range(rnd.randint(1, count)):
        name = rnd.choice(["group", "data", "größe", "with blank "]) + str(i)
        pick = rnd.random()
        if pick < 0.25 and depth > 0:
            o = g.create_group(name, track_order=rnd.random() < 0.5)
            tree(rnd, o, depth - 1, count)
        elif pick < 0.8:
            o = array(rnd, g, name)
        else:
            o = odd(rnd, g, name)
        for k in range(rnd.choice([0, 1, 3, 7, 20])):
            attribute(rnd, o, k)


def special(rnd, f, unreadable):
    """Adds what random trees rarely have."""
    many = f.create_group("many")
    for i in range(rnd.choice([9, 500, 3000])):
        many.create_group("m%d" % (i * 7919 % 10007))
    for name in list(many)[::5]:
        del many[name]
    ordered = f.create_group("ordered", track_order=True)
    for i in range(60):
        ordered.create_group("o%d" % (97 * i % 60)).attrs["i"] = i
    full = f.create_group("full")
    for i in range(300):
        full.attrs["a%d" % i] = i
    for i in range(0, 300, 7):
        del full.attrs["a%d" % i]
    full.attrs["text"] = "x" * 40000
    full.attrs["block"] = np.arange(7000, dtype="u4")
    f["links/hard"] = full
    f["links/soft"] = h5py.SoftLink("/many")
    f["links/relative"] = h5py.SoftLink("hard")
    f["links/nowhere"] = h5py.SoftLink("/nothing/here")
    f["links/outside"] = h5py.ExternalLink("other.h5", "/data")
    crowd = f.create_group("crowd")  # so many that the heap has nested blocks
    for i in range(9000 if f.libver[0] > "v112" else 50):
        crowd["soft link with a long name %05d" % i] = h5py.SoftLink("/many/" + "x" * 60)
    f["types/number"] = np.dtype(">i4")
    f["types/record"] = RECORD
    f["types/record"].attrs["note"] = "committed"
    f.create_dataset("typed", (4,), dtype=f["types/record"])
    f["typed"][2] = (1, b"x", (1.5, [[1, 2, 3], [4, 5, 6]]))
    f["typed"].attrs.create("typed", 5, dtype=f["types/number"])
    layouts(rnd, f.create_group("layouts"))
    s = f.create_dataset("scaled", data=np.arange(20), chunks=(5,), scaleoffset=2)
    unreadable["/scaled"] = "scaleoffset"
    v = h5py.VirtualLayout((4,), "i4")
    v[:] = h5py.VirtualSource("other.h5", "data", (4,))
    if f.libver[1] not in ("v108", "earliest"):
        f.create_virtual_dataset("virtual", v)
        unreadable["/virtual"] = "virtual"
    f.create_dataset("external", (4,), dtype="i4", external=[("other.raw", 0, 16)])
    unreadable["/external"] = "external"
    del s


def layouts(rnd, g):
    for name in ("compact", "early", "sparse", "edges"):
        p = h5p.create(h5p.DATASET_CREATE)
        shape, most = (40, 30), None
        if name == "compact":
            p.set_layout(h5d.COMPACT)
        elif name == "early":
            p.set_chunk((7, 8))
            p.set_alloc_time(h5d.ALLOC_TIME_EARLY)
        else:
            p.set_chunk((7, 8))
            p.set_deflate(3)
            if name == "edges" and hasattr(p, "set_chunk_opts"):
                p.set_chunk_opts(2)
        h5d.create(g.id, name.encode(), h5t.STD_I16BE, h5s.create_simple(shape, most), p)
        if name == "sparse":
            g[name][20:25, 3] = 7
        else:
            g[name][...] = numbers(rnd, ">i2", shape)
    d = g.create_dataset("pages", (5000,), dtype="u2", chunks=(1,), maxshape=(5000,))  # pages of a fixed array
    d[3] = 1
    d[2000:2003] = [5, 6, 7]
    d[4999] = 9
    d = g.create_dataset("packed_pages", (5000,), dtype="u2", chunks=(1,), compression="gzip")
    d[1023:1026] = [5, 6, 7]
    d = g.create_dataset("growing", (600000,), dtype="u1", chunks=(1,), maxshape=(None,))  # all levels of an extensible array
    for at in [0, 3, 4, 19, 20, 40, 100, 1000, 5000, 131071, 131076, 132000, 140000, 200000, 262143, 300000, 599999]:
        d[at] = at % 251 + 1
    d = g.create_dataset("wide", (3, 500), dtype="f4", chunks=(2, 3), maxshape=(3, None), compression="lzf")
    d[:, 100:400] = numbers(rnd, "f4", (3, 300))
    d = g.create_dataset("both", (60, 90), dtype="i4", chunks=(2, 3), maxshape=(None, None), compression="gzip")
    d[...] = numbers(rnd, "i4", (60, 90))
    g.create_dataset("single", data=numbers(rnd, ">i4", (10, 20)), chunks=(10, 20))
    g.create_dataset("single_packed", data=numbers(rnd, "u1", (10, 20)), chunks=(10, 20), compression="gzip", shuffle=True)
    d = g.create_dataset("deep", (3000,), dtype="i2", chunks=(2,))  # several levels of an old tree
    d[...] = numbers(rnd, "i2", (3000,))
    d.attrs["reference count"] = 1


def main(folder):
    for i, libver in enumerate(VERSIONS * 3):
        rnd = random.Random(i)
        name = os.path.join(folder, "%02d.h5" % i)
        unreadable = {}
        try:
            f = h5py.File(name, "w", libver=libver, userblock_size=rnd.choice([0, 0, 512, 4096]),
                          track_order=rnd.random() < 0.3)
        except ValueError:  # an older h5py
            continue
        with f:
            for k in range(rnd.choice([0, 5, 30])):
                attribute(rnd, f, k)
            tree(rnd, f, 3, 8)
            if i < len(VERSIONS):
                special(rnd, f, unreadable)
        with h5py.File(name, "r") as f:
            entries = describe(f, rnd, unreadable)
        with open(name + ".json", "w") as out:
            json.dump({"libver": libver, "entries": entries}, out)


def small(folder):
    """Makes one small file with the structures of the newer format."""
    rnd = random.Random(0)
    name = os.path.join(folder, "new.h5")
    with h5py.File(name, "w", libver=("v110", "v110")) as f:
        for i in range(12):
            f.attrs["a%d" % i] = i
        f.attrs["long"] = "x" * 5000
        g = f.create_group("dense", track_order=True)
        for i in range(20):
            g["m%02d" % (i * 7 % 20)] = h5py.SoftLink("/big")
        f.create_dataset("single", data=numbers(rnd, ">i4", (4, 5)), chunks=(4, 5), compression="lzf", shuffle=True)
        f.create_dataset("big", data=numbers(rnd, ">f4", (4, 5)))
        d = f.create_dataset("fixed", (9, 5), dtype="u2", chunks=(2, 2), fillvalue=7, fletcher32=True)
        d[3:] = numbers(rnd, "u2", (6, 5))
        d = f.create_dataset("extensible", (3, 60), dtype="u1", chunks=(3, 1), maxshape=(3, None))
        d[:, 2:50] = numbers(rnd, "u1", (3, 48))
        d = f.create_dataset("tree", (5, 6), dtype="i2", chunks=(2, 2), maxshape=(None, None), compression="gzip")
        d[:3] = numbers(rnd, "i2", (3, 6))
        p = h5p.create(h5p.DATASET_CREATE)
        p.set_chunk((2, 3))
        p.set_alloc_time(h5d.ALLOC_TIME_EARLY)
        h5d.create(f.id, b"implicit", h5t.STD_I16BE, h5s.create_simple((5, 5)), p)
        f["implicit"][...] = numbers(rnd, ">i2", (5, 5))
        f["type"] = RECORD
        f.create_dataset("typed", (2,), dtype=f["type"])
        f.create_dataset("texts", data=["a", "grüße", ""], dtype=h5py.string_dtype())
    with h5py.File(name, "r") as f:
        entries = describe(f, rnd, {})
    with open(name + ".json", "w") as out:
        json.dump({"libver": ["v110", "v110"], "entries": entries}, out)


if sys.argv[1] == "--small":
    small(sys.argv[2])
else:
    main(sys.argv[1])
