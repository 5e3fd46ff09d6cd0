package pipeline

import "sync"

// progress collects what is known and tells it on.
type progress struct {
	mu   sync.Mutex
	tell func(Progress)
	now  Progress
}

func newProgress(tell func(Progress)) *progress { return &progress{tell: tell} }

// update changes what is known and tells it.
func (p *progress) update(change func(*Progress)) {
	if p.tell == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.now)
	p.tell(p.now)
}
