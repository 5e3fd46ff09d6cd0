package realtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/realtest"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/record"
)

const folder1001 = "Titan_TEM/researcher_a/project_alpha/20181113/"

// files1001 are the files of the session that the shared data hold, with their times.
func files1001() map[string]string {
	return map[string]string{
		"gatan-dm/image_001.dm3":                 "18:01:00",
		"gatan-dm/image_002.dm3":                 "18:02:00",
		"gatan-dm/image_003.dm3":                 "18:03:00",
		"gatan-dm/image_004.dm3":                 "18:04:00",
		"gatan-dm/image_005.dm3":                 "19:30:00",
		"gatan-dm/image_006.dm3":                 "19:31:00",
		"gatan-dm/image_007.dm3":                 "19:32:00",
		"gatan-dm/image_008.dm3":                 "19:33:00",
		"tescan-tiff/tescan-pfib_dataZeroed.tif": "19:00:00",
		"tescan-tiff/tescan-pfib_dataZeroed.hdr": "19:00:00",
		"zeiss-tiff/orion-zeiss_dataZeroed.tif":  "17:00:00",
		"fei-tia/scan_001_1.ser":                 "19:34:00",
		"fei-tia/scan_001.emi":                   "19:34:30",
		"fei-tia/scan_001_2.ser":                 "19:35:00",
		"broken/test_ignore.db":                  "21:00:00",
		"broken/test_include.txt":                "18:01:30",
	}
}

func site1001(tb testing.TB, nemo realtest.NEMO, cdcs *realtest.CDCS) *site {
	tb.Helper()
	s := newSite(tb, nemo, cdcs)
	s.instruments(instrument{"Titan-TEM", "Titan TEM", "1", "Titan_TEM", "America/New_York"})
	for name, clock := range files1001() {
		modified, err := time.Parse(time.DateTime, "2018-11-13 "+clock)
		require.NoError(tb, err)
		s.place(testdata.Unpacked(tb, "instrument-files/"+name), folder1001+filepath.Base(name), modified)
	}
	return s
}

// TestSession1001 takes one usage event of a real NEMO to a record in a real CDCS and
// compares it with the record that the Python program made of the same session.
func TestSession1001(t *testing.T) {
	realtest.Wanted(t)
	nemo, cdcs := realtest.StartNEMO(t), realtest.StartCDCS(t)
	s := site1001(t, nemo, &cdcs)
	s.env["NX_FOLDER_EXPORT_PATH"] = s.path("site")

	report, o := s.build("--from", "2018-11-01", "--to", "2018-11-30")
	require.Equal(t, 0, o.code, "%s\n%s", o.out, o.err)
	require.Len(t, report.Sessions, 1)
	assert.Equal(t, nexuslims.Completed, report.Sessions[0].Status)
	assert.FileExists(t, s.path("data", "records", "uploaded", "2018-11-13_Titan-TEM_1001.xml"))
	assert.FileExists(t, s.path("site", "index.html"))

	stored := recordsIn(t, cdcs, "2018-11-13_Titan-TEM_1001")
	require.Len(t, stored, 1)
	compareRecords(t, reference(t, "session-1001/2018-11-13_Titan-TEM_1001.xml"), decoded(t, []byte(stored[0])))

	report, o = s.build("--from", "2018-11-01", "--to", "2018-11-30")
	require.Equal(t, 0, o.code, "%s\n%s", o.out, o.err)
	assert.Empty(t, report.Sessions, "a second run finds nothing to do")
	assert.Len(t, recordsIn(t, cdcs, "2018-11-13_Titan-TEM_1001"), 1)
}

func reference(t *testing.T, name string) nexuslims.Record {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata.Dir(t), "reference-output", filepath.FromSlash(name)))
	require.NoError(t, err)
	return decoded(t, b)
}

func decoded(t *testing.T, xml []byte) nexuslims.Record {
	t.Helper()
	r, err := record.Decode(xml)
	require.NoError(t, err)
	return r
}

// compareRecords compares heads wholly, and of the datasets those that both records
// have: parameters count wherever they stand, in the setup of the activity or with the
// dataset.
func compareRecords(t *testing.T, want, got nexuslims.Record) {
	t.Helper()
	assert.Equal(t, want.Title, got.Title)
	assert.Equal(t, want.ID, got.ID)
	assert.Equal(t, want.Experimenter, got.Experimenter)
	assert.Equal(t, want.InstrumentPID, got.InstrumentPID)
	assert.Equal(t, want.InstrumentName, got.InstrumentName)
	assert.Equal(t, want.Motivation, got.Motivation)
	assert.True(t, want.Start.Equal(got.Start) && want.End.Equal(got.End), "times of the reservation")
	assert.Equal(t, pathOf(want.Ref), pathOf(got.Ref))
	require.Len(t, got.Samples, len(want.Samples))
	for i := range want.Samples {
		a, b := want.Samples[i], got.Samples[i]
		a.ID, b.ID = "", ""
		assert.Equal(t, a, b, "sample %d", i)
	}
	assert.Equal(t, want.Projects, got.Projects)
	require.Len(t, got.Activities, len(want.Activities))
	for i := range want.Activities {
		assert.True(t, want.Activities[i].Start.Equal(got.Activities[i].Start), "start of activity %d", i)
	}
	compareDatasets(t, want, got)
}

func pathOf(ref string) string {
	_, rest, _ := strings.Cut(ref, "//")
	_, path, _ := strings.Cut(rest, "/")
	return path
}

type placed struct {
	dataset  nexuslims.Dataset
	activity int
	params   map[string]nexuslims.Param
}

func datasets(r nexuslims.Record) map[string]placed {
	out := map[string]placed{}
	for i, a := range r.Activities {
		for _, d := range a.Datasets {
			p := placed{d, i, map[string]nexuslims.Param{}}
			for _, list := range [][]nexuslims.Param{a.Setup, d.Meta} {
				for _, param := range list {
					p.params[param.Name] = param
				}
			}
			out[d.Name] = p
		}
	}
	return out
}

func compareDatasets(t *testing.T, want, got nexuslims.Record) {
	t.Helper()
	theirs, ours := datasets(want), datasets(got)
	assert.Len(t, ours, len(theirs))
	for name, d := range ours {
		ref, ok := theirs[name]
		if !assert.True(t, ok, "%s is not in the reference's record", name) {
			continue
		}
		assert.Equal(t, ref.activity, d.activity, name)
		assert.Equal(t, ref.dataset.Location, d.dataset.Location)
		if filepath.Ext(name) != ".dm3" {
			continue // their formats have no extractor yet: basic datasets
		}
		assert.Equal(t, ref.dataset.Preview, d.dataset.Preview)
		assert.Equal(t, ref.dataset.Type, d.dataset.Type, name)
		for key, param := range ref.params {
			if strings.HasPrefix(key, "NexusLIMS Extraction") {
				continue
			}
			mine, ok := find(d.params, key)
			if assert.True(t, ok, "%s: no parameter %s", name, key) {
				assert.True(t, sameParam(param, mine), "%s: %s: %+v, not %+v", name, key, mine, param)
			}
		}
	}
}
