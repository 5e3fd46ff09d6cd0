package cloud

import (
	"context"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
)

// openAzure opens a container of Azure Blob Storage.
func openAzure(ctx context.Context, c Config, u *url.URL, client *http.Client) (*blob.Bucket, error) {
	container, err := azureContainer(c, u.Host, client)
	if err != nil {
		return nil, err
	}
	return azureblob.OpenBucket(ctx, container, nil)
}

func azureContainer(c Config, name string, client *http.Client) (*container.Client, error) {
	service := "https://" + c.KeyID + ".blob.core.windows.net"
	if c.Endpoint != nil {
		service = c.Endpoint.String()
	}
	address, err := url.JoinPath(service, name)
	if err != nil {
		return nil, err
	}
	// The program's client repeats by itself.
	core := azcore.ClientOptions{Transport: client, Retry: policy.RetryOptions{MaxRetries: -1}}
	options := &container.ClientOptions{ClientOptions: core}
	switch {
	case c.Session.IsSet():
		return container.NewClientWithNoCredential(address+"?"+c.Session.Reveal(), options)
	case c.Secret.IsSet():
		key, err := azblob.NewSharedKeyCredential(c.KeyID, c.Secret.Reveal())
		if err != nil {
			return nil, err
		}
		return container.NewClientWithSharedKeyCredential(address, key, options)
	}
	machine, err := azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{ClientOptions: core})
	if err != nil {
		return nil, err
	}
	return container.NewClient(address, machine, options)
}
