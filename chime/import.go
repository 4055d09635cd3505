package chime

import (
	"slices"
	"time"

	"carillon/api"
	"carillon/work"
)

// importReport says what became of the rows of a request, each of which succeeds
// or fails on its own.
type importReport struct {
	imported int
	failed   []api.ImportError
	outcomes []api.ImportOutcome // of each row, where they are told
}

func newImportReport() *importReport { return &importReport{failed: []api.ImportError{}} }

// reportOf returns a report that tells the outcome of each of some rows.
func reportOf(rows int) *importReport {
	p := newImportReport()
	p.outcomes = make([]api.ImportOutcome, rows)
	return p
}

// number counts the rows with an outcome.
func (p *importReport) number(o api.ImportOutcome) (n int) {
	for _, outcome := range p.outcomes {
		if outcome == o {
			n++
		}
	}
	return n
}

func (p *importReport) fail(index int, refusal *api.Error) {
	if index < len(p.outcomes) {
		p.outcomes[index] = api.ImportOutcomeRejected
	}
	p.failed = append(p.failed, api.ImportError{
		Index: api.Some(index), ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: api.Some(refusal.Message),
	})
}

// count takes note of what became of a row. It returns an error that is no
// refusal.
func (p *importReport) count(index int, err error) error {
	refusal, failure := work.Split(err)
	switch {
	case failure != nil:
		return failure
	case refusal != nil:
		p.fail(index, refusal)
	default:
		p.imported++
	}
	return nil
}

// inOrder returns the refusals in the order of the request.
func (p *importReport) inOrder() []api.ImportError {
	slices.SortFunc(p.failed, func(a, b api.ImportError) int { return a.Index.V - b.Index.V })
	return p.failed
}

// parseTime returns a time that is given as text, in milliseconds since 1970.
func parseTime(member, text string) (int64, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.UnixMilli() <= 0 {
		return 0, api.Invalid(member, "be a time such as 2019-01-08T17:59:18.006Z")
	}
	return t.UnixMilli(), nil
}

// further moves the indexes of a part's refusals to where they are in the whole.
func further(failed []api.ImportError, by int) []api.ImportError {
	for i := range failed {
		failed[i].Index.V += by
	}
	return failed
}
