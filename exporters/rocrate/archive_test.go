package rocrate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters/rocrate"
	"github.com/nexuslims/nexuslims-go/internal/rocratetest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestBigFiles: sizes beyond 4 GiB stand in the header before the file and in the
// directory, once each.
func TestBigFiles(t *testing.T) {
	const name = "record/big.dm4"
	for size, big := range map[uint64]bool{1<<32 - 2: false, 1<<32 - 1: true, 5 << 30: true} {
		var b bytes.Buffer
		require.NoError(t, rocrate.BigHeader(&b, size))
		head := b.Bytes()
		require.Equal(t, uint32(0x04034b50), binary.LittleEndian.Uint32(head))
		extra := int(binary.LittleEndian.Uint16(head[28:]))
		directory := head[30+len(name)+extra:]
		require.Equal(t, uint32(0x02014b50), binary.LittleEndian.Uint32(directory))
		if !big {
			assert.Zero(t, extra)
			assert.Equal(t, uint16(20), binary.LittleEndian.Uint16(head[4:]))
			assert.Equal(t, uint32(size), binary.LittleEndian.Uint32(head[22:]))
			continue
		}
		assert.Equal(t, uint16(45), binary.LittleEndian.Uint16(head[4:]), "version needed")
		assert.Equal(t, ^uint32(0), binary.LittleEndian.Uint32(head[18:]))
		assert.Equal(t, ^uint32(0), binary.LittleEndian.Uint32(head[22:]))
		field := head[30+len(name) : 30+len(name)+extra]
		require.Len(t, field, 20)
		assert.Equal(t, uint16(1), binary.LittleEndian.Uint16(field))
		assert.Equal(t, size, binary.LittleEndian.Uint64(field[4:]))
		assert.Equal(t, size, binary.LittleEndian.Uint64(field[12:]))
		inDirectory := directory[46+len(name):][:binary.LittleEndian.Uint16(directory[30:])]
		assert.Equal(t, 1, bytes.Count(inDirectory, binary.LittleEndian.AppendUint64(nil, size))/2, "one field of two sizes")
	}
}

// TestMemory: a data file passes through, whatever its size.
func TestMemory(t *testing.T) {
	const size = 96 << 20
	dir, f := t.TempDir(), newFacility(t)
	job := f.job()
	require.NoError(t, os.Truncate(filepath.Join(f.instruments, "SEM_A/aquill/map.dm4"), size))
	config := including(dir, rocrate.ELN)
	config.Limit = 1 << 30
	store := open(t, config)
	store.Wrap((&faultyDisk{}).wrap)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := store.Export(t.Context(), job)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(size/4))
	rocratetest.Require(t, cratesOf(t, dir, rocrate.ELN)[0])
}

// TestGolden keeps the bytes of a crate: a change of them is a new version of every crate
// that there is, and belongs into the changelog.
func TestGolden(t *testing.T) {
	dir, f := t.TempDir(), newFacility(t)
	deliver(t, rocrate.Config{
		Path: dir, Forms: allForms, Checksum: true, Site: wholeSite, DataURL: address(t, "https://data.example.org/"),
	}, f.job(), noReceipt)
	for name, crate := range map[string]string{"eln": cratesOf(t, dir, rocrate.ELN)[0], "zip": cratesOf(t, dir, rocrate.Zip)[0]} {
		golden(t, name+".sha256", []byte(sumOf(t, crate)+"\n"))
	}
	files := contents(t, cratesOf(t, dir, rocrate.Folder)[0])
	golden(t, "ro-crate-metadata.json", files["ro-crate-metadata.json"])
	golden(t, "ro-crate-preview.html", files["ro-crate-preview.html"])
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "%s of version %s", name, nexuslims.Version)
}
