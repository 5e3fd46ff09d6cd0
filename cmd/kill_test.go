//go:build unix

package cmd_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/cdcstest"
	"github.com/nexuslims/nexuslims-go/internal/elabftwtest"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// servers are the services of a site for records.
type servers struct {
	cdcs *cdcstest.Server
	elab *elabftwtest.Server
}

// killSite is a site with work for three destinations, of which one links to another.
func killSite(t *testing.T) (*site, servers) {
	s := newSite(t)
	s.website()
	server := servers{s.cdcs(), s.elab()}
	s.visit("s1", "TEM", 0, "a.tif", "b.txt")
	s.visit("s2", "SEM", 2, "c.tif")
	return s, server
}

// outcome is everything that an undisturbed run and an interrupted one must agree on, by
// name.
type outcome map[string]string

func (s *site) outcome(server servers) outcome {
	s.t.Helper()
	o := outcome{}
	places := strings.NewReplacer(s.dir, "DIR", server.cdcs.URL, "CDCS/", server.elab.URL, "ELAB")
	for _, folder := range []string{"data/records", "data/TEM", "data/SEM", "site"} {
		for _, name := range s.files(folder) {
			if strings.HasPrefix(path.Base(name), ".nx-") {
				continue // a temporary file, removed when it is old
			}
			b, err := os.ReadFile(s.path(folder, name))
			require.NoError(s.t, err)
			o[folder+"/"+name] = places.Replace(string(b))
		}
	}
	s.look(func(store *db.Store) {
		queue, problems, err := store.Queue(s.t.Context(), nexuslims.Statuses()...)
		require.NoError(s.t, err)
		require.Empty(s.t, problems)
		for _, q := range queue {
			o["session "+q.ID] = fmt.Sprint(q.Status, " ", q.From.UTC(), " ", q.To.UTC(), " ", q.User)
			uploads, err := store.Uploads(s.t.Context(), q.ID)
			require.NoError(s.t, err)
			for _, u := range uploads {
				if u.Success {
					o["upload of "+q.ID+" to "+u.Destination] = u.RecordID
				}
			}
			claims, err := store.FileClaims(s.t.Context(), q.ID)
			require.NoError(s.t, err)
			o["files of "+q.ID] = fmt.Sprint(claims)
		}
		kept, err := store.Records(s.t.Context())
		require.NoError(s.t, err)
		for _, r := range kept {
			o["record "+r.Name] = fmt.Sprint(r.State, " version ", r.Version, " ", r.Digest)
		}
	})
	for i, r := range server.cdcs.Records() {
		o[fmt.Sprint("stored ", i+1)] = fmt.Sprint(r.Title, " workspace ", r.Workspace, "\n", r.XML)
	}
	for i, e := range server.elab.Experiments() {
		o[fmt.Sprint("experiment ", i+1)] = places.Replace(fmt.Sprint(e.Title, e.Tags, e.Metadata, "\n", e.Body))
		for n, u := range e.Attached() {
			o[fmt.Sprint("experiment ", i+1, " attachment ", n+1)] = fmt.Sprint(u.RealName, "\n", string(u.Content))
		}
	}
	return o
}

// differences names what is not the same, with the text from the first difference on.
func (o outcome) differences(other outcome) []string {
	var names []string
	for name := range maps.Keys(o) {
		if text, ok := other[name]; !ok || text != o[name] {
			at := 0
			for at < min(len(text), len(o[name])) && text[at] == o[name][at] {
				at++
			}
			names = append(names, fmt.Sprintf("%s from byte %d: %.80q, not %.80q", name, at, text[at:], o[name][at:]))
		}
	}
	for name, text := range other {
		if _, ok := o[name]; !ok {
			names = append(names, fmt.Sprintf("%s is too much: %.80q", name, text))
		}
	}
	return names
}

// settleDown runs until nothing is left to do. The clock stands still, so that dates of
// extraction are equal too.
func (s *site) settleDown() {
	s.t.Helper()
	for range 5 {
		r, o := s.build()
		require.Contains(s.t, []int{0, 3}, o.code, o.err)
		if len(r.Sessions) == 0 {
			return
		}
	}
	require.Fail(s.t, "the site does not come to rest")
}

