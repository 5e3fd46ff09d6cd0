package db_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCreateNeverTouchesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	require.NoError(t, os.WriteFile(path, []byte("a user's file"), 0o644))
	require.ErrorIs(t, db.Create(t.Context(), path), nexuslims.Conflict)
	untouched(t, path, []byte("a user's file"))
	require.ErrorIs(t, db.Create(t.Context(), filepath.Join(path, "below.db")), nexuslims.Permission)
	untouched(t, path, []byte("a user's file"))

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	other := filepath.Join(t.TempDir(), "other.db")
	require.ErrorIs(t, db.Create(canceled, other), nexuslims.Canceled)
	entries, err := os.ReadDir(filepath.Dir(other))
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	cases := []struct {
		name string
		data []byte // nil makes nothing
		kind nexuslims.Kind
	}{
		{"missing", nil, nexuslims.NotFound},
		{"empty", []byte{}, nexuslims.Invalid},
		{"text", []byte("instrument_pid,api_url\n" + string(make([]byte, 4096))), nexuslims.Invalid},
		{"header alone", []byte("SQLite format 3\x00"), nexuslims.Invalid},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "site.db")
			if c.data != nil {
				require.NoError(t, os.WriteFile(path, c.data, 0o644))
			}
			_, err := db.Open(t.Context(), path, db.Options{})
			require.ErrorIs(t, err, c.kind)
			assert.ErrorContains(t, err, path)
			if c.data != nil {
				untouched(t, path, c.data)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		_, err := db.Open(t.Context(), t.TempDir(), db.Options{})
		require.ErrorIs(t, err, nexuslims.Invalid)
	})
	t.Run("database of something else", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "other.db")
		execute(t, path, "CREATE TABLE shopping (item TEXT)")
		_, err := db.Open(t.Context(), path, db.Options{})
		require.ErrorIs(t, err, nexuslims.Invalid)
		require.ErrorContains(t, err, "not a NexusLIMS database")
	})
}

func TestCorruptPagesAreFound(t *testing.T) {
	s, _ := newStore(t)
	var many []nexuslims.Session
	for i := range 300 {
		v := visit("https://nemo.example.org/api/usage_events/?id=" + string(rune('a'+i%26)) + time.Duration(i).String())
		many = append(many, v)
	}
	_, err := s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "x", Sessions: many})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	data, err := os.ReadFile(s.Path())
	require.NoError(t, err)
	for i := len(data) - 3*4096; i < len(data); i++ {
		data[i] ^= 0x5a
	}
	require.NoError(t, os.WriteFile(s.Path(), data, 0o644))
	damaged := open(t, s.Path(), db.Options{})
	require.ErrorIs(t, damaged.Check(t.Context()), nexuslims.Corrupt)
}

func TestReadOnlyStoreChangesNothing(t *testing.T) {
	path := reference(t, "v2_5_0b.sql") // without our tables
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	s, err := db.Open(t.Context(), path, db.Options{ReadOnly: true})
	require.NoError(t, err)
	queue, _, err := s.Queue(t.Context())
	require.NoError(t, err)
	require.Len(t, queue, 2)
	require.NoError(t, s.Check(t.Context()))
	list, err := s.Deliveries(t.Context(), queue[0].ID)
	require.NoError(t, err)
	require.Empty(t, list)
	_, found, err := s.Record(t.Context(), queue[0].ID)
	require.NoError(t, err)
	require.False(t, found)
	at, err := s.Bookmark(t.Context(), "nemo", "x")
	require.NoError(t, err)
	require.True(t, at.IsZero())
	require.ErrorIs(t, s.Settle(t.Context(), queue[0].ID, nexuslims.Completed), nexuslims.Permission)
	_, err = s.Claim(t.Context(), queue[0].ID, "x", time.Hour)
	require.ErrorIs(t, err, nexuslims.Permission)
	require.NoError(t, s.Close())
	untouched(t, path, before)
}

func TestLockedDatabaseIsTransient(t *testing.T) {
	s, _ := newStore(t)
	hurried := open(t, s.Path(), db.Options{Wait: time.Second})
	other := connection(t, s.Path())
	begin(t, other, "BEGIN EXCLUSIVE")
	_, err := db.Open(t.Context(), s.Path(), db.Options{Wait: 20 * time.Millisecond})
	require.ErrorIs(t, err, nexuslims.Transient)
	_, err = hurried.Instruments(t.Context())
	require.ErrorIs(t, err, nexuslims.Transient)
	_, err = hurried.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{visit("a")}})
	require.ErrorIs(t, err, nexuslims.Transient)

	leaving, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = s.Instruments(leaving) // would wait for half a minute
	require.ErrorIs(t, err, nexuslims.Canceled)
	require.ErrorIs(t, err, context.Canceled)

	time.AfterFunc(20*time.Millisecond, func() {
		begin(t, other, "ROLLBACK")
		assert.NoError(t, other.Close())
	})
	list, err := s.Instruments(t.Context())
	require.NoError(t, err, "who waits long enough is served")
	require.Len(t, list, 2)
}

func TestCloseTwice(t *testing.T) {
	s, _ := newStore(t)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	_, err := s.Instruments(t.Context())
	require.Error(t, err)
}

func TestOrphansAreNoDamage(t *testing.T) {
	s, _ := newStore(t)
	logged(t, s, [6]string{"x", "gone", "2026-03-01T10:00:00-05:00", "START", todo, "ada"},
		[6]string{"x", "gone", "2026-03-01T11:00:00-05:00", "END", todo, "ada"})
	require.NoError(t, s.Check(t.Context()), "the Python program leaves such rows behind")
	require.NoError(t, s.Settle(t.Context(), "x", nexuslims.Failed), "their status can be set")
}
