package httpx

import (
	"context"
	"io"
	"net/http"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

type (
	onceKey    struct{}
	prepareKey struct{}
)

// Once marks the requests made with the returned context as never to be repeated after a
// byte may have been sent, whatever their method: a GET that creates. It outweighs
// Repeatable.
func Once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

func once(ctx context.Context) bool { return ctx.Value(onceKey{}) != nil }

// Prepared has prepare called right before each attempt at a request made with the
// returned context, repeats included, with a copy of the request that it may change: for
// what must be fresh each time, such as a signature over the time, or a turn in a queue.
// Its error ends the request.
func Prepared(ctx context.Context, prepare func(*http.Request) error) context.Context {
	return context.WithValue(ctx, prepareKey{}, prepare)
}

// prepared readies one attempt. The request is a copy already.
func prepared(req *http.Request) error {
	if prepare, ok := req.Context().Value(prepareKey{}).(func(*http.Request) error); ok {
		if err := prepare(req); err != nil {
			if req.Body != nil {
				_ = req.Body.Close()
			}
			return nexuslims.E(nexuslims.KindOf(err), "prepare request", "", err)
		}
	}
	if once(req.Context()) && (req.Body == nil || req.Body == http.NoBody) {
		// net/http itself repeats a GET when a connection that was used before breaks, but
		// none with a body that it cannot make anew. This one is empty, and none is sent.
		req.Body, req.GetBody = unrepeatable{}, nil
	}
	return nil
}

// unrepeatable is an empty body.
type unrepeatable struct{}

func (unrepeatable) Read([]byte) (int, error) { return 0, io.EOF }
func (unrepeatable) Close() error             { return nil }
