package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nexuslims/nexuslims-go/db"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func Example() {
	if err := example(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output: 1 added, first in the queue: https://nemo.example.org/api/usage_events/?id=1
}

// example makes a database, adds an instrument, and stores and lists one session.
func example(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "nexuslims")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "nexuslims.db")
	if err := db.Create(ctx, path); err != nil {
		return err
	}
	store, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	titan := nexuslims.Instrument{
		PID: "FEI-Titan-TEM-1", APIURL: "https://nemo.example.org/api/tools/?id=1",
		CalendarURL: "https://nemo.example.org/calendar/", Location: "Building 1", DisplayName: "Titan",
		PropertyTag: "1", FilestorePath: "Titan", Harvester: "nemo", Timezone: "America/New_York",
	}
	if _, err := store.ImportInstruments(ctx, []nexuslims.Instrument{titan}, db.ImportOptions{}); err != nil {
		return err
	}
	end := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	use := nexuslims.Session{
		ID: "https://nemo.example.org/api/usage_events/?id=1", Instrument: titan.PID,
		From: end.Add(-time.Hour), To: end, User: "ada",
	}
	result, err := store.StoreHarvest(ctx, db.Harvest{
		Kind: "nemo", ID: "https://nemo.example.org/api/", Sessions: []nexuslims.Session{use}, Bookmark: end,
	})
	if err != nil {
		return err
	}
	queue, _, err := store.Queue(ctx, nexuslims.ToBeBuilt)
	if err != nil {
		return err
	}
	fmt.Printf("%d added, first in the queue: %s\n", result.Added, queue[0].ID)
	return nil
}
