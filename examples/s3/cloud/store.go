package cloud

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/aws/smithy-go"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"google.golang.org/api/googleapi"
)

// The kinds of stores, by the schemes of their addresses.
const (
	schemeS3     = "s3"
	schemeAzure  = "azblob"
	schemeGoogle = "gs"
	schemeFile   = "file"
)

// opener opens the bucket of an address with the program's client.
type opener func(ctx context.Context, c Config, u *url.URL, client *http.Client) (*blob.Bucket, error)

// storeOf returns the opener of an address; nil where there is none. The registry of
// gocloud is not used: its openers take settings from the environment and bring clients of
// their own, without the site's certificates.
func storeOf(u *url.URL) opener {
	switch u.Scheme {
	case schemeS3:
		return openS3
	case schemeAzure:
		return openAzure
	case schemeGoogle:
		return openGoogle
	case schemeFile:
		return openFolder
	}
	return nil
}

// openFolder opens a folder that is there. Unfinished files are put beside the finished
// ones, so that they become those by renaming.
func openFolder(_ context.Context, _ Config, u *url.URL, _ *http.Client) (*blob.Bucket, error) {
	return fileblob.OpenBucket(filepath.FromSlash(u.Path), &fileblob.Options{NoTempDir: true})
}

// explain returns status and code of the failures of all three services.
func explain(err error) (status int, code string) {
	var answered interface{ HTTPStatusCode() int } // Amazon's
	if errors.As(err, &answered) {
		status = answered.HTTPStatusCode()
	}
	var named smithy.APIError
	if errors.As(err, &named) {
		code = named.ErrorCode()
	}
	var azure *azcore.ResponseError
	if errors.As(err, &azure) {
		return azure.StatusCode, azure.ErrorCode
	}
	var google *googleapi.Error
	if errors.As(err, &google) {
		return google.Code, http.StatusText(google.Code)
	}
	return status, code
}
