package exporters_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestMisbehaviour(t *testing.T) {
	long := strings.Repeat("é\n", 1<<19) + "\x00\xff"
	for _, c := range []struct {
		name   string
		export func(ctx context.Context, j *exporters.Job) (exporters.Receipt, error)
		kind   nexuslims.Kind
		check  func(t *testing.T, message string)
	}{
		{
			"panics", func(context.Context, *exporters.Job) (exporters.Receipt, error) { panic("boom") }, nexuslims.Internal,
			func(t *testing.T, m string) { assert.True(t, strings.HasPrefix(m, "panic: boom"), m) },
		},
		{
			"says incomplete without reason", func(context.Context, *exporters.Job) (exporters.Receipt, error) {
				return exporters.Receipt{ID: "1", Step: "half", Partial: true}, nil
			}, nexuslims.Internal, func(t *testing.T, m string) { assert.Contains(t, m, "half") },
		},
		{
			"obeys the deadline", func(ctx context.Context, _ *exporters.Job) (exporters.Receipt, error) {
				<-ctx.Done()
				return exporters.Receipt{}, ctx.Err()
			}, nexuslims.Transient, func(t *testing.T, m string) { assert.Contains(t, m, "not done within") },
		},
		{
			"says too much", func(context.Context, *exporters.Job) (exporters.Receipt, error) {
				return exporters.Receipt{}, nexuslims.E(nexuslims.Invalid, "post", "", errors.New(long))
			}, nexuslims.Invalid, func(t *testing.T, m string) {
				assert.LessOrEqual(t, len(m), 8<<10)
				assert.True(t, utf8.ValidString(m))
				assert.NotContains(t, m, "\x00")
			},
		},
		{
			"shows its signature", func(context.Context, *exporters.Job) (exporters.Receipt, error) {
				return exporters.Receipt{}, &url.Error{Op: "Get", URL: "https://x.example/api?sig=canary", Err: errors.New("refused")}
			}, nexuslims.Internal, func(t *testing.T, m string) { assert.NotContains(t, m, "canary") },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(exporters.All, remote("a", &plain{export: c.export}), remote("z", works("1")))
			b.Timeout = 20 * time.Millisecond
			out, err := b.Deliver(t.Context(), job("s", "x"))
			require.NoError(t, err)
			assert.Equal(t, "a=failed z=delivered", states(out))
			assert.Equal(t, c.kind, nexuslims.KindOf(out.Results[0].Err))
			c.check(t, out.Results[0].Err.Error())
			c.check(t, b.entry(t, "s", "a").Message)
			c.check(t, b.ledger.Attempts("s")[0].Message)
		})
	}
}

func TestZeroReceiptIsASuccessUnderTheRegisteredName(t *testing.T) {
	p := &plain{export: func(context.Context, *exporters.Job) (exporters.Receipt, error) { return exporters.Receipt{}, nil }}
	b := newBench(exporters.All, remote("registered", p))
	out, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.True(t, out.Exported)
	assert.Equal(t, "registered", b.ledger.Attempts("s")[0].Destination)
	assert.Equal(t, "digest of x", b.entry(t, "s", "registered").Receipt.Digest)
}

func TestNotesThatJSONCannotHoldCostNothingElse(t *testing.T) {
	p := &plain{export: func(context.Context, *exporters.Job) (exporters.Receipt, error) {
		return exporters.Receipt{ID: "1", Meta: map[string]any{"f": func() {}}}, nil
	}}
	out, err := newBench(exporters.All, remote("a", p)).Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.True(t, out.Exported)
	assert.Nil(t, out.Results[0].Receipt.Meta)
	assert.Len(t, out.Results[0].Receipt.Warnings, 1)
}

func TestMissingDocumentReachesNobody(t *testing.T) {
	a, z := works("1"), works("2")
	out, err := newBench(exporters.All, remote("a", a), remote("z", z)).Deliver(t.Context(), job("s", ""))
	require.NoError(t, err)
	assert.Equal(t, "a=failed z=failed", states(out))
	assert.Empty(t, a.jobs)
	assert.ErrorIs(t, out.Results[0].Err, nexuslims.NotFound)
}

func TestHangingDestinationIsLeftBehind(t *testing.T) {
	release, over := make(chan struct{}), make(chan error, 1)
	p := &plain{export: func(ctx context.Context, j *exporters.Job) (exporters.Receipt, error) {
		<-release
		err := j.Progress(context.WithoutCancel(ctx), exporters.Receipt{ID: "late"})
		over <- err
		return exporters.Receipt{ID: "late"}, nil
	}}
	b := newBench(exporters.All, remote("a", p), remote("z", works("1")))
	// Long enough for the destination to be called at all on a busy machine.
	b.Timeout, b.Grace = 500*time.Millisecond, time.Millisecond
	out, err := b.Deliver(t.Context(), job("s", "x"))
	require.NoError(t, err)
	assert.Equal(t, "a=failed z=delivered", states(out))
	close(release)
	require.Error(t, <-over, "it can note nothing any more")
	assert.Empty(t, b.entry(t, "s", "a").Receipt.ID)

	out, err = b.Deliver(t.Context(), job("next", "x"))
	require.NoError(t, err)
	assert.Equal(t, "a=waiting z=delivered", states(out))
}
