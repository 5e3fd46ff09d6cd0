//go:build linux || darwin

package db_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// roles are what this test program does when it is started again as another process.
func roles() map[string]func(ctx context.Context, path string, out io.Writer) error {
	return map[string]func(context.Context, string, io.Writer) error{"write": childWrites, "fill": childFills, "look": childLooks}
}

func TestMain(m *testing.M) {
	role, path, found := strings.Cut(os.Getenv("NX_DB_TEST_ROLE"), ":")
	if !found {
		os.Exit(m.Run())
	}
	if limit := os.Getenv("NX_DB_TEST_LIMIT"); limit != "" {
		if err := limitFiles(limit); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	if err := roles()[role](context.Background(), path, os.Stdout); err != nil {
		fmt.Println("error", nexuslims.KindOf(err), err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child starts this program again in a role.
func child(t *testing.T, role, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "NX_DB_TEST_ROLE="+role+":"+path)
	cmd.Stderr = os.Stderr
	return cmd
}

func step(n int) time.Time { return noon().Add(time.Duration(n) * time.Second) }

// childWrites stores session after session, each with a bookmark of the same number, and
// says so after each.
func childWrites(ctx context.Context, path string, out io.Writer) error {
	s, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		return err
	}
	last, err := s.Bookmark(ctx, "nemo", "x")
	if err != nil {
		return err
	}
	n := 1
	if !last.IsZero() {
		n += int(last.Sub(step(0)) / time.Second)
	}
	for ; ; n++ {
		h := db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{visit(strconv.Itoa(n))}, Bookmark: step(n)}
		if _, err := s.StoreHarvest(ctx, h); err != nil {
			return err
		}
		if err := s.Settle(ctx, strconv.Itoa(n), nexuslims.Completed); err != nil {
			return err
		}
		fmt.Fprintln(out, n)
	}
}

func TestKilledWriterLosesNothing(t *testing.T) {
	s, _ := newStore(t)
	for round := range 6 {
		cmd := child(t, "write", s.Path())
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		said := 0
		lines := bufio.NewScanner(out)
		for range 3 + 2*round {
			require.True(t, lines.Scan())
			said, err = strconv.Atoi(lines.Text())
			require.NoError(t, err, lines.Text())
		}
		require.NoError(t, cmd.Process.Kill())
		for lines.Scan() { // said before it died
			if said, err = strconv.Atoi(lines.Text()); err != nil {
				break
			}
		}
		_ = cmd.Wait()

		require.NoError(t, s.Check(t.Context()))
		at, err := s.Bookmark(t.Context(), "nemo", "x")
		require.NoError(t, err)
		stored := int(at.Sub(step(0)) / time.Second)
		require.GreaterOrEqual(t, stored, said, "what was said to be stored is stored")
		queue, problems, err := s.Queue(t.Context(), nexuslims.Statuses()...)
		require.NoError(t, err)
		require.Empty(t, problems)
		require.Len(t, queue, stored, "the bookmark stands where the sessions end")
	}
}

// childFills stores its own sessions.
func childFills(ctx context.Context, path string, _ io.Writer) error {
	s, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		return err
	}
	for n := range 10 {
		id := fmt.Sprintf("%d-%d", os.Getpid(), n)
		_, err := s.StoreHarvest(ctx, db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{visit("shared"), visit(id)}})
		if err != nil {
			return err
		}
		if _, err = s.ReserveRecordName(ctx, id, "same name"); err != nil {
			return err
		}
	}
	return s.Close()
}

func TestProcessesShareOneDatabase(t *testing.T) {
	const processes = 4
	path := reference(t, "v2_5_0b.sql") // each process wants to add our tables
	execute(t, path, "UPDATE instruments SET instrument_pid = '"+titan().PID+"' WHERE instrument_pid = 'FEI-Titan-TEM-012345'")
	cmds := make([]*exec.Cmd, processes)
	for i := range cmds {
		cmds[i] = child(t, "fill", path)
		cmds[i].Stdout = os.Stderr
		require.NoError(t, cmds[i].Start())
	}
	for _, cmd := range cmds {
		assert.NoError(t, cmd.Wait())
	}
	s := open(t, path, db.Options{})
	require.NoError(t, s.Check(t.Context()))
	shared, err := s.Session(t.Context(), "shared")
	require.NoError(t, err)
	require.Empty(t, shared.Notes, "one START and one END row")
	records, err := s.Records(t.Context())
	require.NoError(t, err)
	require.Len(t, records, processes*10, "each session has a name of its own")
}

// childLooks opens the database and tries to change it.
func childLooks(ctx context.Context, path string, out io.Writer) error {
	s, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	list, err := s.Instruments(ctx)
	fmt.Fprintln(out, "instruments", len(list), err)
	return s.Settle(ctx, "x", nexuslims.Completed)
}

func TestFileThatMayNotBeWritten(t *testing.T) {
	s, _ := newStore(t)
	require.NoError(t, s.Close())
	require.NoError(t, os.Chmod(s.Path(), 0o444))
	cmd := child(t, "look", s.Path())
	if os.Geteuid() == 0 { // nothing is forbidden to root
		cmd = asNobody(t, cmd, s.Path())
	}
	out, err := cmd.Output()
	var failed *exec.ExitError
	require.True(t, errors.As(err, &failed), "%v %s", err, out)
	assert.Contains(t, string(out), "instruments 2 <nil>", "it can be read")
	assert.Contains(t, string(out), "error permission")
}

// asNobody lets a command run without rights, from a copy of this program that anybody
// may start and with the way to the file open.
func asNobody(t *testing.T, cmd *exec.Cmd, path string) *exec.Cmd {
	t.Helper()
	program, err := os.ReadFile(cmd.Path)
	require.NoError(t, err)
	for dir := filepath.Dir(path); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
	copied := filepath.Join(filepath.Dir(path), "program")
	require.NoError(t, os.WriteFile(copied, program, 0o755))
	cmd.Path, cmd.Dir = copied, filepath.Dir(path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return cmd
}

func TestFullDiskIsTransient(t *testing.T) {
	s, _ := newStore(t)
	info, err := os.Stat(s.Path())
	require.NoError(t, err)
	cmd := child(t, "write", s.Path())
	cmd.Env = append(cmd.Env, "NX_DB_TEST_LIMIT="+strconv.FormatInt(info.Size()+3*4096, 10))
	out, err := cmd.Output()
	require.Error(t, err)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Contains(t, lines[len(lines)-1], "error transient")
	require.Greater(t, len(lines), 1, "it could store something before")
	require.NoError(t, s.Check(t.Context()))
	last := lines[len(lines)-2]
	got, err := s.Session(t.Context(), last)
	require.NoError(t, err)
	require.Equal(t, nexuslims.Completed, got.Status)
	_, err = s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "y", Sessions: []nexuslims.Session{visit("after")}})
	require.NoError(t, err, "with room again it goes on")
}

// limitFiles stands for a full disk: no file may grow beyond a size.
func limitFiles(text string) error {
	size, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size})
}
