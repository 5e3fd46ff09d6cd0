package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// month is a made-up month at one microscope: sessions of several hours, and the minutes
// after their start at which files were written, by a clock that may be wrong.
type month struct {
	days     int           // with sessions
	starts   []int         // minutes after midnight, of each day
	length   int           // of a session, in minutes
	files    []int         // minutes after the start
	wrong    time.Duration // what the clock is ahead
	wrongFor int           // first days on which it is; 0: all
	strays   int           // files at random times
}

// make puts the month into the facility.
func (m month) make(f *facility) {
	f.t.Helper()
	random := rand.New(rand.NewPCG(7, uint64(m.strays)))
	first := morning.AddDate(0, 0, -20).Truncate(24 * time.Hour)
	h := db.Harvest{Kind: "fake", ID: "fake://", Bookmark: morning.AddDate(0, 0, 3)}
	for day := range m.days {
		for i, start := range m.starts {
			// No day is like the other.
			from := first.AddDate(0, 0, day).Add(time.Duration(start+random.IntN(40)) * time.Minute)
			id := fmt.Sprintf("d%d-%d", day, i)
			h.Sessions = append(h.Sessions, nexuslims.Session{
				ID: id, Instrument: "TEM", From: from, To: from.Add(time.Duration(m.length) * time.Minute),
			})
			wrong := m.wrong
			if m.wrongFor > 0 && day >= m.wrongFor {
				wrong = 0
			}
			for n, minute := range m.files {
				f.file(fmt.Sprintf("TEM/%s/%d.txt", id, n), from.Add(time.Duration(minute)*time.Minute+20*time.Second+wrong))
			}
		}
	}
	for n := range m.strays {
		f.file(fmt.Sprintf("TEM/strays/%d.txt", n), first.Add(time.Duration(random.IntN(m.days*24*60))*time.Minute))
	}
	_, err := f.store.StoreHarvest(f.t.Context(), h)
	require.NoError(f.t, err)
}

func TestClockSkew(t *testing.T) {
	visit := []int{3, 20, 45, 70, 100, 130, 150, 176} // of three hours
	for name, c := range map[string]struct {
		month month
		want  time.Duration // to be added; 0: nothing is told
	}{
		"all is well":              {month{days: 12, starts: []int{9 * 60}, length: 180, files: visit}, 0},
		"zone, hours ahead":        {month{days: 12, starts: []int{9 * 60}, length: 180, files: visit, wrong: 5 * time.Hour}, -5 * time.Hour},
		"zone, hours behind":       {month{days: 12, starts: []int{9 * 60}, length: 180, files: visit, wrong: -8 * time.Hour}, 8 * time.Hour},
		"zone of a half hour":      {month{days: 12, starts: []int{9 * 60}, length: 180, files: visit, wrong: 330 * time.Minute}, -330 * time.Minute},
		"summer time":              {month{days: 12, starts: []int{9 * 60, 14 * 60}, length: 180, files: visit, wrong: time.Hour}, -time.Hour},
		"mended after eight days":  {month{days: 14, starts: []int{9 * 60}, length: 180, files: visit, wrong: 4 * time.Hour, wrongFor: 8}, -4 * time.Hour},
		"fast clock":               {month{days: 12, starts: []int{9 * 60, 14 * 60}, length: 180, files: visit, wrong: 7 * time.Minute}, -4 * time.Minute},
		"slow clock":               {month{days: 12, starts: []int{9 * 60, 14 * 60}, length: 180, files: visit, wrong: -12 * time.Minute}, 9 * time.Minute},
		"with a few strays":        {month{days: 12, starts: []int{9 * 60}, length: 180, files: visit, wrong: 5 * time.Hour, strays: 9}, -5 * time.Hour},
		"with many strays":         {month{days: 12, starts: []int{9 * 60}, length: 180, files: visit, wrong: 5 * time.Hour, strays: 60}, 0},
		"strays alone":             {month{days: 12, starts: []int{9 * 60}, length: 180, files: visit, strays: 80}, 0},
		"strays, busy instrument":  {month{days: 12, starts: []int{0, 360, 720, 1080}, length: 340, files: []int{10, 100, 200, 330}, strays: 40}, 0},
		"two sessions only":        {month{days: 2, starts: []int{9 * 60}, length: 180, files: visit, wrong: 5 * time.Hour}, 0},
		"one day only":             {month{days: 1, starts: []int{6 * 60, 10 * 60, 14 * 60}, length: 180, files: visit, wrong: 5 * time.Hour}, 0},
		"few files":                {month{days: 4, starts: []int{9 * 60}, length: 180, files: []int{3, 176}, wrong: 5 * time.Hour}, 0},
		"many offsets would do it": {month{days: 12, starts: []int{9 * 60}, length: 480, files: []int{200, 230}, wrong: -10 * time.Hour}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFacility(t)
			f.now = morning.AddDate(0, 0, 4)
			c.month.make(f)
			r := f.watch(pipeline.StatusOptions{})
			skew := r.Files[0].Skew
			if c.want == 0 {
				assert.Nil(t, skew, "%+v", skew)
				assert.NotContains(t, kinds(r), "clock_skew TEM")
				return
			}
			require.NotNil(t, skew)
			assert.Equal(t, c.want, time.Duration(skew.Seconds)*time.Second, "%+v", *skew)
			assert.GreaterOrEqual(t, 5*skew.Files, 4*skew.Of)
			assert.GreaterOrEqual(t, skew.Sessions, 3)
			assert.Contains(t, kinds(r), "clock_skew TEM")
			assert.Nil(t, r.Files[1].Skew)
		})
	}
}

func TestClockSkewInWords(t *testing.T) {
	f := newFacility(t)
	f.now = morning.AddDate(0, 0, 4)
	month{days: 12, starts: []int{9 * 60}, length: 180, files: []int{1, 60, 120, 178}, wrong: 330 * time.Minute}.make(f)
	c := concern(t, f.watch(pipeline.StatusOptions{}), pipeline.ConcernSkew)
	assert.Equal(t, "48 of 48 files in no session fall into 12 sessions when 5 h 30 min are taken from their times", c.Text)
	assert.Equal(t, "check the microscope's clock, which seems fast, and the zones: of its computer, "+
		"of TEM in the database (America/New_York), NX_NEMO_TZ_N", c.Advice)
}
