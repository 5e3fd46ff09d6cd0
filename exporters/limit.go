package exporters

import (
	"context"
	"time"
)

// limits bound a call into a destination.
type limits struct {
	time  time.Duration // for the call
	grace time.Duration // to return after the time is over, or after cancellation
}

// within makes a call that ends when its time is over. Returned is false for one that did
// not return even then: there is no way to stop it, but nothing else waits for it. Over is
// the error of the call's context at the end.
func within[T any](ctx context.Context, l limits, call func(context.Context) T) (answer T, returned bool, over error) {
	limited, cancel := context.WithTimeout(ctx, l.time)
	defer cancel()
	done := make(chan T, 1)
	go func() { done <- call(limited) }()
	select {
	case answer = <-done:
		return answer, true, limited.Err()
	case <-limited.Done():
	}
	grace := time.NewTimer(l.grace)
	defer grace.Stop()
	select {
	case answer = <-done:
		return answer, true, limited.Err()
	case <-grace.C:
		return answer, false, limited.Err()
	}
}
