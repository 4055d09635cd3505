// Package client sends signed requests to a Carillon server. It finds server
// and credentials the way AWS tools do.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"

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
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithSharedConfigProfile(o.Profile),
		config.WithEC2IMDSClientEnableState(imds.ClientDisabled)) // never look for a cloud machine's role
	if err != nil {
		return nil, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	key, err := credentials(ctx, o, cfg)
	if err != nil {
		return nil, err
	}
	server, err := endpoint(ctx, o, cfg)
	if err != nil {
		return nil, fmt.Errorf("reading the endpoint from the AWS configuration: %w", err)
	}
	return &Client{
		endpoint: strings.TrimRight(server, "/"), region: cfg.Region,
		credentials: key,
		http:        &http.Client{Timeout: requestTimeout},
	}, nil
}

func credentials(ctx context.Context, o Options, cfg aws.Config) (sigv4.Credentials, error) {
	if o.Credentials.AccessKeyID != "" {
		return o.Credentials, nil
	}
	c, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return o.Credentials, errors.New(`no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as eval "$(carillon env)" does, or use --profile`)
	}
	return sigv4.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, nil
}

// endpoint finds the server in the order of the AWS tools: what was asked for,
// the environment and the profile for this service, then for all services.
func endpoint(ctx context.Context, o Options, cfg aws.Config) (string, error) {
	if o.EndpointURL != "" {
		return o.EndpointURL, nil
	}
	for _, source := range cfg.ConfigSources {
		s, ok := source.(serviceEndpoints)
		if !ok {
			continue
		}
		url, found, err := s.GetServiceBaseEndpoint(ctx, "Chime")
		if err != nil || found {
			return url, err
		}
	}
	if cfg.BaseEndpoint != nil {
		return *cfg.BaseEndpoint, nil
	}
	return DefaultEndpoint, nil
}

// serviceEndpoints is implemented by the SDK's environment and profile.
type serviceEndpoints interface {
	GetServiceBaseEndpoint(ctx context.Context, sdkID string) (string, bool, error)
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
