package cmd

import (
	"context"
	"slices"

	"github.com/nexuslims/nexuslims-go/exporters"
)

// redactedLedger keeps secrets out of what the database remembers of deliveries: a
// server may repeat in its refusal what it was sent.
type redactedLedger struct {
	exporters.Ledger
	redactor *redactor
}

// Save implements exporters.Ledger.
func (l redactedLedger) Save(ctx context.Context, e exporters.Entry) error {
	e.Message = l.redactor.clean(e.Message)
	e.Receipt = l.receipt(e.Receipt)
	return l.Ledger.Save(ctx, e)
}

// Log implements exporters.Ledger.
func (l redactedLedger) Log(ctx context.Context, session string, attempts []exporters.Attempt) error {
	attempts = slices.Clone(attempts)
	for i := range attempts {
		attempts[i].Message = l.redactor.clean(attempts[i].Message)
		attempts[i].Receipt = l.receipt(attempts[i].Receipt)
	}
	return l.Ledger.Log(ctx, session, attempts)
}

func (l redactedLedger) receipt(r exporters.Receipt) exporters.Receipt {
	warnings := slices.Clone(r.Warnings)
	for i := range warnings {
		warnings[i] = l.redactor.clean(warnings[i])
	}
	r.Warnings = warnings
	return r
}
