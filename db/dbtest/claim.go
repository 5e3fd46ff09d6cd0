package dbtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// claim claims a session and expects the answer.
func (b *bench) claim(t *testing.T, id, owner string, want bool) {
	t.Helper()
	ok, err := b.store.Claim(t.Context(), id, owner, time.Hour)
	require.NoError(t, err)
	require.Equal(t, want, ok)
}

// beat prolongs the claim on session a and expects the answer.
func (b *bench) beat(t *testing.T, owner string, want bool) {
	t.Helper()
	ok, err := b.store.Heartbeat(t.Context(), "a", owner, time.Hour)
	require.NoError(t, err)
	require.Equal(t, want, ok)
}

func claims(t *testing.T, b *bench) {
	t.Helper()
	b.claim(t, "a", "one", true)
	b.claim(t, "a", "one", true)
	b.claim(t, "a", "two", false)
	b.claim(t, "b", "two", true)
	b.beat(t, "two", false)
	b.pass(50 * time.Minute)
	b.beat(t, "one", true)
	b.pass(50 * time.Minute)
	b.claim(t, "a", "two", false)
	b.pass(10 * time.Minute) // the hour since the last beat is over
	b.claim(t, "a", "two", true)
	b.beat(t, "one", false)
	require.NoError(t, b.store.Release(t.Context(), "a", "one"))
	b.claim(t, "a", "one", false)
	require.NoError(t, b.store.Release(t.Context(), "a", "two"))
	b.claim(t, "a", "one", true)
	n, err := b.store.ReleaseAll(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
	b.claim(t, "a", "two", true)
	_, err = b.store.Claim(t.Context(), "a", "", time.Hour)
	require.ErrorIs(t, err, nexuslims.Invalid)
}

func claimsAtOnce(t *testing.T, b *bench) {
	t.Helper()
	const rivals = 8
	var mu sync.Mutex
	won := map[string]int{}
	var wg sync.WaitGroup
	for i := range rivals {
		store := b.store
		if i%2 == 1 {
			store = b.open(t)
		}
		wg.Go(func() {
			for n := range 5 {
				id := fmt.Sprint(n)
				ok, err := store.Claim(t.Context(), id, fmt.Sprint("rival ", i), time.Hour)
				assert.NoError(t, err)
				if ok {
					mu.Lock()
					won[id]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, map[string]int{"0": 1, "1": 1, "2": 1, "3": 1, "4": 1}, won)
}

func clockJumps(t *testing.T, b *bench) {
	t.Helper()
	b.claim(t, "a", "one", true)
	b.pass(-24 * time.Hour) // set back: the claim must not last a day more
	b.claim(t, "a", "two", false)
	b.beat(t, "one", true)
	b.pass(59 * time.Minute)
	b.claim(t, "a", "two", false)
	b.pass(time.Minute)
	b.claim(t, "a", "two", true)

	b.pass(-24 * time.Hour) // set back, and the owner is dead
	b.claim(t, "a", "one", false)
	b.pass(time.Hour)
	b.claim(t, "a", "one", true)

	b.pass(24 * time.Hour) // set forward: who lost the session learns it
	b.claim(t, "a", "two", true)
	b.beat(t, "one", false)
}

func fileClaims(t *testing.T, b *bench) {
	t.Helper()
	at := noon().Add(789 * time.Nanosecond)
	files := []db.FileClaim{{Path: "kit/ä b.dm3", ModTime: at, Size: 3 << 40}, {Path: "kit/c.tif", ModTime: at, Size: 0}}
	overlaps, err := b.store.ClaimFiles(t.Context(), "a", files)
	require.NoError(t, err)
	require.Empty(t, overlaps)
	overlaps, err = b.store.ClaimFiles(t.Context(), "b", files[1:])
	require.NoError(t, err)
	require.Equal(t, []db.Overlap{{Path: "kit/c.tif", Session: "a"}}, overlaps)
	got, err := b.store.FileClaims(t.Context(), "a")
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, files[1].Path, got[0].Path)
	require.Equal(t, files[0].Path, got[1].Path)
	require.Equal(t, files[0].Size, got[1].Size)
	require.True(t, at.Equal(got[1].ModTime), "nanoseconds are kept")
	_, err = b.store.ClaimFiles(t.Context(), "a", nil)
	require.NoError(t, err)
	overlaps, err = b.store.ClaimFiles(t.Context(), "b", files)
	require.NoError(t, err)
	require.Empty(t, overlaps, "a gave its files up")
}
