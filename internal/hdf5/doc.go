// Package hdf5 reads HDF5 files: groups, attributes and datasets, in regions or chunk by
// chunk. It never writes.
//
// Read are user blocks; superblocks 0 to 3; old and new groups (symbol tables, link messages,
// dense links); object headers 1 and 2; compact and dense attributes; compact, contiguous and
// chunked layouts with every chunk index; the filters deflate, shuffle, fletcher32 and LZF;
// numbers of both byte orders, fixed and variable-length texts, compounds, arrays,
// enumerations, opaque values, variable-length sequences; committed types; hard and soft links.
//
// External files, virtual datasets, references, the filters SZIP, N-bit and scale-offset and
// those of third parties are Unsupported, said by name, and only when pixels are read; so
// are messages shared in a heap of the file and filtered heaps, by the object that has them. Nothing is allocated from a
// stated size before it was checked against the file.
//
// The layout is that of the HDF5 File Format Specification, version 3.0.
package hdf5
