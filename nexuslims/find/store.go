package find

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/charlievieth/fastwalk"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Store is the root of instrument data with the rules of which files count. The fields
// must not change during a walk.
type Store struct {
	Root    string   // root of instrument data
	Ignore  Patterns // files left out
	Known   []string // extensions that count, lower case without dot; nil: all files
	Workers int      // folders read at once; zero: 16
}

// Walk finds the files of an instrument's folder that lie in one of the windows.
// folder is slash-separated and relative to the root. A root or folder that is missing
// or empty is Transient.
func (s Store) Walk(ctx context.Context, folder string, windows []Window) (*Tree, error) {
	root, err := s.open(folder)
	if err != nil {
		return nil, err
	}
	w := &walker{store: s, ctx: ctx, windows: merge(windows), known: make(map[string]bool, len(s.Known)), visited: map[string]bool{}}
	for _, x := range s.Known {
		w.known[x] = true
	}
	if w.base, err = filepath.EvalSymlinks(s.Root); err != nil {
		return nil, unavailable(s.Root, err)
	}
	w.own = root
	if err := w.walk(place{path: folder, dir: root}); err != nil {
		return nil, err
	}
	if err := w.followLinks(); err != nil {
		return nil, err
	}
	w.tree.sort()
	return &w.tree, nil
}

// open resolves the folder of an instrument and makes sure that something is in it.
func (s Store) open(folder string) (string, error) {
	dir, err := filepath.EvalSymlinks(filepath.Join(s.Root, filepath.FromSlash(folder)))
	if err != nil {
		return "", unavailable(folder, err)
	}
	f, err := os.Open(dir)
	if err != nil {
		return "", unavailable(folder, err)
	}
	_, err = f.Readdirnames(1)
	if errors.Is(err, io.EOF) {
		err = errors.New("the folder is empty: is the store mounted?")
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", unavailable(folder, err)
	}
	return dir, nil
}

func unavailable(folder string, err error) error {
	return nexuslims.E(nexuslims.Transient, "instrument store", folder, err)
}

// merge joins overlapping windows, so that each file is compared with few.
func merge(windows []Window) []Window {
	sorted := slices.Clone(windows)
	slices.SortFunc(sorted, func(a, b Window) int { return a.From.Compare(b.From) })
	var out []Window
	for _, w := range sorted {
		if n := len(out) - 1; n >= 0 && (out[n].To.IsZero() || !w.From.After(out[n].To)) {
			if w.To.IsZero() || !out[n].To.IsZero() && w.To.After(out[n].To) {
				out[n].To = w.To
			}
			continue
		}
		out = append(out, w)
	}
	return out
}

// place is a real folder and the path under which its files are reported.
type place struct{ path, dir string }

type walker struct {
	store     Store
	ctx       context.Context //nolint:containedctx // lives as long as one walk
	windows   []Window
	known     map[string]bool
	base, own string // resolved: root of instrument data, folder of the instrument

	mu      sync.Mutex
	tree    Tree
	links   []place // links met on the way, still to follow
	visited map[string]bool
}

// walk reads one real folder. Folders reached by links are walked one after another,
// later, so that the order in which they are met makes no difference.
func (w *walker) walk(p place) error {
	w.visited[p.dir] = true
	workers := w.store.Workers
	if workers == 0 {
		workers = 16
	}
	prefix := len(p.dir) + 1
	if strings.HasSuffix(p.dir, string(filepath.Separator)) {
		prefix--
	}
	err := fastwalk.Walk(&fastwalk.Config{NumWorkers: workers}, p.dir, func(name string, d fs.DirEntry, err error) error {
		if w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		if len(name) < prefix {
			return w.passed(p.path, err)
		}
		rel := filepath.ToSlash(name[prefix:])
		if err != nil {
			return w.passed(path.Join(p.path, rel), err)
		}
		if d.IsDir() && w.visited[name] {
			return fastwalk.SkipDir // met again from above, through a link
		}
		return w.entry(p, rel, d)
	})
	if err != nil && w.ctx.Err() != nil {
		return nexuslims.E(nexuslims.Canceled, "walk", p.path, w.ctx.Err())
	}
	if err != nil {
		return unavailable(p.path, err)
	}
	return nil
}

// passed notes a folder that could not be read and goes on.
func (w *walker) passed(name string, err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil // vanished since its parent was read
	}
	w.warn(Warning{name, reason(err), true})
	return nil
}

func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func (w *walker) warn(x Warning) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tree.Warnings = append(w.tree.Warnings, x)
}

func (w *walker) entry(p place, rel string, d fs.DirEntry) error {
	switch {
	case d.IsDir():
		return nil
	case d.Type()&fs.ModeSymlink != 0:
		w.mu.Lock()
		w.links = append(w.links, place{path.Join(p.path, rel), filepath.Join(p.dir, filepath.FromSlash(rel))})
		w.mu.Unlock()
	case d.Type().IsRegular() && w.wanted(d.Name()):
		info, err := fastwalk.StatDirEntry("", d)
		if err != nil {
			return w.passed(path.Join(p.path, rel), err)
		}
		w.add(File{Path: path.Join(p.path, rel), Root: p.dir, Name: rel, ModTime: info.ModTime(), Size: info.Size()})
	}
	return nil
}

// wanted judges by name alone, before the file is looked at.
func (w *walker) wanted(name string) bool {
	if w.store.Known != nil {
		i := strings.LastIndexByte(name, '.')
		if i < 0 || !w.known[strings.ToLower(name[i+1:])] {
			return false
		}
	}
	return !w.store.Ignore.Match(name)
}

func (w *walker) add(f File) {
	for _, win := range w.windows {
		if win.Contains(f.ModTime) {
			w.mu.Lock()
			w.tree.Files = append(w.tree.Files, f)
			w.mu.Unlock()
			return
		}
	}
}

// followLinks walks what the links lead to until no new place is met. A target that
// was walked already, by its own path or another link, is not walked again.
func (w *walker) followLinks() error {
	for len(w.links) > 0 {
		links := w.links
		w.links = nil
		slices.SortFunc(links, func(a, b place) int { return strings.Compare(a.path, b.path) })
		for _, link := range links {
			if err := w.follow(link); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walker) follow(link place) error {
	target, err := filepath.EvalSymlinks(link.dir)
	if err != nil {
		w.warn(Warning{link.path, "broken link", false})
		return nil //nolint:nilerr // passed over, with a warning
	}
	if w.seen(target) {
		return nil
	}
	root := ""
	for _, r := range []string{w.own, w.base} {
		if inside(r, target) {
			root = r
			break
		}
	}
	if root == "" {
		w.warn(Warning{link.path, "link leads out of the instrument data", false})
		return nil
	}
	info, err := os.Stat(target)
	if err != nil {
		return w.passed(link.path, err)
	}
	if info.IsDir() {
		return w.walk(place{link.path, target})
	}
	w.visited[target] = true
	if info.Mode().IsRegular() && w.wanted(path.Base(link.path)) {
		name, err := filepath.Rel(root, target)
		if err != nil {
			return fmt.Errorf("name of link target: %w", err)
		}
		w.add(File{link.path, root, filepath.ToSlash(name), info.ModTime(), info.Size()})
	}
	return nil
}

// seen reports whether a target lies in a folder that was walked.
func (w *walker) seen(target string) bool {
	for dir := target; ; dir = filepath.Dir(dir) {
		if w.visited[dir] {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

func inside(root, target string) bool {
	rel, err := filepath.Rel(root, target)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
