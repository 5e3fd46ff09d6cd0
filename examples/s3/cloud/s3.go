package cloud

import (
	"context"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

// openS3 opens a bucket of Amazon S3 or of a service that speaks like it.
func openS3(ctx context.Context, c Config, u *url.URL, client *http.Client) (*blob.Bucket, error) {
	settled, err := settleS3(ctx, c)
	if err != nil {
		return nil, err
	}
	settled.Region, settled.HTTPClient = c.Region, client
	// The program's client repeats what is safe to repeat. What is left is a step of a large
	// upload, which may be made twice.
	settled.Retryer = func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), 2) }
	if c.Endpoint != nil {
		// Others than Amazon know the older checksums only.
		settled.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		settled.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
	service := s3.NewFromConfig(settled, func(o *s3.Options) {
		o.UsePathStyle = c.PathStyle
		if c.Endpoint != nil {
			o.BaseEndpoint = aws.String(c.Endpoint.String())
		}
	})
	return s3blob.OpenBucket(ctx, service, u.Host, &s3blob.Options{
		RequestChecksumCalculation: settled.RequestChecksumCalculation,
	})
}

// settleS3 returns the keys of the settings, or else what the machine is set up with. That
// is looked up by Amazon's own client, with AWS_CA_BUNDLE and whatever else it obeys.
func settleS3(ctx context.Context, c Config) (aws.Config, error) {
	if !c.Secret.IsSet() {
		return config.LoadDefaultConfig(ctx, config.WithRegion(c.Region))
	}
	keys := credentials.NewStaticCredentialsProvider(c.KeyID, c.Secret.Reveal(), c.Session.Reveal())
	return aws.Config{Credentials: aws.NewCredentialsCache(keys)}, nil
}
