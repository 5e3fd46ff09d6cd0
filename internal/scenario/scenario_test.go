package scenario_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/scenario"
)

// bench counts how it was made and can do something or not.
type bench struct{ number, able int }

func list(tried *[]string) scenario.List[*bench] {
	note := func(text string) func(testing.TB, *bench) {
		return func(_ testing.TB, b *bench) { *tried = append(*tried, fmt.Sprint(text, " ", b.number)) }
	}
	return scenario.List[*bench]{On: "double", Scenarios: []scenario.Scenario[*bench]{
		{Name: "first", Try: note("first")},
		{Name: "able", Applies: func(b *bench) bool { return b.able > 0 }, Try: note("able")},
		{Name: "fails", Applies: func(b *bench) bool { return b.able > 1 }, Try: func(tb testing.TB, _ *bench) {
			tb.Helper()
			tb.Errorf("on purpose")
			*tried = append(*tried, "went on")
		}},
		{Name: "stops", Applies: func(b *bench) bool { return b.able > 1 }, Try: func(tb testing.TB, _ *bench) {
			tb.Helper()
			require.Fail(tb, "on purpose")
			tb.FailNow()
			*tried = append(*tried, "went on")
		}},
		{Name: "last", Try: note("last")},
	}}
}

// benches makes benches with numbers from 1.
func benches(able int) func(testing.TB) *bench {
	n := 0
	return func(testing.TB) *bench {
		n++
		return &bench{n, able}
	}
}

// TestRun tries each scenario that applies once, in order, on a bench of its own.
func TestRun(t *testing.T) {
	for able, want := range [][]string{{"first 1", "last 5"}, {"first 1", "able 2", "last 5"}} {
		var tried []string
		list(&tried).Run(t, benches(able))
		assert.Equal(t, want, tried)
	}
}

// logged keeps what is logged.
type logged struct {
	testing.TB
	text string
}

func (l *logged) Logf(format string, args ...any) { l.text += fmt.Sprintf(format, args...) }

// TestPasses: failures are told and not reported.
func TestPasses(t *testing.T) {
	var tried []string
	all := list(&tried)
	assert.True(t, all.Passes(t, "first", benches(2)))
	assert.False(t, all.Passes(t, "fails", benches(2)))
	assert.False(t, all.Passes(t, "stops", benches(2)))
	assert.Equal(t, []string{"first 1", "went on"}, tried)

	log := &logged{TB: t}
	assert.True(t, all.Passes(log, "stops", benches(0)), "what does not apply is no failure")
	assert.Equal(t, "does not apply: the double cannot do what this needs", log.text)
}

// fatal keeps what ends a test.
type fatal struct {
	testing.TB
	text string
}

func (f *fatal) Fatalf(format string, args ...any) { f.text = fmt.Sprintf(format, args...) }

func TestUnknownName(t *testing.T) {
	f := &fatal{TB: t}
	assert.False(t, list(new([]string)).Passes(f, "other", benches(0)))
	assert.Equal(t, `no scenario "other"`, f.text)
}

func TestNames(t *testing.T) {
	assert.Equal(t, []string{"first", "able", "fails", "stops", "last"}, list(nil).Names())
	assert.Empty(t, scenario.List[int]{}.Names())
}
