package cdcstest

import (
	"net/http"

	"github.com/nexuslims/nexuslims-go/internal/double"
)

// Fault is a disturbance of the requests that it matches.
type Fault = double.Fault

// reply is an answer before it goes out.
type reply = double.Reply

// Page is a fault that answers with a page for people instead of JSON.
func Page(method, path string) Fault {
	return Fault{
		Method: method, Path: path, Status: http.StatusOK, Body: "<!doctype html><title>Maintenance</title>",
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
	}
}

// Throttle is a fault that answers 429 with a Retry-After of no seconds, the given times.
func Throttle(method, path string, times int) Fault {
	return Fault{
		Method: method, Path: path, Times: times, Status: http.StatusTooManyRequests,
		Header: http.Header{"Retry-After": {"0"}, "Content-Type": {"application/json"}},
		Body:   `{"detail":"Request was throttled."}`,
	}
}
