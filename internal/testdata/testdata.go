// Package testdata finds the instrument files, recorded answers and expected values
// that tests compare with and that are not part of the repository.
package testdata

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Dir returns the folder of the shared test data: NX_TEST_DATA, or ../shared/data
// beside the project's root. The test is skipped where there is none, unless
// NX_TEST_STRICT is set, which makes it fail.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("NX_TEST_DATA")
	if dir == "" {
		dir = filepath.Join(Root(), "..", "shared", "data")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("NX_TEST_STRICT") != "" {
			tb.Fatalf("no test data in %s", dir)
		}
		tb.Skipf("no test data in %s; set NX_TEST_DATA to the folder", dir)
	}
	return dir
}

// Root returns the root of the project.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Unpacked returns the path of an instrument file below Dir, slash-separated without
// ".gz"; a packed file is unpacked into a temporary folder of the test.
func Unpacked(tb testing.TB, name string) string {
	tb.Helper()
	plain := filepath.Join(Dir(tb), filepath.FromSlash(name))
	if _, err := os.Stat(plain); err == nil {
		return plain
	}
	packed, err := os.Open(plain + ".gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	z, err := gzip.NewReader(packed)
	if err != nil {
		tb.Fatal(err)
	}
	target := filepath.Join(tb.TempDir(), filepath.Base(plain))
	out, err := os.Create(target)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err = io.Copy(out, z); err != nil {
		tb.Fatal(err)
	}
	if err = out.Close(); err != nil {
		tb.Fatal(err)
	}
	return target
}
