package emd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const (
	maxJSON  = 16 << 20 // bytes of one text
	maxDepth = 64
)

// parseJSON reads one JSON object and keeps the order of its keys and the kinds of its
// numbers. What is no UTF-8 becomes U+FFFD; of two equal keys the second counts. What
// follows the object is ignored: some texts are padded.
func parseJSON(text []byte) (*nexuslims.Object, error) {
	if len(text) > maxJSON {
		return nil, corruptJSON(fmt.Errorf("%d bytes are too many", len(text)))
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := jsonValue(d, 0)
	if err != nil {
		return nil, corruptJSON(err)
	}
	o, ok := v.(*nexuslims.Object)
	if !ok {
		return nil, corruptJSON(errors.New("not an object"))
	}
	return o, nil
}

func corruptJSON(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return nexuslims.E(nexuslims.Corrupt, "read JSON", "", err)
}

func jsonValue(d *json.Decoder, depth int) (nexuslims.Value, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return jsonObject(d, depth)
		}
		return jsonList(d, depth)
	case json.Number:
		return jsonNumber(string(token)), nil
	case string:
		return nexuslims.Text(nexuslims.ValidText(token)), nil
	case bool:
		return nexuslims.Bool(token), nil
	}
	return nexuslims.Null{}, nil
}

func jsonObject(d *json.Decoder, depth int) (nexuslims.Value, error) {
	o := nexuslims.NewObject(8)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errors.New("a key that is no text")
		}
		v, err := jsonValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		o.Set(nexuslims.ValidText(name), v)
	}
	_, err := d.Token()
	return o, err
}

func jsonList(d *json.Decoder, depth int) (nexuslims.Value, error) {
	list := nexuslims.List{}
	for d.More() {
		v, err := jsonValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func jsonNumber(text string) nexuslims.Value {
	if !strings.ContainsAny(text, ".eE") {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return nexuslims.Int(i)
		}
		if u, err := strconv.ParseUint(text, 10, 64); err == nil {
			return nexuslims.Uint(u)
		}
	}
	f, _ := strconv.ParseFloat(text, 64) // what is beyond a float64 is infinite
	return nexuslims.Float(f)
}

// numberAt returns the number at a path, which older versions write as text.
func numberAt(o *nexuslims.Object, path ...string) (float64, bool) {
	return asNumber(o.At(path...))
}

func asNumber(v nexuslims.Value) (float64, bool) {
	if text, ok := v.(nexuslims.Text); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
		return f, err == nil && f-f == 0
	}
	return nexuslims.Number(v)
}

// textAt returns the text at a path; numbers and truth values as they are written.
func textAt(o *nexuslims.Object, path ...string) string {
	switch v := o.At(path...).(type) {
	case nexuslims.Text:
		return strings.TrimSpace(string(v))
	case nexuslims.Int, nexuslims.Uint, nexuslims.Float, nexuslims.Bool:
		return nexuslims.TextOf(v)
	}
	return ""
}

// isTrue reports whether a truth value, which older versions write as text, is true.
func isTrue(o *nexuslims.Object, path ...string) bool {
	return strings.EqualFold(textAt(o, path...), "true") || textAt(o, path...) == "1"
}
