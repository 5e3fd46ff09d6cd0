package db_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const header = "instrument_pid,api_url,calendar_url,location,display_name,property_tag,filestore_path,harvester,timezone\n"

func TestParseInstruments(t *testing.T) {
	want := titan()
	want.Location = "Room \"A\", µ-Labor"
	cases := []struct{ name, format, text string }{
		{"csv", "csv", header + want.PID + "," + want.APIURL + "," + want.CalendarURL + `,"Room ""A"", µ-Labor",Titan,1,./Titan,nemo,America/New_York` + "\n"},
		{"csv of a spreadsheet", "csv", "\ufeff" + strings.ReplaceAll("timezone,instrument_pid,api_url,calendar_url,location,display_name,property_tag,filestore_path\n"+
			"America/New_York, "+want.PID+" ,"+want.APIURL+","+want.CalendarURL+`,"Room ""A"", µ-Labor",Titan,1,./Titan`+"\n", "\n", "\r\n")},
		{"json", "json", `[{"instrument_pid": "` + want.PID + `", "api_url": "` + want.APIURL + `", "calendar_url": "` + want.CalendarURL + `",
			"location": "Room \"A\", µ-Labor", "display_name": "Titan", "property_tag": "1", "filestore_path": "./Titan",
			"harvester": "nemo", "timezone": "America/New_York"}]`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := db.ParseInstruments(strings.NewReader(c.text), c.format)
			require.NoError(t, err)
			require.Equal(t, []nexuslims.Instrument{want}, got)
		})
	}
	got, err := db.ParseInstruments(strings.NewReader("[]"), "json")
	require.NoError(t, err)
	require.Empty(t, got)
	_, err = db.ParseInstruments(strings.NewReader(""), "xlsx")
	require.ErrorIs(t, err, nexuslims.Unsupported)
}

// faults returns the faults of an import.
func faults(t *testing.T, err error) db.InstrumentFaults {
	t.Helper()
	require.ErrorIs(t, err, nexuslims.Invalid)
	var list db.InstrumentFaults
	require.True(t, errors.As(err, &list), "%v", err)
	return list
}

func TestParseInstrumentsListsEveryFault(t *testing.T) {
	text := header +
		"A/1,ftp://x,https://c.example.org,Room,Titan,1,/data/titan,nemo,Mars/Olympus\n" +
		"\"B\nC\",https://x.example.org/1,https://c.example.org,,Titan,123456789012345678901,a/../../b,nemo,UTC\n" +
		"D,https://x.example.org/1,https://c.example.org,Room,Titan,1,.,Nemo,UTC\n" +
		"D,https://u:p@x.example.org/2,https://c.example.org,Room,Titan,1,C:\\data,nemo,Local\n" +
		"too,few\n"
	_, err := db.ParseInstruments(strings.NewReader(text), "csv")
	var got []string
	for _, f := range faults(t, err) {
		got = append(got, strings.SplitAfterN(f.Error(), ":", 2)[0])
	}
	assert.Equal(t, []string{
		"line 7, it has 2 columns, the header has 9",
		"instrument 1 (line 2), column instrument_pid:", "instrument 1 (line 2), column api_url:",
		"instrument 1 (line 2), column filestore_path:", "instrument 1 (line 2), column timezone:",
		"instrument 2 (line 3), column instrument_pid:", "instrument 2 (line 3), column location:",
		"instrument 2 (line 3), column property_tag:", "instrument 2 (line 3), column filestore_path:",
		"instrument 3 (line 5), column filestore_path:", "instrument 3 (line 5), column harvester:",
		"instrument 3 (line 5), column api_url:",
		"instrument 4 (line 6), column api_url:", "instrument 4 (line 6), column filestore_path:",
		"instrument 4 (line 6), column timezone:", "instrument 4 (line 6), column instrument_pid:",
	}, got)
}

