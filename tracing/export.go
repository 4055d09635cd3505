package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

const (
	// firstPause is the time before the second attempt; it doubles.
	firstPause = 500 * time.Millisecond
	// maxAnswer is how much is read of an answer, in bytes.
	maxAnswer = 64 << 10
)

// exporter posts spans to the collector.
type exporter struct {
	*Settings
	client *http.Client
}

// export posts a batch until the collector takes it, says that it never will, or
// ctx ends. It returns how many spans the collector does not have, and why. The
// error does not tell where the collector is.
func (e *exporter) export(ctx context.Context, batch []sdk.ReadOnlySpan) (rejected int64, err error) {
	body := e.encode(batch)
	for pause := firstPause; ; pause *= 2 {
		answer, after, err := e.post(ctx, body)
		if err == nil {
			return rejectedOf(answer, len(batch))
		}
		if after < 0 || !sleep(ctx, max(pause, after)) {
			return int64(len(batch)), err
		}
	}
}

// sleep reports whether the time has passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

func (e *exporter) encode(batch []sdk.ReadOnlySpan) []byte {
	plain := appendRequest(nil, batch)
	if !e.compress {
		return plain
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(plain) // a buffer takes all
	_ = z.Close()
	return b.Bytes()
}

// never says that another attempt is of no use.
const never = -1

// post makes one attempt. after is the time that the collector asks to be left
// alone, or never.
func (e *exporter) post(ctx context.Context, body []byte) (answer []byte, after time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return nil, never, errors.New("the endpoint is no URL")
	}
	r.Header.Set("User-Agent", "carillon")
	for name, value := range e.headers {
		r.Header.Set(name, value)
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	if e.compress {
		r.Header.Set("Content-Encoding", "gzip")
	}
	response, err := e.client.Do(r)
	if err != nil {
		return nil, 0, withoutURL(err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if status := response.StatusCode; status/100 != 2 {
		return nil, patience(response), fmt.Errorf("the collector answered %d", status)
	}
	return answer, never, err
}

// withoutURL leaves the URL out of an error, which may hold a token.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// patience is the time until another attempt at a request that was not taken.
func patience(response *http.Response) time.Duration {
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return time.Duration(max(0, min(seconds, 60))) * time.Second
	}
	return never
}
