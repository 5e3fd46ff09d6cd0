package labarchivestest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/nexuslims/nexuslims-go/internal/double"
)

// Fault is a disturbance of the requests that it matches.
type Fault = double.Fault

// reply is an answer before it goes out.
type reply = double.Reply

// Refusal is a fault that answers with a status and one of the service's codes.
func Refusal(call string, status, code int, text string) Fault {
	return Fault{
		Path: call, Status: status, Header: http.Header{"Content-Type": {"application/xml; charset=utf-8"}},
		Body: fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><error-code type=\"integer\">%d</error-code>"+
			"<error-description>%s</error-description></error>", code, escaped(text)),
	}
}

// Maintenance is a fault that answers with a page for people.
func Maintenance(call string) Fault {
	return Fault{
		Path: call, Status: http.StatusOK, Body: "<!doctype html><html><title>Maintenance</title><body><br></html>",
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
	}
}

// Throttle is a fault that answers 429 with a Retry-After of no seconds.
func Throttle(call string) Fault {
	return Fault{Path: call, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}}
}

func page(status int, title string) reply {
	const form = "<!DOCTYPE html>\n<html><head><title>%s</title></head><body><p>%s</body></html>\n"
	return reply{
		Status: status, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body: fmt.Appendf(nil, form, title, strings.ToLower(title)),
	}
}
