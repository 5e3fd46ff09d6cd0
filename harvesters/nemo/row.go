package nemo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The rows of a server, with the fields that are read; everything else is ignored, and
// what an old server lacks is nil.
type (
	tool struct {
		ID     int    `json:"id"`
		Name   string `json:"name"`
		Parent *int   `json:"parent_tool"`
	}
	user struct {
		ID       int    `json:"id"`
		Username string `json:"username"`
		First    string `json:"first_name"`
		Last     string `json:"last_name"`
		Email    string `json:"email"`
	}
	usage struct {
		ID       int             `json:"id"`
		Start    *string         `json:"start"`
		End      *string         `json:"end"`
		User     *int            `json:"user"`
		Operator *int            `json:"operator"`
		Tool     *int            `json:"tool"`
		PreRun   json.RawMessage `json:"pre_run_data"`
		Run      json.RawMessage `json:"run_data"`
	}
	booking struct {
		ID        int             `json:"id"`
		Start     *string         `json:"start"`
		End       *string         `json:"end"`
		Created   *string         `json:"creation_time"`
		User      *int            `json:"user"`
		Creator   *int            `json:"creator"`
		Cancelled bool            `json:"cancelled"`
		Missed    bool            `json:"missed"`
		Questions json.RawMessage `json:"question_data"`
	}
)

const (
	toolFields    = "id,name,parent_tool"
	userFields    = "id,username,first_name,last_name,email"
	eventFields   = "id,start,end,user,tool" // of many events: answers are twenty times as much
	usageFields   = "id,start,end,user,operator,tool,pre_run_data,run_data"
	bookingFields = "id,start,end,creation_time,user,creator,cancelled,missed,question_data"

	// batch bounds the ids of one question, and so the length of its address.
	batch = 100
)

// decodeRows decodes rows one by one: what is malformed is told, not fatal.
func decodeRows[T any](raw []json.RawMessage, what string) (rows []T, warnings []string) {
	for _, r := range raw {
		var row T
		if err := decodeRow(r, &row); err != nil {
			warnings = append(warnings, fmt.Sprintf("%s %s is malformed and is left out: %v", what, idOf(r), err))
			continue
		}
		rows = append(rows, row)
	}
	return rows, warnings
}

// decodeRow tells a fault by the name of the field, and demands an id.
func decodeRow(r json.RawMessage, row any) error {
	err := json.Unmarshal(r, row)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("field %s holds a %s", wrong.Field, wrong.Value)
	case err != nil:
		return errors.New("no object")
	case idOf(r) == unnamed:
		return errors.New("no id")
	}
	return nil
}

// unnamed stands for the id of a row without one.
const unnamed = "without id"

// idOf returns the id of a row, also of one that is malformed elsewhere.
func idOf(r json.RawMessage) string {
	var row struct {
		ID json.Number `json:"id"`
	}
	if json.Unmarshal(r, &row) != nil || row.ID == "" {
		return unnamed
	}
	return row.ID.String()
}

// join writes ids for a filter.
func join(ids []int) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.Itoa(id)
	}
	return strings.Join(texts, ",")
}

// allTools returns the tools of the server, asked for once: one unknown id in a question
// makes the server refuse the whole of it.
func (h *Harvester) allTools(ctx context.Context) (map[int]tool, error) {
	if known, ok := h.tools.whole(); ok {
		return known, nil
	}
	raw, err := h.client.list(ctx, toolsEndpoint, url.Values{"fields": {toolFields}})
	if err != nil {
		return nil, err
	}
	rows, warnings := decodeRows[tool](raw, "tool")
	for _, w := range warnings {
		h.log.Warn(w, "source", h.address.String())
	}
	known := make(map[int]tool, len(rows))
	for _, t := range rows {
		known[t.ID] = t
	}
	h.tools.replace(known)
	return known, nil
}

// usersByID returns the users of the given ids; those that are gone are missing.
func (h *Harvester) usersByID(ctx context.Context, ids []int) (map[int]user, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	found, missing := h.users.get(slices.Compact(ids))
	for part := range slices.Chunk(missing, batch) {
		raw, err := h.client.list(ctx, usersEndpoint, url.Values{"id__in": {join(part)}, "fields": {userFields}})
		if err != nil {
			return nil, err
		}
		rows, _ := decodeRows[user](raw, "user")
		for _, u := range rows {
			h.users.put(u.ID, u)
			found[u.ID] = u
		}
	}
	return found, nil
}

// userNamed finds a user by login name, whatever its case; the exact spelling comes first.
// Where there is none the user is empty.
func (h *Harvester) userNamed(ctx context.Context, login string) (user, error) {
	if strings.TrimSpace(login) == "" {
		return user{}, nil
	}
	raw, err := h.client.list(ctx, usersEndpoint, url.Values{"username__iexact": {login}, "fields": {userFields}})
	if err != nil {
		return user{}, err
	}
	rows, _ := decodeRows[user](raw, "user")
	var best user
	for _, u := range rows {
		h.users.put(u.ID, u)
		if u.Username == login || best.ID == 0 {
			best = u
		}
	}
	return best, nil
}

// usageByID returns one usage event; nil when it is gone.
func (h *Harvester) usageByID(ctx context.Context, id int) (*usage, error) {
	raw, err := h.client.list(ctx, eventsEndpoint, url.Values{"id": {strconv.Itoa(id)}, "fields": {usageFields}})
	if err != nil {
		return nil, err
	}
	rows, warnings := decodeRows[usage](raw, "usage event")
	if len(warnings) > 0 {
		return nil, h.client.fault(nexuslims.Invalid, eventsEndpoint, fmt.Errorf("%s", warnings[0]))
	}
	for i := range rows {
		if rows[i].ID == id {
			return &rows[i], nil
		}
	}
	return nil, nil //nolint:nilnil // gone is an answer
}
