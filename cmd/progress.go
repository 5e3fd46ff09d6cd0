package cmd

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// progressBar shows on a terminal what a run is doing; elsewhere it shows nothing, and
// the log tells the story.
type progressBar struct {
	mu    sync.Mutex
	out   io.Writer // nil: no terminal
	width int
	start time.Time
	now   func() time.Time
	last  time.Time
	shown bool
}

func (p Process) progressBar(c *cli.Context) *progressBar {
	b := &progressBar{now: p.Now, start: p.Now()}
	f := p.terminal
	if f == nil || c.Bool("json") || !term.IsTerminal(int(f.Fd())) {
		return b
	}
	b.out, b.width = f, 80
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
		b.width = w
	}
	return b
}

// show draws the line anew, ten times a second at most.
func (b *progressBar) show(p pipeline.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if b.out == nil || b.shown && now.Sub(b.last) < 100*time.Millisecond {
		return
	}
	b.last, b.shown = now, true
	line := b.line(p, now.Sub(b.start))
	if r := []rune(line); len(r) >= b.width {
		line = string(r[:b.width-1])
	}
	fmt.Fprintf(b.out, "\r\x1b[K%s", line)
}

func (b *progressBar) line(p pipeline.Progress, elapsed time.Duration) string {
	var parts []string
	if p.Total > 0 {
		parts = append(parts, fmt.Sprintf("session %d/%d", min(p.Sessions+1, p.Total), p.Total))
	}
	parts = append(parts, p.Stage)
	if p.OfFiles > 0 {
		parts = append(parts, fmt.Sprintf("file %d/%d", min(p.Files, p.OfFiles), p.OfFiles))
	}
	if s := elapsed.Seconds(); p.Bytes > 0 && s > 0 {
		parts = append(parts, size(p.Bytes), size(int64(float64(p.Bytes)/s))+"/s")
	}
	if p.Sessions > 0 && p.Sessions < p.Total {
		left := elapsed / time.Duration(p.Sessions) * time.Duration(p.Total-p.Sessions)
		parts = append(parts, "about "+left.Round(time.Second).String()+" left")
	}
	return strings.Join(parts, " · ")
}

// clear removes the line.
func (b *progressBar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown {
		fmt.Fprint(b.out, "\r\x1b[K")
		b.shown = false
	}
}

// above returns a writer whose lines go above the bar.
func (b *progressBar) above(w io.Writer) io.Writer { return aboveBar{b, w} }

type aboveBar struct {
	bar *progressBar
	w   io.Writer
}

func (a aboveBar) Write(p []byte) (int, error) {
	a.bar.clear()
	return a.w.Write(p)
}
