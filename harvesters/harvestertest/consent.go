package harvestertest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// consent: what was answered is told, and nothing is made of silence.
func consent(tb testing.TB, b *bench) {
	tb.Helper()
	answers := map[string]nexuslims.Consent{
		"granted": nexuslims.ConsentGranted, "withheld": nexuslims.ConsentDenied, "silent": nexuslims.ConsentUnknown,
	}
	n := 10
	for user, answer := range answers {
		u := b.use(user, day(n))
		u.Consent = answer
		b.put(u)
		n++
	}
	for user, want := range answers {
		s := b.session(tb, user)
		r, err := b.h.Reservation(tb.Context(), s, b.instrument(s))
		if want != nexuslims.ConsentUnknown || !errors.Is(err, nexuslims.NoReservation) {
			require.NoError(tb, err, user)
		}
		assert.Equal(tb, want, r.Consent, user)
		if want != nexuslims.ConsentGranted {
			continue
		}
		assert.Equal(tb, "Work of "+user, r.Title)
		assert.Equal(tb, user, r.Username)
		assert.Contains(tb, r.FullName, user)
		assert.NotEmpty(tb, r.ID)
		assert.False(tb, r.Start.IsZero() || r.End.IsZero(), "times are known")
		assert.Empty(tb, r.Warnings)
	}
	changesItsMind(tb, b)
}

// changesItsMind: an answer that is changed later is told anew.
func changesItsMind(tb testing.TB, b *bench) {
	tb.Helper()
	for _, answer := range []nexuslims.Consent{nexuslims.ConsentDenied, nexuslims.ConsentGranted} {
		u := b.uses["silent"]
		u.Consent = answer
		b.put(u)
		s := b.session(tb, "silent")
		r, err := b.h.Reservation(tb.Context(), s, b.instrument(s))
		require.NoError(tb, err)
		assert.Equal(tb, answer, r.Consent)
	}
}
