package objects_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"github.com/nexuslims/nexuslims-go/examples/s3/objects"
	"github.com/nexuslims/nexuslims-go/exporters"
)

const stalled = -1

// refused is the failure of a store that answered.
type refused int

func (r refused) Error() string { return fmt.Sprintf("status %d, signed with c4nary", int(r)) }

func explain(err error) (int, string) {
	var r refused
	if errors.As(err, &r) {
		return int(r), "Refused"
	}
	return 0, ""
}

// store shows a bucket that outlives processes, and can misbehave.
type store struct {
	driver.Bucket // what is not below is not used
	kept          *blob.Bucket

	mu         sync.Mutex
	writes     map[string]int // by key
	asked      int
	fault      int
	carriedOut bool
	status     int
}

func newStore(tb testing.TB, kept *blob.Bucket) *store {
	tb.Helper()
	tb.Cleanup(func() { require.NoError(tb, kept.Close()) })
	return &store{kept: kept, writes: map[string]int{}}
}

// open opens a destination on the store, as another process would.
func (s *store) open(prefix string, set exporters.Set) *objects.Destination {
	return objects.New(objects.Options{
		Open:    func(context.Context) (*blob.Bucket, error) { return blob.NewBucket(s), nil },
		Explain: explain, Prefix: prefix, Address: "s3://records", Files: set,
	})
}

// request carries a request out, unless the store misbehaves.
func (s *store) request(ctx context.Context, do func() error) error {
	s.mu.Lock()
	s.asked++
	failing, status, commit := s.asked == s.fault, s.status, s.carriedOut
	s.mu.Unlock()
	switch {
	case status == stalled:
		<-ctx.Done()
		return ctx.Err()
	case ctx.Err() != nil:
		return ctx.Err()
	case status != 0:
		return refused(status)
	case failing && !commit:
		return errors.New("connection reset")
	}
	if err := do(); err != nil || !failing {
		return err
	}
	return errors.New("answer lost")
}

func (s *store) ErrorCode(err error) gcerrors.ErrorCode { return gcerrors.Code(err) }
func (s *store) ErrorAs(error, any) bool                { return false }
func (s *store) Close() error                           { return nil }

func (s *store) Attributes(ctx context.Context, key string) (found *driver.Attributes, err error) {
	err = s.request(ctx, func() error {
		a, err := s.kept.Attributes(ctx, key)
		if err == nil {
			found = &driver.Attributes{ContentType: a.ContentType, Metadata: a.Metadata, Size: a.Size}
		}
		return err
	})
	return found, err
}

func (s *store) ListPaged(ctx context.Context, o *driver.ListOptions) (*driver.ListPage, error) {
	page := new(driver.ListPage)
	err := s.request(ctx, func() error {
		for _, key := range s.keys(ctx, o.Prefix) {
			page.Objects = append(page.Objects, &driver.ListObject{Key: key})
		}
		return nil
	})
	return page, err
}

// keys lists the keys that begin with a prefix.
func (s *store) keys(ctx context.Context, prefix string) (keys []string) {
	list := s.kept.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return keys
		}
		if err != nil {
			panic(err) // of a bucket in memory or a folder
		}
		keys = append(keys, o.Key)
	}
}

type reader struct{ *bytes.Reader }

func (reader) Close() error { return nil }
func (reader) As(any) bool  { return false }
func (r reader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{Size: r.Size()}
}

func (s *store) NewRangeReader(
	ctx context.Context, key string, _, _ int64, _ *driver.ReaderOptions,
) (r driver.Reader, err error) {
	err = s.request(ctx, func() error {
		data, err := s.kept.ReadAll(ctx, key)
		r = reader{bytes.NewReader(data)}
		return err
	})
	return r, err
}

type writer struct {
	bytes.Buffer
	done func(data []byte) error
}

func (w *writer) Close() error { return w.done(w.Bytes()) }

func (s *store) NewTypedWriter(
	ctx context.Context, key, media string, o *driver.WriterOptions,
) (driver.Writer, error) {
	return &writer{done: func(data []byte) error {
		return s.request(ctx, func() error {
			s.set(func() { s.writes[key]++ })
			return s.kept.WriteAll(ctx, key, data, &blob.WriterOptions{ContentType: media, Metadata: o.Metadata})
		})
	}}, nil
}

func (s *store) Delete(ctx context.Context, key string, _ *driver.DeleteOptions) error {
	return s.request(ctx, func() error { return s.kept.Delete(ctx, key) })
}

func (s *store) set(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// site is what the conformance kit can do with the store.
func (s *store) site(tb testing.TB) exporterSite {
	tb.Helper()
	ctx := context.Background()
	named := func(name string) (keys []string) {
		for _, key := range s.keys(ctx, "") {
			if path.Base(key) == name {
				keys = append(keys, key)
			}
		}
		return keys
	}
	answer := func(status int) func() { return func() { s.set(func() { s.status = status }) } }
	return exporterSite{
		Open:  func(testing.TB) exporters.Destination { return s.open("a/b", exporters.WithData) },
		Count: func() int { return len(named("manifest.json")) },
		Documents: func() (all [][]byte) {
			for _, key := range named("record.xml") {
				data, err := s.kept.ReadAll(ctx, key)
				require.NoError(tb, err)
				all = append(all, data)
			}
			return all
		},
		Edit: func() {
			for _, key := range named("record.xml") {
				data, err := s.kept.ReadAll(ctx, key)
				require.NoError(tb, err)
				require.NoError(tb, s.kept.WriteAll(ctx, key, append(data, "<!-- edited -->"...), nil))
			}
		},
		Remove: func() {
			for _, key := range s.keys(ctx, "") {
				require.NoError(tb, s.kept.Delete(ctx, key))
			}
		},
		Requests: func() (n int) { s.set(func() { n = s.asked }); return n },
		Fail:     func(n int, carriedOut bool) { s.set(func() { s.fault, s.carriedOut = s.asked+n, carriedOut }) },
		Refuse:   answer(403), Throttle: answer(503), Stall: answer(stalled),
		Heal:    func() { s.set(func() { s.fault, s.status = 0, 0 }) },
		Secrets: []string{"c4nary"},
	}
}

// below lists the keys of a folder, relative to it.
func (s *store) below(folder string) (names []string) {
	for _, key := range s.keys(context.Background(), folder+"/") {
		names = append(names, strings.TrimPrefix(key, folder+"/"))
	}
	return names
}
