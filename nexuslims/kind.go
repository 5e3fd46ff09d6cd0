package nexuslims

import (
	"context"
	"errors"
	"strings"
)

// Kind says what sort of failure an error is. Kinds are few, because each stands
// for one thing to do next: status of the session, retry or not, exit code.
//
// A Kind is itself an error, so that a caller asks errors.Is(err, nexuslims.Transient).
type Kind int

// The kinds of failure.
const (
	// Internal is a fault of the program: a bug, a panic in an extension.
	Internal Kind = iota
	// Invalid is input or configuration that can never work as it is.
	Invalid
	// NotFound is a thing that was named and does not exist.
	NotFound
	// NoFiles means that the instrument left no file in the session's time.
	NoFiles
	// NoConsent means that the user refused, or was asked and never answered.
	NoConsent
	// NoReservation means that no reservation overlaps the session.
	NoReservation
	// Unsupported is a valid thing of a sort that is not handled.
	Unsupported
	// Corrupt is data that contradicts itself or breaks off.
	Corrupt
	// Permission is a credential or access right that was refused.
	Permission
	// Conflict is a change by somebody else that must not be overwritten.
	Conflict
	// Transient is a fault that may be gone at the next try: network, lock, unmounted store.
	Transient
	// Canceled means that the caller gave up.
	Canceled
)

var kindNames = [...]string{
	Internal: "internal error", Invalid: "invalid", NotFound: "not found", NoFiles: "no files",
	NoConsent: "no consent", NoReservation: "no reservation", Unsupported: "unsupported",
	Corrupt: "corrupt", Permission: "permission denied", Conflict: "conflict",
	Transient: "transient fault", Canceled: "canceled",
}

// String returns the kind in words, lower case.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown kind"
	}
	return kindNames[k]
}

// Error makes a Kind an error, for errors.Is.
func (k Kind) Error() string { return k.String() }

// Error is a failure with its operation, the thing concerned, a kind and the cause.
type Error struct {
	Op      string // what was being done, lower case: "read tag directory"
	Subject string // what it concerns, named once: a file, session, variable; may be empty
	Kind    Kind
	Err     error // cause; may be nil
}

// E returns an *Error. It is the short form of the literal.
func E(kind Kind, op, subject string, err error) *Error {
	return &Error{Op: op, Subject: subject, Kind: kind, Err: err}
}

// Error returns "op subject: cause", leaving out what is empty; the kind stands in
// for a missing cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Subject != "" {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(e.Subject)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if e.Err != nil {
		b.WriteString(e.Err.Error())
	} else {
		b.WriteString(e.Kind.String())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the kind of e.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// ErrorKind returns the kind.
func (e *Error) ErrorKind() Kind { return e.Kind }

// ErrorKind returns the kind itself.
func (k Kind) ErrorKind() Kind { return k }

// KindOf returns the kind of the first error in the chain of err that has one by a
// method ErrorKind() Kind, as *Error and Kind have; Canceled for context.Canceled,
// Transient for context.DeadlineExceeded, and Internal otherwise.
func KindOf(err error) Kind {
	var k interface{ ErrorKind() Kind }
	switch {
	case errors.As(err, &k):
		return k.ErrorKind()
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Transient
	}
	return Internal
}

var (
	_ error = Kind(0)
	_ error = (*Error)(nil)
)
