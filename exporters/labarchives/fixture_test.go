package labarchives_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/exporters/labarchives"
	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/internal/labarchivestest"
	"github.com/nexuslims/nexuslims-go/internal/settings"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that passes only when somebody sleeps.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(max(d, 0))
	return ctx.Err()
}

// bench is a double, the clock of both sides, and the factory of one process.
type bench struct {
	*labarchivestest.Server
	t        testing.TB
	clock    *clock
	ours     func() time.Time // the clock that destinations see
	factory  exporters.Factory
	settings settings.Map
	log      *slog.Logger
}

// newBench starts a double that watches the pace.
func newBench(tb testing.TB, o labarchivestest.Options) *bench {
	tb.Helper()
	c := newClock()
	o.Now, o.Pace = c.Now, time.Second
	b := &bench{Server: labarchivestest.New(tb, o), t: tb, clock: c, ours: c.Now, log: slog.New(slog.DiscardHandler)}
	b.factory = labarchives.Options{Now: c.Now, Sleep: c.Sleep}.NewFactory()
	b.settings = settings.Map{
		"NX_LABARCHIVES_URL": b.URL, "NX_LABARCHIVES_ACCESS_KEY_ID": b.KeyID, "NX_LABARCHIVES_ACCESS_PASSWORD": b.Password,
		"NX_LABARCHIVES_USER_ID": b.UserID, "NX_LABARCHIVES_NOTEBOOK_ID": b.NotebookID,
	}
	return b
}

func (b *bench) host() nexuslims.Host {
	b.t.Helper()
	client, err := httpx.New(httpx.Options{
		RetryWait: time.Microsecond, MaxWait: time.Millisecond, Retries: 2, Timeout: 10 * time.Second,
	})
	require.NoError(b.t, err)
	b.t.Cleanup(client.CloseIdleConnections)
	return nexuslims.Host{Client: client, Now: func() time.Time { return b.ours() }, Logger: b.log}
}

// open returns a destination, as a new run has it.
func (b *bench) open() *labarchives.Destination {
	b.t.Helper()
	d, err := b.factory.Configure(b.settings, b.host())
	require.NoError(b.t, err)
	require.NotNil(b.t, d)
	return d.(*labarchives.Destination)
}

// only returns the one page that there is, with its one summary and its one attachment.
func (b *bench) only() (page labarchivestest.Page, summary, record labarchivestest.Entry) {
	b.t.Helper()
	pages := b.Pages()
	require.Len(b.t, pages, 1)
	require.Len(b.t, pages[0].Entries, 2)
	for _, e := range pages[0].Entries {
		if e.File != "" {
			record = e
		} else {
			summary = e
		}
	}
	require.NotEmpty(b.t, summary.ID)
	require.NotEmpty(b.t, record.ID)
	return pages[0], summary, record
}

// records counts what is there of records: pages, summaries or attachments, whatever there
// is most of.
func (b *bench) records() int {
	pages, texts, files := 0, 0, 0
	for _, p := range b.Pages() {
		pages++
		for _, e := range p.Entries {
			if e.File == "" {
				texts++
			} else {
				files++
			}
		}
	}
	return max(pages, texts, files)
}
