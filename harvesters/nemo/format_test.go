package nemo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadAsPython: what datetime.strptime of Python 3 gave; times without offset are
// shown in UTC, and an empty result is a ValueError.
func TestReadAsPython(t *testing.T) {
	for _, c := range []struct{ format, text, want string }{
		{"%Y-%m-%d %H:%M:%S", "2024-05-06 09:02:11", "2024-05-06T09:02:11Z"},
		{"%Y-%m-%d %H:%M:%S", "2024-5-6 9:2:1", "2024-05-06T09:02:01Z"},
		{"%Y-%m-%d %H:%M:%S", " 2024-05-06 09:02:11", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-05-06   09:02:11", "2024-05-06T09:02:11Z"},
		{"%Y-%m-%d %H:%M:%S", "2024-05-06\t09:02:11", "2024-05-06T09:02:11Z"},
		{"%Y-%m-%d %H:%M:%S", "2024-05-06T09:02:11", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-05-06 09:02:11 ", ""},
		{"%Y-%m-%d %H:%M:%S", "24-05-06 09:02:11", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-13-06 09:02:11", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-02-30 09:02:11", ""},
		{"%Y-%m-%d %H:%M:%S", "2023-02-29 09:02:11", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-02-29 24:00:00", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-05-06 09:02:60", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-05-06 09:02:61", ""},
		{"%Y-%m-%d %H:%M:%S", "2024-05-06 09:60:00", ""},
		{"%Y-%m-%d %H:%M:%S", "0000-05-06 09:00:00", ""},
		{"%Y%m%d%H%M%S", "20240506090211", "2024-05-06T09:02:11Z"},
		{"%Y%m%d%H%M%S", "2024050609021", "2024-05-06T09:02:01Z"},
		{"%Y%m%dT%H%M", "20240506T0902", "2024-05-06T09:02:00Z"},
		{"%d.%m.%y %H:%M", "06.05.68 09:02", "2068-05-06T09:02:00Z"},
		{"%d.%m.%y %H:%M", "06.05.69 09:02", "1969-05-06T09:02:00Z"},
		{"%d.%m.%y %H:%M", "6.5.24 9:02", "2024-05-06T09:02:00Z"},
		{"%m/%d/%Y %I:%M %p", "05/06/2024 12:05 AM", "2024-05-06T00:05:00Z"},
		{"%m/%d/%Y %I:%M %p", "05/06/2024 12:05 pm", "2024-05-06T12:05:00Z"},
		{"%m/%d/%Y %I:%M %p", "05/06/2024 1:05 PM", "2024-05-06T13:05:00Z"},
		{"%m/%d/%Y %I:%M %p", "05/06/2024 13:05 PM", ""},
		{"%m/%d/%Y %I:%M %p", "05/06/2024 00:05 AM", ""},
		{"%m/%d/%Y %I:%M%p", "05/06/2024 01:05PM", "2024-05-06T13:05:00Z"},
		{"%m/%d/%Y %H:%M %p", "05/06/2024 01:05 PM", "2024-05-06T01:05:00Z"},
		{"%Y-%m-%d %H:%M:%S.%f", "2024-05-06 09:02:11.5", "2024-05-06T09:02:11.5Z"},
		{"%Y-%m-%d %H:%M:%S.%f", "2024-05-06 09:02:11.000001", "2024-05-06T09:02:11.000001Z"},
		{"%Y-%m-%d %H:%M:%S.%f", "2024-05-06 09:02:11.1234567", ""},
		{"%Y-%m-%d %H:%M:%S.%f", "2024-05-06 09:02:11.", ""},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02+0530", "2024-05-06T09:02:00+05:30"},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02-04:00", "2024-05-06T09:02:00-04:00"},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02Z", "2024-05-06T09:02:00Z"},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02-0004", "2024-05-06T09:02:00-00:04"},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02+5", ""},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02 +0200", ""},
		{"%Y-%m-%dT%H:%M %z", "2024-05-06T09:02 +0200", "2024-05-06T09:02:00+02:00"},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02+02:60", ""},
		{"%Y-%m-%dT%H:%M%z", "2024-05-06T09:02+25:00", ""},
		{"%Y %j %H", "2024 366 5", "2024-12-31T05:00:00Z"},
		{"%Y %j %H", "2023 060 05", "2023-03-01T05:00:00Z"},
		{"%Y %j %H", "2023 0 05", ""},
		{"%b %d %Y %H:%M", "May 6 2024 09:02", "2024-05-06T09:02:00Z"},
		{"%b %d %Y %H:%M", "MAY 06 2024 09:02", "2024-05-06T09:02:00Z"},
		{"%B %d, %Y %H:%M", "September 06, 2024 09:02", "2024-09-06T09:02:00Z"},
		{"%b %d %Y %H:%M", "Sept 06 2024 09:02", ""},
		{"%B %d %Y %H:%M", "Sep 06 2024 09:02", ""},
		{"%A, %d %B %Y %H:%M", "Monday, 06 May 2024 09:02", "2024-05-06T09:02:00Z"},
		{"%a %d %b %Y %H:%M", "Tue 06 May 2024 09:02", "2024-05-06T09:02:00Z"},
		{"%a %d %b %Y %H:%M", "Xyz 06 May 2024 09:02", ""},
		{"%Y-%m-%d %H%%%M", "2024-05-06 09%02", "2024-05-06T09:02:00Z"},
		{"[%Y](%m)*%d+ %H", "[2024](05)*06+ 09", "2024-05-06T09:00:00Z"},
		{"%d %m %Y %H", "  6 5 2024 9", ""},
		{"%Y-%m-%d%H", "2024-05-0609", "2024-05-06T09:00:00Z"},
		{"%d/%m/%Y  %H:%M", "06/05/2024 09:02", "2024-05-06T09:02:00Z"},
	} {
		t.Run(c.format+" "+c.text, func(t *testing.T) {
			f, err := newFormat(c.format)
			require.NoError(t, err)
			f.whole = nil // Python has no second try without fraction
			at, _, err := clock{read: f}.time(c.text, time.UTC)
			if c.want == "" {
				require.Error(t, err, "%s", at)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, at.Format(time.RFC3339Nano))
		})
	}
}

