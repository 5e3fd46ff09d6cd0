package objects

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"gocloud.dev/gcerrors"

	"github.com/nexuslims/nexuslims-go/exporters/httpclient"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Explain returns the status that a service answered with and its own word for the
// failure; zero where a failure is none of a service. Each kind of store has one.
type Explain func(err error) (status int, code string)

// failure gives an error of the store its kind and a short text. The texts of the stores'
// own libraries repeat whole answers and signed addresses.
func (d *Destination) failure(ctx context.Context, op, key string, err error) error {
	if err == nil {
		return nil
	}
	status, code := 0, ""
	if d.options.Explain != nil {
		status, code = d.options.Explain(err)
	}
	kind := kindOf(status, err)
	if errors.Is(ctx.Err(), context.Canceled) {
		kind = nexuslims.Canceled
	}
	if status != 0 {
		err = fmt.Errorf("the store answered %d %s", status, code)
	}
	return nexuslims.E(kind, op, key, httpclient.Redact(err))
}

// kindOf goes by the status first: the libraries call some refusals "not found".
func kindOf(status int, err error) nexuslims.Kind {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return nexuslims.Permission
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= http.StatusInternalServerError:
		return nexuslims.Transient
	}
	var own *nexuslims.Error
	switch code := gcerrors.Code(err); {
	case code == gcerrors.NotFound:
		return nexuslims.NotFound
	case code == gcerrors.PermissionDenied:
		return nexuslims.Permission
	case code == gcerrors.FailedPrecondition || code == gcerrors.AlreadyExists:
		return nexuslims.Conflict
	case code == gcerrors.InvalidArgument || code == gcerrors.Unimplemented || status != 0:
		return nexuslims.Invalid
	case errors.As(err, &own):
		return own.Kind
	}
	return nexuslims.Transient
}
