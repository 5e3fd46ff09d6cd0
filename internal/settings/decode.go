// Package settings turns what the operator wrote into the Config structs of
// implementations, and describes these structs.
//
// A Config is a struct with exported fields and tags:
//
//	type Config struct {
//		URL   *url.URL         `env:"NX_WIKI_URL" help:"Root of the wiki."`
//		Token nexuslims.Secret `env:"NX_WIKI_TOKEN" help:"API token."`
//		Pages int              `env:"NX_WIKI_PAGES" help:"Pages kept." envDefault:"10"`
//	}
//
// Every fault of a Config is found and reported with variable, source, redacted value
// and reason. A method Validate() error adds checks that concern several fields.
package settings

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Decode fills *config, a pointer to a Config struct, from s. All faults are returned
// together as nexuslims.Faults.
func Decode(s nexuslims.Settings, config any) error {
	var faults nexuslims.Faults
	fields := fieldsOf(reflect.TypeOf(config).Elem())
	values := make(map[string]string, len(fields))
	sources := make(map[string]string, len(fields))
	for _, f := range fields {
		text, source, ok := s.Lookup(f.variable.Name)
		if f.variable.Secret && !ok {
			var err error
			if text, source, ok, err = fromFile(s, f.variable.Name); err != nil {
				path, _, _ := s.Lookup(f.variable.Name + "_FILE")
				faults = append(faults, nexuslims.Fault{
					Variable: f.variable.Name + "_FILE", Source: source, Value: path, Reason: err.Error(),
				})
				continue
			}
		}
		if ok && text != "" {
			values[f.variable.Name], sources[f.variable.Name] = text, source
		}
	}
	for _, f := range fields {
		// One field at a time, so that every fault keeps its variable.
		if err := decodeField(config, f, values); err != nil {
			faults = append(faults, fault(f.variable, values[f.variable.Name], sources[f.variable.Name], err))
		}
	}
	if v, ok := config.(interface{ Validate() error }); ok && len(faults) == 0 {
		faults = append(faults, validated(v.Validate(), fields, values, sources)...)
	}
	return faults.Err()
}

// fromFile reads a secret from the file that NAME_FILE names.
func fromFile(s nexuslims.Settings, name string) (text, source string, ok bool, err error) {
	path, source, ok := s.Lookup(name + "_FILE")
	if !ok || path == "" {
		return "", "", false, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", source, false, fmt.Errorf("cannot read the file: %w", errors.Unwrap(err))
	}
	return strings.TrimRight(string(b), "\r\n"), source, true, nil
}

func decodeField(config any, f field, values map[string]string) error {
	one := reflect.New(reflect.StructOf([]reflect.StructField{f.field}))
	err := env.ParseWithOptions(one.Interface(), env.Options{Environment: values, FuncMap: parsers()})
	if err != nil {
		return err
	}
	reflect.ValueOf(config).Elem().FieldByIndex(f.index).Set(one.Elem().Field(0))
	return nil
}

func fault(v nexuslims.Variable, value, source string, err error) nexuslims.Fault {
	switch {
	case v.Secret && value != "":
		value = "***"
	case v.Type == "URL":
		value = withoutUser(value)
	}
	return nexuslims.Fault{Variable: v.Name, Source: source, Value: value, Reason: reason(err)}
}

// withoutUser masks user and password in what should be an address, however it is
// written: a password that was not escaped may hold any character, so everything before
// the last "@" goes.
func withoutUser(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = "", address
	}
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return address
	}
	if ok {
		scheme += "://"
	}
	return scheme + "***" + rest[at:]
}

// reason takes the innermost cause out of the library's errors, which name Go fields
// and repeat the value.
func reason(err error) string {
	var all env.AggregateError
	if errors.As(err, &all) && len(all.Errors) > 0 {
		err = all.Errors[0]
	}
	var parse env.ParseError
	if errors.As(err, &parse) {
		err = parse.Err
	}
	var num *strconv.NumError
	if errors.As(err, &num) {
		if errors.Is(num.Err, strconv.ErrRange) {
			return "number is out of range"
		}
		return "not a number"
	}
	var unset env.VarIsNotSetError
	if errors.As(err, &unset) {
		return "is required"
	}
	return err.Error()
}

// validated turns the answer of Validate into faults. Validate may return a Fault or
// Faults with the variable alone; source and value are filled in.
func validated(err error, fields []field, values, sources map[string]string) nexuslims.Faults {
	if err == nil {
		return nil
	}
	var list nexuslims.Faults
	var one nexuslims.Fault
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = nexuslims.Faults{one}
	default:
		list = nexuslims.Faults{{Reason: err.Error()}}
	}
	for i := range list {
		for _, f := range fields {
			if f.variable.Name == list[i].Variable {
				list[i].Source = sources[f.variable.Name]
				list[i].Value = fault(f.variable, values[f.variable.Name], "", err).Value
			}
		}
	}
	return list
}

// Bool reads the one grammar of truth values.
func Bool(s string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "true", "t", "yes", "y", "on":
		return true, nil
	case "0", "false", "f", "no", "n", "off":
		return false, nil
	}
	return false, errors.New("not one of 1 true t yes y on, 0 false f no n off")
}

// URL reads an absolute http or https address.
func URL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case err != nil:
		return nil, errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("URL must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("URL has no host")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// number reads a decimal number; blanks around it and _ between digits are allowed.
func number(s string) (float64, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") || strings.ContainsAny(s, "xX") {
		return 0, errors.New("not a number")
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errors.New("not a number")
	}
	return f, nil
}

// integer reads a whole number, also one written as 5.0.
func integer(s string) (int, error) {
	f, err := number(s)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, errors.New("not a whole number")
	}
	return int(f), nil
}

func parsers() map[reflect.Type]env.ParserFunc {
	return map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[bool]():    func(s string) (any, error) { return Bool(s) },
		reflect.TypeFor[float64](): func(s string) (any, error) { return number(s) },
		reflect.TypeFor[int]():     func(s string) (any, error) { return integer(s) },
		reflect.TypeFor[url.URL](): func(s string) (any, error) { return parseURL(s) },
		reflect.TypeFor[time.Duration](): func(s string) (any, error) {
			d, err := time.ParseDuration(strings.TrimSpace(s))
			if err != nil {
				return nil, errors.New("not a duration such as 90s or 10m")
			}
			return d, nil
		},
	}
}

func parseURL(s string) (any, error) {
	u, err := URL(s)
	if err != nil {
		return nil, err
	}
	return *u, nil
}
