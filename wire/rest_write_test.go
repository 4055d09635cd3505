package wire_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/wire"
)

const id = "4471849c-0d8f-467c-b007-673e2e4932f4"

// exchange returns the lines of the head, sorted, without the date, and the
// body that a client sees on the wire.
func exchange(t *testing.T, answer http.HandlerFunc, headers ...string) (head []string, body string) {
	t.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n"+strings.Join(headers, "")+"\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		if !strings.HasPrefix(line, "Date: ") {
			head = append(head, line)
		}
	}
	slices.Sort(head[1:])
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)) // the connection stays open
	text, _ := io.ReadAll(in)
	return head, string(text)
}

func checkExchange(t *testing.T, answer http.HandlerFunc, wantHead, wantBody string) {
	t.Helper()
	head, body := exchange(t, answer)
	if got := strings.Join(head, "\n"); got != wantHead {
		t.Errorf("head:\n%s\nwant:\n%s", got, wantHead)
	}
	if body != wantBody {
		t.Errorf("body %q, want %q", body, wantBody)
	}
}

func TestWriteOutput(t *testing.T) {
	settings := &api.GetAccountSettingsOutput{AccountSettings: &api.AccountSettings{EnableDialOut: api.Some(true)}}
	for _, test := range []struct {
		name       string
		status     int
		out        api.Output
		head, body string
	}{
		{
			"members", 200, settings,
			"HTTP/1.1 200 OK\nConnection: keep-alive\nContent-Length: 70\nContent-Type: application/json\nx-amzn-RequestId: " + id,
			`{"AccountSettings":{"DisableRemoteControl":null,"EnableDialOut":true}}`,
		},
		{
			"no members", 200, nil,
			"HTTP/1.1 200 OK\nConnection: keep-alive\nContent-Length: 2\nContent-Type: application/json\nx-amzn-RequestId: " + id,
			"{}",
		},
		{
			"created", 201, nil,
			"HTTP/1.1 201 Created\nConnection: keep-alive\nContent-Length: 2\nContent-Type: application/json\nx-amzn-RequestId: " + id,
			"{}",
		},
		{
			"no content", 204, nil,
			"HTTP/1.1 204 No Content\nConnection: keep-alive\nContent-Type: application/json\nx-amzn-RequestId: " + id,
			"",
		},
		{
			"no content, although there is", 204, settings,
			"HTTP/1.1 204 No Content\nConnection: keep-alive\nContent-Type: application/json\nx-amzn-RequestId: " + id,
			"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkExchange(t, func(w http.ResponseWriter, _ *http.Request) {
				wire.SetRequestID(w, id)
				if err := wire.WriteOutput(w, &api.Op{Status: test.status}, test.out); err != nil {
					t.Error(err)
				}
			}, test.head, test.body)
		})
	}
}

// Some SDKs ask for a connection of their own.
func TestWriteOutput_connectionClose(t *testing.T) {
	head, _ := exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		if err := wire.WriteOutput(w, &api.Op{Status: 200}, nil); err != nil {
			t.Error(err)
		}
	}, "Connection: close\r\n")
	if !slices.Contains(head, "Connection: close") || slices.Contains(head, "Connection: keep-alive") {
		t.Errorf("head %q", head)
	}
}

func TestWriteError(t *testing.T) {
	head := func(status string, lines ...string) string {
		lines = append(lines, "Connection: keep-alive", "Content-Type: application/json", "x-amzn-RequestId: "+id)
		slices.Sort(lines)
		return "HTTP/1.1 " + status + "\n" + strings.Join(lines, "\n")
	}
	const hidden = `{"Code":"ServiceFailure","Message":"The server failed to answer; see its log for this request id"}`
	cause := errors.New("dial tcp 10.0.0.7: no route")
	throttled := &api.Error{Kind: api.ThrottledClient, Message: "Rate exceeded", RetryAfter: 1500 * time.Millisecond}
	for _, test := range []struct {
		name       string
		err        error
		head, body string
	}{
		{
			"refusal", api.NotFound.Errorf("No “%s”", "x"),
			head("404 Not Found", "Content-Length: 42", "x-amzn-ErrorType: NotFoundException"),
			`{"Code":"NotFound","Message":"No “x”"}`,
		},
		{
			"not in the model", api.UnknownPath.Errorf("No"),
			head("404 Not Found", "Content-Length: 16", "x-amzn-ErrorType: UnknownOperationException"),
			`{"Message":"No"}`,
		},
		{
			"narrower code", &api.Error{Kind: api.BadRequest, Code: "PhoneNumberAssociationsExist", Message: "No"},
			head("400 Bad Request", "Content-Length: 54", "x-amzn-ErrorType: BadRequestException"),
			`{"Code":"PhoneNumberAssociationsExist","Message":"No"}`,
		},
		{
			"wrapped", errors.Join(api.Conflict.Wrap(cause, "No")),
			head("409 Conflict", "Content-Length: 34", "x-amzn-ErrorType: ConflictException"),
			`{"Code":"Conflict","Message":"No"}`,
		},
		{
			"anything else", cause,
			head("500 Internal Server Error", "Content-Length: 98", "x-amzn-ErrorType: ServiceFailureException"),
			hidden,
		},
		{
			"later", throttled,
			head("429 Too Many Requests", "Content-Length: 46", "Retry-After: 2", "x-amz-retry-after: 1500", "x-amzn-ErrorType: ThrottledClientException"),
			`{"Code":"Throttled","Message":"Rate exceeded"}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkExchange(t, func(w http.ResponseWriter, _ *http.Request) {
				wire.SetRequestID(w, id)
				wire.WriteError(w, test.err)
			}, test.head, test.body)
		})
	}
}

// The answer of WriteError is what the log tells of the refusal, with the cause.
func TestWriteError_returns(t *testing.T) {
	cause := errors.New("disk full")
	for _, err := range []error{cause, api.Conflict.Wrap(cause, "No")} {
		e := wire.WriteError(httptest.NewRecorder(), err)
		if !errors.Is(e, cause) {
			t.Errorf("%v: the cause is lost: %v", err, e)
		}
	}
}

// text is an answer of any size.
type text struct{ length int }

func (o text) AppendJSON(b []byte) []byte {
	return append(append(append(b, '"'), strings.Repeat("x", o.length)...), '"')
}

// Buffers are used again, so one answer must not show in another.
func TestWriteOutput_sizes(t *testing.T) {
	for _, length := range []int{10, 5000, 300 << 10, 3, 0} {
		w := httptest.NewRecorder()
		if err := wire.WriteOutput(w, &api.Op{Status: 200}, text{length}); err != nil {
			t.Fatal(err)
		}
		if got, want := w.Body.String(), string(text{length}.AppendJSON(nil)); got != want {
			t.Errorf("%d bytes: got %d others", len(want), len(got))
		}
	}
}

// broken is a connection whose client is gone.
type broken struct{ http.ResponseWriter }

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteOutput_clientGone(t *testing.T) {
	err := wire.WriteOutput(broken{httptest.NewRecorder()}, &api.Op{Status: 200}, nil)
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}
