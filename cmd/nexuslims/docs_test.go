package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
	"github.com/nexuslims/nexuslims-go/nexuslims/config"
)

var update = flag.Bool("update", false, "write the generated pages anew")

// TestConfigurationPage keeps docs/configuration.md equal to what the code declares.
func TestConfigurationPage(t *testing.T) {
	path := filepath.Join(testdata.Root(), "docs", "configuration.md")
	page := configurationPage()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(page), 0o644))
	}
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, page, string(b), "stale: go test ./cmd/nexuslims -update")
}

func configurationPage() string {
	var b strings.Builder
	b.WriteString(`# Configuration

Generated from the code. Settings come from the process environment and from a file ` + "`.env`" + ` in the working directory, or
the one named by ` + "`--env-file`" + `; the environment wins. A variable set to the empty text counts as unset. The file is read as
python-dotenv reads it. Truth values are ` + "`1 true t yes y on`" + ` and ` + "`0 false f no n off`" + `. Every secret can be put into a file
whose path stands in the variable of the same name with ` + "`_FILE`" + ` added. Names that end in ` + "`_N`" + ` are numbered groups: any
number of them, with any text for N.

`)
	section(&b, "The program", config.Variables())
	p := builtin.Plugins()
	for _, f := range p.Harvesters.All() {
		section(&b, "Harvester "+f.Name(), f.Variables())
	}
	for _, f := range p.Destinations.All() {
		section(&b, "Destination "+f.Spec().Name, f.Variables())
	}
	return b.String()
}

func section(b *strings.Builder, title string, vars []nexuslims.Variable) {
	fmt.Fprintf(b, "## %s\n\n| variable | type | default | meaning |\n| --- | --- | --- | --- |\n", title)
	for _, v := range vars {
		value := v.Default
		if value != "" {
			value = "`" + value + "`"
		}
		help := v.Help
		if v.Required != "" {
			help += " Required."
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", v.Name, v.Type, value, help)
	}
	b.WriteByte('\n')
}

// TestFormatsPage keeps docs/formats.md equal to what the extractors say of themselves.
func TestFormatsPage(t *testing.T) {
	path := filepath.Join(testdata.Root(), "docs", "formats.md")
	page := formatsPage()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(page), 0o644))
	}
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, page, string(b), "stale: go test ./cmd/nexuslims -update")
}

func formatsPage() string {
	var b strings.Builder
	b.WriteString(`# Formats

Generated from the code. A file is given to the extractors that list its extension, in any case, the highest priority first, and
the first one that recognises the content takes it; what nobody takes is recorded with its basic facts. ` + "`nexuslims extract --explain FILE`" + ` tells who looked at a file and why. A file that cannot be read gives the basic dataset with the reason.

| format | extensions | extractor | what is read | what is drawn | limits |
| --- | --- | --- | --- | --- | --- |
`)
	list := builtin.Plugins()
	for _, x := range list.Extractors.All() {
		for _, f := range x.Info().Formats {
			fmt.Fprintf(&b, "| %s | `%s` | `%s` | %s | %s | %s |\n", f.Name, strings.Join(f.Extensions, "` `"),
				strings.TrimSuffix(x.Info().Name, "_extractor"), f.Reads, f.Draws, f.Limits)
		}
	}
	b.WriteString("\n## Extractors\n\n| name | priority | source of the knowledge |\n| --- | --- | --- |\n")
	for _, x := range list.Extractors.All() {
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", x.Info().Name, x.Info().Priority, x.Info().Source)
	}
	return b.String()
}

// TestEveryFormatIsDescribed refuses formats without what is read, drawn and left out.
func TestEveryFormatIsDescribed(t *testing.T) {
	for _, x := range builtin.Plugins().Extractors.All() {
		assert.NotEmpty(t, x.Info().Source, x.Info().Name)
		for _, f := range x.Info().Formats {
			assert.NotEmpty(t, f.Reads, f.Name)
			assert.NotEmpty(t, f.Draws, f.Name)
			assert.NotEmpty(t, f.Limits, f.Name)
		}
	}
}

// TestEveryVariableIsExplained refuses settings without a sentence.
func TestEveryVariableIsExplained(t *testing.T) {
	for _, v := range append(config.Variables(), builtin.Plugins().Variables()...) {
		assert.NotEmpty(t, v.Help, v.Name)
		assert.NotEmpty(t, v.Type, v.Name)
	}
}
