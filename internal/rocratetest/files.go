package rocratetest

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
)

var (
	safeName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
	device   = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

// readFolder reads a crate that is a folder.
func (c *checker) readFolder(dir string) {
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		c.rule(d.Type().IsRegular(), "%s is no regular file", name)
		c.files[name], err = fs.ReadFile(fsys, name)
		return err
	})
	c.rule(err == nil, "its files cannot be read: %v", err)
}

func openArchive(path string) (*zip.ReadCloser, error) { return zip.OpenReader(path) }

// readArchive reads a crate that is an archive; its names begin with prefix.
func (c *checker) readArchive(path, prefix string) {
	z, err := openArchive(path)
	if err != nil {
		c.bad("it is no zip archive: %v", err)
		return
	}
	defer func() { _ = z.Close() }()
	raw, err := os.ReadFile(path)
	c.rule(err == nil, "it cannot be read: %v", err)
	c.rule(prefix != "/", "the first entry lies in no folder")
	var names []string
	for i, f := range z.File {
		name, inside := strings.CutPrefix(f.Name, prefix)
		c.rule(inside, "entry %q lies outside of the folder %q", f.Name, prefix)
		c.rule(i > 0 || name == metadataFile, "the first entry is %q, not the description", f.Name)
		c.rule(!slices.Contains(names, name), "entry %q is there twice", f.Name)
		c.rule(f.Modified.Equal(z.File[0].Modified), "entry %q has another time than the first", f.Name)
		c.rule(f.Method == zip.Store || f.Method == zip.Deflate, "entry %q is compressed by method %d", f.Name, f.Method)
		names = append(names, name)
		c.readEntry(f, name)
		c.checkLocal(raw, f)
	}
	c.rule(slices.Contains(names, "record/"), "the folder record has no entry of its own")
	if len(names) > 3 {
		c.rule(slices.IsSorted(names[3:]), "the files of the record are not in the order of their names")
	}
}

// readEntry reads a file of an archive, which compares its checksum.
func (c *checker) readEntry(f *zip.File, name string) {
	if strings.HasSuffix(name, "/") {
		c.rule(f.Mode() == fs.ModeDir|0o755, "folder %q has the mode %v", f.Name, f.Mode())
		return
	}
	c.rule(f.Mode() == 0o644, "file %q has the mode %v", f.Name, f.Mode())
	r, err := f.Open()
	if err == nil {
		c.files[name], err = io.ReadAll(r)
	}
	c.rule(err == nil, "entry %q cannot be read: %v", f.Name, err)
}

// checkLocal compares the header before a file with the directory at the end: programs
// that read while an archive arrives see the former alone (APPNOTE.TXT 4.3.7).
func (c *checker) checkLocal(raw []byte, f *zip.File) {
	data, err := f.DataOffset()
	head := int(data) - 30 - len(f.Name)
	if err != nil || head < 0 || int(data) > len(raw) {
		c.bad("entry %q has no header", f.Name)
		return
	}
	h := raw[head:data]
	if binary.LittleEndian.Uint32(h) != 0x04034b50 {
		c.bad("entry %q has a header with more than a name", f.Name)
		return
	}
	c.rule(binary.LittleEndian.Uint16(h[6:])&8 == 0, "entry %q has its sizes behind it", f.Name)
	c.rule(binary.LittleEndian.Uint32(h[14:]) == f.CRC32, "entry %q has another checksum in its header", f.Name)
	c.rule(uint64(binary.LittleEndian.Uint32(h[18:])) == f.CompressedSize64 &&
		uint64(binary.LittleEndian.Uint32(h[22:])) == f.UncompressedSize64, "entry %q has other sizes in its header", f.Name)
}
