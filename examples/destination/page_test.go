package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const page = "../../docs/writing-a-destination.md"

// TestPageShowsTheseFiles: the page that goes through this example cannot grow apart from
// it. Its code stands in these files, and no declaration of the destination is left out.
func TestPageShowsTheseFiles(t *testing.T) {
	files := []string{read(t, "webdav/webdav.go"), read(t, "main.go"), read(t, "webdav/conformance_test.go")}
	snippets := snippetsOf(read(t, page))
	require.NotEmpty(t, snippets)
	for _, snippet := range snippets {
		assert.True(t, strings.Contains(strings.Join(files, "\n"), snippet), "not in these files:\n%s", snippet)
	}
	shown := strings.Join(snippets, "\n")
	for _, declaration := range declarations(t, files[0]) {
		assert.True(t, strings.Contains(shown, declaration), "not on the page:\n%s", declaration)
	}
}

// snippetsOf returns the Go code of a page of Markdown.
func snippetsOf(text string) (all []string) {
	for _, part := range strings.Split(text, "```go\n")[1:] {
		code, _, _ := strings.Cut(part, "```")
		all = append(all, code)
	}
	return all
}

// declarations returns the declarations of a Go file, imports apart.
func declarations(t *testing.T, source string) (all []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	require.NoError(t, err)
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		all = append(all, source[set.Position(d.Pos()).Offset:set.Position(d.End()).Offset])
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
