// Package harvesters asks schedulers who used which instrument when, and why.
//
// A [Harvester] speaks to one source: one NEMO server, one file. It lists the usage
// events that ended in a window and says of one session what the reservation tells:
// title, samples, project and consent. It stores nothing and decides nothing: the
// pipeline keeps events, bookmarks and the state of sessions.
//
// Harvesters are registered as factories ([NewFactory]) in a [Registry]; one factory
// may open several sources.
package harvesters
