package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// receivers are the endpoints outside that servers send to: one with a
// certificate that they trust, one with a certificate that they do not, and one
// without TLS, as an operator may have in the own network.
type receivers struct {
	secure, strange, plain *httptest.Server
	authority              string // file with the certificate to trust
	hooks                  sync.Map
	lambda, dialOut        *hook // the operator's endpoints of the ample servers
}

// reception starts the receivers, once a run.
func reception(t testing.TB) *receivers {
	t.Helper()
	receptionOnce.Do(func() { receptionOnce.r, receptionOnce.err = newReceivers() })
	succeed(t, receptionOnce.err)
	return receptionOnce.r
}

var receptionOnce struct {
	sync.Once
	r   *receivers
	err error
}

func newReceivers() (*receivers, error) {
	r := &receivers{}
	authority, config, err := newAuthority(suite.dir)
	if err != nil {
		return nil, err
	}
	r.authority = authority
	r.plain, r.strange, r.secure = httptest.NewServer(r), httptest.NewUnstartedServer(r), httptest.NewUnstartedServer(r)
	r.secure.TLS = config
	for _, s := range []*httptest.Server{r.strange, r.secure} {
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
		s.StartTLS()
	}
	r.lambda, r.dialOut = r.add(r.plain), r.add(r.plain)
	return r, nil
}

// trust is the environment of a server that trusts the receivers.
func (r *receivers) trust() []string { return []string{"SSL_CERT_FILE=" + r.authority} }

// add makes an endpoint of one of the receivers.
func (r *receivers) add(at *httptest.Server) *hook {
	path := "/" + rand.Text()
	h := &hook{url: at.URL + path}
	r.hooks.Store(path, h)
	return h
}

// ServeHTTP implements http.Handler.
func (r *receivers) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	h, ok := r.hooks.Load(request.URL.Path)
	if !ok {
		http.NotFound(w, request)
		return
	}
	h.(*hook).ServeHTTP(w, request)
}

// hook is an endpoint that a test gives to a server. It repeats challenges and
// answers 200 to everything else unless the test wants something else.
type hook struct {
	url string

	mu         sync.Mutex
	challenges []delivery
	deliveries []delivery
	// challenged and delivered, if set, answer instead; the latter is told
	// the number of the delivery, from 1 on.
	challenged func(w http.ResponseWriter, challenge string)
	delivered  func(w http.ResponseWriter, n int)
}

// newHook returns a trusted HTTPS endpoint of a test.
func newHook(t testing.TB) *hook {
	t.Helper()
	r := reception(t)
	return r.add(r.secure)
}

// ServeHTTP implements http.Handler.
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body) // a broken request has no valid signature
	d := delivery{at: time.Now(), method: r.Method, header: r.Header.Clone(), body: string(text)}
	var challenge struct{ Challenge, EventType string }
	_ = json.Unmarshal(text, &challenge) // the test looks at what arrives
	if challenge.EventType == "HTTPSEndpointVerification" {
		h.challenge(w, d, challenge.Challenge)
		return
	}
	h.deliver(w, d)
}

func (h *hook) challenge(w http.ResponseWriter, d delivery, text string) {
	h.mu.Lock()
	h.challenges = append(h.challenges, d)
	answer := h.challenged
	h.mu.Unlock()
	if answer == nil {
		answer = repeatChallenge
	}
	answer(w, text)
}

// repeatChallenge is the right answer.
func repeatChallenge(w http.ResponseWriter, challenge string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"Challenge": challenge}) // the server may be gone
}

func (h *hook) deliver(w http.ResponseWriter, d delivery) {
	h.mu.Lock()
	h.deliveries = append(h.deliveries, d)
	n, answer := len(h.deliveries), h.delivered
	h.mu.Unlock()
	if answer != nil {
		answer(w, n)
	}
}

// answerChallenges and answerDeliveries change what the endpoint answers.
func (h *hook) answerChallenges(answer func(w http.ResponseWriter, challenge string)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.challenged = answer
}

func (h *hook) answerDeliveries(answer func(w http.ResponseWriter, n int)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.delivered = answer
}

// received returns what has arrived, challenges aside.
func (h *hook) received() []delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]delivery{}, h.deliveries...)
}

// receivedChallenges returns the challenges that have arrived.
func (h *hook) receivedChallenges() []delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]delivery{}, h.challenges...)
}

// await waits until n deliveries have arrived and returns them.
func (h *hook) await(t testing.TB, n int) (got []delivery) {
	t.Helper()
	eventually(t, "a delivery", func() bool {
		got = h.received()
		return len(got) >= n
	})
	return got
}

// awaitWith waits for a delivery that holds some text.
func (h *hook) awaitWith(t testing.TB, text string) (found delivery) {
	t.Helper()
	eventually(t, "a delivery", func() bool {
		for _, d := range h.received() {
			if strings.Contains(d.body, text) {
				found = d
				return true
			}
		}
		return false
	})
	return found
}

// delivery is one request to an endpoint.
type delivery struct {
	at     time.Time
	method string
	header http.Header
	body   string
}

const eventStamp = "2006-01-02T15:04:05.000Z"

// signedBy checks the signature of a delivery by an implementation of its own:
// base64 of the HMAC-SHA256 over timestamp, bar and body.
func (d delivery) signedBy(t testing.TB, secret string) {
	t.Helper()
	stamp := d.header.Get("Chime-Request-Timestamp")
	sent, err := time.Parse(eventStamp, stamp)
	if err != nil || d.at.Sub(sent).Abs() > time.Minute {
		t.Errorf("Chime-Request-Timestamp is %q, which arrived at %s (%v)", stamp, d.at, err)
	}
	want := base64.StdEncoding.EncodeToString(mac([]byte(secret), stamp+"|"+d.body))
	equal(t, "Chime-Signature", d.header.Get("Chime-Signature"), want)
	equal(t, "method", d.method, http.MethodPost)
	equal(t, "Content-Type", d.header.Get("Content-Type"), "application/json")
}

// event is what a bot is told.
type event struct {
	Sender               eventSender
	Discussion           eventDiscussion
	EventType            string
	InboundHttpsEndpoint *eventEndpoint
	EventTimestamp       string
	EventId              string
	Message              string
}

type (
	eventSender     struct{ SenderId, SenderIdType string }
	eventDiscussion struct{ DiscussionId, DiscussionType string }
	eventEndpoint   struct{ EndpointType, Url string }
)

func (d delivery) event(t testing.TB) event {
	t.Helper()
	return parseJSON[event](t, d.body)
}
