package cdcstest

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

func (s *Server) template(id int) *Template {
	for i, t := range s.templates {
		if t.ID == id {
			return &s.templates[i]
		}
		for _, older := range t.Older {
			if older == id {
				return &s.templates[i]
			}
		}
	}
	return nil
}

func (s *Server) workspace(id int) *Workspace {
	for i := range s.workspaces {
		if s.workspaces[i].ID == id {
			return &s.workspaces[i]
		}
	}
	return nil
}

func managers(x *exchange) (int, any) {
	q := x.r.URL.Query()
	all := []any{}
	for _, t := range x.s.templates {
		disabled := q.Get("is_disabled")
		if q.Has("title") && q.Get("title") != t.Title || disabled != "" && disabled != strconv.FormatBool(t.Disabled) {
			continue
		}
		versions := []string{}
		for _, older := range t.Older {
			versions = append(versions, strconv.Itoa(older))
		}
		current := strconv.Itoa(t.ID)
		all = append(all, map[string]any{
			"id": t.ID, "versions": append(versions, current), "current": current, "disabled_versions": []string{},
			"title": t.Title, "user": nil, "is_disabled": t.Disabled, "display_rank": nil,
			"creation_date": time.Now().UTC().Format(time.RFC3339Nano),
		})
	}
	return http.StatusOK, all
}

func template(x *exchange) (int, any) {
	id, err := strconv.Atoi(x.ids[0])
	if err != nil {
		return message(http.StatusInternalServerError, notANumber(x.ids[0]))
	}
	t := x.s.template(id)
	if t == nil {
		return message(http.StatusNotFound, "Template not found.")
	}
	return http.StatusOK, map[string]any{
		"id": id, "user": nil, "filename": "nexus-experiment.xsd", "checksum": nil, "content": t.Content,
		"hash": "5fffc8063eba50cfac1f57ffc6c57d6ddd513338", "format": "XSD", "dependencies": []any{},
	}
}

func readable(x *exchange) (int, any) {
	return x.workspaces(func(w Workspace) bool { return w.Public || w.Owner == x.user.ID })
}

func writable(x *exchange) (int, any) {
	return x.workspaces(func(w Workspace) bool { return x.user.Superuser || w.Owner == x.user.ID })
}

func (x *exchange) workspaces(wanted func(Workspace) bool) (int, any) {
	all := []any{}
	for _, w := range x.s.workspaces {
		if !wanted(w) {
			continue
		}
		m := map[string]any{"id": w.ID, "title": w.Title, "owner": nil, "is_public": w.Public}
		if w.Owner != 0 {
			m["owner"] = strconv.Itoa(w.Owner)
		}
		all = append(all, m)
	}
	return http.StatusOK, all
}

func content(x *exchange) (int, any) {
	all := []any{}
	inside := func(r *Record) bool { return strconv.Itoa(r.Workspace) == x.ids[0] && x.mayRead(r) }
	for _, r := range x.s.sorted(inside, "") {
		all = append(all, x.s.shown(r))
	}
	return http.StatusOK, all
}

func facts(*exchange) (int, any) {
	return http.StatusOK, map[string]any{
		"core_version": "2.18.0", "database": map[string]any{"engine": "SQLite3", "version": "2.6.0"},
		"mongodb": map[string]any{"data_indexing": false, "version": nil},
	}
}

func shownUser(u User) map[string]any {
	return map[string]any{"id": u.ID, "username": u.Username, "email": u.Email}
}

func users(x *exchange) (int, any) {
	all := []any{}
	for _, u := range x.s.users {
		all = append(all, shownUser(u))
	}
	return http.StatusOK, all
}

var userName = regexp.MustCompile(`^[\w.@+-]+$`)

// createUser answers with faults that stand without the wrapper "message".
func createUser(x *exchange) (int, any) {
	name, _ := x.fields["username"].(string)
	password, _ := x.fields["password"].(string)
	email, given := x.fields["email"]
	text, _ := email.(string)
	for _, u := range x.s.users {
		if u.Username == name {
			return http.StatusBadRequest, invalid("username", "A user with that username already exists.")
		}
	}
	switch {
	case name == "":
		return http.StatusBadRequest, invalid("username", "This field is required.")
	case !userName.MatchString(name):
		return http.StatusBadRequest, invalid("username",
			"Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.")
	case given && email == nil:
		return http.StatusBadRequest, invalid("email", "This field may not be null.")
	case password == "":
		return http.StatusBadRequest, invalid("password", "This field is required.")
	}
	u := User{ID: len(x.s.users) + 1, Username: name, Email: text, password: password}
	x.s.users = append(x.s.users, u)
	return http.StatusCreated, shownUser(u)
}

// CheckPasswords returns an error for an account made through the interface whose
// password a front door with validators would refuse.
func (s *Server) CheckPasswords() error {
	for _, u := range s.Users() {
		if u.password == "" {
			continue
		}
		for _, class := range []string{`[a-z]`, `[A-Z]`, `[0-9]`, `[^a-zA-Z0-9]`, `^.{24,}$`} {
			if !regexp.MustCompile(class).MatchString(u.password) {
				return fmt.Errorf("password of %s has no %s", u.Username, class)
			}
		}
	}
	return nil
}
