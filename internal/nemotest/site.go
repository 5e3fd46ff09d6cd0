package nemotest

import (
	"encoding/json"
	"maps"
	"time"
)

// Row is one row of a table by NEMO's field names.
type Row map[string]any

// Site is what a server knows and how it is set up.
type Site struct {
	Tools, Users, Projects, Reservations, Events []Row

	Zone   *time.Location // of the times in answers; nil: UTC
	Layout string         // Go layout of the times in answers; empty: ISO 8601
	// SessionFirst makes refused credentials 403 instead of 401, without a challenge.
	SessionFirst bool
	// Billing asks for the permission use_billing_api instead of the five for viewing.
	Billing bool
}

// Token belongs to a user with the five permissions, whom every site has.
const Token = "0f1e2d3c4b5a69788796a5b4c3d2e1f000112233" //nolint:gosec // of no real server

// The tables of the API.
const (
	Tools        = "tools"
	Users        = "users"
	Projects     = "projects"
	Reservations = "reservations"
	Events       = "usage_events"
)

// role is what the holder of a token may do.
type role struct {
	active, all bool
	permissions map[string]bool
}

// permissionOf names the permission that reading a table takes.
func permissionOf(table string) string {
	return map[string]string{
		Tools: "view_tool", Users: "view_user", Projects: "view_project",
		Reservations: "view_reservation", Events: "view_usageevent",
	}[table]
}

// roles finds the tokens among the users.
func (s Site) roles() map[string]role {
	found := map[string]role{Token: {active: true, permissions: map[string]bool{
		"view_tool": true, "view_user": true, "view_project": true, "view_reservation": true, "view_usageevent": true,
	}}}
	for _, u := range s.Users {
		token, _ := u["token"].(string)
		if token == "" {
			continue
		}
		r := role{active: u["is_active"] != false, all: u["is_superuser"] == true, permissions: map[string]bool{}}
		names, _ := u["permissions"].([]any)
		for _, n := range names {
			name, _ := n.(string)
			r.permissions[name] = true
		}
		found[token] = r
	}
	return found
}

// fresh returns the values of a new row of a table.
func fresh(table string) Row {
	text := map[string]string{
		Tools: `{"visible": true, "_description": "", "_serial": null, "_image": null, "_category": "", "_location": "",
			"_operational": false, "_properties": null, "_phone_number": "", "_reservation_horizon": 14, "parent_tool": null,
			"_tool_calendar_color": "#33ad33", "_tool_reservation_calendar_color": "#88b7cd",
			"_problem_shutdown_enabled": true, "_notification_email_address": null, "_qualification_reminder_days": null,
			"_qualification_expiration_days": null, "_qualification_expiration_never_used_days": null,
			"_qualification_notification_email": "", "_requires_area_occupancy_minimum": null,
			"_ask_to_leave_area_when_done_using": false, "_grant_badge_reader_access_upon_qualification": null,
			"_minimum_usage_block_time": null, "_maximum_usage_block_time": null, "_maximum_reservations_per_day": null,
			"_maximum_future_reservations": null, "_minimum_time_between_reservations": null,
			"_maximum_future_reservation_time": null, "_missed_reservation_threshold": null,
			"_late_cancellation_reservation_threshold": null, "_max_delayed_logoff": null,
			"_policy_off_between_times": false, "_policy_off_start_time": null, "_policy_off_end_time": null,
			"_policy_off_weekend": false, "_operation_mode": 0, "_abuse_weight": 1, "_core_facility": null,
			"_primary_owner": null, "_interlock": null, "_requires_area_access": null,
			"_grant_physical_access_level_upon_qualification": null, "_backup_owners": [], "_superusers": [],
			"_staff": [], "_adjustment_request_reviewers": []}`,
		Users: `{"first_name": "", "last_name": "", "email": "", "domain": "", "notes": null, "badge_number": null,
			"access_expiration": null, "is_active": true, "is_staff": false, "is_user_office": false,
			"is_accounting_officer": false, "is_service_personnel": false, "is_technician": false,
			"is_facility_manager": false, "is_superuser": false, "training_required": false, "date_joined": null,
			"last_login": null, "type": null, "user_documents": [], "onboarding_phases": [], "safety_trainings": [],
			"physical_access_levels": [], "groups": [], "user_permissions": [], "qualifications": [], "projects": [],
			"managed_projects": [], "managed_accounts": [], "managed_users": []}`,
		Projects: `{"principal_investigators": [], "users": [], "application_identifier": "", "start_date": null,
			"project_calendar_color": "#88b7cd", "active": true, "allow_consumable_withdrawals": true,
			"allow_staff_charges": true, "account": null, "discipline": null, "project_types": [], "only_allow_tools": []}`,
		Reservations: `{"question_data": null, "configuration_options": [], "creation_time": null, "short_notice": false,
			"cancelled": false, "cancellation_time": null, "missed": false, "shortened": false,
			"additional_information": null, "self_configuration": false, "title": "", "note": null, "validated": false,
			"waived": false, "waived_on": null, "user": null, "creator": null, "tool": null, "area": null, "project": null,
			"cancelled_by": null, "descendant": null, "validated_by": null, "waived_by": null}`,
		Events: `{"end": null, "has_ended": 0, "note": null, "validated": false, "remote_work": false, "training": false,
			"pre_run_data": "", "run_data": "", "waived": false, "waived_on": null, "user": null, "operator": null,
			"project": null, "tool": null, "staff_charge": null, "validated_by": null, "waived_by": null}`,
	}[table]
	var row Row
	if err := json.Unmarshal([]byte(text), &row); err != nil {
		panic("nemotest: defaults of " + table + ": " + err.Error())
	}
	return row
}

// hidden are names of a seed that no answer has.
func hidden() []string { return []string{"case", "token", "permissions", "qualified"} }

// whole completes a row: defaults, times, what follows from other fields. Numbers are ints.
func whole(table string, row Row) Row {
	full := fresh(table)
	maps.Copy(full, row)
	for _, name := range hidden() {
		delete(full, name)
	}
	for name, v := range full {
		full[name] = settled(name, v)
	}
	switch table {
	case Reservations:
		if full["creator"] == nil {
			full["creator"] = full["user"]
		}
		if full["creation_time"] == nil {
			full["creation_time"] = full["start"]
		}
	case Events:
		if full["operator"] == nil {
			full["operator"] = full["user"]
		}
		if full["end"] != nil {
			full["has_ended"] = full["id"]
		}
	case Tools:
		if full["parent_tool"] != nil { // the settings of an alternate tool are its parent's
			full["visible"] = false
			for _, name := range []string{"_description", "_category", "_location", "_phone_number"} {
				full[name] = nil
			}
		}
	}
	return full
}

// settled gives a value the type that the server works with.
func settled(name string, v any) any {
	switch v := v.(type) {
	case float64:
		return int(v)
	case string:
		if isTime(name) {
			if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return t
			}
		}
	}
	return v
}

func isTime(name string) bool {
	switch name {
	case "start", "end", "creation_time", "cancellation_time", "date_joined", "last_login":
		return true
	}
	return false
}
