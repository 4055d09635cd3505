package wire

import (
	"net/http"
	"strconv"
	"sync"

	"carillon/api"
)

// setLabels sets the members that the path carries. What is wrong with them is
// told when the caller is known to be permitted, by Read.
func setLabels(in api.RESTInput, op *api.Op, labels []string) error {
	for i, escaped := range labels {
		value, err := unescape("path", escaped)
		if err != nil {
			return err
		}
		if value == "" {
			return api.Invalid(op.Params[i].Name, "not be empty")
		}
		in.SetLabel(i, value)
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

// requestID returns what SetRequestID has set.
func requestID(w http.ResponseWriter) string {
	return first(map[string][]string(w.Header())[headerRequestID])
}

// buffers holds answers while they are encoded.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// maxPooled keeps rare large answers from staying in memory.
const maxPooled = 256 << 10

// WriteOutput answers with the result of an operation of REST-JSON.
func WriteOutput(w http.ResponseWriter, op *api.Op, out api.Output) error {
	if op.Status == http.StatusNoContent {
		writeHead(w, op.Status, jsonType)
		return nil
	}
	if out == nil {
		return write(w, op.Status, jsonType, []byte("{}"))
	}
	buf := buffers.Get().(*[]byte)
	body := out.(api.JSONOutput).AppendJSON((*buf)[:0])
	err := write(w, op.Status, jsonType, body)
	if cap(body) <= maxPooled {
		*buf = body
		buffers.Put(buf)
	}
	return err
}

// WriteError renders an error as REST-JSON does: a refusal as it is, anything
// else as a ServiceFailure that tells the caller nothing of the cause.
func WriteError(w http.ResponseWriter, err error) *api.Error {
	e := told(err)
	setErrorHeaders(w.Header(), err, e)
	w.Header()[headerErrorType] = []string{e.Kind.Name}
	_ = write(w, e.Kind.Status, jsonType, errorBody(e)) // the client may be gone
	return e
}

// Told returns what callers of REST-JSON are told of an error.
func Told(err error) *api.Error { return told(err) }

func told(err error) *api.Error { return refusalOf(err, api.ServiceFailure) }

func errorBody(e *api.Error) []byte {
	shape := api.ErrorBody{Message: e.Message, Code: e.ErrorCode()}
	return shape.AppendJSON(nil)
}

func writeHead(w http.ResponseWriter, status int, contentType []string) {
	h := w.Header()
	h["Content-Type"] = contentType
	h["Connection"] = keepAlive
	w.WriteHeader(status)
}

func write(w http.ResponseWriter, status int, contentType []string, body []byte) error {
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	writeHead(w, status, contentType)
	_, err := w.Write(body)
	return err
}
