package httpx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// guard names the program in each request, notes what was sent, and bounds each response
// body in size and in the time between two bytes.
type guard struct {
	next    http.RoundTripper
	options Options
}

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		c.sent.Store(false)
		ctx = c.trace(ctx)
	}
	req = req.Clone(ctx)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", g.options.UserAgent)
	}
	if err := prepared(req); err != nil {
		cancel()
		return nil, err
	}
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = newBounded(resp.Body, g.options, cancel)
	return resp, nil
}

// bounded fails a body that goes on beyond its limit or stands still.
type bounded struct {
	body   io.ReadCloser
	left   int64
	idle   time.Duration
	timer  *time.Timer // runs during a read
	cancel context.CancelFunc
}

func newBounded(body io.ReadCloser, o Options, cancel context.CancelFunc) *bounded {
	b := &bounded{body: body, left: o.MaxBody, idle: o.IdleTimeout, cancel: cancel}
	b.timer = time.AfterFunc(b.idle, cancel) // ends the read
	b.timer.Stop()
	return b
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	b.timer.Reset(b.idle)
	n, err := b.body.Read(p)
	if fired := !b.timer.Stop(); fired {
		return n, nexuslims.E(nexuslims.Transient, "read response", "", fmt.Errorf("no byte for %s", b.idle))
	}
	if b.left -= int64(n); b.left < 0 {
		return n, nexuslims.E(nexuslims.Unsupported, "read response", "", errors.New("body over the limit"))
	}
	return n, err
}

// Close implements io.Closer.
func (b *bounded) Close() error {
	b.timer.Stop()
	err := b.body.Close()
	b.cancel()
	return err
}
