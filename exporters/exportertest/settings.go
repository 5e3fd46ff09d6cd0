package exportertest

import "github.com/nexuslims/nexuslims-go/internal/settings"

// Settings are a nexuslims.Settings made of a plain map, for tests of factories. The
// source of each is "settings".
type Settings = settings.Map
