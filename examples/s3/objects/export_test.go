package objects

import (
	"context"

	"github.com/nexuslims/nexuslims-go/exporters"
)

// PutPart uploads a file alone.
func (d *Destination) PutPart(ctx context.Context, key string, p exporters.Part) error {
	if err := d.open(ctx); err != nil {
		return err
	}
	c, err := contentOfPart(ctx, p)
	if err != nil {
		return err
	}
	return d.put(ctx, key, "session", c)
}