func TestParseInstrumentsRefusesOtherShapes(t *testing.T) {
	whole := `{"instrument_pid": "A", "api_url": "https://x.example.org/1", "calendar_url": "https://c.example.org", "location": "R",
		"display_name": "T", "property_tag": "1", "filestore_path": "a", "timezone": "UTC"`
	cases := []struct{ name, format, text, want string }{
		{"empty csv", "csv", "", "no header"},
		{"missing column", "csv", strings.Replace(header, ",timezone", "", 1), "column timezone: it is missing"},
		{"unknown column", "csv", strings.Replace(header, "harvester", "schema_name", 1), `unknown column "schema_name"`},
		{"column twice", "csv", strings.Replace(header, "harvester", "timezone", 1), "there twice"},
		{"semicolons", "csv", strings.ReplaceAll(header, ",", ";"), "unknown column"},
		{"open quote", "csv", header + `"A,b` + "\n", "line 2"},
		{"latin-1", "csv", header + "\xe9", "UTF-8"},
		{"no list", "json", whole + "}", "list of objects"},
		{"broken off", "json", "[" + whole, "EOF"},
		{"unknown key", "json", "[" + whole + `, "colour": "red"}]`, `instrument 1, unknown column "colour"`},
		{"missing key", "json", `[{}]`, "instrument 1, column instrument_pid: it is missing"},
		{"key twice", "json", "[" + whole + `, "timezone": "UTC"}]`, "there twice"},
		{"number", "json", "[" + strings.Replace(whole, `"1"`, "1", 1) + "}]", "column property_tag: it must be a text"},
		{"null", "json", "[" + strings.Replace(whole, `"1"`, "null", 1) + "}]", "column property_tag: it must be a text"},
		{"something behind", "json", "[" + whole + "}] []", "follows"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.ParseInstruments(strings.NewReader(c.text), c.format)
			require.ErrorContains(t, faults(t, err), c.want)
		})
	}
}

func TestImportInstrumentsIsAllOrNothing(t *testing.T) {
	s, _ := newStore(t)
	fresh, sameURL := titan(), titan()
	fresh.PID, fresh.APIURL = "new-1", "https://nemo.example.org/api/tools/?id=9"
	sameURL.PID = "new-2"
	_, err := s.ImportInstruments(t.Context(), []nexuslims.Instrument{fresh, sameURL, titan()}, db.ImportOptions{})
	got := faults(t, err)
	require.Len(t, got, 3)
	assert.ErrorContains(t, got[0], "instrument 3, column api_url")
	assert.ErrorContains(t, got[1], "instrument 2, column api_url")
	assert.ErrorContains(t, got[2], "instrument 3, column instrument_pid")
	list, err := s.Instruments(t.Context())
	require.NoError(t, err)
	require.Equal(t, []nexuslims.Instrument{titan(), jeol()}, list)

	renamed := titan()
	renamed.DisplayName = "Titan 2"
	result, err := s.ImportInstruments(t.Context(), []nexuslims.Instrument{fresh, renamed, jeol()}, db.ImportOptions{Update: true})
	require.NoError(t, err)
	require.Equal(t, db.ImportResult{Added: 1, Updated: 1, Unchanged: 1}, result)
	list, err = s.Instruments(t.Context())
	require.NoError(t, err)
	require.Equal(t, []nexuslims.Instrument{renamed, jeol(), fresh}, list)
}

func FuzzParseInstruments(f *testing.F) {
	f.Add(header+"A,https://x.example.org/1,https://c.example.org,R,T,1,a,nemo,UTC\n", true)
	f.Add(`[{"instrument_pid": "A"}]`, false)
	f.Fuzz(func(t *testing.T, text string, csv bool) {
		format := "json"
		if csv {
			format = "csv"
		}
		list, err := db.ParseInstruments(strings.NewReader(text), format)
		if err != nil {
			require.ErrorIs(t, err, nexuslims.Invalid)
			return
		}
		for _, in := range list {
			require.Empty(t, db.CheckInstrument(in))
		}
	})
}
