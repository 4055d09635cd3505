// Package client sends signed requests to a Carillon server. It finds server
// and credentials the way AWS tools do.
package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"carillon/internal/awsconfig"
	"carillon/sigv4"
)

// DefaultEndpoint is where a server listens that nobody configured.
const DefaultEndpoint = "http://127.0.0.1:8018"

// requestTimeout bounds one request.
const requestTimeout = 60 * time.Second

// Options say which server and whose credentials; empty values leave it to the
// environment and ~/.aws.
type Options struct {
	EndpointURL string
	Profile     string
	// Credentials, if they have an id, are used instead.
	Credentials sigv4.Credentials
}

// Client sends requests. It is safe for concurrent use.
type Client struct {
	endpoint    string
	region      string
	credentials sigv4.Credentials
	http        *http.Client
}

// New returns a client, or an error that says which setting is missing.
func New(ctx context.Context, o Options) (*Client, error) {
	cfg, err := awsconfig.Load(o.Profile)
	if err != nil {
		return nil, err
	}
	key, err := credentials(ctx, o, cfg)
	if err != nil {
		return nil, err
	}
	server := cmp.Or(o.EndpointURL, cfg.Endpoint("chime"), DefaultEndpoint)
	return &Client{
		endpoint: strings.TrimRight(server, "/"), region: cfg.Region(),
		credentials: key,
		http:        &http.Client{Timeout: requestTimeout},
	}, nil
}

func credentials(ctx context.Context, o Options, cfg *awsconfig.Config) (sigv4.Credentials, error) {
	if o.Credentials.AccessKeyID != "" {
		return o.Credentials, nil
	}
	key, err := cfg.Credentials(ctx)
	if errors.Is(err, awsconfig.ErrNoCredentials) {
		err = errors.New(`no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as eval "$(carillon env)" does, or use --profile`)
	}
	return sigv4.Credentials(key), err
}

// Error is a refusal by the server.
type Error struct {
	Name    string // as in NotFoundException
	Message string
	Status  int
}

func (e *Error) Error() string { return e.Name + ": " + e.Message }

// send signs a request, sends it and returns the answer.
func (c *Client) send(ctx context.Context, r *request) (json.RawMessage, error) {
	h, err := r.http(ctx, c.endpoint)
	if err != nil {
		return nil, err
	}
	sigv4.Sign(h, r.body, c.credentials, "chime", c.region, time.Now())
	answer, err := c.http.Do(h)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	defer answer.Body.Close()
	return read(answer)
}

// ErrNoAnswer says that no server was reached, or that it did not answer.
var ErrNoAnswer = errors.New("no answer from the server")

func read(answer *http.Response) (json.RawMessage, error) {
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the answer: %w", err)
	case answer.StatusCode >= http.StatusBadRequest:
		return nil, refusal(answer, text)
	case len(text) == 0:
		return json.RawMessage("{}"), nil
	case !json.Valid(text):
		return nil, errors.New("the answer is not from a Carillon server: it is not JSON")
	}
	return text, nil
}

func refusal(answer *http.Response, text []byte) error {
	e := &Error{Name: answer.Header.Get("x-amzn-ErrorType"), Status: answer.StatusCode}
	var body struct{ Message string }
	if json.Unmarshal(text, &body) == nil {
		e.Message = body.Message
	}
	if e.Name == "" {
		e.Name, e.Message = answer.Status, "the answer is not from a Carillon server"
	}
	return e
}
