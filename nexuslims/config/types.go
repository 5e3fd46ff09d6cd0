package config

import (
	"encoding/json"
	"errors"
	"net/mail"
	"slices"
	"strings"
)

// FileStrategy says which files of a session enter its record.
type FileStrategy string

// The file strategies.
const (
	Exclusive FileStrategy = "exclusive" // those with an extension that some extractor claims
	Inclusive FileStrategy = "inclusive" // all
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *FileStrategy) UnmarshalText(b []byte) error {
	return oneOf(f, string(b), Exclusive, Inclusive)
}

// ExportStrategy says when a record counts as exported.
type ExportStrategy string

// The export strategies.
const (
	ExportAll          ExportStrategy = "all"
	ExportFirstSuccess ExportStrategy = "first_success"
	ExportBestEffort   ExportStrategy = "best_effort"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (e *ExportStrategy) UnmarshalText(b []byte) error {
	return oneOf(e, string(b), ExportAll, ExportFirstSuccess, ExportBestEffort)
}

func oneOf[T ~string](target *T, s string, allowed ...T) error {
	if i := slices.Index(allowed, T(s)); i >= 0 {
		*target = allowed[i]
		return nil
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	return errors.New("not one of " + strings.Join(words, ", "))
}

// Patterns is a list of globs, written as a JSON array of strings.
type Patterns []string

// DefaultPatterns are the files that are never data: those of the Python program, and
// what systems and editors leave behind.
func DefaultPatterns() Patterns {
	return Patterns{"*.mib", "*.db", "*.emi", "*.hdr", "Thumbs.db", ".DS_Store", "desktop.ini", "~$*", "*.tmp", "*.part"}
}

// UnmarshalText implements encoding.TextUnmarshaler; null is the default.
func (p *Patterns) UnmarshalText(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return errors.New(`not a JSON array of strings such as ["*.mib", "*.db"]`)
	}
	if list == nil {
		list = DefaultPatterns()
	}
	*p = list
	return nil
}

// Names is a comma-separated list.
type Names []string

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *Names) UnmarshalText(b []byte) error {
	*n = Names{}
	for part := range strings.SplitSeq(string(b), ",") {
		if part = strings.TrimSpace(part); part != "" {
			*n = append(*n, part)
		}
	}
	return nil
}

// Address is an e-mail address; "Name <address>" is reduced to the address.
type Address string

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Address) UnmarshalText(b []byte) error {
	parsed, err := mail.ParseAddress(strings.TrimSpace(string(b)))
	if err != nil {
		return errors.New("not an e-mail address")
	}
	*a = Address(parsed.Address)
	return nil
}

// Addresses is a comma-separated list of e-mail addresses; empty parts are left out.
type Addresses []Address

// UnmarshalText implements encoding.TextUnmarshaler.
func (as *Addresses) UnmarshalText(b []byte) error {
	*as = Addresses{}
	var names Names
	if err := names.UnmarshalText(b); err != nil {
		return err
	}
	for _, n := range names {
		var a Address
		if err := a.UnmarshalText([]byte(n)); err != nil {
			return errors.New("holds what is not an e-mail address")
		}
		*as = append(*as, a)
	}
	return nil
}
