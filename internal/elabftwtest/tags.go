package elabftwtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

func (x *exchange) entityTags(e *Experiment) reply {
	switch {
	case x.r.Method == http.MethodGet && x.part(3) == "":
		all := []map[string]any{}
		for _, t := range e.Tags {
			all = append(all, map[string]any{"tag": t, "tag_id": x.s.tagID(t), "is_favorite": 0})
		}
		return ok(all)
	case x.r.Method == http.MethodPost:
		var in struct{ Tag string }
		if err := json.Unmarshal(x.body, &in); err != nil {
			return x.s.refuse(http.StatusBadRequest, "Error decoding json payload: "+err.Error())
		}
		if refusal := x.s.tag(e, in.Tag); refusal != nil {
			return *refusal
		}
		return x.s.made("experiments/tags/1")
	case x.r.Method == http.MethodPatch:
		return x.unreference(e)
	case x.r.Method == http.MethodDelete:
		e.Tags = nil
		return reply{Status: http.StatusNoContent, Header: http.Header{}}
	}
	return x.s.refuse(http.StatusBadRequest, "Invalid action parameter.")
}

func (x *exchange) unreference(e *Experiment) reply {
	var in struct{ Action string }
	if err := json.Unmarshal(x.body, &in); err != nil || in.Action != "unreference" {
		return x.s.refuse(http.StatusBadRequest, "Invalid action parameter.")
	}
	id := x.number(3)
	e.Tags = slices.DeleteFunc(e.Tags, func(t string) bool { return x.s.tagID(t) == id })
	return ok(map[string]any{})
}

// tag adds a tag. One of the team that differs in case only is taken instead.
func (s *Server) tag(e *Experiment, text string) *reply {
	text = strings.TrimSpace(strings.ReplaceAll(text, "|", " "))
	if text == "" {
		refusal := s.refuse(http.StatusBadRequest, "Input is too short! (minimum: 1)")
		return &refusal
	}
	i := slices.IndexFunc(s.tags, func(t string) bool { return strings.EqualFold(t, text) })
	if i < 0 {
		if s.options.ForbidTags {
			refusal := s.refuse(http.StatusBadRequest, "Users cannot create tags.")
			return &refusal
		}
		s.tags = append(s.tags, text)
		i = len(s.tags) - 1
	}
	if !slices.Contains(e.Tags, s.tags[i]) {
		e.Tags = append(e.Tags, s.tags[i])
	}
	return nil
}

func (s *Server) tagID(text string) int {
	for i, t := range s.tags {
		if strings.EqualFold(t, text) {
			return i + 1
		}
	}
	s.tags = append(s.tags, text) // put there by a test
	return len(s.tags)
}
