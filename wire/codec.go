package wire

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"carillon/api"
)

// Read reads the rest of the input of a matched request: what query and body
// carry. An error is a refusal that names the member.
func (m *Match) Read(body []byte) error {
	if m.refusal != nil {
		return m.refusal
	}
	for _, p := range m.query {
		if _, err := m.In.SetQuery(p.name, p.value); err != nil {
			return err
		}
	}
	return m.In.DecodeBody(body)
}

// setLabels sets the members that the path carries. What is wrong with them is
// told when the caller is known to be permitted, by Read.
func (m *Match) setLabels(labels []string) error {
	for i, escaped := range labels {
		value, err := unescape("path", escaped)
		if err != nil {
			return err
		}
		if value == "" {
			return api.Invalid(m.Op.Params[i].Name, "not be empty")
		}
		m.In.SetLabel(i, value)
	}
	return nil
}

// The header names in the spelling of the live service; assigning them to the
// map keeps net/http from changing it.
const (
	headerRequestID = "x-amzn-RequestId"
	headerErrorType = "x-amzn-ErrorType"
)

var (
	jsonType  = []string{"application/json"}
	keepAlive = []string{"keep-alive"}
)

// SetRequestID puts the request id on the answer.
func SetRequestID(w http.ResponseWriter, id string) {
	w.Header()[headerRequestID] = []string{id}
}

// buffers holds answers while they are encoded.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// maxPooled keeps rare large answers from staying in memory.
const maxPooled = 256 << 10

// WriteOutput answers with the result of an operation.
func WriteOutput(w http.ResponseWriter, op *api.Op, out api.Output) error {
	if op.Status == http.StatusNoContent {
		writeHead(w, op.Status)
		return nil
	}
	if out == nil {
		return write(w, op.Status, []byte("{}"))
	}
	buf := buffers.Get().(*[]byte)
	body := out.(api.JSONOutput).AppendJSON((*buf)[:0])
	err := write(w, op.Status, body)
	if cap(body) <= maxPooled {
		*buf = body
		buffers.Put(buf)
	}
	return err
}

// WriteError renders an error: a refusal as it is, anything else as a
// ServiceFailure that tells the caller nothing of the cause.
func WriteError(w http.ResponseWriter, err error) *api.Error {
	var e *api.Error
	if !errors.As(err, &e) {
		e = api.ServiceFailure.Wrap(err, "The server failed to answer; see its log for this request id")
	}
	h := w.Header()
	h[headerErrorType] = []string{e.Kind.Name}
	var m *methodError
	if errors.As(err, &m) {
		h["Allow"] = []string{m.allow}
	}
	if e.RetryAfter > 0 {
		setRetryAfter(h, e.RetryAfter)
	}
	_ = write(w, e.Kind.Status, errorBody(e)) // the client may be gone
	return e
}

// setRetryAfter says when to try again, in the two forms that SDKs read.
func setRetryAfter(h http.Header, d time.Duration) {
	seconds := int64((d + time.Second - 1) / time.Second)
	h["Retry-After"] = []string{strconv.FormatInt(seconds, 10)}
	h["x-amz-retry-after"] = []string{strconv.FormatInt(d.Milliseconds(), 10)}
}

func errorBody(e *api.Error) []byte {
	shape := api.ErrorBody{Message: e.Message, Code: e.ErrorCode()}
	return shape.AppendJSON(nil)
}

func writeHead(w http.ResponseWriter, status int) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Connection"] = keepAlive
	w.WriteHeader(status)
}

func write(w http.ResponseWriter, status int, body []byte) error {
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	writeHead(w, status)
	_, err := w.Write(body)
	return err
}
