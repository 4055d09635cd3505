package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"carillon/chime"
	"carillon/scim"
	"carillon/store"
	"carillon/store/engine"
)

const (
	// scimWaiting bounds the requests that are not written down yet: what comes on
	// top of them is not told.
	scimWaiting = 4096
	// scimPause is how long requests are gathered.
	scimPause = time.Second
	// maxScimDetail bounds what is kept of a refusal, in bytes.
	maxScimDetail = 300
)

// scimRequests write down what identity providers ask for and what comes of it, for
// whoever sets one up. It happens in the background, after the answer, a batch at a
// time, and nobody waits for it.
type scimRequests struct {
	store *store.Store
	seen  chan scimSeen
	ctx   context.Context // ended: no more are written than are there
	stop  context.CancelFunc
	done  chan struct{} // closed: they are written
}

// scimSeen is a request with the AWS account that its token belongs to.
type scimSeen struct {
	store.ScimRequest
	aws string
}

func newScimRequests(s *store.Store) *scimRequests {
	l := &scimRequests{store: s, seen: make(chan scimSeen, scimWaiting), done: make(chan struct{})}
	l.ctx, l.stop = context.WithCancel(context.Background())
	go l.run()
	return l
}

// close writes down what is left. It may be called again.
func (l *scimRequests) close() {
	l.stop()
	<-l.done
}

// note takes note of a request that was answered.
func (l *scimRequests) note(r *http.Request, x *exchange, accountID string, now time.Time, err error) {
	q := store.ScimRequest{
		AccountID: accountID, RequestID: x.request.ID, AtUs: now.UnixMicro(), Method: shownMethod(r.Method), Path: scim.Shown(r),
		Status: int64(x.status), DurationMs: time.Since(x.started).Milliseconds(), TokenID: x.caller.ScimTokenID,
	}
	if err != nil {
		e := scim.Told(classify(err))
		q.Status, q.ScimType, q.Detail = int64(e.Kind.Status), scim.TypeOf(e), shownDetail(e.Message)
	}
	select {
	case l.seen <- scimSeen{q, x.caller.AwsAccountID}:
	default:
	}
}

// shownMethod returns a method that is one.
func shownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead:
		return method
	}
	return "other"
}

// shownDetail returns the text of a refusal. Those of SCIM repeat nothing that was
// sent; from others, addresses and quotations are taken.
func shownDetail(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		if strings.ContainsAny(word, "@\"'\u2019") {
			words[i] = "…"
		}
	}
	return strings.ToValidUTF8(clip(strings.Join(words, " "), maxScimDetail), "")
}

func (l *scimRequests) run() {
	defer close(l.done)
	for {
		select {
		case first := <-l.seen:
			select {
			case <-time.After(scimPause):
			case <-l.ctx.Done():
			}
			l.writeAll(first)
		case <-l.ctx.Done():
			return
		}
	}
}

// writeAll writes down all that have come.
func (l *scimRequests) writeAll(first scimSeen) {
	batch := map[string][]scimSeen{first.AccountID: {first}}
	for more := true; more; {
		select {
		case q := <-l.seen:
			batch[q.AccountID] = append(batch[q.AccountID], q)
		default:
			more = false
		}
	}
	for _, list := range batch {
		_ = l.write(list[max(0, len(list)-chime.MaxScimRequests):]) // what cannot be written is not told
	}
}

// write writes down requests to one account, if it is still there.
func (l *scimRequests) write(list []scimSeen) error {
	account, aws := list[0].AccountID, list[0].aws
	return l.store.Update(engine.WithTenant(context.Background(), aws), func(r store.Records) error {
		if _, err := r.Account(aws, account); err != nil {
			return err
		}
		for i := range list {
			if err := r.InsertScimRequest(&list[i].ScimRequest); err != nil && !errors.Is(err, store.ErrExists) {
				return err
			}
		}
		return r.ForgetScimRequests(account, chime.MaxScimRequests)
	})
}
