package exportertest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// name is what the kit registers a destination as.
const name = "tried"

// bench is a double with a ledger that outlives processes.
type bench struct {
	tb      testing.TB
	harness Harness
	site    Site
	ledger  *exporters.MemoryLedger
	files   exporters.Files
	merge   func(delivered, stored, built []byte) (exporters.Reconciled, error)
	clock   time.Time
}

func newBench(tb testing.TB, h Harness) *bench {
	tb.Helper()
	return &bench{
		tb:      tb,
		harness: h, site: h.New(tb), ledger: exporters.NewMemoryLedger(), files: newFiles(tb), merge: strict,
		clock: time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC),
	}
}

// another returns a bench with a fresh double.
func (b *bench) another(tb testing.TB) *bench {
	tb.Helper()
	fresh := *b
	fresh.site, fresh.ledger = b.harness.New(tb), exporters.NewMemoryLedger()
	return &fresh
}

// strict takes a stored document that is the one delivered last, or the one to deliver,
// and refuses any other.
func strict(delivered, stored, built []byte) (exporters.Reconciled, error) {
	switch string(stored) {
	case string(built):
		return exporters.Reconciled{Document: built, Current: true}, nil
	case string(delivered):
		return exporters.Reconciled{Document: built}, nil
	}
	return exporters.Reconciled{}, nexuslims.E(nexuslims.Conflict, "merge record", "", errors.New("people edited it"))
}

// deliver delivers a job in a process of its own, on the ledger of the bench.
func (b *bench) deliver(tb testing.TB, job *exporters.Job) exporters.Result {
	tb.Helper()
	result, err := b.try(tb.Context(), tb, job, b.ledger)
	require.NoError(tb, err)
	return result
}

// try is deliver with any ledger and every error.
func (b *bench) try(
	ctx context.Context, tb testing.TB, job *exporters.Job, l exporters.Ledger,
) (exporters.Result, error) {
	tb.Helper()
	d := b.site.Open(tb)
	require.NotNil(tb, d)
	b.clock = b.clock.Add(48 * time.Hour) // no waiting time is longer
	runner := &exporters.Runner{
		Destinations: []exporters.Open{{Spec: exporters.Spec{Name: name}, Destination: d}},
		Ledger:       l, Reconcile: b.merge, Now: func() time.Time { return b.clock }, Force: true, Timeout: time.Minute,
	}
	out, err := runner.Deliver(ctx, job)
	require.NoError(tb, d.Close())
	b.noSecrets(tb, fmt.Sprintf("%+v %v", out, err))
	if len(out.Results) == 0 {
		return exporters.Result{}, err
	}
	r := out.Results[0]
	if r.Err != nil {
		b.noSecrets(tb, r.Err.Error())
	}
	if strings.HasPrefix(fmt.Sprint(r.Err), "panic:") {
		tb.Errorf("the destination panicked: %v", r.Err)
	}
	return r, err
}

// delivered delivers a job and expects success.
func (b *bench) delivered(tb testing.TB, job *exporters.Job) exporters.Result {
	tb.Helper()
	r := b.deliver(tb, job)
	require.NoError(tb, r.Err)
	require.Equal(tb, exporters.Delivered, r.State)
	return r
}

// records expects a number of records there.
func (b *bench) records(tb testing.TB, n int, why string) {
	tb.Helper()
	require.Equal(tb, n, b.site.Count(), "records there: %s", why)
}

// noSecrets searches a text for the secrets in every form they could have.
func (b *bench) noSecrets(tb testing.TB, text string) {
	tb.Helper()
	for _, secret := range b.site.Secrets {
		for _, form := range []string{
			secret, url.QueryEscape(secret), hex.EncodeToString([]byte(secret)),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		} {
			assert.False(tb, strings.Contains(text, form), "a secret stands in an error or a receipt: %.200s", text)
		}
	}
}

func (b *bench) holds(tb testing.TB, document []byte) {
	tb.Helper()
	if b.site.Documents == nil {
		return
	}
	for _, d := range b.site.Documents() {
		if string(d) == string(document) {
			return
		}
	}
	tb.Errorf("the document is not there: %s", document)
}

// finds reports whether the destination can find records by itself; what needs that does
// not apply to others, which is logged.
func (b *bench) finds(tb testing.TB) bool {
	tb.Helper()
	d := b.site.Open(tb)
	_, ok := d.(exporters.Finder)
	require.NoError(tb, d.Close())
	if !ok {
		tb.Log("does not apply: the destination is no Finder, it gets a record at least once")
	}
	return ok
}
