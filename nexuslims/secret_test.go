package nexuslims_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func TestSecretNeverShows(t *testing.T) {
	const value = "hunter2-token"
	s := nexuslims.NewSecret(value)
	type holder struct {
		Open   nexuslims.Secret
		hidden nexuslims.Secret
		Ptr    *nexuslims.Secret
		In     map[string]nexuslims.Secret
	}
	h := holder{s, s, &s, map[string]nexuslims.Secret{"a": s}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		for _, v := range []any{s, &s, h, &h, []nexuslims.Secret{s}} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("x", "secret", s, "holder", h, "pointer", &s)
	}
	require.NoError(t, json.NewEncoder(&out).Encode(h))
	require.NoError(t, xml.NewEncoder(&out).EncodeElement(s, xml.StartElement{Name: xml.Name{Local: "a"}}))
	fmt.Fprint(&out, fmt.Errorf("call with %v", s))
	text := out.String()
	assert.NotContains(t, text, value)
	assert.NotContains(t, text, fmt.Sprintf("%x", value))
	assert.NotContains(t, text, fmt.Sprintf("%X", value))
	assert.Equal(t, value, s.Reveal())
	assert.False(t, nexuslims.NewSecret("").IsSet())
	assert.Empty(t, nexuslims.Secret{}.String())
}

func TestKinds(t *testing.T) {
	cause := errors.New("boom")
	err := fmt.Errorf("outer: %w", nexuslims.E(nexuslims.Transient, "read", "a.dm3", cause))
	assert.Equal(t, "outer: read a.dm3: boom", err.Error())
	assert.ErrorIs(t, err, nexuslims.Transient)
	assert.ErrorIs(t, err, cause)
	assert.NotErrorIs(t, err, nexuslims.Corrupt)
	assert.Equal(t, "read: corrupt", nexuslims.E(nexuslims.Corrupt, "read", "", nil).Error())
	for want, err := range map[nexuslims.Kind]error{
		nexuslims.Transient: err, nexuslims.Canceled: context.Canceled, nexuslims.Internal: cause,
		nexuslims.Invalid: nexuslims.Faults{{Variable: "NX_A", Reason: "is missing"}}, nexuslims.NoFiles: nexuslims.NoFiles,
	} {
		assert.Equal(t, want, nexuslims.KindOf(err))
	}
	assert.Equal(t, nexuslims.Transient, nexuslims.KindOf(context.DeadlineExceeded))
	assert.Equal(t, "unknown kind", nexuslims.Kind(99).String())
}

func TestStamp(t *testing.T) {
	denver, err := time.LoadLocation("America/Denver")
	require.NoError(t, err)
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(t, err)
	at := time.Date(2018, 11, 13, 18, 1, 0, 0, time.UTC)
	assert.Equal(t, "2018-11-13T11:01:00-07:00", nexuslims.Stamp(at.In(denver)))
	assert.Equal(t, "2018-11-13T18:01:00+00:00", nexuslims.Stamp(at))
	assert.Equal(t, "2018-11-13T18:01:00.120000+00:00", nexuslims.Stamp(at.Add(120*time.Millisecond)))
	assert.Equal(t, "2018-11-13T18:01:01+00:00", nexuslims.Stamp(at.Add(999_999_900)), "rounded to microseconds")
	assert.Equal(t, "1900-01-01T00:00:00+00:00", nexuslims.Stamp(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).In(amsterdam)),
		"offsets with seconds have no form")
}
