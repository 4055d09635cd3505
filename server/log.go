package server

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"carillon/api"
)

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// logExchange writes the one line of a request, of less than 2 KiB. Path, query
// and body may hold sensitive members, so that of the request it names only the
// operation, and at level debug the members that the table lets it show. What was
// refused is not shown: people send an e-mail address where an id belongs.
func (h *handler) logExchange(r *http.Request, x *exchange) {
	level := slog.LevelInfo
	if x.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	ctx := r.Context()
	if !h.log.Enabled(ctx, level) {
		return
	}
	// Not by way of the Logger, which would look for the line of code.
	record := slog.NewRecord(time.Now(), level, "request", 0)
	var room [12]slog.Attr // a line of most requests takes no more
	record.AddAttrs(attributes(room[:0], x)...)
	if x.input != nil && x.refusal == nil && h.log.Enabled(ctx, slog.LevelDebug) {
		record.AddAttrs(slog.String("input", shownInput(x.input)))
	}
	_ = h.log.Handler().Handle(ctx, record) // a log that cannot be written must not stop the server
}

// attributes adds those of a request to a list.
func attributes(list []slog.Attr, x *exchange) []slog.Attr {
	list = append(list, slog.String("request_id", x.request.ID), slog.String("op", opName(x)), slog.Int("status", x.status))
	if t := x.request.Trace; t != nil {
		list = append(list, slog.String("trace_id", t.ID))
	}
	if e := x.refusal; e != nil {
		list = append(list, slog.String("error", e.Kind.Name), slog.String("error_code", string(e.ErrorCode())))
		if e.Err != nil {
			list = append(list, slog.String("cause", clip(e.Err.Error(), maxCause)))
		}
	}
	if c := x.caller; c != nil {
		list = append(list, slog.String("account_id", c.AwsAccountID), slog.String("principal", clip(c.ARN, maxField)), slog.String("access_key_id", clip(c.AccessKeyID, maxField)))
	}
	return append(list, slog.String("remote", clip(x.request.SourceIP, maxField)), slog.String("user_agent", clip(x.request.UserAgent, maxField)),
		slog.Float64("duration_ms", float64(time.Since(x.started).Microseconds())/1000))
}

// maxShownInput bounds what a line shows of a request, in bytes.
const maxShownInput = 512

func shownInput(in api.Input) string {
	shown := api.AppendRedacted(nil, in)
	if len(shown) > maxShownInput {
		shown = append(shown[:maxShownInput], "…"...)
	}
	return strings.ToValidUTF8(string(shown), "")
}

// opName names an operation of Amazon Chime as its documentation does, those of
// other services, some of which have the same names, as policies do.
func opName(x *exchange) string {
	switch {
	case x.page:
		return "console"
	case x.op == nil:
		return "unknown"
	case x.op.Service != api.Chime:
		return x.op.Action
	}
	return x.op.Name
}
