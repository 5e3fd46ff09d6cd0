package db_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"
)

// reference makes the database of an SQL file that the Python program's databases were
// written to.
func reference(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testdata.Dir(t), "reference-databases", name))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), strings.TrimSuffix(name, ".sql")+".db")
	execute(t, path, string(text))
	return path
}

// connection opens a file without any of the package's ways.
func connection(t *testing.T, path string) *sqlite.Conn {
	t.Helper()
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	require.NoError(t, err)
	return conn
}

// execute runs a script, statement by statement, with foreign keys off.
func execute(t *testing.T, path, script string) {
	t.Helper()
	conn := connection(t, path)
	for script = strings.TrimSpace(script); script != ""; script = strings.TrimSpace(script) {
		stmt, rest, err := conn.PrepareTransient(script)
		require.NoError(t, err)
		for more := true; more; {
			more, err = stmt.Step()
			require.NoError(t, err)
		}
		require.NoError(t, stmt.Finalize())
		script = script[len(script)-rest:]
	}
	require.NoError(t, conn.Close())
}

// rows returns the rows of a query as text, columns joined by |.
func rows(t *testing.T, path, query string) []string {
	t.Helper()
	conn := connection(t, path)
	stmt, _, err := conn.PrepareTransient(query)
	require.NoError(t, err)
	var list []string
	for {
		more, err := stmt.Step()
		require.NoError(t, err)
		if !more {
			break
		}
		fields := make([]string, stmt.ColumnCount())
		for i := range fields {
			fields[i] = stmt.ColumnText(i)
		}
		list = append(list, strings.Join(fields, "|"))
	}
	require.NoError(t, stmt.Finalize())
	require.NoError(t, conn.Close())
	return list
}

// shape returns the CREATE statements of all tables and indexes that are not ours.
func shape(t *testing.T, path string) []string {
	t.Helper()
	return rows(t, path, `SELECT type, name, tbl_name, sql FROM sqlite_schema
		WHERE name NOT LIKE 'nx\_%' ESCAPE '\' AND tbl_name NOT LIKE 'nx\_%' ESCAPE '\' ORDER BY name`)
}

// content returns all rows of the reference's tables.
func content(t *testing.T, path string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range []string{"alembic_version", "instruments", "session_log", "upload_log", "external_user_identifiers"} {
		all[table] = rows(t, path, "SELECT * FROM "+table+" ORDER BY rowid")
	}
	return all
}

func TestCreateMakesTheReferencesSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	require.NoError(t, db.Create(t.Context(), path))
	require.Equal(t, shape(t, reference(t, "v2_5_0b.sql")), shape(t, path))
	require.Equal(t, []string{"v2_5_0b"}, rows(t, path, "SELECT * FROM alembic_version"))
	require.Equal(t, []string{"delete"}, rows(t, path, "PRAGMA journal_mode"))
}

func TestOpenKeepsTheReferencesDatabase(t *testing.T) {
	for _, name := range []string{"v2_5_0b.sql", "v2_5_0b-from-v1-script.sql"} {
		t.Run(name, func(t *testing.T) {
			path := reference(t, name)
			wantShape, wantRows := shape(t, path), content(t, path)
			same := func(when string) {
				t.Helper()
				assert.Equal(t, wantShape, shape(t, path), when)
				assert.Equal(t, wantRows, content(t, path), when)
				assert.Equal(t, []string{"ok"}, rows(t, path, "PRAGMA integrity_check"), when)
				assert.Empty(t, rows(t, path, "PRAGMA foreign_key_check"), when)
			}
			s := open(t, path, db.Options{})
			require.NoError(t, s.Check(t.Context()))
			same("opened")

			for _, table := range rows(t, path, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'nx\_%' ESCAPE '\'`) {
				execute(t, path, "DROP TABLE "+table)
			}
			same("nx_ tables dropped")
			s = open(t, path, db.Options{})
			require.NoError(t, s.Check(t.Context()))
			same("opened again")
		})
	}
}

func TestOpenRefusesOtherDatabases(t *testing.T) {
	folder := filepath.Join(testdata.Dir(t), "reference-databases")
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "v2_5_0b") {
			continue
		}
		for _, readOnly := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				path := reference(t, name)
				before, err := os.ReadFile(path)
				require.NoError(t, err)
				s, err := db.Open(t.Context(), path, db.Options{ReadOnly: readOnly})
				require.ErrorIs(t, err, nexuslims.Unsupported)
				require.Nil(t, s)
				assert.ErrorContains(t, err, path)
				assert.ErrorContains(t, err, db.Revision)
				assert.ErrorContains(t, err, "upgrade")
				untouched(t, path, before)
			})
		}
	}
}

// untouched expects a file, and nothing beside it, to be as it was.
func untouched(t *testing.T, path string, before []byte) {
	t.Helper()
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func TestOpenRefusesWhatTheStampHides(t *testing.T) {
	cases := []struct{ name, script, want string }{
		{"unknown revision", "UPDATE alembic_version SET version_num = 'v9'", `"v9"`},
		{"two stamps", "INSERT INTO alembic_version VALUES ('v2_5_0a')", "several"},
		{"no stamp", "DELETE FROM alembic_version", "no revision stamp"},
		{"missing table", "DROP TABLE upload_log", "upload_log"},
		{"missing column", "ALTER TABLE session_log DROP COLUMN user", "session_log"},
		{"column too many", "ALTER TABLE instruments ADD COLUMN computer_ip VARCHAR", "computer_ip"},
		{
			"statuses of the oldest script", `DROP TABLE session_log; CREATE TABLE session_log (id_session_log INTEGER PRIMARY KEY,
			session_identifier, instrument, timestamp, event_type, record_status CHECK (record_status IN ('COMPLETED')), user)`,
			"WAITING_FOR_END",
		},
		{"newer nx_ tables", "CREATE TABLE nx_schema (version INTEGER); INSERT INTO nx_schema VALUES (7)", "version 7"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := reference(t, "v2_5_0b.sql")
			execute(t, path, c.script)
			before, err := os.ReadFile(path)
			require.NoError(t, err)
			_, err = db.Open(t.Context(), path, db.Options{})
			require.Error(t, err)
			assert.Contains(t, []nexuslims.Kind{nexuslims.Unsupported, nexuslims.Invalid}, nexuslims.KindOf(err))
			assert.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, path)
			untouched(t, path, before)
		})
	}
}

func TestShellReadsOurDatabase(t *testing.T) {
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("no sqlite3 shell is installed")
	}
	s, _ := newStore(t)
	_, err = s.StoreHarvest(t.Context(), db.Harvest{Kind: "nemo", ID: "x", Sessions: []nexuslims.Session{visit("a")}})
	require.NoError(t, err)
	ask := func(query string) string {
		t.Helper()
		out, err := exec.CommandContext(context.WithoutCancel(t.Context()), shell, s.Path(), query).CombinedOutput()
		require.NoError(t, err, string(out))
		return strings.TrimSpace(string(out))
	}
	require.Equal(t, "ok", ask("PRAGMA integrity_check"))
	require.Equal(t, "1|a|FEI-Titan-TEM-1|2026-03-10T09:00:00-04:00|START|TO_BE_BUILT|ada\n"+
		"2|a|FEI-Titan-TEM-1|2026-03-10T11:00:00-04:00|END|TO_BE_BUILT|ada", ask("SELECT * FROM session_log"))
	require.Equal(t, "2", ask("UPDATE session_log SET record_status = 'ERROR'; SELECT changes()"))
	got, err := s.Session(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, nexuslims.Failed, got.Status)
}
