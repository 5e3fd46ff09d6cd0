package cmd

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// lineHandler writes records as lines "time logger LEVEL: message key=value ...", in
// which no secret of the site appears, whatever somebody put into a message.
type lineHandler struct {
	out    *lineWriter
	level  slog.Level
	prefix string // attributes of With, written already
	group  string
}

// lineWriter is shared by all handlers of one output.
type lineWriter struct {
	mu       sync.Mutex
	open     func() (io.Writer, error) // at the first line
	w        io.Writer
	err      error
	redactor *redactor
}

func newLineHandler(open func() (io.Writer, error), level slog.Level, r *redactor) *lineHandler {
	return &lineHandler{out: &lineWriter{open: open, redactor: r}, level: level}
}

// Enabled implements slog.Handler.
func (h *lineHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }

// WithAttrs implements slog.Handler.
func (h *lineHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	var b strings.Builder
	b.WriteString(h.prefix)
	for _, a := range attrs {
		h.appendAttr(&b, h.group, a)
	}
	c.prefix = b.String()
	return &c
}

// WithGroup implements slog.Handler.
func (h *lineHandler) WithGroup(name string) slog.Handler {
	c := *h
	c.group = h.group + name + "."
	return &c
}

// Handle implements slog.Handler.
func (h *lineHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s nexuslims %s: %s", r.Time.Format("2006-01-02 15:04:05,000"), levelName(r.Level), oneLine(r.Message))
	b.WriteString(h.prefix)
	r.Attrs(func(a slog.Attr) bool {
		h.appendAttr(&b, h.group, a)
		return true
	})
	b.WriteByte('\n')
	return h.out.write(b.String())
}

func levelName(l slog.Level) string {
	if l == slog.LevelWarn {
		return "WARNING"
	}
	return l.String()
}

// appendAttr cleans a value before it is quoted, and secrets with it.
func (h *lineHandler) appendAttr(b *strings.Builder, group string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		for _, g := range v.Group() {
			h.appendAttr(b, group+a.Key+".", g)
		}
		return
	}
	text := oneLine(h.out.redactor.clean(v.String()))
	if text == "" || strings.ContainsAny(text, " \"=") {
		text = fmt.Sprintf("%q", text)
	}
	fmt.Fprintf(b, " %s%s=%s", group, a.Key, text)
}

// oneLine keeps what others wrote from looking like lines of the log.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, isControl) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, s)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }

func (w *lineWriter) write(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.w == nil && w.err == nil {
		w.w, w.err = w.open()
	}
	if w.err != nil {
		return w.err
	}
	_, err := io.WriteString(w.w, w.redactor.clean(line))
	return err
}

// logFile is the file of one run, made at the first line.
type logFile struct {
	folder string
	suffix string
	start  time.Time
	file   *os.File
}

// open makes <folder>/YYYY/MM/DD/YYYYMMDD-HHMMSS<suffix>.log. Two runs of one second
// get files of their own.
func (f *logFile) open() (io.Writer, error) {
	dir := filepath.Join(f.folder, f.start.Format("2006/01/02"))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	stem := filepath.Join(dir, f.start.Format("20060102-150405")+f.suffix)
	for n := 0; ; n++ {
		name := stem + ".log"
		if n > 0 {
			name = fmt.Sprintf("%s-%d.log", stem, n)
		}
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if os.IsExist(err) && n < 1000 {
			continue
		}
		f.file = file
		return file, err
	}
}

func (f *logFile) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// verbosity turns the number of -v into a level.
func verbosity(v int) slog.Level {
	switch {
	case v <= 0:
		return slog.LevelWarn
	case v == 1:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
