package preview_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors/preview"
)

func TestLook(t *testing.T) {
	for _, k := range kinds() {
		p, err := preview.Draw(context.Background(), k.signal(), k.options)
		if err != nil {
			t.Error(k.name, err)
			continue
		}
		os.WriteFile(filepath.Join("/var/tmp/nx/preview/out", strings.ReplaceAll(k.name, " ", "-")+".png"), p.PNG, 0o644)
	}
	os.WriteFile("/var/tmp/nx/preview/out/zz-placeholder.png", preview.Placeholder("unsupported version 0x0230 of the series file", 0), 0o644)
}
