package cloud_test

import (
	"bytes"
	"crypto/md5" // the ETag of S3
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	bucket  = "records"
	region  = "eu-central-1"
	keyID   = "AKIDEXAMPLE"
	secret  = "c4nary/secret+key"
	stalled = -1
)

type object struct {
	data []byte
	head http.Header // content type and metadata
}

// double is S3 with one bucket, in path style. It checks signatures, keeps what it is
// given and can misbehave.
type double struct {
	*httptest.Server
	mu         sync.Mutex
	objects    map[string]object
	uploads    map[string]map[string][]byte // parts of unfinished large uploads
	asked      []string
	fault      int
	carriedOut bool
	status     int
}

func newDouble(tb testing.TB) *double {
	tb.Helper()
	d := &double{objects: map[string]object{}, uploads: map[string]map[string][]byte{}}
	d.Server = httptest.NewServer(d)
	tb.Cleanup(d.Close)
	return d
}

type reply struct {
	status int
	code   string // of the error
	head   http.Header
	body   []byte
}

// ServeHTTP implements http.Handler.
func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	d.mu.Lock()
	d.asked = append(d.asked, r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery)
	failing, status := len(d.asked) == d.fault, d.status
	var a reply
	switch err := verify(r, body, keyID, secret, region); {
	case status != 0:
		a = reply{status: status, code: map[int]string{503: "SlowDown", 403: "InvalidAccessKeyId"}[status]}
	case err != nil:
		a = reply{status: 403, code: "SignatureDoesNotMatch"}
	case !failing || d.carriedOut:
		a = d.serve(r, body)
	}
	d.mu.Unlock()
	switch {
	case status == stalled:
		<-r.Context().Done()
		return
	case failing:
		a = reply{status: 503, code: "SlowDown"}
	}
	a.write(w, r)
}

func (a reply) write(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), a.head)
	if a.code != "" {
		w.Header().Set("Content-Type", "application/xml")
		a.body = fmt.Appendf(nil, "<Error><Code>%s</Code><Message>%s</Message><RequestId>1</RequestId></Error>", a.code, secret)
	}
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
		a.body = nil
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that is gone needs none
}

func (d *double) serve(r *http.Request, body []byte) reply {
	place, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	switch {
	case place != bucket:
		return reply{status: 404, code: "NoSuchBucket"}
	case key == "" && r.Method == http.MethodGet && q.Get("list-type") == "2":
		return d.list(q.Get("prefix"))
	case key == "":
		return reply{status: 405, code: "MethodNotAllowed"}
	case q.Has("uploads") || q.Has("uploadId"):
		return d.large(r, key, body)
	}
	there, found := d.objects[key]
	switch r.Method {
	case http.MethodPut:
		return d.put(r, key, body)
	case http.MethodDelete:
		delete(d.objects, key)
		return reply{status: 204}
	case http.MethodGet, http.MethodHead:
		if !found {
			return reply{status: 404, code: "NoSuchKey"}
		}
		return reply{status: 200, head: there.head, body: there.data}
	}
	return reply{status: 405, code: "MethodNotAllowed"}
}

func (d *double) put(r *http.Request, key string, data []byte) reply {
	head := http.Header{"Etag": {tag(data)}, "Content-Type": r.Header["Content-Type"], "Last-Modified": {"Mon, 06 May 2024 07:00:00 GMT"}}
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Amz-Meta-") {
			head[name] = values
		}
	}
	d.objects[key] = object{data, head}
	return reply{status: 200, head: http.Header{"Etag": head["Etag"]}}
}

func tag(data []byte) string {
	sum := md5.Sum(data)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// large is the upload in parts.
func (d *double) large(r *http.Request, key string, body []byte) reply {
	q := r.URL.Query()
	id := q.Get("uploadId")
	parts := d.uploads[id]
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		id = fmt.Sprint(len(d.asked))
		d.uploads[id] = map[string][]byte{}
		d.objects["pending/"+id] = object{head: r.Header}
		return reply{status: 200, body: fmt.Appendf(nil, "<R><Bucket>%s</Bucket><Key>k</Key><UploadId>%s</UploadId></R>", bucket, id)}
	case parts == nil:
		return reply{status: 404, code: "NoSuchUpload"}
	case r.Method == http.MethodPut:
		parts[q.Get("partNumber")] = body
		return reply{status: 200, head: http.Header{"Etag": {tag(body)}}}
	case r.Method == http.MethodDelete:
		delete(d.uploads, id)
		delete(d.objects, "pending/"+id)
		return reply{status: 204}
	}
	var list struct {
		Part []struct {
			PartNumber string
			ETag       string
		}
	}
	if xml.Unmarshal(body, &list) != nil {
		return reply{status: 400, code: "MalformedXML"}
	}
	var all bytes.Buffer
	for _, p := range list.Part {
		if p.ETag != tag(parts[p.PartNumber]) {
			return reply{status: 400, code: "InvalidPart"}
		}
		all.Write(parts[p.PartNumber])
	}
	d.put(&http.Request{Header: d.objects["pending/"+id].head}, key, all.Bytes())
	delete(d.uploads, id)
	delete(d.objects, "pending/"+id)
	return reply{status: 200, body: fmt.Appendf(nil, "<R><Key>k</Key><ETag>%s</ETag></R>", tag(all.Bytes()))}
}

func (d *double) list(prefix string) reply {
	type contents struct {
		Key          string
		LastModified string
		Size         int
	}
	var page struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []contents
	}
	for _, key := range slices.Sorted(maps.Keys(d.objects)) {
		if strings.HasPrefix(key, prefix) {
			page.Contents = append(page.Contents, contents{key, "2024-05-06T07:00:00Z", len(d.objects[key].data)})
		}
	}
	body, err := xml.Marshal(page)
	if err != nil {
		panic(err)
	}
	return reply{status: 200, body: body}
}

func (d *double) set(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// named returns the content of all objects of a name.
func (d *double) named(name string) (all [][]byte) {
	d.set(func() {
		for _, key := range slices.Sorted(maps.Keys(d.objects)) {
			if path.Base(key) == name {
				all = append(all, d.objects[key].data)
			}
		}
	})
	return all
}
