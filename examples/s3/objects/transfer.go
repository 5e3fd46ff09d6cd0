package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"gocloud.dev/blob"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The metadata of each object.
const (
	metaDigest  = "nexuslims-sha256"
	metaSession = "nexuslims-session" // see sessionKey
)

// read reads a whole object.
func (d *Destination) read(ctx context.Context, key string) ([]byte, error) {
	r, err := d.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, d.failure(ctx, "read", key, err)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, d.failure(ctx, "read", key, err)
	}
	if len(data) > maxDocument {
		return nil, nexuslims.E(nexuslims.Unsupported, "read", key, errors.New("object over the limit"))
	}
	return data, nil
}

// content is what an object is made of. Open may be called several times.
type content struct {
	file File
	open func() (io.ReadCloser, error)
}

func contentOf(name, media string, data []byte) content {
	sum := sha256.Sum256(data)
	return content{
		File{name, media, int64(len(data)), hex.EncodeToString(sum[:])},
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
}

// contentOfPart reads a file once for its size and digest.
func contentOfPart(ctx context.Context, p exporters.Part) (content, error) {
	f, err := p.Open()
	if err != nil {
		return content{}, err
	}
	hash := sha256.New()
	size, err := io.Copy(hash, stoppable{ctx, f})
	if err = errors.Join(err, f.Close()); err != nil {
		return content{}, err
	}
	return content{
		File{p.Name, p.MediaType, size, hex.EncodeToString(hash.Sum(nil))},
		func() (io.ReadCloser, error) { return p.Open() },
	}, nil
}

// stoppable ends reading when the caller gives up.
type stoppable struct {
	ctx  context.Context //nolint:containedctx // for the length of one copy
	file fs.File
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.file.Read(p)
}

// has reports whether an object is there with that very content.
func (d *Destination) has(ctx context.Context, key string, f File) (bool, error) {
	a, err := d.bucket.Attributes(ctx, key)
	if err != nil {
		err = d.failure(ctx, "look at", key, err)
		if errors.Is(err, nexuslims.NotFound) {
			err = nil
		}
		return false, err
	}
	return a.Size == f.Size && a.Metadata[metaDigest] == f.SHA256, nil
}

// put uploads an object. It becomes visible whole or not at all; a file that is not what
// it was when its digest was taken does not become visible either.
func (d *Destination) put(ctx context.Context, key, session string, c content) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	options := &blob.WriterOptions{
		ContentType: c.file.MediaType,
		Metadata:    map[string]string{metaDigest: c.file.SHA256, metaSession: sessionKey(session)},
	}
	w, err := d.bucket.NewWriter(ctx, key, options)
	if err != nil {
		return d.putFailure(ctx, key, err)
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, hash), r)
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != c.file.SHA256 {
		cancel() // before Close, which would make it visible
		_ = w.Close()
		return nexuslims.E(nexuslims.Transient, "upload", key, errors.New("the file changed while it was read"))
	}
	if err != nil {
		err = d.putFailure(ctx, key, err)
		cancel()
		_ = w.Close()
		return err
	}
	return d.putFailure(ctx, key, w.Close())
}

// putFailure tells a missing bucket from a missing object, which no upload can miss.
func (d *Destination) putFailure(ctx context.Context, key string, err error) error {
	err = d.failure(ctx, "upload", key, err)
	if errors.Is(err, nexuslims.NotFound) {
		return nexuslims.E(nexuslims.Invalid, "upload", key, fmt.Errorf("no such bucket: %w", errors.Unwrap(err)))
	}
	return err
}

// remove deletes an object that may be gone already.
func (d *Destination) remove(ctx context.Context, key string) error {
	err := d.failure(ctx, "delete", key, d.bucket.Delete(ctx, key))
	if errors.Is(err, nexuslims.NotFound) {
		return nil
	}
	return err
}

// sweep deletes the objects of a folder that we put there and that its manifest does not
// name. What people put beside them stays.
func (d *Destination) sweep(ctx context.Context, folder string, m Manifest) error {
	list := d.bucket.List(&blob.ListOptions{Prefix: d.key(folder) + "/"})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return d.failure(ctx, "list", folder, err)
		}
		if name := strings.TrimPrefix(o.Key, d.key(folder)+"/"); name == manifestFile || m.file(name).Name != "" {
			continue
		}
		if err := d.removeOurs(ctx, o.Key, m.Session); err != nil {
			return err
		}
	}
}

func (d *Destination) removeOurs(ctx context.Context, key, session string) error {
	a, err := d.bucket.Attributes(ctx, key)
	if err != nil {
		err = d.failure(ctx, "look at", key, err)
		if errors.Is(err, nexuslims.NotFound) {
			return nil
		}
		return err
	}
	if a.Metadata[metaSession] != sessionKey(session) {
		return nil
	}
	return d.remove(ctx, key)
}
