package find

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Window is a span of time: after From, not after To. A zero time is no bound.
type Window struct{ From, To time.Time }

// Contains reports whether t lies in the window.
func (w Window) Contains(t time.Time) bool {
	return (w.From.IsZero() || t.After(w.From)) && (w.To.IsZero() || !t.After(w.To))
}

// File is one file that was found, as it was when it was looked at.
type File struct {
	// Path is slash-separated and relative to the root of instrument data; a file behind a
	// link has the path of the link.
	Path string
	// Root and Name locate the file itself: Name is slash-separated and relative to the
	// folder Root, inside which it lies after all links.
	Root, Name string
	ModTime    time.Time
	Size       int64
}

// Warning is something that was passed over.
type Warning struct {
	Path   string // relative to the root of instrument data
	Reason string
	// Missing is true when files may be missing because of it.
	Missing bool
}

// Tree is what a walk found.
type Tree struct {
	Files    []File // ordered by modification time, then path
	Warnings []Warning
}

// Complete reports whether no part of the store was unreadable.
func (t *Tree) Complete() bool {
	return !slices.ContainsFunc(t.Warnings, func(w Warning) bool { return w.Missing })
}

// Within returns the files of a window, in order. The slice shares memory with the tree.
func (t *Tree) Within(w Window) []File {
	from, to := 0, len(t.Files)
	if !w.From.IsZero() {
		from = sort.Search(len(t.Files), func(i int) bool { return t.Files[i].ModTime.After(w.From) })
	}
	if !w.To.IsZero() {
		to = sort.Search(len(t.Files), func(i int) bool { return t.Files[i].ModTime.After(w.To) })
	}
	return t.Files[from:max(from, to):max(from, to)]
}

func (t *Tree) sort() {
	slices.SortFunc(t.Files, func(a, b File) int {
		return cmp.Or(a.ModTime.Compare(b.ModTime), cmp.Compare(a.Path, b.Path))
	})
	slices.SortFunc(t.Warnings, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason))
	})
}
