package db

import (
	"context"
	"maps"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
	"zombiezen.com/go/sqlite"
)

// maxErrorText is the longest error text kept, in bytes.
const maxErrorText = 8 << 10

// Upload is one attempt to deliver a record: a row of upload_log.
type Upload struct {
	Session     string
	Destination string
	Success     bool
	Time        time.Time // zero in LogUploads means now
	RecordID    string
	RecordURL   string
	Error       string
	Digest      string         // of the file; kept as "digest" in metadata_json
	Version     string         // of the program; kept as "version", by default this one's
	Meta        map[string]any // the rest of metadata_json
}

// The names of our own entries in metadata_json.
const (
	metaDigest  = "digest"
	metaVersion = "version"
)

// LogUploads appends a row for each attempt, all or none. Error texts are cut at 8 KiB.
func (s *Store) LogUploads(ctx context.Context, uploads []Upload) error {
	if len(uploads) == 0 {
		return nil
	}
	return s.write(ctx, "log uploads of", uploads[0].Session, func(conn *sqlite.Conn) error {
		for _, u := range uploads {
			if err := s.logUpload(conn, u); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) logUpload(conn *sqlite.Conn, u Upload) error {
	if u.Time.IsZero() {
		u.Time = s.options.Now()
	}
	meta := maps.Clone(u.Meta)
	if meta == nil {
		meta = map[string]any{}
	}
	meta[metaVersion] = nexuslims.Version
	if u.Version != "" {
		meta[metaVersion] = u.Version
	}
	if u.Digest != "" {
		meta[metaDigest] = u.Digest
	}
	text, err := metaText(meta)
	if err != nil {
		return nexuslims.E(nexuslims.Invalid, "log upload of", u.Session, err)
	}
	return exec(conn, `INSERT INTO upload_log (session_identifier, destination_name, success, timestamp,
		record_id, record_url, error_message, metadata_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		u.Session, u.Destination, u.Success, formatTime(u.Time),
		orNull(u.RecordID), orNull(u.RecordURL), orNull(trimError(u.Error)), text)
}

// trimError makes an error text fit to be kept.
func trimError(text string) string {
	return nexuslims.CutText(nexuslims.ValidText(text), maxErrorText, " [...]")
}

const selectUpload = `SELECT session_identifier, destination_name, success, timestamp, record_id,
	record_url, error_message, metadata_json FROM main.upload_log `

// Uploads lists all attempts of a session in the order they were written.
func (s *Store) Uploads(ctx context.Context, session string) (list []Upload, err error) {
	err = s.read(ctx, "list uploads of", session, func(conn *sqlite.Conn) error {
		list = nil
		return each(conn, selectUpload+"WHERE session_identifier = ? ORDER BY id", func(row *sqlite.Stmt) error {
			list = append(list, s.scanUpload(row))
			return nil
		}, session)
	})
	return list, err
}

// LastUpload returns the newest successful attempt of a session at a destination,
// whichever program made it.
func (s *Store) LastUpload(ctx context.Context, session, destination string) (u Upload, found bool, err error) {
	err = s.read(ctx, "read upload of", session, func(conn *sqlite.Conn) error {
		return each(conn, selectUpload+`WHERE session_identifier = ? AND destination_name = ? AND success
			ORDER BY id DESC LIMIT 1`, func(row *sqlite.Stmt) error {
			u, found = s.scanUpload(row), true
			return nil
		}, session, destination)
	})
	return u, found, err
}

// scanUpload reads a row. The Python program writes the time of the machine without
// offset; a time or JSON text that cannot be read is left out, for the row says enough
// without.
func (s *Store) scanUpload(row *sqlite.Stmt) Upload {
	u := Upload{
		Session: row.ColumnText(0), Destination: row.ColumnText(1), Success: row.ColumnBool(2),
		RecordID: row.ColumnText(4), RecordURL: row.ColumnText(5), Error: row.ColumnText(6),
	}
	log := s.options.Logger.With("session", u.Session, "destination", u.Destination)
	var err error
	if u.Time, err = parseTime(row.ColumnText(3), s.options.Now().Location()); err != nil {
		log.Debug("time of an upload cannot be read", "err", err)
	}
	if u.Meta, err = parseMeta(row.ColumnText(7)); err != nil {
		log.Debug("metadata of an upload cannot be read", "err", err)
	}
	u.Digest, _ = u.Meta[metaDigest].(string)
	u.Version, _ = u.Meta[metaVersion].(string)
	delete(u.Meta, metaDigest)
	delete(u.Meta, metaVersion)
	return u
}

// UploadCount is the number of attempts at a destination with one outcome.
type UploadCount struct {
	Destination string
	Success     bool
	Count       int
}

// UploadCounts counts all attempts by destination and outcome.
func (s *Store) UploadCounts(ctx context.Context) (counts []UploadCount, err error) {
	err = s.read(ctx, "count uploads", "", func(conn *sqlite.Conn) error {
		counts = nil
		return each(conn, `SELECT destination_name, success, count(*) FROM main.upload_log
			GROUP BY 1, 2 ORDER BY 1, 2`, func(row *sqlite.Stmt) error {
			counts = append(counts, UploadCount{row.ColumnText(0), row.ColumnBool(1), row.ColumnInt(2)})
			return nil
		})
	})
	return counts, err
}
