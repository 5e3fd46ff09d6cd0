package exporters_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// shown is a destination that shows something.
type shown struct {
	*plain
	fetch func(ctx context.Context) ([]byte, error)
	asked int
}

func (s *shown) Fetch(ctx context.Context, _ exporters.Receipt) ([]byte, error) {
	s.asked++
	return s.fetch(ctx)
}

func shows(document string) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) { return []byte(document), nil }
}

func refuses(err error) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) { return nil, err }
}

// compares takes "<a/>" and "<a></a>" for the same, and "<a>edit</a>" for an edit.
func compares(delivered, stored, built []byte) (exporters.Reconciled, error) {
	switch string(stored) {
	case "<a/>", "<a></a>":
		return exporters.Reconciled{Document: stored, Current: true}, nil
	case "<a>edit</a>":
		return exporters.Reconciled{Document: stored, Current: true, Edits: []string{"title"}}, nil
	}
	return exporters.Reconciled{}, nexuslims.E(nexuslims.Corrupt, "read", "", errors.New("not a record"))
}

func TestVerifySaysWhatStandsThere(t *testing.T) {
	sum := func(s string) string { d := sha256.Sum256([]byte(s)); return hex.EncodeToString(d[:]) }
	for name, c := range map[string]struct {
		fetch    func(ctx context.Context) ([]byte, error)
		standing exporters.Standing
		kind     nexuslims.Kind
	}{
		"the document":     {shows("<a/>"), exporters.Same, nexuslims.Internal},
		"in other words":   {shows("<a></a>"), exporters.Same, nexuslims.Internal},
		"an edit":          {shows("<a>edit</a>"), exporters.Edited, nexuslims.Internal},
		"another document": {shows("something else"), exporters.Differs, nexuslims.Corrupt},
		"nothing":          {refuses(nexuslims.E(nexuslims.NotFound, "fetch", "7", nil)), exporters.Missing, nexuslims.NotFound},
		"no answer":        {refuses(nexuslims.E(nexuslims.Transient, "fetch", "7", nil)), exporters.Unproven, nexuslims.Transient},
		"refusal":          {refuses(nexuslims.E(nexuslims.Permission, "fetch", "7", nil)), exporters.Unproven, nexuslims.Permission},
		"a panic":          {func(context.Context) ([]byte, error) { panic("oh") }, exporters.Unproven, nexuslims.Internal},
		"no return": {func(ctx context.Context) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, exporters.Unproven, nexuslims.Transient},
	} {
		t.Run(name, func(t *testing.T) {
			ledger := exporters.NewMemoryLedger()
			document := *job("s1", "<a/>")
			document.Digest = sum("<a/>")
			r := &exporters.Runner{
				Destinations: []exporters.Open{remote("shown", &shown{plain: works("7"), fetch: c.fetch})},
				Ledger:       ledger, Reconcile: compares, Timeout: 50 * time.Millisecond,
			}
			_, err := r.Deliver(t.Context(), &document)
			require.NoError(t, err)
			before, _, err := ledger.Load(t.Context(), "s1", "shown")
			require.NoError(t, err)
			all, err := r.Verify(t.Context(), "s1")
			require.NoError(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, c.standing, all[0].Standing)
			assert.Equal(t, "7", all[0].Receipt.ID)
			if c.standing == exporters.Same || c.standing == exporters.Edited {
				require.NoError(t, all[0].Err)
				assert.NotEmpty(t, all[0].Digest)
			} else {
				assert.Equal(t, c.kind, nexuslims.KindOf(all[0].Err), "%v", all[0].Err)
			}
			after, _, err := ledger.Load(t.Context(), "s1", "shown")
			require.NoError(t, err)
			assert.Equal(t, before, after, "nothing is changed by asking")
		})
	}
}

func TestVerifyAsksADeadDestinationOnce(t *testing.T) {
	dead := &shown{plain: works("7"), fetch: refuses(nexuslims.E(nexuslims.Transient, "fetch", "7", nil))}
	r := &exporters.Runner{Destinations: []exporters.Open{remote("dead", dead), remote("mute", works("8"))}}
	for _, s := range []string{"s1", "s2"} {
		_, err := r.Deliver(t.Context(), job(s, "<a/>"))
		require.NoError(t, err)
	}
	for _, s := range []string{"s1", "s2", "never delivered"} {
		all, err := r.Verify(t.Context(), s)
		require.NoError(t, err)
		for _, v := range all {
			assert.Equal(t, exporters.Unproven, v.Standing)
			require.Error(t, v.Err)
		}
	}
	assert.Equal(t, 1, dead.asked)
}
