package cloud_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// verify checks the signature of a request, as "Authenticating Requests (AWS Signature
// Version 4)" of the S3 reference has it.
func verify(r *http.Request, body []byte, keyID, secret, region string) error {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	part := map[string]string{}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		part[name] = value
	}
	date := r.Header.Get("X-Amz-Date")
	at, err := time.Parse("20060102T150405Z", date)
	if scheme != "AWS4-HMAC-SHA256" || err != nil || time.Since(at).Abs() > 15*time.Minute {
		return errors.New("not signed, or at another time")
	}
	scope := strings.Join([]string{date[:8], region, "s3", "aws4_request"}, "/")
	if part["Credential"] != keyID+"/"+scope {
		return fmt.Errorf("signed by %q", part["Credential"])
	}
	payload := r.Header.Get("X-Amz-Content-Sha256")
	if sum := sha256.Sum256(body); payload != hex.EncodeToString(sum[:]) && (payload != "UNSIGNED-PAYLOAD" || r.TLS == nil) {
		return fmt.Errorf("payload is not %q", payload)
	}
	canonical, err := canonicalOf(r, strings.Split(part["SignedHeaders"], ";"), payload)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(canonical))
	text := strings.Join([]string{scheme, date, scope, hex.EncodeToString(sum[:])}, "\n")
	key := []byte("AWS4" + secret)
	for _, step := range []string{date[:8], region, "s3", "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(step))
		key = mac.Sum(nil)
	}
	if hex.EncodeToString(key) != part["Signature"] {
		return errors.New("signature does not match")
	}
	return nil
}

func canonicalOf(r *http.Request, signed []string, payload string) (string, error) {
	var headers strings.Builder
	for _, name := range signed {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = fmt.Sprint(r.ContentLength)
		}
		headers.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !slices.Contains(signed, lower) {
			return "", fmt.Errorf("header %s is not signed", name)
		}
	}
	query := strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")
	return strings.Join([]string{
		r.Method, strings.ReplaceAll((&url.URL{Path: r.URL.Path}).EscapedPath(), "+", "%2B"), query, headers.String(), strings.Join(signed, ";"), payload,
	}, "\n"), nil
}