// TestWriteAsPython: what strftime of Python 3 gave for three times.
func TestWriteAsPython(t *testing.T) {
	ny := newYork(t)
	times := [3]time.Time{
		time.Date(2024, 5, 6, 9, 2, 1, 0, ny), time.Date(2024, 12, 31, 0, 30, 59, 120_034_000, ny),
		time.Date(2024, 2, 9, 12, 0, 0, 1000, time.UTC),
	}
	for _, c := range []struct {
		format string
		want   [3]string
	}{
		{"%Y-%m-%d %H:%M:%S", [3]string{"2024-05-06 09:02:01", "2024-12-31 00:30:59", "2024-02-09 12:00:00"}},
		{"%y%m%d%H", [3]string{"24050609", "24123100", "24020912"}},
		{"%d %b %Y %H", [3]string{"06 May 2024 09", "31 Dec 2024 00", "09 Feb 2024 12"}},
		{"%A %d %B %Y %H", [3]string{"Monday 06 May 2024 09", "Tuesday 31 December 2024 00", "Friday 09 February 2024 12"}},
		{"%a %d %m %Y %H", [3]string{"Mon 06 05 2024 09", "Tue 31 12 2024 00", "Fri 09 02 2024 12"}},
		{"%Y-%m-%d %I:%M %p", [3]string{"2024-05-06 09:02 AM", "2024-12-31 12:30 AM", "2024-02-09 12:00 PM"}},
		{"%Y-%m-%d %H:%M:%S.%f", [3]string{"2024-05-06 09:02:01.000000", "2024-12-31 00:30:59.120034", "2024-02-09 12:00:00.000001"}},
		{"%Y-%m-%d %H:%M%z", [3]string{"2024-05-06 09:02-0400", "2024-12-31 00:30-0500", "2024-02-09 12:00+0000"}},
		{"%Y-%m-%d %H:%M %Z", [3]string{"2024-05-06 09:02 EDT", "2024-12-31 00:30 EST", "2024-02-09 12:00 UTC"}},
		{"%Y %j %H", [3]string{"2024 127 09", "2024 366 00", "2024 040 12"}},
		{"%Y%%%m%%%d %H", [3]string{"2024%05%06 09", "2024%12%31 00", "2024%02%09 12"}},
		{"%Y-%m-%dT%H:%M:%S.%f%z", [3]string{"2024-05-06T09:02:01.000000-0400", "2024-12-31T00:30:59.120034-0500", "2024-02-09T12:00:00.000001+0000"}},
	} {
		f, err := newFormat(c.format)
		require.NoError(t, err, c.format)
		for i, at := range times {
			assert.Equal(t, c.want[i], f.text(at), c.format)
		}
	}
}

