package elabftw

import (
	"context"
	"fmt"
	"net/http"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// tag sets our tags and takes those away that were ours and are not any more. Tags that
// people took away stay away. What the server refuses is a warning: the record is
// delivered.
func (v *visit) tag(ctx context.Context, e experiment) error {
	present, delivered := e.Tags, v.memory.Tags
	var missing, stale, accepted []string
	for _, t := range v.want.tags {
		switch {
		case contains(present, t) || contains(delivered, t):
			accepted = append(accepted, t)
		default:
			missing = append(missing, t)
		}
	}
	for _, t := range delivered {
		if !contains(v.want.tags, t) && contains(present, t) {
			stale = append(stale, t)
		}
	}
	if len(missing)+len(stale) == 0 {
		v.memory.Tags = accepted
		return nil
	}
	if err := v.note(ctx, StepAttached); err != nil {
		return err
	}
	for _, t := range missing {
		_, err := v.d.client.call(ctx, http.MethodPost, v.tagsPath(), map[string]string{"tag": t}, nil, http.StatusCreated)
		if err == nil {
			accepted = append(accepted, t)
		} else if err = v.tolerate(t, err); err != nil {
			return err
		}
	}
	if err := v.untag(ctx, stale); err != nil {
		return err
	}
	v.memory.Tags = accepted
	return nil
}

func (v *visit) tagsPath() string { return experimentPath(v.id) + "/tags" }

// tolerate turns a refusal into a warning. What passes by itself is an error: the tag is
// set by the next attempt.
func (v *visit) tolerate(tag string, err error) error {
	switch nexuslims.KindOf(err) {
	case nexuslims.Transient, nexuslims.Canceled:
		return err
	}
	v.notes = append(v.notes, fmt.Sprintf("the tag %q could not be changed: %v", tag, err))
	return nil
}

func (v *visit) untag(ctx context.Context, stale []string) error {
	if len(stale) == 0 {
		return nil
	}
	var all []struct {
		Tag string `json:"tag"`
		ID  number `json:"tag_id"`
	}
	if err := v.d.client.get(ctx, v.tagsPath(), &all); err != nil {
		return v.tolerate(stale[0], err)
	}
	for _, t := range all {
		if !contains(stale, t.Tag) {
			continue
		}
		path := fmt.Sprintf("%s/%d", v.tagsPath(), t.ID)
		_, err := v.d.client.call(ctx, http.MethodPatch, path, map[string]string{"action": "unreference"}, nil, http.StatusOK)
		if err != nil {
			if err = v.tolerate(t.Tag, err); err != nil {
				return err
			}
		}
	}
	return nil
}