// TestKillAtEveryStep ends the process after each step that it makes durable. What later
// runs arrive at is what an undisturbed run arrives at.
func TestKillAtEveryStep(t *testing.T) {
	t.Parallel()
	s, server := killSite(t)
	whole := s.start(map[string]string{childKill: "-1"}, "build-records", "--from", "none")
	require.Equal(t, 0, whole.wait(), whole.err.String())
	steps := strings.Count(whole.err.String(), "step: ")
	require.GreaterOrEqual(t, steps, 13, whole.err.String())
	s.settleDown()
	want := s.outcome(server)
	for _, name := range []string{"stored 2", "experiment 2 attachment 1", "upload of s1 to cdcs", "upload of s2 to folder", "upload of s2 to elabftw", "data/records/uploaded/2024-05-06_TEM_s1.xml"} {
		require.Contains(t, want, name)
	}
	for n := 1; n <= steps; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s, server := killSite(t)
			p := s.start(map[string]string{childKill: fmt.Sprint(n)}, "build-records", "--from", "none")
			require.Equal(t, 137, p.wait(), p.err.String())
			s.settleDown()
			assert.Empty(t, want.differences(s.outcome(server)))
		})
	}
}

// TestKillAtEveryRequest ends the process while a server works on its n-th request, which is
// carried out, or not.
func TestKillAtEveryRequest(t *testing.T) {
	t.Parallel()
	s, server := killSite(t)
	_, o := s.build()
	require.Equal(t, 0, o.code, o.err)
	requests := map[string]int{"cdcs": len(server.cdcs.Requests()), "elabftw": len(server.elab.Requests())}
	s.settleDown()
	want := s.outcome(server)
	for at, count := range requests {
		for n := range count {
			for _, carriedOut := range []bool{true, false} {
				t.Run(fmt.Sprint(at, n, carriedOut), func(t *testing.T) {
					t.Parallel()
					s, server := killSite(t)
					pid := make(chan int, 1)
					kill := func() { _ = syscall.Kill(<-pid, syscall.SIGKILL) }
					server.disturb(at, n, carriedOut, kill)
					p := s.start(nil, "build-records", "--from", "none")
					pid <- p.cmd.Process.Pid
					require.Equal(t, -1, p.wait(), p.err.String())
					server.cdcs.Heal()
					server.elab.Heal()
					s.settleDown()
					assert.Empty(t, want.differences(s.outcome(server)))
				})
			}
		}
	}
}

// disturb has a server do something before its n-th request, which then is carried out and
// its answer lost, or is never answered.
func (s servers) disturb(at string, n int, carriedOut bool, before func()) {
	if at == "cdcs" {
		s.cdcs.Inject(cdcstest.Fault{After: n, Times: 1, LoseReply: carriedOut, Stall: !carriedOut, Before: before})
		return
	}
	s.elab.Inject(elabftwtest.Fault{After: n, Times: 1, LoseReply: carriedOut, Stall: !carriedOut, Before: before})
}

// TestKillAtRandomTimes does so for a long time where NX_SOAK is set, and a few times
// elsewhere.
func TestKillAtRandomTimes(t *testing.T) {
	t.Parallel()
	s, server := killSite(t)
	s.settleDown()
	want := s.outcome(server)
	rounds := 3
	if os.Getenv("NX_SOAK") != "" {
		rounds = 300
	}
	for n := range rounds {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s, server := killSite(t)
			for range 3 {
				p := s.start(nil, "build-records", "--from", "none")
				after := time.Duration(rand.IntN(400)) * time.Millisecond
				t.Logf("killed after %s", after)
				time.AfterFunc(after, func() { _ = p.cmd.Process.Kill() })
				p.wait()
			}
			s.settleDown()
			assert.Empty(t, want.differences(s.outcome(server)))
		})
	}
}

// rebuildSite is a site whose record has another file to take in.
func rebuildSite(t *testing.T) (*site, servers) {
	s, server := killSite(t)
	s.settleDown()
	s.file("TEM/found later.tif", morning.Add(30*time.Minute))
	return s, server
}

// TestKillAtEveryStepOfARebuild ends a rebuild after each of its steps. Later runs and the
// same command again arrive at what an undisturbed rebuild arrives at.
func TestKillAtEveryStepOfARebuild(t *testing.T) {
	t.Parallel()
	s, server := rebuildSite(t)
	whole := s.start(map[string]string{childKill: "-1"}, "rebuild", "s1")
	require.Equal(t, 0, whole.wait(), whole.err.String())
	steps := strings.Count(whole.err.String(), "step: ")
	require.GreaterOrEqual(t, steps, 6, whole.err.String())
	want := s.outcome(server)
	require.Contains(t, want["stored 1"], "found later.tif")
	for n := 1; n <= steps; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s, server := rebuildSite(t)
			p := s.start(map[string]string{childKill: fmt.Sprint(n)}, "rebuild", "s1")
			require.Equal(t, 137, p.wait(), p.err.String())
			s.settleDown()
			o := s.run("rebuild", "s1")
			require.Equal(t, 0, o.code, o.err)
			assert.Empty(t, want.differences(s.outcome(server)))
		})
	}
}
