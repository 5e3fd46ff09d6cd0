// Command facility is a complete binary of a facility's own: everything this module
// ships, a profile for one of its microscopes, and a destination that posts to its chat.
package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/nexuslims"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

func main() {
	p := new(pipeline.Plugins)
	if err := errors.Join(builtin.Add(p), p.Profiles.Add(helios()), p.Destinations.Add(chatFactory())); err != nil {
		panic(err)
	}
	os.Exit(cmd.Main(context.Background(), p, os.Args))
}

func helios() extractors.Profile {
	room := new(nexuslims.Object)
	room.Set("Room", nexuslims.Text("A205"))
	return extractors.NewProfile("Helios-FIB", extractors.ExtensionFields(room))
}

type chat struct {
	URL    string `env:"NX_CHAT_URL" help:"Address that messages are posted to; set switches the destination on."`
	client *http.Client
}

func chatFactory() exporters.Factory {
	return exporters.NewFactory(exporters.Spec{Name: "chat", Priority: 50}, func(c chat) bool { return c.URL == "" },
		func(c chat, h nexuslims.Host) (exporters.Destination, error) { return chat{c.URL, h.Client}, nil })
}

func (c chat) Export(ctx context.Context, job *exporters.Job) (exporters.Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, strings.NewReader("New record: "+job.Record.Title))
	if err != nil {
		return exporters.Receipt{}, err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return exporters.Receipt{}, nexuslims.E(nexuslims.Transient, "post to", "chat", err)
	}
	return exporters.Receipt{ID: job.Name}, resp.Body.Close()
}

func (c chat) Close() error { return nil }
