package cmd_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const siteProfile = `instrument: TEM
steps:
  - constants: {Facility: Nexus}
  - warn: [Operator]
  - remove: Cs
`

func TestProfilesCheck(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	s.file("TEM/a.dm3", morning)
	folder := s.path("profiles")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	good := write("tem.yaml", siteProfile)
	o := s.run("profiles", "check", folder)
	require.Equal(t, 0, o.code, o.err)
	assert.Equal(t, good+": right: TEM, 3 steps\n", o.out)

	o = s.run("profiles", "check", good, "--on", s.path("instruments/TEM/a.dm3"))
	require.Equal(t, 0, o.code, o.err)
	assert.Regexp(t, `extensions / Facility +Nexus +constants`, o.out)
	assert.Regexp(t, `Cs +\(taken away\) +remove`, o.out)

	bad := write("bad.yaml", "instrument: X\nsteps:\n  - warnn: [A]\n  - unit: {B: parsec}\n")
	write("old.py", "x = 1")
	o = s.run("profiles", "check", folder)
	assert.Equal(t, 2, o.code)
	assert.Contains(t, o.out, bad+":3:5: ")
	assert.Contains(t, o.out, bad+":4:")
	assert.Contains(t, o.out, good+": right")
	assert.Contains(t, o.err, "old.py is not read")

	for _, args := range [][]string{
		{"check"},
		{"check", "nowhere.yaml"},
		{"check", good, "--instrument", "X"},
		{"check", good, "--on", s.path("instruments/TEM/a.dm3"), "--instrument", "Y"},
	} {
		o = s.run(append([]string{"profiles"}, args...)...)
		assert.Equal(t, 2, o.code, "%v: %s", args, o.err)
	}
}

func TestProfilesList(t *testing.T) {
	t.Parallel()
	s := &site{t: t, dir: t.TempDir(), now: morning}
	require.NoError(t, os.MkdirAll(s.path("profiles"), 0o755))
	require.NoError(t, os.WriteFile(s.path("profiles/tem.yaml"), []byte(siteProfile), 0o600))
	require.NoError(t, os.WriteFile(s.path(".env"), []byte("NX_LOCAL_PROFILES_PATH=profiles\n"), 0o600))
	o := s.run("profiles", "list")
	require.Equal(t, 0, o.code, o.err)
	assert.Regexp(t, `FEI-Titan-TEM +built in +Tecnai text; diffraction`, o.out)
	assert.Regexp(t, `TEM +tem.yaml +constants; warn; remove`, o.out)
}

// TestSiteProfilesAreInForce extracts under a profile of the site, beside a file with
// a mistake and a Python program, which are named and hold up nothing.
func TestSiteProfilesAreInForce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	folder := s.path("profiles")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for name, text := range map[string]string{"tem.yaml": siteProfile, "bad.yaml": "instrument: [", "old.py": "x = 1"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	s.env["NX_LOCAL_PROFILES_PATH"] = folder
	o := s.run("extract", "--help")
	require.Equal(t, 0, o.code)
	s.file("TEM/a.dm3", morning)
	o = s.run("extract", s.path("instruments/TEM/a.dm3"), "--no-preview")
	require.Equal(t, 0, o.code, o.err)
	assert.Contains(t, o.err, "profile not used: bad.yaml:1:13: ")
	assert.Contains(t, o.err, "profile old.py is not read")
	assert.Contains(t, o.out, `"Facility": "Nexus"`)
}
