CREATE TABLE IF NOT EXISTS nx_schema (
	version INTEGER NOT NULL PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS nx_bookmarks (
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	position TEXT NOT NULL,
	updated TEXT NOT NULL,
	PRIMARY KEY (kind, source)
);
CREATE TABLE IF NOT EXISTS nx_claims (
	session_identifier TEXT NOT NULL PRIMARY KEY,
	owner TEXT NOT NULL,
	beat TEXT NOT NULL,
	expires TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS nx_records (
	session_identifier TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL COLLATE NOCASE UNIQUE,
	state TEXT NOT NULL CHECK (state IN ('reserved', 'built', 'waiting', 'uploaded')),
	version INTEGER NOT NULL CHECK (version >= 0),
	digest TEXT NOT NULL,
	canonical TEXT NOT NULL,
	session_start TEXT,
	session_end TEXT,
	built_at TEXT
);
CREATE TABLE IF NOT EXISTS nx_deliveries (
	session_identifier TEXT NOT NULL,
	destination TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'started', 'delivered', 'failed', 'given_up')),
	step TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	remote_url TEXT NOT NULL,
	digest TEXT NOT NULL,
	document BLOB,
	attempts INTEGER NOT NULL CHECK (attempts >= 0),
	next_attempt TEXT,
	error_kind TEXT NOT NULL,
	error_message TEXT NOT NULL,
	updated TEXT NOT NULL,
	meta TEXT NOT NULL,
	PRIMARY KEY (session_identifier, destination)
);
CREATE TABLE IF NOT EXISTS nx_file_claims (
	path TEXT NOT NULL,
	session_identifier TEXT NOT NULL,
	size INTEGER NOT NULL,
	mtime INTEGER NOT NULL,
	PRIMARY KEY (session_identifier, path),
	UNIQUE (path, session_identifier)
);
CREATE TABLE IF NOT EXISTS nx_runs (
	id INTEGER NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	started TEXT NOT NULL,
	ended TEXT,
	exit_code INTEGER NOT NULL,
	report TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS nx_deliveries_by_state ON nx_deliveries (state, destination);
