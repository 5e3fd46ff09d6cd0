package nexuslims

import (
	"fmt"
	"log/slog"
)

const masked = "***"

// Secret is a token, key or password. It prints as *** in every verb, in JSON, in
// text and in logs; only Reveal gives the value. The value is held behind a pointer,
// because fmt prints unexported fields of enclosing structs without calling methods.
//
// The zero value is an unset secret.
type Secret struct{ value *string }

// NewSecret returns a secret with the given value. An empty text is an unset secret.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// Reveal returns the value, for the one place that sends it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsSet reports whether there is a value.
func (s Secret) IsSet() bool { return s.value != nil }

// String returns *** for a set secret and "" for an unset one.
func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	return masked
}

// Format masks the secret in every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// GoString masks the secret in %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue masks the secret in slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText masks the secret in JSON, XML and every other text encoding.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets the secret from configuration.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

var (
	_ fmt.Formatter  = Secret{}
	_ slog.LogValuer = Secret{}
)
