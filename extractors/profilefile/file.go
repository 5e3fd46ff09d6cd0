package profilefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/nexuslims/nexuslims-go/extractors"
)

// Profile is one that was read from a file.
type Profile struct {
	File        string
	Description string
	PID         string
	// Extends says that the compiled-in profile of the instrument comes first.
	Extends bool
	steps   []extractors.Step
}

// Instrument implements [extractors.Profile].
func (p *Profile) Instrument() string { return p.PID }

// Steps implements [extractors.Profile].
func (p *Profile) Steps() []extractors.Step { return p.steps }

// maxFile bounds a profile file, in bytes.
const maxFile = 256 << 10

// Read reads all profile files of a folder, *.yaml and *.yml but those whose name begins
// with "_", in order of name. What a file with mistakes holds is left out; the error is then
// of type [Problems]. Compiled are the steps that files may use by name.
func Read(folder fs.FS, compiled *extractors.Profiles) ([]*Profile, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	var all []*Profile
	var problems Problems
	for _, e := range entries {
		if e.IsDir() || !IsProfile(e.Name()) {
			continue
		}
		found, err := ReadFile(folder, e.Name(), compiled)
		var some Problems
		switch {
		case errors.As(err, &some):
			problems = append(problems, some...)
		case err != nil:
			problems = append(problems, Problem{File: e.Name(), Text: err.Error()})
		}
		all = append(all, found...)
	}
	if len(problems) > 0 {
		return all, problems
	}
	return all, nil
}

// IsProfile reports whether a file of that name is read.
func IsProfile(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(name, "_")
}

// ReadFile reads the profiles of one file; see [Parse].
func ReadFile(folder fs.FS, name string, compiled *extractors.Profiles) ([]*Profile, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	if info.Size() > maxFile {
		return nil, Problems{{File: name, Text: fmt.Sprintf("larger than %d bytes", maxFile)}}
	}
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	return Parse(name, data, compiled)
}

// Parse reads the profiles of a text: one for each instrument that it names. A text with a
// mistake gives no profile and an error of type [Problems] with all of them.
func Parse(name string, data []byte, compiled *extractors.Profiles) ([]*Profile, error) {
	r := &reader{file: name, known: func(string) bool { return false }}
	if compiled != nil {
		r.names = compiled.StepNames()
		r.known = func(step string) bool { return slices.Contains(r.names, step) }
	}
	body := r.parse(data)
	if body == nil {
		return nil, r.problems
	}
	p, instruments := r.profile(body, compiled)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	var all []*Profile
	for _, pid := range instruments {
		one := *p
		one.PID = pid
		all = append(all, &one)
	}
	return all, nil
}

// parse turns a text into the tree of its only document.
func (r *reader) parse(data []byte) (body ast.Node) {
	defer func() {
		if p := recover(); p != nil { // the parser must not end a run
			body = nil
			r.fault(nil, "cannot be read as YAML")
		}
	}()
	if len(data) > maxFile {
		r.fault(nil, "larger than %d bytes", maxFile)
		return nil
	}
	// Editors of Windows put a mark before the text, and have encodings of their own.
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		r.fault(nil, "is no text in UTF-8: save it as that")
		return nil
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		r.syntax(err)
		return nil
	}
	var bodies []ast.Node
	for _, d := range tree.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			bodies = append(bodies, d.Body)
		}
	}
	if len(bodies) != 1 {
		r.fault(nil, "holds %d documents, not one", len(bodies))
		return nil
	}
	return bodies[0]
}

// syntax notes what the parser says, with its place.
func (r *reader) syntax(err error) {
	p := Problem{File: r.file, Text: firstLine(err)}
	var at yaml.Error
	if errors.As(err, &at) {
		p.Text = at.GetMessage()
		if t := at.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
		}
	}
	r.problems = append(r.problems, p)
}

func (r *reader) profile(body ast.Node, compiled *extractors.Profiles) (*Profile, []string) {
	p := &Profile{File: r.file}
	var instruments []string
	r.fields(body, "a profile", map[string]func(ast.Node){
		"instrument": func(n ast.Node) {
			for _, item := range r.list(n) {
				pid := r.text(item, "instrument")
				if slices.Contains(instruments, pid) {
					r.fault(item, "%q stands here twice", pid)
				}
				instruments = append(instruments, pid)
			}
		},
		"description": func(n ast.Node) { p.Description = r.text(n, "description") },
		"extends": func(n ast.Node) {
			b, ok := n.(*ast.BoolNode)
			if !ok {
				r.fault(n, "extends must be true or false")
				return
			}
			p.Extends = b.Value
		},
		"steps": func(n ast.Node) { p.steps = r.steps(n, compiled) },
	})
	if len(instruments) == 0 && len(r.problems) == 0 {
		r.fault(body, "instrument is missing: the identifier of the microscope in the database")
	}
	if len(p.steps) == 0 && len(r.problems) == 0 {
		r.fault(body, "there are no steps")
	}
	return p, instruments
}
