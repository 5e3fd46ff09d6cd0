package cloud

import (
	"context"
	"net/url"
	"strings"

	"gocloud.dev/blob"

	"github.com/nexuslims/nexuslims-go/examples/s3/objects"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// Name is the name of the destination, Priority its turn: after those whose links it keeps.
const (
	Name     = "s3"
	Priority = 60
)

// Config is what an operator sets. The destination is on when it has an address.
type Config struct {
	Address string `env:"NX_S3_URL" help:"Bucket that records go into: s3://BUCKET, azblob://CONTAINER, gs://BUCKET or file:///FOLDER."`
	Prefix  string `env:"NX_S3_PREFIX" help:"Prefix of all keys."`
	// Files are the previews and the metadata besides the document, unless told otherwise.
	Files exporters.Set `env:"NX_S3_FILES" envDefault:"record+previews" help:"Files uploaded: record, record+previews or all."`
	// PublicURL is what records are linked by, in place of the bucket's own address.
	PublicURL *url.URL `env:"NX_S3_PUBLIC_URL" help:"Web address of the bucket, if it has one for readers."`

	Endpoint  *url.URL `env:"NX_S3_ENDPOINT" help:"Address of the service, where it is not Amazon's, Microsoft's or Google's own."`
	Region    string   `env:"NX_S3_REGION" help:"Region of the bucket (S3)." envDefault:"us-east-1"`
	PathStyle bool     `env:"NX_S3_PATH_STYLE" help:"Bucket in the path, not in the host name (S3; MinIO, Ceph)." envDefault:"false"`

	// KeyID without Secret is a fault. With neither, the account of the machine is used:
	// instance role, profile of the command line tools.
	KeyID   string           `env:"NX_S3_ACCESS_KEY_ID" help:"Key id (S3) or storage account (Azure)."`
	Secret  nexuslims.Secret `env:"NX_S3_SECRET_ACCESS_KEY" help:"Secret key (S3) or account key (Azure)."`
	Session nexuslims.Secret `env:"NX_S3_SESSION_TOKEN" help:"Session token (S3) or SAS token (Azure)."`
	Google  nexuslims.Secret `env:"NX_S3_GOOGLE_CREDENTIALS" help:"Service account as JSON (Google), best given as a file."`
}

func (c Config) off() bool { return c.Address == "" }

// Validate checks what concerns several settings, without network.
func (c Config) Validate() error {
	if c.off() {
		return nil
	}
	var faults nexuslims.Faults
	add := func(name, reason string) {
		faults = append(faults, nexuslims.Fault{Variable: name, Reason: reason})
	}
	u, err := url.Parse(c.Address)
	switch {
	case err != nil || storeOf(u) == nil:
		add("NX_S3_URL", "not one of s3://BUCKET, azblob://CONTAINER, gs://BUCKET, file:///FOLDER")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		add("NX_S3_URL", "must not hold user information, a query or a fragment")
	case u.Scheme == schemeFile && (u.Host != "" || u.Path == "" || u.Path == "/"):
		add("NX_S3_URL", "a folder is written file:///FOLDER")
	case u.Scheme != schemeFile && (u.Host == "" || strings.Trim(u.Path, "/") != ""):
		add("NX_S3_URL", "must hold a bucket and nothing else; see NX_S3_PREFIX")
	case u.Scheme == schemeAzure && c.KeyID == "":
		add("NX_S3_ACCESS_KEY_ID", "must name the storage account")
	case u.Scheme == schemeS3 && (c.KeyID == "") == c.Secret.IsSet():
		add("NX_S3_ACCESS_KEY_ID", "goes with NX_S3_SECRET_ACCESS_KEY: set both or none")
	}
	for name, u := range map[string]*url.URL{"NX_S3_PUBLIC_URL": c.PublicURL, "NX_S3_ENDPOINT": c.Endpoint} {
		if u != nil && (u.User != nil || u.RawQuery != "" || u.Fragment != "") {
			add(name, "must not hold user information, a query or a fragment")
		}
	}
	return faults.Err()
}

// NewFactory returns the factory of the destination.
func NewFactory() exporters.Factory {
	spec := exporters.Spec{Name: Name, Priority: Priority}
	return exporters.NewFactory(spec, Config.off, func(c Config, h nexuslims.Host) (exporters.Destination, error) {
		return New(c, h)
	})
}

// New returns the destination of a valid configuration. It uses no network.
func New(c Config, h nexuslims.Host) (*objects.Destination, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Address)
	if err != nil || c.off() {
		return nil, nexuslims.Fault{Variable: "NX_S3_URL", Reason: "not configured"}
	}
	open := storeOf(u)
	address := strings.TrimSuffix(u.String(), "/")
	if c.PublicURL != nil {
		address = strings.TrimSuffix(c.PublicURL.String(), "/")
	}
	return objects.New(objects.Options{
		Open:    func(ctx context.Context) (*blob.Bucket, error) { return open(ctx, c, u, h.Client) },
		Explain: explain, Prefix: strings.Trim(c.Prefix, "/"), Address: address, Files: c.Files,
	}), nil
}
