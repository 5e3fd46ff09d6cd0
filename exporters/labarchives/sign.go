package labarchives

import (
	"context"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"strconv"
	"sync"
	"time"
)

// signature signs a call: HMAC-SHA-512 over key id, bare name of the method and time in
// milliseconds, in standard Base64.
func signature(keyID, method, expires, password string) string {
	mac := hmac.New(sha512.New, []byte(password))
	mac.Write([]byte(keyID + method + expires))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// milliseconds writes a time as the service wants it.
func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// line is the one line on which all destinations of a factory speak: the service's
// guidelines want one call at a time and a second between the starts of two, and its
// clock needs to be asked for once only.
type line struct {
	pace  time.Duration
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	busy  chan struct{} // holds one token

	mu   sync.Mutex
	next time.Time     // earliest start of the next call
	ours time.Duration // what the clock of this machine is behind
}

func newLine(o Options) *line {
	l := &line{pace: o.Pace, now: o.Now, sleep: o.Sleep, busy: make(chan struct{}, 1)}
	if l.pace == 0 {
		l.pace = time.Second
	}
	if l.now == nil {
		l.now = time.Now
	}
	if l.sleep == nil {
		l.sleep = sleep
	}
	return l
}

// enter waits until nobody else speaks.
func (l *line) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *line) leave() { <-l.busy }

// wait waits until a call may start.
func (l *line) wait(ctx context.Context) error {
	l.mu.Lock()
	now := l.now()
	start := l.next
	if start.Before(now) {
		start = now
	}
	l.next = start.Add(l.pace)
	l.mu.Unlock()
	return l.sleep(ctx, start.Sub(now))
}

// again waits longer: of a call that failed the service wants to hear nothing for a whole
// pace, however long it took.
func (l *line) again(ctx context.Context) error {
	if err := l.sleep(ctx, l.pace); err != nil {
		return err
	}
	return l.wait(ctx)
}

// correct returns the service's time for one of ours.
func (l *line) correct(ours time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return ours.Add(l.ours)
}

// set notes the service's time.
func (l *line) set(theirs, ours time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ours = theirs.Sub(ours)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