// TestRoundTrip: what a format writes with all that an instant needs, it reads again.
func TestRoundTrip(t *testing.T) {
	ny := newYork(t)
	for _, pattern := range []string{
		"", "%Y-%m-%d %H:%M:%S.%f%z", "%d.%m.%y %I.%M.%S.%f %p %z", "%A, %d %B %Y %H:%M:%S.%f %z", "%Y/%j %H:%M:%S.%f%z",
		"%a %b %d %H:%M:%S.%f %z %Y",
	} {
		f, err := newFormat(pattern)
		require.NoError(t, err, pattern)
		for at := time.Date(2024, 1, 1, 0, 0, 0, 0, ny); at.Year() < 2025; at = at.Add(61*time.Hour + 123457*time.Microsecond) {
			got, _, err := clock{read: f}.time(f.text(at), time.UTC)
			require.NoError(t, err, "%s %s", pattern, f.text(at))
			require.True(t, at.Equal(got), "%s: %s became %s", pattern, at, got)
		}
	}
}

// TestImpossibleOffsets: in the zone that is set every wall clock has one or two offsets;
// another is repaired with the wall clock kept.
func TestImpossibleOffsets(t *testing.T) {
	ny := newYork(t)
	for text, want := range map[string]string{
		"2024-11-03T00:59:59-05:00": "2024-11-03T00:59:59-04:00",
		"2024-11-03T01:00:00-04:00": "2024-11-03T01:00:00-04:00",
		"2024-11-03T01:59:59-05:00": "2024-11-03T01:59:59-05:00",
		"2024-11-03T01:30:00Z":      "2024-11-03T01:30:00-05:00", // standard time where both are possible
		"2024-11-03T02:00:00-04:00": "2024-11-03T02:00:00-05:00",
		"2024-03-10T01:59:59-05:00": "2024-03-10T01:59:59-05:00",
		"2024-03-10T02:30:00-04:00": "2024-03-10T03:30:00-04:00", // does not exist: the standard offset counts
		"2024-03-10T03:00:00-05:00": "2024-03-10T03:00:00-04:00",
		"2024-07-01T12:00:00+02:00": "2024-07-01T12:00:00-04:00",
	} {
		got, assumed, err := clock{zone: ny}.time(text, nil)
		require.NoError(t, err)
		assert.False(t, assumed)
		assert.Equal(t, want, got.Format(time.RFC3339), text)
		kept, _, err := clock{}.time(text, ny)
		require.NoError(t, err)
		at, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		assert.True(t, at.Equal(kept), "without a zone set offsets stand")
	}
	_, assumed, err := clock{}.time("2024-07-01T12:00:00", ny)
	require.NoError(t, err)
	assert.True(t, assumed, "the instrument's zone is a guess")
}

func TestYearDayBeyondTheYear(t *testing.T) {
	f, err := newFormat("%Y %j %H")
	require.NoError(t, err)
	_, err = f.parse("2023 366 05")
	assert.Error(t, err, "Python takes it for the next year's first day")
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"2024-05-06T09:02:11Z", "2024-05-06 09:02:11.5", "Monday 06 May 2024 09:02 PM +0200", ""} {
		f.Add("%Y-%m-%d %H:%M:%S.%f", seed)
		f.Add("%A %d %B %Y %I:%M %p %z", seed)
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		fm, err := newFormat(pattern)
		if err != nil {
			return
		}
		at, _, err := clock{read: fm}.time(text, time.UTC)
		if err == nil && (at.Year() < 0 || at.Year() > 10_000) {
			t.Errorf("%q with %q is %s", text, pattern, at)
		}
	})
}
