package cdcs

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// user is an account of the site.
type user struct {
	ID       identifier `json:"id"`
	Username string     `json:"username"`
	Email    string     `json:"email"`
}

// owner returns the account that a record is given to, making it when it is missing; a
// zero one when records stay with the service account. Trouble with accounts never
// stops a record: it becomes a warning. Only the caller's giving up is an error.
func (d *Destination) owner(ctx context.Context, job *exporters.Job) (u user, warning string, err error) {
	name := cmp.Or(job.Reservation.Username, job.Session.User)
	if !d.config.UserOwnedRecords || name == "" {
		return user{}, "", nil
	}
	u, err = d.account(ctx, name, job.Reservation.Email)
	if errors.Is(err, nexuslims.Canceled) || ctx.Err() != nil {
		return user{}, "", err
	}
	if err != nil {
		return user{}, fmt.Sprintf("the record stays with the service account, no account for %s: %v", name, err), nil
	}
	return u, "", nil
}

func (d *Destination) account(ctx context.Context, name, email string) (user, error) {
	if d.users == nil {
		if err := d.loadUsers(ctx); err != nil {
			return user{}, err
		}
	}
	if u, ok := find(d.users, name, email); ok {
		return u, nil
	}
	u, err := d.makeUser(ctx, name, email)
	var refused *refusal
	if errors.As(err, &refused) && refused.status == http.StatusBadRequest && refused.says("already exists") {
		// Somebody was quicker.
		if err := d.loadUsers(ctx); err != nil {
			return user{}, err
		}
		if u, ok := find(d.users, name, email); ok {
			return u, nil
		}
	}
	return u, err
}

func (d *Destination) loadUsers(ctx context.Context) error {
	var all []user
	if err := d.client.get(ctx, pathUsers, &all); err != nil {
		return err
	}
	d.users = append([]user{}, all...)
	return nil
}

// find looks for the login name exactly, then for the e-mail address without case, which
// must be that of one account only: the site allows several.
func find(all []user, name, email string) (user, bool) {
	var byEmail []user
	for _, u := range all {
		if !u.ID.valid() {
			continue
		}
		if u.Username == name {
			return u, true
		}
		if email != "" && strings.EqualFold(u.Email, email) {
			byEmail = append(byEmail, u)
		}
	}
	if len(byEmail) == 1 {
		return byEmail[0], true
	}
	return user{}, false
}

// makeUser makes an account that its owner takes over by resetting the password, which
// is random and kept nowhere.
func (d *Destination) makeUser(ctx context.Context, name, email string) (user, error) {
	secret, err := password()
	if err != nil {
		return user{}, err
	}
	body := map[string]any{"username": name, "email": email, "password": secret}
	var u user
	if err := d.client.call(ctx, http.MethodPost, pathUsers, body, &u, http.StatusCreated); err != nil {
		return user{}, err
	}
	if !u.ID.valid() {
		return user{}, nexuslims.E(nexuslims.Invalid, "create account", name, errors.New("the answer has no id"))
	}
	d.users = append(d.users, u)
	return u, nil
}

// password returns 32 random characters of all four classes.
func password() (string, error) {
	classes := []string{"abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#%+,-.:=?@_"}
	every := strings.Join(classes, "")
	var b []byte
	pick := func(from string) error {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(from))))
		if err == nil {
			b = append(b, from[n.Int64()])
		}
		return err
	}
	for i := range 32 {
		from := every
		if i < len(classes) {
			from = classes[i]
		}
		if err := pick(from); err != nil {
			return "", nexuslims.E(nexuslims.Internal, "make password", "", err)
		}
	}
	return string(b), nil
}
