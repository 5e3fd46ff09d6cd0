package db

import (
	_ "embed" // the two schemas
	"fmt"
	"slices"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Revision is the schema revision of the reference's tables that a Store works with.
const Revision = "v2_5_0b"

// nxVersion is the version of our own tables.
const nxVersion = 1

//go:embed reference.sql
var referenceSQL string

//go:embed nx.sql
var nxSQL string

// referenceColumns are the columns of the reference's tables at Revision.
func referenceColumns() map[string][]string {
	return map[string][]string{
		"alembic_version": {"version_num"},
		"instruments": {
			"instrument_pid", "api_url", "calendar_url", "location", "display_name",
			"property_tag", "filestore_path", "harvester", "timezone",
		},
		"session_log": {
			"id_session_log", "session_identifier", "instrument", "timestamp",
			"event_type", "record_status", "user",
		},
		"upload_log": {
			"id", "session_identifier", "destination_name", "success", "timestamp",
			"record_id", "record_url", "error_message", "metadata_json",
		},
		"external_user_identifiers": {
			"id", "nexuslims_username", "external_system", "external_id",
			"email", "created_at", "last_verified_at", "notes",
		},
	}
}

// makeNX makes our own tables where they are missing.
func makeNX(conn *sqlite.Conn) error {
	if err := sqlitex.ExecuteScript(conn, nxSQL, nil); err != nil {
		return err
	}
	return exec(conn, "INSERT OR IGNORE INTO nx_schema (version) VALUES (?)", nxVersion)
}

// examine checks that the file is one of ours, and reports whether our tables are all there.
func examine(conn *sqlite.Conn) (complete bool, err error) {
	tables, err := tableNames(conn)
	if err != nil {
		return false, err
	}
	if err := examineRevision(conn, tables); err != nil {
		return false, err
	}
	if err := examineShape(conn); err != nil {
		return false, err
	}
	return examineNX(conn, tables)
}

// tableNames lists the tables of the file itself, not those of the connection.
func tableNames(conn *sqlite.Conn) ([]string, error) {
	return texts(conn, "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name")
}

const upgradeHint = "upgrade it first with the database upgrade command"

// examineRevision refuses every file that is not stamped with Revision.
func examineRevision(conn *sqlite.Conn, tables []string) error {
	stamped := slices.Contains(tables, "alembic_version")
	if !stamped && !slices.Contains(tables, "instruments") && !slices.Contains(tables, "session_log") {
		return refuse(nexuslims.Invalid, "it is not a NexusLIMS database: it has none of its tables")
	}
	var found []string
	if stamped {
		err := each(conn, "SELECT version_num FROM alembic_version", func(row *sqlite.Stmt) error {
			found = append(found, row.ColumnText(0))
			return nil
		})
		if err != nil {
			return err
		}
	}
	switch {
	case len(found) == 0:
		return refuse(nexuslims.Unsupported,
			"its schema has no revision stamp, revision %s is needed; %s", Revision, upgradeHint)
	case len(found) > 1:
		return refuse(nexuslims.Unsupported, "its schema has several revision stamps: %s", strings.Join(found, ", "))
	case found[0] != Revision:
		return refuse(nexuslims.Unsupported,
			"its schema is at revision %q, revision %s is needed; %s", found[0], Revision, upgradeHint)
	}
	return nil
}

func refuse(kind nexuslims.Kind, format string, args ...any) error {
	return nexuslims.E(kind, "open database", "", fmt.Errorf(format, args...))
}

// examineShape refuses a file whose tables are not what its stamp says.
func examineShape(conn *sqlite.Conn) error {
	for _, table := range sortedKeys(referenceColumns()) {
		needed := referenceColumns()[table]
		var found []string
		err := each(conn, "SELECT name FROM pragma_table_info(?, 'main')", func(row *sqlite.Stmt) error {
			found = append(found, row.ColumnText(0))
			return nil
		}, table)
		if err != nil {
			return err
		}
		slices.Sort(found)
		slices.Sort(needed)
		if len(found) == 0 {
			return refuse(nexuslims.Invalid, "table %s is missing although the revision is %s", table, Revision)
		}
		if !slices.Equal(found, needed) {
			return refuse(nexuslims.Invalid, "table %s has the columns %s, revision %s has %s",
				table, strings.Join(found, ", "), Revision, strings.Join(needed, ", "))
		}
	}
	return examineStatuses(conn)
}

// examineStatuses refuses a session_log whose constraint lacks a status, as the tables of
// the oldest creation script do: setting it would fail in the middle of a run.
func examineStatuses(conn *sqlite.Conn) error {
	statement := ""
	err := each(conn, "SELECT sql FROM main.sqlite_schema WHERE name = 'session_log'", func(row *sqlite.Stmt) error {
		statement = row.ColumnText(0)
		return nil
	})
	if err != nil || !strings.Contains(strings.ToUpper(statement), "CHECK") {
		return err
	}
	for _, status := range nexuslims.Statuses() {
		if !strings.Contains(statement, "'"+string(status)+"'") {
			return refuse(nexuslims.Invalid,
				"table session_log does not allow the status %s although the revision is %s", status, Revision)
		}
	}
	return nil
}

// examineNX refuses newer tables of our own.
func examineNX(conn *sqlite.Conn, tables []string) (complete bool, err error) {
	complete = true
	for _, name := range nxTables() {
		complete = complete && slices.Contains(tables, name)
	}
	if !slices.Contains(tables, "nx_schema") {
		return false, nil
	}
	version := 0
	err = each(conn, "SELECT max(version) FROM main.nx_schema", func(row *sqlite.Stmt) error {
		version = row.ColumnInt(0)
		return nil
	})
	if err == nil && version > nxVersion {
		err = refuse(nexuslims.Unsupported,
			"its nx_ tables are at version %d, this program knows version %d; use a newer program", version, nxVersion)
	}
	return complete && version == nxVersion, err
}

// nxTables lists the tables of nx.sql.
func nxTables() []string {
	var names []string
	for line := range strings.Lines(nxSQL) {
		if rest, ok := strings.CutPrefix(line, "CREATE TABLE IF NOT EXISTS "); ok {
			names = append(names, strings.TrimSuffix(rest, " (\n"))
		}
	}
	return names
}

// standIn gives a connection empty tables in memory for those of ours that the file lacks.
func standIn(conn *sqlite.Conn) error {
	tables, err := tableNames(conn)
	if err != nil {
		return err
	}
	for statement := range strings.SplitSeq(nxSQL, ";\n") {
		for _, name := range nxTables() {
			if strings.Contains(statement, "EXISTS "+name+" ") && !slices.Contains(tables, name) {
				temporary := strings.Replace(statement, "CREATE TABLE", "CREATE TEMP TABLE", 1)
				if err := sqlitex.ExecuteTransient(conn, temporary, nil); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
