package cloud

import (
	"context"
	"net/http"
	"net/url"

	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/option"
)

const googleScope = "https://www.googleapis.com/auth/devstorage.read_write"

// openGoogle opens a bucket of Google Cloud Storage.
func openGoogle(ctx context.Context, c Config, u *url.URL, client *http.Client) (*blob.Bucket, error) {
	// Tokens outlive this call, so its context must not end their renewal.
	background := context.WithValue(context.WithoutCancel(ctx), oauth2.HTTPClient, client)
	account, err := googleAccount(background, c)
	if err != nil {
		return nil, err
	}
	authorized, err := gcp.NewHTTPClient(client.Transport, account)
	if err != nil {
		return nil, err
	}
	options := &gcsblob.Options{}
	if c.Endpoint != nil {
		options.ClientOptions = []option.ClientOption{option.WithEndpoint(c.Endpoint.JoinPath("storage/v1/").String())}
	}
	return gcsblob.OpenBucket(ctx, authorized, u.Host, options)
}

func googleAccount(ctx context.Context, c Config) (oauth2.TokenSource, error) {
	if !c.Google.IsSet() {
		machine, err := google.FindDefaultCredentials(ctx, googleScope)
		if err != nil {
			return nil, err
		}
		return machine.TokenSource, nil
	}
	account, err := google.JWTConfigFromJSON([]byte(c.Google.Reveal()), googleScope)
	if err != nil {
		return nil, err
	}
	return account.TokenSource(ctx), nil
}
