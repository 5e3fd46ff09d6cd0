package nemo

import (
	"sync"
	"time"
)

// keep is how long answers are believed: longer than a run asks, shorter than people
// wait for a correction.
const keep = 10 * time.Minute

// cache holds rows by id for a while. It may be used concurrently.
type cache[T any] struct {
	now  func() time.Time
	mu   *sync.Mutex
	rows map[int]cached[T]
	all  time.Time // when all rows were read last
}

type cached[T any] struct {
	row T
	at  time.Time
}

func newCache[T any](now func() time.Time) cache[T] {
	return cache[T]{now: now, mu: new(sync.Mutex), rows: map[int]cached[T]{}}
}

// get returns the known rows, and the ids that must be asked for.
func (c *cache[T]) get(ids []int) (rows map[int]T, missing []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rows = map[int]T{}
	for _, id := range ids {
		if e, ok := c.rows[id]; ok && c.now().Sub(e.at) < keep {
			rows[id] = e.row
		} else {
			missing = append(missing, id)
		}
	}
	return rows, missing
}

func (c *cache[T]) put(id int, row T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows[id] = cached[T]{row, c.now()}
}

// whole reports whether all rows are known, and returns them.
func (c *cache[T]) whole() (map[int]T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all.IsZero() || c.now().Sub(c.all) >= keep {
		return nil, false
	}
	rows := make(map[int]T, len(c.rows))
	for id, e := range c.rows {
		rows[id] = e.row
	}
	return rows, true
}

// replace takes rows for all there are.
func (c *cache[T]) replace(rows map[int]T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = c.now()
	clear(c.rows)
	for id, row := range rows {
		c.rows[id] = cached[T]{row, c.all}
	}
}

// forget makes the next question for all rows go to the server.
func (c *cache[T]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = time.Time{}
	clear(c.rows)
}
