CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE upload_log (
	id INTEGER NOT NULL,
	session_identifier VARCHAR(36) NOT NULL,
	destination_name VARCHAR(100) NOT NULL,
	success BOOLEAN NOT NULL,
	timestamp VARCHAR NOT NULL,
	record_id VARCHAR(255),
	record_url VARCHAR(500),
	error_message VARCHAR,
	metadata_json VARCHAR,
	PRIMARY KEY (id)
);
CREATE INDEX ix_upload_log_session_identifier ON upload_log (session_identifier);
CREATE INDEX ix_upload_log_destination_name ON upload_log (destination_name);
CREATE TABLE "session_log" (
	id_session_log INTEGER NOT NULL,
	session_identifier VARCHAR(36) NOT NULL,
	instrument VARCHAR(100) NOT NULL,
	timestamp VARCHAR NOT NULL,
	event_type VARCHAR(17) NOT NULL,
	record_status VARCHAR(18) NOT NULL,
	user VARCHAR(50),
	PRIMARY KEY (id_session_log),
	CONSTRAINT check_event_type CHECK (event_type IN ('START', 'END', 'RECORD_GENERATION')),
	CONSTRAINT check_record_status CHECK (record_status IN ('COMPLETED', 'WAITING_FOR_END', 'TO_BE_BUILT', 'BUILT_NOT_EXPORTED', 'ERROR', 'NO_FILES_FOUND', 'NO_CONSENT', 'NO_RESERVATION')),
	FOREIGN KEY(instrument) REFERENCES instruments (instrument_pid)
);
CREATE INDEX ix_session_log_session_identifier ON session_log (session_identifier);
CREATE TABLE external_user_identifiers (
	id INTEGER NOT NULL,
	nexuslims_username VARCHAR NOT NULL,
	external_system VARCHAR NOT NULL,
	external_id VARCHAR NOT NULL,
	email VARCHAR,
	created_at VARCHAR NOT NULL,
	last_verified_at VARCHAR,
	notes VARCHAR,
	PRIMARY KEY (id),
	CONSTRAINT valid_external_system CHECK (external_system IN ('nemo', 'labarchives_eln', 'labarchives_scheduler', 'cdcs')),
	CONSTRAINT "nexuslims_username_system_UNIQUE" UNIQUE (nexuslims_username, external_system),
	CONSTRAINT "system_external_id_UNIQUE" UNIQUE (external_system, external_id)
);
CREATE INDEX idx_external_lookup ON external_user_identifiers (external_system, external_id);
CREATE INDEX idx_nexuslims_username ON external_user_identifiers (nexuslims_username);
CREATE TABLE "instruments" (
	instrument_pid VARCHAR(100) NOT NULL,
	api_url VARCHAR NOT NULL,
	calendar_url VARCHAR NOT NULL,
	location VARCHAR(100) NOT NULL,
	display_name VARCHAR NOT NULL,
	property_tag VARCHAR(20) NOT NULL,
	filestore_path VARCHAR NOT NULL,
	harvester VARCHAR NOT NULL,
	timezone VARCHAR NOT NULL,
	PRIMARY KEY (instrument_pid),
	UNIQUE (api_url)
);
