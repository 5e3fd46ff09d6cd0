package nemo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	return zone
}

func TestReadTime(t *testing.T) {
	ny := newYork(t)
	for name, c := range map[string]struct {
		format string
		zone   *time.Location // of the setting
		text   string
		want   string
	}{
		"offset":                  {"", nil, "2024-05-06T09:02:11.120034-04:00", "2024-05-06T09:02:11.120034-04:00"},
		"offset without colon":    {"", nil, "2024-05-06T09:02:11-0400", "2024-05-06T09:02:11-04:00"},
		"Z":                       {"", nil, "2024-05-06T13:02:11Z", "2024-05-06T13:02:11Z"},
		"naive":                   {"", nil, "2024-05-06T09:02:11", "2024-05-06T09:02:11-04:00"},
		"blank and no seconds":    {"", nil, "2024-05-06 09:02", "2024-05-06T09:02:00-04:00"},
		"date alone":              {"", nil, "2024-05-06", "2024-05-06T00:00:00-04:00"},
		"naive in repeated hour":  {"", ny, "2024-11-03T01:30:00", "2024-11-03T01:30:00-05:00"},
		"naive in missing hour":   {"", ny, "2024-03-10T02:30:00", "2024-03-10T03:30:00-04:00"},
		"possible offset":         {"", ny, "2024-11-03T01:30:00-04:00", "2024-11-03T01:30:00-04:00"},
		"other possible offset":   {"", ny, "2024-11-03T01:15:00-05:00", "2024-11-03T01:15:00-05:00"},
		"impossible offset":       {"", ny, "2024-05-06T09:00:00Z", "2024-05-06T09:00:00-04:00"},
		"winter offset in summer": {"", ny, "2024-07-01T09:00:00-05:00", "2024-07-01T09:00:00-04:00"},
		"site's format":           {"%m-%d-%Y %H:%M:%S", nil, "05-06-2024  09:02:11", "2024-05-06T09:02:11-04:00"},
		"fraction":                {"%Y-%m-%d %H:%M:%S.%f", nil, "2024-05-06 09:02:11.12", "2024-05-06T09:02:11.12-04:00"},
		"fraction left out":       {"%Y-%m-%d %H:%M:%S.%f", nil, "2024-05-06 09:02:11", "2024-05-06T09:02:11-04:00"},
		"half days":               {"%b %d, %Y %I:%M %p", nil, "May 6, 2024 12:05 am", "2024-05-06T00:05:00-04:00"},
		"afternoon":               {"%A %d %B %y %I:%M %p", nil, "Monday 06 May 24 03:05 PM", "2024-05-06T15:05:00-04:00"},
		"day of the year":         {"%Y %j %H", nil, "2024 127 9", "2024-05-06T09:00:00-04:00"},
		"offset directive":        {"%d/%m/%Y %H:%M %z", nil, "06/05/2024 09:00 +02:00", "2024-05-06T09:00:00+02:00"},
		"named zone UTC":          {"%d/%m/%Y %H:%M %Z", nil, "06/05/2024 09:00 UTC", "2024-05-06T09:00:00Z"},
		"named zone of its own":   {"%Y-%m-%d %H:%M %Z", ny, "2024-11-03 01:30 EDT", "2024-11-03T01:30:00-04:00"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := newFormat(c.format)
			require.NoError(t, err)
			got, _, err := clock{read: f, zone: c.zone}.time(c.text, ny)
			require.NoError(t, err)
			assert.Equal(t, c.want, got.Format(time.RFC3339Nano))
		})
	}
}

func TestReadTimeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ format, text string }{
		"no time":            {"", "yesterday"},
		"30 February":        {"%Y-%m-%d %H:%M", "2024-02-30 09:00"},
		"day 366 of 2023":    {"%Y %j %H", "2023 366 09"},
		"hour 24":            {"%Y-%m-%d %H:%M", "2024-05-06 24:00"},
		"rest":               {"%Y-%m-%d %H:%M", "2024-05-06 09:00 and more"},
		"zone of elsewhere":  {"%Y-%m-%d %H:%M %Z", "2024-05-06 09:00 CEST"},
		"ISO with 30 Feb":    {"", "2024-02-30T09:00:00Z"},
		"empty":              {"", ""},
		"another separation": {"%m-%d-%Y %H:%M", "05/06/2024 09:00"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := newFormat(c.format)
			require.NoError(t, err)
			_, _, err = clock{read: f}.time(c.text, newYork(t))
			assert.Error(t, err, c.text)
		})
	}
}

func TestFormatRefused(t *testing.T) {
	for _, pattern := range []string{
		"%Y-%m-%d %H:%Q", "%s", "%c", "%Y-%m-%d", "%H:%M", "%Y-%m-%d %H %", "%Y %Y %m %d %H", "today", "%I:%M %d %m %Y",
	} {
		_, err := newFormat(pattern)
		assert.Error(t, err, pattern)
	}
}

func TestWriteTime(t *testing.T) {
	ny := newYork(t)
	at := time.Date(2024, 5, 6, 13, 2, 11, 120034000, time.UTC)
	us, err := newFormat("%m-%d-%Y %H:%M:%S.%f")
	require.NoError(t, err)
	literal, err := newFormat("%Y-%m-%d %H:%M%z")
	require.NoError(t, err)
	assert.Equal(t, "2024-05-06T13:02:11.120034+00:00", clock{}.ask(at, ny), "ISO keeps the zone it has")
	assert.Equal(t, "05-06-2024 09:02:11.120034", clock{write: us}.ask(at, ny), "the wall clock of the instrument")
	assert.Equal(t, "05-06-2024 09:02:11.120034", clock{write: us, zone: ny}.ask(at, time.UTC), "the wall clock of the server")
	assert.Equal(t, "2024-05-06 09:02-0400", clock{write: literal, zone: ny}.ask(at, nil))
	assert.Equal(t, "2024-05-06T13:02:11.000001+00:00", clock{}.before(at.Truncate(time.Second).Add(1), nil), "bounds are rounded up")
}
